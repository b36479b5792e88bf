"""Homework: written as a draft, handed in, taken by a trainer, returned or accepted. Each handing-in is a row of its own.

Every deed looks at the row under its lock; what was handed in is never changed afterwards. Files are stored before a
transaction is opened and thrown away again when the row refuses them.
"""

import logging
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit, notices
from accounts.models import Notice

from . import homework_files, typed
from .homework_files import BadFile
from .models import ActivityCompletion, Assignment, Enrolment, Submission, SubmissionComment, SubmissionFile
from .progress import complete

log = logging.getLogger(__name__)
CLAIM_LAPSES = timedelta(minutes=30)  # who has taken a submission and gone home leaves it to the others
REMIND_DAYS = 3  # before the day; and once more on it
ACCEPT, RETURN = "accept", "return"
# What an assignment without criteria is judged by: one number.
WHOLE = {"id": "whole", "points": 100, "levels": [], "name": {"uz": "Ish", "ru": "Работа", "en": "The work"}}


class NotNow(Exception):
    """Not possible as things stand: `reason` is closed, handed_in, accepted, empty or graded."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Taken(Exception):
    """Another trainer is reading it: `by` since `at`."""

    def __init__(self, by, at):
        super().__init__(by)
        self.by, self.at = by, at


class BadGrade(Exception):
    """The grade is none: `reason` is points, too_few (less than what is needed to accept) or no_words."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


# --- What the rules say (pure) ------------------------------------------------------------------------------------------


def criteria(assignment):
    return assignment.rubric or [WHOLE]


def total(assignment, points):
    """The points of a submission out of 100, rounded down; None where no criterion has any yet."""
    rows = criteria(assignment)
    given = [points[row["id"]] for row in rows if row["id"] in points]
    return 100 * sum(given) // sum(row["points"] for row in rows) if given else None


def due_on(assignment, began_at):
    """The last day on which the work is in time, in the time of the place; None: any day."""
    if assignment.due_days is None:
        return None
    return timezone.localdate(began_at) + timedelta(days=assignment.due_days)


def is_late(submission):
    """Whether the first handing-in came after its day. What was returned may come back at any time."""
    due = due_on(submission.assignment, submission.enrolment.began_at)
    if due is None or submission.number > 1 or submission.handed_in_at is None:
        return False
    return timezone.localdate(submission.handed_in_at) > due


def claimed_by(submission, now):
    """The primary key of who is reading it, while the claim holds."""
    if submission.taken_at is None or submission.taken_at < now - CLAIM_LAPSES:
        return None
    return submission.taken_by_id


# --- The learner's deeds ----------------------------------------------------------------------------------------------


def open_draft(*, enrolment, assignment, now):
    """The draft of this enrolment, made if there is none; after a return it begins with what was handed in.

    Raises NotNow: closed, handed_in (a trainer has yet to read it) or accepted.
    """
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
        if enrolment.closed_at or assignment.activity.archived or assignment.activity.course_id != enrolment.course_id:
            raise NotNow("closed")
        last = Submission.objects.filter(enrolment=enrolment, assignment=assignment).order_by("-number").first()
        if last and last.state == Submission.State.DRAFT:
            return last
        if last and last.state != Submission.State.RETURNED:
            raise NotNow(last.state)
        if ActivityCompletion.objects.filter(enrolment=enrolment, activity=assignment.activity_id).exists():
            raise NotNow("accepted")  # given by hand
        draft = Submission.objects.create(
            enrolment=enrolment, assignment=assignment, number=last.number + 1 if last else 1,
            text=last.text if last else "", changed_at=now,
        )  # fmt: skip
        if last:  # rows of their own for the same stored bytes: nobody changes those
            SubmissionFile.objects.bulk_create(
                SubmissionFile(
                    submission=draft,
                    file=one.file.name,
                    name=one.name,
                    kind=one.kind,
                    size=one.size,
                    sha256=one.sha256,
                )
                for one in last.files.all()
            )
        return draft


def _locked(submission, *states):
    """The row as it stands now, under its lock. Raises NotNow where it is in none of `states`."""
    row = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("assignment__activity", "enrolment__learner", "taken_by")
        .get(pk=submission.pk)
    )
    if row.state not in states:
        raise NotNow(row.state if row.state == Submission.State.HANDED_IN else "graded")
    return row


def write(*, submission, text, now):
    """Keep the text of a draft. Raises NotNow; ValidationError where it is too long or holds a PINFL."""
    html = typed.words(text)
    with transaction.atomic():
        row = _locked(submission, Submission.State.DRAFT)
        if row.text != html:
            row.text, row.changed_at = html, now
            row.save(update_fields=["text", "changed_at"])
        return row


def add_file(*, submission, upload, now):
    """Add an uploaded file to a draft. Raises BadFile with its reason («no_room» where the storage refuses it), or NotNow."""
    found = homework_files.examine(upload, most_megabytes=submission.assignment.most_megabytes)
    row = SubmissionFile(submission=submission, name=found.name, kind=found.kind, size=found.size, sha256=found.sha256)
    try:
        row.file.save("handed-in", upload, save=False)
    except OSError as fault:  # the disk is full, or refuses: the text of the form is to be kept all the same
        log.error("no file of submission %s could be kept: %s", submission.pk, fault.strerror or type(fault).__name__)
        raise BadFile("no_room", found.name) from None
    try:
        with transaction.atomic():
            draft = _locked(submission, Submission.State.DRAFT)
            there = list(draft.files.values_list("sha256", flat=True))
            if found.sha256 in there:
                raise BadFile("same", found.name)
            if len(there) >= draft.assignment.most_files:
                raise BadFile("too_many", found.name, most=draft.assignment.most_files)
            row.save()
            Submission.objects.filter(pk=draft.pk).update(changed_at=now)
    except BaseException:
        row.file.storage.delete(row.file.name)
        raise
    return row


def remove_file(*, submission, file, now):
    """Take a file (its primary key) out of a draft; one that is not there is no fault. Raises NotNow."""
    with transaction.atomic():
        draft = _locked(submission, Submission.State.DRAFT)
        row = draft.files.filter(pk=file).first()
        if row is None:
            return
        row.delete()
        Submission.objects.filter(pk=draft.pk).update(changed_at=now)
        stored = row.file.name
        if not SubmissionFile.objects.filter(file=stored).exists():  # else an earlier handing-in holds it
            transaction.on_commit(lambda: row.file.storage.delete(stored), robust=True)


def hand_in(*, submission, now):
    """Give a draft to the trainers. Raises NotNow: empty, or not a draft any more."""
    with transaction.atomic():
        row = _locked(submission, Submission.State.DRAFT)
        if not row.text and not row.files.exists():
            raise NotNow("empty")
        row.state, row.handed_in_at, row.changed_at = Submission.State.HANDED_IN, now, now
        row.save(update_fields=["state", "handed_in_at", "changed_at"])
        return row


# --- The trainer's deeds ------------------------------------------------------------------------------------------------


def take(*, submission, by, now):
    """Say that `by` is reading it, for half an hour; taken again it begins anew. Raises Taken or NotNow."""
    with transaction.atomic():
        row = _locked(submission, Submission.State.HANDED_IN)
        _refuse_another(row, by, now)
        row.taken_by, row.taken_at = by, now
        row.save(update_fields=["taken_by", "taken_at"])
        return row


def _refuse_another(row, by, now):
    if claimed_by(row, now) not in (None, by.pk):
        raise Taken(row.taken_by, row.taken_at)


def grade(*, submission, by, points, comment, verdict, now):
    """Accept a submission, or return it for rework: {criterion: points}, words for the learner, ACCEPT or RETURN.

    To accept, every criterion has points and they reach what the assignment asks; to return, there are words and the
    points may be left out. Raises BadGrade, ValidationError (a comment too long), Taken, or NotNow («graded»).
    """
    html = typed.words(comment)
    with transaction.atomic():
        row = _locked(submission, Submission.State.HANDED_IN)
        _refuse_another(row, by, now)
        _check(row.assignment, points, html, verdict)
        row.state = Submission.State.ACCEPTED if verdict == ACCEPT else Submission.State.RETURNED
        row.points, row.graded_by, row.graded_at = points, by, now
        row.save(update_fields=["state", "points", "graded_by", "graded_at"])
        if html:
            SubmissionComment.objects.create(submission=row, by=by, at=now, text=html)
        if verdict == ACCEPT:
            complete(enrolment=row.enrolment, activity=row.assignment.activity, now=now)
        reached = total(row.assignment, points)
        audit.record(
            actor=by, deed=f"homework {row.state}", subject=f"submission {row.pk}", points=points, total=reached,
            learner=row.enrolment.learner_id, activity=row.assignment_id, number=row.number,
        )  # fmt: skip
        notices.tell(
            person=row.enrolment.learner, kind=f"homework_{row.state}", subject=f"submission {row.pk}", mail=True,
            title=row.assignment.activity.titles, activity=row.assignment_id, points=reached,
        )  # fmt: skip
        return row


def _check(assignment, points, comment, verdict):
    rows = {row["id"]: row["points"] for row in criteria(assignment)}
    if verdict not in (ACCEPT, RETURN) or not points.keys() <= rows.keys():
        raise BadGrade("points")
    if any(type(given) is not int or not 0 <= given <= rows[one] for one, given in points.items()):
        raise BadGrade("points")
    if verdict == RETURN and not comment:
        raise BadGrade("no_words")
    if verdict == ACCEPT and points.keys() != rows.keys():
        raise BadGrade("points")
    if verdict == ACCEPT and total(assignment, points) < assignment.pass_points:
        raise BadGrade("too_few")


def comment(*, submission, by, text, now):
    """Words of learner or trainer beside a submission that is no draft; a trainer's are told to the learner.

    Raises NotNow for a draft, ValidationError where it is too long or holds a PINFL; no words: no row.
    """
    html = typed.words(text)
    if not html:
        return None
    with transaction.atomic():
        row = _locked(submission, Submission.State.HANDED_IN, Submission.State.RETURNED, Submission.State.ACCEPTED)
        made = SubmissionComment.objects.create(submission=row, by=by, at=now, text=html)
        if by.pk != row.enrolment.learner_id:
            notices.tell(
                person=row.enrolment.learner, kind="homework_commented", subject=f"comment {made.pk}",
                title=row.assignment.activity.titles, activity=row.assignment_id,
            )  # fmt: skip
        return made


# --- What the sweep does --------------------------------------------------------------------------------------------------


def remind(now):
    """Tell those whose homework is due in three days, or today, and has not been handed in: once each. Returns how many."""
    today, told = timezone.localdate(now), 0
    dated = Assignment.objects.filter(
        due_days__isnull=False, activity__archived=False, activity__course__archived=False
    )
    for assignment in dated.select_related("activity"):
        waiting = list(_due_soon(assignment, today))
        wanted = {_reminder(assignment, one, today): one for one in waiting}
        there = Notice.objects.filter(kind="homework_due", subject__in=wanted).values_list("person", "subject")
        there = set(there)
        for subject, enrolment in wanted.items():
            if (enrolment.learner_id, subject) not in there:
                notices.tell(
                    person=enrolment.learner, kind="homework_due", subject=subject, mail=True,
                    title=assignment.activity.titles, activity=assignment.pk,
                    due=due_on(assignment, enrolment.began_at).isoformat(),
                )  # fmt: skip
                told += 1
    return told


def _due_soon(assignment, today):
    """Open enrolments whose day is today or at most REMIND_DAYS away, with nothing handed in and nothing accepted."""
    first = today - timedelta(days=assignment.due_days)
    begins, ends = (
        timezone.make_aware(datetime.combine(day, time())) for day in (first, first + timedelta(days=REMIND_DAYS + 1))
    )
    handed_in = Submission.objects.filter(assignment=assignment).exclude(state=Submission.State.DRAFT)
    done = ActivityCompletion.objects.filter(activity=assignment.activity_id)
    return (
        Enrolment.objects.open()
        .filter(course=assignment.activity.course_id, began_at__gte=begins, began_at__lt=ends)
        .exclude(Q(pk__in=handed_in.values("enrolment")) | Q(pk__in=done.values("enrolment")))
        .select_related("learner")
    )


def _reminder(assignment, enrolment, today):
    when = "today" if due_on(assignment, enrolment.began_at) == today else "soon"
    return f"assignment {assignment.pk} enrolment {enrolment.pk} {when}"
