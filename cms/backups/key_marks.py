"""By what a key is known again without being told: fingerprints of all that a restored installation needs beside its backup."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts import log_keys
from certification import keys

SECRET = "SECRET_KEY"  # noqa: S105  # nosec B105: its name
NEEDED_FOR = {
    SECRET: "people sign in anew; private addresses of calendars and links given out before lead nowhere",
    keys.SEAL_KEY: "no certificate is issued",
    keys.SEAL_CHAIN: "no certificate is issued; files sealed before are not known as ours",
    keys.BADGE_KEY: "no badge is signed",
    log_keys.NAME: "the log is neither sealed nor checked",
    "old/seal-chain": "files sealed by it are not known as ours",
    "old/badge": "badges signed by it do not verify",
    "old/log-key": "the part of the log sealed by it cannot be checked",
}


def here():
    """{key: fingerprint} of those that are here. That of SECRET_KEY is an HMAC by it, from which it cannot be found."""
    own = salted_hmac("cms.backups", "fingerprint", algorithm="sha256").hexdigest()
    return {SECRET: own} | keys.fingerprints() | log_keys.fingerprints()


def lacking(wanted):
    """What is wrong with the keys that are here against those of a manifest: a sentence each."""
    present, told = here(), []
    everywhere = set(present.values())
    for name, mark in sorted(wanted.items()):
        if mark in everywhere:  # a rotation since may have moved it to old/
            continue
        state = "is another" if name in present else "is missing"
        told.append(f"{name} {state} ({mark[:16]}…): {_needed_for(name)}")
    return told


def _needed_for(name):
    return next(why for start, why in NEEDED_FOR.items() if name.startswith(start))


def where():
    """The folder in which they are looked for, for words to a person."""
    return settings.SIGNING_DIR or "var/signing"
