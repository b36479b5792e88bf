"""Taught groups: made, changed, archived; learners put in and taken out. Who is taken out stays enrolled."""

import re
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User

from .enrolments import CourseNotOpen, begin
from .models import Cohort, Enrolment

MOST_LINES = 500


class NameTaken(Exception):
    """The course has a cohort of this name already."""


class NotItsTrainer(Exception):
    """A cohort's trainer is one of the course's."""


class CohortClosed(Exception):
    """It is archived: nobody comes in, nothing is announced."""


class TooMany(Exception):
    """More than MOST_LINES lines."""


class Verdict(TextChoices):
    """What became of a line of the list."""

    ENROLLED = "enrolled", _("Enrolled and put into the cohort")
    PUT_IN = "put_in", _("Was enrolled; put into the cohort")
    ALREADY = "already", _("Is in this cohort already")
    ELSEWHERE = "elsewhere", _("Is in another cohort and stays there")
    TWICE = "twice", _("Named twice in the list")
    UNKNOWN = "unknown", _("No such login")
    INACTIVE = "inactive", _("This account is closed")
    NOT_OPEN = "not_open", _("The course is not open for new learners")


DONE = (Verdict.ENROLLED, Verdict.PUT_IN, Verdict.ALREADY)


@dataclass(frozen=True)
class Row:
    number: int  # of the line
    login: str  # as typed
    verdict: Verdict
    person: User | None = None
    cohort: Cohort | None = None  # the other one

    @property
    def is_done(self):
        return self.verdict in DONE


# --- The cohort itself --------------------------------------------------------------------------------------------------


def make(*, course, title, trainer, begins_on, by, ends_on=None, library=None):
    """Raises NameTaken, NotItsTrainer."""
    cohort = Cohort(course=course, title=title, trainer=trainer, begins_on=begins_on, ends_on=ends_on, library=library)
    return _keep(cohort, by, "cohort made")


def change(*, cohort, title, trainer, begins_on, by, ends_on=None, library=None):
    """Raises NameTaken, NotItsTrainer."""
    cohort.title, cohort.begins_on, cohort.ends_on, cohort.library = title, begins_on, ends_on, library
    cohort.trainer = trainer
    return _keep(cohort, by, "cohort changed")


def _keep(cohort, by, deed):
    if cohort.trainer != by and not cohort.course.trainers.filter(person=cohort.trainer).exists():
        raise NotItsTrainer(cohort.trainer)
    try:
        with transaction.atomic():
            cohort.save()
            audit.record(
                actor=by, deed=deed, subject=f"cohort {cohort.pk}", trainer=cohort.trainer_id,
                begins_on=cohort.begins_on.isoformat(), ends_on=cohort.ends_on and cohort.ends_on.isoformat(),
            )  # fmt: skip
    except IntegrityError:
        if Cohort.objects.filter(course=cohort.course_id, title=cohort.title).exclude(pk=cohort.pk).exists():
            raise NameTaken(cohort.title) from None
        raise
    return cohort


def archive(*, cohort, by, archived=True):
    """Close a cohort, or open it again. Its people stay in it, and enrolled."""
    with transaction.atomic():
        if _locked(cohort).archived != archived:
            Cohort.objects.filter(pk=cohort.pk).update(archived=archived)
            deed = "cohort archived" if archived else "cohort brought back"
            audit.record(actor=by, deed=deed, subject=f"cohort {cohort.pk}")


def _locked(cohort):
    return Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=cohort.pk)


# --- Its people ---------------------------------------------------------------------------------------------------------


def put_in(*, cohort, enrolments, by):
    """Put enrolments of the course that are in no open cohort into this one. Returns those that were. Raises CohortClosed."""
    with transaction.atomic():
        if _locked(cohort).archived:
            raise CohortClosed(cohort)
        free = Enrolment.objects.select_for_update(of=("self",), no_key=True).select_related("cohort")
        free = free.open().filter(pk__in=[one.pk for one in enrolments], course=cohort.course_id).order_by("pk")
        moved = [one for one in free if one.cohort_id is None or (one.cohort.archived and one.cohort_id != cohort.pk)]
        for one in moved:
            before, one.cohort = one.cohort_id, cohort
            one.save(update_fields=["cohort"])
            audit.record(
                actor=by,
                deed="put into a cohort",
                subject=f"enrolment {one.pk}",
                about=one.learner_id,
                cohort=cohort.pk,
                before=before,
            )
    return moved


def take_out(*, enrolment, by):
    """The learner leaves the cohort and stays enrolled. Safe to repeat."""
    with transaction.atomic():
        row = Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
        if row.cohort_id:
            before, row.cohort = row.cohort_id, None
            row.save(update_fields=["cohort"])
            audit.record(
                actor=by,
                deed="taken out of a cohort",
                subject=f"enrolment {row.pk}",
                about=row.learner_id,
                cohort=before,
            )


def logins_in(text):
    """[(number of the line, login)] of a pasted list: a login a line; what follows a tab, comma or semicolon is left out."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        login = re.split(r"[\t,;]", line.replace("\ufeff", ""))[0].strip(" \xa0\"'")
        if login:
            found.append((number, login))
    return found


def enrol(*, cohort, text, among, by, now=None):
    """Enrol those of the pasted logins who are `among` (a queryset of User) and put them in. Returns a Row for each line.

    Each person by himself: what one line lacks holds up no other. Raises CohortClosed, TooMany.
    """
    asked = logins_in(text)
    if len(asked) > MOST_LINES:
        raise TooMany(len(asked))
    if Cohort.objects.filter(pk=cohort.pk, archived=True).exists():
        raise CohortClosed(cohort)
    wanted = {login.lower() for _number, login in asked}
    people = {one.low: one for one in among.annotate(low=Lower("username")).filter(low__in=wanted)}
    rows, seen = [], set()
    for number, login in asked:
        person = people.get(login.lower())
        if login.lower() in seen:
            rows.append(Row(number, login, Verdict.TWICE, person))
        elif person is None:
            rows.append(Row(number, login, Verdict.UNKNOWN))
        elif not person.is_active:
            rows.append(Row(number, login, Verdict.INACTIVE, person))
        else:
            rows.append(Row(number, login, *_enrol_one(cohort, person, by, now)))
        seen.add(login.lower())
    return rows


def _enrol_one(cohort, person, by, now):
    """(verdict, person, the other cohort)"""
    was = Enrolment.objects.open().filter(learner=person, course=cohort.course_id).select_related("cohort").first()
    if was and was.cohort_id == cohort.pk:
        return Verdict.ALREADY, person, None
    if was and was.cohort and not was.cohort.archived:
        return Verdict.ELSEWHERE, person, was.cohort
    try:
        enrolment = was or begin(learner=person, course=cohort.course, by=by, now=now)
    except CourseNotOpen:
        return Verdict.NOT_OPEN, person, None
    if not put_in(cohort=cohort, enrolments=[enrolment], by=by):  # somebody else was quicker, with another cohort
        return Verdict.ELSEWHERE, person, None
    return (Verdict.PUT_IN if was else Verdict.ENROLLED), person, None
