"""A draft of a question: what a format's reader found, before it is content as courses/kinds.py wants it.

Readers fill in texts as they stand in the file; `settle` cleans them, tells languages apart and finds what is wrong.
`repairs` and `problems` are words for the reader of the report: with a problem, the question is refused.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from html import escape

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.text import ALLOWED_TAGS, MAX_HTML, clean_html, normalise_uzbek

from .. import typed
from ..question_blocks import units
from ..question_fields import MOST_TYPED
from ..typed import plain
from . import pictures
from .checks import LOOKS

GAP = "____"

# What stands in real files beside the tags that are kept, and may go without a word.
_QUIET = {
    "span",
    "div",
    "font",
    "img",
    "html",
    "body",
    "center",
    "big",
    "small",
    "tt",
    "hr",
    "lang",
    "section",
    "label",
}
_QUIET |= {"article", "header", "footer", "main", "figure", "figcaption", "h1", "h5", "h6", "col", "colgroup", "tfoot"}
_QUIET |= {"caption", "abbr", "kbd", "samp", "var", "del", "ins", "mark", "strike", "dl", "dt", "dd", "o:p", "head"}
_ACTING = {"script", "style", "iframe", "object", "embed", "form", "input", "button", "select", "textarea", "audio"}
_ACTING |= {"video", "source", "svg", "math", "link", "meta", "base", "template", "noscript", "applet", "frame"}
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:]*)\b[^<>]*>")
_KNOWN = ALLOWED_TAGS | _QUIET | _ACTING
_ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_APOSTROPHE = re.compile(
    r"&(?:#0*(?:39|96|180|8216|8217|699|700)|#x0*(?:27|60|b4|2018|2019|2bb|2bc)|[rl]squo|apos|acute|grave);", re.I
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_MARKED = re.compile(
    r"""<(span(?=[^>]*\bclass=["'][^"'>]*multilang)|lang)\b(?=[^>]*\blang=["']([\w-]+)["'])([^>]*)>(.*?)</(?:span|lang)\s*>""",
    re.S | re.I,
)
_INSIDE = re.compile(r"""(["'])data:image/[\w.+-]{1,20};base64,([^"']*)""", re.I)
_MLANG = re.compile(r"\{mlang\s+([\w,-]+)\s*\}(.*?)\{mlang\}", re.S | re.I)


@dataclass
class Text:
    """A text as it stands in a file. `raw`: a string, or {language: string} where the format has a place for each.

    Pictures written into the text become files of it. What then is longer than the cleaner takes is cut at once and never
    accepted (`too_long`): patterns that look for tags take their time over megabytes of «<».
    """

    raw: str | dict
    format: str = "plain"  # html, markdown, moodle (HTML where it looks like it), plain
    files: dict = field(default_factory=dict)  # {name: bytes, or None where they could not be read}
    too_long: int = 0  # characters

    def __post_init__(self):
        if isinstance(self.raw, str):
            self.raw = self._held(self.raw)
        else:
            self.raw = {code: self._held(text) for code, text in self.raw.items()}

    def _held(self, text):
        if self.format != "plain":
            text = _INSIDE.sub(self._as_file, text)
        if len(text) > MAX_HTML:
            self.too_long, text = len(text), text[:300]
        return text

    def _as_file(self, match):
        name = f"picture-{len(self.files) + 1}"
        self.files[name] = pictures.decoded(match[2])
        return f"{match[1]}@@PLUGINFILE@@/{name}"

    def __bool__(self):
        return bool(self.raw if isinstance(self.raw, str) else any(self.raw.values()))


@dataclass
class Part:
    """A choice (text, right, why), a step (text) or a pair (text on the left, other on the right)."""

    text: Text
    right: bool = False
    why: Text | None = None
    other: Text | None = None


@dataclass
class Gap:
    """A gap of a cloze: `parts` to choose from, or what is accepted when it is typed."""

    parts: list = field(default_factory=list)
    accept: list = field(default_factory=list)  # [(language or "all", text)]


@dataclass
class Draft:
    line: int  # of the file; a row of a table
    name: str = ""
    kind: str = ""
    text: Text | None = None
    feedback: Text | None = None
    parts: list = field(default_factory=list)
    answer: object = None  # true_false: bool; numerical: str
    tolerance: str = "0"
    percent: bool = False
    units: list = field(default_factory=list)  # lines such as «MB», «GB = 1024»
    accept: list = field(default_factory=list)  # [(language or "all", text)]
    gaps: list = field(default_factory=list)  # cloze: of the markers [[1]], [[2]], ... in its text
    tags: list = field(default_factory=list)
    lesson: int | None = None
    level: str = ""
    competence: str = ""
    repairs: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    content: dict = field(default_factory=dict)
    pictures: list = field(default_factory=list)  # pictures.Picture

    def repaired(self, words):
        if words not in self.repairs:
            self.repairs.append(words)

    def refuse(self, words):
        if words not in self.problems:
            self.problems.append(words)
        return self


def with_gap(before, after):
    """A text with a word missing, for kinds whose answer stands below the text."""
    return f"{before.rstrip()} {GAP}{'' if re.match(r'[.,;:!?)]', after.lstrip()) else ' '}{after.lstrip()}".strip()


def tags_of(category):
    """A category's path as a tag, so that a quiz can draw by it: the last part, unless it only says «everything»."""
    last = re.split(r"(?<!/)/(?!/)", category.strip())[-1].replace("//", "/").strip()
    common = not last or last.lower() == "top" or last.startswith("$") or re.match(r"default for\b", last, re.I)
    return [] if common else [last[:100]]


# --- From a draft to content ----------------------------------------------------------------------------------------------


def settle(draft, language):
    """Fill in the draft's content and pictures, its repairs and its problems. `language`: of what is not marked otherwise."""
    draft.name = re.sub(r"\s+", " ", plain(_CONTROL.sub("", draft.name[:1000]))).strip()
    parts = [*draft.parts, *(part for gap in draft.gaps for part in gap.parts)]
    parts = [text for part in parts for text in (part.text, part.why, part.other)]
    for text in filter(None, (draft.text, draft.feedback, *parts)):
        if text.too_long:
            draft.refuse(_too_long(text.too_long))
    if draft.problems:
        draft.content = {"text": _shown(draft, language)}
        return draft
    there = _languages(draft, language)
    words = _Words(draft, there)
    content = {"text": words.of(draft.text, pictures=True), "feedback": words.of(draft.feedback)}
    if draft.kind in ("single", "multiple"):
        content["choices"] = [
            {"id": f"c{n}", "text": words.of(part.text), "right": part.right, "why": words.of(part.why)}
            for n, part in enumerate(draft.parts, 1)
        ]
    elif draft.kind == "ordering":
        content["steps"] = [{"id": f"s{n}", "text": words.of(part.text)} for n, part in enumerate(draft.parts, 1)]
    elif draft.kind == "matching":
        content["pairs"] = [
            {"id": f"p{n}", "left": words.of(part.text), "right": words.of(part.other)}
            for n, part in enumerate(draft.parts, 1)
        ]
    elif draft.kind == "true_false":
        content["answer"] = draft.answer
    elif draft.kind == "numerical":
        content |= {"answer": draft.answer, "tolerance": draft.tolerance}
        content |= {"percent": True} if draft.percent else {}
        try:
            content |= {"units": units("\n".join(draft.units))} if draft.units else {}
        except ValidationError as error:
            draft.refuse(error.messages[0])
    elif draft.kind == "short_answer":
        content["accept"] = _accepted(draft, draft.accept, "uz" in there)
    elif draft.kind == "cloze":
        content["gaps"] = [_gap(draft, n, gap, words, there) for n, gap in enumerate(draft.gaps, 1)]
    if len(draft.pictures) > 1:
        draft.refuse(_("The question has several pictures: only one is possible."))
    _keep_whole_languages(draft, content, there)
    draft.content = content
    if not draft.problems:
        LOOKS[draft.kind](draft, content)
    return draft


def _too_long(n):
    return _("The text is too long: %(n)s characters, at most %(limit)s.") % {"n": n, "limit": MOST_TYPED}


def _shown(draft, language):
    """Of a question that is refused: its words as they are typed, so that one finds it in the file."""
    raw = draft.text.raw if draft.text else ""
    raw = raw if isinstance(raw, str) else next((text for text in raw.values() if text), "")
    return {language: escape(plain(_CONTROL.sub("", raw[:2000]))[:300], quote=False)}


def _languages(draft, language):
    """The languages of the question's text; what is unmarked is in `language`."""
    marked = languages_of(draft.text) if draft.text else None
    return list(marked) if marked else [language]


def languages_of(text):
    """{language: text} of a text whose languages are marked, as Moodle's filters do, or None."""
    if isinstance(text.raw, dict):
        return {code: raw for code, raw in text.raw.items() if raw and raw.strip()} or None
    mark, group = (_MLANG, (1, 2)) if "{mlang" in text.raw else (_MARKED, (2, 4))
    found = {}
    for match in mark.finditer(text.raw):
        for code in match[group[0]].lower().split(","):
            base = re.split("[_-]", code)[0]
            if base in dict(settings.LANGUAGES):
                found.setdefault(base, "")
    for code in found:
        found[code] = mark.sub(
            lambda m, code=code: (
                m[group[1]] if code in [re.split("[_-]", one)[0] for one in m[group[0]].lower().split(",")] else ""
            ),
            text.raw,
        )
    return found or None


class _Words:
    """From texts as they stand in the file to {language: clean HTML}, telling the draft what had to be repaired."""

    def __init__(self, draft, languages):
        self.draft, self.languages = draft, languages

    def of(self, text, pictures=False):
        if not text:
            return {}
        by_language = languages_of(text) or dict.fromkeys(self.languages, text.raw)
        made = {
            code: self._html(raw, text, code, pictures) for code, raw in by_language.items() if code in self.languages
        }
        return {code: html for code, html in made.items() if html}

    def _html(self, raw, text, language, wanted):
        raw = _CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()
        html = as_html(raw, text.format)
        if "<" in html:
            html = pictures.taken_out(self.draft, html, text.files, language, wanted=wanted)
            self._tell_what_goes(html)
            if "@@PLUGINFILE@@" in html:
                self.draft.repaired(_("Attached files that are no pictures are left out."))
                html = re.sub(r"""\shref=["']@@PLUGINFILE@@[^"']*["']""", "", html)
            html = re.sub(r"<(/?)(?:div|h1|h5|h6|section|article|center|dd|dt)\b[^>]*>", r"<\1p>", html, flags=re.I)
        if language == "uz":
            html = self._uzbek(html)
        if "<" in html or "&" in html:
            try:
                html = clean_html(html)
            except ValidationError as error:
                self.draft.refuse(error.messages[0])
                return ""
        html = _trimmed(html)
        if len(plain(html)) > MOST_TYPED:
            self.draft.refuse(_too_long(len(plain(html))))
        return html

    def _tell_what_goes(self, html):
        acting = sorted({tag.lower() for tag in _TAG.findall(html)} & _ACTING)
        if acting or re.search(
            r"<[^<>]*\s(on[a-z]+\s*=|[a-z]+\s*=\s*[\"']?\s*(javascript|vbscript|data):)", html, re.I
        ):
            told = ", ".join(acting) or "on…, javascript:"
            self.draft.repaired(_("Markup that no question may hold is removed: %(tags)s.") % {"tags": told})

    def _uzbek(self, html):
        """Uzbek gets its own signs, outside of tags and of what is typed as code."""
        html = _APOSTROPHE.sub("’", html)
        pieces = re.split(r"(<(?:code|pre)\b.*?</(?:code|pre)\s*>|<[^>]*>)", html, flags=re.S | re.I)
        for n in range(0, len(pieces), 2):
            pieces[n] = uzbek(self.draft, pieces[n])
        return "".join(pieces)


def uzbek(draft, text):
    signed = normalise_uzbek(text)
    if signed != unicodedata.normalize("NFC", text):
        draft.repaired(_("Apostrophes have become the signs that Uzbek has: oʻ, gʻ, ʼ."))
    return signed


def as_html(raw, format):
    """The HTML of a text; not yet cleaned."""
    if format in ("moodle", "plain"):
        raw = re.sub(r"(?<![ \t])[ \t]*\n[ \t]*", "\n", raw)  # files are indented as the typist liked
    if format == "moodle":
        looks = any(tag.lower() in _KNOWN for tag in _TAG.findall(raw)) or _ENTITY.search(raw)
        if not looks:
            format = "plain"
        elif not re.search(r"<(p|br|div|ul|ol|table|pre)\b", raw, re.I):
            return raw.replace("\n", "<br>")
        else:
            return raw
    if format == "plain":
        return escape(raw, quote=False).replace("\n", "<br>")
    if format == "markdown":
        from markdown_it import MarkdownIt

        return MarkdownIt("commonmark", {"html": False}).render(raw)
    return raw


def _trimmed(html):
    """Without the one paragraph around everything and the empty lines at the ends that editors leave."""
    html = re.sub(r"<p>(?:\s|&nbsp;|\u00a0|<br\s*/?>)*</p>", "", html)
    empty = r"(?:<br\s*/?>|&nbsp;|\s)"
    html = re.sub(rf"^{empty}+|{empty}+$", "", html)
    while match := re.fullmatch(r"<p>((?:(?!</?p\b).)*)</p>", html, re.S):
        html = re.sub(rf"^{empty}+|{empty}+$", "", match[1])
    return html if plain(html) else ""


def _accepted(draft, answers, is_uzbek):
    accept = {}
    for code, said in answers:
        text = re.sub(r"\s+", " ", _CONTROL.sub("", said)).strip()
        if is_uzbek and code in ("all", "uz"):
            text = uzbek(draft, text)
        if text and text not in accept.setdefault(code, []):
            accept[code].append(text)
    return {code: texts for code, texts in accept.items() if texts}


def _gap(draft, n, gap, words, languages):
    """A gap as courses/kinds.py wants it. What no language is marked in is one list for all, as in the editor."""
    if not gap.parts:
        return {"id": f"g{n}", "accept": _accepted(draft, gap.accept, "uz" in languages)}
    own = any(languages_of(part.text) for part in gap.parts)
    choices = []
    for k, part in enumerate(gap.parts, 1):
        said = {code: _in_one_line(html, code) for code, html in words.of(part.text).items()}
        if not own:  # the same in each language; Uzbek signs are those of an Uzbek text
            said = {"all": said.get("uz") or next(iter(said.values()))} if said else {}
        choices.append({"id": f"g{n}-{k}", "text": said, "right": part.right})
    return {"id": f"g{n}", "choices": choices}


def _in_one_line(html, language):
    """What is chosen from a list has neither lines nor markup."""
    return typed.html(" ".join(line.strip() for line in plain(html).splitlines()), language)


def _keep_whole_languages(draft, content, there):
    """A language is there wholly or not at all: a learner who switches must not meet half a question."""
    texts = [words for words in all_words(content) if words]
    broken = [code for code in there if any(code not in words for words in texts)]
    if len(broken) == len(there):
        return
    for code in broken:
        draft.repaired(
            _("%(language)s is left out: parts of it are missing.") % {"language": dict(settings.LANGUAGES)[code]}
        )
        for words in texts:
            words.pop(code, None)


def all_words(content):
    """Every {language: HTML} of a content."""
    yield content["text"]
    yield content["feedback"]
    for part in content.get("choices", content.get("steps", content.get("pairs", ()))):
        yield from (part[side] for side in ("text", "why", "left", "right") if isinstance(part.get(side), dict))
    for gap in content.get("gaps", ()):
        yield from (choice["text"] for choice in gap.get("choices", ()) if "all" not in choice["text"])
