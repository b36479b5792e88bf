"""Moodle XML, written: Moodle 4 and 5 read it, and courses/exchange/moodle_xml.py reads the same questions from it."""

import base64
import re
from decimal import Decimal
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .. import cloze
from .checks import spelled
from .writing import marked, marks, percent_of

ENDING, TYPE = ".xml", "application/xml"
_TYPES = {
    "single": "multichoice", "multiple": "multichoice", "true_false": "truefalse", "numerical": "numerical",
    "ordering": "ordering", "matching": "matching", "short_answer": "shortanswer",
    "cloze": "cloze",
}  # fmt: skip


def holds(version):
    return True


def write(versions):
    """The bytes of a file."""
    root = Element("quiz")
    images = _images(versions)
    for version in versions:
        root.append(_question(version, images))
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"


def _images(versions):
    from wagtail.images import get_image_model

    wanted = {version.content["image"]["id"] for version in versions if version.content.get("image")}
    return get_image_model().objects.in_bulk(wanted) if wanted else {}


def _question(version, images):
    content, kind = version.content, version.kind
    if kind == "cloze":
        content = _with_gaps_inside(content)
    element = Element("question", type=_TYPES[kind])
    _say(SubElement(element, "name"), version.question.note)
    text = _text(element, "questiontext", content["text"])
    _put_image(text, content, images)
    _text(element, "generalfeedback", content.get("feedback"))
    SubElement(element, "defaultgrade").text = "1"
    _WRITERS[kind](element, content)
    names = [tag.name for tag in version.question.tags.all()]
    if names:
        tags = SubElement(element, "tags")
        for name in names:
            _say(SubElement(tags, "tag"), name)
    return element


def _say(element, text):
    SubElement(element, "text").text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)


def _text(parent, tag, words, **attributes):
    element = SubElement(parent, tag, format="html", **attributes)
    _say(element, marked(words))
    return element


def _put_image(element, content, images):
    """The picture below the words, in every language with its own description."""
    one = content.get("image")
    image = images.get(one["id"]) if one else None
    if image is None:
        return
    name = image.file.name.rsplit("/", 1)[-1]
    with image.file.storage.open(image.file.name) as file:
        data = base64.b64encode(file.read()).decode()
    SubElement(element, "file", name=name, path="/", encoding="base64").text = data
    words = {
        code: f'{text}<p><img src="@@PLUGINFILE@@/{name}" alt="{escape((one.get("alt") or {}).get(code, ""))}"></p>'
        for code, text in content["text"].items()
    }
    element.find("text").text = marked(words)


# --- Kinds ----------------------------------------------------------------------------------------------------------------


def _answer(parent, fraction, words=None, why=None, typed=None, **attributes):
    if typed is None:
        answer = _text(parent, "answer", words, fraction=fraction, **attributes)
    else:
        answer = SubElement(parent, "answer", fraction=fraction, format="moodle_auto_format", **attributes)
        _say(answer, typed)
    if why:
        _text(answer, "feedback", why)
    return answer


def _choices(element, content):
    right = sum(choice["right"] for choice in content["choices"])
    single = right == 1
    share = f"{100 / right:.5f}".rstrip("0").rstrip(".")
    SubElement(element, "single").text = str(single).lower()
    SubElement(element, "shuffleanswers").text = "true"
    SubElement(element, "answernumbering").text = "abc"
    for choice in content["choices"]:
        fraction = share if choice["right"] else "0" if single else f"-{share}"
        _answer(element, fraction, choice["text"], choice.get("why"))


def _true_false(element, content):
    for truth in (True, False):
        _answer(element, "100" if truth == content["answer"] else "0", typed=str(truth).lower())


def _numerical(element, content):
    answer = _answer(element, "100", typed=content["answer"])
    own = {"percent": content["tolerance"]} if content.get("percent") else {}  # Moodle passes over it
    SubElement(answer, "tolerance", **own).text = percent_of(content)
    if not content.get("units"):
        return
    units = SubElement(element, "units")
    for unit in content["units"]:
        one = SubElement(units, "unit")
        SubElement(one, "multiplier").text = spelled(
            (1 / Decimal(unit["factor"])).normalize()
        )  # of the answer, not the unit
        SubElement(one, "unit_name").text = unit["name"]
    for tag, text in (("unitgradingtype", "0"), ("unitpenalty", "0.1"), ("showunits", "0"), ("unitsleft", "0")):
        SubElement(element, tag).text = text


def _short_answer(element, content):
    SubElement(element, "usecase").text = "0"
    _accepted(element, content["accept"])


def _accepted(element, accept):
    for code, texts in accept.items():
        for text in texts:
            _answer(element, "100", typed=text, **({} if code == "all" else {"lang": code}))


def _matching(element, content):
    SubElement(element, "shuffleanswers").text = "true"
    for pair in content["pairs"]:
        question = _text(element, "subquestion", pair["left"])
        _text(question, "answer", pair["right"])


def _ordering(element, content):
    for tag, text in (("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("gradingtype", "RELATIVE_NEXT_EXCLUDE_LAST")):
        SubElement(element, tag).text = text
    for n, step in enumerate(content["steps"], 1):
        _answer(element, str(n), step["text"])


def _with_gaps_inside(content):
    """The content with Moodle's {1:SHORTANSWER:=a} in its texts, and in `order` the number of the gap of each."""
    texts, order = {}, []
    for code, html in content["text"].items():
        pieces = cloze.cut(html, len(content["gaps"]))
        order += [piece for piece in pieces if isinstance(piece, int)]
        texts[code] = "".join(
            _defused(piece) if isinstance(piece, str) else _inside(content["gaps"][piece - 1], code) for piece in pieces
        )
    return {**content, "text": texts, "order": order}


def _defused(html):
    """A text in which nothing looks like a gap, or takes its meaning from the one that follows."""
    return re.sub(r"\\\Z", "&#92;", re.sub(r"\{(?=\d*:)", "&#123;", html))


def _inside(gap, language):
    if "choices" in gap:
        texts = [
            (choice["text"].get(language) or choice["text"].get("all", ""), choice["right"])
            for choice in gap["choices"]
        ]
        return f"{{1:MULTICHOICE:{'~'.join('=' * right + _escaped(text) for text, right in texts)}}}"
    accept = gap["accept"]
    typed = [*accept.get("all", ()), *accept.get(language, ())] or [text for texts in accept.values() for text in texts]
    return f"{{1:SHORTANSWER:{'~'.join('=' + _escaped(escape(text, quote=False)) for text in typed)}}}"


def _escaped(text):
    return re.sub(r"\\(?!\*)|[~=#{}]", lambda sign: f"\\{sign[0]}", text)


def _gaps(element, content):
    """What the gaps in the text cannot tell: which are the same in several languages, and answers of one language."""
    gaps = SubElement(element, "gaps", order=" ".join(map(str, content["order"])))  # Moodle passes over it
    for gap in content["gaps"]:
        one = SubElement(gaps, "gap", type="choices" if "choices" in gap else "typed")
        for choice in gap.get("choices", ()):
            answer = SubElement(one, "answer", fraction="100" if choice["right"] else "0", format="html")
            _say(answer, marks(choice["text"]))
        if "accept" in gap:
            _accepted(one, gap["accept"])


_WRITERS = {
    "single": _choices, "multiple": _choices, "true_false": _true_false, "numerical": _numerical,
    "ordering": _ordering, "matching": _matching, "short_answer": _short_answer,
    "cloze": _gaps,
}  # fmt: skip
