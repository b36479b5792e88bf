"""Recounting only what has changed: whatever is done to the facts, the totals say what a count of everything says."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Library, Role, User
from certification.models import Certificate, CertificateVersion
from certification.validity import expiry
from courses.models import Course, Enrolment
from reports import changed, totals
from reports.models import Counting, Requirement, Total, TotalBelow, Waiver
from reports.overdue import counted_from
from tests.seminars import making

WRONG = 77  # in the totals of a library where nothing happens: it shows whether that library was counted


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)), st.integers(1, 120))
def test_the_earliest_day_that_still_counts_is_the_earliest(day, months):
    found = counted_from(day, months)

    assert expiry(found - timedelta(days=1), months) < day.isoformat() <= expiry(found, months)


def rows(statement, given=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return {tuple(row) for row in cursor.fetchall()}


def whole():
    """What a count of everything says."""
    return rows(*totals.counting(timezone.localdate()))


def kept():
    return set(Total.objects.values_list(*totals.KEYS, *totals.SUMS))


def below():
    """What is kept of the sums below each library, and what each library's totals say of them."""
    paths, added = dict(Library.objects.values_list("pk", "path")), Counter()
    above = {path: pk for pk, path in paths.items()}
    for library, position, course, *numbers in Total.objects.values_list(*totals.KEYS, *totals.SUMS):
        for end in range(Library.steplen, len(paths[library]), Library.steplen):
            for name, number in zip(totals.SUMS, numbers, strict=True):
                added[above[paths[library][:end]], position, course, name] += number
    rows = TotalBelow.objects.values_list(*totals.KEYS, *totals.SUMS)
    said = {(*row[:3], name): number for row in rows for name, number in zip(totals.SUMS, row[3:], strict=True)}
    return said, dict(added)


def nothing_is_new():
    """All that is written so far counts as seen, also while transactions of others keep the mark back."""
    xmax = "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)"
    Counting.objects.update(seen=rows(xmax).pop()[0])


def changed_since():
    with transaction.atomic():
        return changed.libraries(Counting.objects.get().seen)


@pytest.fixture
def nation(transactional_db):
    """Twenty libraries; in the first five people of all kinds, who have to complete the course."""
    top = making.library("UZ", level="nation")
    places = [making.library(f"L{n:02d}", top) for n in range(20)]
    sec, admin = making.course(), making.person("admin", role=Role.ADMINISTRATOR)
    for place in places[:5]:
        for n in range(3):
            making.person(f"{place.code}-new-{n}", library=place)
        making.enrol(making.person(f"{place.code}-begun", library=place), sec)
        making.complete(making.enrol(making.person(f"{place.code}-done", library=place), sec))
        making.certify(making.enrol(making.person(f"{place.code}-awarded", library=place), sec))
    yesterday = timezone.localdate() - timedelta(days=1)
    Requirement.objects.create(library=top, course=sec, due_on=yesterday, set_at=timezone.now(), set_by=admin)
    return places


def one(name, library="L00"):
    return User.objects.get(username=f"{library}-{name}")


def waive():
    Waiver.objects.create(
        requirement=Requirement.objects.get(), person=one("new-1"), reason="x", begins=making.LONG_AGO.date(),
        made_at=timezone.now(), made_by=one("new-0"),
    )  # fmt: skip


def revoke():
    Certificate.objects.filter(enrolment__learner=one("awarded")).update(
        revoked_at=timezone.now(), revoked_by=one("new-0"), revocation_ground="mistake", revocation_reason="x"
    )


def restore():
    Certificate.objects.filter(enrolment__learner=one("awarded")).update(
        revoked_at=None, revoked_by=None, revocation_ground="", revocation_reason=""
    )


def expire():
    found = CertificateVersion.objects.filter(certificate__enrolment__learner=one("awarded"))
    found.update(expires_on=timezone.localdate() - timedelta(days=1))


OF_PEOPLE = {
    "somebody signs in": lambda: User.objects.filter(username="L00-new-0").update(last_login=timezone.now()),
    "somebody begins": lambda: making.enrol(one("new-1"), Course.objects.get()),
    "somebody completes": lambda: making.complete(Enrolment.objects.get(learner=one("begun"))),
    "a certificate is issued": lambda: making.certify(making.enrol(one("new-2"), Course.objects.get())),
    "a certificate is revoked": revoke,
    "it is restored": restore,
    "it expires": expire,
    "somebody is exempt": waive,
    "no more": lambda: Waiver.objects.update(withdrawn_at=timezone.now(), withdrawn_by=one("new-0")),
    "somebody goes elsewhere": lambda: User.objects.filter(username="L00-done").update(
        library=Library.objects.get(code="L05")
    ),
    "somebody leaves": lambda: User.objects.filter(username="L00-new-0").update(is_active=False),
    "somebody has no library": lambda: User.objects.filter(username="L00-new-1").update(library=None),
    "somebody comes, the only one without a position": lambda: User.objects.create(
        username="comes", library=Library.objects.get(code="L07")
    ),
    "a record goes": lambda: User.objects.exclude(username__startswith="L").get(library__code="L07").delete(),
}
OF_MANY = {
    "a library is moved": lambda: Library.objects.get(code="L00").move(Library.objects.get(code="L19"), "sorted-child"),
    "the requirement is withdrawn": lambda: Requirement.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=one("new-2")
    ),
    "another is set": lambda: Requirement.objects.create(
        library=Library.objects.get(code="L19"), course=Course.objects.get(), set_at=timezone.now(),
        due_on=timezone.localdate() - timedelta(days=1), set_by=one("new-2"),
    ),
    "the course is archived": lambda: Course.objects.update(archived=True),
}  # fmt: skip


@pytest.mark.postgres
def test_after_each_deed_the_totals_say_what_a_count_of_everything_says(nation):
    totals.recount()
    quiet = Total.objects.filter(library=nation[2], course=None)
    assert kept() == whole()
    was = quiet.get().begun

    for name, deed in OF_PEOPLE.items():
        nothing_is_new()
        quiet.update(begun=WRONG)
        deed()
        assert totals.recount() > 0, name  # every deed is one that the totals tell of
        assert quiet.get().begun == WRONG, name  # it was not counted
        quiet.update(begun=was)
        assert kept() == whole(), name
        said, added = below()
        assert said == added, name
    for name, deed in OF_MANY.items():
        nothing_is_new()
        quiet.update(begun=WRONG)
        deed()
        totals.recount()
        assert kept() == whole(), name
        said, added = below()
        assert said == added, name
    nothing_is_new()
    assert (changed_since(), totals.recount()) == ([], 0)


@pytest.mark.postgres
def test_everything_is_counted_each_hour_on_a_new_day_and_where_it_is_asked_for(nation):
    noon = timezone.localtime().replace(hour=12, minute=0)
    for later in (timedelta(minutes=61), timedelta(hours=13), timedelta(minutes=-5)):
        totals.recount(noon, whole=True)
        nothing_is_new()
        Total.objects.filter(library=nation[2], course=None).update(begun=WRONG)
        assert (totals.recount(noon + timedelta(minutes=59)), totals.recount(noon + later)) == (0, 2)
        assert Counting.objects.get().whole_at == noon + later
    nothing_is_new()
    Counting.objects.update(
        seen=Counting.objects.get().seen + 1_000_000
    )  # another server's: its data was restored here
    Total.objects.filter(library=nation[2], course=None).update(begun=WRONG)
    assert totals.recount(noon + timedelta(minutes=-4)) == 2


def test_where_much_has_changed_or_the_database_keeps_no_marks_everything_is_counted(nation):
    totals.recount()
    User.objects.filter(library__isnull=False).update(last_login=timezone.now())
    Total.objects.all().delete()

    assert changed_since() is changed.ALL
    assert totals.recount() == Total.objects.count() > 0
    assert kept() == whole()
