"""Deeds on requirements: changed, exempted from, enrolled by, begun again, reminded of; and the pages on which HR does them."""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts import libraries as tree
from accounts import people as records
from accounts.models import AuditEntry, Library, Notice, User
from courses.models import Enrolment
from reports import requirements, standings, waivers
from reports.models import Requirement, Waiver
from reports.requirements import NotAsked
from reports.standings import Standing
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def require(people, sec, libraries, today):
    def make(library=None, course=sec, due_on=None, **rules):
        return requirements.require(
            library=library or libraries.region, course=course, due_on=due_on or today + 30 * DAY, by=people.hr, **rules
        )

    return make


def stands(person, today):
    person = User.objects.get(pk=person.pk)
    return [(one.standing, one.due_on) for one in requirements.of(person, today)]


def log():
    return list(AuditEntry.objects.order_by("pk").values_list("deed", "details"))


def move(library, to):
    Library.objects.get(pk=library.pk).move(Library.objects.get(pk=to.pk), "sorted-child")


# --- Changed -----------------------------------------------------------------------------------------------------------------


def test_a_change_of_the_day_is_logged_with_what_was_before(people, require, today):
    row = require()

    changed = requirements.change(requirement=row, by=people.hr, due_on=today + 60 * DAY, grace_days=0, join_days=60)

    assert changed == ["due_on"]
    deed, details = log()[-1]
    assert (deed, details) == (
        "requirement changed",
        {"before": {"due_on": (today + 30 * DAY).isoformat()}, "after": {"due_on": (today + 60 * DAY).isoformat()}},
    )
    assert requirements.change(requirement=row, by=people.hr, due_on=today + 60 * DAY) == []
    assert len(log()) == 2


def test_hr_sees_what_a_change_does_before_it_is_done(as_user, people, require, today):
    row = require(due_on=today - 3 * DAY, join_days=0)
    client, address = as_user(people.hr), reverse("reports:edit_requirement", args=[row.pk])
    kept = {"join_days": "0", "grace_days": "0", "again_months": "", "due_on": row.due_on.isoformat()}
    assert client.post(address, kept | {"grace_days": "14", "deed": "look"}).status_code == 200  # the past day may stay

    response = client.post(address, kept | {"due_on": (today - DAY).isoformat()})
    assert list(response.context["form"].errors) == ["due_on"]  # but none other in the past

    response = client.post(address, kept | {"due_on": (today + DAY).isoformat(), "deed": "look"})
    assert [(state.value, before, after) for state, before, after in response.context["differences"]] == [
        ("overdue", 5, 0), ("grace", 0, 0), ("due", 0, 5), ("compliant", 0, 0), ("waived", 0, 0),
    ]  # fmt: skip
    assert Requirement.objects.get().due_on == today - 3 * DAY

    response = client.post(address, kept | {"due_on": (today + DAY).isoformat(), "deed": "set"}, follow=True)
    assert Requirement.objects.get().due_on == today + DAY
    assert said(response)[0] == ("success", "Talab oʻzgartirildi. Avvalgi holati jurnalda saqlanadi.")
    assert "Oʻzgartirildi. Yakunlash muddati:" in response.text


# --- Who comes later, what moves ---------------------------------------------------------------------------------------------


def test_whoever_comes_after_it_was_set_has_so_many_days_from_then(people, libraries, require, today):
    row = require(due_on=today + DAY, join_days=60)
    Requirement.objects.filter(pk=row.pk).update(set_at=timezone.now() - 10 * DAY)
    newcomer = making.person("newcomer", library=libraries.other)
    User.objects.update(placed_on=today - 300 * DAY)
    assert stands(newcomer, today) == []

    records.change(person=newcomer, by=people.admin, library=libraries.district)

    assert stands(newcomer, today) == [(Standing.DUE, today + 60 * DAY)]
    assert stands(people.learner, today) == [(Standing.DUE, today + DAY)]


def test_a_requirement_goes_along_with_a_library_that_moves(as_user, people, libraries, require, today):
    row = require(libraries.district)

    move(libraries.district, libraries.other)

    assert stands(people.learner, today) == [(Standing.DUE, row.due_on)]
    assert as_user(people.hr).get(row.get_absolute_url()).status_code == 404
    assert as_user(people.hr).post(reverse("reports:withdraw", args=[row.pk])).status_code == 404
    response = as_user(people.hr2).get(row.get_absolute_url())
    assert {person.username for person, _state in response.context["lines"]} == {"learner", "director"}


def test_one_of_the_old_place_no_longer_asks_those_who_moved(people, libraries, require, today):
    require(libraries.region)

    move(libraries.district, libraries.other)

    assert stands(people.learner, today) == []


def test_who_is_exempt_stays_so_where_the_same_is_required_in_the_library_that_takes_theirs_in(
    people, libraries, require, today
):
    ours, theirs = require(libraries.district), require(libraries.branch_less, due_on=today + 9 * DAY)
    for person, begins, ends in (
        (people.learner, today - DAY, today + 50 * DAY), (people.learner, today + 90 * DAY, None), (people.director, today - 9 * DAY, today - DAY),
    ):  # fmt: skip
        waivers.waive(requirement=ours, person=person, reason="Taʼtil", by=people.hr, begins=begins, ends=ends)
    waivers.waive(requirement=theirs, person=people.learner, reason="Oʻqishda", by=people.hr, begins=today + 80 * DAY)

    tree.merge(library=libraries.district, into=libraries.branch_less, by=people.admin, reason="x")

    assert stands(people.learner, today) == [(Standing.WAIVED, theirs.due_on)]
    assert stands(people.director, today) == [(Standing.DUE, theirs.due_on)]
    assert sorted(theirs.waivers.values_list("reason", flat=True)) == [
        "Oʻqishda",
        "Taʼtil",
    ]  # one for the same time was there


# --- Exemptions --------------------------------------------------------------------------------------------------------------


def test_hr_exempts_a_person_with_a_reason_and_takes_it_back(as_user, people, require, today):
    row = require(due_on=today - DAY, join_days=0)
    client = as_user(people.hr)
    address = reverse("reports:requirement_person", args=[row.pk, people.learner.pk])

    client.post(address, {"reason": "Uzoq taʼtilda", "begins": today.isoformat(), "ends": (today + DAY).isoformat()})

    waiver = Waiver.objects.get()
    assert stands(people.learner, today) == [(Standing.WAIVED, row.due_on)]
    assert stands(people.learner, today + 2 * DAY) == [(Standing.OVERDUE, row.due_on)]
    assert stands(people.hr, today) == [(Standing.OVERDUE, row.due_on)]
    entry = AuditEntry.objects.get(deed="exempted from a requirement")
    assert (entry.actor, entry.reason, entry.details["person"]) == (people.hr, "Uzoq taʼtilda", people.learner.pk)
    response = client.get(address)
    assert "Uzoq taʼtilda" in response.text

    response = client.post(address, {"reason": "x", "begins": today.isoformat(), "ends": ""})
    assert response.context["form"].non_field_errors() == ["Xodim bu davrning bir qismida allaqachon ozod qilingan."]

    client.post(address, {"end": waiver.pk})
    assert stands(people.learner, today) == [(Standing.OVERDUE, row.due_on)]
    assert log()[-1] == ("exemption withdrawn", {"person": people.learner.pk, "waiver": waiver.pk})
    client.post(address, {"end": waiver.pk})  # twice is once
    assert len(log()) == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"ends": "2020-01-01"}, "ends"),
        ({"begins": "yesterday"}, "begins"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_what_cannot_be_an_exemption_is_refused(as_user, people, require, today, fields, field):
    address = reverse("reports:requirement_person", args=[require().pk, people.learner.pk])
    response = as_user(people.hr).post(address, {"reason": "x", "begins": today.isoformat(), "ends": ""} | fields)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not Waiver.objects.exists()


def test_hr_exempts_nobody_of_another_region_and_takes_nobodys_exemption_back_there(
    as_user, people, libraries, require, today
):
    row = require(libraries.nation)
    theirs = waivers.waive(requirement=row, person=people.hr2, reason="x", by=people.hr2, begins=today)
    client = as_user(people.hr)

    for person in (people.hr2, people.admin):
        address = reverse("reports:requirement_person", args=[row.pk, person.pk])
        assert client.get(address).status_code == client.post(address, {"end": theirs.pk}).status_code == 404
    mine = reverse("reports:requirement_person", args=[row.pk, people.learner.pk])
    assert [client.post(mine, {"end": key}).status_code for key in (theirs.pk, "x")] == [404, 404]
    assert Waiver.objects.standing().count() == 1


def test_the_database_keeps_what_an_exemption_must_be(people, require, today):
    made = waivers.waive(requirement=require(), person=people.learner, reason="x", by=people.hr, begins=today)
    for values in ({"reason": ""}, {"ends": today - DAY}, {"withdrawn_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.filter(pk=made.pk).update(**values)
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()
    with pytest.raises(ValueError, match="reason"):
        waivers.waive(requirement=made.requirement, person=people.hr, reason=" ", by=people.hr, begins=today)


# --- Enrolled, begun again -----------------------------------------------------------------------------------------------------


def enrolled(course):
    return set(Enrolment.objects.filter(course=course).values_list("learner__username", flat=True))


def test_one_deed_puts_the_course_among_everybodys_courses(as_user, people, sec, require, today):
    require(enrols=True)

    assert enrolled(sec) == {"learner", "trainer", "editor", "hr", "director"}
    assert [one.title for one in as_user(people.learner).get("/learning/").context["learnings"]] == ["Kurs sec"]
    assert set(AuditEntry.objects.get(deed="enrolled by a requirement").details["people"]) == set(
        Enrolment.objects.values_list("learner", flat=True)
    )


def test_who_joins_later_is_enrolled_by_the_sweep_once_and_who_was_there_or_is_exempt_is_not(
    people, libraries, sec, require, today
):
    making.enrol(people.learner, sec, closed=True)
    row = require(enrols=True)
    exempt, left, _late = (making.person(name, library=libraries.district) for name in ("exempt", "left", "late"))
    waivers.waive(requirement=row, person=exempt, reason="x", by=people.hr, begins=today)
    User.objects.filter(pk=left.pk).update(is_active=False)

    assert [requirements.enrol_due(), requirements.enrol_due()] == [1, 0]

    assert enrolled(sec) == {"learner", "trainer", "editor", "hr", "director", "late"}
    assert Enrolment.objects.filter(learner=people.learner).count() == 1
    requirements.withdraw(requirement=row, by=people.hr)
    making.person("later", library=libraries.district)
    assert requirements.enrol_due() == 0


def test_without_that_rule_nobody_is_enrolled(sec, require):
    require()
    requirements.enrol_due()

    assert enrolled(sec) == set()


def test_what_is_to_be_completed_again_is_begun_again_by_the_person(as_user, people, sec, require, today):
    first = making.enrol(people.learner, sec, done=3)
    making.complete(first)  # on 5 January 2026
    client, address = as_user(people.learner), reverse("reports:begin_again", args=[sec.pk])
    assert client.post(address).status_code == 404  # nothing is required
    require(again_months=6, due_on=today + 5 * DAY)
    assert stands(people.learner, today) == [(Standing.DUE, today + 5 * DAY)]
    assert "Kursni yangidan boshlash" in client.get("/learning/").text

    assert client.post(address)["Location"] == "/uz/kurslar/sec/"

    runs = list(Enrolment.objects.filter(learner=people.learner).order_by("run_no"))
    assert [(run.run_no, run.closed_at is None) for run in runs] == [(1, False), (2, True)]
    client.post(address)  # pressed twice
    assert Enrolment.objects.filter(learner=people.learner).count() == 2
    text = client.get("/learning/").text
    assert "Kursni yangidan boshlash" not in text
    assert "Siz uni qayta boshlagansiz" in text
    done = making.complete(runs[1])
    type(done).objects.filter(pk=done.pk).update(completed_at=timezone.now())
    assert [state for state, _due in stands(people.learner, today)] == [Standing.COMPLIANT]
    with pytest.raises(NotAsked):
        requirements.begin_again(person=people.learner, course=sec)


# --- The page of one requirement ---------------------------------------------------------------------------------------------


def test_the_page_says_who_stands_how_and_is_narrowed(as_user, people, libraries, sec, require, today):
    making.complete(making.enrol(people.learner, sec))
    row = require(due_on=today - DAY, join_days=0)
    client = as_user(people.hr)

    def told(**asked):
        response = client.get(row.get_absolute_url(), asked)
        return {person.username: state.value for person, state in response.context["lines"]}

    late = dict.fromkeys(("trainer", "editor", "hr", "director"), "overdue")
    assert told() == late | {"learner": "compliant"}
    assert told(state="compliant") == {"learner": "compliant"}
    assert told(library="SAM-URG") == {"learner": "compliant", "director": "overdue"}
    assert told(q="Юсупова") == {"trainer": "overdue"}
    for asked in ({"library": "TSH"}, {"state": "king"}):
        assert client.get(row.get_absolute_url(), asked).status_code == 404


def test_the_page_of_all_people_names_the_gravest_course(as_user, people, require, today):
    require(course=making.course("other"), due_on=today + DAY)
    late = require(due_on=today - DAY, join_days=0)
    client = as_user(people.director)

    response = client.get("/hr/requirements/people/", {"state": "overdue"})

    assert {(person.username, state.value, row.pk) for person, state, row in response.context["lines"]} == {
        ("learner", "overdue", late.pk), ("director", "overdue", late.pk),
    }  # fmt: skip
    assert client.get("/hr/requirements/people/", {"state": "overdue", "course": "other"}).context["lines"] == []


def test_hr_reminds_those_who_are_asked_once_a_week(as_user, people, sec, require, today):
    making.complete(making.enrol(people.learner, sec))
    row = require()
    client, address = as_user(people.hr), reverse("reports:remind", args=[row.pk])
    client.post(f"{address}?q=director")
    assert set(Notice.objects.values_list("person__username", "kind")) == {("director", "requirement_reminder")}

    response = client.post(address, follow=True)

    assert said(response)[-1] == (
        "success", "3 kishiga eslatildi. Bir narsa haqida haftasiga ikki marta eslatilmaydi.",
    )  # fmt: skip
    client.post(address)
    assert set(Notice.objects.values_list("person__username", flat=True)) == {"director", "trainer", "editor", "hr"}


def test_the_spreadsheet_holds_the_same_and_no_formula(as_user, people, libraries, require, today):
    making.person("formula", family="=HYPERLINK(1)", given="X", library=libraries.branch_less)
    row = require(due_on=today - DAY, join_days=0)

    response = as_user(people.hr).post(f"/hr/lists/requirement.xlsx?requirement={row.pk}&library=SAM-KAT")

    page = load_workbook(io.BytesIO(response.getvalue())).active
    rows = [[cell.value for cell in line] for line in page.iter_rows()]
    assert [line[:2] for line in rows[:2]] == [["Kurs", "Kurs sec"], ["Kimlardan", "Kutubxona SAM, Barcha lavozimlar"]]
    assert rows[4][:5] == ["=HYPERLINK(1) X", "formula", "Kutubxona SAM-KAT", "Kutubxonachi", "Muddati oʻtgan"]
    assert rows[4][5].date() == today - DAY
    assert page["A5"].data_type == "s"
    assert len(rows) == 5


def test_a_past_day_of_an_old_requirement_counts_people_by_the_same_rule_everywhere(people, require, today):
    row = require(due_on=date(2026, 1, 1), join_days=0, grace_days=5)
    row = Requirement.objects.select_related("library", "course").get(pk=row.pk)
    told = standings.counts_of([row], User.objects.all(), today)[row.pk]

    assert told == standings.tally(standings.judged_by_requirement(row, User.objects.all(), today))
    assert told[Standing.OVERDUE] == standings.people_in_state(User.objects.all(), "overdue", today).count() == 5
