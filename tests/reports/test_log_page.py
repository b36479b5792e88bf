"""The log on pages and in files: by deed, person and period; on the page of a person; every look-up of a person stands in it."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit, log_export
from accounts.models import AuditEntry
from tests.seminars import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(people):
    """Three of yesterday and today; one looks like a formula."""
    return [
        audit.record(actor=people.hr, deed="person changed", subject=f"person {people.learner.pk}", reason="=1+1"),
        audit.record(actor=people.admin, deed="role given", subject=f"person {people.hr.pk}", role="hr"),
        audit.record(actor=None, deed="certificate issued", subject="certificate X-1", about=people.learner),
    ]


def told(response):
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("asked", "deeds"),
    [
        ("", ["certificate issued", "role given", "person changed"]),
        ("?deed=role given", ["role given"]),
        ("?person=LEARNER", ["certificate issued", "person changed"]),
        ("?person=hr", ["role given", "person changed"]),  # about and by
        ("?begins=2020-01-01&ends=2020-02-01", []),
        ("?person=learner&deed=person changed", ["person changed"]),
    ],
)
def test_it_is_found_by_deed_person_and_period(as_user, people, entries, asked, deeds):
    response = as_user(people.admin).get(f"/hr/log/{asked}")

    assert [entry.deed for entry in response.context["page_obj"]] == deeds


def test_what_cannot_be_read_is_said(as_user, people, entries):
    response = as_user(people.admin).get("/hr/log/?person=nobody-at-all&begins=yesterday&lang=en")

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["person", "begins"]
    assert as_user(people.admin).post("/hr/lists/log.csv?person=nobody-at-all").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same(as_user, people, django_assert_num_queries, count):
    for n in range(count):
        audit.record(actor=people.hr, deed="enrolled", subject=f"enrolment {n}", about=people.learner)
    client = as_user(people.admin)
    client.get("/hr/log/")

    with django_assert_num_queries(5):  # session, user, roles; how many, the page
        assert len(client.get("/hr/log/").context["page_obj"]) == count


def test_it_is_taken_along_as_csv_and_that_stands_in_it(as_user, people, entries):
    rows = told(as_user(people.admin).post("/hr/lists/log.csv?deed=person changed&lang=en"))

    entry = entries[0]
    at = timezone.localtime(entry.at).isoformat(timespec="seconds")
    assert rows == [
        list(log_export.HEADS),
        [str(entry.pk), "", at, "hr", "person changed", "Record changed", f"person {people.learner.pk}", "learner", "'=1+1", "{}"],
    ]  # fmt: skip
    assert AuditEntry.objects.get(deed="log downloaded").details == {
        "asked": {"deed": "person changed"},
        "ending": "csv",
    }


def test_it_is_taken_along_as_a_workbook_without_formulas(as_user, people, entries):
    response = as_user(people.admin).post("/hr/lists/log.xlsx")

    page = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    assert [cell.value for cell in page[1]] == list(log_export.HEADS)
    assert [(row[0].value, row[8].value, row[8].data_type) for row in page.iter_rows(min_row=2)][:1] == [
        (entries[0].pk, "=1+1", "s")
    ]


def test_more_than_a_piece_comes_piece_by_piece(people, entries, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(log_export, "A_PIECE", 2)

    with django_assert_num_queries(3):
        assert [len(piece) for piece in log_export.pieces(AuditEntry.objects.all())] == [2, 1]


def test_the_command_writes_the_same_files(people, entries, tmp_path, capsys):
    call_command("export_log", str(tmp_path / "log.csv"), "--person", "Learner")
    call_command("export_log", str(tmp_path / "log.xlsx"), "--deed", "role given")
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    call_command("export_log", "-", "--begins", tomorrow)

    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
    assert openpyxl.load_workbook(tmp_path / "log.xlsx").active.max_row == 2
    assert capsys.readouterr().out == "\ufeffid,place,at,actor,deed,words,subject,person,reason,details\r\n"
    for wrong in (["x.doc"], ["x.csv", "--person", "nobody"]):
        with pytest.raises(CommandError):
            call_command("export_log", *wrong)


# --- Look-ups -----------------------------------------------------------------------------------------------------------


def looked_up():
    rows = AuditEntry.objects.filter(deed=audit.LOOKED_UP).order_by("pk")
    return list(rows.values_list("actor__username", "person__username", "details__what"))


@pytest.mark.parametrize("who", ["hr", "director", "admin"])
def test_who_opens_a_record_stands_in_the_log(as_user, people, who):
    as_user(getattr(people, who)).get(f"/hr/people/{people.learner.pk}/")

    assert looked_up() == [(who, "learner", "record")]


def test_the_transcript_and_the_trainers_page_are_look_ups_too(as_user, people, sec):
    enrolment = making.enrol(people.learner, sec)
    as_user(people.hr).get(f"/hr/people/{people.learner.pk}/transcript.pdf")
    as_user(people.trainer).get(f"/teach/courses/{sec.pk}/people/{enrolment.pk}/")

    assert looked_up() == [("hr", "learner", "transcript"), ("trainer", "learner", "progress")]


def test_a_foreign_record_and_a_list_are_no_look_ups(as_user, people):
    assert as_user(people.hr2).get(f"/hr/people/{people.learner.pk}/").status_code == 404
    as_user(people.hr).get("/hr/")

    assert looked_up() == []


@pytest.mark.parametrize(("who", "sees"), [("hr", True), ("admin", True), ("director", False)])
def test_the_persons_page_shows_the_log_to_those_who_keep_the_record(as_user, people, entries, who, sees):
    response = as_user(getattr(people, who)).get(f"/hr/people/{people.learner.pk}/?lang=en")

    assert ("Record changed" in response.text, "=1+1" in response.text) == (sees, sees)
    assert "Role given" not in response.text  # of another person


def test_an_erased_reason_is_said_to_be_erased(as_user, people, entries):
    audit.forget(person=people.learner.pk)

    assert "the reason was erased" in as_user(people.hr).get(f"/hr/people/{people.learner.pk}/?lang=en").text


# --- Depersonalising, by its page ---------------------------------------------------------------------------------------


def test_hr_depersonalises_who_has_left(as_user, people):
    client, address = as_user(people.hr), f"/hr/people/{people.learner.pk}/depersonalise/"
    assert "Note the leaving first" in client.get(f"{address}?lang=en").text
    sent = {"reason": "Ariza", "sure": "on"}
    assert client.post(address, sent).status_code == 422
    people.learner.is_active = False
    people.learner.save()
    assert client.post(address, {"reason": "Ariza"}).status_code == 422

    assert client.post(address, sent).headers["Location"] == f"/hr/people/{people.learner.pk}/"

    people.learner.refresh_from_db()
    assert (people.learner.last_name, people.learner.depersonalised_at is None) == ("", False)
    assert "was depersonalised on" in client.get(f"{address}?lang=en").text
    assert client.get(f"/hr/people/{people.learner.pk}/").status_code == 200


def test_hr_does_not_depersonalise_staff_roles_nor_other_regions(as_user, people):
    people.director.is_active = False
    people.director.save()

    assert as_user(people.hr).get(f"/hr/people/{people.director.pk}/depersonalise/").status_code == 404
    assert as_user(people.admin).get(f"/hr/people/{people.director.pk}/depersonalise/").status_code == 200
    assert as_user(people.hr2).get(f"/hr/people/{people.learner.pk}/depersonalise/").status_code == 404
