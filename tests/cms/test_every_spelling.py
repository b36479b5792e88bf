"""Every search of /cms/, /hr/ and /teach/ against five spellings of one word. /search/ has a table of its own (test_search.py)."""

from datetime import date
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from modelsearch.models import IndexEntry
from modelsearch.query import MATCH_NONE, And, Not, Or, Phrase, PlainText
from wagtail.documents import get_document_model
from wagtail.models import Page

from accounts.models import Role
from certification.finding import fold_missed
from certification.models import CertificateVersion
from cms import admin_search
from cms.models import Drawing, GlossaryTerm, LessonPage
from courses.models import Cohort, Question
from reports import requirements
from seminars.models import Seminar
from tests import making
from tests.cms.admin_pages.typing_in import trainer_of
from tests.kept import kept
from tests.seminars import making as rooms

FIVE = ["o'quv", "o‘quv", "oquv", "ўқув", "öquv"]
SAID, OTHER = {"uz": "Oʻquv soʻzi", "ru": "Слово", "en": "Word"}, {"uz": "Begona"}
SEARCHES = {
    "pages": "/cms/pages/search/results/?q={q}",
    "pages of an explorer listing": "/cms/pages/{module.pk}/results/?q={q}",
    "chooser of pages": "/cms/choose-page/search/?q={q}",
    "pictures": "/cms/images/results/?q={q}",
    "chooser of pictures": "/cms/images/chooser/results/?q={q}",
    "documents": "/cms/documents/results/?q={q}",
    "chooser of documents": "/cms/documents/chooser/results/?q={q}",
    "questions": "/cms/questions/results/?q={q}",
    "terms": "/cms/glossary/results/?q={q}",
    "chooser of terms": "/cms/snippets/choose/cms/glossaryterm/results/?q={q}",
    "figures": "/cms/figures/results/?q={q}",
    "chooser of figures": "/cms/snippets/choose/cms/drawing/results/?q={q}",
    "seminars": "/cms/seminar-topics/results/?q={q}",
    "runs": "/cms/runs/results/?q={q}",
}
PEOPLE = {
    "users": "/cms/users/results/?q={q}",
    "staff": "/hr/people/?q={q}",
    "certificates by holder": "/hr/certificates/?q={q}",
    "invitations": "/hr/invitations/?q={q}",
    "of whom something is required": "/hr/requirements/people/?q={q}",
    "people of a requirement": "/hr/requirements/{requirement.pk}/?q={q}",
    "records to merge": "/hr/people/{third.pk}/merge/?q={q}",
    "people for a run": "/seminars/runs/{run.pk}/people/?q={q}",
    "progress": "/teach/courses/{course.pk}/?q={q}",
    "people for a cohort": "/teach/cohorts/{cohort.pk}/?q={q}",
}


@kept
def world(bedrock):
    """Of each kind one thing that has the word in its title or name, and one that has not."""
    page = making.course(quiz=False, lessons=2)
    course, (lesson, other) = making.row(page), LessonPage.objects.order_by("pk")
    making.publish(_titled(lesson, "Oʻquv mashgʻuloti"))
    making.publish(_titled(other, "Begona dars"))
    for title in ("Oʻquv zali", "Begona zal"):
        making.committed(lambda title=title: _titled(making.picture(), title).save())
        document = get_document_model()(title=title)
        making.committed(lambda document=document: document.file.save("reja.txt", ContentFile(b"reja"), save=True))
    pool = making.pool(count=0, course=course)
    library = rooms.library("UZ", level="nation")
    admin = rooms.person("admin", library=library, role=Role.ADMINISTRATOR, family="Ism", given="Familiya")
    type(admin).objects.filter(pk=admin.pk).update(is_superuser=True)
    for key, titles in (("word", SAID), ("another", OTHER)):
        question = making.question(pool, content={**making.SINGLE, "text": titles})
        Question.objects.filter(pk=question.pk).update(
            note=titles["uz"]
        )  # what the list shows; the search has read the text
        GlossaryTerm.objects.create(key=key, titles=titles)
        Drawing.objects.create(key=f"sec/{key}", svg="<svg/>", words={f"{key}-title": titles})
        run = rooms.run(Seminar.objects.create(code=key, course=course, titles=titles), trainer=admin)
        person = rooms.person(f"P-{key}", family=f"{titles['uz'].split()[0]}ova", library=library)
        certified = rooms.certify(making.enrol(person, making.course(quiz=False, code=f"C-{key}")))
        making.enrol(person, page)
    third = rooms.person("P-third", family="Uchinchi", library=library)
    trainer = trainer_of(page)
    cohort = Cohort.objects.create(course=course, title="Guruh", trainer=admin, begins_on=date(2026, 9, 1))
    requirement = requirements.require(library=library, course=course, due_on=date(2026, 12, 30), by=admin)
    module = lesson.get_parent()
    return SimpleNamespace(
        admin=admin, third=third, trainer=trainer, run=run, course=course, cohort=cohort, requirement=requirement, module=module, lesson=lesson, certified=certified
    )  # fmt: skip


def _titled(row, title):
    row.title = title
    return row


def text_of(response):
    assert response.status_code == 200
    content = response.content
    if response.headers["Content-Type"] == "application/json":
        content = response.json()["html"]
    page = BeautifulSoup(content, "html.parser")
    for part in page.select("script, template, nav, option"):
        part.decompose()
    return (page.select_one("main") or page).get_text(" ")


@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", [*SEARCHES, *PEOPLE])
def test_a_search_finds_the_word_in_five_spellings(world, client, name):
    client.force_login(world.admin)
    address, ending = (PEOPLE[name], "ova") if name in PEOPLE else (SEARCHES[name], "")

    for spelling in FIVE:
        text = text_of(client.get(address.format(q=spelling, **vars(world))))
        text = " ".join(text.split())
        assert (f"Oʻquv{ending}" in text, f"Begona{ending}" in text) == (True, False), (spelling, text)


# --- Where else ---------------------------------------------------------------------------------------------------------------


def leads_on(client, person):
    client.force_login(person)
    page = BeautifulSoup(client.get("/cms/pages/search/?q=oquv").content, "html.parser")
    return [one["href"] for one in page.select("a[href$='?q=oquv']") if not one["href"].startswith("/cms/pages/")]


def test_the_search_of_cms_leads_on_to_the_lists_that_the_reader_may_see(world, client):
    assert leads_on(client, world.admin) == [
        "/cms/images/?q=oquv", "/cms/questions/?q=oquv", "/cms/glossary/?q=oquv", "/cms/seminar-topics/?q=oquv", "/cms/documents/?q=oquv",
        "/cms/users/?q=oquv", "/hr/certificates/?q=oquv", "/hr/people/?q=oquv",
    ]  # fmt: skip
    assert leads_on(client, world.trainer) == [
        "/cms/images/?q=oquv", "/cms/questions/?q=oquv", "/cms/glossary/?q=oquv", "/cms/seminar-topics/?q=oquv", "/cms/documents/?q=oquv",
    ]  # fmt: skip


# --- Wagtail's own index ----------------------------------------------------------------------------------------------------


def titles(query, rows=None):
    return [row.title for row in (Page.objects.all() if rows is None else rows).autocomplete(query)]


def test_several_words_the_last_of_them_begun_and_quoted_ones(world):
    assert titles("ўқув машғ") == titles('mashg‘uloti "o\'quv"') == ["Oʻquv mashgʻuloti"]
    assert titles("oʻqu") == ["Oʻquv mashgʻuloti"]
    assert titles("quv") == titles("oʻqu mashgʻuloti") == []  # whole words but for the last
    assert Page.objects.search("МАШҒУЛОТИ").count() == 1


@pytest.mark.parametrize("query", ["", " ", "'", "—", '""', '"\'"', "%", "*", "x" * 10_000, "a OR (b", "NOT"])
def test_nothing_that_is_typed_there_breaks_it(world, client, query):
    client.force_login(world.admin)

    assert client.get("/cms/pages/search/results/", {"q": query}).status_code == 200
    assert client.get("/cms/choose-page/search/", {"q": query}).status_code == 200


def test_a_parsed_query_is_folded_in_all_its_parts():
    told = And(
        [
            PlainText("Ўқув", operator="or"),
            Phrase("Taʼlim berish"),
            PlainText("—"),
            Not(Or([PlainText("x"), Phrase("'")])),
        ]
    )

    assert repr(admin_search.folded_query(told)) == (
        "<And <PlainText 'oquv' operator='or' boost=1> <Phrase 'talim berish'> <Not <PlainText 'h' operator='and' boost=1>>>"
    )
    assert admin_search.folded_query(And([PlainText("—"), Phrase("'")])) is MATCH_NONE


def test_the_sweep_indexes_what_an_older_release_has_written_or_a_crash_left_out(world):
    assert admin_search.index_missed() >= 0
    assert admin_search.index_missed() == 0
    assert titles("oquv") == ["Oʻquv mashgʻuloti"]

    Page.objects.filter(pk=world.lesson.pk).update(title="Maʼruza")
    IndexEntry.objects.filter(object_id=str(world.module.pk), content_type=world.module.content_type_id).delete()
    assert titles("маъруза") == []

    assert admin_search.index_missed() == 2
    assert titles("маъруза") == ["Maʼruza"]
    assert len(titles("modul")) == 3


def test_what_a_load_saves_is_indexed_together_at_its_end(world):
    with admin_search.once_at_the_end():
        making.committed(lambda: _titled(LessonPage.objects.get(pk=world.lesson.pk), "Maʼruza").save())
        assert titles("маъруза") == []

    assert titles("маъруза") == ["Maʼruza"]
    making.committed(lambda: _titled(LessonPage.objects.get(pk=world.lesson.pk), "Suhbat").save())
    assert titles("суҳбат") == ["Suhbat"]


# --- Certificates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "SBQ-2026-{n}", "sbq-2026-{n}", "sbq 2026 {n}", "SBQ2026{n}", "SBQ–2026–{n}", "SBQ\u20102026\u2011{n}", "sbq\u00ad2026−{n}", "{n}",
        "Ўқувова C-word", "kurs c-word oquvova", "КУРС C-WORD", "7KQ4-M9XR-T2HK", "7kq4 m9xr t2hk", "7KQ4–M9XR–T2HK", "7kq4m9xrt2hk",
        "7КQ4-М9ХR-Т2НК", "Qodirova", "қодирова",
    ],
)  # fmt: skip
def test_a_certificate_is_found_by_name_course_number_and_code_in_any_writing(world, client, typed):
    client.force_login(world.admin)
    version = CertificateVersion.objects.get(certificate__enrolment__learner__username="P-word")
    version.code, version.payload["holder"] = "7KQ4M9XRT2HK", "Qodirova Nigora"  # another name than that of the account
    version.folded = version.words
    version.save()

    page = client.get("/hr/certificates/", {"q": typed.format(n=version.certificate.number[-6:])})

    assert [row.get_text(strip=True) for row in BeautifulSoup(page.content, "html.parser").select("tbody th")] == [
        version.certificate.number
    ]


def test_the_sweep_folds_what_older_code_has_issued(world):
    CertificateVersion.objects.update(folded="")
    assert not CertificateVersion.objects.matching("SBQ").exists()

    assert (fold_missed(), fold_missed()) == (2, 0)
    assert CertificateVersion.objects.matching("SBQ").count() == 2
