"""What is done: lessons by the learner's word, quizzes by a passed attempt, homework by a trainer's; or by hand with a reason."""

from django.db import transaction
from django.utils import timezone

from accounts import audit

from .models import Activity, ActivityCompletion, Attempt, Enrolment, Submission
from .signals import completion_to_go, ring


class NotMarkable(Exception):
    """Only lessons are marked done by the learner; a quiz is passed, homework is accepted. Or the step is not of this enrolment."""


class NotOneself(Exception):
    """Nobody gives anything to the own enrolment."""


class RestsOnIt(Exception):
    """The course was completed with it: the completion stays."""


def mark_done(*, enrolment, activity, now=None):
    """Note that the activity is done. Safe to repeat: the first time stays. Raises NotMarkable for anything but a lesson."""
    if activity.kind != Activity.Kind.LESSON or activity.course_id != enrolment.course_id or activity.archived:
        raise NotMarkable(activity)
    return complete(enrolment=enrolment, activity=activity, now=now)


def complete(*, enrolment, activity, now=None):
    """Write the completion once, and ring. Called by mark_done and by the grading of attempts and of homework."""
    with transaction.atomic():
        ActivityCompletion.objects.bulk_create(
            [ActivityCompletion(enrolment=enrolment, activity=activity, done_at=now or timezone.now())],
            ignore_conflicts=True,
        )
        ring(learner=enrolment.learner_id, course=enrolment.course_id)


def give(*, enrolment, activity, reason, by, now=None):
    """Complete a step of one person by hand. Returns its ActivityCompletion; what was done already stays as it is.

    Raises ValueError without a reason, NotOneself, NotMarkable for a step that is not of this open enrolment's course.
    """
    if not reason.strip():
        raise ValueError("a completion by hand needs a reason")
    if enrolment.learner_id == by.pk:
        raise NotOneself(enrolment)
    if enrolment.closed_at or activity.archived or activity.course_id != enrolment.course_id:
        raise NotMarkable(activity)
    with transaction.atomic():
        row, made = ActivityCompletion.objects.get_or_create(
            enrolment=enrolment, activity=activity, defaults={"done_at": now or timezone.now(), "given_by": by}
        )
        if made:
            audit.record(
                actor=by,
                deed=GIVEN,
                subject=f"enrolment {enrolment.pk}",
                about=enrolment.learner_id,
                reason=reason.strip(),
                activity=activity.pk,
            )
            ring(learner=enrolment.learner_id, course=enrolment.course_id)
    return row


def take_back(*, completion, reason, by):
    """Take back what was given by hand. What the learner has earned meanwhile stays, as earned.

    Raises ValueError without a reason, NotOneself, NotMarkable for what nobody gave, RestsOnIt once the course is completed.
    """
    if not reason.strip():
        raise ValueError("taking back needs a reason")
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=completion.enrolment_id)
        row = ActivityCompletion.objects.filter(pk=completion.pk, given_by__isnull=False).first()
        if row is None:
            raise NotMarkable(completion.activity_id)
        if enrolment.learner_id == by.pk:
            raise NotOneself(enrolment)
        completion_to_go.send(sender=None, enrolment=enrolment.pk)
        earned_at = _earned_at(row)
        if earned_at:
            row.done_at, row.given_by = earned_at, None
            row.save(update_fields=["done_at", "given_by"])
        else:
            row.delete()
        audit.record(
            actor=by, deed=TAKEN_BACK, subject=f"enrolment {enrolment.pk}", about=enrolment.learner_id, reason=reason.strip(),
            activity=row.activity_id, earned=bool(earned_at),
        )  # fmt: skip
        ring(learner=enrolment.learner_id, course=enrolment.course_id)


GIVEN, TAKEN_BACK = "completion given", "completion taken back"  # in the log


def _earned_at(completion):
    """When the learner passed the quiz or had the homework accepted, beside what was given; None: not at all."""
    which = {"enrolment": completion.enrolment_id}
    passed = Attempt.objects.filter(**which, quiz=completion.activity_id, passed=True).order_by("submitted_at")
    accepted = Submission.objects.filter(**which, assignment=completion.activity_id, state=Submission.State.ACCEPTED)
    return passed.values_list("submitted_at", flat=True).first() or accepted.values_list("graded_at", flat=True).first()


def open_enrolment(learner, course):
    return Enrolment.objects.open().filter(learner=learner, course=course).first()
