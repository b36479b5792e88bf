"""Two records of one person: everything goes to the one kept, nothing is lost, and it can be undone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts import merging, notices, roles
from accounts.models import AuditEntry, Employment, Library, MergeRecord, Notice, Role, User
from certification import external
from certification.models import ExternalCertificate
from courses.models import Enrolment
from seminars.models import Attendance, AttendanceEntry, Seat
from tests import making as making_people
from tests.kept import kept
from tests.seminars import making

pytestmark = pytest.mark.django_db


@kept
def two(bedrock):
    """(the record kept, the one to be closed, who merges them)"""
    library = Library.add_root(code="UZ", level="nation", titles={"en": "Nation"})
    return tuple(
        making_people.person(name, username=name, library=library, certificate_name=f"Name of {name}")
        for name in ("kept", "gone", "hr")
    )


@kept
def course(bedrock):
    return making.course()


def merge(two):
    return merging.merge(kept=two[0], gone=two[1], by=two[2], reason="one person")


def rows():
    """Every row of every table with a relation to a person, but for the log and the merge itself."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if any(field.related_model is User for field in model._meta.concrete_fields) or model is User:
            if model._meta.label not in ("accounts.AuditEntry", "accounts.MergeRecord"):
                found[model._meta.label] = sorted(map(str, model._base_manager.values()))
    return found


def runs(person):
    """[(run, course, steps done, whether open)] in order."""
    found = Enrolment.objects.filter(learner=person).order_by("run_no")
    return [(row.run_no, row.course.code, row.completions.count(), row.closed_at is None) for row in found]


# --- Nothing is forgotten -----------------------------------------------------------------------------------------------


def relations():
    return {
        f"{field.model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is User
    }


def test_every_relation_to_a_person_is_in_a_rooms_list():
    assert relations() - merging.known() == set()
    assert merging.known() - relations() == set()
    assert len(relations()) > 60


def test_what_follows_without_a_word_is_counted_by_no_constraint():
    counted = set()
    for relation in relations():
        label, name = relation.rsplit(".", 1)
        meta = apps.get_model(label)._meta
        unique = [fields for one in meta.constraints if (fields := getattr(one, "fields", ()))]
        if meta.get_field(name).unique or any(name in fields for fields in (*unique, *meta.unique_together)):
            counted.add(relation)

    assert [relation for relation in sorted(counted) if merging._RULES[relation] is merging.follows] == []


# --- Courses --------------------------------------------------------------------------------------------------------------


def test_runs_of_both_are_numbered_anew_and_the_one_that_is_further_stays_open(two, course):
    first, second, _hr = two
    making.enrol(first, course, done=1)
    making.enrol(second, course, done=3, run_no=2)
    making.enrol(second, course, done=0, run_no=1, closed=True)
    making.enrol(second, making.course("smm"), done=1)

    merge(two)

    assert runs(first) == [
        (1, "sec", 1, False),
        (2, "sec", 0, False),
        (3, "sec", 3, True),
        (1, "smm", 1, True),
    ] or runs(first) == [(1, "sec", 1, False), (1, "smm", 1, True), (2, "sec", 0, False), (3, "sec", 3, True)]
    assert runs(second) == []


def test_a_completed_run_stays_the_open_one_and_its_certificate_stays_as_printed(two, course):
    first, second, _hr = two
    version = making.certify(making.enrol(second, course, done=1))
    making.enrol(first, course, done=2)
    payload = dict(version.payload)

    merge(two)

    version.refresh_from_db()
    assert version.payload == payload
    assert version.certificate.enrolment.learner == first
    assert runs(first) == [(1, "sec", 2, False), (2, "sec", 1, True)]


# --- Seminars ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "theirs", "stands"),
    [("booked", "booked", "booked"), ("waiting", "booked", "booked"), ("cancelled", "waiting", "waiting")],
)
def test_two_seats_in_a_run_are_the_better_one(two, mine, theirs, stands):
    run = making.run(making.seminar(), capacity=2)
    making.seat(run, two[0], mine)
    making.seat(run, two[1], theirs)

    merge(two)

    assert {seat.person.username: seat.state for seat in run.seats.select_related("person")} == {
        "kept": stands,
        "gone": "cancelled",
    }


def test_the_seat_that_becomes_free_goes_to_the_next_who_waits(two):
    run, other = making.run(making.seminar(), capacity=2), making.person("other")
    making.seat(run, two[0])
    making.seat(run, two[1])
    making.seat(run, other, Seat.State.WAITING)

    merge(two)

    assert Seat.objects.get(person=other).state == "booked"


def mark(session, person, mark, hours, by):
    return Attendance.objects.create(
        session=session, person=person, mark=mark, hours=hours, marked_by=by, marked_at=timezone.now()
    )


def test_who_was_marked_twice_in_a_session_was_there_once(two):
    first, second, hr = two
    run = making.run(making.seminar(), days=-9, sittings=3)
    sessions = list(run.sessions.order_by("starts_at"))
    mark(sessions[0], first, "absent", 0, hr)
    mark(sessions[0], second, "present", 2, hr)
    mark(sessions[1], first, "present", 2, hr)
    mark(sessions[1], second, "late", 1, hr)
    mark(sessions[2], second, "present", 2, hr)

    record = merge(two)

    here = Attendance.objects.filter(person=first).order_by("session__starts_at").values_list("mark", "hours")
    assert list(here) == [("present", 2), ("present", 2), ("present", 2)]
    assert {"model": "seminars.Attendance", "field": "person", "rows": list(
        Attendance.objects.filter(person=second).order_by("pk").values_list("pk", flat=True)
    )} == {**record.left[0], "rows": sorted(pk for one in record.left for pk in one["rows"])}  # fmt: skip


def test_check_ins_by_code_go_along_with_who_made_them(two):
    first, second, _hr = two
    run = making.run(making.seminar(), days=-9, sittings=2)
    both, alone = run.sessions.order_by("starts_at")
    for session, who in ((both, first), (both, second), (alone, second)):
        AttendanceEntry.objects.create(
            key=uuid4(), session=session, person=who, mark="present", how="code", by=who, at=timezone.now(),
            received_at=timezone.now(),
        )  # fmt: skip

    merge(two)

    assert list(AttendanceEntry.objects.filter(person=first, by=first).order_by("session").values_list("session", flat=True)) == [
        both.pk, alone.pk,
    ]  # fmt: skip
    assert AttendanceEntry.objects.get(person=second).by == second


# --- The rest -----------------------------------------------------------------------------------------------------------------


def test_a_thing_told_to_both_is_told_once(two):
    for person in two[:2]:
        notices.tell(person=person, kind="name_wanted", subject="enrolment 1", course={"uz": "x"})
    notices.tell(person=two[1], kind="name_wanted", subject="enrolment 2", course={"uz": "x"})

    merge(two)

    found = Notice.objects.order_by("pk").values_list("person__username", "subject")
    assert sorted(found) == [("gone", "enrolment 1"), ("kept", "enrolment 1"), ("kept", "enrolment 2")]


def test_external_certificates_and_roles_go_along(two):
    first, second, _hr = two
    given = external.give_in(
        person=second, issuer="B", title="K", issued_on=timezone.localdate(),
        upload=SimpleUploadedFile("k.pdf", b"%PDF-1.7"),
    )  # fmt: skip
    given.file.close()
    for person in two[:2]:
        roles.grant(person=person, role=Role.HR, library=first.library)
    roles.grant(person=second, role=Role.EDITOR)

    merge(two)

    assert ExternalCertificate.objects.get().person == first
    assert sorted(first.role_grants.values_list("role", flat=True)) == ["editor", "hr"]
    assert set(first.groups.values_list("name", flat=True)) == {"HR", "Editors"}


def test_the_login_of_the_closed_record_opens_nothing_and_its_email_is_kept(two):
    first, second, hr = two
    User.objects.filter(pk=first.pk).update(email=None)
    User.objects.filter(pk=second.pk).update(email="x@example.org", patronymic="Salim qizi")
    client = Client()
    client.force_login(second)

    record = merge(two)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.email, first.patronymic, second.email) == ("x@example.org", "Salim qizi", None)
    assert (second.is_active, second.merged_into) == (False, first)
    assert client.get("/learning/").status_code == 302
    assert first.certificate_name == "Name of kept"
    entries = AuditEntry.objects.filter(deed="records merged").order_by("pk")
    assert [(one.subject, one.actor, one.reason, one.details["merge"]) for one in entries] == [
        (f"person {first.pk}", hr, "one person", record.pk),
        (f"person {second.pk}", hr, "one person", record.pk),
    ]


def test_the_workplace_of_the_closed_record_ends_and_stays_in_the_history(two):
    first, second, _hr = two
    day = timezone.localdate() - timedelta(days=9)
    Employment.objects.create(person=second, library=second.library, since=day)

    merge(two)

    row = Employment.objects.get()
    assert (row.person, row.until) == (first, timezone.localdate())


def test_a_record_is_merged_once_and_never_with_itself(two):
    merge(two)

    for kept_one, gone in ((two[0], two[1]), (two[1], two[0]), (two[2], two[1]), (two[1], two[2])):
        with pytest.raises(merging.Refused, match="merged"):
            merging.merge(kept=kept_one, gone=gone, by=two[2], reason="x")
    with pytest.raises(merging.Refused, match="same"):
        merging.merge(kept=two[2], gone=two[2], by=two[0], reason="x")


# --- Taken apart ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(two, course):
    """Both records with rows in every room, many of them in each other's way."""
    first, second, hr = two
    for person in two[:2]:
        making.enrol(person, course, done=1 if person == first else 2)
        notices.tell(person=person, kind="name_wanted", subject="x", course={"uz": "x"})
        roles.grant(person=person, role=Role.HR, library=first.library)
    roles.grant(person=second, role=Role.EDITOR)
    run = making.run(making.seminar(), days=-9)
    making.seat(run, first, "waiting")
    making.seat(run, second)
    mark(run.sessions.get(), first, "absent", 0, hr)
    mark(run.sessions.get(), second, "present", 2, second)
    User.objects.filter(pk=first.pk).update(email=None)
    User.objects.filter(pk=second.pk).update(email="x@example.org", personnel_number="7")
    Employment.objects.create(person=second, library=second.library, since=timezone.localdate())


def test_a_merge_is_undone_row_by_row(two, full):
    before = rows()
    record = merge(two)
    assert rows() != before

    merging.unmerge(record=record, by=two[2], reason="two people after all")

    record.refresh_from_db()
    assert rows() == before
    assert (record.undone_by, record.not_undone) == (two[2], [])
    assert AuditEntry.objects.filter(deed="records taken apart", reason="two people after all").count() == 2
    with pytest.raises(merging.Refused, match="undone"):
        merging.unmerge(record=record, by=two[2])
    assert merge(two).pk != record.pk


def test_what_has_changed_since_stays_and_is_named(two, course, full):
    record = merge(two)
    User.objects.filter(pk=two[0].pk).update(personnel_number="8")
    moved = Enrolment.objects.get(learner=two[0], run_no=2)
    Enrolment.objects.filter(pk=moved.pk).update(learner=two[2])

    merging.unmerge(record=record, by=two[2])

    record = MergeRecord.objects.get(pk=record.pk)
    assert User.objects.get(pk=two[0].pk).personnel_number == "8"
    assert Enrolment.objects.get(pk=moved.pk).learner == two[2]
    kinds = [(step["model"], step.get("rows")) for step in record.not_undone]
    assert ("courses.Enrolment", [moved.pk]) in kinds
    assert ("accounts.User", None) in kinds
    assert User.objects.get(pk=two[1].pk).is_active
