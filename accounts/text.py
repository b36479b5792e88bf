"""Text: folding for search, the right Uzbek signs, cleaning of HTML. bleach is used here and nowhere else.

bleach 6.4 is its last release (docs/decisions/0005-bleach-and-its-fence.md): everything goes through `clean_html`, so another cleaner is
a change of one function.
"""

import re
import unicodedata

import bleach
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

TURNED_COMMA = "\u02bb"  # oʻ gʻ
TUTUQ = "\u02bc"  # maʼlumot
APOSTROPHES = "'`´‘’ʻʼʹ′\u02bd\u2032"

MAX_HTML = 20_000  # characters; bleach needs 38 s for 20,000 nested divs
MAX_NESTING = 40
MOST_ODD, MOST_WORDS = 200, 200  # pieces that are no plain tags; words within one tag
ALLOWED_TAGS = frozenset(
    [
        "p",
        "br",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "s",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "h2",
        "h3",
        "h4",
        "a",
        "sub",
        "sup",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
ALLOWED_ATTRIBUTES = {"a": ["href", "title", "lang", "hreflang"], "th": ["scope", "colspan"], "td": ["colspan"]}
ALLOWED_SCHEMES = frozenset(["http", "https", "mailto", "tel"])
_WITH_CONTENT = re.compile(r"(?is)<(script|style|template|noscript|svg|math)\b.*?(</\1\s*>|\Z)")
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]*)")
_PLAIN_TAG = re.compile(
    r"""/?[a-zA-Z][a-zA-Z0-9]*(?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'=<>`]+))?)*\s*/?>"""
)
_PLAIN_COMMENT = re.compile(r"<!--[^<>]*-->")
_TAG_BEGINS = re.compile("[a-zA-Z/!?]")
_NEVER_DEEP = frozenset(
    ["br", "hr", "img", "p", "li", "thead", "tbody", "tr", "th", "td"]
)  # empty, or closed by the next
_PLAIN = re.compile(r"[^<>&\x00-\x1f]*")  # bleach leaves such a text as it is
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_HREF = re.compile(r'\shref="([^"]*)"')
_CONTROL = re.compile("[\x00-\x20\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")


def clean_html(html, *, limit=MAX_HTML):
    """The HTML that people may type, without anything that could act. The only way by which typed HTML reaches a page.

    Raises ValidationError when the text is longer than `limit` characters or nested deeper than MAX_NESTING.
    """
    html = html or ""
    if len(html) > limit:
        raise ValidationError(
            _("The text is too long: %(n)s characters, at most %(limit)s.") % {"n": len(html), "limit": limit}
        )
    if _PLAIN.fullmatch(html):  # nothing to clean
        return html
    html = _WITH_CONTENT.sub("", html)  # strip=True leaves their text
    if _is_hard(html):
        raise ValidationError(_("The text is nested too deeply. Paste it without formatting."))
    cleaned = bleach.clean(
        html, tags=ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES, protocols=ALLOWED_SCHEMES, strip=True
    )
    return _HREF.sub(_checked_href, cleaned)


def _is_hard(html):
    """Whether a parser that forgives everything could nest tags deeper than MAX_NESTING, or has one tag of endless attributes.

    A tag is closed by its own end, before those around it: what is crossed over (`<b><i></b>`) a parser opens anew again and again.
    From the first piece on that is no plain tag (a comment with tags in it, a quote that is left open) nothing closes any more,
    and not many pieces may follow, since a parser may see in it one tag, or none.
    """
    open_tags, odd = [], 0
    for piece in _PLAIN_COMMENT.sub("", html).split("<")[1:]:
        if not odd and not _TAG_BEGINS.match(piece):
            continue  # 2 < 3
        odd += bool(odd or not _PLAIN_TAG.match(piece))
        if odd > MOST_ODD or len(piece.partition(">")[0].split(maxsplit=MOST_WORDS)) > MOST_WORDS:
            return True
        tag = _TAG.match(piece)
        name = tag[2].lower() if tag else ""
        if not tag or name in _NEVER_DEEP:
            continue
        if not tag[1]:
            open_tags.append(name)
            if len(open_tags) > MAX_NESTING:
                return True
        elif not odd and open_tags and open_tags[-1] == name:
            open_tags.pop()
    return False


def _checked_href(match):
    """bleach lets «javascript:123» pass (a scheme followed by digits alone): the scheme is looked at once more."""
    address = _CONTROL.sub("", bleach.html5lib_shim.convert_entities(match[1]))
    scheme = _SCHEME.match(address)
    if scheme and scheme[0][:-1].lower() not in ALLOWED_SCHEMES:
        return ""
    return match[0]


def normalise_uzbek(text):
    """What people type (' ’ ‘ ` ´) with the signs that Uzbek has: oʻ gʻ and the tutuq sign ʼ. Other text is untouched."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(f"(?<=[oOgG])[{APOSTROPHES}]", TURNED_COMMA, text)
    return re.sub(
        f"(?<=[A-Za-z\u02bb])[{APOSTROPHES}](?=[A-Za-z])", lambda m: m[0] if m[0] == TURNED_COMMA else TUTUQ, text
    )


def normalise_name(text):
    """A person's name as it is kept: single spaces, the right signs, each word in one alphabet. Capitals are the person's own: never
    str.title()."""
    return normalise_uzbek(_LETTERS.sub(_in_one_alphabet, re.sub(r"\s+", " ", text).strip()))


# Cyrillic letters and the Latin ones of the same shape: a keyboard that stood on the other alphabet for a letter is seen by nobody.
_SHAPES = str.maketrans("АВЕКМНОРСТУХЅІЈаеорсухѕіј", "ABEKMHOPCTYXSIJaeopcyxsij")
_SHAPES_BACK = {latin: cyrillic for cyrillic, latin in _SHAPES.items()}
_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC, _LATIN = re.compile("[\u0400-\u052f]"), re.compile("[A-Za-z\u00c0-\u024f]")


def is_mixed(text):
    """Whether a word of the text has letters of two alphabets."""
    return any(_CYRILLIC.search(word) and _LATIN.search(word) for word in _LETTERS.findall(text))


def _in_one_alphabet(found):
    """A word in which only letters of the other alphabet's shapes are strangers, in its own; the alphabet of most letters is it."""
    word = found[0]
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if not cyrillic or not latin:
        return word
    ways = (word.translate(_SHAPES), word.translate(_SHAPES_BACK))
    ways = ways if latin >= cyrillic else ways[::-1]
    return next((way for way in ways if not is_mixed(way)), word)


# Cyrillic Uzbek (and Russian) and the coming alphabet, letter by letter, to the plain Latin in which texts are compared.
_FOLD = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "j", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "x", "ц": "s", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "ў": "o", "қ": "q", "ғ": "g", "ҳ": "h", "ö": "o", "ō": "o", "ğ": "g", "ǧ": "g", "ı": "i", "ş": "sh", "ç": "ch", "ñ": "ng",
}  # fmt: skip


def fold(text):
    """One plain form for every spelling of a word: Oʻquv, O'quv, O‘quv, Ўқув and Öquv are all «oquv».

    Used on both sides of every comparison: the indexed column and the query. Lossy on purpose (x and h both are «h»).
    """
    return re.sub(r"[^a-z0-9]+", " ", _plain(text)).strip()


def holds(text, words):
    """Whether a text has every word of `words` in it, in any spelling."""
    said = fold(text)
    return all(word in said for word in fold(words).split())


def comparable(text):
    """A short answer as it is compared: any spelling, without spaces, capitals and the signs + and -. Other signs count."""
    return re.sub(r"[\s+\-‐-―]", "", _plain(text))


def _plain(text):
    text = unicodedata.normalize("NFC", text).casefold()
    text = re.sub(f"[{APOSTROPHES}]", "", text)
    text = "".join(_FOLD.get(sign, sign) for sign in text)
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    text = re.sub(r"(?<![a-z])ye|(?<=[aeiou])ye", "e", text)  # «ер» is written yer, «поезд» poyezd
    return text.replace("x", "h").replace("ts", "s")


_UZBEK = (*"abcdefghijklmnopqrstuvwxyz", "oʻ", "gʻ", "sh", "ch")
_UZBEK_LETTER = re.compile("[og]\u02bb|[sc]h|.")


def alphabetical(text, language):
    """What a list is sorted by, so that it stands as in that language's alphabet: Uzbek oʻ gʻ sh ch after z, Russian ё as е."""
    text = normalise_uzbek(text).casefold().replace("ё", "е")
    if language == "uz":
        text = text.replace(TUTUQ, "")
        letters = [_UZBEK.index(one) + 1 if one in _UZBEK else 0 for one in _UZBEK_LETTER.findall(text)]
        return letters, text
    return [ord(sign) for sign in text], text


def initial(text, language):
    """The letter that a word stands under in an index of that language; Uzbek Oʻ, Gʻ, Sh and Ch are letters of their own."""
    plain = normalise_uzbek(text).casefold().replace("ё", "е")
    letter = _UZBEK_LETTER.match(plain) if language == "uz" else None
    return (letter[0] if letter else plain[:1]).capitalize()


def language_found(words, language=None):
    """The language of what in_language() gives; "" for none."""
    words = words or {}
    order = (language or get_language(), "uz", *words)
    return next((code for code in order if words.get(code)), "")


def in_language(words, language=None):
    """The text of `words` ({language: text}) in the reader's language, else in Uzbek, else in any there is; "" if none."""
    words = words or {}
    return (
        words.get(language or get_language()) or words.get("uz") or next((text for text in words.values() if text), "")
    )
