"""Pages in /cms/: previews, quizzes that draw from the own course, what the trainer is told."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.models import AssignmentPage, CoursePage, LessonPage, ModulePage, QuizPage
from tests import making
from tests.cms.admin_pages.typing_in import create, typed

# --- Previews -------------------------------------------------------------------------------------------------------------


def preview(client, address, data, mode=""):
    told = client.post(address, data).json()
    assert told["is_available"], told
    return client.get(address, {"mode": mode, "in_preview_panel": "true"})


def test_a_lesson_never_saved_is_previewed_as_a_learner_sees_it(as_trainer, module):
    response = preview(as_trainer, f"/cms/pages/add/cms/lessonpage/{module.pk}/preview/", typed(title="Hali yoʻq"))

    html = response.content.decode()
    assert response.status_code == 200
    assert "<h1" in html and "Hali yoʻq" in html and "Salom" in html and "Maslahat" in html
    assert not LessonPage.objects.filter(slug="yangi").exists()
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


QUIZ_RULES = {
    "pass_mark": "70", "attempts": "3", "wait_hours": "24", "penalty": "0", "time_limit": "", "grace_seconds": "30",
    "opens_at": "", "closes_at": "", "shows": "when_done",
}  # fmt: skip


def empty(model):
    common = {
        "title": "x",
        "slug": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "comments": inline_formset([]),
    }
    checked = {"checked": "", "check_again": "", "to_check": ""}
    own = {
        "lessonpage": {"outcome": "", "minutes": "12", "body": streamfield([("callout", {"kind": "", "title": "", "text": rich_text("")}), ("heading", {"level": "", "text": ""})]), **checked},
        "assignmentpage": {"purpose": "", "minutes": "70", "for_trainer": "", "body": streamfield([]), "rubric": streamfield([]), "pass_points": "70", "most_files": "5", "most_megabytes": "10", "due_days": ""},
        "quizpage": {"intro": rich_text(""), **QUIZ_RULES, "draws": inline_formset([])},
        "modulepage": {"outcome": "", "code": "", "hours": "7", "digcomp": "", **checked},
        "coursepage": {"outcome": "", "about": rich_text(""), "cover": "sec", "code": "", "hours": "36", "seminar_share": "60", **checked},
    }  # fmt: skip
    return nested_form_data(common | own[model])


@pytest.mark.parametrize("model", ["lessonpage", "assignmentpage", "quizpage"])
def test_what_is_hardly_begun_is_previewed(as_trainer, module, model):
    response = preview(as_trainer, f"/cms/pages/add/cms/{model}/{module.pk}/preview/", empty(model))

    assert response.status_code == 200
    assert b"<main" in response.content


@pytest.mark.parametrize("model", ["lessonpage", "assignmentpage", "quizpage"])
def test_what_is_hardly_begun_is_saved_as_a_draft(as_trainer, module, model):
    data = empty(model) | {"title": "Boshlandi", "slug": "boshlandi"}
    response = create(as_trainer, module, data, model=model)

    assert response.status_code == 302, (response.context["form"].errors, response.context["form"].formsets)
    assert Page.objects.get(slug="boshlandi").live is False


@pytest.mark.parametrize("model", [CoursePage, ModulePage, LessonPage, QuizPage])
def test_every_live_page_is_previewed_with_changes_that_lack_all(as_trainer, course_page, model):
    page = model.objects.descendant_of(course_page, inclusive=True).first()
    response = preview(as_trainer, f"/cms/pages/{page.pk}/edit/preview/", empty(model._meta.model_name))

    assert response.status_code in (200, 302)  # a module leads to its course


def test_a_draft_is_shown_by_view_draft(as_trainer, course_page, lesson):
    lesson.title = "Qoralamadagi nom"
    lesson.save_revision()

    assert "Qoralamadagi nom" in as_trainer.get(f"/cms/pages/{lesson.pk}/view_draft/").content.decode()
    assert "Qoralamadagi nom" not in as_trainer.get(lesson.get_url()).content.decode()


def test_previewing_a_russian_page_leaves_the_trainers_language_alone(as_trainer, course_page, module, lesson):
    russian = Locale.objects.get(language_code="ru")
    for page in (course_page, module, lesson):
        russian_page = making.committed(lambda page=page: page.copy_for_translation(russian))
    address = f"/cms/pages/{russian_page.pk}/edit/preview/"

    response = preview(as_trainer, address, typed(title="Урок", slug="d1"))

    assert 'lang="ru"' in response.content.decode()
    assert "django_language" not in response.cookies


# --- Quizzes draw from the own course -------------------------------------------------------------------------------------


def quiz_data(pool, count=2):
    data = {
        "title": "Sinov", "slug": "sinov", "intro": rich_text(""), **QUIZ_RULES,
        "search_description": "", "go_live_at": "", "expire_at": "", "comments": inline_formset([]),
        "draws": inline_formset([{"pool": pool.pk, "count": count, "id": ""}]),
    }  # fmt: skip
    return nested_form_data(data)


def test_a_quiz_draws_from_the_own_courses_pools_and_says_how_many_are_ready(as_trainer, course_page, module):
    own = making.pool(code="own", count=3, course=making.row(course_page))
    making.pool(code="foreign", count=1, course=making.row(making.course()))

    html = as_trainer.get(f"/cms/pages/add/cms/quizpage/{module.pk}/").content.decode()
    assert "own · Pool uz (tayyor: 3)" in html or "own · Pool uz (ready: 3)" in html
    assert "foreign" not in html

    create(as_trainer, module, quiz_data(own), model="quizpage")
    assert [
        draw.pool_id for draw in QuizPage.objects.get(slug="sinov").get_latest_revision_as_object().draws.all()
    ] == [own.pk]


def test_a_quiz_does_not_draw_from_a_foreign_pool(as_trainer, module):
    foreign = making.pool(code="foreign", count=3, course=making.row(making.course()))

    response = create(as_trainer, module, quiz_data(foreign), model="quizpage")

    assert response.status_code == 200
    assert [list(form.errors) for form in response.context["form"].formsets["draws"].forms] == [["pool"]]
    assert not QuizPage.objects.filter(slug="sinov").exists()


# --- What the trainer is told ---------------------------------------------------------------------------------------------


def test_the_course_says_what_it_lacks_on_its_edit_page(as_trainer, course_page):
    from courses.syllabus import explain

    pool = making.row(course_page).activities.get(kind="quiz").quiz.draws.get().pool
    html = as_trainer.get(f"/cms/pages/{course_page.pk}/edit/").content.decode()
    assert "help-warning" not in html

    pool.questions.update(retired=True)
    from courses import questions

    questions.pool_changed(pool.pk)
    (line,) = [explain(one) for one in making.row(course_page).missing]
    html = as_trainer.get(f"/cms/pages/{course_page.pk}/edit/").content.decode()
    assert "help-warning" in html and line.replace("'", "&#x27;") in html


def test_facts_to_be_checked_stand_on_the_edit_page(as_trainer, lesson):
    lesson.to_check = "2-bob: narx\nhavola"
    lesson.check_again = timezone.localdate() - timedelta(days=1)
    making.publish(lesson)

    html = as_trainer.get(f"/cms/pages/{lesson.pk}/edit/").content.decode()

    notes = html.split("help-warning")[1].split("</ul>")[0]
    assert notes.count("<li>") == 3
    assert "<li>2-bob: narx</li><li>havola</li>" in notes


def test_the_first_look_at_assignments(as_trainer, module):
    page = making.add(module, AssignmentPage(title="Topshiriq", slug="t", purpose="x"))
    assert as_trainer.get(f"/cms/pages/{page.pk}/edit/").status_code == 200
