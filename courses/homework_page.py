"""What the page of an assignment tells its learner, and the grading page its trainer. Made anew for each request."""

from dataclasses import dataclass, field

from django.utils import timezone

from accounts.text import in_language

from . import homework, homework_files, typed
from .models import Assignment, Enrolment, Submission

_LINES = ("files", "comments__by")


@dataclass
class Homework:
    """Where a learner stands with an assignment."""

    assignment: Assignment
    submissions: list  # in order; the draft is not among them
    draft: Submission | None
    due_on: object
    today: object
    text: str  # as typed
    refused: list = field(default_factory=list)  # what could not be taken, in words
    accept: str = homework_files.ACCEPT

    @property
    def last(self):
        return self.submissions[-1] if self.submissions else None

    @property
    def earlier(self):
        """What was handed in before the last, newest first."""
        return self.submissions[-2::-1]

    @property
    def state(self):
        """none, handed_in, returned or accepted."""
        return self.last.state if self.last else "none"

    @property
    def may_write(self):
        return self.state in ("none", Submission.State.RETURNED)

    @property
    def is_overdue(self):
        return bool(self.due_on) and self.today > self.due_on and not self.submissions


def of(*, activity, enrolment, text=None, refused=()):
    """The Homework of an enrolment (its primary key), or None where the activity has no rules yet. Five queries at most.

    `text`: what was typed and could not be kept.
    """
    assignment = Assignment.objects.filter(activity=activity).first()
    if assignment is None:
        return None
    assignment.activity = activity
    began_at = Enrolment.objects.values_list("began_at", flat=True).get(pk=enrolment)
    rows = Submission.objects.filter(enrolment=enrolment, assignment=assignment).select_related(
        "enrolment", "graded_by"
    )
    rows = list(rows.prefetch_related(*_LINES).order_by("number"))
    for row in rows:
        row.assignment = assignment
    draft = next((row for row in rows if row.state == Submission.State.DRAFT), None)
    told = [tell(row) for row in rows if row is not draft]
    before = draft or (told[-1] if told else None)
    return Homework(
        assignment=assignment,
        submissions=told,
        draft=draft,
        due_on=homework.due_on(assignment, began_at),
        today=timezone.localdate(),
        text=text if text is not None else typed.plain(before.text) if before else "",
        refused=list(refused),
    )


def tell(submission):
    """The row with what a page says of it: late, reached, lines of criteria."""
    submission.late = homework.is_late(submission)
    submission.reached = homework.total(submission.assignment, submission.points)
    submission.lines = [
        {
            "name": in_language(row["name"]),
            "points": submission.points[row["id"]],
            "of": row["points"],
            "level": next(
                (
                    in_language(_words(level))
                    for level in row["levels"]
                    if level["points"] == submission.points[row["id"]]
                ),
                "",
            ),
        }
        for row in homework.criteria(submission.assignment)
        if row["id"] in submission.points
    ]
    return submission


def _words(level):
    return {language: text for language, text in level.items() if language != "points"}
