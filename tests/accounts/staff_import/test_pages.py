"""/hr/import/ as HR meets it, without JavaScript; and the command."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from openpyxl import load_workbook

from accounts import jobs, people
from accounts.models import Job, Role, StaffImport, User
from accounts.roles import grant
from accounts.staff_import import headings, reading, template, working
from tests.accounts.staff_import.test_applying import NEW
from tests.accounts.staff_import.test_plan import row, table
from tests.making import person


@pytest.fixture
def desk(client, hr):
    client.force_login(hr)
    return client


def give(client, data, name="xodimlar.csv"):
    data = data.encode() if isinstance(data, str) else data
    return client.post("/hr/import/", {"file": SimpleUploadedFile(name, data)})


def rows_of(response):
    book = load_workbook(io.BytesIO(response.content))
    return [[cell.value for cell in line] for line in book.active.iter_rows()]


def test_from_the_file_to_the_report(desk, nigora, seen):
    answer = give(
        desk, table(row(login="TSH-0001", position="smm"), NEW[0], row(library="tsh-2"), row(library="sam-1"))
    )
    address = answer.headers["Location"]
    looked = seen(desk.get(f"{address}?lang=en"))

    assert "Position: – → smm" in looked
    assert "the same as Karimova Nigora Salim qizi, TSH-0001, Kutubxona tsh-1 en" in looked
    assert "This library is not one of yours: sam-1" in looked
    desk.post(f"{address}answers/", {"row-4": "another", "page": "1", "show": ""})
    assert desk.post(f"{address}apply/").headers["Location"] == address
    done = seen(desk.get(f"{address}?lang=en&show=added"))
    assert "Added TSH-0002" in done and "Added TSH-0003" in done

    lines = rows_of(desk.get(f"{address}report.xlsx?lang=en"))
    assert [line[:4] for line in lines[1:]] == [
        [2, "Changed", "Changed", "TSH-0001"], [3, "New", "Added", "TSH-0002"], [4, "New", "Added", "TSH-0003"],
        [5, "Refused", "Not taken in", None],
    ]  # fmt: skip
    assert lines[1][11] == "Position: – → smm"


def test_verdicts_are_in_the_readers_language(desk, nation, seen):
    address = give(desk, table(row(library="sam-1"))).headers["Location"]

    assert "Это не ваша библиотека: sam-1" in seen(desk.get(f"{address}?lang=ru"))
    assert "Bu kutubxona sizniki emas: sam-1" in seen(desk.get(f"{address}?lang=uz"))


def test_rows_are_filtered_and_paged(desk, nation, seen, monkeypatch):
    monkeypatch.setattr("accounts.staff_import_views.ROWS_A_PAGE", 3)
    address = give(desk, table(*NEW, row(library="sam-1"))).headers["Location"]

    assert len(re.findall("Valiyev", seen(desk.get(f"{address}?show=new&page=3")))) == 2
    assert "Valiyev" not in seen(desk.get(f"{address}?show=refused"))


def test_all_open_questions_are_answered_at_once(desk, nigora, seen):
    address = give(desk, table(row(library="tsh-2"), row(last="Karimva"))).headers["Location"]
    desk.post(f"{address}answers/", {"all": "another"})

    assert set(StaffImport.objects.get().rows.values_list("verdict", flat=True)) == {"new"}


@pytest.mark.parametrize(
    "posted",
    [
        {"row-2": "same-9"},
        {"row-2": "same-x"},
        {"row-99": "another"},
        {"row-2": "x"},
        {"all": "x"},
        {"row-9999999999": "another"},
    ],
)
def test_answers_that_are_none_change_nothing(desk, nigora, posted):
    address = give(desk, table(row(library="tsh-2"))).headers["Location"]

    assert desk.post(f"{address}answers/", posted).status_code == 302
    assert StaffImport.objects.get().rows.get().verdict == "duplicate"


def test_a_large_file_is_read_beside_the_page_which_looks_again(desk, nation, seen, monkeypatch):
    monkeypatch.setattr(working, "AT_ONCE_BYTES", 0)
    address = give(desk, table(*NEW)).headers["Location"]
    waiting = desk.get(address)
    assert waiting.headers["Refresh"] == "3"
    Job.objects.update(claimed_at=timezone.now(), done=4, total=8)
    assert "8 qatordan 4 tasi koʻrildi" in seen(desk.get(address))
    assert '<rect width="50"' in desk.get(address).content.decode()
    Job.objects.update(claimed_at=None)
    jobs.run_due()

    assert "Refresh" not in desk.get(address).headers
    assert not Job.objects.get().given  # the file is gone as soon as it is read


@pytest.mark.parametrize(("data", "status"), [(b"", 422), (b"Oy,Soni\n1,2\n", 302), (b"%PDF-1.7", 302)])
def test_a_file_that_is_none(desk, nation, seen, data, status):
    answer = give(desk, data)

    assert answer.status_code == status
    if status == 302:
        assert (
            seen(desk.get(answer.headers["Location"])).count("Excel")
            + seen(desk.get(answer.headers["Location"])).count("sarlavha")
            > 0
        )


def test_a_file_that_is_too_large_is_refused_unread(desk, nation):
    answer = desk.post("/hr/import/", {}, CONTENT_LENGTH=str(11 * 1024 * 1024))

    assert answer.status_code == 413


def test_html_in_a_file_stays_a_text(desk, nation):
    address = give(desk, table(row(last="<script>alert(1)</script>"))).headers["Location"]

    assert "<script>alert" not in desk.get(address).content.decode()


def test_what_looks_like_a_formula_is_a_text_in_the_report(desk, nation):
    address = give(desk, table(row(library="@SUM(1)", last="-2+3"))).headers["Location"]
    book = load_workbook(io.BytesIO(desk.get(f"{address}report.xlsx").content))
    cells = [
        cell for line in book.active.iter_rows(min_row=2) for cell in line if str(cell.value).startswith(("@", "-2"))
    ]

    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True), ("s", True)]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_template_has_the_own_libraries_and_is_read_again(desk, hr, nation, language):
    with translation.override(language):
        book = load_workbook(io.BytesIO(template.workbook(hr)))
        staff_sheet, _told, libraries, positions = book.worksheets
        heads = [cell.value for cell in staff_sheet[1]]
        staff_sheet.append([None, "Valiyev", "Ali", None, "tsh-1"])
        held = io.BytesIO()
        book.save(held)

    assert list(headings.columns(heads)[0]) == template.HEADS
    assert [line[0].value for line in libraries.iter_rows(min_row=2)] == ["tsh", "tsh-1", "tsh-2"]
    assert [line[0].value for line in positions.iter_rows(min_row=2)] == ["librarian", "smm"]
    assert reading.read(held.getvalue()).rows[0][1] == {"last_name": "Valiyev", "first_name": "Ali", "library": "tsh-1"}


def test_imports_of_others_are_not_found(desk, nation, hr, client):
    address = give(desk, table(NEW[0])).headers["Location"]
    other = person("hr2", library=nation["tsh"])
    grant(person=other, role=Role.HR, library=nation["tsh"])
    client.force_login(other)

    assert [client.get(address).status_code, client.post(f"{address}apply/").status_code] == [404, 404]
    assert "xodimlar.csv" not in client.get("/hr/import/").content.decode()


@pytest.mark.parametrize("how_many", [1, 8])
def test_a_page_of_rows_asks_as_much_for_one_as_for_many(desk, nigora, django_assert_num_queries, how_many):
    rows = [row(last=f"Karimov{letter}", library="tsh-2") for letter in "abcdefgh"[:how_many]]
    address = give(desk, table(*rows)).headers["Location"]
    with django_assert_num_queries(8):
        desk.get(address)


def test_administrators_find_it_in_the_admin(client, nation, base):
    admin = person("admin", is_superuser=True)
    client.force_login(admin)

    assert "/hr/import/" in client.get("/cms/").content.decode()


# --- The command ------------------------------------------------------------------------------------------------------------


def told(file, *options):
    said = io.StringIO()
    call_command("import_staff", str(file), *options, stdout=said)
    return said.getvalue().splitlines()


@pytest.fixture
def file(tmp_path):
    def file(*rows):
        path = tmp_path / "xodimlar.csv"
        path.write_text(table(*rows), encoding="utf-8")
        return path

    return file


def test_the_command_says_what_would_be_and_keeps_nothing(nigora, hr, file):
    with translation.override("en"):
        said = told(file(NEW[0], row(library="tsh-2"), row(library="sam-1")), "--dry-run", "--by", hr.username)

    assert said == [
        "2 | New | Valiyeva Ali",
        "3 | Perhaps here already | Karimova Nigora | ? TSH-0001 Karimova Nigora Salim qizi | The name is the same or nearly so.",
        "4 | Refused | Karimova Nigora | This library is not one of yours: sam-1",
        "New: 1, Changed: 0, Same: 0, Perhaps here already: 1, Refused: 1",
    ]
    assert (StaffImport.objects.count(), Job.objects.count()) == (0, 0)


def test_the_command_writes_with_answers_and_a_report(nigora, file, tmp_path):
    with translation.override("en"):
        said = told(
            file(NEW[0], row(library="tsh-2"), row(library="sam-1", last="Zokirova")),
            "--answers",
            "3=TSH-0001",
            "--report",
            str(tmp_path / "r.xlsx"),
        )

    assert said[:2] == [
        "2 | Added | TSH-0002 | Valiyeva Ali",
        "3 | Changed | TSH-0001 | Karimova Nigora | Library: tsh-1 → tsh-2 | ? TSH-0001 Karimova Nigora Salim qizi | By your answer.",
    ]
    assert User.objects.filter(library__code="sam-1").count() == 1
    assert load_workbook(tmp_path / "r.xlsx").active.max_row == 4


def test_the_command_with_all_or_nothing(nigora, hr, file):
    with pytest.raises(CommandError, match="not every row"):
        told(file(NEW[0], row(library="sam-1")), "--all-or-nothing", "--by", hr.username)
    assert not User.objects.filter(last_name="Valiyeva").exists()


@pytest.mark.parametrize("options", [("--by", "nobody"), ("--answers", "2=another"), ("--answers", "x")])
def test_the_command_with_words_that_mean_nothing(nigora, file, options):
    with pytest.raises(CommandError):
        told(file(NEW[0]), *options)


def test_bulk_deeds_write_what_single_ones_do(nation, hr):
    from accounts.models import AuditEntry

    fields = {"library": nation["tsh-1"], "last_name": "O'rinova", "first_name": "Lola", "email": ""}
    one, two = people.add(by=hr, **fields), people.add_many(by=hr, records=[fields])[0]
    same = ("last_name", "folded", "email", "language")
    again = User.objects.get(pk=two.pk)

    assert [getattr(User.objects.get(pk=one.pk), name) for name in same[:1]] == [
        getattr(again, name) for name in same[:1]
    ]
    assert again.folded == "orinova lola sh 0002" and again.email is None and not again.has_usable_password()
    entries = AuditEntry.objects.filter(deed="person added").order_by("pk").values_list("actor", "details")
    assert [details | {"digests": ""} for _actor, details in entries] == [
        {"digests": "", "fields": ["username"], "library": "tsh-1"}
    ] * 2
