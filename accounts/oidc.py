"""Sign-in by an identity provider (OpenID Connect), where OIDC_... are set. allauth speaks with it; here stands who comes in by it.

The provider says who somebody is. It makes no account and gives no role: an active person is found by OIDC_LOGIN_CLAIM where
that is set, else by an e-mail that the provider has verified, anew at each sign-in. A second factor of ours stays.
"""

import ipaddress
import logging
import socket
from urllib.parse import urlsplit

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.shortcuts import redirect

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
        session.mount("http://", NamedHosts())
        session.mount("https://", NamedHosts())
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


class NamedHosts(requests.adapters.HTTPAdapter):
    """Calls go to OUTGOING_HOSTS alone, and to an address of a private network only where OIDC_PRIVATE_NETWORK allows it.

    A provider that does not answer as it should leads to the page «not let in»: ImmediateHttpResponse is what allauth passes on."""

    def send(self, request, *args, **kwargs):
        host = urlsplit(request.url).hostname
        try:
            if host not in settings.OUTGOING_HOSTS or (not settings.OIDC_PRIVATE_NETWORK and is_private(host)):
                raise requests.exceptions.InvalidURL(f"{host} may not be called")
            answer = super().send(request, *args, **kwargs)
            if not answer.is_redirect:
                answer.raise_for_status()
                answer.json()
        except requests.RequestException as fault:
            log.warning("identity provider: %s %s", type(fault).__name__, fault)
            raise ImmediateHttpResponse(redirect("socialaccount_login_error")) from fault
        return answer


def is_private(host):
    """Whether any address of the host is not a public one; a host that is not found is."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return True
    return not all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)
