"""A person's own pages: the name for certificates, the language of mails, notices."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts import notices
from accounts.forms import clean_certificate_name
from accounts.models import AuditEntry
from accounts.signals import name_confirmed

NAME = "/accounts/certificate-name/"


@pytest.fixture
def heard():
    told = []

    def listen(sender, person, **kwargs):
        told.append(person)

    name_confirmed.connect(listen)
    yield told
    name_confirmed.disconnect(listen)


def test_a_stranger_is_asked_to_log_in(client, db):
    for address in ("/accounts/profile/", NAME, "/accounts/notices/1/read/"):
        assert client.get(address).headers["Location"] == f"/accounts/login/?next={address}"


def test_the_profile_shows_what_is_kept_about_the_person(signed_in, seen):
    text = seen(signed_in.get("/accounts/profile/?lang=en"))

    for part in (
        "Karimova Nigora Salim qizi",
        "SAM-0001",
        "nigora@example.org",
        "Library en",
        "Librarian en",
        "Not yet confirmed",
    ):
        assert part in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_profile_costs_the_same_for_one_notice_and_for_three(
    signed_in, learner, tell, django_assert_num_queries, count
):
    for number in range(count):
        tell(learner, f"enrolment {number}")

    with django_assert_num_queries(9):
        signed_in.get("/accounts/profile/")


def test_the_language_of_mails_is_chosen(signed_in, learner):
    signed_in.post("/accounts/profile/", {"language": "ru"})

    learner.refresh_from_db()
    assert learner.language == "ru"


def test_a_language_that_is_not_there_is_refused(signed_in, learner):
    assert signed_in.post("/accounts/profile/", {"language": "xx"}).status_code == 200

    learner.refresh_from_db()
    assert learner.language == "uz"


# --- The name for certificates ----------------------------------------------------------------------------------------


def test_the_official_name_is_proposed(signed_in):
    assert 'value="Karimova Nigora Salim qizi"' in signed_in.get(NAME).content.decode()


def test_a_confirmed_name_is_kept_logged_and_told(signed_in, learner, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in.post(NAME, {"certificate_name": "  Karimova   Nig'ora Sa'dulla qizi "})

    learner.refresh_from_db()
    assert response.headers["Location"] == "/accounts/profile/"
    assert learner.certificate_name == "Karimova Nigʻora Saʼdulla qizi"
    assert learner.certificate_name_confirmed_at is not None
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.deed, entry.subject) == (learner, "certificate name confirmed", f"person {learner.pk}")
    assert entry.details["fields"] == ["certificate_name"]
    assert "Nigʻora" not in str(entry.details)
    assert heard == [learner.pk]


def test_nobody_hears_of_a_name_before_the_commit(signed_in, heard):
    signed_in.post(NAME, {"certificate_name": "Karimova Nigora"})

    assert heard == []


def test_a_listener_that_fails_fails_nobodys_request(signed_in, learner, django_capture_on_commit_callbacks):
    def fail(sender, **kwargs):
        raise RuntimeError

    name_confirmed.connect(fail)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert signed_in.post(NAME, {"certificate_name": "Karimova Nigora"}).status_code == 302
    finally:
        name_confirmed.disconnect(fail)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Karimova Nigora", "Karimova Nigora"),
        ("Saidjalolova-To'lqinboyeva Gulchehra", "Saidjalolova-Toʻlqinboyeva Gulchehra"),
        ("Каримова Нигора Салим қизи", "Каримова Нигора Салим қизи"),
        ("Öğuz Ş. Ali", "Öğuz Ş. Ali"),
        ("Gʻaniyeva Maʼmura", "Gʻaniyeva Maʼmura"),
        ("  de  la   Cruz ", "de la Cruz"),
        ("Əliyeva Şəhla", "Əliyeva Şəhla"),
        ("I", "I"),
    ],
)
def test_a_name_is_kept_with_the_right_signs(typed, kept):
    assert clean_certificate_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["-", "ʻ", "...", "Ali1", "Ali <b>", "Ali\u202eilA", "李小龍", "Ali; DROP", "Ali😀", "Ali\u200b", "Ɡuli Ꙗ", "ɑli"],
)
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_certificate_name(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "it has no letters yet"),
        ("   ", "it has no letters yet"),
        ("Ali 2", "Remove: 2"),
        ("A" * 121, "At most 120 characters fit on a certificate; this has 121"),
    ],
)
def test_a_refused_name_stays_in_its_field_and_the_reason_is_said(signed_in, learner, seen, typed, said):
    response = signed_in.post(f"{NAME}?lang=en", {"certificate_name": typed})

    learner.refresh_from_db()
    assert learner.certificate_name_confirmed_at is None
    assert said in seen(response)
    assert typed.strip() in response.content.decode()


# --- Notices ----------------------------------------------------------------------------------------------------------


def test_a_notice_is_marked_as_read_once(signed_in, learner, tell):
    notice = tell(learner)
    address = f"/accounts/notices/{notice.pk}/read/"

    assert signed_in.post(address).headers["Location"] == "/learning/"
    notice.refresh_from_db()
    first = notice.read_at
    assert signed_in.post(address, {"back": "profile"}).headers["Location"] == "/accounts/profile/"
    notice.refresh_from_db()

    assert first is not None
    assert notice.read_at == first


def test_a_notice_is_not_read_by_looking(signed_in, learner, tell):
    notice = tell(learner)

    assert signed_in.get(f"/accounts/notices/{notice.pk}/read/").status_code == 405
    notice.refresh_from_db()
    assert notice.read_at is None


def test_somebody_elses_notice_is_not_there(signed_in, other, tell):
    notice = tell(other)

    assert signed_in.post(f"/accounts/notices/{notice.pk}/read/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


# --- Mails of notices -------------------------------------------------------------------------------------------------

COURSE = {"uz": "Kurs <b>uz</b> & co", "ru": "Курс", "en": "Course"}
SEAT = {"title": COURSE, "when": "2026-11-28T05:00:00+00:00", "place": {"uz": "AKM", "ru": "ИБЦ", "en": "Centre"}}
KINDS = {
    "certificate_issued": {"course": COURSE, "hours": 36, "number": "SBQ-2026-000417", "code": "7KQ4-M9XR-T2HC"},
    "name_wanted": {"course": COURSE},
    "seat_booked": SEAT,
    "seat_promoted": SEAT,
}


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_says_what_happened_in_plain_text_and_in_html(learner, kind, language):
    learner.language = language
    notice = notices.tell(person=learner, kind=kind, subject="x", **KINDS[kind])

    mail = notices.message(notice)
    html = mail.alternatives[0].content

    assert "\n" not in mail.subject
    assert f'<html lang="{language}">' in html
    assert COURSE[language] in mail.body  # plain text is not escaped, HTML is
    assert "<b>uz" not in html
    assert "http://localhost:8000/" in mail.body
    assert mail.attachments == []


def test_the_time_of_a_seminar_is_that_of_the_place(learner):
    notice = notices.tell(person=learner, kind="seat_booked", subject="x", **SEAT)
    learner.language = "en"

    with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC)):  # in another year it would be said which
        assert "When: Saturday, 28 November, 10:00" in notices.message(notice).body
