"""Signing in and out as people do it: allauth's pages in our look, in English."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import grant
from tests.accounts.conftest import PASSWORD

LOGIN = "/accounts/login/?lang=en"


def send(client, **fields):
    return client.post(LOGIN, {"login": "SAM-0001", "password": PASSWORD} | fields)


def is_signed_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["SAM-0001", "sam-0001", "nigora@example.org", "Nigora@Example.org", " SAM-0001 "])
def test_a_person_logs_in_by_login_or_email_in_any_case(client, learner, login):
    response = send(client, login=login)

    assert response.headers["Location"] == "/learning/"
    assert is_signed_in(client)


def test_the_page_after_signing_in_is_the_one_that_was_asked_for(client, learner):
    response = client.post(
        "/accounts/login/", {"login": "SAM-0001", "password": PASSWORD, "next": "/accounts/profile/"}
    )

    assert response.headers["Location"] == "/accounts/profile/"


def test_nobody_is_sent_to_another_host_after_signing_in(client, learner):
    response = client.post(
        "/accounts/login/", {"login": "SAM-0001", "password": PASSWORD, "next": "https://example.com/"}
    )

    assert response.headers["Location"] == "/learning/"


def test_a_wrong_password_keeps_the_login_that_was_typed_and_not_the_password(client, learner, seen):
    response = send(client, password="wrong-password")

    assert not is_signed_in(client)
    assert re.search(r'name="login"[^>]*value="SAM-0001"', response.content.decode())
    assert "wrong-password" not in response.content.decode()
    assert 'role="alert"' in response.content.decode()
    assert "not correct" in seen(response)


def test_an_unknown_login_is_answered_like_a_wrong_password(client, learner, seen):
    assert seen(send(client, login="SAM-9999")).replace("SAM-9999", "") == seen(send(client, password="wrong-password"))


def test_an_empty_password_is_said_at_its_field_and_on_top(client, learner):
    page = send(client, password="").content.decode()

    assert '<a href="#id_password">' in page
    control = re.search(r'<input type="password"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="forgot id_password_error"' in control


@pytest.mark.parametrize(("fields", "until_closed"), [({}, True), ({"remember": "on"}, False)])
def test_a_session_ends_with_the_browser_unless_the_box_is_ticked(client, learner, fields, until_closed):
    send(client, **fields)

    assert client.session.get_expire_at_browser_close() is until_closed


def test_the_box_is_not_ticked_beforehand(client, db):
    assert (
        "checked"
        not in re.search(r'<input type="checkbox" name="remember"[^>]*>', client.get(LOGIN).content.decode())[0]
    )


def test_registration_is_closed(client, db, seen):
    assert "Registration is closed" in seen(client.get("/accounts/signup/?lang=en"))
    client.post("/accounts/signup/", {"username": "NEW-1", "password1": PASSWORD, "password2": PASSWORD})
    assert not is_signed_in(client)


def test_registration_can_be_opened_by_its_setting(client, db, settings, seen):
    settings.REGISTRATION_OPEN = True

    assert "Sign up" in seen(client.get("/accounts/signup/?lang=en"))


def test_looking_at_the_log_out_page_does_not_log_out(signed_in):
    assert signed_in.get("/accounts/logout/").status_code == 200
    assert is_signed_in(signed_in)


def test_logging_out_is_a_post_and_ends_the_session_on_the_server(signed_in):
    session = signed_in.session.session_key

    assert signed_in.post("/accounts/logout/").status_code == 302
    assert not is_signed_in(signed_in)
    signed_in.cookies["sessionid"] = session
    assert signed_in.get("/accounts/profile/").status_code == 302


def test_a_form_without_its_token_is_refused_in_the_look(client, learner, seen):
    client.handler.enforce_csrf_checks = True

    response = send(client)

    assert response.status_code == 403
    assert "Nothing was saved this time" in seen(response)


def test_asking_for_a_new_password_says_the_same_for_known_and_unknown_addresses(client, learner):
    answers = [
        client.post("/accounts/password/reset/", {"email": address}, follow=True).content.decode()
        for address in ("nigora@example.org", "nobody@example.org")
    ]

    assert re.sub(r"\s+", " ", answers[0]) == re.sub(r"\s+", " ", answers[1])


def test_a_new_password_is_set_by_the_link_in_the_mail(client, learner):
    client.post("/accounts/password/reset/?lang=en", {"email": "nigora@example.org"})
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(link, follow=True).request["PATH_INFO"]

    client.post(form, {"password1": "yangi-uzun-ibora", "password2": "yangi-uzun-ibora"})

    learner.refresh_from_db()
    assert learner.check_password("yangi-uzun-ibora")
    assert client.get(link, follow=True).context["token_fail"] is True  # the link works once


def test_no_mail_of_the_sign_in_pages_carries_a_password(client, learner):
    client.post("/accounts/password/reset/", {"email": "nigora@example.org"})
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})

    assert [message.to for message in mail.outbox] == [["nigora@example.org"], ["nobody@example.org"]]
    assert not any(PASSWORD in message.body for message in mail.outbox)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize(
    "name",
    [
        "account_login", "account_logout", "account_signup", "account_inactive", "account_email", "account_change_password",
        "account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done",
        "account_email_verification_sent", "account_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn",
        "profile", "certificate_name",
    ],
)  # fmt: skip
@pytest.mark.parametrize("known", [False, True], ids=["stranger", "learner"])
def test_every_account_page_is_in_the_look_in_every_language(client, learner, name, language, known):
    if known:
        client.force_login(learner)

    response = client.get(f"{reverse(name)}?lang={language}", follow=True)
    text = response.content.decode()

    if response.request["PATH_INFO"].startswith("/accounts/"):  # not led away to the front page or My learning
        assert f'<html lang="{language}">' in text
        assert len(re.findall(r"<h1[ >]", text)) == 1
        assert '<main id="main"' in text
        assert response.headers["Cache-Control"] == "no-store, private"


def test_a_staff_role_sees_its_entries_and_a_learner_does_not(client, learner, other):
    grant(person=other, role="editor")

    def menu(who):
        client.force_login(who)
        return re.findall(r'<a href="(/hr/|/teach/|/cms/)"', client.get("/accounts/profile/").content.decode())

    assert menu(learner) == []
    assert menu(other) == ["/cms/"]


def test_a_language_link_keeps_the_rest_of_the_address(client, db):
    page = client.get("/accounts/login/?next=/learning/&lang=en").content.decode()

    assert re.findall(r'<a href="(/accounts/login/[^"]*)" hreflang="ru"', page) == [
        "/accounts/login/?next=%2Flearning%2F&amp;lang=ru"
    ]


def test_an_email_that_nobody_confirmed_does_not_stand_in_the_way_of_a_second_factor(client, learner, settings):
    """allauth would want it confirmed first; staff who must have a second factor could then go nowhere."""
    settings.REQUIRE_MFA = True
    grant(person=learner, role="editor")
    send(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert EmailAddress.objects.get(user=learner).verified is False
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


@pytest.mark.parametrize(("language", "word"), [("uz", "parol"), ("ru", "пароль"), ("en", "password")])
def test_the_letter_for_a_new_password_is_in_the_language_of_its_reader(client, learner, language, word):
    learner.language = language
    learner.save()
    client.post("/accounts/password/reset/?lang=ru", {"email": learner.email})
    client.post("/accounts/password/reset/?lang=en", {"email": learner.email})

    issuer = settings.ISSUER_NAME[language]
    assert [(word in letter.body, issuer in letter.body) for letter in mail.outbox] == [(True, True)] * 2


GREETINGS = {"uz": "Assalomu alaykum, ", "ru": "Здравствуйте, ", "en": "Good day, "}


def shown(letter):
    """The HTML of a letter."""
    ((html, kind),) = letter.alternatives
    assert kind == "text/html"
    return html


@pytest.mark.parametrize("language", GREETINGS)
def test_the_letter_for_a_new_password_has_the_form_of_our_letters(client, learner, language):
    learner.language = language
    learner.save()
    client.post("/accounts/password/reset/", {"email": learner.email})

    (letter,) = mail.outbox
    html, link = shown(letter), re.search(r"https?://\S+/accounts/password/reset/key/\S+", letter.body)[0]
    greeting = f"{GREETINGS[language]}{learner.get_full_name()}"
    assert letter.body.startswith(greeting) and greeting in html
    assert f'<html lang="{language}">' in html and f"<h1>{letter.subject}</h1>" in html
    assert f'class="btn" href="{link}"' in html
    assert "/accounts/profile/" in letter.body and html.count("/accounts/profile/") == 1  # where the language is chosen


def test_the_letter_to_an_address_without_account_greets_nobody_and_names_no_profile(client, db):
    client.post("/accounts/password/reset/?lang=en", {"email": "nobody@example.org"})

    (letter,) = mail.outbox
    assert letter.body.startswith("Somebody, perhaps you,")
    for text in (letter.body, shown(letter)):
        assert "Good day" not in text and "/accounts/profile/" not in text and 'class="btn"' not in text


@pytest.mark.parametrize(("language", "words"), [("uz", "parol"), ("ru", "пароль"), ("en", "password")])
def test_what_has_been_changed_is_told_in_the_language_of_its_reader_too(client, learner, language, words):
    learner.language = language
    learner.save()
    client.force_login(learner)
    other = "en" if language != "en" else "ru"
    fields = {"oldpassword": PASSWORD, "password1": f"yangi-{PASSWORD}", "password2": f"yangi-{PASSWORD}"}
    client.post(f"/accounts/password/change/?lang={other}", fields)

    (letter,) = mail.outbox
    assert letter.body.startswith(GREETINGS[language]) and words in letter.subject.lower() + letter.body.lower()
    assert f'<html lang="{language}">' in shown(letter)


# --- Another e-mail --------------------------------------------------------------------------------------------------------


def test_another_e_mail_holds_once_its_letter_is_opened_and_stands_in_the_log_without_being_named(
    client, learner, caplog
):
    caplog.set_level("INFO", "accounts.access_log")
    send(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/?lang=en", {"email": "yangi@example.org", "action_add": ""})

    learner.refresh_from_db()
    assert learner.email == "nigora@example.org" and not AuditEntry.objects.exists()
    assert send(Client(), login="nigora@example.org").headers["Location"] == "/learning/"  # the old one, meanwhile
    letter = next(one for one in mail.outbox if one.to == ["yangi@example.org"])
    client.post(re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", letter.body)[1])

    learner.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert learner.email == "yangi@example.org"
    assert (entry.deed, entry.actor, entry.person, entry.details["fields"]) == (
        "person changed",
        learner,
        learner,
        ["email"],
    )
    assert "yangi" not in str(entry.details)
    assert [line for line in caplog.messages if "e-mail changed" in line] == [
        f"e-mail changed person={learner.pk} from='127.0.0.0/24'"
    ]
    assert [one.to for one in mail.outbox if one is not letter] == [
        ["nigora@example.org"]
    ]  # the old address hears of it
