"""What seminars holds of people. Attendance stays: certificates rest on its hours."""

from accounts.personal import DELETED, Held, Rule, older

from .models import AttendanceEntry, StrayMark, WalkIn

HOURS = "hours of certificates rest on it; it names nobody"
WORKED = "who worked on it: after depersonalising a row that names nobody"
ON_LEAVING = {"device": "", "network": ""}


def forget_stray_marks(person):
    """A mark without a place names whom it is about by the words that the device showed."""
    StrayMark.objects.filter(person_number=person).update(person_words="", device="")


HELD = (
    Held("seminars.Seat", "person", ("run__seminar__code", "state", "since"), why=HOURS),
    Held("seminars.CalendarFeed", "person", ("made_at",), erase=DELETED),
    Held("seminars.Attendance", "person", ("session__starts_at", "mark", "hours", "marked_at"), why=HOURS),
    Held(
        "seminars.AttendanceEntry", "person", ("session__starts_at", "mark", "how", "at", "reason", "device", "network"),
        erase={"reason": "", **ON_LEAVING},
    ),
    Held("seminars.WalkIn", "person", ("session__starts_at", "asked_at", "let_in", "device", "network"), erase=ON_LEAVING),
    Held("seminars.StrayMark", "person_number", ("session_words", "person_words", "mark", "at"), erase=forget_stray_marks),
    Held("seminars.StrayMark", "by", ("session_words", "mark", "at"), erase={"device": ""}),
    Held("seminars.FeedbackGiven", "person", ("feedback__run__seminar__code",), erase=DELETED, why="what was answered is joined to nobody"),
    Held("seminars.SeminarRun_trainers", "user", ("seminarrun__seminar__code",), why=WORKED),
)  # fmt: skip
NAMED = {
    f"seminars.{column}": WORKED
    for column in (
        "Seminar.made_by",
        "Seat.booked_by",
        "Attendance.marked_by",
        "AttendanceEntry.by",
        "WalkIn.decided_by",
    )
}


def drop_devices(now):
    """Device and network of marks; what a device showed in words of marks without a place that are settled."""
    entries = older("seminars.AttendanceEntry", "at", 90, now).exclude(**ON_LEAVING)
    walks = older("seminars.WalkIn", "asked_at", 90, now).exclude(**ON_LEAVING)
    strays = older("seminars.StrayMark", "settled_at", 90, now).exclude(device="", session_words="", person_words="")
    return (
        AttendanceEntry.objects.filter(pk__in=entries.values("pk")).update(**ON_LEAVING)
        + WalkIn.objects.filter(pk__in=walks.values("pk")).update(**ON_LEAVING)
        + StrayMark.objects.filter(pk__in=strays.values("pk")).update(device="", session_words="", person_words="")
    )


RETENTION = (
    Rule(
        "marks of attendance: device and part of the address",
        90,
        "a corrected mark is argued about by then",
        drop_devices,
    ),
)
