"""The consent text: versions are kept, people accept one by one, and nobody is locked out unless the version says so."""

import pytest
from django.urls import reverse

from accounts import consent, roles
from accounts.models import AuditEntry, Consent, ConsentVersion
from tests.making import person

pytestmark = pytest.mark.django_db
TEXTS = {"uz": "Roziman.\n\nIkki.", "ru": "Согласие.", "en": "I agree."}
PASSWORD = "uzun-parol-ibora"


@pytest.fixture
def admin(db):
    made = person("admin")
    roles.grant(person=made, role="administrator")
    return made


def publish(admin, must=False, **texts):
    return consent.publish(texts={**TEXTS, **texts}, must=must, by=admin)


def test_without_a_text_nobody_is_asked(client, learner, seen):
    assert client.post("/accounts/login/", {"login": learner.username, "password": PASSWORD}).url == "/learning/"
    told = seen(client.get("/accounts/consent/?lang=en"))
    assert "There is no text yet." in told
    assert "To the profile" in told  # a way on


def test_it_is_shown_at_the_first_sign_in_and_may_wait(client, learner, admin, seen):
    publish(admin)

    way = client.post("/accounts/login/?next=/seminars/", {"login": learner.username, "password": PASSWORD}).url
    assert way == "/accounts/consent/?next=%2Fseminars%2F"
    page = client.get(f"{way}&lang=ru")
    assert "Согласие." in seen(page)
    assert 'href="/seminars/"' in page.text  # later
    assert client.get("/learning/").status_code == 200
    sent = {"version": "1", "next": "/seminars/"}
    assert client.post("/accounts/consent/", sent).url == "/seminars/"
    assert list(Consent.objects.values_list("person", "version")) == [(learner.pk, 1)]

    client.logout()
    assert client.post("/accounts/login/", {"login": learner.username, "password": PASSWORD}).url == "/learning/"


def test_a_new_version_waits_in_the_profile(signed_in, learner, admin, seen):
    consent.accept(person=learner, version=publish(admin))
    publish(admin, en="I agree to more.")

    assert signed_in.get("/learning/").status_code == 200
    assert not consent.asked_at_sign_in(learner)
    assert "Not yet accepted" in seen(signed_in.get("/accounts/profile/?lang=en"))
    assert "I agree to more." in seen(signed_in.get("/accounts/consent/?lang=en"))


def test_a_version_that_must_be_accepted_stops_everybody_until_then(signed_in, learner, admin):
    consent.accept(person=learner, version=publish(admin))
    publish(admin, must=True)

    assert signed_in.get("/learning/").url == "/accounts/consent/"
    assert signed_in.post("/accounts/profile/", {"language": "ru"}).url == "/accounts/consent/"
    for open_one in ("/accounts/consent/", "/accounts/logout/", "/verify/"):
        assert signed_in.get(open_one).status_code == 200
    assert signed_in.post("/attempts/1/answers/").status_code != 302  # an attempt under way goes on
    signed_in.post("/accounts/consent/", {"version": "2"})
    assert signed_in.get("/learning/").status_code == 200


def test_who_is_added_later_is_stopped_at_the_first_sign_in(client, admin):
    publish(admin, must=True)
    late = person("late")

    client.post("/accounts/login/", {"login": late.username, "password": PASSWORD})

    assert client.get("/learning/").url == "/accounts/consent/"


def test_a_later_version_without_must_opens_the_way_again(signed_in, admin):
    publish(admin, must=True)
    publish(admin)

    assert signed_in.get("/learning/").status_code == 200


def test_only_what_was_read_is_accepted(signed_in, learner, admin):
    publish(admin)
    publish(admin)

    assert signed_in.post("/accounts/consent/", {"version": "1"}).status_code == 422
    assert not Consent.objects.exists()
    for _twice in range(2):
        signed_in.post("/accounts/consent/", {"version": "2", "next": "https://evil.example/"})
    assert Consent.objects.count() == 1


def test_a_foreign_address_is_not_followed(signed_in, admin):
    publish(admin)

    assert signed_in.post("/accounts/consent/", {"version": "1", "next": "//evil.example/"}).url == reverse("profile")


def test_it_costs_no_page_a_query(signed_in, learner, admin, django_assert_num_queries):
    publish(admin)
    signed_in.get("/accounts/certificate-name/")

    with django_assert_num_queries(3):  # session, user, roles: as before
        signed_in.get("/accounts/certificate-name/")


def test_administrators_publish_versions_in_the_admin(client, admin, learner):
    client.force_login(admin)
    sent = {"uz": "Bir", "ru": "Раз", "en": "One"}
    assert client.post("/cms/consent/", {"uz": "Bir", "ru": ""}).status_code == 422
    assert client.post("/cms/consent/", sent).url == "/cms/consent/"
    assert client.post("/cms/consent/", {**sent, "en": "Two", "must": "on"}).status_code == 302

    assert list(ConsentVersion.objects.values_list("number", "texts__en", "must", "made_by")) == [
        (1, "One", False, admin.pk), (2, "Two", True, admin.pk),
    ]  # fmt: skip
    assert list(AuditEntry.objects.filter(deed="consent text published").values_list("subject", flat=True).order_by("pk")) == [
        "consent text 1", "consent text 2",
    ]  # fmt: skip
    learner.refresh_from_db()
    assert learner.consent_due
