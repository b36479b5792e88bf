"""The libraries of the nation, and the posts in them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from ..text import in_language


class LibraryQuerySet(MP_NodeQuerySet):
    def below(self, *libraries):
        """These libraries with all that belongs to them."""
        if not libraries:
            return self.none()
        reach = Q()
        for library in libraries:
            reach |= Q(path__startswith=library.path)
        return self.filter(reach)

    def in_use(self):
        """Those that are not closed, nor merged into others: where people work and what a form may offer."""
        return self.filter(closed_at=None)


class LibraryManager(MP_NodeManager):
    def get_queryset(self):
        return LibraryQuerySet(self.model, using=self._db).order_by("path")

    def below(self, *libraries):
        return self.get_queryset().below(*libraries)

    def in_use(self):
        return self.get_queryset().in_use()

    def standing(self, library):
        """The library as it is at this moment: where it went, if it was merged since it was looked up. None stays None."""
        return library and self.get(pk=library.pk).standing()

    def by_code(self, code):
        """The library that a code stands for, in any case of letters; of one that was merged, where it went.

        Old spreadsheets go on finding their library. A closed one is returned as it is. Raises Library.DoesNotExist."""
        code = code.strip()
        found = self.filter(code=code).first() or self.get(code__iexact=code)
        return found.standing()


class Library(MP_Node):
    """A library or information and library centre, in the tree nation > region > district > library."""

    class Level(models.TextChoices):
        """Where it stands in the tree; a library may have branches, which are libraries too."""

        NATION = "nation", _("National programme")
        REGION = "region", _("Regional centre")
        DISTRICT = "district", _("District or city centre")
        LIBRARY = "library", _("Library or branch")

    class Type(models.TextChoices):
        """Whose library it is, on any level."""

        PUBLIC = "public", pgettext_lazy("type of library", "Public")
        SCHOOL = "school", pgettext_lazy("type of library", "School")
        ACADEMIC = "academic", pgettext_lazy("type of library", "Academic")
        PRIVATE = "private", pgettext_lazy("type of library", "Private")
        ASSOCIATION = "association", pgettext_lazy("type of library", "Association")

    code = models.SlugField(_("code"), unique=True, max_length=20)  # stays for ever: files and logins rest on it
    titles = models.JSONField(_("name"), default=dict)  # {"uz": ..., "ru": ..., "en": ...}
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.DISTRICT)
    type = models.CharField(_("type of library"), max_length=12, choices=Type, default=Type.PUBLIC)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="taken_in", verbose_name=_("merged into")
    )

    node_order_by = ["code"]
    objects = LibraryManager()

    class Meta:
        verbose_name, verbose_name_plural = _("library"), _("libraries")
        indexes = [models.Index(fields=["depth", "path"], name="libraries_of_a_level")]  # whose children a page shows
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["nation", "region", "district", "library"]), name="a_library_has_a_level"
            ),
            models.CheckConstraint(
                condition=Q(type__in=["public", "school", "academic", "private", "association"]),
                name="a_library_has_a_type",
            ),
            models.CheckConstraint(condition=~Q(level="nation") | Q(depth=1), name="a_nation_is_on_top"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_at__isnull=False), name="a_merged_library_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="no_library_is_merged_into_itself"
            ),
        ]

    def __str__(self):
        return in_language(self.titles) or self.code

    @property
    def way(self):
        """The paths of the libraries to which it belongs, from the topmost, and its own."""
        return [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]

    def is_above(self, other):
        """Whether the other belongs to it, be it by several steps."""
        return self.path != other.path and other.path.startswith(self.path)

    def standing(self):
        """This library, or the one into which it went by one merge or several."""
        found = self
        while found.merged_into_id:
            found = found.merged_into
        return found


class LibraryChange(models.Model):
    """A row of a library's history. Written by accounts/libraries.py with the deed, never changed."""

    class Deed(models.TextChoices):
        ADDED = "added", pgettext_lazy("history of a library", "Added")
        CHANGED = "changed", pgettext_lazy("history of a library", "Changed")
        MOVED = "moved", pgettext_lazy("history of a library", "Moved")
        MERGED = "merged", pgettext_lazy("history of a library", "Merged into another")
        TOOK_IN = "took_in", pgettext_lazy("history of a library", "Took another in")
        CLOSED = "closed", pgettext_lazy("history of a library", "Closed")

    library = models.ForeignKey(Library, models.PROTECT, related_name="history", verbose_name=_("library"))
    at = models.DateTimeField(_("when"))
    deed = models.CharField(_("what"), max_length=8, choices=Deed)
    before = models.JSONField(_("before"), default=dict)  # {field: value}; of libraries their codes
    after = models.JSONField(_("after"), default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    reason = models.TextField(_("why"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("change of a library"), _("changes of libraries")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.library_id} {self.deed}"


class Position(models.Model):
    """A post: librarian, SMM specialist, web analyst, content marketer."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    titles = models.JSONField(_("name"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("position"), _("positions")

    def __str__(self):
        return in_language(self.titles) or self.code
