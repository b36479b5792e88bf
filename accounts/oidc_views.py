"""The way to the identity provider, by a page of ours.

Our policy lets forms lead to this host alone, and Chromium holds that against the redirect that answers a form, too: the button would do
nothing. A page that leads on is no form. Its link is for whoever is not led on.
"""

from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.shortcuts import render


def login(request, provider_id):
    """allauth's answer; where that is a redirect to the provider, the page that leads there."""
    answer = views.login(request, provider_id)
    address = answer.headers.get("Location", "")
    if not address.startswith(("https://", "http://")):  # the question whether to go, or «not let in»
        return answer
    page = render(request, "socialaccount/onwards.html", {"address": address, "name": settings.OIDC_NAME})
    page.headers["Refresh"] = f"0; url={address}"
    return page
