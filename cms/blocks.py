"""What a trainer can place in a lesson. One block of the curriculum's files is one block of the same name here.

Templates stand in templates/blocks/. They look at neither user nor request: a lesson's body is kept between requests.
"""

from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import expand_db_html
from wagtail.snippets.blocks import SnippetChooserBlock

from accounts.text import clean_html

INLINE = ["bold", "italic", "code", "link"]
PROSE = [*INLINE, "ol", "ul", "document-link"]
MAX_PROSE = 60_000  # characters of one text block, markup included


class ProseBlock(blocks.RichTextBlock):
    """Rich text: Wagtail's own whitelist on saving, ours once more on the way out."""

    def __init__(self, features=PROSE, **kwargs):
        super().__init__(features=features, **kwargs)

    def render_basic(self, value, context=None):
        return mark_safe(clean_html(expand_db_html(value.source), limit=MAX_PROSE))  # nosec B703  # cleaned


class HeadingBlock(blocks.StructBlock):
    level = blocks.ChoiceBlock([("h2", _("Heading")), ("h3", _("Smaller heading"))], default="h2", search_index=False)
    text = blocks.CharBlock(max_length=200)

    class Meta:
        icon, label, template, group = "title", _("Heading"), "blocks/heading.html", _("Text")


class SituationBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200)
    text = ProseBlock()

    class Meta:
        icon, label, template, group = "openquote", _("Situation"), "blocks/situation.html", _("Text")
        description = _("The opening scene: a place, an hour, a person, one ordinary act with a consequence.")


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        [("tip", _("Tip")), ("warning", _("Warning")), ("law", _("Law"))], default="tip", search_index=False
    )
    title = blocks.CharBlock(max_length=200)
    text = ProseBlock()

    class Meta:
        icon, label, template, group = "info-circle", _("Callout"), "blocks/callout.html", _("Text")


class FigureBlock(blocks.StructBlock):
    drawing = SnippetChooserBlock("cms.Drawing")
    caption = ProseBlock(features=INLINE)

    class Meta:
        icon, label, template, group = "image", _("Figure"), "blocks/figure.html", _("Pictures")
        description = _("One of the programme's own drawings, with its words in the reader's language.")


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock()
    alt = blocks.CharBlock(max_length=500, label=_("Description for those who do not see it"))
    caption = ProseBlock(features=INLINE, required=False)

    class Meta:
        icon, label, template, group = "image", _("Picture"), "blocks/picture.html", _("Pictures")


class VideoBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("Video (MP4 or WebM)"))
    captions = DocumentChooserBlock(label=_("Captions (VTT)"))
    poster = ImageChooserBlock(required=False)
    title = blocks.CharBlock(max_length=200)
    transcript = ProseBlock(required=False)

    class Meta:
        icon, label, template, group = "media", _("Video"), "blocks/video.html", _("Pictures")


class AudioBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("Sound (MP3 or OGG)"))
    title = blocks.CharBlock(max_length=200)
    transcript = ProseBlock(label=_("Transcript"))

    class Meta:
        icon, label, template, group = "media", _("Audio"), "blocks/audio.html", _("Pictures")


class LessonTable(TypedTableBlock):
    """Cells of two kinds: text, and numbers that stand on the right."""

    def __init__(self, **kwargs):
        columns = [
            ("text", ProseBlock(features=INLINE, label=_("Text"))),
            ("number", ProseBlock(features=INLINE, label=_("Number"))),
        ]
        super().__init__(columns, **kwargs)


class TableBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200)
    table = LessonTable()
    note = ProseBlock(features=INLINE, required=False)

    class Meta:
        icon, label, template, group = "table", _("Table"), "blocks/table.html", _("Text")
        description = _("At most three columns: it is read on a phone.")


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200)
    steps = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("what", blocks.CharBlock(max_length=300, label=_("What to do"))),
                ("how", ProseBlock(features=INLINE, required=False, label=_("Why, or how"))),
            ]
        )
    )

    class Meta:
        icon, label, template, group = "list-ol", _("Steps"), "blocks/steps.html", _("Doing")


class ChecklistBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200)
    lines = blocks.ListBlock(ProseBlock(features=INLINE), label=_("Things to check"))

    class Meta:
        icon, label, template, group = "tasks", _("Checklist"), "blocks/checklist.html", _("Doing")


class SelfcheckBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=200)
    questions = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("text", ProseBlock(features=INLINE)),
                (
                    "answers",
                    blocks.ListBlock(
                        blocks.StructBlock(
                            [
                                ("text", ProseBlock(features=INLINE)),
                                ("right", blocks.BooleanBlock(required=False, label=_("Right"))),
                                ("why", ProseBlock(features=INLINE, label=_("Why"))),
                            ]
                        ),
                        min_num=2,
                    ),
                ),
            ]
        ),
        min_num=1,
        max_num=6,
    )

    class Meta:
        icon, label, template, group = "help", _("Self-check"), "blocks/selfcheck.html", _("Doing")


class DownloadBlock(blocks.StructBlock):
    file = DocumentChooserBlock()
    text = ProseBlock(features=INLINE, required=False, label=_("What it is and what to do with it"))

    class Meta:
        icon, label, template, group = "download", _("File to download"), "blocks/download.html", _("Doing")


class TermsBlock(blocks.StructBlock):
    terms = blocks.ListBlock(
        blocks.StructBlock(
            [("term", SnippetChooserBlock("cms.GlossaryTerm")), ("definition", ProseBlock(features=INLINE))]
        )
    )

    class Meta:
        icon, label, template, group = "tag", _("Terms"), "blocks/terms.html", _("At the end")


class DeeperBlock(blocks.StructBlock):
    lines = blocks.ListBlock(ProseBlock(features=INLINE))

    class Meta:
        icon, label, template, group = "link", _("Go deeper"), "blocks/deeper.html", _("At the end")


class SourcesBlock(blocks.StructBlock):
    lines = blocks.ListBlock(ProseBlock(features=INLINE))

    class Meta:
        icon, label, template, group = "doc-full", _("Sources"), "blocks/sources.html", _("At the end")


# What a child without a label of its own is called. Set on the block, not in its constructor: that costs no migration.
NAMES = {
    "answers": _("Answers"), "caption": _("Caption"), "definition": _("Definition"), "drawing": _("Figure"), "file": _("File"),
    "image": _("Picture"), "kind": _("Kind"), "level": _("Level of the heading"), "lines": _("Lines"), "note": _("Note"),
    "poster": _("Picture before it plays"), "questions": _("Questions"), "steps": _("Steps"), "table": _("Table"),
    "term": _("Term"), "terms": _("Terms"), "text": _("Text"), "title": _("Title"), "transcript": _("Transcript"),
}  # fmt: skip


def name_children(block):
    for name, child in getattr(block, "child_blocks", {}).items():
        if not child.meta.label and name in NAMES:
            child.label = NAMES[name]
        name_children(child)
    if isinstance(block, blocks.ListBlock):
        name_children(block.child_block)


class LessonBody(blocks.StreamBlock):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_children(self)

    heading = HeadingBlock()
    text = ProseBlock(icon="pilcrow", template="blocks/text.html", group=_("Text"))
    situation = SituationBlock()
    callout = CalloutBlock()
    figure = FigureBlock()
    picture = PictureBlock()
    video = VideoBlock()
    audio = AudioBlock()
    table = TableBlock()
    steps = StepsBlock()
    checklist = ChecklistBlock()
    selfcheck = SelfcheckBlock()
    download = DownloadBlock()
    terms = TermsBlock()
    deeper = DeeperBlock()
    sources = SourcesBlock()
