"""Pages in /cms/: a trainer writes in the own courses, an editor reviews and publishes, the syllabus follows."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import TaskState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from accounts.models import Library, Role
from accounts.roles import grant
from cms.models import LessonPage
from tests import making
from tests.cms.admin_pages.typing_in import create, edit, new_lesson, titles, typed

# --- Coming in ------------------------------------------------------------------------------------------------------------


def test_the_only_way_in_is_allauth(client, base):
    assert unquote(client.get("/cms/").url) == "/cms/login/?next=/cms/"
    assert unquote(client.get("/cms/login/?next=/cms/").url) == "/accounts/login/?next=/cms/"
    assert client.post("/cms/login/", {"username": "a", "password": "b"}).url.startswith("/accounts/login/")


@pytest.mark.parametrize("role", [Role.HR, Role.DIRECTOR, None])
def test_others_do_not_come_in(client, base, role):
    person = making.person("other")
    if role:
        grant(person=person, role=role, library=Library.add_root(code="TSH", level="region", titles={"uz": "T"}))
    client.force_login(person)

    assert client.get("/cms/", follow=True).status_code == 403  # told so, not sent round in a circle


def test_a_trainer_explores_own_courses_only(as_trainer, course_page):
    other = making.course()
    assert as_trainer.get("/cms/").status_code == 200

    seen = as_trainer.get(f"/cms/pages/{course_page.get_parent().pk}/")
    html = as_trainer.get(f"/cms/pages/{course_page.pk}/").content.decode()

    assert [page.pk for page in seen.context["pages"]] == [course_page.pk] if seen.status_code == 200 else True
    assert "Modul 1" in html
    assert as_trainer.get(f"/cms/pages/{other.pk}/").status_code == 302
    found = as_trainer.get("/cms/pages/search/results/", {"q": other.title}).content.decode()
    assert f"/cms/pages/{other.pk}/" not in found


# --- A trainer writes -----------------------------------------------------------------------------------------------------


def test_a_trainer_writes_a_lesson_with_blocks_as_a_draft(as_trainer, course_page, module):
    response = create(as_trainer, module, typed())

    page = new_lesson()
    assert response.url == f"/cms/pages/{page.pk}/edit/"
    assert page.live is False
    assert [block.block_type for block in page.get_latest_revision_as_object().body] == ["text", "callout"]
    assert "Yangi dars" not in titles(course_page)
    assert as_trainer.get(response.url).status_code == 200


@pytest.mark.parametrize(
    "block",
    [
        ("heading", {"level": "h2", "text": "Sarlavha"}),
        ("situation", {"title": "Ertalab", "text": rich_text("<p>Soat 9</p>")}),
        ("checklist", {"title": "Tekshiring", "lines": {"count": 1, "0": {"deleted": "", "order": 0, "type": "item", "value": rich_text("<p>Bir</p>"), "id": "x"}}}),
    ],
)  # fmt: skip
def test_blocks_are_kept_as_they_are_typed(as_trainer, module, block):
    response = create(as_trainer, module, typed(body=[block]))

    assert response.status_code == 302, response.context["form"].errors
    assert [one.block_type for one in new_lesson().get_latest_revision_as_object().body] == [block[0]]


def test_a_trainer_does_not_publish_where_the_course_asks_for_a_review(as_trainer, course_page, module, lesson):
    create(as_trainer, module, typed(), "publish")
    assert new_lesson().live is False

    edit(as_trainer, lesson, typed(title="Oʻzgardi", slug=lesson.slug), "publish")
    lesson.refresh_from_db()
    assert lesson.title == "Dars d1"
    assert titles(course_page) == ["Dars d1", "Test 1"]
    html = as_trainer.get(f"/cms/pages/{lesson.pk}/edit/").content.decode()
    assert 'name="action-publish"' not in html
    assert 'name="action-submit"' in html


@pytest.mark.parametrize("deed", ["unpublish", "delete", "move"])
def test_nor_takes_anything_live_away(as_trainer, lesson, deed):
    making.committed(lambda: as_trainer.post(f"/cms/pages/{lesson.pk}/{deed}/"))

    lesson.refresh_from_db()
    assert lesson.live is True


def test_a_trainer_publishes_where_the_course_asks_for_none(as_trainer, course_page, module):
    course_page.review_required = False
    making.publish(course_page)

    create(as_trainer, module, typed(), "publish")

    assert new_lesson().live is True
    assert titles(course_page) == ["Dars d1", "Test 1", "Yangi dars"]


def test_a_trainer_of_a_reviewed_course_cannot_lift_the_review(as_trainer, course_page):
    data = nested_form_data(
        {"title": course_page.title, "slug": course_page.slug, "outcome": "Natija", "about": rich_text(""), "cover": "sec", "code": course_page.code,
         "hours": "36", "seminar_share": "60", "checked": "", "check_again": "", "to_check": "", "search_description": "",
         "go_live_at": "", "expire_at": "", "comments": inline_formset([])}
    )  # fmt: skip
    edit(as_trainer, course_page, data, "publish")

    assert making.row(course_page).review_required is True
    course_page.refresh_from_db()
    assert course_page.get_latest_revision_as_object().review_required is False


def test_the_editors_own_tidying_makes_no_draft(as_trainer, lesson):
    body = [("text", "<p>Matn <strong>d1</strong></p>"), ("callout", {"kind": "law", "title": "Qonun", "text": "<p>a</p><p>b</p>"}),
            ("checklist", {"title": "x", "lines": ["bir", "<em>ikki</em>"]})]  # fmt: skip
    lesson.body = body
    making.publish(lesson)
    before = lesson.latest_revision_id
    listed = {"count": 2} | {
        str(n): {
            "deleted": "",
            "order": n,
            "type": "item",
            "value": rich_text(html),
            "id": lesson.body[2].value["lines"].bound_blocks[n].id,
        }
        for n, html in enumerate(["<p>bir</p>", "<p><i>ikki</i></p>"])
    }
    typed_body = streamfield([
        ("text", rich_text("<p>Matn <b>d1</b></p>")),
        ("callout", {"kind": "law", "title": "Qonun", "text": rich_text("<p>a</p><p>b</p>")}),
        ("checklist", {"title": "x", "lines": listed}),
    ])  # fmt: skip
    for n, block in enumerate(lesson.body):
        typed_body[str(n)]["id"] = block.id
    data = typed(title=lesson.title, slug=lesson.slug) | nested_form_data({"body": typed_body})

    edit(as_trainer, lesson, data)
    lesson.refresh_from_db()
    assert (lesson.latest_revision_id, lesson.has_unpublished_changes) == (before, False)

    edit(as_trainer, lesson, data | {"outcome": "Boshqa natija"})
    lesson.refresh_from_db()
    assert lesson.latest_revision_id != before


# --- Review, publishing, scheduling ---------------------------------------------------------------------------------------


def submitted(client, trainer, module):
    client.force_login(trainer)
    create(client, module, typed(), "submit")
    return new_lesson()


def test_submitted_and_approved_goes_live_and_into_the_syllabus(client, trainer, course_page, module, base):
    page = submitted(client, trainer, module)
    state = page.current_workflow_state
    assert (state.workflow.name, page.live) == ("Nashrdan oldingi tekshiruv", False)
    editor = making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    client.force_login(editor)
    home = client.get("/cms/").content.decode()
    assert page.title in home and "Muharrir tekshiruvi" in home and "Editor’s" not in home

    task = TaskState.objects.get(workflow_state=state)
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    making.committed(lambda: client.post(address, {"comment": "Yaxshi"}))

    page.refresh_from_db()
    assert page.live is True
    assert titles(course_page) == ["Dars d1", "Test 1", "Yangi dars"]


def test_a_trainer_does_not_approve_the_own_work(client, trainer, course_page, module):
    page = submitted(client, trainer, module)
    task = TaskState.objects.get(workflow_state=page.current_workflow_state)

    making.committed(
        lambda: client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk]))
    )

    page.refresh_from_db()
    assert page.live is False
    assert page.current_workflow_state is not None


def test_an_editor_publishes_schedules_and_unpublishes(as_editor, course_page, module, lesson):
    create(as_editor, module, typed(), "publish")
    assert "Yangi dars" in titles(course_page)

    making.committed(lambda: as_editor.post(f"/cms/pages/{lesson.pk}/unpublish/"))
    assert titles(course_page) == ["Test 1", "Yangi dars"]

    later = timezone.localtime() + timedelta(days=1)
    edit(as_editor, lesson, typed(title="Ertaga", slug="d1", go_live_at=later.strftime("%Y-%m-%d %H:%M")), "publish")
    assert "Ertaga" not in titles(course_page)
    revision = lesson.revisions.get(approved_go_live_at__isnull=False)
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)  # tomorrow has come
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    making.committed(lambda: call_command("publish_scheduled", verbosity=0))
    assert "Ertaga" in titles(course_page)


# --- Other people's courses -----------------------------------------------------------------------------------------------


PAGE_ADDRESSES = [
    "{pk}/edit/", "{pk}/edit/preview/", "{pk}/view_draft/", "{pk}/history/", "{pk}/history/results/", "{pk}/workflow_history/", "{pk}/usage/",
    "{pk}/revisions/{revision}/view/", "{pk}/revisions/{revision}/revert/", "{pk}/revisions/compare/live...{revision}/",
    "{pk}/unpublish/", "{pk}/delete/", "{pk}/copy/", "{pk}/move/", "{pk}/privacy/", "{pk}/add_subpage/", "{pk}/",
    "add/cms/lessonpage/{module}/", "add/cms/lessonpage/{module}/preview/",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGE_ADDRESSES)
def test_a_draft_of_another_course_is_neither_seen_nor_touched(stranger, course_page, module, lesson, address):
    lesson.title, lesson.outcome = "Maxfiy qoralama", "Sir"
    revision = lesson.save_revision()
    target = "/cms/pages/" + address.format(pk=lesson.pk, revision=revision.pk, module=module.pk)
    if address in ("{pk}/add_subpage/", "{pk}/"):
        target = target.replace(str(lesson.pk), str(module.pk))

    for response in (
        stranger.get(target),
        making.committed(lambda: stranger.post(target, typed() | {"action-submit": "1"})),
    ):
        assert response.status_code in (302, 403, 404, 405), response.status_code
        assert "Maxfiy" not in response.content.decode()
    lesson.refresh_from_db()
    assert (lesson.live, lesson.latest_revision_id, lesson.current_workflow_state) == (True, revision.pk, None)
    assert LessonPage.objects.child_of(module).count() == 1


@pytest.mark.parametrize(
    "address", ["/cms/pages/usage/cms/lessonpage/", "/cms/pages/search/?q=Maxfiy", "/cms/", "/cms/pages/"]
)
def test_lists_do_not_name_drafts_of_another_course(stranger, module, address):
    hidden = module.add_child(instance=LessonPage(title="Maxfiy qoralama", slug="maxfiy", outcome="x", live=False))
    hidden.save_revision()

    assert "Maxfiy qoralama" not in stranger.get(address, follow=True).content.decode()


@pytest.mark.parametrize("deed", ["publish", "unpublish", "delete", "move"])
def test_bulk_deeds_do_not_reach_into_another_course(stranger, lesson, deed):
    making.committed(lambda: stranger.post(f"/cms/bulk/wagtailcore/page/{deed}/?id={lesson.pk}&next=/cms/"))

    lesson.refresh_from_db()
    assert lesson.live is True
