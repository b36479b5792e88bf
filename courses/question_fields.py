"""The parts of the fields in which a question is typed: one text in all languages, a picture, where something is wrong."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

LANGUAGES = dict(settings.LANGUAGES)
SOURCE = settings.LANGUAGE_CODE  # a question is there in this language; others are there wholly or not at all
OTHERS = [code for code in LANGUAGES if code != SOURCE]
MOST_TYPED = 3000  # characters of one text


def typed(prefix="", label="{}", required=True, rows=2):
    """The fields of one text, one a language: (name, block)."""
    for code, name in LANGUAGES.items():
        yield (
            prefix + code,
            blocks.TextBlock(
                label=format_lazy(label, name), required=required and code == SOURCE, rows=rows, max_length=MOST_TYPED
            ),
        )


class Words(blocks.StructBlock):
    def __init__(self, required=True, **kwargs):
        super().__init__(list(typed(required=required, rows=3)), required=required, **kwargs)

    class Meta:
        form_classname = "struct-block words"


class Picture(blocks.StructBlock):
    """An image of the library with its description in every language of the question; folded away until somebody wants one."""

    def __init__(self, **kwargs):
        label = format_lazy("{} · {{}}", _("What it shows"))
        super().__init__(
            [("image", ImageChooserBlock(required=False, label=_("Picture"))), *typed("alt_", label, required=False)],
            **kwargs,
        )

    class Meta:
        form_classname = "struct-block words words--picture"
        icon, label, collapsed, required = "image", _("Picture"), True, False
        help_text = _(
            "Say in each language what one must see to answer: it is read to those who do not see the picture."
        )


class Part(blocks.StructBlock):
    """A choice, a step or a pair."""

    class Meta:
        form_classname = "struct-block words words--part"


CHOICE = [
    *typed(),
    ("right", blocks.BooleanBlock(required=False, label=_("Right"))),
    *typed("why_", format_lazy("{} · {{}}", _("Why")), required=False),
    ("picture", Picture()),
]
STEP = list(typed())
PAIR = [
    *typed("left_", format_lazy("{} · {{}}", _("Left"))),
    *typed("right_", format_lazy("{} · {{}}", _("Right side"))),
]


def is_filled(value):
    """Whether anything stands in the fields of a block. What is chosen from a list from the beginning is nothing."""
    return any(is_filled(inner) if isinstance(inner, dict) else inner for name, inner in value.items() if name != "way")


class Faults:
    """Errors on their way to the right field."""

    def __init__(self, part):
        self.part, self.whole, self.inside, self.parts = part, [], {}, {}

    def add(self, message, child=None, position=None, field=None, within=None):
        """At a field of a part (with `position`), at a field of a child, at a child, or (only the message) at the parts as a whole.

        `within`: the block of a part in which the field stands.
        """
        if within:
            parts = self.parts.setdefault(position, {})
            inner = parts.setdefault(within, StructBlockValidationError(block_errors={}))
            inner.block_errors.setdefault(field, ValidationError(message))
        elif child is None:
            self.whole.append(message)
        elif position is not None:
            self.parts.setdefault(position, {}).setdefault(field, ValidationError(message))
        else:
            self.inside.setdefault(child, {}).setdefault(field, ValidationError(message))

    def raise_if_any(self):
        errors = {
            child: fields[None] if None in fields else StructBlockValidationError(block_errors=fields)
            for child, fields in self.inside.items()
        }
        if self.whole or self.parts:
            errors[self.part] = ListBlockValidationError(
                block_errors={n: StructBlockValidationError(block_errors=fields) for n, fields in self.parts.items()},
                non_block_errors=self.whole,
            )
        if errors:
            raise StructBlockValidationError(block_errors=errors)
