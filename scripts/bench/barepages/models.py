"""A Wagtail page as plain as one can be: a title and a short StreamField. It exists in the scratch database alone.

`REST` makes its answer as long as the page that it is compared with: ready HTML, which its template only hands on.
"""

from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page

REST = {}  # slug -> HTML


class BarePage(Page):
    body = StreamField([("heading", blocks.CharBlock()), ("text", blocks.RichTextBlock())], use_json_field=True)

    template = "barepages/page.html"

    def get_context(self, request, *args, **kwargs):
        return {**super().get_context(request, *args, **kwargs), "rest": REST.get(self.slug, "")}
