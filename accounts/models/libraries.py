"""The libraries of the nation, and the posts in them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
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


class LibraryManager(MP_NodeManager):
    def get_queryset(self):
        return LibraryQuerySet(self.model, using=self._db).order_by("path")

    def below(self, *libraries):
        return self.get_queryset().below(*libraries)


class Library(MP_Node):
    """A library or information and library centre, in the tree nation > region > district > branch."""

    class Kind(models.TextChoices):
        NATION = "nation", _("National programme")
        REGION = "region", _("Regional centre")
        DISTRICT = "district", _("District or city centre")
        BRANCH = "branch", _("Branch")
        UNIVERSITY = "university", _("University library")

    code = models.SlugField(_("code"), unique=True, max_length=20)
    titles = models.JSONField(_("name"), default=dict)  # {"uz": ..., "ru": ..., "en": ...}
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DISTRICT)

    node_order_by = ["code"]
    objects = LibraryManager()

    class Meta:
        verbose_name, verbose_name_plural = _("library"), _("libraries")

    def __str__(self):
        return in_language(self.titles) or self.code


class Position(models.Model):
    """A post: librarian, SMM specialist, web analyst, content marketer."""

    code = models.SlugField(_("code"), unique=True, max_length=40)
    titles = models.JSONField(_("name"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("position"), _("positions")

    def __str__(self):
        return in_language(self.titles) or self.code
