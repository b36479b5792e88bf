"""The mails of the demonstration, as Django's file backend keeps them."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import RequestFactory

from accounts import demo

FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return settings.EMAIL_FILE_PATH


def send(*subjects):
    with get_connection(FILES) as connection:
        for subject in subjects:
            mail = EmailMultiAlternatives(
                subject, f"Salom, oʻquvchi: {subject}", to=["a@example.org"], connection=connection
            )
            mail.attach_alternative(f"<p>Salom: {subject}</p>", "text/html")
            mail.send()


def test_without_mails_there_are_none(folder):
    assert demo.kept() == []


def test_every_mail_is_found_whole_even_two_of_one_connection(folder):
    send("Birinchi", "Ikkinchi oʻ")
    send("Uchinchi")

    kept = demo.kept()

    assert sorted(mail.subject for mail in kept) == ["Birinchi", "Ikkinchi oʻ", "Uchinchi"]
    assert all(mail.text.strip() == f"Salom, oʻquvchi: {mail.subject}" for mail in kept)
    assert all(mail.html.strip() == f"<p>Salom: {mail.subject}</p>" for mail in kept)
    assert len({mail.key for mail in kept}) == 3
    assert all(mail.sent.tzinfo for mail in kept)


def test_the_html_of_a_mail_may_do_nothing_but_be_seen(folder):
    send("Bir")

    response = demo.mail_html(RequestFactory().get("/"), demo.kept()[0].key)

    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")


@pytest.mark.parametrize("key", ["../../etc/passwd-0", "x-0", ""])
def test_a_key_is_never_a_path(folder, key):
    send("Bir")

    with pytest.raises(demo.Http404):
        demo.find(key)
