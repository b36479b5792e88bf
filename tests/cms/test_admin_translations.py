"""Translating pages in /cms/ (wagtail-localize): a copy is a draft, and a draft stays one."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Locale
from wagtail.users.models import UserProfile
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from accounts.models import Role, User
from accounts.roles import grant
from cms import teams
from cms.models import CoursePage, LessonPage, ModulePage
from courses.models import Activity
from tests import making


@pytest.fixture
def course_page(base):
    return making.course()


@pytest.fixture
def russian(base):
    return Locale.objects.get(language_code="ru")


@pytest.fixture
def as_editor(client, base):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    client.force_login(person)
    return client


def translate(client, page, locale, subtree=True):
    """«Translate this page» in the admin."""
    data = {"locales": [locale.pk], **({"include_subtree": "on"} if subtree else {})}
    return making.committed(
        lambda: client.post(reverse("wagtail_localize:submit_page_translation", args=[page.pk]), data)
    )


def test_translating_a_course_makes_drafts_and_leaves_the_syllabus_alone(as_editor, course_page, russian):
    before = making.row(course_page).titles
    assert translate(as_editor, course_page, russian).status_code == 302

    copies = [model.objects.get(locale=russian) for model in (CoursePage, ModulePage, LessonPage)]
    assert [page.live for page in copies] == [False, False, False]
    assert making.row(course_page).titles == before
    assert all(list(row.titles) == ["uz"] for row in Activity.objects.filter(course=making.row(course_page)))
    assert as_editor.get(f"/cms/pages/{copies[2].pk}/edit/").status_code == 200  # the translator


def test_the_courses_trainers_are_let_into_the_copy(as_editor, client, course_page, russian):
    trainer = making.person("trainer")
    grant(person=trainer, role=Role.TRAINER)
    teams.join(course=making.row(course_page), person=trainer)
    translate(as_editor, course_page, russian)

    client.force_login(trainer)
    assert client.get(f"/cms/pages/{LessonPage.objects.get(locale=russian).pk}/edit/").status_code == 200


def test_a_trainer_does_not_start_translations(client, course_page, russian):
    trainer = making.person("trainer")
    grant(person=trainer, role=Role.TRAINER)
    teams.join(course=making.row(course_page), person=trainer)
    client.force_login(trainer)

    assert translate(client, course_page, russian).status_code in (302, 403)
    assert not CoursePage.objects.filter(locale=russian).exists()


def say(page, uz, ru, locale):
    """What a translator types for one text of a page."""
    source = TranslationSource.objects.get_for_instance(page)
    segment = source.stringsegment_set.get(string__data=uz)
    StringTranslation.objects.update_or_create(
        translation_of=segment.string, locale=locale, context=segment.context,
        defaults={"data": ru, "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL},
    )  # fmt: skip
    return Translation.objects.get(source=source, target_locale=locale)


@pytest.fixture
def lesson(as_editor, course_page, russian):
    """A lesson that is live in Uzbek and Russian."""
    translate(as_editor, course_page, russian)
    lesson = LessonPage.objects.descendant_of(course_page).get()
    for page in (course_page, ModulePage.objects.child_of(course_page).get(), lesson):
        translation = say(page, page.title, f"RU {page.title}", russian)
        making.committed(lambda translation=translation: translation.save_target(publish=True))
    return lesson


def title(lesson):
    return Activity.objects.get(key=lesson.translation_key).titles.get("ru")


def test_a_published_translation_reaches_the_syllabus(lesson):
    assert title(lesson) == "RU Dars d1"


def test_a_draft_translation_of_a_live_page_stays_a_draft(lesson, course_page, russian, client):
    translation = say(lesson, "Dars d1", "Черновик", russian)
    making.committed(lambda: translation.save_target(publish=False))
    making.publish(course_page)  # somebody publishes something: the syllabus is read anew

    page = LessonPage.objects.get(locale=russian)
    assert (page.title, page.live, page.has_unpublished_changes) == ("RU Dars d1", True, True)
    assert page.get_latest_revision_as_object().title == "Черновик"
    assert title(lesson) == "RU Dars d1"
    client.force_login(making.person())
    html = client.get(page.get_url()).content.decode()
    assert "RU Dars d1" in html and "Черновик" not in html

    making.committed(lambda: translation.save_target(publish=True))
    assert title(lesson) == "Черновик"


def test_translating_the_course_again_does_not_disturb_what_is_live(as_editor, lesson, course_page, russian):
    translate(as_editor, course_page, russian)

    page = LessonPage.objects.get(locale=russian)
    assert (page.title, page.live) == ("RU Dars d1", True)


@pytest.mark.parametrize(
    ("language", "words"), [("uz", "Boshqaruv paneli"), ("ru", "Панель управления"), ("en", "Dashboard")]
)
def test_each_person_reads_the_admin_in_the_language_chosen_there(as_editor, course_page, language, words):
    """Whatever the browser's cookie says, which is that of the platform's own pages."""
    profile = UserProfile.get_for_user(User.objects.get(pk=int(as_editor.session["_auth_user_id"])))
    profile.preferred_language = language
    profile.save()
    as_editor.cookies["django_language"] = "ru" if language == "uz" else "uz"

    page = BeautifulSoup(as_editor.get("/cms/").text, "html.parser")

    assert page.html["lang"] == language
    assert page.title.text.strip() == f"{words} - Saboq"


@pytest.mark.parametrize(("language", "words"), [("uz", "Izoh qoʻshish"), ("ru", "Главное меню")])
def test_the_scripts_of_the_admin_speak_the_language_that_a_person_has_chosen_there(as_editor, language, words):
    profile = UserProfile.get_for_user(User.objects.get(pk=int(as_editor.session["_auth_user_id"])))
    profile.preferred_language = language
    profile.save()

    catalogue = as_editor.get(reverse("wagtailadmin_javascript_catalog")).text

    assert words.encode("ascii", "backslashreplace").decode().lower() in catalogue.lower()
