"""Checking many at once: a table of codes or an archive of files; a workbook back, a reason for each bad row, the upload deleted."""

import io
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from accounts import jobs
from accounts.models import Job
from certification import award, batch, codes, drawing, files
from tests import making
from tests.kept import kept
from tests.seminars import making as rooms

from . import studying
from .test_verify import MISTYPED, UNKNOWN


@kept
def hr(bedrock):
    return rooms.person("hr", library=rooms.library("TSH", level="region"), role="hr")


@kept
def graduates(course_page):
    return [
        studying.graduate(course_page, studying.learner(name))
        for name in ("Birinchi Odam", "=Ikkinchi Odam", "Uchinchi Odam")
    ]


def table(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def archive(parts):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return held.getvalue()


def checked(client, hr, data, name):
    """(the finished Job, the rows of its workbook without the moment, each as a list)."""
    hr.language = "en"
    hr.save()
    client.force_login(hr)
    response = client.post("/verify/batch/?lang=en", {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 302
    job = Job.objects.get()
    stored = job.given.name
    jobs.run_one(job.pk)
    job.refresh_from_db()
    assert not job.given
    assert not Job._meta.get_field("given").storage.exists(stored)
    if not job.made:
        return job, []
    made = client.get(f"{response.headers['Location']}result.xlsx").content
    job.made.storage.delete(job.made.name)
    return job, [[cell.value for cell in row] for row in load_workbook(io.BytesIO(made)).active.iter_rows()]


def test_a_table_of_codes_comes_back_with_states_facts_and_reasons(client, hr, graduates):
    one, two, three = graduates
    award.revoke(certificate=two.certificate, by=hr, ground="rules", reason="x", now=studying.ISSUED)
    made = award.correct(certificate=three.certificate, holder="Yangi Ism", by=hr, reason="x")
    rows = [["No", "Код"], [1, codes.pretty(one.code).lower()], [2, two.code], [3, three.code], [4, UNKNOWN], [5, MISTYPED],
            [6, None], [7, "=HYPERLINK(1)"], [8, f"https://saboq.example/verify/{one.code}/"]]  # fmt: skip

    job, answer = checked(client, hr, table([["№", "F.I.Sh."], *rows][1:]), "kodlar.xlsx")

    told = [[row[0], row[2], row[3], row[4], row[11]] for row in answer[1:]]
    assert told == [
        [2, "Valid", codes.pretty(one.code), "Birinchi Odam", None],
        [3, "Revoked", codes.pretty(two.code), "=Ikkinchi Odam", "Revoked on 22 November 2026: the rules of the course were broken"],
        [4, "Replaced by a newer version", codes.pretty(three.code), "Uchinchi Odam", f"The newer version has the code {codes.pretty(made.code)}."],
        [5, "No such certificate", codes.pretty(UNKNOWN), None, "The code is well formed, but it is not in our register: we have not issued it."],
        [6, "The code is mistyped", None, None, "The check character does not match. Copy the code again."],
        [7, "The code is mistyped", None, None, "There is no code in this row."],
        [8, "The code is mistyped", None, None, "There is no code in this row."],  # a formula that nobody has worked out
        [9, "Valid", codes.pretty(one.code), "Birinchi Odam", None],
    ]  # fmt: skip
    assert answer[1][5:10] == ["Kurs SEC", 36, "2026-11-22", None, one.payload["number"]]
    assert (job.done, job.total) == (8, 8)
    assert job.result["counts"] == {"valid": 2, "revoked": 1, "superseded": 1, "unknown": 1, "mistyped": 3}


@pytest.mark.parametrize("text", [
    "{0};Ali\n{1};Vali\n", "kod,ism\n{0},Ali\n{1},Vali\n", "Ism\tSertifikat\nAli\t{0}\nVali\t{1}\n", "\ufeff{0}\r\n{1}\r\n",
])  # fmt: skip
def test_a_csv_in_any_shape_is_understood(client, hr, graduates, text):
    data = text.format(graduates[0].code, graduates[1].code).encode()

    job, _answer = checked(client, hr, data, "kodlar.csv")

    assert job.result["counts"] == {"valid": 2}


def test_what_was_given_stays_text_in_the_answer(client, hr, graduates):
    job, answer = checked(client, hr, f"kod\n=1+1\n{graduates[1].code}\n".encode(), "kodlar.csv")

    assert [row[1] for row in answer[1:]] == ["=1+1", graduates[1].code]
    assert answer[2][4] == "=Ikkinchi Odam"
    assert job.result["counts"] == {"mistyped": 1, "valid": 1}


def test_an_archive_of_files_tells_good_edited_foreign_and_bad(client, hr, graduates):
    from .test_file_check import plain

    one = graduates[0]
    parts = {
        "1/good.pdf": files.file_of(version=one),
        "../../edited.pdf": drawing.draw(one.payload | {"hours": 720}),
        "foreign.pdf": plain(),
        "words.pdf": b"no PDF",
        "large.pdf": b"%PDF-" + b"0" * (5 * 1024 * 1024),
        "__MACOSX/._good.pdf": b"x",
    }

    job, answer = checked(client, hr, archive(parts), "fayllar.zip")

    assert [[row[1], row[2], row[4], row[11]] for row in answer[1:]] == [
        ["good.pdf", "Valid", "Birinchi Odam", None],
        ["edited.pdf", "Altered", "Birinchi Odam", "Not as in the register: Hajmi."],
        ["foreign.pdf", "Not ours", None, None],
        ["words.pdf", "Cannot be read", None, "It is not a PDF."],
        ["large.pdf", "Cannot be read", None, "It is larger than 5 MB."],
    ]
    assert job.result["counts"] == {"valid": 1, "altered": 1, "not_ours": 1, "unreadable": 2}


def test_a_thousand_codes_are_one_job_of_few_queries(hr, graduates, django_assert_max_num_queries):
    data = "\n".join([graduates[n % 3].code for n in range(1000)]).encode()
    job = batch.ask(upload=SimpleUploadedFile("kodlar.csv", data), by=hr)
    with django_assert_max_num_queries(40):  # one of codes and one of progress a hundred
        jobs.run_one(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["counts"], job.done) == ("done", {"valid": 1000}, 1000)


@pytest.mark.parametrize(("name", "data", "fault"), [
    ("x.xlsx", b"PK\x03\x04 broken", "The archive is damaged."),
    ("x.csv", b"\n\n", "There is no code and no PDF in the file."),
    ("x.csv", b"AAAA1\n" * 1001, "The file has more than 1000 rows. Divide it."),
    ("x.zip", archive({f"{n}.pdf": b"" for n in range(1001)}), "The archive has more than 1000 files. Divide it."),
    ("x.zip", archive({f"{n}.pdf": b"0" * 100_000_000 for n in range(6)}), "The archive unpacks to more than 500 MB: it is refused."),
], ids=["broken", "empty", "rows", "files", "bomb"])  # fmt: skip
def test_a_bad_upload_fails_in_words_and_is_deleted_too(client, hr, name, data, fault):
    job, _none = checked(client, hr, data, name)

    assert (job.state, job.fault) == ("failed", fault)
    page = BeautifulSoup(client.get(f"/verify/batch/{job.pk}/?lang=en").content, "html.parser")
    assert page.select_one("main .notice").get_text(strip=True) == fault


@pytest.mark.parametrize(("data", "fault"), [
    (b"%PDF-1.7", "This is a single PDF: check it on the page for one file, or give a ZIP of several."),
    (b"\xd0\xcf\x11\xe0 old", "This is an old Excel file (XLS). Save it as XLSX or CSV."),
    (b"", "The file is empty."),
])  # fmt: skip
def test_what_is_none_of_the_three_is_refused_at_once(client, hr, data, fault):
    client.force_login(hr)
    response = client.post("/verify/batch/?lang=en", {"file": SimpleUploadedFile("x", data)})

    assert response.status_code == 422
    assert fault in BeautifulSoup(response.content, "html.parser").main.get_text()
    assert not Job.objects.exists()


def test_a_job_is_its_makers_alone_and_the_page_tells_how_far_it_is(client, hr, graduates):
    job = batch.ask(upload=SimpleUploadedFile("kodlar.csv", graduates[0].code.encode()), by=hr)
    jobs.progress(job, 3, 10)
    client.force_login(hr)
    response = client.get(f"/verify/batch/{job.pk}/?lang=en")
    assert response.headers["Refresh"] == "3"
    assert "3 of 10 checked" in response.text

    client.force_login(rooms.person("admin", library=hr.library, role="administrator"))
    assert client.get(f"/verify/batch/{job.pk}/").status_code == 404
    client.force_login(making.person())
    assert client.get("/verify/batch/").status_code == 404
    job.given.storage.delete(job.given.name)
