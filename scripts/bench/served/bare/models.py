"""A Wagtail page as one begins with: a title and a short StreamField. It exists in the scratch database alone."""

from django.template.response import TemplateResponse
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page


class StreamPage(Page):
    body = StreamField(
        [("heading", blocks.CharBlock()), ("paragraph", blocks.RichTextBlock()), ("quote", blocks.BlockQuoteBlock())]
    )

    template = "bare/stream_page.html"

    def serve(self, request):
        """As Wagtail's own, but with Django's context processors alone and not ours."""
        return TemplateResponse(request, self.template, self.get_context(request), using="bare")
