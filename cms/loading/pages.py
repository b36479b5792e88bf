"""One page from one entry of the curriculum: made, renewed, or left alone."""

from wagtail.models import Page

from ..models import QuizDraw
from .notes import fingerprint, is_edited, known, note, page_of


def put(report, *, key, language, model, parent, slug, title, fields, source=None, draws=None):
    """Make or renew the page `key` in `language`; returns the live page, or None when somebody has deleted it.

    `source` is its page in the source language, for translations. `draws` are (pool, count) pairs of a quiz. A page that
    was edited since it was loaded, and one that says already what the files say, is returned as it is.
    """
    item = known(key, language)
    wanted = fingerprint(
        {"title": title, "slug": slug, "fields": fields, "draws": draws and [(p.code, n) for p, n in draws]}
    )
    if item:
        page = page_of(item)
        if page is None:
            report.left.append(f"{key} {language}: deleted")
            return None
        if is_edited(item, page):
            report.left.append(f"{key} {language}: edited since")
            return page.specific
        if item.fingerprint == wanted:
            report.same += 1
            return page.specific
        page = page.specific
        report.changed += 1
    else:
        page = _new(model, parent, slug, title, fields, source)
        report.made += 1
    page.title = page.draft_title = title
    for name, value in fields.items():
        setattr(page, name, value)
    if draws is not None and [(d.pool_id, d.count) for d in page.draws.all()] != [(p.pk, n) for p, n in draws]:
        page.draws = [QuizDraw(pool=pool, count=count, sort_order=n) for n, (pool, count) in enumerate(draws)]
    revision = page.save_revision(clean=True)
    revision.publish()
    note(key, language, wanted, page.pk, revision.pk)
    return page


def _new(model, parent, slug, title, fields, source):
    """Not live: publishing it afterwards sends the signal that the syllabus listens to. A translation shares the key of its source."""
    shared = {"translation_key": source.translation_key} if source else {}
    page = model(title=title, slug=slug, locale=parent.locale, live=False, **shared, **fields)
    return Page.objects.get(pk=parent.pk).add_child(instance=page)


def in_order(key, language, parent, pages):
    """Put the children of `parent` into the order of `pages` ({key: page}); others stay behind. Moves nothing that stands right.

    An order that the files have said already is not said again: somebody may have dragged the pages into another one.
    """
    print_, item = fingerprint(list(pages)), known(f"{key}/order", language)
    if item and item.fingerprint == print_:
        return
    note(f"{key}/order", language, print_, parent.pk)
    children = [page.pk for page in Page.objects.get(pk=parent.pk).get_children()]
    wanted = [page.pk for page in pages.values() if page and page.pk in children]
    present = [pk for pk in children if pk in wanted]
    if present == wanted:
        return
    for pk in wanted:
        Page.objects.get(pk=pk).move(Page.objects.get(pk=parent.pk), pos="last-child")
