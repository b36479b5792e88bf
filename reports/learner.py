"""One learner of a course, as its trainer sees them: steps, attempts with their scores, attendance, what was given by hand.

No answers of tests: of an attempt there is the score.
"""

from dataclasses import dataclass

from accounts.models import AuditEntry
from certification.conditions import conditions, facts_of
from courses import progress
from courses.models import Activity, ActivityCompletion
from courses.progress_table import Cell, columns, lines
from seminars.models import Attendance

BY_HAND = (progress.GIVEN, progress.TAKEN_BACK)


@dataclass(frozen=True)
class Step:
    cell: Cell
    completion: ActivityCompletion | None

    @property
    def activity(self):
        return self.cell.activity


def learner(enrolment):
    """What the page shows of an enrolment (with course, learner and completion), as a dict."""
    activities = columns(enrolment.course)
    done = {row.activity_id: row for row in enrolment.completions.select_related("given_by")}
    (line,) = lines([enrolment], activities)
    titles = {activity.pk: activity for activity in activities}
    log = AuditEntry.objects.filter(subject=f"enrolment {enrolment.pk}", deed__in=BY_HAND).select_related("actor")
    attendance = Attendance.objects.filter(
        person=enrolment.learner_id, session__run__seminar__course=enrolment.course_id
    ).select_related("session__run__seminar")
    return {
        "line": line,
        "steps": [Step(cell, done.get(cell.activity.pk)) for cell in line.cells],
        "needs": conditions(facts_of([enrolment])[enrolment.pk]),
        "attempts": list(
            enrolment.attempts.select_related("quiz__activity").order_by("quiz__activity__position", "number")
        ),
        "allowances": list(enrolment.allowances.select_related("quiz__activity", "given_by")),
        "attendance": list(attendance.order_by("-session__starts_at", "-pk")),
        "by_hand": [(entry, titles.get(entry.details.get("activity"))) for entry in log.order_by("pk")],
    }


def not_done(enrolment):
    """The steps that could be given by hand."""
    done = enrolment.completions.values("activity")
    return Activity.objects.live().filter(course=enrolment.course_id).exclude(pk__in=done).order_by("position")


def given(enrolment):
    """What was given by hand and can be taken back; nothing once the course is completed."""
    if hasattr(enrolment, "completion"):
        return ActivityCompletion.objects.none()
    rows = enrolment.completions.filter(given_by__isnull=False).select_related("activity")
    return rows.order_by("activity__position")
