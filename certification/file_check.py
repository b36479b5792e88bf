"""Is this PDF the file that was issued? First its SHA-256; only then, in a child process, what stands in it. Nothing is kept.

An untouched file is found by its hash alone and never parsed. Any other is altered, or not ours: what it says is compared word
by word with the register, so that one sees which printed facts differ.
"""

import hashlib
import json
import re
import subprocess
import sys
import threading
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from . import codes, keys, register, wording
from .models import CertificateVersion

MOST_BYTES = 5 * 1024 * 1024
SECONDS = 20  # of the clock, for the child
AT_ONCE = 2  # children of this process
UNTOUCHED, SEALED, ALTERED = "untouched", "sealed", "altered"
FOREIGN, NOT_OURS, UNREADABLE = "foreign", "not_ours", "unreadable"
CHILD = Path(__file__).with_name("pdf_child.py")
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|(?<=/verify/)[0-9A-Z]{12}")
_children = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Others are being read just now, and it has taken too long."""


@dataclass(frozen=True)
class Verdict:
    """What was found.

    untouched; sealed (no certificate of the register, but another paper of ours, as a transcript, and not altered); altered
    (`finding` where its code could be read, `differs` the facts that it does not say as they were issued); foreign (signed by
    somebody else, no code of ours); not_ours; unreadable (`fault`: not_pdf, too_large, encrypted, broken, too_much).
    """

    outcome: str
    finding: register.Finding | None = None
    differs: tuple = ()  # of wording.Fact, as the register has them
    signers: tuple = ()  # names of others whose signatures the file carries
    fault: str = ""

    @property
    def status(self):
        """What the register says of the certificate; "" without one."""
        return self.finding.status if self.finding else ""


def check(data, wait=15):
    """The Verdict on the bytes of a file. Raises Busy when no child was free for `wait` seconds."""
    return known(data) or examine(data, wait)


def known(data):
    """The Verdict on an untouched file, else None. One query or two, nothing is parsed."""
    version = CertificateVersion.objects.stored().filter(sha256=hashlib.sha256(data).hexdigest()).first()
    return version and Verdict(UNTOUCHED, register.find(version.code))


def examine(data, wait=15):
    """The Verdict on a file that is not one of ours byte for byte."""
    if len(data) > MOST_BYTES:
        return Verdict(UNREADABLE, fault="too_large")
    if b"%PDF-" not in data[:1024]:
        return Verdict(UNREADABLE, fault="not_pdf")
    ours = _fingerprints()
    told = read(data, ours, wait)
    if "fault" in told:
        return Verdict(UNREADABLE, fault=told["fault"])
    if told["sealed"]:
        return Verdict(SEALED)
    others = tuple(one["name"] for one in told["signers"] if one["sha256"] not in ours)
    was_sealed = len(others) < len(told["signers"])
    found = [(finding, differing(finding.payload, told["text"])) for finding in _named(told)]
    if found:
        finding, differs = min(found, key=lambda pair: len(pair[1]))
        return Verdict(ALTERED, finding, tuple(differs), others)
    if was_sealed:
        return Verdict(ALTERED, signers=others)
    return Verdict(FOREIGN if others else NOT_OURS, signers=others)


def read(data, ours=(), wait=15):
    """What the child tells of the file: shape in pdf_child.py."""
    if not _children.acquire(timeout=wait):
        raise Busy
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD), *sorted(ours)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"fault": "too_much"}
    except ValueError:  # it was killed by one of its limits
        return {"fault": "too_much"}
    finally:
        _children.release()


def _fingerprints():
    """SHA-256 of every certificate that ever sealed for us."""
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        return {chain[0].fingerprint(SHA256()).hex() for chain in keys.chains()}
    except (keys.NoKeys, OSError, ValueError):
        return set()


def _named(told):
    """The Findings of every code in the text and the links that is one of ours. At most one query."""
    text = (
        _bare(told["text"]).upper()
        + " "
        + " ".join(link.upper().replace("/VERIFY/", "/verify/") for link in told["links"])
    )
    wanted = {codes.normalise(code) for code in CODE.findall(text)}
    wanted = sorted(code for code in wanted if codes.is_well_formed(code))[:50]
    return [finding for finding in register.find_many(wanted).values() if finding.version]


def differing(payload, text):
    """The facts of the certificate (wording.Fact) whose words do not stand in the text, whatever spaces and lines lie between."""
    from .drawing import lay_out  # slow to load

    language, text = payload["language"], _bare(text)
    printed = [line.text for line in lay_out(payload) if line.fact == "modules"]  # a long list of them is cut
    found = []
    for fact in wording.facts(payload, language):
        words = "".join(printed) if fact.key == "modules" else fact.value
        parts = [words, fact.label] if fact.key == "signatory" else [words]
        if any(_bare(part) not in text for part in parts):
            found.append(fact)
    return found


def _bare(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))
