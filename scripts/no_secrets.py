"""No key and no password stands in a file by mistake: `make check`. detect-secrets finds what looks like one.

What looks like one and is none (a password of a test, an alphabet) is listed in .secrets.baseline, as a digest:
`python -m scripts.no_secrets --keep` writes that list anew, and its difference is read before it is committed.
"""

import json
import sys

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from scripts.machine import ROOT

KNOWN = ROOT / ".secrets.baseline"
FOLDERS = [
    "accounts",
    "courses",
    "seminars",
    "certification",
    "reports",
    "cms",
    "config",
    "scripts",
    "tests",
    "docs",
    ".ci",
]
ENDINGS = {
    ".py",
    ".md",
    ".sh",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".conf",
    ".service",
    ".env",
    ".pem",
    ".key",
    ".js",
    ".in",
    "",
}
LARGEST = 300_000  # bytes: longer ones are data
KINDS = ["PrivateKeyDetector", "KeywordDetector", "BasicAuthDetector", "JwtTokenDetector", "AWSKeyDetector", "GitHubTokenDetector",
         "GitLabTokenDetector", "SlackDetector", "StripeDetector", "SendGridDetector", "TwilioKeyDetector", "TelegramBotTokenDetector",
         "AzureStorageKeyDetector", "NpmDetector", "PypiTokenDetector"]  # fmt: skip


def main(arguments):
    found = look()
    if "--keep" in arguments:
        KNOWN.write_text(json.dumps(sorted({one[:3] for one in found}), indent=1) + "\n")
        return 0
    known = {tuple(one) for one in json.loads(KNOWN.read_text())}
    new = [one for one in found if one[:3] not in known]
    for name, kind, _digest, line in new:
        print(
            f"{name}:{line}: {kind}. Take it away and make it void; if it is none: python -m scripts.no_secrets --keep"
        )
    return 1 if new else 0


def look():
    """[(file, kind, digest, line)] of all that looks like a secret."""
    with transient_settings({"plugins_used": [{"name": kind} for kind in KINDS]}):
        return [
            (path.relative_to(ROOT).as_posix(), one.type, one.secret_hash, one.line_number)
            for path in files() for one in scan_file(str(path))
        ]  # fmt: skip


def files():
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    paths += [path for path in ROOT.glob("*") if not path.name.startswith("requirements")] + list(ROOT.glob(".env*"))
    return sorted(
        path
        for path in paths
        if path.suffix in ENDINGS
        and path.is_file()
        and path.name != ".env"  # one's own, which is not in the repository
        and "__pycache__" not in path.parts
        and path.stat().st_size < LARGEST
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
