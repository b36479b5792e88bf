"""What is still missing for the certificate: one pure function over the facts, used by My learning, HR and the award alike.

The default rule: every lesson done; every module test passed, and the final test where the course has one; the course's
share of planned seminar hours. Homework counts where the course says so. A course that is not whole is missing «whole»:
nobody is judged by it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from courses.models import Activity, ActivityCompletion
from seminars.attendance import hours_of


@dataclass(frozen=True)
class Facts:
    """What the judge knows of one enrolment."""

    whole: bool
    homework_counts: bool
    activities: tuple  # live Activity rows, in order
    done: frozenset  # primary keys of activities done
    seminar_share: int  # per cent
    hours_earned: Decimal
    hours_planned: Decimal
    hours_needed: Decimal
    name_confirmed: bool
    hours_excused: Decimal = Decimal(0)


@dataclass(frozen=True)
class Condition:
    """One line of «what is needed»: so many of so many, and what lacks."""

    kind: str  # whole, lessons, tests, final_test, homework, seminar_hours, name
    have: Decimal | int
    need: Decimal | int
    lacking: tuple = ()  # Activity rows
    planned: Decimal = field(
        default=Decimal(0), compare=False
    )  # of hours: for people to read, nothing is judged by them
    excused: Decimal = field(default=Decimal(0), compare=False)

    @property
    def met(self):
        return self.have >= self.need


def facts_of(enrolments):
    """{enrolment's primary key: Facts} for any number of enrolments (with course and learner selected) in four queries."""
    courses = {enrolment.course_id for enrolment in enrolments}
    activities = defaultdict(list)
    for activity in Activity.objects.live().filter(course__in=courses).order_by("position", "pk"):
        activities[activity.course_id].append(activity)
    done = defaultdict(set)
    rows = ActivityCompletion.objects.filter(enrolment__in=[enrolment.pk for enrolment in enrolments])
    for enrolment, activity in rows.values_list("enrolment", "activity"):
        done[enrolment].add(activity)
    hours = hours_of(enrolments)
    return {
        one.pk: Facts(
            whole=one.course.is_whole and not one.course.archived,
            homework_counts=one.course.homework_counts,
            activities=tuple(activities[one.course_id]),
            done=frozenset(done[one.pk]),
            seminar_share=one.course.seminar_share,
            hours_earned=hours[one.pk].earned,
            hours_planned=hours[one.pk].planned,
            hours_needed=hours[one.pk].needed(one.course.seminar_share),
            name_confirmed=one.learner.certificate_name_confirmed_at is not None,
            hours_excused=hours[one.pk].excused,
        )
        for one in enrolments
    }


def conditions(facts):
    """Every condition, met or not, in the order in which people meet them."""
    lessons = [a for a in facts.activities if a.kind == Activity.Kind.LESSON]
    tests = [a for a in facts.activities if a.kind == Activity.Kind.QUIZ and a.module_id]
    finals = [a for a in facts.activities if a.kind == Activity.Kind.QUIZ and not a.module_id]
    homework = [a for a in facts.activities if facts.homework_counts and a.kind == Activity.Kind.ASSIGNMENT]
    found = [] if facts.whole else [Condition("whole", 0, 1)]
    steps = (("lessons", lessons), ("tests", tests), ("final_test", finals), ("homework", homework))
    for kind, wanted in steps:
        if wanted:
            lacking = tuple(a for a in wanted if a.pk not in facts.done)
            found.append(Condition(kind, len(wanted) - len(lacking), len(wanted), lacking))
    if facts.hours_needed:
        told = {"planned": facts.hours_planned, "excused": facts.hours_excused}
        found.append(Condition("seminar_hours", facts.hours_earned, facts.hours_needed, **told))
    found.append(Condition("name", int(facts.name_confirmed), 1))
    return found


def missing(enrolment):
    """The conditions that are not met yet; empty: the certificate is due."""
    return unmet(facts_of([enrolment])[enrolment.pk])


def unmet(facts):
    return [condition for condition in conditions(facts) if not condition.met]


def completes(missing):
    """Whether the course itself is completed: only the name may still be missing, which holds up the paper alone."""
    return all(condition.kind == "name" for condition in missing)
