"""The certificate as a PDF: one A4 page, landscape, the same bytes for the same payload; PDF/UA-1 and PDF/A-2a, not yet signed.

A payload is frozen with the certificate and says everything that is printed:

    {"schema": 1, "number": "SBQ-2026-000417", "code": "7KQ4M9XRT2HK", "language": "uz", "holder": "...",
     "verify_url": "https://saboq.example/verify/7KQ4M9XRT2HK/", "issued_on": "2026-11-22", "hours": 36,
     "expires_on": None or "2029-11-22",
     "period": {"from": "2026-09-07", "to": "2026-11-16"}, "order": None or {"number": "12-i", "date": "2026-11-20"},
     "course_code": "SEC", "digcomp": ["1.3", "4.1"] (in the badge alone), "demo": True,
     "design": {"border": "girih", "accent": "#1e3f94", "logo": "" or a picture, "version": [3, 1] where there is a design},
     "words": {"uz": {"issuer": "...", "course": "...", "modules": ["...", ...], "legal_basis": "..." or "",
                      "subtitle": "" (as in wording.py) or "...",
                      "signatories": [{"name": "...", "post": "...", "scan": "" or a picture}, ... none to two]},
               "ru": {...}, "en": {...}}}

Pictures are named by their content (certification/images.py); `design`, `subtitle` and `scan` may lack.

certification/layout.py says where each line of text stands, art.py draws the rest, tagging.py finishes the file.
"""

import hashlib
import io
import json
import threading
from itertools import groupby

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from . import tagging
from .art import define_forms, draw_art, draw_qr
from .layout import (
    HEIGHT,
    LOGO_BOX,
    MM,
    QR_LEFT,
    QR_SIDE,
    QR_TOP,
    SANS,
    WIDTH,
    MissingGlyph,
    lay_out,
    scan_box,
)  # fmt: skip
from .ornament import LAPIS
from .wording import LABELS, facts

__all__ = ["MissingGlyph", "bare", "draw", "lay_out"]


def draw(payload):
    """The PDF of a certificate, as bytes. Raises MissingGlyph rather than print a box, images.ImageLost rather than leave a gap."""
    pdf, parts = bare(payload)
    return tagging.finish(pdf, parts, about(payload))


def bare(payload):
    """Returns (the page as reportlab draws it, with its content marked; [tagging.Part, ...] in reading order)."""
    lines = lay_out(payload)
    with _one_at_a_time:
        page = _Page(
            "",
            pagesize=(WIDTH * MM, HEIGHT * MM),
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            initialFontName=SANS,
            lang=payload["language"],
        )
        # the file's identity follows from the payload; reportlab's own would follow SOURCE_DATE_EPOCH
        page._doc.signature = hashlib.md5(json.dumps(payload, sort_keys=True).encode(), usedforsecurity=False)
        parts = paint(page, payload, lines)
        page.showPage()
        return page.getpdfdata(), parts


class _Page(Canvas):
    def picture(self, data, left, bottom, width, height):
        """A PNG in the middle of a box, as large as fits."""
        picture = ImageReader(io.BytesIO(data))
        self.drawImage(picture, left, bottom, width, height, mask="auto", preserveAspectRatio=True, anchor="c")


def paint(page, payload, lines):
    """All that is on the page, on anything that draws as reportlab's canvas does. Returns [tagging.Part, ...] in reading order."""
    define_forms(page, payload.get("design", {}).get("accent", LAPIS))
    draw_art(page, payload)
    parts = _write(page, lines, payload)
    _place(parts, "seal", [*_scans(page, payload, len(parts))])
    _place(parts, "code", [_qr(page, payload, len(parts))])
    _logo(page, payload)
    return parts


_one_at_a_time = threading.Lock()  # reportlab: one TTFont must not serve two documents at the same time


def _write(canvas, lines, payload):
    """The text, each part of it between the marks by which the structure finds it."""
    code = next(fact for fact in facts(payload, payload["language"]) if fact.key == "code")
    alone = {"code": f"{code.label}: {code.value}"}  # what nobody who only hears it would understand without its label
    parts = []
    for (role, fact), group in groupby(lines, key=lambda line: (line.role, line.fact)):
        group = list(group)
        if role:
            parts.append(tagging.Part(role, fact, len(parts), _box(group), alone.get(fact, "")))
        canvas.addLiteral(f"/{role} <</MCID {len(parts) - 1}>> BDC" if role else "/Artifact BMC")
        for line in group:
            canvas.setFont(line.font, line.size * MM)
            canvas.setFillColor(line.colour)
            canvas.drawString(line.left * MM, (HEIGHT - line.y) * MM, line.text, charSpace=line.spacing * MM)
        canvas.addLiteral("EMC")
    return parts


def _place(parts, fact, figures):
    """Into the order of reading before the part that is called `fact`."""
    place = next(place for place, part in enumerate(parts) if part.fact == fact)
    parts[place:place] = figures


def _logo(canvas, payload):
    """An artifact: the issuer's name stands under it."""
    if name := payload.get("design", {}).get("logo"):
        canvas.addLiteral("/Artifact BMC")
        _picture(canvas, name, LOGO_BOX)
        canvas.addLiteral("EMC")


def _scans(canvas, payload, number):
    """Scanned signatures, each a figure; yields their Parts, numbered from `number`."""
    signatories = [one for one in payload["words"][payload["language"]]["signatories"] if one["name"]]
    for place, one in enumerate(signatories):
        if one.get("scan"):
            box = scan_box(len(signatories), place)
            canvas.addLiteral(f"/Figure <</MCID {number}>> BDC")
            _picture(canvas, one["scan"], box)
            canvas.addLiteral("EMC")
            alt = f"{LABELS[payload['language']]['signature']}: {one['name']}"
            yield tagging.Part("Figure", f"scan-{place}", number, _points(*box), alt)
            number += 1


def _picture(canvas, name, box):
    from . import images  # only where there is one: the storage is Django's, the drawing is not

    left, bottom, right, top = _points(*box)
    canvas.picture(images.read(name), left, bottom, right - left, top - bottom)


def _qr(canvas, payload, number):
    canvas.addLiteral(f"/Figure <</MCID {number}>> BDC")
    draw_qr(canvas, payload["verify_url"])
    canvas.addLiteral("EMC")
    alt = f"{LABELS[payload['language']]['qr']}: {payload['verify_url']}"
    return tagging.Part("Figure", "qr", number, _points(QR_LEFT, QR_TOP, QR_LEFT + QR_SIDE, QR_TOP + QR_SIDE), alt)


def _box(lines):
    """What the lines cover together, in points from the lower left corner."""
    left, top, right, bottom = zip(*(line.box for line in lines), strict=True)
    return _points(min(left), min(top), max(right), max(bottom))


def _points(left, top, right, bottom):
    return tuple(round(value * MM, 2) for value in (left, HEIGHT - bottom, right, HEIGHT - top))


def about(payload):
    """What the file says of itself."""
    language = payload["language"]
    labels, words = LABELS[language], payload["words"][language]
    return tagging.About(
        title=f"{labels['title']} {payload['number']}: {payload['holder']}",
        author=words["issuer"],
        subject=words["course"],
        language=language,
        day=payload["issued_on"],
        identifier=payload["verify_url"],
        link=f"{labels['verify_url']}: {payload['verify_url']}",
        seal=labels["electronic_seal"],
    )
