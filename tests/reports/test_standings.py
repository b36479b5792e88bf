"""Compliant, due, grace, overdue, waived: the pure rule, and its SQL form shown to say the same of random people."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db.models import DateField, Value
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Library, Position, User
from certification.models import Certificate, CourseCompletion
from courses.models import Course, Enrolment
from reports import overdue, requirements, standings
from reports.days import AddDays, AddMonths
from reports.models import Requirement, Waiver
from reports.standings import FOR_EVER, GRAVITY, Rule, Standing, counts_until, due_day, standing
from tests.seminars import making

TODAY = date(2026, 11, 27)
RULE = Rule(due_on=date(2026, 12, 1), set_on=date(2026, 10, 1), join_days=30, grace_days=14)
LONG_HERE = date(2020, 1, 1)


def stands(rule=RULE, *, joined=LONG_HERE, until=None, waived=False, today=TODAY):
    return standing(rule, joined=joined, until=until, waived=waived, today=today)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 12, 1), Standing.DUE),  # the day itself
        (date(2026, 12, 2), Standing.GRACE),
        (date(2026, 12, 15), Standing.GRACE),  # the fourteenth day of grace
        (date(2026, 12, 16), Standing.OVERDUE),
    ],
)
def test_day_after_day_it_becomes_graver(today, state):
    assert stands(today=today) == state


def test_who_comes_after_it_was_set_has_so_many_days_from_then_and_never_less_than_the_others():
    before, soon, late = RULE.set_on, date(2026, 10, 5), date(2026, 12, 20)

    assert [due_day(RULE, joined=joined, until=None) for joined in (before, soon, late)] == [
        date(2026, 12, 1), date(2026, 12, 1), date(2027, 1, 19),
    ]  # fmt: skip


def test_it_is_asked_again_sixty_days_before_the_completion_ceases_to_count():
    rule = Rule(due_on=date(2025, 3, 1), set_on=date(2025, 1, 1), grace_days=14, again_months=12)
    until = counts_until(date(2025, 2, 10), 12)

    assert until == date(2026, 2, 10)
    days = {Standing.COMPLIANT: -61, Standing.DUE: -60, Standing.GRACE: 1, Standing.OVERDUE: 15}
    for state, day in days.items():
        assert stands(rule, until=until, today=until + timedelta(days=day)) == state
    renewed = counts_until(until, 12)
    assert stands(rule, until=renewed, today=until) == Standing.COMPLIANT


def test_a_completion_counts_no_longer_than_its_certificate_and_a_month_ends_as_it_does():
    assert counts_until(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert counts_until(date(2026, 8, 31), 6, date(2026, 12, 31)) == date(2026, 12, 31)
    assert counts_until(date(2026, 8, 31), None, date(2026, 12, 31)) == date(2026, 12, 31)
    assert counts_until(date(2026, 8, 31)) == FOR_EVER


def test_what_was_completed_long_ago_leaves_time_until_the_day_that_was_set():
    rule = Rule(due_on=date(2026, 12, 20), set_on=date(2026, 11, 1), again_months=12)

    assert stands(rule, until=counts_until(date(2024, 5, 5), 12)) == Standing.DUE


days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
rules = st.builds(
    Rule,
    due_on=days, set_on=days, join_days=st.integers(0, 366), grace_days=st.integers(0, 366),
    again_months=st.none() | st.integers(1, 120), valid_months=st.none() | st.integers(1, 120),
)  # fmt: skip


@given(rules, days, st.none() | days, days, st.integers(1, 400))
def test_without_a_deed_nobody_ever_stands_better_tomorrow(rule, joined, until, today, later):
    now, then = (stands(rule, joined=joined, until=until, today=day) for day in (today, today + timedelta(days=later)))

    assert GRAVITY.index(now) <= GRAVITY.index(then)


@given(rules, days, days)
def test_who_has_just_completed_it_has_met_it(rule, joined, today):
    paper = date.fromisoformat(standings.validity.expiry(today, rule.valid_months)) if rule.valid_months else None

    assert stands(rule, joined=joined, until=counts_until(today, rule.again_months, paper), today=today) == "compliant"


@given(rules, days, days, days)
def test_a_later_completion_never_makes_it_worse(rule, joined, completed, today):
    before, after = (counts_until(day, rule.again_months) for day in (completed, completed + timedelta(days=40)))
    found = [stands(rule, joined=joined, until=until, today=today) for until in (None, before, after)]

    assert [GRAVITY.index(state) for state in found] == sorted((GRAVITY.index(state) for state in found), reverse=True)


@given(rules, days, st.none() | days, days)
def test_an_exemption_silences_everything(rule, joined, until, today):
    assert stands(rule, joined=joined, until=until, waived=True, today=today) == Standing.WAIVED


@given(rules, days, days)
def test_whoever_comes_later_has_at_least_the_days_for_joining(rule, joined, today):
    left = (due_day(rule, joined=joined, until=None) - joined).days

    assert joined <= rule.set_on or left >= rule.join_days


@pytest.mark.parametrize(
    "day", [date(2026, 8, 31), date(2026, 1, 29), date(2027, 2, 28), date(2028, 2, 29), date(2026, 12, 15)]
)
def test_the_database_adds_months_as_certificates_do(libraries, day):
    rows = Library.objects.filter(pk=libraries.nation.pk)
    for months in (1, 2, 6, 12, 13):
        found = rows.annotate(ends=AddMonths(Value(day, DateField()), Value(months))).get().ends
        assert found == date.fromisoformat(standings.validity.expiry(day, months))
    assert rows.annotate(ends=AddDays(Value(day, DateField()), Value(40))).get().ends == day + timedelta(days=40)


# --- The SQL form ------------------------------------------------------------------------------------------------------------


def noon(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def some_day(dice, about=TODAY, within=900):
    return about + timedelta(days=dice.randint(-within, within))


@pytest.fixture
def nation(libraries, people, sec):
    """Two hundred people with any past, and requirements of every kind over three courses."""
    dice = random.Random(20261127)
    places = list(vars(libraries).values())
    position, other = (Position.objects.get_or_create(code=code)[0] for code in ("librarian", "smm"))
    courses = [sec, making.course("c2"), making.course("c3")]
    Course.objects.filter(pk=courses[1].pk).update(valid_months=12)
    staff = User.objects.bulk_create(
        User(
            username=f"R-{n}", library=dice.choice([*places, None]), position=dice.choice([position, other, None]),
            placed_on=some_day(dice), is_active=dice.random() > 0.1, last_name=f"N{n}", first_name="X",
        )
        for n in range(200)
    )  # fmt: skip
    rows = []
    for course in courses:
        for place in dice.sample(places, 4):
            rows.append(
                Requirement.objects.create(
                    course=course, library=place, position=dice.choice([None, position]), due_on=some_day(dice, within=200),
                    join_days=dice.choice([0, 30, 60]), grace_days=dice.choice([0, 14, 60]),
                    again_months=dice.choice([None, 1, 6, 12]), set_at=noon(some_day(dice, within=400)), set_by=people.hr,
                )
            )  # fmt: skip
    for person in staff:
        for course in dice.sample(courses, dice.randint(0, 3)):
            for run_no in range(1, dice.randint(1, 2) + 1):
                enrolment = Enrolment.objects.create(
                    learner=person, course=course, run_no=run_no, began_at=making.LONG_AGO,
                    closed_at=making.LONG_AGO if run_no == 1 else None,
                )  # fmt: skip
                kind = dice.choice(["open", "done", "paper", "paper", "revoked"])
                if kind in ("paper", "revoked"):
                    version = making.certify(enrolment)
                    version.expires_on = dice.choice([None, some_day(dice, within=300)])
                    version.save()
                    if kind == "revoked":
                        Certificate.objects.filter(pk=version.certificate_id).update(
                            revoked_at=making.LONG_AGO, revoked_by=people.hr, revocation_ground="mistake",
                            revocation_reason="x",
                        )  # fmt: skip
                elif kind == "done":
                    making.complete(enrolment)
                day = TODAY - timedelta(days=dice.randint(0, 900))
                CourseCompletion.objects.filter(enrolment=enrolment).update(completed_at=noon(day))
        if dice.random() < 0.3:
            begins = some_day(dice, within=60)
            Waiver.objects.create(
                requirement=dice.choice(rows), person=person, reason="x", begins=begins, made_at=making.LONG_AGO,
                made_by=people.hr, ends=dice.choice([None, begins + timedelta(days=dice.randint(0, 90))]),
                **dice.choice([{}, {"withdrawn_at": making.LONG_AGO, "withdrawn_by": people.hr}]),
            )  # fmt: skip
    return list(Requirement.objects.select_related("course", "library"))


def by_the_rule(person, requirement, today):
    """(gravity, due) by the pure function, from rows that are read one by one; None for whom it does not ask."""
    if not person.is_active or not person.library or not person.library.path.startswith(requirement.library.path):
        return None
    if requirement.position_id not in (None, person.position_id):
        return None
    ends = []
    for enrolment in person.enrolments.filter(course=requirement.course, completion__isnull=False):
        paper = Certificate.objects.filter(enrolment=enrolment).first()
        if paper and paper.revoked_at:
            continue
        expires = paper.versions.get(is_current=True).expires_on if paper else None
        done = timezone.localdate(enrolment.completion.completed_at)
        ends.append(counts_until(done, requirement.again_months, expires))
    until = max(ends, default=None)
    waived = any(
        one.withdrawn_at is None and one.begins <= today and (one.ends is None or one.ends >= today)
        for one in person.waivers.filter(requirement=requirement)
    )
    rule = Rule.of(requirement, timezone.localdate(requirement.set_at))
    state = standing(rule, joined=person.placed_on, until=until, waived=waived, today=today)
    return GRAVITY.index(state), due_day(rule, joined=person.placed_on, until=until)


def test_the_database_says_of_everybody_what_the_pure_rule_says(nation, sec):
    staff = list(User.objects.filter(username__startswith="R-").select_related("library"))
    people = User.objects.filter(username__startswith="R-")
    told = {(one.pk, row.pk): by_the_rule(one, row, TODAY) for one in staff for row in nation}

    for row in nation:
        found = standings.judged_by_requirement(row, people, TODAY)
        assert {one.pk: (one.standing_gravity, one.standing_due) for one in found} == {
            one.pk: told[one.pk, row.pk] for one in staff if told[one.pk, row.pk]
        }
    gravest = {
        course: {one.pk: max((told[one.pk, row.pk][0] for row in nation if told[one.pk, row.pk] and course in (None, row.course)),
                             default=None) for one in staff if one.is_active}
        for course in (None, sec)
    }  # fmt: skip
    for course, wanted in gravest.items():
        assert {
            one.pk: None if one.standing_key is None else GRAVITY.index(standings.read_key(one.standing_key)[0])
            for one in standings.judged(people, TODAY, course)
        } == wanted
        for n, state in enumerate(GRAVITY):
            assert {one.pk for one in standings.people_in_state(people, state, TODAY, course)} == {
                pk for pk, gravity in wanted.items() if gravity == n
            }
    for course, wanted in gravest.items():  # the same for a whole nation at once (reports/overdue.py)
        assert {one.pk for one in overdue.people_overdue(people, course, TODAY)} == {
            pk for pk, gravity in wanted.items() if gravity == GRAVITY.index(Standing.OVERDUE)
        }
    places = {one.pk: (one.library_id, one.position_id) for one in staff}
    assert standings.counts(people, TODAY) == Counter(
        (*places[pk], GRAVITY[n]) for pk, n in gravest[None].items() if n is not None
    )
    assert standings.counts_of(nation, people, TODAY) == {
        row.pk: {state: [told[one.pk, row.pk][0] for one in staff if told[one.pk, row.pk]].count(n)
                 for n, state in enumerate(GRAVITY)} for row in nation
    }  # fmt: skip
    assert {answer and answer[0] for answer in told.values()} == {None, 0, 1, 2, 3, 4}  # nothing was left unseen


def test_counts_take_one_query_for_any_number(nation, django_assert_num_queries):
    with django_assert_num_queries(1):
        standings.counts(User.objects.all(), TODAY)
    with django_assert_num_queries(1):
        standings.counts_of(nation, User.objects.all(), TODAY)
    with django_assert_num_queries(1):
        list(standings.people_in_state(User.objects.all(), Standing.OVERDUE, TODAY))


def test_for_one_person_it_is_the_same(nation):
    for person in User.objects.filter(username__startswith="R-", library__isnull=False, is_active=True)[:40]:
        found = requirements.reaching(person, TODAY)
        wanted = {row.pk: by_the_rule(person, row, TODAY) for row in nation}
        assert {row.pk: (row.standing_gravity, row.standing_due) for row in found} == {
            pk: answer for pk, answer in wanted.items() if answer
        }
