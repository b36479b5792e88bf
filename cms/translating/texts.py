"""The words of a page, block by block. Pure functions over the content of a revision.

A part is a field or one block of a field that holds blocks; its texts are HTML or plain, in the order in which they are read.
"""

import json
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..revisions import tidy

FIELDS = ("title", "outcome", "about", "intro", "purpose", "body", "rubric", "for_trainer", "search_description")
STREAMS = {"body", "rubric"}
NO_WORDS = {"level", "kind", "drawing", "image", "file", "captions", "poster", "term", "right", "points", "id", "type"}


@dataclass(frozen=True)
class Part:
    field: str
    kind: str  # of a block; "" where the field itself is the part
    key: str  # of a block: its id
    texts: tuple  # of (place within the part, text)
    index: int = 0  # of a block: the how-manieth of its field

    @property
    def said(self):
        """What is compared: the same words in another editor's markup are the same."""
        return tuple((place, tidy(text)) for place, text in self.texts)


def parts_of(content):
    """The parts of a page's content (a revision's, or a page's serializable_data) that hold words."""
    return [part for field in FIELDS if content.get(field) for part in _parts(field, content[field])]


def _parts(field, value):
    if field not in STREAMS:
        yield Part(field, "", "", (("", value),))
        return
    for index, block in enumerate(raw_of(value)):
        texts = tuple(walk(block["value"]))
        if texts:
            yield Part(field, block["type"], block.get("id") or "", texts, index)


def raw_of(value):
    """The blocks of a field that holds blocks, as a revision keeps them."""
    return json.loads(value) if isinstance(value, str) else value


def walk(value, place=""):
    """(place, text) of every text in the raw value of a block. Places go by names and numbers: steps/0/what."""
    if isinstance(value, str):
        if value.strip():
            yield place, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in NO_WORDS:
                yield from walk(inner, _below(place, name))
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            item = isinstance(inner, dict) and inner.get("type") == "item" and "value" in inner
            yield from walk(inner["value"] if item else inner, _below(place, str(n)))


def put(value, place, text):
    """The raw value of a block with `text` at `place`, one of those that `walk` gives; the value itself is changed."""
    if not place:
        return text
    name, _slash, rest = place.partition("/")
    key = int(name) if isinstance(value, list) else name
    inner = value[key]
    if isinstance(value, list) and isinstance(inner, dict) and inner.get("type") == "item" and "value" in inner:
        inner["value"] = put(inner["value"], rest, text)
    else:
        value[key] = put(inner, rest, text)
    return value


def _below(place, name):
    return f"{place}/{name}" if place else name


def same_words(one, other):
    """Whether two contents say the same to a translator: rules, minutes, drawings and ids of blocks are not asked."""
    return [(p.field, p.kind, p.said) for p in parts_of(one)] == [(p.field, p.kind, p.said) for p in parts_of(other)]


# --- Two of them beside each other ----------------------------------------------------------------------------------------


def beside(source, translation):
    """[(part or None, part or None)] of a source and its translation, in the order in which they are read.

    Blocks that have the same id belong together, as they do where the translation was made of the source; where it was written
    afresh (the shipped courses), those of the same kind in the same order.
    """
    shared = {part.key for part in source} & {part.key for part in translation} - {""}

    def sign(part):
        return (part.field, part.kind, part.key if part.key in shared else "")

    return _paired(source, translation, sign)


def now_and_then(now, then):
    """[(part now or None, part then or None)] of one page at two times: what was not touched is found by its words."""
    return _paired(now, then, lambda part: (part.field, part.kind, part.said), changed=True)


def _paired(ones, others, sign, changed=False):
    matcher = SequenceMatcher(None, [sign(part) for part in ones], [sign(part) for part in others], autojunk=False)
    pairs = []
    for tag, a, b, c, d in matcher.get_opcodes():
        left, right = list(ones[a:b]), list(others[c:d])
        if tag == "equal":
            pairs += zip(left, right, strict=True)
        elif changed:
            pairs += _alike(left, right)
        else:
            pairs += [(part, None) for part in left] + [(None, part) for part in right]
    return pairs


def _alike(left, right):
    """Of what has changed: what is of one field and kind was the same part before."""
    right = list(right)
    for part in left:
        before = next((other for other in right if (other.field, other.kind) == (part.field, part.kind)), None)
        if before:
            right.remove(before)
        yield part, before
    yield from ((None, gone) for gone in right)


RICH_FIELDS = {"about", "intro"}
PLAIN_NAMES = {"title", "what", "name", "alt", "heading"}  # of what lies in a block


def is_plain(part, place):
    """Whether a text of a part is plain; otherwise it is HTML."""
    if part.field not in STREAMS:
        return part.field not in RICH_FIELDS
    return part.field == "rubric" or part.kind == "heading" or place.rpartition("/")[2] in PLAIN_NAMES
