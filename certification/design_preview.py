"""A design as it will be printed, with the longest and the shortest name."""

import base64
import functools

from csp.decorators import csp_replace
from django.template.response import TemplateResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from . import designs
from .images import ImageLost

# A page of drawings that bring their fonts and pictures along, and nothing else
ALONE = {"default-src": ["'none'"], "style-src": ["data:"], "font-src": ["data:"], "img-src": ["data:"],
         "frame-ancestors": ["'self'"]}  # fmt: skip

STYLE = """
body { margin: 0; padding: 1rem; font-family: system-ui, sans-serif; background: #fff; color: #1a2233; }
h1 { font-size: 1.25rem; margin: 0 0 1rem; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
svg { display: block; width: 100%; border: 1px solid #767676; }
a { display: inline-block; padding: .75rem 0; margin-bottom: .5rem; color: #1e3f94; }
"""


@csp_replace(ALONE)
def preview(request, design, language):
    """The response for Wagtail's preview. `design.typed`: what stands in the form, kept nowhere yet."""

    content = getattr(design, "typed", None) or _kept(design)
    papers = [
        {"title": title} | _drawn(designs.sample(content, language, holder), prefix)
        for title, holder, prefix in (
            (_("The longest name"), designs.LONGEST, "long-"),
            (_("The shortest name"), designs.SHORTEST, "short-"),
        )
    ]
    context = {"object": design, "papers": papers, "language": language, "style": _style()}
    return TemplateResponse(request, "certification/cms/design_preview.html", context).render()


def _kept(design):
    version = designs.newest(design) if design.pk else None
    return version.content if version else designs.of_settings()


def _drawn(payload, prefix):
    """The page as SVG to look at, and the file itself in base64; nothing where it cannot be drawn."""
    from . import drawing, svg

    try:
        # drawn by us, every text in it escaped (certification/svg.py)
        return {"svg": mark_safe(svg.draw(payload, prefix)), "pdf": base64.b64encode(drawing.draw(payload)).decode()}  # nosec B703
    except (drawing.MissingGlyph, ImageLost):
        return {}


@functools.cache
def _style():
    from . import svg

    return base64.b64encode((STYLE + svg.fonts()).encode()).decode()
