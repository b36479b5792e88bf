"""The attendance sheet on paper: A4, a line for everybody, two columns to sign in, empty lines for who comes without a seat."""

from collections import Counter

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.text import in_language

from . import paper

EMPTY_LINES = 5
WIDTHS = (9, 58, 55, 32, 32)  # millimetres: 186 of 210


def language_of(people):
    """The language that most of them read; the platform's own for nobody."""
    known = dict(settings.LANGUAGES)
    told = Counter(person.language for person in people if person.language in known)
    return max(sorted(told), key=told.get) if told else settings.LANGUAGE_CODE


def draw(session, people, language):
    """The PDF as bytes. `session` comes with its run, seminar, course and trainers; `people` with library and position."""
    from reportlab.platypus import Spacer

    def story(styles):
        return [*_heading(session, styles), Spacer(0, 11), _table(people, styles), Spacer(0, 23), *_end(styles)]

    with translation.override(language):
        title = f"{_('Attendance sheet')}: {in_language(session.run.seminar.titles)}"
    return paper.build(title=title, language=language, story=story, foot=lambda page: _foot(session, page))


def _heading(session, styles):
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
    title = paper.text(_("Attendance sheet"), styles["title"])
    return [title, *(paper.text(line, styles["plain"]) for line in lines if line)]


def _table(people, styles):
    head = ["№", _("Full name"), _("Library, position"), _("Signature on arrival"), _("Signature at the end")]
    rows = []
    for number, person in enumerate(people, 1):
        post = ", ".join(str(part) for part in (person.library, person.position) if part)
        rows.append(
            [
                paper.text(str(number), styles["plain"]),
                paper.person(person.official_name, person.username, styles["plain"]),
                paper.text(post, styles["small"]), "", "",
            ]
        )  # fmt: skip
    rows += [[paper.text(str(len(people) + n), styles["plain"]), "", "", "", ""] for n in range(1, EMPTY_LINES + 1)]
    return paper.table(head, rows, WIDTHS, styles, airy=True)


def _end(styles):
    words = _("Trainer's signature")
    return [paper.text(f"{words}: ______________________________", styles["plain"])]


def _foot(session, page):
    return _("Session %(n)s, page %(page)s") % {"n": session.pk, "page": page}
