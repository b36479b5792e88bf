"""When the database or the disk fails for a moment: what the person is told, and how what they sent is kept on their page.

Nothing here asks the database, the session or who is signed in: none of them can answer.
"""

import errno

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.shortcuts import render

RETRY_AFTER = 10  # seconds: it is back by then as a rule, and the page's script tries sooner
MOST_SIGNS = 500_000  # of a form that is given back
SECRET = ("password", "code", "pin", "token")  # part of a field's name: never written into a page
OF_A_DISK = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EIO,
    errno.ESTALE,
}  # full, over its quota, only to be read, failing
BUTTON = "go"
FORM_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  its own, which came with it: none is made  # nosec B105


def is_passing(fault):
    """Whether the same request may succeed later: no connection to the database, one that broke, a lock; no room for a file."""
    of_database = isinstance(fault, (OperationalError, InterfaceError))
    return of_database or (isinstance(fault, OSError) and fault.errno in OF_A_DISK)


def answer(request):
    """503 with Retry-After. What a form brought stands in a form that sends it once more."""
    request.user = AnonymousUser()  # middleware that asks who it is would wait for the database again, each in its turn
    is_form = request.method == "POST"
    try:
        kept = kept_form(request) if is_form else None
        has_files = kept is not None and bool(request.FILES)
    except Exception:  # whatever reading the rest of a request raises: too much, or broken off
        kept, has_files = None, False
    context = {"kept": kept, "has_files": has_files, "address": request.get_full_path(), "is_form": is_form}
    response = render(request, "503.html", context, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def kept_form(request):
    """[(name, value)] of a form as it came, or None: of one with a secret in it, or too long for a page."""
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    names = {name.lower() for name, _value in pairs} - {FORM_TOKEN}
    if any(word in name for name in names for word in SECRET):
        return None
    if FORM_TOKEN not in request.POST or sum(len(name) + len(value) for name, value in pairs) > MOST_SIGNS:
        return None
    # Without its files a form is not to do what its button said, such as hand in homework: only what was typed is sent.
    return [pair for pair in pairs if pair[0] != BUTTON] if request.FILES else pairs
