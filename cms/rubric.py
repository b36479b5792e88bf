"""The criteria of an assignment on its page: points and levels once, the words in every language.

Criteria and levels are known by the ids of their blocks, which a translated page keeps. A criterion that stands in one
language alone does not count: structure and points come from the course's source language.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError

ALL_POINTS = 100


class LevelBlock(blocks.StructBlock):
    points = blocks.IntegerBlock(min_value=0, max_value=ALL_POINTS)
    text = blocks.TextBlock(max_length=1000, rows=2)

    class Meta:
        icon, label = "list-ul", _("Level")


class CriterionBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=200)
    points = blocks.IntegerBlock(min_value=1, max_value=ALL_POINTS)
    levels = blocks.ListBlock(LevelBlock(), default=[])

    class Meta:
        icon, label = "tick", _("Criterion")

    def clean(self, value):
        cleaned = super().clean(value)
        best = max((level["points"] for level in cleaned["levels"] if level["points"] is not None), default=None)
        if not self.is_deferred_validation and best not in (None, cleaned["points"]):
            fault = ValidationError(_("The best level gives all the points of the criterion."))
            raise blocks.StructBlockValidationError(block_errors={"points": fault})
        return cleaned


class RubricBlock(blocks.StreamBlock):
    criterion = CriterionBlock()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        criterion = self.child_blocks["criterion"].child_blocks  # labels set here cost no migration
        criterion["name"].label, criterion["points"].label = _("Name"), _("Points")
        criterion["levels"].label = _("Levels, the best first")
        level = criterion["levels"].child_block.child_blocks
        level["points"].label, level["text"].label = _("Points"), _("How it is done")

    def clean(self, value):
        cleaned = super().clean(value)
        total = sum(criterion.value["points"] or 0 for criterion in cleaned)
        if cleaned and total != ALL_POINTS and not self.is_deferred_validation:
            said = _("The points of the criteria add up to %(total)s, not 100.") % {"total": total}
            raise StreamBlockValidationError(non_block_errors=[ValidationError(said)])
        return cleaned


def read(page, languages):
    """Assignment.rubric of the source language's page, with the words of all pages: {language: page}, itself among them."""
    names, texts = {}, {}  # of criteria; of levels, by both ids
    for language, other in languages.items():
        for criterion in other.rubric:
            names.setdefault(criterion.id, {})[language] = criterion.value["name"]
            for level in criterion.value["levels"].bound_blocks:
                texts.setdefault((criterion.id, level.id), {})[language] = level.value["text"]
    return [
        {
            "id": criterion.id,
            "points": criterion.value["points"],
            "name": _said(names[criterion.id]),
            "levels": [
                {"points": level.value["points"], **_said(texts[criterion.id, level.id])}
                for level in criterion.value["levels"].bound_blocks
            ],
        }
        for criterion in page.rubric
        if criterion.value["points"]
    ]


def _said(words):
    return {language: text for language, text in words.items() if text}
