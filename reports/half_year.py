"""The half-yearly report of a region, a district or a library on paper: cover, numbers, charts, tables, method."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.text import in_language
from certification import ornament
from certification.models import CertificateVersion, CourseCompletion
from courses.models import Enrolment
from seminars import paper
from seminars.models import Attendance

from .board import FEWEST, board
from .forms import offered

FIRST_YEAR = 2000
WIDTHS = (54, 26, 25, 31, 24, 26)  # millimetres: 186 in all


@dataclass(frozen=True)
class Half:
    year: int
    number: int  # 1 or 2

    @property
    def code(self):
        return f"{self.year}-{self.number}"

    @property
    def begins(self):
        return date(self.year, 1 if self.number == 1 else 7, 1)

    @property
    def after(self):
        """The first day that is not in it."""
        return date(self.year, 7, 1) if self.number == 1 else date(self.year + 1, 1, 1)

    def __str__(self):
        first = _("First half of %(year)s") if self.number == 1 else _("Second half of %(year)s")
        return first % {"year": self.year}


def halves(today):
    """The present half-year and the three before it."""
    last = today.year * 2 + (today.month > 6)
    return [Half(n // 2, n % 2 + 1) for n in range(last, last - 4, -1)]


def parse(code, today):
    """«2026-2»; without one the present half; None for what is none, or has not begun."""
    if not code:
        return halves(today)[0]
    year, _dash, number = code.partition("-")
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and number in ("1", "2")) or int(year) < FIRST_YEAR:
        return None
    half = Half(int(year), int(number))
    return half if half.begins <= today else None


def facts(library, half):
    """{what happened in the half-year: number}. Counted from the facts; five queries."""
    zone = timezone.get_current_timezone()
    span = tuple(datetime.combine(day, time(), zone) for day in (half.begins, half.after))
    people = User.objects.below(library)
    came = Attendance.objects.filter(
        person__in=people, session__starts_at__gte=span[0], session__starts_at__lt=span[1], hours__gt=0
    )
    hours = came.aggregate(hours=Sum("hours"), people=Count("person", distinct=True))
    versions = CertificateVersion.objects.stored().filter(number=1, certificate__enrolment__learner__in=people)
    return {
        "begun": Enrolment.objects.filter(learner__in=people, began_at__gte=span[0], began_at__lt=span[1]).count(),
        "completed": CourseCompletion.objects.filter(
            enrolment__learner__in=people, completed_at__gte=span[0], completed_at__lt=span[1]
        ).count(),
        "certificates": versions.filter(issued_at__gte=span[0], issued_at__lt=span[1]).count(),
        "hours": hours["hours"] or 0,
        "came": hours["people"],
    }


def draw(library, half):
    """The PDF as bytes, in the language that is active."""
    now = timezone.now()
    found, happened = board([library], library, **offered()), facts(library, half)
    printed = formats.date_format(timezone.localtime(now), "DATETIME_FORMAT")
    as_of = formats.date_format(timezone.localtime(found.at or now), "DATETIME_FORMAT")

    def foot(number):
        return _("%(library)s. %(half)s. Page %(number)s") % {"library": library, "half": half, "number": number}

    def story(styles):
        from reportlab.platypus import KeepTogether  # slow to load

        return [*_cover(library, half, printed, styles), *_numbers(found, happened, as_of, styles), *_tables(found, styles),
                KeepTogether(list(_method(half, as_of, styles)))]  # fmt: skip

    return paper.build(
        title=f"{settings.SITE_NAME}: {_('Half-yearly report')}, {library}, {half}",
        language=get_language(),
        story=story,
        foot=foot,
    )


def _cover(library, half, printed, styles):
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import HRFlowable, PageBreak, Spacer

    middle = {"alignment": 1}
    large = ParagraphStyle("large", styles["title"], fontSize=24, leading=31, **middle)
    plain = ParagraphStyle("middle", styles["plain"], fontSize=12, leading=17, **middle)
    rule = HRFlowable(width="60%", thickness=1.2, color=colors.HexColor(ornament.LAPIS), spaceBefore=14, spaceAfter=14)
    return [
        Spacer(1, 14 * mm), _mark(18 * mm), Spacer(1, 6 * mm), paper.text(in_language(settings.ISSUER_NAME), plain), Spacer(1, 26 * mm),
        paper.text(_("Half-yearly report"), large), paper.text(_("Training of library staff in digital competences"), plain),
        rule, paper.text(str(library), ParagraphStyle("name", large, fontSize=18, leading=24)), paper.text(str(half), plain),
        Spacer(1, 66 * mm), _signatures(styles), Spacer(1, 10 * mm), paper.text(printed, plain), PageBreak(),
    ]  # fmt: skip


def _mark(size):
    """The mark, `size` across, as it stands on certificates."""
    from reportlab.graphics.shapes import Drawing, Polygon, PolyLine
    from reportlab.lib import colors

    def points(data):  # paths of ornament.py count downwards in a field of 48
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", data)]
        return [48 - number if place % 2 else number for place, number in enumerate(numbers)]

    made = Drawing(48, 48)
    made.add(
        Polygon(points(ornament.khatim(24, 24, 23.5)), fillColor=colors.HexColor(ornament.LAPIS), strokeColor=None)
    )
    made.add(PolyLine(points(ornament.MARK_BOOK), strokeColor=colors.white, strokeWidth=3.6))
    made.add(Polygon(points(ornament.MARK_SPARK), fillColor=colors.white, strokeColor=None))
    made.scale(size / 48, size / 48)
    made.width = made.height = size
    made.hAlign = "CENTER"
    return made


def _signatures(styles):
    """Who answers for it, by hand."""
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Table, TableStyle

    cells = [[paper.text(_("Director"), styles["plain"]), "", paper.text(_("HR specialist"), styles["plain"])]]
    made = Table(cells, [70 * mm, 20 * mm, 70 * mm])
    line = colors.HexColor("#545047")
    looks = [("LINEABOVE", (column, 0), (column, 0), 0.6, line) for column in (0, 2)]
    made.setStyle(TableStyle([*looks, ("FONTNAME", (0, 0), (-1, -1), "Sheet")]))
    return made


def _numbers(found, happened, as_of, styles):
    sums, hours = found.sums, happened["hours"]
    hours = formats.number_format(hours, 0 if hours == int(hours) else 1)
    during = [
        (_("Courses begun"), happened["begun"]), (_("Courses completed"), happened["completed"]),
        (_("Certificates issued"), happened["certificates"]),
        (_("Academic hours in seminars"), hours), (_("People who came to seminars"), happened["came"]),
    ]  # fmt: skip
    standing = [
        (_("Staff"), sums.staff), (_("In progress"), sums.in_progress), (_("Hold a valid certificate"), sums.certificates),
        (_("Overdue"), sums.overdue), (_("Never signed in"), sums.never),
    ]  # fmt: skip
    yield paper.text(_("In the half-year"), styles["part"])
    yield _pairs(during, styles)
    yield paper.text(_("As of %(when)s") % {"when": as_of}, styles["part"])
    yield _pairs(standing, styles)


def _pairs(rows, styles):
    lines = [[paper.text(label, styles["plain"]), paper.text(str(number), styles["plain"])] for label, number in rows]
    return paper.table([_("What"), _("Number")], lines, (sum(WIDTHS) - 40, 40), styles)


def _tables(found, styles):
    from reportlab.platypus import KeepTogether

    for heading, lines, in_any in (
        (_("By library"), found.places, True), (_("By course"), found.courses, False), (_("By position"), found.positions, True),
    ):  # fmt: skip
        if not lines:
            continue
        done = _("With a certificate") if in_any else _("Completed")
        head = [heading, _("Staff"), _("In progress"), done, _("Share"), _("Overdue")]
        silent = kept_silent(lines)
        rows = [_row(line, number in silent, styles) for number, line in enumerate(lines)]
        table = paper.table(head, rows, WIDTHS, styles)
        if len(lines) > 24:
            yield from (paper.text(heading, styles["part"]), table)
        else:
            yield KeepTogether(
                [paper.text(heading, styles["part"]), _chart(lines, silent), paper.text(" ", styles["small"]), table]
            )


def kept_silent(lines):
    """The places in `lines` of which a paper that goes from hand to hand tells no numbers: groups of fewer than FEWEST people, and the
    next smallest ones until nobody reckons those from the sum of all. Who works in it is told on HR's pages."""
    order = sorted((line.sums.staff, number) for number, line in enumerate(lines) if line.sums.staff)
    silent, people = set(), 0
    for staff, number in order:
        if staff >= FEWEST and (not silent or people >= FEWEST):
            break
        silent.add(number)
        people += staff
    return silent


def _share(line, is_silent):
    if line.is_small:
        return _("fewer than 5")
    return "–" if is_silent else f"{line.percent} %"


def _row(line, is_silent, styles):
    numbers = ["–"] * 3 if is_silent else [line.sums.in_progress, line.done, line.sums.overdue]
    cells = [line.label or "–", line.sums.staff, *numbers[:2], _share(line, is_silent), numbers[2]]
    return [paper.text(str(cell), styles["small"]) for cell in cells]


def _chart(lines, silent):
    """Bars with their numbers, hatchless and dark: they tell the same in black and white."""
    from reportlab.graphics.shapes import Drawing, Line, Rect, String
    from reportlab.lib import colors

    row, whole, left = 17, 250, 190
    made = Drawing(left + whole + 60, row * len(lines) + 4)
    for number, line in enumerate(lines):
        y = row * (len(lines) - 1 - number) + 4
        label = line.label if len(line.label) <= 38 else f"{line.label[:37]}…"
        made.add(String(left - 6, y + 3, label or "–", fontName="Sheet", fontSize=8, textAnchor="end"))
        made.add(Line(left, y, left + whole, y, strokeColor=colors.HexColor("#ddd0b8"), strokeWidth=0.4))
        told, width = _share(line, number in silent), 0 if number in silent else whole * (line.percent or 0) / 100
        if width:
            made.add(Rect(left, y + 1, width, row - 6, fillColor=colors.HexColor("#0a686f"), strokeColor=None))
        made.add(String(left + width + 4, y + 3, told, fontName="Sheet-Bold" if width else "Sheet", fontSize=8))
    return made


def _method(half, as_of, styles):
    period = {
        "first": formats.date_format(half.begins), "last": formats.date_format(date.fromordinal(half.after.toordinal() - 1)), "when": as_of,
    }  # fmt: skip
    yield paper.text(_("How this was counted"), styles["part"])
    said = (
        _("The half-year runs from %(first)s to %(last)s. What happened in it is counted from the records of the platform."),
        _("How the staff stands is counted as of %(when)s: of each course the newest run; a certificate counts while it is neither revoked nor expired."),  # noqa: E501
        _("Counted are the people who work in the library or below it at the time of counting, whatever library they worked in before."),
        _("A share is per head. The tables give no numbers of groups of fewer than 5 people, nor of the next smallest where one could reckon those from the rest. People are not ranked."),  # noqa: E501
        _("Overdue is who has not completed a required course by its day. Hours of seminars are academic hours of 45 minutes."),
    )  # fmt: skip
    for words in said:
        yield paper.text(words % period, styles["small"])
        yield paper.text(" ", styles["small"])
