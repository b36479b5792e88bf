"""Where people work: transfers, a second workplace, leaving and coming back; deputies, handover, a role taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import employment, people, roles
from accounts.models import AuditEntry, Employment, Library, Position, Role, RoleGrant, User
from reports import requirements
from seminars.models import Seat
from tests import making as making_people
from tests.kept import kept
from tests.seminars import making

pytestmark = pytest.mark.django_db


def person(name, **fields):
    return making_people.person(name, username=name, **fields)


PASSWORD = "uzun-parol-ibora"  # what tests.making.person sets


@kept
def places(bedrock):
    root = Library.add_root(code="UZ", level="nation", titles={"en": "Nation"})
    for region in ("TSH", "SAM"):
        Library.objects.get(pk=root.pk).add_child(code=region, level="region", titles={"en": region})
    return {code: Library.objects.get(code=code) for code in ("UZ", "TSH", "SAM")}


@kept
def staff(places):
    made = {name: person(name, library=places[code]) for name, code in
            (("worker", "TSH"), ("hr", "TSH"), ("hr2", "SAM"), ("admin", "UZ"))}  # fmt: skip
    for name, role, code in (("hr", "hr", "TSH"), ("hr2", "hr", "SAM"), ("admin", "administrator", None)):
        roles.grant(person=made[name], role=role, library=code and places[code])
    return made


def workplaces(person):
    rows = Employment.objects.filter(person=person).order_by("pk")
    return [(row.library.code, row.since, row.until, row.is_main) for row in rows]


def seen_by(staff, name):
    return sorted(roles.people_in_scope_of(User.objects.get(pk=staff[name].pk)).values_list("username", flat=True))


def log(person):
    return list(AuditEntry.objects.filter(subject=f"person {person.pk}").order_by("pk").values_list("deed", flat=True))


TODAY = timezone.localdate()


def ago(days):
    return timezone.localdate() - timedelta(days=days)


# --- Transfers --------------------------------------------------------------------------------------------------------


def test_a_transfer_keeps_where_somebody_worked_when_and_the_record_goes_along(places, staff):
    course = making.course()
    worker = people.add(by=staff["hr"], library=places["TSH"], last_name="A", first_name="B")
    Employment.objects.update(since=ago(50))
    enrolment = making.enrol(worker, course, done=2)

    people.change(person=worker, by=staff["admin"], library=places["SAM"], on=ago(3), reason="asked")

    assert workplaces(worker) == [("TSH", ago(50), ago(3), True), ("SAM", ago(3), None, True)]
    assert (worker.username in seen_by(staff, "hr"), worker.username in seen_by(staff, "hr2")) == (False, True)
    assert enrolment.completions.count() == 2
    assert log(worker) == ["person added", "person transferred"]


def test_who_has_no_written_history_gets_one_with_the_first_transfer(places, staff):
    worker = staff["worker"]
    User.objects.filter(pk=worker.pk).update(date_joined=timezone.now() - timedelta(days=9))

    people.change(person=worker, by=staff["hr"], library=places["SAM"])

    assert workplaces(worker) == [("TSH", ago(9), ago(0), True), ("SAM", ago(0), None, True)]


def test_another_position_is_a_row_of_the_history_and_another_name_is_none(places, staff):
    worker, smm = staff["worker"], Position.objects.create(code="smm", titles={})
    people.change(person=worker, by=staff["hr"], last_name="Boshqa")
    assert workplaces(worker) == []

    people.change(person=worker, by=staff["hr"], position=smm)

    assert [row.position for row in Employment.objects.order_by("pk")] == [None, smm]


# --- A second workplace ---------------------------------------------------------------------------------------------------


def test_those_responsible_for_either_workplace_see_the_person(places, staff, django_assert_num_queries):
    worker = staff["worker"]
    row = employment.add_second(person=worker, library=places["SAM"], by=staff["admin"], since=ago(5))

    assert seen_by(staff, "hr") == ["hr", "worker"]
    assert seen_by(staff, "hr2") == ["hr2", "worker"]
    assert worker in User.objects.below(places["SAM"])
    hr2 = User.objects.get(pk=staff["hr2"].pk)
    with django_assert_num_queries(3):  # roles, the scope, the people
        assert roles.people_in_scope_of(hr2).count() == 2

    employment.end_second(workplace=row, by=staff["admin"])

    assert seen_by(staff, "hr2") == ["hr2"]
    assert workplaces(worker) == [("SAM", ago(5), ago(0), False)]
    assert log(worker) == ["second workplace added", "second workplace ended"]


@pytest.mark.parametrize(("code", "why"), [("TSH", "there_already"), ("SAM", "there_already")])
def test_nobody_works_twice_in_one_library(places, staff, code, why):
    employment.add_second(person=staff["worker"], library=places["SAM"], by=staff["admin"])

    with pytest.raises(employment.Refused, match=why):
        employment.add_second(person=staff["worker"], library=places[code], by=staff["admin"])


def test_the_database_keeps_one_main_workplace(places, staff):
    row = {"person": staff["worker"], "since": ago(1)}
    Employment.objects.create(library=places["TSH"], **row)

    with pytest.raises(IntegrityError), transaction.atomic():
        Employment.objects.create(library=places["SAM"], **row)


def test_a_transfer_to_the_second_workplace_makes_it_the_main_one(places, staff):
    employment.add_second(person=staff["worker"], library=places["SAM"], by=staff["admin"], since=ago(5))

    people.change(person=staff["worker"], by=staff["admin"], library=places["SAM"])

    assert Employment.objects.open().filter(person=staff["worker"]).count() == 1
    assert Employment.objects.second().count() == 0


# --- Leaving ----------------------------------------------------------------------------------------------------------------


def sign_in(person):
    client = Client()
    client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    assert client.get("/learning/").status_code == 200
    return client


def test_who_leaves_loses_every_session_at_once_and_cannot_sign_in(places, staff):
    worker = staff["worker"]
    phone, desk = sign_in(worker), sign_in(worker)

    employment.leave(person=worker, by=staff["hr"], reason="retired", on=ago(2))

    assert [client.get("/learning/").status_code for client in (phone, desk)] == [302, 302]
    answer = Client().post("/accounts/login/", {"login": "worker", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/inactive/")
    assert workplaces(worker)[0][2] == ago(2)
    assert log(worker) == ["person left"]


def test_who_leaves_keeps_certificates_and_gives_seats_back(places, staff):
    worker, other = staff["worker"], person("other", library=places["TSH"])
    version = making.certify(making.enrol(worker, making.course(), done=3))
    topic = making.seminar()
    coming, past = making.run(topic, capacity=1), making.run(topic, days=-5)
    seats = [making.seat(run, worker) for run in (coming, past)]
    waiting = making.seat(coming, other, Seat.State.WAITING)

    employment.leave(person=worker, by=staff["hr"], reason="retired")

    for seat in (*seats, waiting):
        seat.refresh_from_db()
    assert [seat.state for seat in (*seats, waiting)] == ["cancelled", "booked", "booked"]
    version.certificate.refresh_from_db()
    assert version.certificate.revoked_at is None
    assert Client().get(f"/verify/{version.code}/").status_code in (200, 404)
    assert worker.username in seen_by(staff, "hr")  # the record stays to be looked up


def test_who_has_left_is_required_nothing_and_is_on_no_list(places, staff, client):
    course = making.course()
    requirements.require(library=places["TSH"], course=course, due_on=ago(-9), by=staff["hr"])
    worker = User.objects.get(pk=staff["worker"].pk)
    assert len(requirements.of(worker)) == 1

    worker = employment.leave(person=worker, by=staff["hr"], reason="x")

    assert requirements.of(worker) == []
    client.force_login(staff["hr"])
    assert [line.person.username for line in client.get("/hr/people/").context["lines"]] == ["hr"]
    assert client.get(f"/hr/people/{worker.pk}/").status_code == 200


def test_roles_of_who_leaves_are_withdrawn_and_so_are_the_deputies(places, staff):
    hr, deputy = staff["hr"], staff["worker"]
    roles.deputise(grant=hr.role_grants.get(), person=deputy, by=hr, until=ago(-5))

    employment.leave(person=hr, by=staff["admin"], reason="x")

    assert list(RoleGrant.objects.filter(person__in=[hr, deputy])) == []
    assert (log(hr), log(deputy)) == (
        ["role given", "role taken back", "person left"],
        ["deputy named", "role taken back"],
    )
    assert hr.groups.count() == 0


def test_who_comes_back_goes_on_with_the_same_record_and_without_roles(places, staff):
    hr = staff["hr"]
    employment.leave(person=hr, by=staff["admin"], reason="x", on=ago(30))

    employment.come_back(person=hr, library=places["SAM"], by=staff["admin"], on=ago(1))

    back = User.objects.get(pk=hr.pk)
    assert (back.is_active, back.library.code, roles.roles_of(back)) == (True, "SAM", frozenset())
    assert [row[0] for row in workplaces(hr)] == ["TSH", "SAM"]
    sign_in(back)


@pytest.mark.parametrize(
    ("deed", "why"), [("leave", "not_working"), ("leave_later", "in_future"), ("come_back", "working")]
)
def test_what_does_not_fit_is_refused(places, staff, deed, why):
    if deed == "leave":
        employment.leave(person=staff["worker"], by=staff["hr"], reason="x")

    with pytest.raises(employment.Refused, match=why):
        if deed == "come_back":
            employment.come_back(person=staff["worker"], library=places["TSH"], by=staff["hr"])
        else:
            employment.leave(
                person=staff["worker"], by=staff["hr"], reason="x", on=ago(-1) if deed == "leave_later" else None
            )


# --- Deputies and handover ----------------------------------------------------------------------------------------------------


@pytest.fixture
def deputy(staff):
    return roles.deputise(
        grant=staff["hr"].role_grants.get(), person=staff["worker"], by=staff["hr"], since=ago(1), until=ago(-1)
    )


def opens(person):
    client = Client()
    client.force_login(person)
    return client.get("/hr/").status_code


def test_a_deputy_acts_for_the_time_and_not_after(staff, deputy):
    assert opens(staff["worker"]) == 200
    assert seen_by(staff, "worker") == ["hr", "worker"]
    assert log(staff["worker"]) == ["deputy named"]

    RoleGrant.objects.filter(pk=deputy.pk).update(begins_on=ago(9), ends_on=ago(1))

    assert opens(staff["worker"]) == 404
    assert seen_by(staff, "worker") == []
    assert roles.has_staff_role(User.objects.get(pk=staff["worker"].pk)) is False


def test_a_deputy_of_tomorrow_is_none_today(staff, deputy):
    RoleGrant.objects.filter(pk=deputy.pk).update(begins_on=ago(-1), ends_on=ago(-2))

    assert opens(staff["worker"]) == 404


@pytest.mark.parametrize(
    ("by", "who", "until", "why"),
    [
        ("hr2", "worker", -5, "not_yours"),
        ("worker", "worker", -5, "not_yours"),
        ("hr", "hr", -5, "oneself"),
        ("hr", "worker", 1, "days"),
        ("hr", "worker", -181, "too_long"),
    ],
)
def test_who_may_not_be_named(staff, by, who, until, why):
    with pytest.raises(roles.NotToBeGiven, match=why):
        roles.deputise(grant=staff["hr"].role_grants.get(), person=staff[who], by=staff[by], until=ago(until))


def test_a_deputy_passes_nothing_on(staff, deputy):
    with pytest.raises(roles.NotToBeGiven, match="no_scope"):
        roles.deputise(grant=deputy, person=staff["hr2"], by=staff["worker"], until=ago(-1))


def test_a_scope_is_handed_over(places, staff):
    hr, worker = staff["hr"], staff["worker"]
    roles.grant(person=worker, role=Role.HR, library=places["TSH"])
    roles.grant(person=hr, role=Role.DIRECTOR, library=places["TSH"])

    roles.hand_over(person=hr, to=worker, by=staff["admin"], reason="moved on")

    rows = RoleGrant.objects.filter(person__in=[hr, worker]).values_list("person__username", "role", "library__code")
    assert sorted(rows) == [("worker", "director", "TSH"), ("worker", "hr", "TSH")]
    assert log(hr)[-3:] == ["role taken back", "role taken back", "scope handed over"]
    assert (opens(hr), opens(worker)) == (404, 200)


def test_a_scope_removed_while_its_holder_is_signed_in_is_gone_with_the_next_request(staff):
    client = Client()
    client.force_login(staff["hr"])
    assert client.get(f"/hr/people/{staff['worker'].pk}/").status_code == 200

    roles.withdraw(grant=staff["hr"].role_grants.get(), by=staff["admin"], reason="x")

    addresses = ["/hr/", f"/hr/people/{staff['worker'].pk}/", "/hr/libraries/", "/hr/people/new/"]
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert client.post(f"/hr/people/{staff['worker'].pk}/edit/", {}).status_code == 404
    assert client.get("/learning/").status_code == 200


def test_who_comes_back_has_time_for_what_is_required_as_whoever_joins(places, staff):
    worker = staff["worker"]
    User.objects.filter(pk=worker.pk).update(placed_on=ago(900))
    employment.leave(person=worker, by=staff["hr"], reason="x", on=ago(400))

    employment.come_back(person=worker, library=places["TSH"], by=staff["hr"])

    assert User.objects.get(pk=worker.pk).placed_on == ago(0)
