"""One-time codes: given, typed, spent; and the pages on which their people come in."""

import math
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import one_time_codes as codes
from accounts import roles
from accounts.models import AuditEntry, Notice, OneTimeCode, Role
from tests import making
from tests.accounts.conftest import PASSWORD
from tests.seminars.making import library as a_library

NEW = "yangi-uzun-ibora"
LOGIN, CODE, SET = "/accounts/login/?lang=en", "/accounts/code/?lang=en", "/accounts/code/password/?lang=en"
PAIR = {"password1": NEW, "password2": NEW}


@pytest.fixture(autouse=True)
def no_tries_before():
    cache.clear()


@pytest.fixture
def hr(db):
    return making.person("hr")


@pytest.fixture
def given(learner, hr):
    return codes.pretty(codes.give(person=learner, by=hr)[1])


def deeds():
    return list(AuditEntry.objects.order_by("pk").values_list("deed", "subject", "actor__first_name"))


def is_signed_in(client):
    return "_auth_user_id" in client.session


# --- The code ---------------------------------------------------------------------------------------------------------------


def test_a_code_is_beyond_guessing_and_has_no_signs_that_are_misread():
    assert codes.LENGTH * math.log2(len(codes.ALPHABET)) > 60
    assert set(codes.ALPHABET).isdisjoint("0OQ1IL2Z5S8BUVG")
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 21
    assert re.fullmatch(r"([34679ACDEFHJKMNPRTWXY]{4}-){3}[34679ACDEFHJKMNPRTWXY]{4}", codes.pretty(codes.new_code()))


@pytest.mark.parametrize(
    "typed",
    ["MK7T-4RXA-9WHC-E3PN", "mk7t4rxa9whce3pn", " mk7t 4rxa 9whc e3pn ", "МК7Т-4РХА-9WНС-Е3РN".replace("Р", "Р")],
)
def test_a_code_is_read_as_people_type_it(typed):
    expected = {"М": "MK7T4PXA9WHCE3PN"}.get(typed[0], "MK7T4RXA9WHCE3PN")

    assert codes.normalise(typed) == expected


@pytest.mark.parametrize(
    "typed", ["", "MK7T-4RXA-9WHC-E3P", "MK7T-4RXA-9WHC-E3PNN", "MK7T-4RXA-9WHC-E3P0", PASSWORD, "x" * 10_000]
)
def test_what_cannot_be_a_code_is_none(typed):
    assert codes.normalise(typed) == ""


def test_only_a_digest_is_kept(learner, hr):
    row, code = codes.give(person=learner, by=hr)

    assert row.digest == codes.digest_of(learner.pk, code) and len(row.digest) == 64
    assert row.expires_at - row.made_at == timedelta(days=30)
    assert code not in str(OneTimeCode.objects.values().get()) + str(list(AuditEntry.objects.values()))
    assert deeds() == [("one-time code given", f"person {learner.pk}", "Hr")]


def test_who_never_came_in_is_invited_and_who_did_gets_a_new_password(learner, hr):
    assert codes.give(person=learner, by=hr)[0].purpose == "invitation"
    learner.last_login = timezone.now()
    assert codes.give(person=learner, by=hr)[0].purpose == "reset"


def test_a_new_code_takes_the_place_of_the_one_before(learner, hr):
    first = codes.give(person=learner, by=hr)[1]
    second = codes.give(person=learner, by=hr)[1]

    assert codes.find("SAM-0001", first) is None
    assert codes.find("SAM-0001", second).person == learner


def test_the_database_keeps_one_open_code_a_person(learner, hr):
    row, _code = codes.give(person=learner, by=hr)
    row.pk, row.digest = None, "x" * 64
    with pytest.raises(IntegrityError, match=r"one_open_code|person_id"), transaction.atomic():
        row.save(force_insert=True)


def test_a_withdrawn_code_opens_nothing(learner, hr):
    code = codes.give(person=learner, by=hr)[1]

    assert (codes.withdraw(person=learner, by=hr), codes.withdraw(person=learner, by=hr)) == (True, False)
    assert codes.find("SAM-0001", code) is None
    assert [deed for deed, _subject, _who in deeds()] == ["one-time code given", "one-time code withdrawn"]


@pytest.mark.parametrize("login", ["SAM-0001", "sam-0001", "Nigora@example.org", " SAM-0001 "])
def test_a_code_fits_its_login_in_any_case(learner, given, login):
    assert codes.find(login, given).person == learner


def test_a_code_fits_nobody_else_nor_the_inactive_nor_after_thirty_days(learner, other, given):
    assert codes.find(other.username, given) is None
    assert codes.find("", given) is None
    assert codes.find("SAM-0001", given, timezone.now() + timedelta(days=30, seconds=1)) is None
    learner.is_active = False
    learner.save()
    assert codes.find("SAM-0001", given) is None


def test_a_code_that_was_used_meanwhile_sets_nothing(learner, given):
    row = codes.find("SAM-0001", given)
    codes.use(code=row, password=NEW)

    with pytest.raises(codes.CodeIsGone):
        codes.use(code=row, password="boshqa-uzun-ibora")
    learner.refresh_from_db()
    assert learner.check_password(NEW)


# --- The way in -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "name"), [(CODE, "code"), (LOGIN, "password")], ids=["the page for codes", "the ordinary page"]
)
def test_the_first_sign_in_sets_a_password_and_shows_the_first_steps(client, learner, given, address, name, seen):
    typed = client.post(address, {"login": "sam-0001", name: given.lower()})
    assert typed.headers["Location"] == "/accounts/code/password/"
    assert not is_signed_in(client)
    assert "SAM-0001" in seen(client.get(SET))

    response = client.post(SET, PAIR)

    assert response.headers["Location"] == "/accounts/first-steps/"
    assert is_signed_in(client)
    assert client.session.get_expire_at_browser_close() is True
    page = seen(client.get("/accounts/first-steps/?lang=en"))
    assert (
        "Welcome, Nigora" in page
        and "My learning" in page
        and "Log out" in page
        and "Karimova Nigora Salim qizi" in page
    )
    learner.refresh_from_db()
    assert learner.check_password(NEW)
    assert deeds()[-1] == ("one-time code used", f"person {learner.pk}", "Nigora")
    assert Client().post(address, {"login": "sam-0001", name: given}).status_code in (200, 422)  # once


def test_a_password_that_is_too_simple_is_refused_and_the_code_stays(client, learner, given, seen):
    client.post(CODE, {"login": "SAM-0001", "code": given})

    response = client.post(SET, {"password1": "qisqa", "password2": "qisqa"})

    assert response.status_code == 422
    assert "at least 10" in seen(response)
    assert codes.find("SAM-0001", given) is not None


def test_without_a_code_nobody_sets_a_password(client, learner):
    assert client.get(SET).headers["Location"] == "/accounts/code/"
    assert client.post(SET, PAIR).headers["Location"] == "/accounts/code/"
    learner.refresh_from_db()
    assert learner.check_password(PASSWORD)


def test_a_code_withdrawn_between_code_and_password_sets_nothing(client, learner, hr, given):
    client.post(CODE, {"login": "SAM-0001", "code": given})
    codes.withdraw(person=learner, by=hr)

    assert client.post(SET, PAIR).headers["Location"] == "/accounts/code/"
    assert not is_signed_in(client)


@pytest.mark.parametrize("address", [CODE, LOGIN], ids=["the page for codes", "the ordinary page"])
def test_unknown_logins_wrong_codes_and_old_ones_are_answered_alike(client, learner, other, hr, given, seen, address):
    codes.use(code=codes.find(other.username, codes.give(person=other, by=hr)[1]), password=NEW)
    wrong = codes.pretty(codes.new_code())

    def said(login, typed):
        response = client.post(address, {"login": login, "code": typed, "password": typed})
        return response.status_code, seen(response).replace(login, "LOGIN")

    answers = {
        said("SAM-9999", given),
        said("SAM-0001", wrong),
        said(other.username, wrong),
        said("kim@example.org", wrong),
    }
    assert len({(status, words.replace("username", "email address")) for status, words in answers}) == 1


def test_who_helps_is_said_on_the_page_the_same_for_every_login(client, learner, seen, settings):
    settings.SIGN_IN_HELP = {"uz": "Yordam: +998 71 000 00 00", "en": "Help desk: +998 71 000 00 00"}

    for address in ("/accounts/login/", "/accounts/code/", "/accounts/password/reset/"):
        assert "Help desk: +998 71 000 00 00" in seen(client.get(f"{address}?lang=en"))
    assert "Help desk: +998 71 000 00 00" in seen(client.post(LOGIN, {"login": "SAM-9999", "password": "x"}))


def test_ten_wrong_codes_lock_one_login_and_not_its_neighbours_at_the_same_address(client, learner, other, hr, given):
    code = codes.give(person=other, by=hr)[1]
    for _n in range(10):
        client.post(CODE, {"login": "SAM-0001", "code": codes.new_code()})

    assert client.post(CODE, {"login": "SAM-0001", "code": given}).status_code == 422
    assert client.post(CODE, {"login": other.username, "code": code}).status_code == 302


def test_a_shared_address_where_many_come_in_is_not_locked_out(client, learner, given):
    for number in range(12):
        client.post(CODE, {"login": f"TSH-{number:04}", "code": codes.new_code()})

    assert client.post(CODE, {"login": "SAM-0001", "code": given}).status_code == 302


def test_a_new_password_ends_all_sessions_tells_its_person_and_keeps_the_second_factor(client, learner, hr):
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "SAM-0001", "password": PASSWORD})
    learner.refresh_from_db()
    Authenticator.objects.create(user=learner, type="totp", data={"secret": "x"})
    code = codes.give(person=learner, by=hr)[1]

    client.post(CODE, {"login": "SAM-0001", "code": code})
    response = client.post(SET, PAIR)

    assert response.headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)
    assert elsewhere.get("/accounts/profile/").status_code == 302
    assert UserSession.objects.filter(user=learner).count() == 0
    assert Authenticator.objects.filter(user=learner).count() == 1
    assert Notice.objects.filter(person=learner, kind="password_set", mail_wanted=True).count() == 1


def test_the_first_steps_go_on_in_the_language_that_was_chosen(signed_in, learner):
    response = signed_in.post("/accounts/first-steps/", {"language": "ru"})

    assert response.headers["Location"] == "/accounts/first-steps/?lang=ru"
    learner.refresh_from_db()
    assert learner.language == "ru"
    assert signed_in.post("/accounts/first-steps/", {"language": "xx"}).status_code == 200


def test_from_the_first_steps_the_name_is_confirmed_and_back(signed_in):
    assert (
        'href="/accounts/certificate-name/?back=first-steps"'
        in signed_in.get("/accounts/first-steps/").content.decode()
    )
    response = signed_in.post("/accounts/certificate-name/?back=first-steps", {"certificate_name": "Karimova Nigora"})
    assert response.headers["Location"] == "/accounts/first-steps/"


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize(
    "address", ["/accounts/code/", "/accounts/code/password/", "/accounts/first-steps/", "/accounts/sessions/"]
)
def test_the_pages_are_in_the_look_in_every_language_and_kept_by_nobody(client, learner, given, address, language):
    if "code" in address:
        client.post(CODE, {"login": "SAM-0001", "code": given})
    else:
        client.force_login(learner)

    response = client.get(f"{address}?lang={language}")
    text = response.content.decode()

    assert response.status_code == 200
    assert f'<html lang="{language}">' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert response.headers["Cache-Control"] == "no-store, private"


# --- Others at the same PC, and roles that come later ------------------------------------------------------------------------


def test_who_knew_the_key_of_the_browser_before_the_code_was_typed_sets_no_password(client, learner, other, hr, given):
    client.post(
        CODE, {"login": other.username, "code": codes.give(person=other, by=hr)[1]}
    )  # at a shared PC, with an own code
    planted = client.cookies["sessionid"].value
    client.post(CODE, {"login": "SAM-0001", "code": given})  # the next one there
    elsewhere = Client()
    elsewhere.cookies["sessionid"] = planted

    assert elsewhere.post(SET, PAIR).headers["Location"].startswith("/accounts/code/")
    assert client.post(SET, PAIR).headers["Location"] == "/accounts/first-steps/"
    learner.refresh_from_db()
    assert learner.check_password(NEW)


@pytest.mark.parametrize("how", ["given", "deputy"])
def test_a_code_from_before_opens_nothing_for_who_has_a_staff_role_since(learner, hr, given, how):
    if how == "given":
        roles.grant(person=learner, role=Role.TRAINER, by=hr)
    else:
        library = a_library("SAM-X")
        held = roles.grant(person=hr, role=Role.HR, library=library)
        roles.deputise(grant=held, person=learner, by=hr, until=timezone.localdate() + timedelta(days=9))

    assert codes.find("SAM-0001", given) is None
    assert deeds()[-1] == ("one-time code withdrawn", f"person {learner.pk}", "Hr")
