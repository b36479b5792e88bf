"""What our sheets on paper share: A4, Noto, a ruled table, a line at the foot. Texts are set in the language that is active."""

import io
import threading
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import translation

FONTS = {"Sheet": "NotoSans-Regular.ttf", "Sheet-Bold": "NotoSans-Bold.ttf"}
MARGIN = 12  # millimetres: 186 of 210 are left, or 273 of 297
_one_at_a_time = threading.Lock()  # a font of reportlab notes which signs a document uses


def build(*, title, language, story, foot, wide=False):
    """The PDF as bytes. `story` makes the flowables of the styles that it is given; `foot` says the last line of a page by its number."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    def draw_foot(canvas, document):
        canvas.setFont("Sheet", 8)
        canvas.drawString(MARGIN * mm, 9 * mm, foot(document.page))

    with translation.override(language), _one_at_a_time:
        held = io.BytesIO()
        document = SimpleDocTemplate(
            held, pagesize=landscape(A4) if wide else A4, leftMargin=MARGIN * mm, rightMargin=MARGIN * mm, topMargin=14 * mm,
            bottomMargin=16 * mm, title=title, author=settings.SITE_NAME, lang=language, initialFontName="Sheet",
        )  # fmt: skip
        document.build(story(styles()), onFirstPage=draw_foot, onLaterPages=draw_foot)
    return held.getvalue()


def styles():
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in FONTS.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, settings.BASE_DIR / "certification" / "fonts" / file))
    plain = ParagraphStyle("plain", fontName="Sheet", fontSize=9.5, leading=12.5)
    return {
        "plain": plain,
        "small": ParagraphStyle("small", plain, fontSize=8.5, leading=11),
        "head": ParagraphStyle("head", plain, fontName="Sheet-Bold", fontSize=9, leading=11.5),
        "part": ParagraphStyle("part", plain, fontName="Sheet-Bold", fontSize=11.5, leading=15, spaceBefore=14, spaceAfter=6,
                               keepWithNext=1),
        "title": ParagraphStyle("title", plain, fontName="Sheet-Bold", fontSize=15, leading=20),
    }  # fmt: skip


def text(words, style):
    """A paragraph of words as they are: nothing in them is markup."""
    from reportlab.platypus import Paragraph

    return Paragraph(escape(words), style)


def person(name, login, style):
    """A name with the login below it."""
    from reportlab.platypus import Paragraph

    return Paragraph(f"{escape(name)}<br/><font size=7.5>{escape(login)}</font>", style)


def table(head, rows, widths, styles, *, airy=False):
    """A ruled table whose head stands on every page. `widths` in millimetres; `airy` leaves room to sign."""
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    lines = [[text(words, styles["head"]) for words in head], *rows]
    made = Table(lines, [width * mm for width in widths], repeatRows=1, hAlign="LEFT" if not airy else "CENTER")
    looks = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#545047")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("FONTNAME", (0, 0), (-1, -1), "Sheet"),  # else Helvetica, which is not embedded
    ]
    if airy:
        looks += [("TOPPADDING", (0, 1), (-1, -1), 5), ("BOTTOMPADDING", (0, 1), (-1, -1), 7)]
    made.setStyle(TableStyle(looks))
    return made
