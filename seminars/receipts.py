"""What a scanned code leaves in the browser: a signed receipt, kept through sign-in, and a lasting name of the device."""

import secrets
from datetime import UTC, datetime, timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing

from accounts.networks import network_of

from .checkin import Scan

RECEIPT, DEVICE = "checkin_receipt", "checkin_device"
HOLDS = timedelta(hours=1)  # a forgotten password is found again in that time
A_YEAR = timedelta(days=365)
SALT = "seminars.receipts"


def give(response, *, session, how, shown_at, now):
    """Put the receipt of a scan into the browser. It can be used there alone, and only for this session."""
    text = signing.dumps([session, how, shown_at.timestamp(), now.timestamp()], salt=SALT)
    _set(response, RECEIPT, text, HOLDS)


def of(request, now):
    """(session's primary key, Scan) of the receipt in this browser; (None, None) for none, an altered or an old one."""
    try:
        session, how, shown, scanned = signing.loads(request.COOKIES.get(RECEIPT, ""), salt=SALT, max_age=HOLDS)
    except signing.BadSignature:
        return None, None
    return session, scan(request, how, datetime.fromtimestamp(shown, UTC), datetime.fromtimestamp(scanned, UTC))


def scan(request, how, shown_at, scanned_at):
    device = request.get_signed_cookie(DEVICE, default="", salt=SALT)
    return Scan(how, shown_at, scanned_at, device=device[:40], network=network_of(get_adapter().get_client_ip(request)))


def take_back(response):
    """The receipt is used: the next person at this device has none."""
    response.delete_cookie(RECEIPT, path="/")


def name_device(request, response):
    """Give the browser its name, if it has none."""
    if not request.get_signed_cookie(DEVICE, default="", salt=SALT):
        name = signing.get_cookie_signer(salt=DEVICE + SALT).sign(secrets.token_hex(8))
        _set(response, DEVICE, name, A_YEAR)


def _set(response, name, text, age):
    response.set_cookie(
        name, text, max_age=age, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, path="/"
    )
