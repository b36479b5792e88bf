"""Judging graded attempts anew by the key of another version: counted first, then applied. It takes nothing away from anybody.

Who newly passes has completed the activity; who newly fails keeps completion and certificate, and people decide.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, jobs
from accounts.models import Job
from accounts.notices import tell

from . import grading, impact, questions
from .models import ActivityCompletion, Attempt, AttemptQuestion, Regrade
from .progress import complete

BATCH = 500  # attempts judged in one transaction; more of them are a Job
JOB = "regrade"


class CannotRegrade(Exception):
    """Answers cannot be judged by this version; said in words."""


class TooMany(Exception):
    """More attempts than the caller would wait for: `attempts`."""

    def __init__(self, attempts):
        super().__init__(attempts)
        self.attempts = attempts


@dataclass(frozen=True)
class Change:
    """An attempt whose score becomes another."""

    attempt: Attempt
    before: Decimal  # per cent
    after: Decimal
    passed_before: bool
    passed_after: bool
    certificate: str = ""  # number of the standing certificate that loses, or regains, its passed attempt

    @property
    def row(self):
        """As Regrade.changes keeps it."""
        return {
            "attempt": self.attempt.pk,
            "before": str(self.before),
            "after": str(self.after),
            "passed_before": self.passed_before,
            "passed_after": self.passed_after,
            "certificate": self.certificate,
        }


@dataclass(frozen=True)
class Trial:
    """What a regrade would do."""

    attempts: int  # graded so far by another key, and would be judged by this one
    rows: tuple  # of Change.row
    left_out: dict  # {version's number: attempts that this key cannot judge}
    under_way: int  # attempts not submitted yet that drew another version: they are graded by what they drew


def summary(rows):
    """How many of the changes (rows as Regrade.changes keeps them) are which."""
    turned = [(row["passed_before"], row["passed_after"]) for row in rows]
    better = [Decimal(row["after"]) > Decimal(row["before"]) for row in rows]
    return {
        "gain": sum(better),
        "lose": len(better) - sum(better),
        "newly_passed": turned.count((False, True)),
        "newly_failed": turned.count((True, False)),
        "certificates": len({row["certificate"] for row in rows if row["certificate"]}),
    }


# --- What there is to judge -----------------------------------------------------------------------------------------------


def how_many(*, question, version):
    """How many graded attempts `version` would judge anew. Raises CannotRegrade."""
    return len(_due(question, version))


def dry_run(*, question, version, most=None, told=None):
    """The Trial of judging `question` by the key of `version`. Writes nothing to an attempt.

    `told(done, total)` is called after each batch. Raises CannotRegrade, and TooMany above `most` attempts.
    """
    due = _due(question, version)
    if most is not None and len(due) > most:
        raise TooMany(len(due))
    drawn = _drawn(question)
    left_out = {}
    counts = (
        _by_others(question, version).values("version").order_by("version").annotate(n=Count("attempt", distinct=True))
    )
    for pk, n in counts.values_list("version", "n"):
        if not grading.can_grade(version, drawn[pk]):
            left_out[drawn[pk].number] = n
    changes, done = [], 0
    for pks in _batches(due):
        changes += _judge(version, drawn, pks)[1]
        done += len(pks)
        if told:
            told(done, len(due))
    under_way = AttemptQuestion.objects.filter(version__question=question, attempt__submitted_at=None)
    return Trial(
        attempts=len(due),
        rows=tuple(change.row for change in changes),
        left_out=left_out,
        under_way=under_way.exclude(version=version).values("attempt").distinct().count(),
    )


def _drawn(question):
    return {version.pk: version for version in question.versions.all()}


def _by_others(question, version):
    """The graded answers to the question that were judged by another key."""
    rows = AttemptQuestion.objects.filter(version__question=question, attempt__submitted_at__isnull=False)
    return rows.alias(by=Coalesce("graded_by", "version")).exclude(by=version.pk)


def _due(question, version):
    """[(learner, attempt)], primary keys, of what `version` can judge anew. Raises CannotRegrade."""
    if version.question_id != question.pk:
        raise CannotRegrade(_("This version belongs to another question."))
    if version.published_at is None:
        raise CannotRegrade(_("A draft may still change: publish it first, then grade anew by it."))
    can = [pk for pk, drawn in _drawn(question).items() if grading.can_grade(version, drawn)]
    rows = _by_others(question, version)
    due = list(
        rows.filter(version__in=can)
        .values_list("attempt__enrolment__learner", "attempt")
        .order_by("attempt__enrolment__learner", "attempt")
        .distinct()
    )
    if not due and rows.exists():
        raise CannotRegrade(
            _(
                "No answer can be graded by this version: its kind or its parts differ from those that were answered. "
                "Answers name the parts; change words and the key, but keep the parts."
            )
        )
    return due


def _batches(due):
    """Lists of attempts of about BATCH; a person's are never parted, as one notice tells of all of them."""
    batch = []
    for _learner, pairs in groupby(due, key=itemgetter(0)):
        batch += [attempt for _learner, attempt in pairs]
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


# --- Judging --------------------------------------------------------------------------------------------------------------


def _judge(version, drawn, pks, *, lock=False):
    """(answers touched, Changes) of these attempts, with the new values on the rows in memory; nothing is written."""
    found = Attempt.objects.filter(pk__in=pks).order_by("pk")
    if lock:  # submitting and other regrades lock it too: what is read below is what will be overwritten
        found = found.select_for_update()
    found = found.in_bulk()
    can = [pk for pk, one in drawn.items() if grading.can_grade(version, one)]
    touched, moved = [], set()
    for row in AttemptQuestion.objects.filter(attempt__in=found, version__in=can).defer("order"):
        if (row.graded_by_id or row.version_id) == version.pk:
            continue
        score = grading.mark(version, row.answer)
        if score != row.score:
            moved.add(row.attempt_id)
        row.graded_by_id, row.score = (None if row.version_id == version.pk else version.pk), score
        touched.append(row)
    new, rows = {row.pk: row for row in touched}, defaultdict(list)
    beside = AttemptQuestion.objects.filter(attempt__in=moved).order_by()
    for row in beside.values_list("pk", "attempt_id", "score", "answer", named=True):  # thrice as fast as models
        rows[row.attempt_id].append(new.get(row.pk, row))
    changes = []
    for attempt in (one for pk, one in found.items() if pk in moved):
        before, passed = attempt.score, attempt.passed
        attempt.score = grading.total(rows[attempt.pk], attempt.penalty)
        attempt.passed = attempt.score >= attempt.pass_mark
        if (before, passed) != (attempt.score, attempt.passed):
            changes.append(Change(attempt, before, attempt.score, passed, attempt.passed))
    return touched, _with_certificates(changes)


def _with_certificates(changes):
    """The changes, each with the standing certificate whose enrolment has lost or regained its only passed attempt of the quiz.

    All attempts of the people concerned that change are among `changes`. A completion that was given by hand rests on none.
    """
    turned = [one for one in changes if one.passed_before != one.passed_after]
    if not turned:
        return changes
    enrolments = {one.attempt.enrolment_id for one in turned}
    standing = dict(impact.certificates().filter(enrolment__in=enrolments).values_list("enrolment", "number"))
    if not standing:
        return changes
    earned = set(
        ActivityCompletion.objects.filter(enrolment__in=standing, given_by=None).values_list("enrolment", "activity")
    )
    others = Attempt.objects.filter(enrolment__in=standing, passed=True).exclude(
        pk__in=[one.attempt.pk for one in changes]
    )
    steady = set(others.values_list("enrolment", "quiz"))
    before = steady | {_place(one) for one in changes if one.passed_before}
    after = steady | {_place(one) for one in changes if one.passed_after}
    moved = (before ^ after) & earned
    return [
        Change(**{**vars(one), "certificate": standing[one.attempt.enrolment_id]})
        if one in turned and _place(one) in moved and one.attempt.enrolment_id in standing
        else one
        for one in changes
    ]


def _place(change):
    return change.attempt.enrolment_id, change.attempt.quiz_id


# --- Applying -------------------------------------------------------------------------------------------------------------


def apply(*, question, version, by, reason, now=None):
    """Judge anew, a transaction each BATCH attempts. Returns the Regrade, or None where nothing was left to be judged.

    Raises PermissionDenied where `by` may not publish the question, and CannotRegrade.
    """
    reason = _checked(question, by, reason)
    drawn, regrade = _drawn(question), None
    for pks in _batches(_due(question, version)):
        regrade = _apply_batch(regrade, pks, drawn, question=question, version=version, by=by, reason=reason, now=now)
    return regrade


def apply_later(*, question, version, by, reason):
    """The same as a Job; returns its Regrade, which fills as the job goes on. Raises as apply does."""
    reason = _checked(question, by, reason)
    due = _due(question, version)
    if running(question):
        raise CannotRegrade(_("This question is being graded anew just now. Wait until that is done."))
    if not due:
        return None
    with transaction.atomic():
        regrade = _begin(question=question, version=version, by=by, reason=reason, now=None)
        jobs.ask(kind=JOB, by=by, question=question.pk, regrade=regrade.pk)
    return regrade


def _checked(question, by, reason):
    if not questions.may_publish(by, question):
        raise PermissionDenied
    if not reason.strip():
        raise CannotRegrade(_("Say why: it is kept in the log."))
    return reason.strip()


def running(question):
    """The unfinished job that grades the question anew, or None."""
    return Job.objects.filter(kind=JOB, finished_at=None, params__question=question.pk).first()


def job_of(regrade):
    return Job.objects.filter(kind=JOB, params__regrade=regrade.pk).first()


@jobs.runner(JOB)
def run(job):
    """Go on with a Regrade where it stands: a worker that died in between has left whole batches."""
    regrade = Regrade.objects.select_related("question", "version", "applied_by").get(pk=job.params["regrade"])
    drawn = _drawn(regrade.question)
    due = _due(regrade.question, regrade.version)
    done = 0
    jobs.progress(job, done, len(due))
    for pks in _batches(due):
        _apply_batch(regrade, pks, drawn)
        done += len(pks)
        jobs.progress(job, done)
    return summary(regrade.changes)


def _begin(*, question, version, by, reason, now):
    regrade = Regrade.objects.create(
        question=question, version=version, reason=reason, applied_by=by, applied_at=now or timezone.now()
    )
    audit.record(
        actor=by, deed="question regraded", subject=f"question {question.pk}", reason=reason,
        version=version.number, regrade=regrade.pk,
    )  # fmt: skip
    return regrade


@transaction.atomic
def _apply_batch(regrade, pks, drawn, **beginning):
    """Returns the Regrade, made from `beginning` by the first batch in which there was something to do."""
    version = regrade.version if regrade else beginning["version"]
    touched, changes = _judge(version, drawn, pks, lock=True)
    if not touched:  # another regrade was quicker
        return regrade
    regrade = regrade or _begin(**beginning)
    AttemptQuestion.objects.bulk_update(touched, ["score", "graded_by"])
    Attempt.objects.bulk_update([one.attempt for one in changes], ["score", "passed"])
    prefetch_related_objects(
        [one.attempt for one in changes], "enrolment__learner", "enrolment__course", "quiz__activity"
    )
    for one in changes:
        if one.passed_before != one.passed_after:
            _turned(regrade, one)
    _tell(regrade, changes)
    regrade.changes = [*regrade.changes, *(one.row for one in changes)]
    regrade.judged += len(touched)
    regrade.save(update_fields=["changes", "judged"])
    return regrade


def _turned(regrade, change):
    """Log it. Who has passed now had passed on the day of the attempt; who has not keeps all that was given."""
    attempt = change.attempt
    audit.record(
        actor=regrade.applied_by, deed="attempt regraded", subject=f"attempt {attempt.pk}", reason=regrade.reason,
        about=attempt.enrolment.learner_id,
        **{**change.row, "regrade": regrade.pk},
    )  # fmt: skip
    if change.passed_after:
        complete(enrolment=attempt.enrolment, activity=attempt.quiz.activity, now=attempt.submitted_at)


def _tell(regrade, changes):
    """One notice a person and regrade, of every result that became another."""
    own = defaultdict(list)
    for one in changes:
        own[one.attempt.enrolment.learner].append(one)
    for person, theirs in own.items():
        first = theirs[0].attempt
        tell(
            person=person, kind="regraded", subject=f"regrade {regrade.pk}", mail=True,
            title=first.quiz.activity.titles, course=first.enrolment.course.titles,
            results=[_result(one) for one in theirs],
        )  # fmt: skip


def _result(change):
    """What the person is told: nothing of certificates, as nothing happens to them."""
    told = {name: value for name, value in change.row.items() if name != "certificate"}
    return {**told, "title": change.attempt.quiz.activity.titles, "number": change.attempt.number}


# --- What is told of it ---------------------------------------------------------------------------------------------------


def graded_anew(attempt, rows):
    """When the newest of the attempt's answers `rows` was judged by another key; None where all stand as they were submitted."""
    keys = {row.version.question_id: row.graded_by_id for row in rows if row.graded_by_id}
    if not keys:
        return None
    regrades = Regrade.objects.filter(question__in=keys).order_by("-applied_at", "-pk")
    history = defaultdict(list)
    for question, version, at in regrades.values_list("question", "version", "applied_at"):
        history[question].append((version, at))
    return max(filter(None, (_since(history[question], key, attempt) for question, key in keys.items())), default=None)


def _since(history, key, attempt):
    """From when on the key held without a break: the newest regrades, back to another key or to the submission."""
    since = None
    for version, at in history:
        if version != key or (since and at < attempt.submitted_at):  # a big one may have begun before the submission
            break
        since = at
    return since
