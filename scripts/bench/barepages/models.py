"""A Wagtail page as plain as one can be: a title and a paragraph. It exists in the scratch database alone."""

from wagtail.fields import RichTextField
from wagtail.models import Page


class BarePage(Page):
    body = RichTextField(blank=True)

    template = "barepages/page.html"
