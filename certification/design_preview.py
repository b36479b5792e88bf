"""A design as it will be printed, with the longest and the shortest name: the very drawing of the certificates, on a page."""

import base64

from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from . import designs
from .images import ImageLost


def preview(request, design, language):
    """The response for Wagtail's preview. `design.typed`: what stands in the form, kept nowhere yet."""
    content = getattr(design, "typed", None) or _kept(design)
    papers = [
        {"title": title, "pdf": _drawn(content, language, holder)}
        for title, holder in ((_("The longest name"), designs.LONGEST), (_("The shortest name"), designs.SHORTEST))
    ]
    context = {"object": design, "papers": papers, "language": language}
    return TemplateResponse(request, "certification/cms/design_preview.html", context).render()


def _kept(design):
    version = designs.newest(design) if design.pk else None
    return version.content if version else designs.of_settings()


def _drawn(content, language, holder):
    """The PDF in base64, or None where it cannot be drawn."""
    from .drawing import MissingGlyph, draw

    try:
        return base64.b64encode(draw(designs.sample(content, language, holder))).decode()
    except (MissingGlyph, ImageLost):
        return None
