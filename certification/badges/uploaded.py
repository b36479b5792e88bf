"""A badge that a holder gives in, checked offline against the keys that administrators have entered. Nothing is fetched.

Right means: the issuer whose keys were entered has signed these very words. Whether it has revoked the badge since, nobody is
asked; whom the badge names is for people to compare. The file is read in a child process of little memory and time.
"""

import datetime
import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

from django.utils.translation import gettext_noop

from courses.homework_files import BadFile

from ..models import ExternalCertificate, TrustedIssuer
from . import trusted

CHILD = Path(__file__).with_name("badge_child.py")
SECONDS = 20  # of the clock, for the child
AT_ONCE = 2  # children of this process
_children = threading.BoundedSemaphore(AT_ONCE)

# Why a file was not checked by machine.
WHY = {
    "": gettext_noop("A PDF, a photo or a link: look at it yourself, or ask the issuer."),
    "none": gettext_noop("There is no badge in the file. Look at it yourself, or ask the issuer."),
    "old": gettext_noop(
        "It is a badge of the older form (Open Badges 2), which can only be checked by asking its issuer."
    ),
    "issuer": gettext_noop("The keys of its issuer have not been entered by an administrator."),
    "key": gettext_noop(
        "It names a key that has not been entered for this issuer. Ask the issuer whether it has a new one."
    ),
    "context": gettext_noop("It uses words that this platform does not know."),
    "proof": gettext_noop(
        "It has no proof of a kind that can be checked here (eddsa-rdfc-2022, or a JWT by RS256 or EdDSA)."
    ),
    "time": gettext_noop("It was signed outside of the time in which its issuer is trusted, or does not say when."),
    "busy": gettext_noop("Too much was to be checked just then. Check it again."),
}


def kind_of(head):
    """«svg», «json» or «jwt» of the first bytes of a file that may be a badge and is no picture; else None."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return "json"
    if text.startswith((b"<svg", b"<?xml")):
        return "svg"
    return "jwt" if text.startswith(b"eyJ") and text.count(b".") >= 1 else None


def check(data):
    """(state of ExternalCertificate.Machine, what was found) of the bytes of a PNG, an SVG, JSON or a JWT. One query or two.

    Found: {"why": a key of WHY} or {"issuer": name of the TrustedIssuer, "said": {"title", "issuer", "from", "until", "holders"}}.
    Raises BadFile for what is no such file, or would take more memory and time than a badge.
    """
    states = ExternalCertificate.Machine
    told = _read(data)
    if "fault" in told:
        raise BadFile("bomb" if told["fault"] == "too_much" else "damaged")
    if "why" in told:
        return states.UNCHECKED, {"why": told["why"], "named": told["issuer"]}
    issuer = TrustedIssuer.objects.filter(pk=told["trusted"]).first()
    if issuer is None:  # taken out meanwhile
        return states.UNCHECKED, {"why": "issuer", "named": told["issuer"]}
    if told["right"] and not _in_time(issuer, told["signed_at"]):
        return states.UNCHECKED, {"why": "time", "named": told["issuer"]}
    return (states.RIGHT if told["right"] else states.WRONG), {"issuer": issuer.name, "said": told["said"]}


def _in_time(issuer, signed_at):
    try:
        day = datetime.date.fromisoformat(signed_at[:10])
    except ValueError:
        return issuer.trusted_from is None and issuer.trusted_until is None
    return (issuer.trusted_from or day) <= day <= (issuer.trusted_until or day)


def names(person, found):
    """Whether the badge names this person by a salted hash of the e-mail, the login or the name; None where it has no hashes."""
    hashes = found.get("said", {}).get("hashes") or []
    own = [text for text in (person.email, person.username, person.certificate_name) if text]
    if not hashes:
        return None
    return any(
        told.removeprefix("sha256$") == hashlib.sha256((text + salt).encode()).hexdigest()
        for told, salt in hashes
        for text in own
    )


def _read(data, wait=15):
    """What the child tells: shape in badge_child.py."""
    if not _children.acquire(timeout=wait):
        return {"why": "busy", "issuer": ""}
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD)],
            input=json.dumps(trusted.known()).encode() + b"\n" + data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # too slow, or killed by one of its limits
        return {"fault": "too_much"}
    finally:
        _children.release()
