"""Question texts were cleaned when they were written (accounts/text.py, in courses/questions.py): they are shown as they are."""

from html import unescape

from django import template
from django.core.files.storage import default_storage
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import mark_safe

from .. import pictures

register = template.Library()


@register.filter
def safe_words(html):
    return mark_safe(html or "")  # nosec B703  # cleaned when it was typed: courses/typed.py


@register.filter
def plain_words(html):
    """The text alone, for places that know no tags; escaped once, by the template."""
    return unescape(strip_tags(html or ""))


@register.simple_tag
def choices(asked, suffix):
    """The answers to be ticked, of which a page with all questions has dozens: `asked` as courses/kinds.py shows it."""
    kind = "radio" if asked["kind"] == "single" else "checkbox"
    return mark_safe(  # nosec B703  # as above; the rest is escaped
        "".join(
            f'<label class="option"><input type="{kind}" name="answer{suffix}" value="{option["value"]}"'
            f"{' checked' if option['chosen'] else ''}>"
            f"<span>{option['text'] or ''}{conditional_escape(picture(option['picture']))}</span></label>"
            for option in asked["options"]
        )
    )


@register.simple_tag
def picture(shown):
    """The image of a question or a choice (courses/kinds.py: picture): its published copy, or the library's own before that."""
    if not shown:
        return ""
    alt = plain_words(shown["alt"])
    if "file" in shown:
        address, width, height = default_storage.url(shown["file"]), shown["width"], shown["height"]
    elif drawn := pictures.rendition(shown["library"]):
        address, width, height = drawn.url, drawn.width, drawn.height
    else:
        return alt
    return format_html(
        '<img class="asked" src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
        address,
        width,
        height,
        alt,
    )
