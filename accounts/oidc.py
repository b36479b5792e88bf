"""Sign-in by an identity provider (OpenID Connect), where OIDC_... are set. allauth speaks with it; here stands who comes in by it.

The provider says who somebody is. It makes no account and gives no role: an active person is found by OIDC_LOGIN_CLAIM where
that is set, else by an e-mail that the provider has verified, anew at each sign-in. A second factor of ours stays.
"""

import logging

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.shortcuts import redirect

from . import outgoing
from .models import User

log = logging.getLogger(__name__)


class SocialAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request, sociallogin):
        return False

    def list_apps(self, request, provider=None, client_id=None):
        """Those of the settings alone: a row in the database could name another provider."""
        from allauth.socialaccount.adapter import _build_apps_from_settings

        apps = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps_of_one in apps.values() for app in apps_of_one]

    def pre_social_login(self, request, sociallogin):
        """Raises ImmediateHttpResponse to the page that says «not let in», which does not say why."""
        person = None
        if sociallogin.state.get("process") == "login":
            person = person_of(claims_of(sociallogin.account.extra_data))
        if person is None:
            raise ImmediateHttpResponse(redirect("socialaccount_login_error"))
        sociallogin.user = person

    def get_requests_session(self):
        session = super().get_requests_session()
        session.mount("http://", ProviderAt())
        session.mount("https://", ProviderAt())
        return session


def claims_of(data):
    """What the provider says of one person; nothing where its two answers speak of two (OpenID Connect Core 1.0, 5.3.2)."""
    token, info = data.get("id_token") or {}, data.get("userinfo") or {}
    if not token or (info and info.get("sub") != token.get("sub")):
        return {}
    return {**token, **info}


def person_of(claims):
    """The active person of whom the provider speaks, or None."""
    people = User.objects.filter(is_active=True)
    if settings.OIDC_LOGIN_CLAIM:
        login = claims.get(settings.OIDC_LOGIN_CLAIM)
        return people.filter(username__iexact=login).first() if login and isinstance(login, str) else None
    email = claims.get("email")
    if not email or not isinstance(email, str) or claims.get("email_verified") is not True:
        return None
    return people.filter(email__iexact=email).first()


class ProviderAt(outgoing.NamedHosts):
    """A provider that may not be called, or does not answer as it should, leads to the page «not let in».

    ImmediateHttpResponse is what allauth passes on."""

    def send(self, request, *args, **kwargs):
        try:
            answer = super().send(request, *args, **kwargs)
            if not answer.is_redirect:
                answer.raise_for_status()
                answer.json()
        except requests.RequestException as fault:
            log.warning("identity provider: %s %s", type(fault).__name__, fault)
            raise ImmediateHttpResponse(redirect("socialaccount_login_error")) from fault
        return answer
