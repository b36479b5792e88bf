"""A trainer's report of a run: on the page, as a spreadsheet and on paper the same figures."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from pypdf import PdfReader

from seminars import attendance, feedback, run_report
from seminars.models import Attendance, AttendanceEntry, Feedback, SeminarRun, WalkIn
from tests.kept import kept
from tests.seminars import making

NOW = timezone.now()


@kept
def held(bedrock):
    """Sessions of two and of three hours that are over, one of two to come, one called off. Aliyeva came twice, once by code; Boqiyev was
    excused and then found to have been late; Chorieva came without a seat; Dadayev gave the seat back after a mark."""
    library = making.library("SAM")
    trainer = making.person(family="Yusupova", given="Malika", role="trainer")
    run = making.run(making.seminar("sec-1"), begins=NOW - timedelta(days=1, hours=3), trainer=trainer, sittings=4)
    first, second, off, _to_come = run.sessions.order_by("starts_at")
    run.sessions.filter(pk=off.pk).update(cancelled_at=NOW)
    second.hours = Decimal(3)
    second.save()
    a, b, c, d = (
        making.person(f"T-{name[:2]}", family=name, given="=1+1" if name == "Aliyeva" else "Test", library=library)
        for name in ("Aliyeva", "Boqiyev", "Chorieva", "Dadayev")
    )
    for person in (a, b):
        making.seat(run, person)
    making.seat(run, making.person(family="Eshonov"), state="waiting")
    gave_back = making.seat(run, d)
    WalkIn.objects.create(
        session=second, person=c, asked_at=NOW, let_in=True, decided_at=NOW, decided_by=trainer, device="x"
    )
    checked_in(first, a)
    mark = attendance.mark
    mark(session=first, person=b, mark="excused", by=trainer, how="paper")
    mark(session=first, person=b, mark="late", by=trainer, reason="Kechikib kelgan")
    mark(session=first, person=d, mark="left_early", by=trainer)
    gave_back.state = "cancelled"
    gave_back.save()
    mark(session=second, person=a, mark="present", by=trainer)
    mark(session=second, person=b, mark="excused", by=trainer)
    mark(session=second, person=c, mark="present", by=trainer, how="walk_in")
    return SimpleNamespace(run=run, first=first, second=second, trainer=trainer, people=[a, b, c, d])


def checked_in(session, person):
    with_code = AttendanceEntry(
        key="00000000-0000-4000-8000-000000000001", session=session, person=person, mark="present", how="code", by=person,
        at=session.starts_at, received_at=session.starts_at,
    )  # fmt: skip
    attendance.enter(with_code, [], None)


def address(held, name="run_report", language="en"):
    return reverse(f"seminars:{name}", args=[held.run.pk]) + f"?lang={language}"


def test_the_figures(held):
    found = run_report.report(held.run)

    assert [(line.person.last_name, line.came_by, line.hours, line.excused) for line in found.lines] == [
        ("Aliyeva", "seat", Decimal(5), 0), ("Boqiyev", "seat", Decimal(2), Decimal(3)),
        ("Chorieva", "walk_in", Decimal(3), 0), ("Dadayev", "gave_back", Decimal(1), 0),
    ]  # fmt: skip
    assert [[cell.mark for cell in line.cells] for line in found.lines] == [
        ["present", "present", ""], ["late", "excused", ""], ["", "present", ""], ["left_early", "", ""],
    ]  # fmt: skip
    assert (found.planned, found.hours, found.came, found.walk_ins, found.begun) == (7, 11, 4, 1, 2)
    assert (found.booked, found.waiting, found.cancelled) == (2, 1, 1)
    assert found.percent == 62  # of 4 × 2 places 5 were taken; the session to come is not counted
    with translation.override("en"):
        assert [(str(words), n) for words, n in found.ways] == [
            ("On the roster", 4), ("Code on the screen", 1), ("Let in by the trainer", 1),
        ]  # fmt: skip


def test_a_correction_says_what_stood_before_who_changed_it_and_why(held):
    (one,) = run_report.report(held.run).corrections

    assert (one.person, one.session, one.before, one.after, one.by, one.reason) == (
        held.people[1], held.first, "excused", "late", held.trainer, "Kechikib kelgan",
    )  # fmt: skip


def test_each_correction_says_what_stood_just_before_and_a_check_in_is_none(held):
    who, trainer = held.people[2], held.trainer
    making.seat(held.run, who)
    for mark in ("absent", "excused", "late"):
        attendance.mark(session=held.first, person=who, mark=mark, by=trainer, reason=mark)
    entries = list(AttendanceEntry.objects.filter(session=held.first, person=who))
    later = timezone.now()
    check_in = AttendanceEntry(
        key=uuid4(), session=held.first, person=who, mark="present", how="code", by=who, at=later, received_at=later
    )
    attendance.enter(check_in, entries, Attendance.objects.get(session=held.first, person=who))

    found = run_report.report(held.run)

    assert [(one.before, one.after) for one in found.corrections if one.person == who] == [
        ("absent", "excused"), ("excused", "late"),
    ]  # fmt: skip
    assert [line.came_by for line in found.lines if line.person == who] == ["seat"]  # whoever was let in before


def test_the_page_shows_marks_with_how_and_who_for_the_trainer(client, held):
    client.force_login(held.trainer)

    page = client.get(address(held)).text

    cells = re.findall(r"<td[^>]*>(.+?)</td>", page, re.S)
    text = [re.sub(r"<[^>]+>", " ", cell).split() for cell in cells]
    assert ["Present", "Code", "on", "the", "screen"] in text
    assert ["Late", "On", "the", "roster,", "Yusupova", "Malika"] in text
    assert ["Present", "Let", "in", "by", "the", "trainer,", "Yusupova", "Malika"] in text
    assert "missed with reason: 3" in page
    assert "Seats booked: 2 of 20; waiting: 1; given back: 1." in page
    assert "People are asked after the last session" in page


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_costs_the_same_for_any_class(client, held, django_assert_num_queries, count):
    for _ in range(count):
        person = making.person()
        making.seat(held.run, person)
        attendance.mark(session=held.first, person=person, mark="present", by=held.trainer)
    client.force_login(held.trainer)
    client.get(address(held))

    with django_assert_num_queries(11):
        client.get(address(held))


def test_a_run_that_nobody_booked_and_one_that_was_called_off_have_a_report_too(client, held):
    empty = making.run(held.run.seminar, trainer=held.trainer)
    client.force_login(held.trainer)

    for run in (empty, held.run):
        SeminarRun.objects.filter(pk=run.pk).update(cancelled_at=NOW)
        for name in ("run_report", "run_report_workbook", "run_report_pdf"):
            assert client.get(reverse(f"seminars:{name}", args=[run.pk])).status_code == 200
    off = run_report.report(SeminarRun.objects.get(pk=held.run.pk))
    assert off.sessions == [held.first, held.second]  # what was held before it was called off
    assert "Nobody has booked a seat." in client.get(reverse("seminars:run_report", args=[empty.pk]) + "?lang=en").text


def book(client, held, language="en"):
    client.force_login(held.trainer)
    answer = client.get(address(held, "run_report_workbook", language))
    return load_workbook(io.BytesIO(answer.content))


def test_the_spreadsheet_has_people_corrections_and_feedback(client, held):
    made = book(client, held)

    people, corrected, said = made.worksheets
    rows = [[cell.value for cell in row] for row in people.iter_rows()]
    assert rows[0][:5] == ["Full name", "Login", "Library", "Position", "Seat"]
    assert rows[0][-3:] == ["Hours attended", "Hours planned", "Hours missed with reason"]
    assert rows[1][0] == "Aliyeva =1+1"
    assert rows[1][5:9] == ["Present", "Code on the screen", "Present", "On the roster, Yusupova Malika"]
    assert [row[-3:] for row in rows[1:]] == [[5, 7, 0], [2, 7, 3], [3, 7, 0], [1, 7, 0]]
    assert [row[4] for row in rows[1:]] == [None, None, "Without a seat", "Gave the seat back"]
    lines = [[cell.value for cell in row] for row in corrected.iter_rows()]
    assert [lines[1][n] for n in (1, 2, 3, 5, 7)] == [
        "Boqiyev Test", "Absent with reason", "Late", "Yusupova Malika", "Kechikib kelgan",
    ]  # fmt: skip
    assert said["A1"].value == "People are asked after the last session, once attendance is marked."


def ask_and_answer(held):
    Feedback.objects.create(run=held.run, opened_at=NOW - timedelta(days=1), closes_at=NOW + timedelta(days=1))
    others = [making.person() for _ in range(2)]
    for person in others:
        making.seat(held.run, person)
        attendance.mark(session=held.first, person=person, mark="present", by=held.trainer)
    for person in (held.people[0], held.people[1], held.people[2], *others):
        feedback.answer(
            run=held.run,
            person=person,
            scales={"useful": 5, "clear": 4, "pace": 3, "place": 2},
            good="=2+2 <b>& oʻgʻil</b>",
        )
    Feedback.objects.update(closes_at=NOW)


def test_feedback_in_the_spreadsheet_is_text_never_a_formula(client, held):
    ask_and_answer(held)

    said = book(client, held).worksheets[2]

    rows = [[cell.value for cell in row if cell.value is not None] for row in said.iter_rows()]
    assert rows[0] == ["Answers", 5]
    assert rows[2] == ["It was useful for my work", 5, 0, 0, 0, 0, 5]
    assert rows[6:] == [["What helped you most?"], *[["=2+2 <b>& oʻgʻil</b>"]] * 5]
    assert {cell.data_type for row in said.iter_rows(min_row=8, max_col=1) for cell in row} == {"s"}


@pytest.mark.parametrize(
    ("language", "head"), [("uz", "Seminar hisoboti"), ("ru", "Отчёт о семинаре"), ("en", "Report of the run")]
)  # fmt: skip
def test_the_paper_is_in_the_readers_language_with_every_sign(client, held, language, head):
    ask_and_answer(held)
    client.force_login(held.trainer)

    answer = client.get(address(held, "run_report_pdf", language))

    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = "\n".join(page.extract_text() for page in pages)
    assert all(words in text for words in (head, "=2+2 <b>& oʻgʻil</b>", "Aliyeva =1+1"))
    fonts = {font["/BaseFont"].partition("+")[2] for page in pages for font in page["/Resources"]["/Font"].values()}
    assert fonts == {"NotoSans-Regular", "NotoSans-Bold"}


def test_a_run_of_many_sessions_is_set_in_several_tables(client, held):
    run = making.run(held.run.seminar, begins=NOW - timedelta(days=20), trainer=held.trainer, sittings=12)
    making.seat(run, held.people[0])  # alone: a table that goes on overleaf has its head twice
    client.force_login(held.trainer)

    answer = client.get(reverse("seminars:run_report_pdf", args=[run.pk]) + "?lang=en")

    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert text.count("Full name") == 3  # four sessions side by side are as wide as the paper


def test_the_report_is_reached_from_teaching_once_the_run_has_begun(client, held):
    to_come = making.run(held.run.seminar, trainer=held.trainer)
    client.force_login(held.trainer)

    page = client.get("/teach/").text + client.get("/teach/?when=past").text

    links = set(re.findall(r"/teach/runs/(\d+)/report/", page))
    assert links == {str(held.run.pk)}
    assert to_come.pk != held.run.pk
