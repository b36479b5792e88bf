"""Where a course asks for a review, nothing of a trainer's goes live or leaves it without an editor: every road is tried."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, TaskState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail_localize.models import Translation

from accounts.models import Role
from accounts.roles import grant
from cms import teams
from cms.models import LessonPage, ModulePage
from courses import questions
from courses.models import Activity, Course, Module, Question
from tests import making
from tests.kept import kept


@kept
def course_page(bedrock):
    return making.course(lessons=2)


@kept
def open_course(bedrock):
    """A course that asks for no review, of the same trainer."""
    page = making.course(code="OCHIQ", lessons=1)
    page.review_required = False
    return making.publish(page)


@kept
def trainer(course_page, open_course):
    person = making.person("trainer")
    grant(person=person, role=Role.TRAINER)
    for page in (course_page, open_course):
        teams.join(course=making.row(page), person=person)
    return person


@pytest.fixture
def as_trainer(client, trainer):
    client.force_login(trainer)
    return client


@kept
def module(course_page):
    return ModulePage.objects.child_of(course_page).get()


@kept
def lesson(module):
    return LessonPage.objects.child_of(module).first()


@kept
def draft(module, trainer):
    """The trainer's own page, never live."""
    page = LessonPage(title="Qoralama", slug="qoralama", outcome="x", live=False, locale=module.locale, owner=trainer)
    page = Page.objects.get(pk=module.pk).add_child(instance=page)
    page.save_revision(user=trainer)
    return page


def typed(page, **more):
    body = streamfield([("text", rich_text("<p>Yangi</p>"))])
    return nested_form_data(
        {
            "title": "Oʻzgardi", "slug": page.slug, "outcome": "Natija", "minutes": "12", "body": body, "checked": "", "check_again": "",
            "to_check": "", "search_description": "", "go_live_at": "", "expire_at": "", "comments": inline_formset([]), **more,
        }
    )  # fmt: skip


def live():
    """What learners have: the live pages with their words and places, and the rows."""
    pages = Page.objects.filter(live=True).order_by("pk")
    return (
        list(pages.values_list("pk", "title", "slug", "path", "live_revision", "expire_at")),
        [list(model.objects.order_by("pk").values()) for model in (Course, Module, Activity)],
        list(LessonPage.objects.filter(live=True).order_by("pk").values_list("pk", "outcome", "body")),
        PageViewRestriction.objects.count(),
    )


def url(name, *args, query=""):
    return reverse(f"wagtailadmin_pages:{name}", args=args) + query


PUBLISH = {"action-publish": "1"}
ROADS = {
    "publishing what is live": lambda t: (url("edit", t.lesson.pk), typed(t.lesson) | PUBLISH),
    "publishing a draft": lambda t: (url("edit", t.draft.pk), typed(t.draft) | PUBLISH),
    "publishing on creation": lambda t: (url("add", "cms", "lessonpage", t.module.pk), typed(t.draft, slug="yangi") | PUBLISH),
    "scheduling": lambda t: (url("edit", t.draft.pk), typed(t.draft, go_live_at=_in_the_past()) | PUBLISH),
    "an end by date": lambda t: (url("edit", t.lesson.pk), typed(t.lesson, expire_at=_in_the_past()) | PUBLISH),
    "publishing many": lambda t: (_bulk("publish", t.draft, t.lesson), {}),
    "publishing a module with all below": lambda t: (_bulk("publish", t.module), {"include_descendants": "on"}),
    "unpublishing": lambda t: (url("unpublish", t.lesson.pk), {}),
    "unpublishing many": lambda t: (_bulk("unpublish", t.lesson), {"include_descendants": "on"}),
    "deleting": lambda t: (url("delete", t.lesson.pk), {}),
    "deleting a module": lambda t: (url("delete", t.module.pk), {}),
    "deleting many": lambda t: (_bulk("delete", t.lesson), {}),
    "moving out": lambda t: (url("move_confirm", t.lesson.pk, t.open_module.pk), {}),
    "moving in": lambda t: (url("move_confirm", t.open_lesson.pk, t.module.pk), {}),
    "moving many in": lambda t: (_bulk("move", t.open_lesson), {"chooser": t.module.pk}),
    "moving a module in": lambda t: (url("move_confirm", t.open_module.pk, t.course_page.pk), {}),
    "another order": lambda t: (url("set_page_position", t.lesson.pk, query="?position=2"), {}),
    "copying alive": lambda t: (url("copy", t.lesson.pk), _copy(t.lesson, t.module, publish_copies="on")),
    "copying alive from the open course": lambda t: (url("copy", t.open_lesson.pk), _copy(t.open_lesson, t.module, publish_copies="on")),
    "an alias": lambda t: (url("copy", t.lesson.pk), _copy(t.lesson, t.module, alias="on")),
    "reverting": lambda t: (url("edit", t.lesson.pk), typed(t.lesson) | PUBLISH | {"revision": t.lesson.latest_revision_id}),
    "privacy": lambda t: (url("set_privacy", t.lesson.pk), {"restriction_type": "login"}),
    "another workflow": lambda t: (reverse("wagtailadmin_workflows:add"), {"name": "Mine", "active": "on"}),
}  # fmt: skip


def _in_the_past():
    return timezone.localtime(timezone.now() + timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M")


def _bulk(deed, *pages):
    return (
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", deed])
        + "?next=/cms/&"
        + "&".join(f"id={page.pk}" for page in pages)
    )


def _copy(page, parent, **more):
    return {"new_title": "Nusxa", "new_slug": "nusxa", "new_parent_page": parent.pk, "copy_subpages": "", **more}


@kept
def tree(course_page, open_course, module, lesson, draft):
    from types import SimpleNamespace

    open_module = ModulePage.objects.child_of(open_course).get()
    open_lesson = LessonPage.objects.child_of(open_module).get()
    open_lesson.slug = "ochiq"
    making.publish(open_lesson)
    return SimpleNamespace(
        course_page=course_page,
        module=module,
        lesson=lesson,
        draft=draft,
        open_module=open_module,
        open_lesson=open_lesson,
    )


def days_pass():
    """Whatever was laid down for later comes."""
    from wagtail.models import Revision

    Revision.objects.filter(approved_go_live_at__isnull=False).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1)
    )
    making.committed(lambda: call_command("publish_scheduled", verbosity=0))


@pytest.mark.parametrize("road", ROADS)
def test_no_road_leads_past_the_review(as_trainer, tree, road):
    before = live()
    address, data = ROADS[road](tree)

    making.committed(lambda: as_trainer.post(address, data))
    days_pass()

    assert live() == before
    call_command("check_syllabus", verbosity=0)


@pytest.mark.parametrize(
    "road", ["publishing what is live", "unpublishing", "moving in", "another order", "deleting many"]
)
def test_the_same_roads_are_an_editors(client, tree, road):
    """The test above holds roads that lead somewhere."""
    editor = making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    client.force_login(editor)
    before = live()
    address, data = ROADS[road](tree)

    making.committed(lambda: client.post(address, data))

    assert live() != before


def test_a_schedule_that_an_editor_has_made_is_not_a_trainers_to_lift(client, trainer, draft):
    draft.go_live_at = timezone.now() + timedelta(days=1)
    revision = draft.save_revision()
    making.committed(revision.publish)
    client.force_login(trainer)

    client.post(url("revisions_unschedule", draft.pk, revision.pk))

    revision.refresh_from_db()
    assert revision.approved_go_live_at is not None


def test_what_waits_for_review_is_approved_by_no_trainer_of_any_course(client, trainer, draft):
    client.force_login(trainer)
    making.committed(lambda: client.post(url("edit", draft.pk), typed(draft) | {"action-submit": "1"}))
    draft.refresh_from_db()
    task = TaskState.objects.get(workflow_state=draft.current_workflow_state)
    before = live()

    for deed in ("approve", "reject", "locked-approve"):
        making.committed(
            lambda deed=deed: client.post(url("workflow_action", draft.pk, deed, task.pk), {"comment": ""})
        )
        making.committed(lambda deed=deed: client.post(url("edit", draft.pk), typed(draft) | {"action-workflow-action": "1", "workflow-action-name": deed}))  # fmt: skip
    making.committed(lambda: client.post(url("confirm_workflow_cancellation", draft.pk)))

    task.refresh_from_db()
    assert task.status == "in_progress"
    assert live() == before


# --- Aliases --------------------------------------------------------------------------------------------------------------


def test_an_alias_in_a_reviewed_course_becomes_a_page_by_an_editor_alone(as_trainer, tree):
    """Wagtail asks only who may edit: the words of an open course would be counted in the reviewed one."""
    copied = _copy(tree.open_lesson, tree.module, alias="on")
    making.committed(lambda: as_trainer.post(url("copy", tree.open_lesson.pk), copied))
    assert not Page.objects.filter(alias_of=tree.open_lesson.pk).exists()
    alias = tree.open_lesson.create_alias(parent=tree.module, update_slug="nusxa")
    before = live()

    told = making.committed(lambda: as_trainer.post(url("convert_alias", alias.pk)))

    alias.refresh_from_db()
    assert (told.status_code, alias.alias_of_id, live()) == (403, tree.open_lesson.pk, before)
    call_command("check_syllabus", verbosity=0)


@pytest.fixture
def russian(client, course_page, module, lesson):
    """The lesson live in Russian, translated in the admin."""
    locale = Locale.objects.get(language_code="ru")
    editor = making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    client.force_login(editor)
    address = reverse("wagtail_localize:submit_page_translation", args=[course_page.pk])
    making.committed(lambda: client.post(address, {"locales": [locale.pk], "include_subtree": "on"}))
    for page in (course_page, module, lesson):
        translation = Translation.objects.get(source__object_id=page.translation_key, target_locale=locale)
        making.committed(lambda translation=translation: translation.save_target(publish=True))
    return LessonPage.objects.get(translation_key=lesson.translation_key, locale=locale)


def test_a_trainer_publishes_no_translation_and_turns_none_into_an_alias(client, trainer, russian):
    client.force_login(trainer)
    before = live()
    assert client.get(url("edit", russian.pk)).status_code == 200  # the translator is the trainer's

    assert making.committed(lambda: client.post(url("edit", russian.pk), {"action": "publish"})).status_code in (
        302,
        403,
    )
    assert live() == before
    address = reverse("wagtail_localize:convert_to_alias", args=[russian.pk])
    assert making.committed(lambda: client.post(address)).status_code in (302, 403)

    russian.refresh_from_db()
    assert (live(), russian.alias_of_id) == (before, None)


def test_a_translation_that_an_editor_turns_into_an_alias_leaves_the_syllabus_with_its_tree(client, russian):
    row = Activity.objects.get(key=russian.translation_key)
    assert sorted(row.addresses) == ["ru", "uz"]

    told = making.committed(lambda: client.post(reverse("wagtail_localize:convert_to_alias", args=[russian.pk])))

    assert told.status_code == 302
    row.refresh_from_db()
    assert sorted(row.addresses) == ["uz"]
    call_command("check_syllabus", verbosity=0)


# --- Questions ------------------------------------------------------------------------------------------------------------


@kept
def pools(course_page, open_course):
    reviewed = making.row(course_page).activities.get(kind="quiz").quiz.draws.get().pool
    reviewed.course = making.row(course_page)
    reviewed.save()
    return reviewed, making.pool(code="ochiq", count=0, course=making.row(open_course))


def question_data(pool):
    choices = {"count": 2}
    for n, (text, right) in enumerate([("Ha", True), ("Yoʻq", False)]):
        value = {f"{side}{code}": "" for side in ("", "why_") for code in ("uz", "ru", "en")} | {"uz": text}
        choices[str(n)] = {
            "deleted": "",
            "order": n,
            "type": "item",
            "id": f"p{n}",
            "value": value | ({"right": "on"} if right else {}),
        }
    words = {"uz": "Tekshirilmagan?", "ru": "", "en": ""}
    value = {"text": words, "feedback": {"uz": "", "ru": "", "en": ""}, "choices": choices}
    return nested_form_data(
        {"pool": pool.pk, "note": "", "lesson": "", "level": "", "content": streamfield([("single", value)])}
    )


def drawable(pool):
    return sorted(Question.objects.ready().filter(pool=pool).values_list("pk", "current"))


def test_a_question_published_in_an_open_course_is_not_moved_into_a_reviewed_one(as_trainer, pools):
    reviewed, open_pool = pools
    as_trainer.post("/cms/questions/add/", question_data(open_pool) | PUBLISH)
    question = Question.objects.get(pool=open_pool)
    assert question.current is not None
    before = drawable(reviewed)

    told = as_trainer.post(
        reverse("wagtailsnippets_courses_question:edit", args=[question.pk]), question_data(reviewed)
    )

    assert list(told.context["form"].errors) == ["pool"]
    assert drawable(reviewed) == before


def test_nor_is_a_question_taken_out_of_the_reviewed_course(as_trainer, pools):
    reviewed, open_pool = pools
    question = reviewed.questions.first()
    before = drawable(reviewed)

    told = as_trainer.post(
        reverse("wagtailsnippets_courses_question:edit", args=[question.pk]), question_data(open_pool)
    )

    assert list(told.context["form"].errors) == ["pool"]
    assert drawable(reviewed) == before


def test_a_draft_moves_between_the_trainers_pools(as_trainer, pools):
    reviewed, open_pool = pools
    as_trainer.post("/cms/questions/add/", question_data(open_pool))
    question = Question.objects.get(pool=open_pool)

    as_trainer.post(reverse("wagtailsnippets_courses_question:edit", args=[question.pk]), question_data(reviewed))

    question.refresh_from_db()
    assert (question.pool, question.current) == (reviewed, None)


def test_a_pool_does_not_leave_the_reviewed_course_to_have_its_questions_published_elsewhere(
    as_trainer, pools, open_course
):
    reviewed, _ = pools
    before = drawable(reviewed)
    data = {
        "code": reviewed.code,
        "course": making.row(open_course).pk,
        "title_uz": "P",
        "title_ru": "",
        "title_en": "",
    }

    as_trainer.post(reverse("wagtailsnippets_courses_questionpool:edit", args=[reviewed.pk]), data)
    as_trainer.post("/cms/questions/add/", question_data(reviewed) | PUBLISH)

    reviewed.refresh_from_db()
    assert reviewed.course.code != "OCHIQ"
    assert drawable(reviewed) == before


def test_an_editor_gives_a_pool_to_another_course(client, pools, open_course):
    reviewed, _ = pools
    editor = making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    client.force_login(editor)
    data = {
        "code": reviewed.code,
        "course": making.row(open_course).pk,
        "title_uz": "P",
        "title_ru": "",
        "title_en": "",
    }

    client.post(reverse("wagtailsnippets_courses_questionpool:edit", args=[reviewed.pk]), data)

    reviewed.refresh_from_db()
    assert reviewed.course.code == "OCHIQ"


def test_questions_are_neither_published_nor_retired_many_at_once(as_trainer, pools):
    reviewed, _ = pools
    question = Question.objects.create(pool=reviewed, note="qoralama")
    questions.revise(question=question, kind="single", content=making.SINGLE)
    before = drawable(reviewed)

    for deed in ("publish", "retire", "bring-back"):
        ids = "&".join(f"id={row.pk}" for row in reviewed.questions.all())
        as_trainer.post(reverse("wagtail_bulk_action", args=["courses", "question", deed]) + f"?{ids}")
        as_trainer.post(reverse("wagtail_bulk_action", args=["courses", "question", deed]) + "?id=all")

    assert drawable(reviewed) == before


# --- Files ----------------------------------------------------------------------------------------------------------------


@kept
def picture(trainer, lesson):
    """A picture of the trainer's own that stands in the live lesson."""
    made = making.picture(uploaded_by_user=trainer)
    lesson.body.append(("picture", {"image": made, "alt": "Rasm", "caption": ""}))
    making.publish(lesson)
    return made


@pytest.mark.parametrize("road", ["edit", "delete"])
def test_a_picture_of_a_live_lesson_is_neither_replaced_nor_deleted_by_its_trainer(
    as_trainer, picture, lesson, open_course, road
):
    address = reverse(f"wagtailimages:{road}", args=[picture.pk])
    response = as_trainer.post(address, {"title": "Boshqa", "collection": picture.collection_id, "tags": ""})

    assert response["Location"] == reverse("wagtailadmin_home")  # Wagtail's refusal
    picture.refresh_from_db()
    assert picture.title == "Rasm"

    lesson.refresh_from_db()
    lesson.unpublish()
    as_trainer.post(address, {"title": "Boshqa", "collection": picture.collection_id, "tags": ""})
    left = type(picture).objects.filter(pk=picture.pk).first()
    assert left is None if road == "delete" else left.title == "Boshqa"


def test_an_editor_replaces_a_picture_of_a_live_lesson(client, picture):
    editor = making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    client.force_login(editor)

    address = reverse("wagtailimages:edit", args=[picture.pk])
    client.post(address, {"title": "Boshqa", "collection": picture.collection_id, "tags": ""})

    picture.refresh_from_db()
    assert picture.title == "Boshqa"


@pytest.mark.parametrize(("language", "words"), [("uz", "Tekshiruvga yuborish"), ("ru", "Отправить на модерацию")])
def test_the_button_that_asks_for_a_review_speaks_the_trainers_language(as_trainer, draft, language, words):
    html = as_trainer.get(url("edit", draft.pk), {"lang": language}).text

    assert words in html and "Review" not in html.split("</footer>")[0].split("<footer")[-1]
