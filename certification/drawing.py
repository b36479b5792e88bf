"""The certificate as a PDF: one A4 page, landscape, the same bytes for the same payload; PDF/UA-1 and PDF/A-2a, not yet signed.

A payload is frozen with the certificate and says everything that is printed:

    {"schema": 1, "number": "SBQ-2026-000417", "code": "7KQ4M9XRT2HK", "language": "uz", "holder": "...",
     "verify_url": "https://saboq.example/verify/7KQ4M9XRT2HK/", "issued_on": "2026-11-22", "hours": 36,
     "expires_on": None or "2029-11-22",
     "period": {"from": "2026-09-07", "to": "2026-11-16"}, "order": None or {"number": "12-i", "date": "2026-11-20"},
     "course_code": "SEC", "digcomp": ["1.3", "4.1"] (in the badge alone), "demo": True,
     "words": {"uz": {"issuer": "...", "course": "...", "modules": ["...", ...], "legal_basis": "..." or "",
                      "signatories": [{"name": "...", "post": "..."}, ... none to two]}, "ru": {...}, "en": {...}}}

certification/layout.py says where each line of text stands, art.py draws the rest, tagging.py finishes the file.
"""

import hashlib
import json
import threading
from itertools import groupby

from reportlab.pdfgen.canvas import Canvas

from . import tagging
from .art import define_forms, draw_art, draw_qr
from .layout import HEIGHT, LAPIS, MM, QR_LEFT, QR_SIDE, QR_TOP, SANS, WIDTH, MissingGlyph, lay_out
from .wording import LABELS, facts

__all__ = ["MissingGlyph", "bare", "draw", "lay_out"]


def draw(payload):
    """The PDF of a certificate, as bytes. Raises MissingGlyph rather than print a box."""
    pdf, parts = bare(payload)
    return tagging.finish(pdf, parts, about(payload))


def bare(payload):
    """Returns (the page as reportlab draws it, with its content marked; [tagging.Part, ...] in reading order)."""
    lines = lay_out(payload)
    with _one_at_a_time:
        canvas = Canvas(
            "",
            pagesize=(WIDTH * MM, HEIGHT * MM),
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            initialFontName=SANS,
            lang=payload["language"],
        )
        # the file's identity follows from the payload; reportlab's own would follow SOURCE_DATE_EPOCH
        canvas._doc.signature = hashlib.md5(json.dumps(payload, sort_keys=True).encode(), usedforsecurity=False)
        define_forms(canvas, payload.get("design", {}).get("accent", LAPIS))
        draw_art(canvas, payload)
        parts = _write(canvas, lines, payload)
        qr = _figure(canvas, payload, len(parts))
        parts.insert(next(place for place, part in enumerate(parts) if part.fact == "code"), qr)
        canvas.showPage()
        return canvas.getpdfdata(), parts


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


def _figure(canvas, payload, number):
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
