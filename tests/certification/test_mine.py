"""The holder's own page: every certificate with its state, the share page on and off, renewal."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from certification import award, codes
from certification.models import Certificate, CertificateVersion
from courses.models import Enrolment
from tests import making

from . import studying
from .studying import HOLDER


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def holder(client, version):
    person = version.certificate.enrolment.learner
    client.force_login(person)
    return person


def test_all_certificates_stand_there_with_their_state_and_file(client, holder, version, course_page):
    second = studying.graduate(making.course(modules=1, lessons=1, quiz=False, code="TWO"), holder)
    CertificateVersion.objects.filter(pk=version.pk).update(expires_on=date(2026, 11, 23))
    award.revoke(certificate=second.certificate, by=holder, ground="holder", reason="x")
    studying.graduate(course_page)  # somebody else's

    page = page_of(client.get("/certificates/?lang=en"))
    cards = [(one.h2.get_text(), one.select_one(".state").get_text(strip=True), one.select_one("a.btn")["href"])
             for one in page.select("section.panel")]  # fmt: skip
    assert cards == [
        ("Kurs TWO", "Revoked", f"/certificates/{second.code}.pdf"),
        ("Kurs SEC", "Expired", f"/certificates/{version.code}.pdf"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(client, holder, version, count, django_assert_num_queries):
    for n in range(count - 1):
        studying.graduate(making.course(modules=1, lessons=1, quiz=False, code=f"C{n}"), holder)
    client.get("/certificates/")
    with django_assert_num_queries(5):  # session, user, roles for the menu, certificates, those from elsewhere
        client.get("/certificates/")


def test_the_share_page_answers_only_while_its_holder_wants_it(client, holder, version):
    stranger, address, number = type(client)(), f"/share/{version.code}/", version.payload["number"]
    assert stranger.get(address).status_code == 404

    client.post(f"/certificates/{number}/share/", {"on": "1"})
    response = stranger.get(f"{address}?lang=en")
    page = page_of(response)
    assert page.select_one("meta[property='og:image']")["content"] == f"http://localhost:8000/badges/{version.code}.png"
    assert [link["href"] for link in page.select("main a.tap")] == [
        f"/badges/{version.code}.{kind}" for kind in ("json", "png", "svg")
    ]
    assert (page.h1.get_text(), page.select_one("main a.btn")["href"]) == (HOLDER, f"/verify/{version.code}/")
    assert page.select_one("meta[property='og:title']")["content"] == f"{HOLDER}: Kurs SEC"
    assert number not in response.text
    assert response.headers["X-Robots-Tag"] == "noindex"

    client.post(f"/certificates/{number}/share/")
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/verify/{version.code}/").status_code == 200  # that cannot be switched off


def test_a_shared_page_leads_to_the_newest_version_and_tells_of_a_revocation(client, version):
    Certificate.objects.update(shared=True)
    made = award.correct(certificate=version.certificate, holder="Yangi Ism", by=making.person("hr"), reason="x")

    assert client.get(f"/share/{version.code}/").headers["Location"] == f"/share/{made.code}/"
    assert client.get(f"/share/{codes.pretty(made.code).lower()}/").headers["Location"] == f"/share/{made.code}/"
    award.revoke(certificate=made.certificate, by=making.person("hr"), ground="rules", reason="x")
    assert "Revoked" in page_of(client.get(f"/share/{made.code}/?lang=en")).select_one(".state").get_text()


def test_nobody_shares_or_renews_the_certificate_of_another(client, version):
    client.force_login(making.person())
    for deed in ("share", "renew"):
        assert client.post(f"/certificates/{version.payload['number']}/{deed}/", {"on": "1"}).status_code == 404
    assert not Certificate.objects.filter(shared=True).exists()


def test_the_holder_begins_the_renewal_when_its_time_has_come(client, holder, version):
    address = f"/certificates/{version.payload['number']}/renew/"
    assert client.post(address).status_code == 404
    CertificateVersion.objects.update(expires_on=timezone.localdate() + timedelta(days=100))
    assert page_of(client.get("/certificates/")).select_one(f"form[action='{address}']")

    assert client.post(address).headers["Location"] == "/uz/kurslar/sec/"
    assert [(run.run_no, run.closed_at is None) for run in Enrolment.objects.order_by("run_no")] == [
        (1, False),
        (2, True),
    ]
    page = page_of(client.get("/certificates/?lang=en"))
    assert "You are renewing it" in page.select_one("section.panel .notice").get_text()
    assert not page.select(f"form[action='{address}']")
