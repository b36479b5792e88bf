"""The transcript of a person: certificates with grades, seminars, hours by year; external certificates apart. In the active language.

`file_of` is the one way to a transcript: there it is sealed.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Max
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.text import in_language
from certification import signing
from certification.codes import pretty
from certification.models import CertificateVersion, CourseCompletion, ExternalCertificate
from courses.models import Attempt
from seminars import paper
from seminars.models import Attendance
from seminars.standing import HERE

from .certificates import day_of, state_of

CERTIFICATES = (42, 34, 15, 18, 23, 28, 26)  # millimetres, 186 in all
SEMINARS = (98, 46, 42)
EXTERNAL = (60, 60, 33, 33)
YEARS = (40, 48, 48, 50)


@dataclass(frozen=True)
class Completed:
    completion: CourseCompletion
    version: CertificateVersion | None  # as it stands, revoked or expired too
    grade: int | None  # per cent: the final test, else the mean of the module tests; the best attempt of each


@dataclass(frozen=True)
class Transcript:
    person: object
    completed: list  # Completed, oldest first
    seminars: list  # {"title", "first", "last", "hours"}
    external: list  # ExternalCertificate, approved
    years: list  # (year, hours of courses, hours of seminars that belong to no course)


def of(person):
    """The Transcript of a User. Five queries."""
    completions = list(
        CourseCompletion.objects.filter(enrolment__learner=person)
        .select_related("enrolment")
        .order_by("completed_at", "pk")
    )
    enrolments = [one.enrolment_id for one in completions]
    versions = CertificateVersion.objects.current().filter(certificate__enrolment__in=enrolments)
    versions = {one.certificate.enrolment_id: one for one in versions.select_related("certificate")}
    grades = _grades(enrolments)
    seminars, free = _seminars(person)
    years = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for one in completions:
        version = versions.get(one.enrolment_id)
        if version is None or not version.certificate.revoked_at:
            years[timezone.localtime(one.completed_at).year][0] += one.hours
    for year, hours in free.items():
        years[year][1] += hours
    return Transcript(
        person,
        [Completed(one, versions.get(one.enrolment_id), grades.get(one.enrolment_id)) for one in completions],
        seminars,
        list(ExternalCertificate.objects.approved().filter(person=person).order_by("issued_on", "pk")),
        [(year, *hours) for year, hours in sorted(years.items()) if any(hours)],
    )


def _grades(enrolments):
    best = Attempt.objects.filter(enrolment__in=enrolments, score__isnull=False, quiz__activity__archived=False)
    best = best.order_by().values_list("enrolment", "quiz", "quiz__activity__module").annotate(best=Max("score"))
    scores = defaultdict(list)
    for enrolment, _quiz, module, score in best:
        scores[enrolment].append((module, score))
    return {enrolment: grade_of(own) for enrolment, own in scores.items()}


def grade_of(scores):
    """The grade in per cent by the best score of each quiz, [(module or None, score)]: the final test, else the mean of the others."""
    finals = [score for module, score in scores if module is None]
    counted = finals or [score for _module, score in scores]
    return math.floor(Decimal(sum(counted)) / len(counted) + Decimal("0.5")) if counted else None


def _seminars(person):
    """([a row for each seminar attended], {year: hours of seminars without a course})"""
    marks = Attendance.objects.filter(person=person, mark__in=sorted(HERE), hours__gt=0)
    marks = marks.select_related("session__run__seminar").order_by("session__starts_at", "pk")
    rows, free = {}, defaultdict(Decimal)
    for mark in marks:
        seminar, day = mark.session.run.seminar, timezone.localdate(mark.session.starts_at)
        row = rows.setdefault(
            seminar.pk, {"title": in_language(seminar.titles), "first": day, "last": day, "hours": Decimal(0)}
        )
        row["last"], row["hours"] = day, row["hours"] + mark.hours
        if seminar.course_id is None:
            free[day.year] += mark.hours
    return list(rows.values()), free


# --- On paper ---------------------------------------------------------------------------------------------------------------


def file_of(person):
    """The transcript's PDF as bytes, sealed, in the language that is active. Raises certification.keys.NoKeys."""
    return signing.seal(draw(of(person)), has_place=False)


def draw(transcript):
    person, today = transcript.person, timezone.localdate()

    def foot(number):
        issuer = in_language(settings.ISSUER_NAME)
        return _("%(issuer)s. Transcript of %(when)s, page %(number)s") % {
            "issuer": issuer, "when": formats.date_format(today), "number": number,
        }  # fmt: skip

    def story(styles):
        yield paper.text(_("Transcript"), styles["title"])
        yield paper.text(person.certificate_name or person.official_name or person.username, styles["part"])
        who = [person.username, str(person.library or ""), str(person.position or ""), person.personnel_number]
        yield paper.text(" · ".join(part for part in who if part), styles["plain"])
        yield from _certificates(transcript.completed, styles)
        yield from _table(
            _("Seminars"),
            [_("Seminar"), _("When"), _("Academic hours")],
            transcript.seminars,
            _seminar,
            SEMINARS,
            styles,
        )
        heads = [_("Year"), _("Courses completed"), _("Seminars beside courses"), _("Academic hours together")]
        yield from _table(_("Hours by year"), heads, transcript.years, _year, YEARS, styles)
        note = _(
            "An academic hour has 45 minutes. A course counts in the year in which it was completed, with its seminars. "
            "Revoked and external certificates are not counted."
        )
        yield paper.text(" ", styles["small"])
        yield paper.text(note, styles["small"])
        if transcript.external:
            heads = [_("What it certifies"), _("Issued by"), _("Issued on"), _("Valid until")]
            title = _("External certificates: not issued by us, looked at by HR")
            yield from _table(title, heads, transcript.external, _external, EXTERNAL, styles)

    return paper.build(
        title=f"{_('Transcript')}: {person.username}",
        language=get_language(),
        story=lambda styles: list(story(styles)),
        foot=foot,
    )


def _table(title, heads, rows, cells, widths, styles):
    yield paper.text(title, styles["part"])
    if rows:
        lines = [[paper.text(text, styles["small"]) for text in cells(row)] for row in rows]
        yield paper.table(heads, lines, widths, styles)
    else:
        yield paper.text(_("None."), styles["plain"])


def _certificates(completed, styles):
    heads = [_("Course"), _("Number and code"), _("Hours"), _("Grade"), _("Completed"), _("Valid until"), _("State")]
    yield paper.text(_("Courses and certificates"), styles["part"])
    if not completed:
        yield paper.text(_("None."), styles["plain"])
        return
    lines = []
    for one in completed:
        version, small = one.version, styles["small"]
        numbered = (
            paper.person(version.certificate.number, pretty(version.code), small) if version else paper.text("–", small)
        )
        rest = [
            f"{one.completion.hours.normalize():f}", f"{one.grade} %" if one.grade is not None else "–",
            day_of(timezone.localdate(one.completion.completed_at)), day_of(version and version.expires_on) or "–",
            str(state_of(version).label) if version else "–",
        ]  # fmt: skip
        title = version.title if version else in_language(one.completion.syllabus["titles"])
        lines.append([paper.text(title, small), numbered, *(paper.text(text, small) for text in rest)])
    yield paper.table(heads, lines, CERTIFICATES, styles)


def _seminar(row):
    when = day_of(row["first"]) if row["first"] == row["last"] else f"{day_of(row['first'])} – {day_of(row['last'])}"
    return [row["title"], when, f"{row['hours'].normalize():f}"]


def _year(row):
    year, courses, seminars = row
    return [str(year), *(f"{hours.normalize():f}" for hours in (courses, seminars, courses + seminars))]


def _external(row):
    return [row.title, row.issuer, day_of(row.issued_on), day_of(row.expires_on) or "–"]
