"""Letters of the sign-in go out at once and not by the notices: while the mail server is away nothing else fails for that."""

import pytest

from accounts.models import User

PASSWORD, NEW = "uzun-parol-ibora", "boshqa-uzun-ibora"
SAID = "The letter could not be sent: the mail server does not answer. Try again in some minutes."


@pytest.fixture(autouse=True)
def away(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1


def test_a_new_password_is_set_and_its_person_goes_on(client, learner):
    client.post("/accounts/login/", {"login": learner.username, "password": PASSWORD})
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}, follow=True
    )

    assert answer.status_code == 200
    assert User.objects.get().check_password(NEW)
    assert client.get("/accounts/profile/").status_code == 200
    assert SAID not in answer.text  # nobody waits for that one


@pytest.mark.parametrize("email", ["nigora@example.org", "nobody@example.org"])
def test_who_asks_for_a_new_password_is_told_alike_whether_known_or_not(client, learner, seen, email):
    answer = client.post("/accounts/password/reset/?lang=en", {"email": email}, follow=True)

    assert answer.status_code == 200
    assert SAID in seen(answer)
