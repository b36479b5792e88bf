"""What becomes of this room's rows when two records of a person are merged (accounts/merging.py).

Certification says once which enrolments are completed, as `courses` may not import it: register_completed.
"""

from django.db.models import Count
from django.dispatch import receiver
from django.utils import timezone

from accounts.merging import follows, follows_once, rules
from accounts.signals import records_merged

from .models import Enrolment
from .signals import ring

_completed = None


def register_completed(ask):
    global _completed
    _completed = ask


def runs(journal, relation):
    """Both records' runs of a course are numbered anew in the order in which they began. Of two open ones the one that is
    further stays open, as the last: first the completed one, then the one with more steps done. The other closes, with all
    that was done in it."""
    theirs = set(journal.rows(Enrolment, "learner").values_list("course", flat=True))
    for course in sorted(theirs):
        _one_course(journal, course)


def _one_course(journal, course):
    rows = Enrolment.objects.filter(learner__in=[journal.kept, journal.gone], course=course).annotate(
        n=Count("completions")
    )
    completed = set(_completed().filter(enrolment__in=rows.values("pk")).values_list("enrolment", flat=True))
    rows = list(rows.order_by("began_at", "pk"))
    opened = sorted(
        (row for row in rows if row.closed_at is None), key=lambda row: (row.pk in completed, row.n, row.began_at)
    )
    for row in opened[:-1]:
        journal.change(row, closed_at=timezone.now())
    if opened:
        rows.sort(key=lambda row: row.pk == opened[-1].pk)  # stable: the rest stays in the order of beginning
    beyond = max(row.run_no for row in rows) + len(rows)
    moved = [row for row in rows if row.learner_id == journal.gone.pk]
    for number, row in enumerate(rows, 1):  # first out of each other's way, then where they belong
        if row.run_no != number or row in moved:
            journal.change(row, run_no=beyond + number)
    journal.move(Enrolment, "learner", rows=moved)
    for number, row in enumerate(rows, 1):
        if row.run_no != number:
            journal.change(row, run_no=number)


@receiver(records_merged)
def judge_anew(sender, kept, gone, **kwargs):
    """Hours and steps that lay in two records may be enough in one."""
    for course in Enrolment.objects.open().filter(learner=kept).values_list("course", flat=True):
        ring(learner=kept.pk, course=course)


rules("courses", {
    "ActivityCompletion.given_by": follows,
    "Allowance.given_by": follows,
    "Announcement.by": follows,
    "Cohort.trainer": follows,
    "CourseTrainer.person": follows_once("course"),
    "Enrolment.enrolled_by": follows,
    "Enrolment.learner": runs,
    "QuestionReport.by": follows_once("version"),
    "QuestionReport.handled_by": follows,
    "QuestionVersion.created_by": follows,
    "QuestionVersion.published_by": follows,
    "Regrade.applied_by": follows,
    "RoomCode.made_by": follows,
    "Submission.graded_by": follows,
    "Submission.taken_by": follows,
    "SubmissionComment.by": follows,
})  # fmt: skip
