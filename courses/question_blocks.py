"""The fields in which a question is typed: every text in all languages side by side, and what must be true of it.

They stand in the form alone (courses/question_form.py); what is kept is the plain JSON of courses/kinds.py.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListValue

from . import cloze, kinds
from .answers import fixed
from .question_fields import CHOICE, LANGUAGES, MOST_TYPED, PAIR, SOURCE, STEP, Faults, Part, Picture, Words, is_filled


class QuestionBlock(blocks.StructBlock):
    """One kind of question. `part`: the name of its list; `sides`: the prefixes of the texts of one part of it."""

    part, sides, optional_sides, distinct = None, (), (), ()
    what, fields = (), ()

    def __init__(self, **kwargs):
        children = [("text", self.words()), ("picture", Picture())]
        children += [(name, make()) for name, make in self.fields]
        children.append(("feedback", Words(label=_("Shown after the answer"), required=False)))
        super().__init__(children, **kwargs)

    def words(self):
        return Words(label=_("Question"))

    def clean(self, value):
        if self.is_deferred_validation:  # a preview of what is half typed
            return super().clean(value)
        if self.part:
            value[self.part] = self._without_empty_ends(value[self.part])
        value = super().clean(value)
        found = Faults(self.part)
        self._look_at_languages(value, found)
        self.look(value, found)
        found.raise_if_any()
        return value

    def look(self, value, found):
        """What must be true of this kind."""

    def _without_empty_ends(self, parts):
        """Parts at the end that nobody filled in are no parts. Those in the middle stay: an error must find its place."""
        children = list(parts.bound_blocks)
        while children and not is_filled(children[-1].value):
            children.pop()
        return ListValue(self.child_blocks[self.part], bound_blocks=children)

    def texts(self, value):
        """Every text of the question: (child, position or None, name of a block within or None, values, prefix)."""
        yield "text", None, None, value["text"], ""
        yield "feedback", None, None, value["feedback"], ""
        if value["picture"]["image"]:
            yield "picture", None, None, value["picture"], "alt_"
        if self.part:
            for n, part in enumerate(value[self.part]):
                for side in (*self.sides, *self.optional_sides):
                    yield self.part, n, None, part, side
                if part.get("picture") and part["picture"]["image"]:
                    yield self.part, n, "picture", part["picture"], "alt_"

    def languages(self, value):
        """The languages in which anything is typed."""
        return [
            code
            for code in LANGUAGES
            if any(prefix + code in values and values[prefix + code] for *_, values, prefix in self.texts(value))
        ]

    def _look_at_languages(self, value, found):
        there = [code for code in self.languages(value) if code != SOURCE]
        for child, position, within, values, prefix in self.texts(value):
            if prefix == "alt_" and not values[prefix + SOURCE]:
                found.add(gettext("Say what the picture shows."), child, position, prefix + SOURCE, within)
                continue
            for code in there:
                if values[prefix + SOURCE] and not values[prefix + code]:
                    message = gettext(
                        "Write this in %(language)s too, or leave %(language)s out of the whole question."
                    )
                    found.add(message % {"language": LANGUAGES[code]}, child, position, prefix + code, within)
                elif values[prefix + code] and not values[prefix + SOURCE]:
                    message = gettext("Write this in %(language)s first.") % {"language": LANGUAGES[SOURCE]}
                    found.add(message, child, position, prefix + SOURCE, within)
        for side in self.distinct:
            seen = set()
            for n, part in enumerate(value[self.part]):
                said = part[side + SOURCE].casefold()
                if said in seen:
                    found.add(gettext("This says the same as another one."), self.part, n, side + SOURCE)
                seen.add(said)


def choices():
    return blocks.ListBlock(
        Part(CHOICE, label=_("Answer")), min_num=2, max_num=10, label=_("Answers"), default=[{}] * 4
    )


class Single(QuestionBlock):
    part, sides, optional_sides, distinct = "choices", ("",), ("why_",), ("",)
    fields = [("choices", choices)]

    def look(self, value, found):
        if sum(choice["right"] for choice in value["choices"]) != 1:
            found.add(gettext("Exactly one answer must be right."))

    class Meta:
        icon, label = "radio-full", kinds.KINDS["single"]


class Multiple(Single):
    def look(self, value, found):
        right = sum(choice["right"] for choice in value["choices"])
        if right < 2 or right == len(value["choices"]):
            found.add(gettext("Two or more answers must be right, and at least one wrong."))

    class Meta:
        icon, label = "tasks", kinds.KINDS["multiple"]


class TrueFalse(QuestionBlock):
    fields = [
        (
            "answer",
            lambda: blocks.ChoiceBlock(
                [("true", _("True")), ("false", _("False"))], widget=forms.RadioSelect, label=_("The statement is")
            ),
        )
    ]

    class Meta:
        icon, label = "check", kinds.KINDS["true_false"]


class Numerical(QuestionBlock):
    fields = [
        ("answer", lambda: blocks.CharBlock(max_length=40, label=_("The number"))),
        (
            "tolerance",
            lambda: blocks.CharBlock(
                max_length=40,
                required=False,
                label=_("Tolerance"),
                help_text=_("So far off is still right: 0,5, or 5 % of the number. Empty: exactly the number."),
            ),
        ),
        (
            "units",
            lambda: blocks.TextBlock(
                max_length=400,
                required=False,
                rows=3,
                label=_("Units"),
                help_text=_(
                    "One a line with how many of the first one it is: MB, then GB = 1024. The number above is in the first."
                    " Empty: the answer has no unit."
                ),
            ),
        ),
    ]

    def look(self, value, found):
        if kinds.to_number(value["answer"]) is None:
            found.add(gettext("Write a number, such as 12,5."), "answer")
        tolerance = kinds.to_number(value["tolerance"] or "0")
        if tolerance is None or tolerance < 0:
            found.add(gettext("Write a number, such as 0,5, or leave it empty."), "tolerance")
        try:
            units(value["units"])
        except ValidationError as error:
            found.inside["units"] = {None: error}

    class Meta:
        icon, label = "order", kinds.KINDS["numerical"]


def units(text):
    """[{name, factor}] of «MB», «GB = 1024» line by line. Raises ValidationError that says which line cannot be read."""
    found = []
    for line in lines(text):
        name, _equals, factor = (part.strip() for part in line.partition("="))
        number = kinds.to_number(factor or "1")
        names = {unit["name"] for unit in found}
        if not name or name[0].isdigit() or number is None or number <= 0 or name in names or len(name) > 20:
            raise ValidationError(gettext("This line is no unit: %(line)s") % {"line": line})
        if found and not factor:
            raise ValidationError(gettext("Say how many of the first unit this is: %(line)s") % {"line": line})
        if not found and number != 1:
            raise ValidationError(gettext("The first unit is the one in which the number is given: it is 1."))
        found.append({"name": name, "factor": str(number)})
    return found


def unit_lines(units):
    """The lines that `units` reads."""
    return [unit["name"] if n == 0 else f"{unit['name']} = {unit['factor']}" for n, unit in enumerate(units)]


class Ordering(QuestionBlock):
    part, sides, distinct = "steps", ("",), ("",)
    fields = [
        (
            "steps",
            lambda: blocks.ListBlock(
                Part(STEP, label=_("Step")),
                min_num=2,
                max_num=10,
                label=_("Steps, in the right order"),
                default=[{}] * 4,
            ),
        )
    ]

    class Meta:
        icon, label = "list-ol", kinds.KINDS["ordering"]


class Matching(QuestionBlock):
    part, sides, distinct = "pairs", ("left_", "right_"), ("left_",)
    fields = [
        (
            "pairs",
            lambda: blocks.ListBlock(
                Part(PAIR, label=_("Pair")),
                min_num=2,
                max_num=10,
                label=_("Pairs that belong together"),
                default=[{}] * 3,
            ),
        )
    ]

    def look(self, value, found):
        """A right side may belong to several pairs; then it is the same in every language, and not that of all."""
        seen = {}
        for n, pair in enumerate(value["pairs"]):
            said = {code: pair["right_" + code] for code in LANGUAGES}
            if seen.setdefault(said[SOURCE].casefold(), said) != said:
                message = gettext("This is also the right side of another pair: write it the same in every language.")
                found.add(message, "pairs", n, "right_" + SOURCE)
        if len(seen) == 1:
            found.add(gettext("All pairs have the same right side: there is nothing to choose."))

    class Meta:
        icon, label = "redirect", kinds.KINDS["matching"]


class Accepted(blocks.StructBlock):
    def __init__(self, **kwargs):
        fields = {"all": _("In any language"), **LANGUAGES}
        super().__init__(
            [
                (key, blocks.TextBlock(label=label, required=False, rows=3, max_length=MOST_TYPED))
                for key, label in fields.items()
            ],
            **kwargs,
        )

    class Meta:
        form_classname = "struct-block words words--accept"
        help_text = _(
            "One answer a line. Capitals, spaces, Latin or Cyrillic and the spelling of oʻ and gʻ do not matter. * stands for any"
            " signs or none; \\* is a star."
        )


class ShortAnswer(QuestionBlock):
    fields = [("accept", lambda: Accepted(label=_("Accepted answers")))]

    def look(self, value, found):
        accept = value["accept"]
        for key, text in accept.items():
            if any(not any(fixed(line)) for line in lines(text)):
                found.add(gettext("An answer needs letters or digits."), "accept", None, key)
        if not lines(accept["all"]):
            for code in self.languages(value):
                if not lines(accept[code]):
                    found.add(gettext("Write at least one answer."), "accept", None, code)

    class Meta:
        icon, label = "pilcrow", kinds.KINDS["short_answer"]


def lines(text):
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


GAP_HELP = _(
    "One answer a line. Chosen from a list: the first line is the right one, and the lines of the languages belong together one"
    " by one. Typed: each line is right."
)


class Gap(blocks.StructBlock):
    def __init__(self, **kwargs):
        ways = [("choose", _("Chosen from a list")), ("type", _("Typed"))]
        fields = {"all": _("In any language"), **LANGUAGES}
        super().__init__(
            [
                ("way", blocks.ChoiceBlock(ways, default="choose", label=_("How it is answered"))),
                *[
                    (key, blocks.TextBlock(label=label, required=False, rows=4, max_length=MOST_TYPED))
                    for key, label in fields.items()
                ],
            ],
            **kwargs,
        )

    class Meta:
        form_classname = "struct-block words words--gap"
        help_text = GAP_HELP


class Cloze(QuestionBlock):
    part = "gaps"
    fields = [
        (
            "gaps",
            lambda: blocks.ListBlock(
                Gap(label=_("Gap")), min_num=1, max_num=cloze.MOST_GAPS, label=_("Gaps, in order"), default=[{}]
            ),
        )
    ]

    def words(self):
        return Words(
            label=_("The text with its gaps"),
            help_text=_(
                "Write [[1]] where the first gap is, [[2]] where the second is; each language in its own order."
            ),
        )

    def look(self, value, found):
        gaps = value["gaps"]
        there = self.languages(value)
        for code in there:
            if sorted(cloze.numbers(value["text"][code] or "")) != list(range(1, len(gaps) + 1)):
                message = gettext("Each gap stands in the text once: [[1]] to [[%(n)s]].") % {"n": len(gaps)}
                found.add(message, "text", None, code)
        for n, gap in enumerate(gaps):
            typed = {key: lines(gap[key]) for key in ("all", *LANGUAGES) if lines(gap[key])}
            if gap["way"] == "type":
                self._look_at_typed(n, typed, there, found)
            else:
                self._look_at_list(n, typed, there, found)

    def _look_at_typed(self, n, typed, there, found):
        for key, answers in typed.items():
            if any(not any(fixed(line)) for line in answers):
                found.add(gettext("An answer needs letters or digits."), "gaps", n, key)
        if "all" not in typed:
            for code in there:
                if code not in typed:
                    found.add(gettext("Write at least one answer."), "gaps", n, code)

    def _look_at_list(self, n, typed, there, found):
        if "all" in typed and len(typed) > 1:
            found.add(gettext("Write the list once for all languages, or in each language."), "gaps", n, "all")
            return
        for key in ["all"] if "all" in typed else there or [SOURCE]:
            choices = typed.get(key, [])
            if len(choices) < 2:
                found.add(gettext("Write the right answer and below it at least one wrong one."), "gaps", n, key)
            elif len({line.casefold() for line in choices}) < len(choices):
                found.add(gettext("This says the same as another one."), "gaps", n, key)
            elif key in there and len(choices) != len(typed.get(SOURCE, [])):
                found.add(gettext("Each language has the same number of lines here."), "gaps", n, key)

    class Meta:
        icon, label = "form", kinds.KINDS["cloze"]


class Content(blocks.StreamBlock):
    """The kind of a question is the block one adds; there is exactly one."""

    single = Single()
    multiple = Multiple()
    true_false = TrueFalse()
    numerical = Numerical()
    ordering = Ordering()
    matching = Matching()
    short_answer = ShortAnswer()
    cloze = Cloze()

    class Meta:
        min_num = max_num = 1
        form_classname = "question"
