"""What courses holds of people. Attempts stay, as statistics of questions, without a word that the person typed."""

from accounts.personal import DELETED, Held, Rule, older

from .models import AttemptEvent, AttemptQuestion

TYPED = "…"  # stands where a person had typed something
COUNTED = "counts and figures rest on it; it names nobody"
WORKED = "who worked on it: after depersonalising a row that names nobody"


def forget_typed(person):
    """Answers in the person's own words. Chosen ones stay: they say nothing but which choice."""
    rows = AttemptQuestion.objects.filter(
        attempt__enrolment__learner=person, answer__isnull=False, version__kind__in=("short_answer", "cloze")
    )
    for row in rows.select_related("version").iterator(chunk_size=500):
        row.answer = TYPED if row.version.kind == "short_answer" else _without_typed(row.version, row.answer)
        row.save(update_fields=["answer"])


def _without_typed(version, answer):
    typed = {gap["id"] for gap in version.content["gaps"] if "choices" not in gap}
    return {gap: TYPED if gap in typed else value for gap, value in answer.items()}


HELD = (
    Held("courses.CourseTrainer", "person", ("course__code",), erase=DELETED),
    Held("courses.Enrolment", "learner", ("course__code", "run_no", "began_at", "closed_at"), why=COUNTED),
    Held("courses.Enrolment", "enrolled_by", ("course__code", "began_at"), why=WORKED),
    Held("courses.ActivityCompletion", "enrolment__learner", ("activity__titles", "done_at"), why=COUNTED),
    Held("courses.Allowance", "enrolment__learner", ("minutes", "attempts", "reason", "given_at"), erase={"reason": TYPED}),
    Held(
        "courses.Attempt", "enrolment__learner",
        ("pk", "quiz__activity__titles", "number", "started_at", "submitted_at", "score", "passed"),
        erase={"device": ""},
    ),
    Held(
        "courses.AttemptQuestion", "attempt__enrolment__learner", ("attempt", "slot", "answer", "answered_at", "score"),
        erase=forget_typed,
    ),
    Held("courses.AttemptEvent", "attempt__enrolment__learner", ("attempt", "at", "kind", "slot", "details"), erase={"details": {}}),
    Held(
        "courses.Submission", "enrolment__learner",
        ("pk", "assignment__activity__titles", "number", "state", "text", "handed_in_at", "points"),
        erase={"text": ""},
    ),
    Held(
        "courses.SubmissionFile", "submission__enrolment__learner", ("submission", "name", "size", "sha256"), files=(("file", "name"),),
        erase=DELETED,
    ),
    Held("courses.SubmissionComment", "submission__enrolment__learner", ("submission", "at", "text"), erase={"text": ""}),
    Held("courses.SubmissionComment", "by", ("submission", "at", "text"), erase={"text": ""}),
    Held("courses.QuestionReport", "by", ("text", "at", "state", "answer"), erase={"text": "", "answer": ""}),
    Held("courses.Announcement", "by", ("title", "text", "at"), why="said to a cohort, as a trainer"),
    Held("courses.Cohort", "trainer", ("title", "begins_on", "ends_on"), why=WORKED),
)  # fmt: skip
NAMED = {
    f"courses.{column}": WORKED
    for column in (
        "ActivityCompletion.given_by", "Allowance.given_by", "QuestionReport.handled_by", "QuestionVersion.created_by",
        "QuestionVersion.published_by", "Regrade.applied_by", "RoomCode.made_by", "Submission.graded_by", "Submission.taken_by",
    )
}  # fmt: skip


def drop_devices(now):
    return older("courses.Attempt", "submitted_at", 90, now).exclude(device="").update(device="")


def drop_devices_of_events(now):
    rows = older("courses.AttemptEvent", "at", 90, now, kind=AttemptEvent.Kind.ADDRESS)
    return AttemptEvent.objects.filter(pk__in=rows.values("pk"), details__has_key="device").update(details={})


RETENTION = (
    Rule("attempts: digest of address and browser", 90, "a complaint about a test is made by then", drop_devices),
    Rule("events of attempts: the same", 90, "that they changed stays, to what does not", drop_devices_of_events),
)
