"""Moodle XML: https://docs.moodle.org/en/Moodle_XML_format, as Moodle 1.9 to 5 write it. No entities, nothing from elsewhere."""

import re
from collections import Counter
from decimal import Context, Decimal, InvalidOperation
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from .. import cloze
from ..typed import plain
from . import BadFile, gift, neutral, pictures
from .checks import MOST_CHOICES, decimal, spelled, too_many_gaps, too_many_parts
from .neutral import Draft, Gap, Part, Text, tags_of, with_gap

LINE = "line-of-the-file"
FORMATS = {"html": "html", "markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "moodle"}


class _Lines(TreeBuilder):
    """Every question knows its line."""

    parser = None

    def start(self, tag, attributes):
        if tag == "question":
            attributes = {**attributes, LINE: str(self.parser.parser.CurrentLineNumber)}
        return super().start(tag, attributes)


def parse(text):
    """The drafts of a file. Raises BadFile where it is no Moodle XML."""
    builder = _Lines()
    builder.parser = parser = DefusedXMLParser(target=builder, encoding="utf-8")
    try:
        parser.feed(re.sub(r"^\s*(<\?xml[^>]*\?>)?", lambda m: "\n" * m[0].count("\n"), text, count=1).encode())
        root = parser.close()
    except DefusedXmlException:
        raise BadFile(
            _("The file has entities or refers to other files. Questions need none: it is refused.")
        ) from None
    except (ParseError, UnicodeEncodeError, ValueError) as error:
        line = getattr(error, "position", (0,))[0]
        raise BadFile(_("The file is no well-formed XML (line %(line)s).") % {"line": line}) from None
    if root.tag not in ("quiz", "question"):  # one question alone, as it is sent around
        raise BadFile(_("This is no Moodle XML: it begins with <%(tag)s>, not with <quiz>.") % {"tag": root.tag[:40]})
    found, category = [], ""
    for element in root.iter("question"):
        if element.get("type") == "category":
            category = (element.findtext("category/text") or element.findtext("category") or "").strip()
        else:
            found.append(_question(element, category))
    return found


def _question(element, category):
    kind = element.get("type", "")
    draft = Draft(int(element.get(LINE)), name=element.findtext("name/text") or "", tags=tags_of(category))
    draft.tags += [said.strip()[:100] for said in _all_texts(element, "tags/tag") if said.strip()]
    draft.text = _text(element.find("questiontext"), "html")
    _old_image(element, draft.text)
    draft.feedback = _text(element.find("generalfeedback"), "html") or None
    if kind not in _KINDS:
        why = _REFUSED.get(kind)
        return draft.refuse(
            why() if why else _("Questions of the kind «%(kind)s» are not known here.") % {"kind": kind[:40]}
        )
    return _KINDS[kind](draft, element)


def _computed():
    return _(
        "This question is calculated: each learner gets other numbers. Here a question has one key: write it with fixed numbers."
    )


def _dragged():
    return _(
        "Words or markers are dragged onto a picture: this is not possible here. Ask with a list below the picture."
    )


def _drawn():
    return _(
        "This is no question of its own, but a draw from others: take those in, and draw from the pool in the rules of a test."
    )


_REFUSED = {
    "essay": lambda: _("This is an essay: it belongs to assignments, where a trainer reads it."),
    "description": lambda: _("This is a description, no question: there is nothing to answer."),
    "calculated": _computed, "calculatedmulti": _computed, "calculatedsimple": _computed,
    "ddimageortext": _dragged, "ddmarker": _dragged,
    "random": _drawn, "randomsamatch": _drawn,
}  # fmt: skip


# --- Pieces ---------------------------------------------------------------------------------------------------------------


def _text(element, otherwise="moodle"):
    """The text of <... format="html"><text>..</text><file ...>..</file></...>; an empty one where there is none."""
    if element is None:
        return Text("")
    inner = element.find("text")
    raw = "".join((element if inner is None else inner).itertext())
    files = {
        file.get("name", ""): pictures.decoded(file.text) if file.get("encoding", "base64") == "base64" else None
        for file in element.iter("file")
    }
    return Text(raw.strip(), FORMATS.get(element.get("format", ""), otherwise), files)


def _old_image(element, text):
    """Moodle 1.9 wrote one picture beside the text."""
    data = (element.findtext("image_base64") or "").strip()
    if data and isinstance(text.raw, str):
        text.files["image"] = pictures.decoded(data)
        text.raw = (text.raw if text.format in ("html", "moodle") else "") + '<img src="@@PLUGINFILE@@/image">'
        text.format = "html"


def _all_texts(element, path):
    return ["".join(one.itertext()) for one in element.findall(path)]


def _fraction(element):
    try:
        number = Decimal((element.get("fraction") or element.findtext("fraction") or "0").strip().replace(",", "."))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _answers(element, otherwise="moodle"):
    return [
        gift.Answer(
            _fraction(one) > 0, _fraction(one), _text(one, otherwise), _text(one.find("feedback")) or None,
            one.get("lang", "all"),
        )
        for one in element.findall("answer")
    ]  # fmt: skip


def _says(element, tag, otherwise):
    return (element.findtext(tag) or otherwise).strip().lower() in ("1", "true")


# --- Kinds ----------------------------------------------------------------------------------------------------------------


def _multichoice(draft, element):
    answers = _answers(element)
    if not answers:
        return draft.refuse(_("There are fewer than two answers."))
    return gift.choices(draft, answers, single=_says(element, "single", "true"))


def _true_false(draft, element):
    draft.kind = "true_false"
    truths = {"true": True, "false": False}
    right = [one for one in _answers(element) if one.weight > 0 and plain(one.text.raw[:100]).lower() in truths]
    if len(right) != 1:
        return draft.refuse(_("No answer is right."))
    draft.answer = truths[plain(right[0].text.raw[:100]).lower()]
    gift.one_feedback(draft, right, _answers(element))
    return draft


def _short_answer(draft, element):
    answers = _answers(element, "plain")
    if _says(element, "usecase", "0"):
        draft.repaired(_("Capital and small letters are no longer told apart."))
    return gift.short_answer(draft, answers)


def _numerical(draft, element):
    answers = _answers(element, "plain")
    for answer, one in zip(answers, element.findall("answer"), strict=True):
        tolerance, own = one.findtext("tolerance") or one.get("tolerance") or "0", one.find("tolerance[@percent]")
        answer.text.raw = f"{answer.text.raw}:{tolerance.strip() if own is None else own.get('percent') + '%'}"
    draft = gift.numbers(draft, [one for one in answers if one.right], answers)
    return _units(draft, element.findall("units/unit"))


def _units(draft, elements):
    """Moodle multiplies the answer by a unit's multiplier: of kW, where the answer is in W, it is 0.001, and our factor 1000."""
    found = []
    for one in elements:
        name = " ".join((one.findtext("unit_name") or "").split())
        multiplier = decimal(one.findtext("multiplier") or "1")
        if not multiplier or multiplier < 0 or not name:
            return draft.refuse(_("This line is no unit: %(line)s") % {"line": name[:60]})
        found.append((name, _factor(multiplier)))
    found.sort(key=lambda unit: unit[1] != 1)  # that of the answer comes first
    if found and found[0][1] != 1:
        return draft.refuse(_("The first unit is the one in which the number is given: it is 1."))
    draft.units = [name if n == 0 else f"{name} = {spelled(factor)}" for n, (name, factor) in enumerate(found)]
    return draft


def _factor(multiplier):
    """The shortest number of which the multiplier is one part: 60 of 0.0166666666666667, as a float is written."""
    for digits in range(1, 29):
        factor = Context(prec=digits).divide(Decimal(1), multiplier)
        if abs(1 / factor - multiplier) <= multiplier * Decimal("1e-14"):
            break
    return factor.normalize()


def _matching(draft, element):
    draft.kind = "matching"
    for one in element.findall("subquestion"):
        left, right = _text(one), _text(one.find("answer"), "plain")
        if left:
            draft.parts.append(Part(_own_text(one), other=right))
        elif right:
            draft.repaired(
                _("A right side without a left one is left out: «%(text)s».") % {"text": plain(right.raw[:500])[:60]}
            )
    return draft


def _own_text(element):
    """Of a <subquestion>: its answer's files and words are not its own."""
    text = _text(element)
    if element.find("text") is None:
        text.raw = (element.text or "").strip()
    return text


def _ordering(draft, element):
    draft.kind = "ordering"
    rows = list(element.findall("answer"))
    places = [_fraction(one) for one in rows]
    if len(set(places)) == len(places):
        rows = [one for _place, one in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]
    draft.parts = [Part(_text(one)) for one in rows]
    return draft


def _gaps(draft, element):
    """gapselect, ddwtos: [[n]] in the text stands for the n-th word, to be chosen among the words of its group."""
    words = [
        (one.findtext("text") or "", (one.findtext("group") or "1").strip())
        for one in [*element.findall("selectoption"), *element.findall("dragbox")]
    ]
    numbers = {}  # of (word, how often it was there already in this language): the gap

    def numbered(html):
        seen = Counter()

        def put(match):
            word = int(match[0][2:-2]) - 1
            seen[word] += 1
            return f"[[{numbers.setdefault((word, seen[word]), len(numbers) + 1)}]]"

        return gift.MARKER.sub(put, html)

    languages = neutral.languages_of(draft.text)
    draft.text.raw = (
        {code: numbered(html) for code, html in languages.items()} if languages else numbered(draft.text.raw)
    )
    if not numbers or not all(0 <= word < len(words) for word, _nth in numbers):
        return draft.refuse(_("No answer is right."))
    if len(numbers) > cloze.MOST_GAPS:  # before each gets the words of its group
        return draft.refuse(too_many_gaps(len(numbers)))
    draft.kind = "cloze"
    for right, group in [words[word] for word, _nth in numbers]:
        offered = dict.fromkeys(said for said, own in words if own == group)  # a word may lie there several times
        if len(offered) > MOST_CHOICES:
            return draft.refuse(too_many_parts(len(offered), MOST_CHOICES))
        draft.gaps.append(Gap([Part(Text(said, "html"), said == right) for said in offered]))
    return draft


_CLOZE = re.compile(r"(?<!\\)\{(\d*):([A-Z_]+):((?:\\.|[^\\}])*)\}", re.S)


def _cloze(draft, element):
    """multianswer: {1:MULTICHOICE:=right~wrong#why} in the text. A single gap may also be of a kind that no gap has here."""
    found = list(_CLOZE.finditer(draft.text.raw))
    own = element.find("gaps")
    order = (own.get("order") or "").split() if own is not None else []
    if found and len(order) == len(found):
        return _own_gaps(draft, own, iter(order))
    kinds = [next((kind for name, kind in _GAPS.items() if gap[2].startswith(name)), None) for gap in found]
    unknown = next((gap[2] for gap, kind in zip(found, kinds, strict=True) if kind is None), None)
    if not found or unknown:
        told = _("The text has no gaps.") if not found else _("Questions of the kind «%(kind)s» are not known here.")
        return draft.refuse(told % {"kind": (unknown or "")[:40]})
    if len(found) == 1 and kinds[0] in (gift.numbers, gift.choices):
        draft.text.raw = with_gap(draft.text.raw[: found[0].start()], draft.text.raw[found[0].end() :])
        answers = gift.cloze_answers(found[0][3])
        if kinds[0] is gift.choices:
            return gift.choices(draft, answers, single=False)
        return gift.numbers(draft, [one for one in answers if one.right], answers)
    if gift.choices in kinds:
        return draft.refuse(_("A gap beside others is chosen from a list or typed: several answers it cannot have."))
    draft.kind = "cloze"
    for match, kind in zip(found, kinds, strict=True):
        gap = Draft(draft.line)
        (_number if kind is gift.numbers else kind)(gap, gift.cloze_answers(match[3]))
        for why in gap.problems:
            draft.refuse(why)
        draft.gaps.append(gift.gap(gap))
        draft.repairs += [words for words in gap.repairs if words not in draft.repairs]
        _keep_feedback(draft, gap.feedback)
    numbers = iter(range(1, len(found) + 1))
    draft.text.raw = _CLOZE.sub(lambda gap: f"[[{next(numbers)}]]", draft.text.raw)
    return draft


def _number(gap, answers):
    """A number beside other gaps is typed as a word is, so it has no tolerance."""
    gift.numbers(gap, [one for one in answers if one.right], answers)
    if gap.problems:
        return
    if decimal(gap.tolerance):
        gap.refuse(_("A number in a gap beside others is compared as it is typed: it cannot have a tolerance."))
    gap.accept = [("all", text) for text in dict.fromkeys((gap.answer, gap.answer.replace(".", ",")))]
    gap.repaired(
        _("A number in a gap beside others is compared as it is typed: «%(number)s».") % {"number": gap.answer}
    )


def _keep_feedback(draft, words):
    """What is said to a right answer, as long as the question says nothing itself."""
    if words and not draft.feedback:
        draft.feedback = words
    elif words:
        draft.repaired(_("What is said to single answers is left out: such a question has one text after the answer."))


def _own_gaps(draft, own, order):
    """As moodle_xml_writing.py has written them."""
    draft.kind = "cloze"
    text = _CLOZE.sub(lambda gap: f"[[{next(order)}]]", draft.text.raw)
    draft.text.raw = text.replace("&#123;", "{").replace("&#92;", "\\")
    for one in own.findall("gap"):
        if one.get("type") == "typed":
            draft.gaps.append(Gap(accept=[(answer.language, answer.text.raw) for answer in _answers(one, "plain")]))
        else:
            draft.gaps.append(Gap([Part(answer.text, answer.right) for answer in _answers(one, "html")]))
    return draft


def _one_right(draft, answers):
    return gift.choices(draft, answers, single=True)


_GAPS = {
    "MULTICHOICE": _one_right, "MC": _one_right, "SHORTANSWER": gift.short_answer, "SA": gift.short_answer,
    "MW": gift.short_answer, "NUMERICAL": gift.numbers, "NM": gift.numbers, "MULTIRESPONSE": gift.choices, "MR": gift.choices,
}  # fmt: skip


_KINDS = {
    "multichoice": _multichoice, "truefalse": _true_false, "shortanswer": _short_answer, "numerical": _numerical,
    "matching": _matching, "ordering": _ordering, "gapselect": _gaps, "ddwtos": _gaps,
    "multianswer": _cloze, "cloze": _cloze,
}  # fmt: skip
