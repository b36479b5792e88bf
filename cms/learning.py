"""My learning: what is required, where I stopped, what is due, seminars, certificates, notices. A fixed number of queries."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language

from accounts import notices
from accounts.models import Notice
from accounts.prepared import Given, Prepared
from accounts.text import in_language
from certification.conditions import conditions, facts_of
from certification.models import CertificateVersion
from courses.models import Attempt, Enrolment, Submission
from reports import requirements
from seminars.models import Seat
from seminars.upcoming import run_views, upcoming_runs

from .outline import Outline, outline

CERTIFICATES = Prepared(
    lambda: CertificateVersion.objects.current()
    .filter(certificate__enrolment__learner=Given("person"))
    .select_related("certificate").order_by("-issued_at")
)  # fmt: skip
NOTICES = Prepared(lambda: Notice.objects.filter(person=Given("person"), read_at=None).order_by("-created_at")[:5])


@dataclass
class Learning:
    enrolment: Enrolment
    title: str
    url: str
    outline: Outline
    needs: list
    completed: bool

    @property
    def unmet(self):
        return [need for need in self.needs if not need.met]

    @property
    def next(self):
        return self.outline.next


def my_learning(person, now=None):
    """Everything the page shows, as a dict."""
    now = now or timezone.now()
    language = get_language()
    enrolments = list(
        Enrolment.objects.open()
        .filter(learner=person)
        .select_related("course", "completion")
        .order_by("-began_at", "-pk")
    )
    for enrolment in enrolments:
        enrolment.learner = person
    facts = facts_of(enrolments)
    _give_modules(facts)
    returned, waiting = _homework(enrolments)
    learnings = [_learning(enrolment, facts[enrolment.pk], language, waiting) for enrolment in enrolments]
    required = requirements.of(person, timezone.localdate(now))
    mine = [one for one in run_views(upcoming_runs().filter(seats__person=person), person) if one.seat]
    return {
        "required": [one for one in required if one.standing in requirements.ASKED],
        "learnings": learnings,
        "current": next((one for one in learnings if one.next and not one.completed), None),
        "open_attempts": list(
            Attempt.objects.open()
            .filter(enrolment__in=enrolments, closes_at__gt=now)
            .select_related("quiz__activity__course")
        ),
        "returned": [one for one in returned if one.assignment_id not in facts[one.enrolment_id].done],
        "seats": [one for one in mine if one.seat.state != Seat.State.CANCELLED],
        "certificates": CERTIFICATES.all(person=person.pk),
        "notices": [{"notice": notice, "line": notices.line(notice)} for notice in NOTICES.all(person=person.pk)],
        "name_wanted": any(one.completed for one in learnings) and not person.certificate_name_confirmed_at,
    }


def _give_modules(facts):
    """One query for the modules of all the courses: the outline shows their titles."""
    from courses.models import Module

    activities = [activity for one in facts.values() for activity in one.activities]
    modules = Module.objects.in_bulk({activity.module_id for activity in activities if activity.module_id})
    for activity in activities:
        if activity.module_id:
            activity.module = modules[activity.module_id]


def _homework(enrolments):
    """(returned and not handed in again: Submission rows; activities whose homework is with the trainer). One query."""
    under_way = [Submission.State.HANDED_IN, Submission.State.RETURNED]
    rows = Submission.objects.filter(
        enrolment__in=enrolments, state__in=under_way, assignment__activity__archived=False
    )
    last = {
        (row.enrolment_id, row.assignment_id): row
        for row in rows.select_related("assignment__activity").order_by("number")
    }
    waiting = {row.assignment_id for row in last.values() if row.state == Submission.State.HANDED_IN}
    return [row for row in last.values() if row.state == Submission.State.RETURNED], waiting


def _learning(enrolment, facts, language, waiting):
    course = enrolment.course
    ordered = sorted(facts.activities, key=lambda row: (row.module_id is None, row.position))
    return Learning(
        enrolment=enrolment,
        title=in_language(course.titles, language),
        url=course.addresses.get(language) or next(iter(course.addresses.values()), ""),
        outline=outline(ordered, language, facts.done, waiting),
        needs=conditions(facts),
        completed=hasattr(enrolment, "completion"),
    )
