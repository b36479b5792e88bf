"""HR lets people in: who never came, sheets on paper, new codes; an administrator and a lost second factor."""

import io
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from pypdf import PdfReader

from accounts import jobs, notices, one_time_codes, second_factor
from accounts.models import AuditEntry, Job, Notice, OneTimeCode, RoleGrant, User
from accounts.roles import deputise
from reports import invitations
from tests.kept import kept
from tests.seminars import making

ADDRESS = "/hr/invitations/?lang=en"
CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")


@kept
def newcomers(libraries):
    """Three below hr's region, one of the other."""
    return [
        making.person("SAM-0001", family="Aliyev", given="Ali", library=libraries.district, email="ali@example.org"),
        making.person("SAM-0002", family="Valiyeva", given="Vasila", library=libraries.branch_less, language="ru"),
        making.person("SAM-0003", family="Gʻaniyev", given="Gʻani", library=libraries.district, language="en"),
        making.person("TSH-0001", family="Begona", given="Bobur", library=libraries.other),
    ]


@pytest.fixture(autouse=True)
def everybody_else_came_in(people):
    User.objects.update(last_login=timezone.now())


@pytest.fixture
def waiting(everybody_else_came_in, newcomers):
    User.objects.filter(pk__in=[person.pk for person in newcomers]).update(last_login=None)
    return newcomers


def logins(response):
    return [line.person.username for line in response.context["lines"]]


def pages(data):
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def open_codes():
    return set(OneTimeCode.objects.open(timezone.now()).values_list("person__username", flat=True))


# --- The list ---------------------------------------------------------------------------------------------------------------


def test_hr_sees_who_never_came_in_of_the_own_libraries_by_library(as_user, people, waiting, libraries):
    client = as_user(people.hr)

    assert logins(client.get(ADDRESS)) == ["SAM-0002", "SAM-0001", "SAM-0003"]
    assert logins(client.get(f"{ADDRESS}&library={libraries.district.code}")) == ["SAM-0001", "SAM-0003"]
    assert logins(client.get(f"{ADDRESS}&q=ганиев")) == ["SAM-0003"]
    assert client.get(f"{ADDRESS}&library={libraries.other.code}").status_code == 404
    assert logins(as_user(people.hr2).get(ADDRESS)) == ["TSH-0001"]
    assert logins(as_user(people.admin).get(ADDRESS)) == ["SAM-0002", "SAM-0001", "SAM-0003", "TSH-0001"]


def test_staff_roles_are_let_in_by_administrators_alone(as_user, people, waiting):
    User.objects.filter(pk=people.trainer.pk).update(last_login=None)

    assert "trainer" not in logins(as_user(people.hr).get(ADDRESS))
    assert "trainer" in logins(as_user(people.admin).get(ADDRESS))


def test_an_administrator_sees_who_has_no_library_too(as_user, people, waiting):
    making.person("nowhere", library=None)

    assert "nowhere" in logins(as_user(people.admin).get(ADDRESS))
    assert "nowhere" not in logins(as_user(people.hr).get(ADDRESS))


def test_who_has_left_is_not_invited(as_user, people, waiting):
    User.objects.filter(username="SAM-0001").update(is_active=False)

    assert logins(as_user(people.hr).get(ADDRESS)) == ["SAM-0002", "SAM-0003"]


@pytest.mark.parametrize("more", [0, 5])
def test_the_list_costs_the_same_for_few_and_for_many(
    as_user, people, waiting, libraries, more, django_assert_num_queries
):
    for number in range(more):
        one_time_codes.give(person=making.person(f"N-{number}", library=libraries.district), by=people.hr)
    client = as_user(people.hr)
    client.get(ADDRESS)

    with django_assert_num_queries(13):
        client.get(ADDRESS)


# --- On paper ---------------------------------------------------------------------------------------------------------------


def test_a_sheet_has_a_slip_for_each_that_was_chosen_in_the_own_language(as_user, people, waiting):
    ali, vasila, gani, _there = waiting
    response = as_user(people.hr).post(ADDRESS, {"person": [ali.pk, vasila.pk, gani.pk], "way": "paper"})

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store, private"
    first, second = pages(response.content)  # a page a library
    assert "Valiyeva" in first and "SAM-0002" in first and "Одноразовый код" in first
    assert "Aliyev Ali" in second and "Bir martalik kod" in second and "One-time code" in second
    codes = CODE.findall(first) + CODE.findall(second)
    assert len(codes) == 3
    assert one_time_codes.find("SAM-0002", codes[0]).person == vasila
    assert one_time_codes.find("SAM-0001", codes[1]).person == ali
    assert "localhost:8000/accounts/code" in first
    assert "Karimova Nigora" in second  # who helps: the one who made the sheet


def test_a_sheet_made_anew_makes_the_one_before_worthless_and_says_so(as_user, people, waiting):
    client = as_user(people.hr)
    before, now = (
        CODE.findall(pages(client.post(ADDRESS, {"person": waiting[0].pk, "way": "paper"}).content)[0])[0]
        for _n in "12"
    )

    assert one_time_codes.find("SAM-0001", before) is None
    assert one_time_codes.find("SAM-0001", now) is not None
    assert "A new sheet makes new codes" in client.get(ADDRESS).content.decode()


def test_names_of_any_length_stay_on_their_slip(as_user, people, waiting, libraries):
    User.objects.filter(username="SAM-0001").update(
        last_name="Gʻulomiddinovaxoʻjayeva" * 3, patronymic="Saidabdulaziz oʻgʻli " * 3
    )
    response = as_user(people.hr).post(ADDRESS, {"whole": "1", "way": "paper"})

    assert len(CODE.findall("".join(pages(response.content)))) == 3


@pytest.mark.parametrize("data", [{"way": "paper"}, {"way": "fax", "whole": "1"}, {}, {"way": "paper", "person": "x"}])
def test_nobody_chosen_or_no_way_is_said_and_gives_no_code(as_user, people, waiting, data):
    response = as_user(people.hr).post(ADDRESS, data)

    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert open_codes() == set()


def test_somebody_of_another_region_cannot_be_chosen(as_user, people, waiting):
    response = as_user(people.hr).post(ADDRESS, {"person": [waiting[0].pk, waiting[3].pk], "way": "paper"})

    assert response.status_code == 422
    assert open_codes() == set()


def test_a_sheet_of_many_is_a_job_whose_file_is_gone_after_a_day(as_user, people, waiting, monkeypatch):
    monkeypatch.setattr(invitations, "AT_ONCE", 2)
    client = as_user(people.hr)
    page = client.post(ADDRESS, {"whole": "1", "way": "paper"}).headers["Location"]
    assert client.get(page).headers["Refresh"] == "3"
    assert open_codes() == set()
    job = Job.objects.get()

    jobs.run_one(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.result) == ("done", 3, 3, {"people": 3})
    assert open_codes() == {"SAM-0001", "SAM-0002", "SAM-0003"}
    sheet = client.get(f"{page}sheet.pdf")
    assert len(CODE.findall("".join(pages(sheet.content)))) == 3
    assert as_user(people.admin).get(f"{page}sheet.pdf").status_code == 404  # it is hr's own
    assert jobs.drop_old_files(timezone.now() + timedelta(hours=23)) == 0
    assert jobs.drop_old_files(timezone.now() + timedelta(hours=25)) == 1
    assert as_user(people.hr).get(f"{page}sheet.pdf").status_code == 404
    assert "has been deleted" in client.get(f"{page}?lang=en").content.decode()


def test_a_scope_that_went_meanwhile_gives_no_sheet(people, waiting):
    job = invitations.ask(people=invitations.waiting(people.hr), by=people.hr)
    RoleGrant.objects.filter(person=people.hr).delete()

    jobs.run_one(job.pk)

    job.refresh_from_db()
    assert (job.state, open_codes()) == ("failed", set())


# --- By mail ----------------------------------------------------------------------------------------------------------------


def test_letters_go_to_those_with_an_email_and_the_others_are_counted(as_user, people, waiting):
    response = as_user(people.hr).post(ADDRESS, {"whole": "1", "way": "mail"}, follow=True)
    page = response.content.decode()

    assert "1 letter is on its way." in page
    assert "2 people get none" in page
    assert "the letter is on its way" in page
    assert list(Notice.objects.values_list("person__username", "kind")) == [("SAM-0001", "invitation")]


def test_a_sheet_calls_off_the_letters_that_were_not_sent_yet(as_user, people, waiting):
    client = as_user(people.hr)
    client.post(ADDRESS, {"whole": "1", "way": "mail"})
    sheet = pages(client.post(ADDRESS, {"person": waiting[0].pk, "way": "paper"}).content)[0]

    assert notices.deliver() == 0
    assert one_time_codes.find("SAM-0001", CODE.findall(sheet)[0]) is not None


# --- One person -------------------------------------------------------------------------------------------------------------


def test_a_new_code_is_shown_once_and_stands_in_the_log(as_user, people):
    client = as_user(people.hr)
    address = f"/hr/people/{people.learner.pk}/code/?lang=en"
    assert f"/hr/people/{people.learner.pk}/code/" in client.get(f"/hr/people/{people.learner.pk}/").content.decode()
    assert OneTimeCode.objects.count() == 0

    page = client.post(address, {"way": "screen"}).content.decode()

    code = CODE.search(page)[0]
    assert one_time_codes.find("learner", code).purpose == "reset"
    assert CODE.search(client.get(address).content.decode()) is None
    entry = AuditEntry.objects.exclude(deed="record opened").get()
    assert (entry.deed, entry.actor, entry.subject) == ("one-time code given", people.hr, f"person {people.learner.pk}")
    client.post(f"/hr/people/{people.learner.pk}/code/withdraw/")
    assert one_time_codes.find("learner", code) is None


def test_a_new_code_on_a_slip(as_user, people):
    response = as_user(people.hr).post(f"/hr/people/{people.learner.pk}/code/", {"way": "paper"})

    assert one_time_codes.find("learner", CODE.findall(pages(response.content)[0])[0]) is not None


@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("hr", "learner", 200), ("hr", "hr", 404), ("hr", "trainer", 404), ("hr", "director", 404), ("hr2", "learner", 404),
        ("director", "learner", 404), ("trainer", "learner", 404), ("admin", "hr2", 200), ("admin", "admin", 404),
    ],
)  # fmt: skip
def test_codes_are_for_the_own_scope_and_for_nobody_with_a_staff_role(as_user, people, who, whom, status):
    address = f"/hr/people/{getattr(people, whom).pk}/code/"
    answers = {
        as_user(getattr(people, who)).get(address).status_code,
        as_user(getattr(people, who)).post(address).status_code,
    }

    assert answers == {status}
    assert OneTimeCode.objects.count() == (status == 200)


@pytest.mark.parametrize(
    "how", ["a group given by hand", "a permission given by hand", "a role from tomorrow on", "nothing"]
)
def test_nor_for_who_opens_the_admin_without_a_role_or_has_one_soon(as_user, people, libraries, how):
    """HR would be that person: by a code, and by another e-mail, to which a new password is sent."""
    learner, tomorrow = people.learner, timezone.localdate() + timedelta(days=1)
    opens = Permission.objects.get(codename="access_admin")
    if how == "a group given by hand":
        learner.groups.add(made := Group.objects.create(name="Made by hand"))
        made.permissions.add(opens)
    elif how == "a permission given by hand":
        learner.user_permissions.add(opens)
    elif how == "a role from tomorrow on":
        held = people.hr2.role_grants.get()
        deputise(grant=held, person=learner, by=people.hr2, since=tomorrow, until=tomorrow)
    before = learner.email

    status = as_user(people.hr).post(f"/hr/people/{learner.pk}/code/").status_code
    as_user(people.hr).post(f"/hr/people/{learner.pk}/edit/", {
        "last_name": "A", "first_name": "B", "language": "uz", "email": "hr-own@example.org",
    })  # fmt: skip

    learner.refresh_from_db()
    assert learner.last_name == "A"  # a name is HR's to mend all the same
    assert (status, learner.email) == ((200, "hr-own@example.org") if how == "nothing" else (404, before))


# --- A lost second factor ---------------------------------------------------------------------------------------------------


@pytest.fixture
def with_factor(people):
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=people.hr, type=kind, data={})
    return people.hr


def test_an_administrator_removes_it_with_a_reason_in_the_log(as_user, people, with_factor, client):
    client.force_login(with_factor)
    kept = client.cookies["sessionid"].value
    address = f"/hr/people/{with_factor.pk}/second-factor/"
    as_user(people.admin).post(address, {"reason": ""})
    assert Authenticator.objects.count() == 2

    as_user(people.admin).post(address, {"reason": "Telefon yoʻqolgan, yuzma-yuz koʻrildi"})

    assert Authenticator.objects.count() == 0
    entry = AuditEntry.objects.get()
    assert (entry.deed, entry.actor, entry.details) == (
        "second factor removed",
        people.admin,
        {"kinds": ["recovery_codes", "totp"]},
    )
    assert entry.reason == "Telefon yoʻqolgan, yuzma-yuz koʻrildi"
    assert Notice.objects.get().kind == "second_factor_removed"
    client.cookies["sessionid"] = kept
    assert client.get("/accounts/profile/").status_code == 302


@pytest.mark.parametrize("who", ["hr2", "hr", "director", "learner", "trainer", "editor"])
def test_nobody_else_removes_it(as_user, people, with_factor, who):
    address = f"/hr/people/{people.learner.pk}/second-factor/"

    assert as_user(getattr(people, who)).post(address, {"reason": "x"}).status_code == 404


def test_no_administrator_removes_the_own_one(as_user, people):
    assert as_user(people.admin).get(f"/hr/people/{people.admin.pk}/second-factor/").status_code == 404


def test_where_there_is_none_nothing_happens(people):
    assert second_factor.remove(person=people.learner, by=people.admin, reason="x", now=timezone.now()) == 0
    assert AuditEntry.objects.count() == 0
