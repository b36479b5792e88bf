"""What the bench's databases hold: the curriculum and the bare pages once, then a nation of a thousand staff a scale."""

import io
import sys

PASSWORD = "uzun-parol-ibora"
STAFF, PAGES, QUESTIONS = 1_000, 300, 20  # at scale 1
MOST_ENTRIES = 10  # times what the curriculum says: 3,000 lessons, for the search
ADMIN, LEARNER, GRADUATE = "UZ-000001", "TSH-0001", "TSH-0002"


def base():
    """The whole curriculum, keys, and a bare Wagtail page beside it."""
    from django.conf import settings
    from django.core.management import call_command
    from wagtail.models import Page

    from cms.models import HomePage
    from scripts import messages

    from .bare.models import StreamPage

    messages.compile_changed()
    call_command("make_signing_keys", stdout=io.StringIO())
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["wagtail*"])
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_curriculum", verbosity=0, stdout=io.StringIO())
    home = HomePage.objects.get(locale__language_code="uz")
    body = [
        ("heading", "A short page"),
        ("paragraph", "<p>A <b>short</b> paragraph of a page, with a <i>second</i> thought in it.</p>"),
        ("quote", "What is measured is not guessed."),
        ("paragraph", "<p>And a last one.</p><ul><li>one</li><li>two</li></ul>"),
    ]
    bare = StreamPage(title="Bare", slug="bare", body=body, locale=home.locale, live=False)
    Page.objects.get(pk=home.pk).add_child(instance=bare).save_revision().publish()
    assert settings.PRODUCTION


def scaled(scale):
    """A nation of a thousand staff a scale with what they did; as many more pages and questions; the demonstration's people."""
    from django.db import connection

    from accounts.models import User
    from certification import award
    from certification.models import CourseCompletion
    from cms import demo
    from cms.growing import grow
    from reports import totals

    grow(STAFF * scale, told=lambda done: print(f"\r{done:,} staff", end="", file=sys.stderr, flush=True))
    print(file=sys.stderr)
    demo.make(PASSWORD)
    pages(PAGES * scale)
    entries(min(scale, MOST_ENTRIES) - 1)
    User.objects.update(is_demo=False)  # production does not start with them
    let_in(User.objects.get(username=ADMIN))
    award.issue(completion=CourseCompletion.objects.get(enrolment__learner__username=GRADUATE).pk)
    totals.recount()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages(number):
    """So many more published pages in Wagtail's tree, in a branch of their own."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Locale, Page

    if not number:
        return
    locale, kind = Locale.objects.get(language_code="uz"), ContentType.objects.get_for_model(Page)
    branch = Page.get_first_root_node().add_child(instance=Page(title="Grown", slug="grown", locale=locale))
    Page.objects.bulk_create(
        (
            Page(
                title=f"Grown {n}", draft_title=f"Grown {n}", slug=f"grown-{n}", url_path=f"{branch.url_path}grown-{n}/",
                path=Page._get_path(branch.path, branch.depth + 1, n), depth=branch.depth + 1, locale=locale,
                content_type=kind, live=True,
            )
            for n in range(1, number + 1)
        ),
        1_000,
    )  # fmt: skip
    Page.objects.filter(pk=branch.pk).update(numchild=number)


def entries(times):
    """What the curriculum's pages say, so many times more, as words of the grown pages: of a kind that everybody may open."""
    from itertools import cycle

    from wagtail.models import Page

    from cms.models import SearchEntry

    said = list(SearchEntry.objects.filter(page__isnull=False))
    grown = Page.objects.filter(slug__startswith="grown-").values_list("pk", flat=True)[: times * len(said)]
    rows = zip(grown, cycle(said), strict=False)
    SearchEntry.objects.bulk_create(
        (
            SearchEntry(
                kind=SearchEntry.Kind.MODULE, key=f"grown-{pk}", language=row.language, page_id=pk, title=row.title, text=row.text,
                title_words=row.title_words, text_words=row.text_words, version="grown",
            )
            for pk, row in rows
        ),
        200,
    )  # fmt: skip


def let_in(person):
    """A second factor, without which production leads staff to its set-up."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "unused"})


def sizes():
    """{what grows: how many rows there are}."""
    from wagtail.models import Page

    from accounts.models import User
    from certification.models import CertificateVersion
    from cms.models import SearchEntry
    from courses.models import Attempt, Question

    models = {
        "staff": User,
        "attempts": Attempt,
        "certificates": CertificateVersion,
        "pages": Page,
        "questions": Question,
        "entries of the search": SearchEntry,
    }
    return {name: model.objects.count() for name, model in models.items()}
