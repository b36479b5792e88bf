"""What the two frames of all pages cost, and what stands in them."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User
from accounts.roles import grant
from tests.making import person


@pytest.fixture
def draw(rf):
    def draw(template, user=None, address="/x/?q=1", language="uz", **context):
        request = rf.get(address)
        request.user = user or AnonymousUser()
        request.session, request._messages = SessionStore(), CookieStorage(request)
        with translation.override(language):
            return render_to_string(template, context, request)

    return draw


def menu(html):
    return re.findall(r'<a [^>]*?href="([^"]*)"', re.search(r"<header.*</header>", html, re.S)[0])


def test_a_lesson_or_quiz_asks_the_database_nothing_for_its_frame(db, draw, django_assert_num_queries):
    someone = User.objects.get(pk=person().pk)

    with django_assert_num_queries(0):
        html = draw("focus.html", someone)

    assert "/hr/" not in html
    assert html.count('form="logout"') == 2


def test_another_page_asks_once_for_the_roles(db, draw, django_assert_num_queries):
    someone = User.objects.get(pk=person().pk)

    with django_assert_num_queries(1):
        draw("base.html", someone)


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        ("hr", ["/hr/"]),
        ("director", ["/hr/"]),
        ("trainer", ["/teach/", "/cms/"]),
        ("editor", ["/cms/"]),
        ("administrator", ["/hr/", "/teach/", "/cms/"]),
    ],
)
def test_a_role_sees_what_it_may_open(db, draw, role, entries):
    from accounts.models import Library

    someone = person()
    grant(person=someone, role=role, library=Library.add_root(code="x") if role in ("hr", "director") else None)

    assert [
        address for address in menu(draw("base.html", someone)) if address in ("/hr/", "/teach/", "/cms/")
    ] == entries


def test_a_stranger_finds_the_public_pages_and_the_way_in(db, draw):
    addresses = menu(draw("base.html"))

    assert addresses[1:5] == ["/uz/kurslar/", "/seminars/", "/search/", "/verify/"]
    assert addresses[-1] == "/accounts/login/?next=%2Fx%2F%3Fq%3D1"


def test_languages_lead_to_the_same_page_where_it_exists(db, draw):
    html = draw("base.html", addresses={"uz": "/uz/kurs/", "ru": "/ru/kurs/"})

    assert re.findall(r'<a href="([^"]*)" hreflang', html) == ["/uz/kurs/", "/ru/kurs/", "/en/"]
    assert html.count("Hali tarjima qilinmagan") == 1
    assert re.findall(r'rel="alternate" hreflang="(\w+)"', html) == ["uz", "ru"]


def test_languages_of_a_page_that_speaks_all_are_asked_by_lang(db, draw):
    assert re.findall(r'<a href="([^"]*)" hreflang', draw("base.html")) == [
        f"/x/?q=1&amp;lang={code}" for code in ("uz", "ru", "en")
    ]


def test_a_language_that_a_page_lacks_leads_to_the_same_place_in_it_or_to_the_page_that_says_so(db, draw):
    only = {"uz": "/uz/kurs/"}

    for more, russian in (({}, "/ru/kurs/"), ({"elsewhere": "/go/7/"}, "/go/7/?lang=ru")):
        html = draw("base.html", address="/uz/kurs/", addresses=only, **more)
        assert re.findall(r'<a href="([^"]*)" hreflang', html)[1] == russian


def alternates(html):
    return re.findall(r'rel="alternate" hreflang="([\w-]+)" href="http://testserver([^"]*)"', html)


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (
            {"ru": "/ru/kurs/", "uz": "/uz/kurs/"},
            [("uz", "/uz/kurs/"), ("ru", "/ru/kurs/"), ("x-default", "/uz/kurs/")],
        ),
        ({"en": "/en/kurs/"}, [("en", "/en/kurs/"), ("x-default", "/en/kurs/")]),
    ],
)
def test_search_engines_are_told_the_languages_that_a_page_has_and_no_others(db, draw, addresses, told):
    assert alternates(draw("base.html", addresses=addresses)) == told


def test_a_page_that_speaks_all_languages_tells_it_to_those_who_are_not_signed_in(db, draw):
    assert alternates(draw("base.html", address="/verify/")) == [
        ("uz", "/verify/?lang=uz"), ("ru", "/verify/?lang=ru"), ("en", "/verify/?lang=en"), ("x-default", "/verify/?lang=uz"),
    ]  # fmt: skip
    assert alternates(draw("base.html", person(), address="/verify/")) == []
    assert alternates(draw("404.html", address="/ru/x/")) == []


def test_a_page_of_one_language_without_known_others_leads_to_the_front_pages(db, draw):
    assert re.findall(r'<a href="([^"]*)" hreflang', draw("404.html", address="/ru/x/")) == ["/uz/", "/ru/", "/en/"]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_the_page_of_a_failure_needs_nothing_at_all(language):
    with translation.override(language):
        html = render_to_string("500.html")

    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1


def test_only_the_section_in_which_one_stands_is_marked(client, base):
    """The menu is rendered once a section: what one page has left there is not seen on another."""
    marked = {}
    for address in ("/search/", "/glossary/", "/seminars/", "/uz/", "/search/"):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        marked[address] = {link["href"] for link in page.select("nav.nav [aria-current]")}

    assert marked == {"/search/": {"/search/"}, "/glossary/": set(), "/seminars/": {"/seminars/"}, "/uz/": set()}
