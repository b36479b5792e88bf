"""The register of certificates on paper: A4 landscape, a row a certificate, in the language that is active."""

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certification.codes import pretty
from seminars import paper

from .certificates import day_of, state_of

WIDTHS = (34, 54, 42, 51, 15, 23, 28, 26)  # millimetres, 273 in all


def draw(rows, words, by):
    """The PDF as bytes. `words`: [(what was asked, in words)]."""
    language = get_language()
    printed = formats.date_format(timezone.localtime(), "DATETIME_FORMAT")
    versions = list(rows)

    def foot(number):
        who = by.official_name or by.username
        return _("Printed on %(when)s by %(who)s. Page %(number)s") % {"when": printed, "who": who, "number": number}

    def story(styles):
        yield paper.text(_("Register of certificates issued"), styles["title"])
        yield paper.text(" ", styles["small"])
        yield paper.text(in_words(words) or _("All"), styles["plain"])
        yield paper.text(_("Certificates: %(n)s") % {"n": len(versions)}, styles["plain"])
        yield paper.text(" ", styles["small"])
        head = [
            _("Number and code"), _("Holder"), _("Library"), _("Course"), _("Hours"), _("Issued on"), _("Valid until"), _("State"),
        ]  # fmt: skip
        yield paper.table(head, [_line(one, styles) for one in versions], WIDTHS, styles)

    return paper.build(
        title=f"{settings.SITE_NAME}: {_('Register of certificates issued')}", language=language,
        story=lambda styles: list(story(styles)), foot=foot, wide=True,
    )  # fmt: skip


def in_words(words):
    return "; ".join(f"{label}: {text}" for label, text in words)


def _line(version, styles):
    person, small = version.certificate.enrolment.learner, styles["small"]
    revoked = version.certificate.revoked_at
    state = str(state_of(version).label)
    if revoked:
        state += f", {day_of(timezone.localdate(revoked))}"
    return [
        paper.person(version.certificate.number, pretty(version.code), small),
        paper.person(version.payload["holder"], person.username, small),
        paper.text(str(person.library or ""), small),
        paper.text(version.title, small),
        paper.text(f"{version.payload['hours']:g}", small),
        paper.text(day_of(timezone.localdate(version.first_issued)), small),
        paper.text(day_of(version.expires_on), small),
        paper.text(state, small),
    ]
