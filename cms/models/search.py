"""What the search reads: one row for each text that can be found, in each of its languages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    """A hint, made anew from the page, the seminar or the term (cms/search_index.py); whether it may be seen is asked of them."""

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        COURSE = "course", _("Course")
        MODULE = "module", _("Module")
        ASSIGNMENT = "assignment", _("Assignment")
        SEMINAR = "seminar", _("Seminar")
        TERM = "term", _("Term")

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(
        max_length=64
    )  # one thing in its languages: a page's translation key, a seminar's code, a term's key
    language = models.CharField(max_length=5)
    page = models.ForeignKey("wagtailcore.Page", models.CASCADE, null=True, related_name="+")
    seminar = models.ForeignKey("seminars.Seminar", models.CASCADE, null=True, related_name="+")
    term = models.ForeignKey("cms.GlossaryTerm", models.CASCADE, null=True, related_name="+")
    title = models.TextField()
    text = models.TextField(blank=True)  # plain, as it is shown around a hit
    title_words = models.TextField()  # as they are compared, a space before and after each (cms/search_words.py)
    text_words = models.TextField()
    version = models.CharField(max_length=64)  # of what it was made from: the same, and nothing is made anew

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "language"], name="one_entry_for_a_text_in_a_language"),
            models.CheckConstraint(
                condition=Q(page__isnull=False, seminar=None, term=None)
                | Q(page=None, seminar__isnull=False, term=None)
                | Q(page=None, seminar=None, term__isnull=False),
                name="an_entry_is_of_one_thing",
            ),
        ]

    def __str__(self):
        return self.title
