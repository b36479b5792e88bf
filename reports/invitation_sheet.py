"""Invitations on paper: A4, a slip a person, to be cut apart along the dashed lines. Each slip is in the language of its person."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from xml.sax.saxutils import escape

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts import qr
from accounts.models import User
from accounts.text import in_language
from seminars import paper

WIDTHS = (142, 42)  # millimetres: 184 of 186, words and the code to be scanned
SQUARE = 30  # millimetres, the QR code with its quiet zone


@dataclass(frozen=True)
class Slip:
    person: User
    code: str  # in groups
    expires_at: datetime


def draw(slips, by):
    """The PDF as bytes, library by library. `slips` come sorted by library."""
    language = by.language if by.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        title = _("Invitations")

    def story(styles):
        return _story(slips, by, _styles(styles), language)

    return paper.build(title=title, language=language, story=story, foot=lambda page: _("Page %(n)s") % {"n": page})


def address():
    return f"{settings.BASE_URL}{reverse('code')}"


def _styles(styles):
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if "Sheet-Mono" not in pdfmetrics.getRegisteredFontNames():
        file = settings.BASE_DIR / "certification" / "fonts" / "NotoSansMono-Bold.ttf"
        pdfmetrics.registerFont(TTFont("Sheet-Mono", file))
    plain = ParagraphStyle("slip", styles["plain"], fontSize=10, leading=13.5)
    return styles | {
        "slip": plain,
        "step": ParagraphStyle(
            "step", plain, leftIndent=13, bulletIndent=0, bulletFontName="Sheet-Bold", bulletFontSize=10
        ),
        "name": ParagraphStyle("name", plain, fontName="Sheet-Bold", fontSize=13, leading=16.5),
        "secret": ParagraphStyle("secret", plain, fontSize=10, leading=20, spaceBefore=1, spaceAfter=4),
        "under": ParagraphStyle("under", plain, fontSize=8.5, leading=11, alignment=1, splitLongWords=1),
    }


def _story(slips, by, styles, language):
    from reportlab.platypus import PageBreak, Spacer

    pages = []
    for _key, group in groupby(slips, key=lambda slip: slip.person.library_id):
        group = list(group)
        if pages:
            pages.append(PageBreak())
        with translation.override(language):
            pages += [*_heading(group, styles), Spacer(0, 8)]
        for slip in group:
            spoken = slip.person.language
            with translation.override(spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
                pages.append(_slip(slip, by, styles))
    return pages


def _heading(group, styles):
    library = group[0].person.library
    rule = _(
        "Cut along the dashed lines and give each slip to its person alone. "
        "A code that was given to somebody before opens nothing any more."
    )
    return [
        paper.text(str(library) if library else _("Without a library"), styles["title"]),
        paper.text(f"{_('Slips: %(n)s.') % {'n': len(group)}} {rule}", styles["plain"]),
    ]  # fmt: skip


def _slip(slip, by, styles):
    """One unbreakable table with a dashed line below it."""
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    table = Table(
        [[_words(slip, by, styles), _scan(styles)]], [width * mm for width in WIDTHS], hAlign="CENTER", splitByRow=0
    )
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (1, 0), (1, 0), "CENTER"), ("FONTNAME", (0, 0), (-1, -1), "Sheet"),
        ("LEFTPADDING", (0, 0), (0, 0), 0), ("RIGHTPADDING", (1, 0), (1, 0), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 7), ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ("LINEBELOW", (0, 0), (-1, -1), 0.8, colors.HexColor("#545047"), None, (4, 3)),
        ("LINEABOVE", (0, 0), (-1, -1), 0.8, colors.HexColor("#545047"), None, (4, 3)),
    ]))  # fmt: skip
    return table


def _words(slip, by, styles):
    from reportlab.platypus import Paragraph

    person = slip.person
    until = formats.date_format(timezone.localtime(slip.expires_at), "DATE_FORMAT")
    secret = "<br/>".join(
        f'{escape(label)}: <font name="Sheet-Mono" size="{size}">{escape(value)}</font>'
        for label, value, size in ((_("Login"), person.username, 16), (_("One-time code"), slip.code, 16))
    )
    steps = (
        _("Open %(address)s on a phone or a computer, or scan the square.") % {"address": _short(address())},
        _("Type the login and the code."),
        _(
            "Think of a password of your own, at least 10 signs, and set it. From then on you log in with it, and this slip may be torn up."
        ),
    )
    helper = in_language(settings.SIGN_IN_HELP)
    helps = f"{by.official_name or by.username}{f'; {helper}' if helper else ''}"
    return [
        paper.text(person.official_name or person.username, styles["name"]),
        paper.text(str(person.library) if person.library else "", styles["slip"]),
        Paragraph(secret, styles["secret"]),
        *(Paragraph(escape(words), styles["step"], bulletText=f"{n}.") for n, words in enumerate(steps, 1)),
        paper.text(f"{_('The code is valid until: %(day)s.') % {'day': until}} {_('Who helps: %(who)s') % {'who': helps}}", styles["slip"]),
    ]  # fmt: skip


def _scan(styles):
    host, _slash, path = _short(address()).partition("/")
    return [_square(address()), *(paper.text(part, styles["under"]) for part in (host, f"/{path}"))]


def _short(text):
    return text.partition("://")[2].rstrip("/")


def _square(text):
    """The QR code, drawn once a document however many slips show it."""
    from reportlab.lib.units import mm
    from reportlab.platypus import Flowable

    class Square(Flowable):
        hAlign = "CENTER"

        def wrap(self, *_room):
            return SQUARE * mm, SQUARE * mm

        def draw(self):
            if not self.canv.hasForm("address"):
                self.canv.beginForm("address", 0, 0, SQUARE * mm, SQUARE * mm)
                self._modules()
                self.canv.endForm()
            self.canv.doForm("address")

        def _modules(self):
            side, runs = qr.runs(text)
            step = SQUARE * mm / (side + 8)  # four modules of quiet zone on each side
            path = self.canv.beginPath()
            for x, y, width in runs:
                path.rect((x + 4) * step, (side + 3 - y) * step, width * step, step)
            self.canv.drawPath(path, stroke=0, fill=1)

    return Square()
