"""Four Wagtail signals, one answer: find the courses in, over or under the page, and after the commit read them anew.

Nothing is taken from the event but «look there» (docs/decisions/0002-syllabus-from-pages.md). Which deed sends which signal,
and where, was tried out for every deed: approval, scheduled publishing and deletion need nothing more than these four.
"""

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import Page, PageLogEntry
from wagtail.signals import (
    copy_for_translation_done,
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
)
from wagtail_localize.models import TranslationLog

from courses import syllabus
from seminars.models import Seminar

from . import search_index, tree
from .models import GlossaryTerm


@receiver(page_published)
@receiver(page_unpublished)
@receiver(page_slug_changed)
def look_at_page(sender, instance, **kwargs):
    tree.look_again(instance)


@receiver(post_page_move)
def look_at_both_places(sender, instance, parent_page_before, parent_page_after, **kwargs):
    tree.look_again(instance, *Page.objects.filter(pk__in=[parent_page_before.pk, parent_page_after.pk]))


@receiver(page_slug_changed)
@receiver(post_page_move)
def renew_links(sender, **kwargs):
    """An address changed: lessons of any course may link to it."""
    transaction.on_commit(syllabus.bump_all, robust=True)


ALIAS_TURNED = ("wagtail.convert_alias", "wagtail_localize.convert_to_alias")


@receiver(post_save, sender=PageLogEntry)
def look_at_turned_alias(instance, created, **kwargs):
    """An alias became a page of its own, or a page an alias. No signal tells; each of the three places that do it logs it."""
    if created and instance.action in ALIAS_TURNED:
        tree.look_again(instance.page)


@receiver(copy_for_translation_done)
def let_the_team_in(sender, source_obj, target_obj, **kwargs):
    """A translated copy is a draft and publishes nothing: the course's trainers are let into its tree all the same."""
    if isinstance(target_obj, Page):
        tree.look_again(target_obj, words_changed=False)


@receiver(post_save, sender=TranslationLog)
def a_draft_translation_stays_a_draft(instance, created, **kwargs):
    """wagtail-localize writes the words of a draft into the live row of a published page (tried, 1.14.5): the row goes back.

    Where the translation is to be published, its publishing follows and writes the row once more.
    """
    page = (
        Page.objects.filter(latest_revision=instance.revision_id, live=True).first()
        if created and instance.revision_id
        else None
    )
    if page and page.live_revision_id and page.live_revision_id != page.latest_revision_id:
        shown = page.live_revision.as_object()
        shown.has_unpublished_changes = True
        shown.save(clean=False)


@receiver(post_save, sender=Seminar)
def seminar_can_be_found(sender, instance, **kwargs):
    if not tree.is_gathering():  # files are read in: all at once afterwards (cms/loading/courses.py)
        transaction.on_commit(lambda: search_index.index_seminars(instance), robust=True)


@receiver(post_save, sender=GlossaryTerm)
def term_can_be_found(sender, instance, **kwargs):
    if not tree.is_gathering():
        transaction.on_commit(lambda: search_index.index_terms(instance), robust=True)
