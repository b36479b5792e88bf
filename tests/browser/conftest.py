"""A browser that watches: whatever page a test opens, no error in its console, no breach of the CSP, no foreign host."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import translation
from playwright.sync_api import expect

PHONE = {"width": 360, "height": 800}
DESK = {"width": 1280, "height": 800}
PATIENCE = 30_000  # milliseconds: what is right comes, also on a slow and busy machine; only a fault takes so long
# The browser logs what a test asks for on purpose.
EXPECTED = re.compile(r"status of (401|403|404|409)|ERR_INTERNET_DISCONNECTED|ERR_FAILED")


expect.set_options(timeout=PATIENCE)


@pytest.fixture
def faults():
    """What was seen that should not be. Empty at the end of every test."""
    seen = []
    yield seen
    assert seen == []


def watch(page, home, faults):
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: _hear(page, said, faults))
    page.on("request", lambda request: _foreign(request.url, home) and faults.append(f"asked {request.url}"))


def _hear(page, said, faults):
    if said.type in ("error", "warning") and not EXPECTED.search(said.text):
        faults.append(f"{page.url}: {said.text}")


def _foreign(address, home):
    scheme, host, *_rest = urlsplit(address)
    return scheme not in ("data", "blob", "about", "chrome-error") and host != urlsplit(home).netloc


@pytest.fixture
def visit(browser, live_server, demonstration, faults):
    """visit("learner") is a page of a browser of its own, signed in as that demo person; visit() is a stranger's."""
    contexts = []

    def open_one(name=None, *, watched=True, viewport=PHONE, home=live_server.url, **options):
        context = browser.new_context(
            base_url=home, viewport=viewport, reduced_motion="reduce", accept_downloads=True, **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if name:
            context.add_cookies([{"name": "sessionid", "value": session_of(name), "url": home}])
        page = context.new_page()
        if watched:
            watch(page, home, faults)
        return page

    yield open_one
    for context in contexts:
        if context.pages:
            context.set_offline(False)
        for page in context.pages:
            if (
                "/cms/" in page.url or "/attempts/" in page.url
            ):  # its last word to the server is said before the database is taken away
                page.goto("/healthz", wait_until="networkidle")
        context.close()


def session_of(name):
    """The key of a new session of this demo person, as the sign-in page would make it."""
    from tests import demonstration

    client = Client()
    client.force_login(demonstration.person(name))
    return client.session.session_key


def says(text, language="uz", **values):
    """What the pages say for this text of the code."""
    with translation.override(language):
        said = translation.gettext(text)
    return said % values if values else said
