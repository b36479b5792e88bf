"""Attendance in the own libraries: figures by library, region, seminar, course, month; nobody of other libraries counts."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from accounts.models import User
from reports.attendance import Asked, By, report
from seminars import attendance
from seminars.models import WalkIn
from tests.kept import kept
from tests.seminars import making

OCTOBER, NOVEMBER = datetime(2026, 10, 10, 5, tzinfo=UTC), datetime(2026, 11, 7, 5, tzinfo=UTC)
ADDRESS = "/hr/attendance/?lang=en"


@kept
def nation(bedrock):
    """Two seminars, three runs. Samarqand: two of SAM-URG, one of SAM-KAT; Toshkent: one, who came to the same runs."""
    root = making.library("UZ", level="nation")
    sam, tsh = making.library("SAM", root, "region"), making.library("TSH", root, "region")
    urg, kat = making.library("SAM-URG", sam), making.library("SAM-KAT", sam)
    tsh1 = making.library("TSH-01", tsh)
    a, b, c, d = (making.person(library=library) for library in (urg, urg, kat, tsh1))
    trainer = making.person(role="trainer")
    course = making.course("sec")
    of_course, free = making.seminar("sec-1", course=course), making.seminar("free")
    first = making.run(of_course, begins=OCTOBER, sittings=2, trainer=trainer)
    second = making.run(free, begins=NOVEMBER, trainer=trainer, sittings=2)
    second.sessions.filter(starts_at__gt=NOVEMBER).update(cancelled_at=NOVEMBER)
    (held,) = second.sessions.filter(cancelled_at=None)
    for run, people in ((first, (a, b, d)), (second, (a, c, d))):
        for person in people:
            making.seat(run, person)
    one, two = first.sessions.order_by("starts_at")
    for session, person, what in (
        (one, a, "present"), (one, b, "late"), (one, d, "present"),
        (two, a, "left_early"), (two, b, "excused"), (two, d, "present"),
        (held, c, "absent"), (held, d, "present"),
    ):  # fmt: skip
        attendance.mark(session=session, person=person, mark=what, by=trainer)
    WalkIn.objects.create(
        session=held, person=b, asked_at=NOVEMBER, let_in=True, decided_at=NOVEMBER, decided_by=trainer
    )
    attendance.mark(session=held, person=b, mark="present", by=trainer, how="walk_in")
    making.seat(making.run(free), a)  # to come
    off = making.run(free, begins=NOVEMBER)
    off.cancelled_at = NOVEMBER
    off.save()
    making.seat(off, a)
    people = SimpleNamespace(
        hr=making.person(library=sam, role="hr"), hr2=making.person(library=tsh, role="hr"),
        director=making.person(library=urg, role="director"), admin=making.person(library=root, role="administrator"),
    )  # fmt: skip
    return SimpleNamespace(
        people=people, sam=sam, tsh=tsh, urg=urg, kat=kat, course=course, free=free, second=second, trainer=trainer, c=c, one=one,
    )  # fmt: skip


def told(library, by=By.LIBRARY, **asked):
    rows, total = report(User.objects.below(library), Asked(by=by, **asked))
    return [figures(row) for row in rows], figures(total)


def figures(row):
    return row.label, len(row.runs), row.seats, row.places, row.there, row.hours, row.people


def test_by_library_and_together(nation):
    assert told(nation.sam) == (
        [
            ("Kutubxona SAM-KAT", 1, 1, 1, 0, Decimal(0), 0),
            ("Kutubxona SAM-URG", 2, 3, 6, 4, Decimal(7), 2),  # one came without a seat: one place more
        ],
        ("", 2, 4, 7, 4, Decimal(7), 2),
    )


def test_by_region_the_same_run_counts_in_both_and_the_people_in_one(nation):
    _rows, total = told(nation.sam)
    both, whole = told(nation.people.admin.library, By.REGION)

    assert both == [
        ("Kutubxona SAM", *total[1:]),
        ("Kutubxona TSH", 2, 2, 3, 3, Decimal(6), 1),
    ]  # fmt: skip
    assert whole == ("", 2, 6, 10, 7, Decimal(13), 3)


def test_by_seminar_course_and_month(nation):
    of_course, free = (1, 2, 4, 3, Decimal(5), 2), (1, 2, 3, 1, Decimal(2), 1)

    assert told(nation.sam, By.SEMINAR)[0] == [("Seminar free", *free), ("Seminar sec-1", *of_course)]
    assert told(nation.sam, By.COURSE)[0] == [("Kurs sec", *of_course), ("Kurssiz", *free)]
    assert [row[1:] for row in told(nation.sam, By.MONTH)[0]] == [of_course, free]
    assert told(nation.sam, By.SEMINAR)[1][-1] == 2  # who came to both is one person


@pytest.mark.parametrize(
    ("asked", "runs"),
    [
        ({"begins": NOVEMBER.date()}, 1), ({"ends": OCTOBER.date()}, 1), ({"begins": OCTOBER.date(), "ends": NOVEMBER.date()}, 2),
        ({"begins": NOVEMBER.date() + timedelta(days=1)}, 0), ({"course": True}, 1), ({"seminar": True}, 1),
    ],
)  # fmt: skip
def test_what_is_asked_narrows(nation, asked, runs):
    asked = {
        name: getattr(nation, {"seminar": "free"}.get(name, name)) if value is True else value
        for name, value in asked.items()
    }

    assert told(nation.sam, **asked)[1][1] == runs


def test_a_period_takes_of_a_run_the_sessions_that_lie_in_it(nation):
    assert told(nation.sam, ends=OCTOBER.date())[1] == ("", 1, 2, 2, 2, Decimal(4), 2)


def test_a_run_counts_where_somebody_came_without_a_seat(nation):
    let_in = {"asked_at": OCTOBER, "let_in": True, "decided_at": OCTOBER, "decided_by": nation.trainer}
    WalkIn.objects.create(session=nation.one, person=nation.c, **let_in)
    attendance.mark(session=nation.one, person=nation.c, mark="present", by=nation.trainer, how="walk_in")

    assert told(nation.sam)[0][0] == ("Kutubxona SAM-KAT", 2, 1, 2, 1, Decimal(2), 1)


def test_of_a_run_that_was_called_off_on_the_way_what_was_held_counts(nation):
    nation.second.sessions.update(cancelled_at=None)
    nation.second.cancelled_at = NOVEMBER + timedelta(hours=5)  # before its second day
    nation.second.save()

    assert told(nation.sam)[1] == ("", 2, 4, 7, 4, Decimal(7), 2)


def page(client, person, **asked):
    client.force_login(person)
    return client.get(ADDRESS, asked | {"lang": "en"})


@pytest.mark.parametrize(
    ("who", "rows"),
    [
        ("hr", ["Kutubxona SAM-KAT en", "Kutubxona SAM-URG en"]), ("hr2", ["Kutubxona TSH-01 en"]),
        ("director", ["Kutubxona SAM-URG en"]),
        ("admin", ["Kutubxona SAM-KAT en", "Kutubxona SAM-URG en", "Kutubxona TSH-01 en"]),
    ],
)  # fmt: skip
def test_everybody_sees_the_own_libraries_alone(client, nation, who, rows):
    response = page(client, getattr(nation.people, who))

    assert [row.label for row in response.context["page_obj"]] == rows
    offered = [str(label).strip("– ") for _code, label in response.context["form"].fields["library"].choices][1:]
    assert set(rows) <= set(offered)
    assert ("Kutubxona TSH-01 en" in response.text) == ("Kutubxona TSH-01 en" in rows)


def test_one_library_of_the_scope_can_be_asked_for(client, nation):
    rows = page(client, nation.people.hr, library="SAM-KAT").context["page_obj"]

    assert [row.label for row in rows] == ["Kutubxona SAM-KAT en"]


@pytest.mark.parametrize("address", ["/hr/attendance/"])
def test_another_regions_library_is_no_choice(client, nation, address):
    client.force_login(nation.people.hr)

    response = client.get(address, {"library": "TSH-01", "lang": "en"})

    assert response.status_code == 422
    assert b"TSH-01 en" not in response.content


def test_a_senseless_question_is_told_and_stays(client, nation):
    response = page(client, nation.people.hr, begins="2026-11-08", ends="2026-11-07", by="weather")

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"ends", "by"}
    assert "The period ends before it begins." in response.text
    assert 'value="2026-11-08"' in response.text


def test_where_nothing_is_found_the_page_says_so(client, nation):
    assert "No seminar of this kind has had your staff yet." in page(client, nation.people.hr, begins="2030-01-01").text


@pytest.mark.parametrize("times", [1, 3])
def test_the_page_costs_the_same_for_any_number(client, nation, django_assert_num_queries, times):
    for n in range(1, times):
        library = making.library(f"SAM-{n}", nation.sam)
        run = making.run(making.seminar(f"more-{n}"), begins=NOVEMBER)
        making.seat(run, making.person(library=library))
    client.force_login(nation.people.hr)

    with django_assert_num_queries(14):
        response = client.get(ADDRESS)

    assert len(response.context["page_obj"]) == 1 + times


def test_the_spreadsheet_says_the_same_and_what_was_asked(client, nation):
    client.force_login(nation.people.hr)

    answer = client.post("/hr/lists/attendance.xlsx?ends=2026-11-30&lang=en")

    rows = [list(row) for row in load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True)]
    assert rows[0][0] == "Until"
    assert rows[1] == ["Library", "Runs", "Seats booked", "Present, %", "Academic hours", "People who came"]
    assert rows[2:] == [
        ["Kutubxona SAM-KAT en", 1, 1, 0, 0, 0], ["Kutubxona SAM-URG en", 2, 3, 67, 7, 2], ["Together", 2, 4, 57, 7, 2],
    ]  # fmt: skip
