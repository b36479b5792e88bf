"""A staff role sets up a key as its second step and comes in with it: Chromium's own virtual authenticator holds the key."""

from playwright.sync_api import expect

from tests.demonstration import PASSWORD

from .conftest import says


def sign_in(page):
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("UZ-0001")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name=says("Log in"), exact=True).click()


def test_a_trainer_sets_up_a_key_and_comes_in_with_it(visit, demonstration, settings):
    settings.REQUIRE_MFA = True
    page = visit()
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip

    sign_in(page)
    expect(page).to_have_url("/accounts/2fa/")
    page.get_by_role("link", name=says("Add a key")).click()
    page.locator("main [name=password]").fill(PASSWORD)
    page.get_by_role("button", name=says("Confirm"), exact=True).click()
    page.locator("[name=name]").fill("Noutbuk")
    page.get_by_role("button", name=says("Add a key")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(says("Recovery codes"))
    page.goto("/teach/")
    expect(page).to_have_url("/teach/")

    page.locator("footer").get_by_role("button", name=says("Log out")).click()
    expect(page.get_by_role("link", name=says("Log in")).first).to_be_visible()
    sign_in(page)
    expect(page).to_have_url("/accounts/2fa/authenticate/")
    page.get_by_role("button", name=says("Use a key")).click()
    expect(page).to_have_url("/learning/")
