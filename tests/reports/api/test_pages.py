"""Administrators give tokens and name addresses; nobody else sees the page."""

import re

import pytest
from django.utils import timezone

from reports.api import clients
from reports.models import ApiClient, Delivery, Webhook


def give(client, library, day="2099-01-01"):
    return client.post("/hr/api/", {"organisation": "Kadrlar tizimi", "library": library.pk, "expires_on": day})


def test_the_token_is_shown_once_and_opens(as_user, people, libraries, client):
    told = give(as_user(people.admin), libraries.region)
    token = re.search(r"sbq_[\w-]{43}", told.text)[0]

    assert told.status_code == 200
    assert told.headers["Cache-Control"] == "no-store, private"
    assert client.get("/api/v1/people/", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert token not in as_user(people.admin).get("/hr/api/").text
    assert token not in as_user(people.admin).get(f"/hr/api/{ApiClient.objects.get().pk}/").text
    assert "Kadrlar tizimi" in as_user(people.admin).get("/hr/api/").text


def test_a_day_that_has_passed_is_refused(as_user, people, libraries):
    assert give(as_user(people.admin), libraries.region, "2020-01-01").status_code == 422
    assert not ApiClient.objects.exists()


@pytest.mark.parametrize("who", ["learner", "trainer", "editor", "hr", "director"])
def test_only_administrators(as_user, people, libraries, who):
    assert give(as_user(getattr(people, who)), libraries.region).status_code == 404


def test_an_address_is_named_told_and_told_no_more(as_user, people, libraries, settings):
    made, _token = clients.make(organisation="Kadrlar tizimi", library=libraries.region, by=people.admin)
    page, browser = f"/hr/api/{made.pk}/", as_user(people.admin)
    assert browser.post(page, {"address": "https://elsewhere.example/"}).status_code == 422
    settings.OUTGOING_HOSTS = ["1.1.1.1"]
    assert browser.post(page, {"address": "http://1.1.1.1/"}).status_code == 422
    told = browser.post(page, {"address": "https://1.1.1.1/told/"})
    assert "whsec_" in told.text
    assert browser.post(page, {"address": "https://1.1.1.1/told/"}).status_code == 422  # already
    hook = Webhook.objects.get()
    assert "whsec_" not in browser.get(page).text
    given_up = Delivery.objects.create(
        webhook=hook, event="certificate.issued", subject="x", payload={"code": "x"}, made_at=timezone.now(),
        given_up_at=timezone.now(),
    )  # fmt: skip
    assert browser.post(f"/hr/api/messages/{given_up.pk}/again/").status_code == 302
    given_up.refresh_from_db()
    assert given_up.given_up_at is None
    assert browser.post(f"/hr/api/webhooks/{hook.pk}/end/").status_code == 302
    assert browser.post(f"/hr/api/{made.pk}/withdraw/").status_code == 302
    hook.refresh_from_db()
    made.refresh_from_db()
    assert hook.withdrawn_at and made.withdrawn_by == people.admin
