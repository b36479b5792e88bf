"""Paper: the sheet in the group's language, the spreadsheet and its way back with an answer for every line."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from seminars import attendance, paper_sheet, roster
from seminars.models import Attendance, AttendanceEntry, Seat, SeminarRun, Session
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting(topic, people):
    return making.run(topic, begins=timezone.now() - timedelta(hours=2), trainer=people.trainer).sessions.get()


@pytest.fixture
def three(sitting, libraries):
    names = [("Abdullayeva", "Sevara"), ("Gʻaniyeva", "Moʻtabar"), ("Ким", "Анна")]
    people = [making.person(family=family, given=given, library=libraries.district) for family, given in names]
    for person in people:
        making.seat(sitting.run, person)
    return people


def workbook(*rows, head=("Login", "Full name", "Mark")):
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def bring(client, sitting, data, name="marks.xlsx"):
    address = reverse("seminars:marks_import", args=[sitting.pk]) + "?lang=en"
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def confirm(client, sitting, preview, altered="", **fields):
    address = reverse("seminars:marks_import", args=[sitting.pk]) + "?lang=en"
    return client.post(address, {"read": preview.context["read"] + altered, **fields}, follow=True)


def answers(response):
    return [(line.answer, line.mark) for line in response.context["lines"]]


def marks():
    return {row.person_id: row.mark for row in Attendance.objects.all()}


# --- The sheet -------------------------------------------------------------------------------------------------------------


def words_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_sheet_has_a_line_for_everybody_in_the_language_of_the_group(as_user, people, sitting, three):
    type(three[0]).objects.filter(pk__in=[three[0].pk, three[1].pk]).update(language="ru")
    address = reverse("seminars:sheet", args=[sitting.pk])
    client = as_user(people.trainer)

    told, english = client.get(address), client.get(address + "?lang=en")

    assert told.headers["Content-Type"] == "application/pdf"
    text = words_of(told.content)
    assert [person.official_name in text for person in three] == [True] * 3
    assert ("Лист" in text or "Ведомость" in text or "Явоч" in text, "Full name" in words_of(english.content)) == (
        True,
        True,
    )


def test_a_class_of_forty_fits_on_pages_with_their_heads_repeated(people, sitting, libraries):
    group = [making.person(library=libraries.district) for _ in range(40)]

    text = words_of(paper_sheet.draw(sitting, group, "en"))

    assert (text.count("Full name"), text.count(f"Session {sitting.pk}, page")) == (3, 3)
    assert [person.username in text for person in group] == [True] * 40


# --- The spreadsheet and back -------------------------------------------------------------------------------------------------


def test_the_spreadsheet_that_is_given_out_is_read_again(as_user, people, sitting, three):
    client = as_user(people.trainer)
    given = client.get(reverse("seminars:marks_workbook", args=[sitting.pk]) + "?lang=ru").content
    book = load_workbook(io.BytesIO(given))
    for number, typed in enumerate(["+", "Ушёл раньше", "absent"], 2):
        book.active.cell(number, 4).value = typed
    held = io.BytesIO()
    book.save(held)

    preview = bring(client, sitting, held.getvalue())
    assert marks() == {}  # nothing before the button
    done = confirm(client, sitting, preview, reason="signed sheet")

    found = {entry.person: (entry.mark, entry.how, entry.by, entry.reason) for entry in AttendanceEntry.objects.all()}
    assert answers(preview) == [("new", "present"), ("mark", ""), ("new", "absent")]
    assert found == {
        three[0]: ("present", "import", people.trainer, "signed sheet"),
        three[2]: ("absent", "import", people.trainer, "signed sheet"),
    }
    assert said(done) == [("success", "Saved: 2 marks.")]


def test_every_line_has_an_answer_and_nothing_is_dropped(as_user, people, sitting, three):
    attendance.mark(session=sitting, person=three[0], mark="present", by=people.trainer)
    attendance.mark(session=sitting, person=three[1], mark="present", by=people.trainer)
    data = workbook(
        (three[0].username, "", "present"), (three[1].username.lower(), "", "Kechikdi"), ("", "ким анна", "late"),
        ("P-9999", "Yoʻq Odam", "present"), (people.hr.username, "", "present"), (three[1].username, "", "absent"),
        (three[2].username, "", "asleep"), (None, None, None), ("", "G'aniyeva Mo'tabar", None),
    )  # fmt: skip

    preview = bring(as_user(people.trainer), sitting, data)

    assert [(line.number, line.answer) for line in preview.context["lines"]] == [
        (2, "same"), (3, "change"), (4, "new"), (5, "nobody"), (6, "nobody"), (7, "twice"), (8, "twice"), (10, "twice"),
    ]  # fmt: skip
    assert "5 lines mark nobody" in preview.text
    assert "Yoʻq Odam" in preview.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no workbook", "The workbook is damaged."),
        (workbook(("a", "b", "c"), head=("x", "y", "z")), "The first row must hold the names of the columns"),
        (workbook(), "There is no line in the file."),
        (workbook(*[("a", "b", "+")] * 501), "The file has more than 500 lines."),
        (b"PK" + b"0" * (2 * 1024 * 1024), "The file is larger than 2 MB."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(as_user, people, sitting, three, data, words):
    response = bring(as_user(people.trainer), sitting, data)

    assert (response.status_code, words in response.text) == (422, True)


@pytest.mark.parametrize("fault", ["altered", "other session", "called off", "seat gone"])
def test_a_preview_that_no_longer_holds_saves_nothing(as_user, people, sitting, three, topic, fault):
    client = as_user(people.trainer)
    preview = bring(client, sitting, workbook((three[0].username, "", "+")))
    at = sitting
    if fault == "other session":
        at = making.run(topic, days=-1, trainer=people.trainer).sessions.get()
    elif fault == "called off":
        SeminarRun.objects.update(cancelled_at=timezone.now())
    elif fault == "seat gone":
        Seat.objects.filter(person=three[0]).update(state="cancelled")

    done = confirm(client, at, preview, altered="x" if fault == "altered" else "")

    assert ([kind for kind, _text in said(done)], marks()) == (["error"], {})


def test_what_another_trainer_marked_after_the_preview_is_shown_beside_it(as_user, people, sitting, three):
    client = as_user(people.trainer)
    preview = bring(client, sitting, workbook((three[0].username, "", "+")))
    attendance.mark(session=sitting, person=three[0], mark="absent", by=people.admin)

    confirm(client, sitting, preview)

    assert next([entry.mark for entry in place.conflict] for place in roster.places(sitting)) == ["absent", "present"]


# --- Later entry -------------------------------------------------------------------------------------------------------------


def test_marks_entered_from_the_sheet_say_so(as_user, people, sitting, three):
    data = {"on_paper": "on", f"mark-{three[0].pk}": "present", f"initial-mark-{three[0].pk}": ""}

    as_user(people.trainer).post(reverse("seminars:roster", args=[sitting.pk]), data)

    assert [(entry.how, entry.mark) for entry in AttendanceEntry.objects.all()] == [("paper", "present")]


def test_everybody_not_marked_yet_is_present_by_one_button(as_user, people, sitting, three):
    attendance.mark(session=sitting, person=three[0], mark="absent", by=people.trainer)
    data = {"rest": "present", f"mark-{three[0].pk}": "absent", f"initial-mark-{three[0].pk}": "absent"}

    as_user(people.trainer).post(reverse("seminars:roster", args=[sitting.pk]), data)

    assert [marks()[person.pk] for person in three] == ["absent", "present", "present"]


def test_a_correction_after_a_day_needs_its_why_which_is_kept(as_user, people, sitting, three):
    attendance.mark(session=sitting, person=three[0], mark="absent", by=people.trainer)
    Session.objects.update(starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2))
    address = reverse("seminars:roster", args=[sitting.pk]) + "?lang=en"
    data = {f"mark-{three[0].pk}": "excused", f"initial-mark-{three[0].pk}": "absent"}
    client = as_user(people.trainer)

    refused = client.post(address, data)
    assert (refused.status_code, "Say why: marks are changed more than a day" in refused.text) == (422, True)
    assert marks() == {three[0].pk: "absent"}
    client.post(address, data | {"reason": "Illness, paper of 26 November"})

    assert marks() == {three[0].pk: "excused"}
    history = client.get(reverse("seminars:history", args=[sitting.pk]) + "?lang=en").text
    assert ("Illness, paper of 26 November" in history, "(does not stand)" in history) == (True, True)
