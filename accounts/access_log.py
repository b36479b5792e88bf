"""Sign-ins, their failures and refusals, as lines of the process's log: who by key, from which network, never what was typed.

Deeds have a log of their own in the database (accounts/audit.py); this one is for who watches the machine, and goes as its other
lines do. What comes from outside stands in it as Python writes a text, so that nobody can write a line of their own.
"""

import logging

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth

from .networks import network_of

log = logging.getLogger(__name__)
LONGEST = 200  # signs of an address


def refused(request, status):
    """An answer that refuses. 404 is one where the address exists: others' rows are «not found»; any other is a mistyped link."""
    if status == 404 and (request.resolver_match is None or not _key(request)):
        return
    log.warning("refused %s %s %r %s", status, _method(request), request.path[:LONGEST], _who(request))


def told(line, level=logging.INFO):
    """A receiver that writes this line, with the person and the place."""

    def receiver(sender=None, request=None, user=None, **_details):
        log.log(level, "%s %s", line, _who(request, user))

    return receiver


RECEIVERS = [  # Django and allauth hold receivers weakly: these are kept here
    (auth.user_logged_in, told("signed in")),
    (auth.user_logged_out, told("signed out")),
    (auth.user_login_failed, told("sign-in failed", logging.WARNING)),
    (account.password_changed, told("password changed")),
    (account.password_reset, told("password reset")),
    (account.email_changed, told("e-mail changed")),
    (mfa.authenticator_added, told("second factor added")),
    (mfa.authenticator_removed, told("second factor removed")),
    (mfa.authenticator_reset, told("recovery codes renewed")),
    (mfa.authentication_failed, told("second factor failed", logging.WARNING)),
]


def listen():
    for signal, receiver in RECEIVERS:
        signal.connect(receiver, dispatch_uid=f"access_log {id(receiver)}")


def _who(request, user=None):
    return f"person={(user and user.pk) or _key(request) or '-'} from={_place(request)!r}"


def _key(request):
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None


def _place(request):
    return network_of(get_adapter().get_client_ip(request)) if request is not None else ""


def _method(request):
    return request.method if request.method in ("GET", "HEAD", "POST") else "other"
