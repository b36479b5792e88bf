"""The canonical form of a JSON-LD document, by the contexts that lie here: nothing is fetched. Knows neither Django nor keys."""

import json
from functools import cache
from pathlib import Path

VC, OPEN_BADGES = "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_FILES = {VC: "credentials-v2.json", OPEN_BADGES: "open-badges-3.0.3.json"}


class UnknownContext(Exception):
    """A document names a JSON-LD context that is not among ours: nothing is fetched."""


def canonical(document):
    """The N-Quads of a JSON-LD document. Raises UnknownContext, pyld's JsonLdError."""
    from pyld import jsonld  # 0.1 s and requests: only who signs pays

    return jsonld.normalize(
        document, {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    )


def load(url, options=None):
    """The loader of pyld: our two files, and nothing from elsewhere."""
    if url not in _FILES:
        raise UnknownContext(url)
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _read(url)}


@cache
def _read(url):
    return json.loads((Path(__file__).with_name("contexts") / _FILES[url]).read_text(encoding="utf-8"))
