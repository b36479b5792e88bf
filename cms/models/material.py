"""What lessons are made with: drawings, terms, and the note of what the curriculum's files have loaded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.text import in_language


class Drawing(models.Model):
    """A figure: one drawing, its words in every language. Comes from the curriculum's files alone: SVG is never uploaded."""

    key = models.CharField(_("key"), max_length=200, unique=True)  # sec/1-accounts/1-passwords/one-password
    svg = models.TextField(_("drawing"))
    words = models.JSONField(_("words"), default=dict)  # {id of the text: {"uz": ..., "ru": ..., "en": ...}}
    own = models.JSONField(_("other drawings"), default=dict)  # {"ru": svg} where a language needs another drawing

    class Meta:
        verbose_name, verbose_name_plural = _("figure"), _("figures")
        ordering = ["key"]

    def __str__(self):
        return self.title() or self.key

    @property
    def name(self):
        return self.key.rpartition("/")[2]

    def title(self, language=None):
        return in_language(self.words.get(f"{self.name}-title"), language)

    def draw(self, language):
        """The drawing as inline SVG with the words of `language`."""
        from ..curriculum.figures import draw

        return draw(self.own.get(language, self.svg), self.words, language, prefix=f"f{self.pk}-")


class GlossaryTerm(models.Model):
    """One thing, one word in each language."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    titles = models.JSONField(_("term"), default=dict)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("term"), _("glossary")
        ordering = ["key"]

    def __str__(self):
        return in_language(self.titles) or self.key


class LoadedItem(models.Model):
    """What load_curriculum made of which file: what a trainer has edited or deleted since is never overwritten."""

    key = models.CharField(max_length=200)  # the file's folder, such as sec/1-accounts/1-passwords
    language = models.CharField(max_length=5, blank=True)
    fingerprint = models.CharField(max_length=64)  # of what was loaded
    made = models.PositiveBigIntegerField()  # the primary key of the page, or of the row
    revision = models.PositiveBigIntegerField(null=True)  # the page's revision: a newer one is somebody's edit

    class Meta:
        verbose_name, verbose_name_plural = _("loaded item"), _("loaded items")
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="an_item_is_loaded_once")]

    def __str__(self):
        return f"{self.key} {self.language}"
