"""Who has no e-mail reads on the page what others are written: every kind of notice, with all of its words."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from accounts import notices
from accounts.models import Notice
from tests import making
from tests.making import words

TEXTS = Path(settings.BASE_DIR) / "templates/notices"
KINDS = sorted(path.name.removesuffix(".subject.txt") for path in TEXTS.glob("*.subject.txt"))
WHEN = "2026-11-30T09:00:00+05:00"
DETAILS = {
    "course": words("Kurs"), "title": words("Sarlavha"), "number": "SBQ-2026-000001", "code": "7KQ49XRT2HKM", "hours": 36,
    "ground": "rules", "issuer": "Boshqa tashkilot", "reason": "Sabab shu", "until": WHEN, "link": "/learning/", "due": "2026-11-30",
    "points": 80, "activity": 7, "state": "mended", "question": words("Savol"), "said": "Xato bor", "answer": "Tuzatildi",
    "when": WHEN, "was": WHEN, "more": [], "n": 1, "online": True, "place": words("Zal"), "room": "12", "address": "Koʻcha 1",
    "travel": words("Avtobus"), "seminar": 3, "cancel_until": WHEN, "link_minutes": 30, "by": "Yusupova Malika", "plain": "Eʼlon matni",
    "results": [{"title": words("Test"), "number": 1, "before": 50, "after": 90, "passed_before": False, "passed_after": True, "attempt": 5}],
}  # fmt: skip
ODD = {
    "announcement": {"title": "Eʼlon"}, "external_approved": {"title": "Kurs"}, "external_returned": {"title": "Kurs"},
    "invitation": {"code": ""}, "certificate_expiring": {"until": "2026-11-30"},
}  # fmt: skip


@pytest.fixture
def somebody(db):
    return making.person("somebody", email=None)


def told(person, kind):
    return notices.tell(person=person, kind=kind, subject="x", mail=True, **(DETAILS | ODD.get(kind, {})))


def squeezed(text):
    return " ".join(text.split())


def test_every_kind_that_is_told_anywhere_has_its_texts():
    rooms = ("accounts", "courses", "seminars", "certification", "reports", "cms")
    source = "\n".join(path.read_text() for room in rooms for path in (Path(settings.BASE_DIR) / room).rglob("*.py"))
    said = set(re.findall(r"(?:tell|tell_all)\((?:[^()]|\([^()]*\))*?kind=\"(\w+)\"", source))

    assert len(said) > 5
    assert said <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_what_the_mail_would_say(client, somebody, kind, seen):
    notice = told(somebody, kind)
    client.force_login(somebody)

    learning = seen(client.get("/learning/?lang=en"))
    page = seen(client.get(f"/accounts/notices/{notice.pk}/?lang=en"))

    somebody.language = "en"
    somebody.save()
    notice = Notice.objects.get(pk=notice.pk)
    with translation.override("en"):
        body, subject = squeezed(notices.text(notice)), notices.line(notice)
    assert notice.mail_wanted is False
    assert subject in learning and subject in page
    assert body in page
    if kind != "invitation":  # whose mail alone carries the code
        letter = notices.message(notice)
        assert body in squeezed(letter.body)
        assert [said.count("Language of mails") for said in (letter.body, letter.alternatives[0].content)] == [1, 1]


def test_a_notice_leads_to_its_words_and_is_read_there(client, somebody):
    notice = told(somebody, "name_wanted")
    client.force_login(somebody)

    assert f'href="/accounts/notices/{notice.pk}/"' in client.get("/learning/").content.decode()
    assert f'href="/accounts/notices/{notice.pk}/"' in client.get("/accounts/profile/").content.decode()
    client.get(f"/accounts/notices/{notice.pk}/")
    notice.refresh_from_db()
    assert notice.read_at is None  # looking changes nothing
    client.post(f"/accounts/notices/{notice.pk}/read/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_what_others_were_told_is_not_there(client, somebody, other):
    notice = told(other, "name_wanted")
    client.force_login(somebody)

    assert client.get(f"/accounts/notices/{notice.pk}/").status_code == 404


def test_words_of_others_are_no_markup_on_the_page(client, somebody):
    notice = notices.tell(person=somebody, kind="announcement", subject="x", title="<b>x</b>", plain="<script>", by="y",
                          course=words("Kurs"), link="/learning/")  # fmt: skip
    client.force_login(somebody)
    page = client.get(f"/accounts/notices/{notice.pk}/").content.decode()

    assert "<b>x</b>" not in page and "&lt;script&gt;" in page
