"""What the edit view of a page tells its trainer. Read only: nothing here is a field."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel

from courses.models import Course
from courses.syllabus import explain


class NotePanel(Panel):
    """Shown when there is something to say: `lines` of the page in hand."""

    def lines(self, page):
        raise NotImplementedError

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/admin/note_panel.html"

        @property
        def lines(self):
            if not hasattr(self, "_lines"):
                self._lines = self.panel.lines(self.instance) if self.instance.pk else []
            return self._lines

        def is_shown(self):
            return bool(self.lines) and super().is_shown()


class ShortfallsPanel(NotePanel):
    """What the course lacks to be whole: nobody new can begin it until then."""

    def lines(self, page):
        course = Course.objects.filter(key=page.translation_key, archived=False).first()
        return [explain(one) for one in course.missing] if course else []


class SourceRulesPanel(NotePanel):
    """On a translated quiz: its rules are written elsewhere, and shown here only to be read."""

    def lines(self, page):
        if is_source(page):
            return []
        return [_("The rules are those of this page in the language in which the course was first published.")]


def is_source(page):
    """Whether the page is of its course's source language, which alone gives the rules. So is every page of a course without rows."""
    from .models import CoursePage

    parent = page.get_parent() if page.pk else None
    return parent is None or speaks_source(CoursePage.objects.ancestor_of(parent, inclusive=True).first(), page.locale)


def speaks_source(course_page, locale):
    source = Course.objects.filter(key=course_page.translation_key).values_list("source", flat=True).first()
    return not source or source == locale.language_code


class ChecksPanel(NotePanel):
    """Facts that nobody has looked up yet, and facts that have grown old."""

    def lines(self, page):
        said = []
        if page.check_again and page.check_again < timezone.localdate():
            said.append(
                _("The facts of this page were to be checked again by %(date)s.") % {"date": _date(page.check_again)}
            )
        return said + [line for line in page.to_check.splitlines() if line.strip()]


def _date(day):
    from django.utils.formats import date_format

    return date_format(day, "DATE_FORMAT")
