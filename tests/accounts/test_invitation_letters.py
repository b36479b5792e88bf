"""Invitations by mail: the code is made when the letter is sent, and stands in no row."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from accounts import invitations, notices, one_time_codes, people
from accounts.models import AuditEntry, Library, Notice, OneTimeCode, User
from tests import making
from tests.making import words


@pytest.fixture
def hr(db):
    return making.person("hr", last_name="Rahimova", first_name="Dilnoza")


@pytest.fixture
def three(hr):
    library = Library.add_root(code="tsh", titles=words("Kutubxona"), level="region")
    for name, email in (("Ali", "ali@example.org"), ("Vali", "vali@example.org"), ("Gʻani", None)):
        people.add(by=hr, library=library, last_name="Namunayev", first_name=name, email=email, language="ru")
    return User.objects.filter(library=library)


def test_who_has_an_email_is_written_to_once_and_can_come_in(client, three, hr):
    assert invitations.by_mail(people=three, by=hr) == 2
    assert invitations.by_mail(people=three, by=hr) == 0  # on their way
    assert OneTimeCode.objects.count() == 0

    assert notices.deliver() == 2

    letter = next(letter for letter in mail.outbox if letter.to == ["ali@example.org"])
    code = re.search(r"(\w{4}-){3}\w{4}", letter.body)[0]
    assert code in letter.alternatives[0].content
    assert (
        "TSH-0001" in letter.body
        and "http://localhost:8000/accounts/code/" in letter.body
        and "Rahimova Dilnoza" in letter.body
    )
    assert one_time_codes.find("TSH-0001", code).made_by == hr
    kept = (
        str(list(Notice.objects.values()))
        + str(list(AuditEntry.objects.values()))
        + str(list(OneTimeCode.objects.values()))
    )
    assert code not in kept and one_time_codes.normalise(code) not in kept
    assert client.post("/accounts/code/", {"login": "TSH-0001", "code": code}).status_code == 302


@pytest.mark.parametrize(
    ("language", "word"), [("uz", "bir martalik kod"), ("ru", "одноразовый код"), ("en", "one-time code")]
)
def test_the_letter_is_in_the_language_of_its_reader(three, hr, language, word):
    three.update(language=language)
    invitations.by_mail(people=three, by=hr)
    notices.deliver()

    assert [word in f"{letter.subject} {letter.body}".lower() for letter in mail.outbox] == [True, True]


def test_a_letter_that_could_not_be_sent_is_tried_again_with_a_new_code(three, hr, settings):
    invitations.by_mail(people=three.filter(first_name="Ali"), by=hr)
    settings.EMAIL_BACKEND = "tests.accounts.test_invitation_letters.Broken"
    assert notices.deliver() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert notices.deliver(timezone.now() + notices.CLAIM_LAPSES * 2) == 1
    code = re.search(r"(\w{4}-){3}\w{4}", mail.outbox[0].body)[0]
    assert one_time_codes.find("TSH-0001", code) is not None
    assert OneTimeCode.objects.filter(withdrawn_at=None).count() == 1


class Broken:
    def __init__(self, *_args, **_kwargs):
        raise OSError("no mail server")


def test_who_came_in_or_left_before_the_letter_was_sent_gets_none(three, hr):
    invitations.by_mail(people=three, by=hr)
    three.filter(first_name="Ali").update(last_login=timezone.now())
    three.filter(first_name="Vali").update(is_active=False)

    assert notices.deliver() == 0
    assert mail.outbox == []
    assert OneTimeCode.objects.count() == 0
    assert Notice.objects.filter(mail_wanted=True).count() == 0


def test_the_invitation_is_read_when_its_code_was_used(client, three, hr):
    invitations.by_mail(people=three, by=hr)
    notices.deliver()
    person = three.get(first_name="Ali")
    code = one_time_codes.give(person=person, by=hr)[1]
    one_time_codes.use(code=one_time_codes.find(person.username, code), password="yangi-uzun-ibora")

    assert Notice.objects.filter(person=person, read_at=None).count() == 0
