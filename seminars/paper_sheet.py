"""The attendance sheet on paper: A4, a line for everybody, two columns to sign in, empty lines for who comes without a seat."""

import io
import threading
from collections import Counter
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.text import in_language

EMPTY_LINES = 5
FONTS = {"Sheet": "NotoSans-Regular.ttf", "Sheet-Bold": "NotoSans-Bold.ttf"}
WIDTHS = (9, 58, 55, 32, 32)  # millimetres: 186 of 210
_one_at_a_time = threading.Lock()  # a font of reportlab notes which signs a document uses


def language_of(people):
    """The language that most of them read; the platform's own for nobody."""
    known = dict(settings.LANGUAGES)
    told = Counter(person.language for person in people if person.language in known)
    return max(sorted(told), key=told.get) if told else settings.LANGUAGE_CODE


def draw(session, people, language):
    """The PDF as bytes. `session` comes with its run, seminar, course and trainers; `people` with library and position."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate, Spacer

    with translation.override(language), _one_at_a_time:
        styles = _styles()
        held = io.BytesIO()
        title = f"{_('Attendance sheet')}: {in_language(session.run.seminar.titles)}"
        document = SimpleDocTemplate(
            held, pagesize=A4, leftMargin=12 * mm, rightMargin=12 * mm, topMargin=14 * mm, bottomMargin=16 * mm, title=title,
            author=settings.SITE_NAME, lang=language, initialFontName="Sheet",
        )  # fmt: skip
        story = [
            *_heading(session, styles),
            Spacer(0, 4 * mm),
            _table(people, styles),
            Spacer(0, 8 * mm),
            *_end(styles),
        ]
        document.build(story, onFirstPage=_foot(session), onLaterPages=_foot(session))
    return held.getvalue()


def _styles():
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
        "title": ParagraphStyle("title", plain, fontName="Sheet-Bold", fontSize=15, leading=20),
    }


def _heading(session, styles):
    from reportlab.platypus import Paragraph

    run, seminar = session.run, session.run.seminar
    course = f" ({in_language(seminar.course.titles)})" if seminar.course else ""
    begins, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    when = f"{formats.date_format(begins, 'DATE_FORMAT')}, {begins:%H:%M}–{ends:%H:%M}"
    hours = _("Academic hours: %(n)s") % {"n": formats.number_format(session.hours.normalize())}
    trainers = ", ".join(person.official_name for person in run.trainers.all())
    lines = [
        f"{in_language(seminar.titles)}{course}", f"{when}. {hours}", in_language(run.place),
        f"{_('Trainers')}: {trainers}" if trainers else "",
    ]  # fmt: skip
    title = Paragraph(escape(_("Attendance sheet")), styles["title"])
    return [title, *(Paragraph(escape(line), styles["plain"]) for line in lines if line)]


def _table(people, styles):
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, Table, TableStyle

    head = ["№", _("Full name"), _("Library, position"), _("Signature on arrival"), _("Signature at the end")]
    rows = [[Paragraph(escape(words), styles["head"]) for words in head]]
    for number, person in enumerate(people, 1):
        post = ", ".join(str(part) for part in (person.library, person.position) if part)
        name = f"{escape(person.official_name)}<br/><font size=7.5>{escape(person.username)}</font>"
        cells = [str(number), name, escape(post), "", ""]
        rows.append([Paragraph(text, styles["small" if n == 2 else "plain"]) for n, text in enumerate(cells)])
    rows += [[Paragraph(str(len(people) + n), styles["plain"]), "", "", "", ""] for n in range(1, EMPTY_LINES + 1)]
    table = Table(rows, [width * mm for width in WIDTHS], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#545047")),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 1), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 1), (-1, -1), 7),
            ]
        )
    )
    return table


def _end(styles):
    from reportlab.platypus import Paragraph

    words = _("Trainer's signature")
    return [Paragraph(f"{escape(words)}: ______________________________", styles["plain"])]


def _foot(session):
    words = _("Session %(n)s, page %(page)s")

    def draw_foot(canvas, document):
        from reportlab.lib.units import mm

        canvas.setFont("Sheet", 8)
        canvas.drawString(12 * mm, 9 * mm, words % {"n": session.pk, "page": document.page})

    return draw_foot
