"""Mails of the demonstration: Django's file backend keeps them in EMAIL_FILE_PATH, here they are read. Only where MODE is demo."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render

MAILS_A_PAGE = 50
BETWEEN_MAILS = b"-" * 79  # how Django's backend ends each message of a file


@dataclass
class Mail:
    key: str  # FILE-NUMBER: a connection writes all its messages into one file
    sent: datetime
    to: str
    subject: str
    text: str
    html: str


def kept():
    """Every mail that is kept, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH) if getattr(settings, "EMAIL_FILE_PATH", None) else None
    files = sorted(folder.glob("*.log"), reverse=True) if folder and folder.is_dir() else []
    found = [read for file in files for read in reversed(read_file(file))]
    return sorted(found, key=lambda mail: mail.sent, reverse=True)


def read_file(file):
    parts = re.split(rb"\n" + BETWEEN_MAILS + rb"\n", file.read_bytes())
    return [read(part, f"{file.stem}-{number}") for number, part in enumerate(parts) if part.strip()]


def read(raw, key):
    message = message_from_bytes(raw.lstrip(), policy=policy.default)

    def body(kind):
        part = message.get_body((kind,))
        return part.get_content() if part else ""

    sent = parsedate_to_datetime(message["Date"])
    sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)  # «-0000» says UTC, and email gives it without a zone
    return Mail(key, sent, message["To"], message["Subject"], body("plain"), body("html"))


def mails(request):
    page = Paginator(kept(), MAILS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/demo_mails.html", {"page_obj": page})


def find(key):
    """A mail by its key. Looked up among those that are there: the key never becomes a path."""
    for found in kept():
        if found.key == key:
            return found
    raise Http404


def mail(request, key):
    return render(request, "accounts/demo_mail.html", {"mail": find(key)})


def mail_html(request, key):
    """The HTML of a mail as it was sent, in a page that may do nothing but show it."""
    html = find(key).html
    if not html:
        raise Http404
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response
