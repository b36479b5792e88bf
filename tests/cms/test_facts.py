"""The list of pages whose facts are due: whose they are, in which order, and where it is told."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from accounts.roles import grant
from cms import facts, teams
from cms.models import LessonPage, ModulePage
from tests import making
from tests.cms.test_translation_board import translated
from tests.kept import kept

ADDRESS = "/teach/facts/"
TODAY = date(2027, 5, 20)
LATE, TODAYS, SOON, FAR = (TODAY + timedelta(days=n) for n in (-1, 0, 30, 31))


def dated(page, again, **fields):
    page.check_again, page.checked = again, date(2026, 11, 22)
    for name, value in fields.items():
        setattr(page, name, value)
    return making.publish(page)


@kept
def world(bedrock):
    """Two courses: `trainer` has the one, nobody the other."""
    page, other = making.course(lessons=2, quiz=False), making.course(quiz=False)
    trainer, editor = making.person("trainer", last_name="Namunayeva", first_name="Lola"), making.person("editor")
    grant(person=trainer, role=Role.TRAINER)
    grant(person=editor, role=Role.EDITOR)
    teams.join(course=making.row(page), person=trainer)
    return page, other, trainer, editor


def lessons(page):
    return LessonPage.objects.descendant_of(page).order_by("path")


def titles(user, **narrowed):
    return [page.title for page in facts.due(user, today=TODAY, **narrowed)]


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_the_list_begins_with_the_oldest_date_and_looks_a_month_ahead(world):
    page, other, trainer, _editor = world
    first, second = lessons(page)
    dated(first, SOON, title="Yaqinda")
    dated(second, TODAYS, title="Bugun")
    dated(ModulePage.objects.child_of(page).get(), LATE, title="Oʻtgan")
    dated(lessons(other).get(), LATE, title="Begona")

    assert titles(trainer) == ["Oʻtgan", "Bugun", "Yaqinda"]
    assert facts.counted(trainer, today=TODAY) == {"late": 1, "soon": 2}

    dated(first, FAR)
    assert titles(trainer) == ["Oʻtgan", "Bugun"]


def test_editors_see_the_pages_of_all_courses_and_may_choose_one(world):
    page, other, _trainer, editor = world
    dated(lessons(page)[0], LATE, title="Birinchi")
    dated(lessons(other).get(), SOON, title="Ikkinchi")

    assert titles(editor) == ["Birinchi", "Ikkinchi"]
    assert titles(editor, course=making.row(other)) == ["Ikkinchi"]


def test_a_translation_has_its_own_date_and_what_nobody_reads_is_not_listed(world):
    page, _other, trainer, _editor = world
    lesson = lessons(page)[0]
    translated(page, "Курс", code=page.code, outcome="Итог")
    translated(ModulePage.objects.child_of(page).get(), "Модуль")
    russian = translated(lesson, "Урок", outcome="Итог")
    dated(russian, LATE)
    dated(lesson, SOON, title="Dars")

    assert titles(trainer) == ["Урок", "Dars"]
    assert titles(trainer, language="uz") == ["Dars"]

    russian.unpublish()
    assert titles(trainer) == ["Dars"]


def test_the_page_says_date_language_course_and_who(world):
    page, _other, _trainer, editor = world
    lesson = lessons(page)[0]
    dated(lesson, date(2026, 3, 1), title="Parollar")

    html = signed_in(editor).get(f"{ADDRESS}?lang=uz").content.decode()

    row = html.split("<tbody>")[1].split("</tr>")[0]
    assert f'href="/cms/pages/{lesson.pk}/edit/">Parollar</a>' in row
    assert "2026-yil 1-mart" in row and "2026-yil 22-noyabr" in row  # due, checked
    assert "Oʻzbekcha" in row and page.title in row and "Namunayeva Lola" in row


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_page_as_for_three(world, django_assert_num_queries, count):
    editor = world[3]
    course = making.course(modules=count, quiz=False)
    for lesson in lessons(course):
        dated(lesson, timezone.localdate())
    client = signed_in(editor)
    client.get(ADDRESS)

    with django_assert_num_queries(9):
        response = client.get(ADDRESS)

    assert len(response.context["rows"]) == count


def test_what_is_not_known_is_not_found(world):
    _page, other, trainer, _editor = world
    client = signed_in(trainer)

    for query in ("language=kk", "course=0", f"course={making.row(other).pk}"):
        assert client.get(f"{ADDRESS}?{query}").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uz", "Tekshiriladigan faktlar: 1 (muddati yaqin: 1)"),
        ("ru", "Факты на проверку: 1 (скоро срок: 1)"),
        ("en", "Facts to check: 1 (soon due: 1)"),
    ],
)
def test_where_trainers_teach_they_see_how_many_are_due(world, language, words):
    page, _other, trainer, _editor = world
    today = timezone.localdate()
    first, second = lessons(page)
    dated(first, today - timedelta(days=1))
    dated(second, today + timedelta(days=3))

    assert words in signed_in(trainer).get(f"/teach/?lang={language}").content.decode()


def test_the_home_of_the_admin_tells_it_while_there_is_something_to_tell(world):
    page, _other, _trainer, editor = world
    client = signed_in(editor)
    home = client.get("/cms/?lang=ru").content.decode()
    assert ADDRESS in home and "Срок повторной проверки" not in home  # the menu alone

    dated(lessons(page)[0], timezone.localdate() - timedelta(days=1))

    assert "Срок повторной проверки фактов прошёл на 1 странице." in client.get("/cms/?lang=ru").content.decode()
