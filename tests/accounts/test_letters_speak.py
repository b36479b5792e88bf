"""Every mail is whole in its reader's language, whoever caused it: no word of it stands outside of what is translated or data."""

from pathlib import Path

import allauth
import pytest
from allauth.core import context
from django.utils import timezone, translation

from accounts import notices
from accounts.adapter import AccountAdapter
from accounts.models import Notice
from tests import making
from tests.access import marked
from tests.accounts.test_notices_without_mail import DETAILS, KINDS, ODD
from tests.kept import kept

THEIRS = Path(allauth.__file__).parent / "templates"
PREFIXES = sorted(
    str(path.relative_to(THEIRS)).removesuffix("_subject.txt") for path in THEIRS.glob("*/email/*_subject.txt")
)
COURSE = {
    "titles": DETAILS["course"],
    "addresses": {"uz": "/uz/x/"},
    "state": "overdue",
    "due": "2026-11-30",
    "grace_until": "2026-12-09",
}
NAMED = {
    "external_badge_wrong": {"title": "Kurs", "name": "Namunayev Ali", "external": 3},
    "invitation": {"by": None},
    "requirement_digest": {
        "courses": [COURSE],
        "area": {"overdue": 5, "grace": 1, "due": 2, "new": 1, "newly": [COURSE | {"n": 1, "people": []}]},
    },
}
DATA = [
    *marked.DATA,
    *(text for value in DETAILS.values() if isinstance(text := value["uz"] if isinstance(value, dict) else value, str)),
    *("Eʼlon", "Test uz", "Namunayev Ali", "testserver", "2HKM", "Firefox", "OIDC"),
]  # fmt: skip


@kept
def reader(bedrock):
    return making.person("reader", language="uz", email="reader@example.org")


def strange(*texts):
    return [line for text in texts for line in marked.unmarked(text, data=DATA)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_by_mail_is_in_its_readers_language(reader, kind):
    details = DETAILS | ODD.get(kind, {}) | NAMED.get(kind, {})
    notice = notices.tell(person=reader, kind=kind, subject="x", mail=True, **details)

    with marked.language(), translation.override("ru"):  # who sends it reads Russian
        mail = notices.message(Notice.objects.get(pk=notice.pk))

    assert strange(mail.subject, mail.body, mail.alternatives[0][0]) == []


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_mail_about_the_account_is_in_its_readers_language(reader, prefix, rf, mailoutbox):
    """All that allauth might send; an address that nobody has is written to in the language of the page."""
    words = {
        "user": reader, "activate_url": "https://x.example/", "password_reset_url": "https://x.example/", "signup_url": "https://x.example/",
        "key": "2HKM", "code": "2HKM", "username": reader.username, "ip": "10.0.0.1", "user_agent": "Firefox", "timestamp": timezone.now(),
        "deleted_email": "a@example.org", "from_email": "a@example.org", "to_email": "b@example.org", "uid": "1", "provider": "OIDC",
    }  # fmt: skip
    request = rf.get("/")
    with marked.language(), context.request_context(request), translation.override("ru"):
        AccountAdapter(request).send_mail(prefix, reader.email, words)

    [mail] = mailoutbox
    assert strange(mail.subject, mail.body) == []
