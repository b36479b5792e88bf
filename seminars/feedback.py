"""Feedback after a run: who came is asked once, answers without a name, and nobody can tell whose answer is whose.

Nothing is shown before the feedback has closed, and then only where FEWEST have answered: all at once and once for all, so
that nobody learns an answer by watching what one more has changed.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.notices import tell_all
from accounts.text import fold
from courses import typed

from .models import Attendance, Feedback, FeedbackAnswer, FeedbackGiven, SeminarRun
from .standing import HERE

OPEN_FOR = timedelta(days=14)
FEWEST = 5
KIND = "feedback_wanted"


class NotOpen(Exception):
    """`reason`: not_asked (nobody is asked yet, or no longer), not_there (the person did not attend), given (answered before)."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


# --- Asking --------------------------------------------------------------------------------------------------------------


def ask(now=None):
    """Open the feedback of the runs that are over, and tell everybody who came, once. Returns how many were told.

    A run is over when its last session is; the feedback waits until somebody is marked present, OPEN_FOR at most. Who is
    marked later, from paper, is told then. Four queries when there is nothing to do, whatever the number of runs.
    """
    now = now or timezone.now()
    held = Q(sessions__cancelled_at=None)
    runs = SeminarRun.objects.filter(feedback=None, cancelled_at=None).annotate(
        over=Max("sessions__ends_at", filter=held), came=Max("sessions__attendance__pk", filter=_here("sessions__attendance__"))
    )  # fmt: skip
    for run in runs.filter(over__lte=now, over__gt=now - OPEN_FOR, came__isnull=False):
        Feedback.objects.get_or_create(run=run, defaults={"opened_at": now, "closes_at": now + OPEN_FOR})
    told = 0
    for run, people in _not_told(now).items():
        details = {"title": run.seminar.titles, "until": run.feedback.closes_at.isoformat(), "link": address(run.pk)}
        tell_all(people=people, kind=KIND, subject=_subject(run.pk), mail=True, **details)
        told += len(people)
    return told


def address(run):
    """Where the form of a run (its key) is."""
    return reverse("seminars:feedback", args=[run])


def _subject(run):
    return f"run {run}"


def _here(prefix=""):
    return Q(**{f"{prefix}mark__in": sorted(HERE)})


def _not_told(now):
    """{run: [people who came and were not told]} of the feedback that is open."""
    runs = {
        run.pk: run
        for run in SeminarRun.objects.filter(feedback__closes_at__gt=now).select_related("seminar", "feedback")
    }
    came = set(
        Attendance.objects.filter(_here(), session__run__in=runs, person__is_active=True)
        .values_list("session__run", "person").distinct()
    )  # fmt: skip
    subjects = {_subject(pk): pk for pk in runs}
    told = Notice.objects.filter(kind=KIND, subject__in=subjects).values_list("subject", "person")
    left = sorted(came - {(subjects[subject], person) for subject, person in told})
    people = User.objects.in_bulk({person for _run, person in left})
    found = defaultdict(list)
    for run, person in left:
        found[runs[run]].append(people[person])
    return found


# --- Answering -------------------------------------------------------------------------------------------------------------


def attended(run, person):
    return Attendance.objects.filter(_here(), session__run=run, person=person).exists()


def refuse(*, run, person, now=None):
    """Raise NotOpen where the person may not answer now. Returns the Feedback."""
    if not attended(run, person):
        raise NotOpen("not_there")
    feedback = Feedback.objects.filter(run=run).first()
    if feedback and feedback.given.filter(person=person).exists():
        raise NotOpen("given")
    if feedback is None or feedback.closes_at <= (now or timezone.now()):
        raise NotOpen("not_asked")
    return feedback


def answer(*, run, person, scales, good="", better="", now=None):
    """Put one answer into the box. `scales`: {name of a scale: 1 to 5}; the texts as typed. Raises NotOpen, ValidationError.

    Returns nothing: what was put in is not to be held against the person.
    """
    texts = {"good": typed.words(good), "better": typed.words(better)}
    with transaction.atomic():
        Feedback.objects.select_for_update().filter(run=run).first()  # of two answers one waits
        feedback = refuse(run=run, person=person, now=now)
        FeedbackGiven.objects.create(feedback=feedback, person=person)
        _shuffle_in(feedback, FeedbackAnswer(feedback=feedback, **scales, **texts))
        person.notices.filter(kind=KIND, subject=_subject(run.pk), read_at=None).update(read_at=now or timezone.now())


def _shuffle_in(feedback, one):
    """Write all answers anew, in an order of chance and under new keys: else the order in which a database keeps its rows, or
    the transaction that wrote a row, would lead from the people who have answered to their answers."""
    answers = [*FeedbackAnswer.objects.filter(feedback=feedback), one]
    SystemRandom().shuffle(answers)
    FeedbackAnswer.objects.filter(feedback=feedback).delete()
    for row in answers:
        row.key = uuid.uuid4()
    FeedbackAnswer.objects.bulk_create(answers)


# --- What came of it -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    name: str
    label: str
    counts: list  # how many gave 1, 2, 3, 4, 5

    @property
    def mean(self):
        """From 1 to 5."""
        return sum(n * count for n, count in enumerate(self.counts, 1)) / sum(self.counts)


@dataclass(frozen=True)
class Results:
    """`scales` and the texts (clean HTML, each list in its own order of the alphabet) are empty until they may be shown."""

    feedback: Feedback | None
    n_given: int
    is_closed: bool
    scales: list
    good: list
    better: list


def results(run, now=None):
    """What the trainer sees of the feedback on a run. Three queries at most."""
    feedback = Feedback.objects.filter(run=run).first()
    if feedback is None:
        return Results(None, 0, False, [], [], [])
    is_closed = feedback.closes_at <= (now or timezone.now())
    if not is_closed:
        return Results(feedback, feedback.given.count(), False, [], [], [])
    answers = list(feedback.answers.all())
    if len(answers) < FEWEST:
        return Results(feedback, len(answers), True, [], [], [])
    scales = [_scale(name, answers) for name in FeedbackAnswer.SCALES]
    good, better = (_texts(answers, name) for name in ("good", "better"))
    return Results(feedback, len(answers), True, scales, good, better)


def _scale(name, answers):
    given = [getattr(one, name) for one in answers]
    label = str(FeedbackAnswer._meta.get_field(name).verbose_name)
    return Scale(name, label, [given.count(n) for n in range(1, 6)])


def _texts(answers, name):
    return sorted((text for one in answers if (text := getattr(one, name))), key=lambda text: (fold(text), text))
