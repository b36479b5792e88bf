"""Roads by which a tree changes in Wagtail's admin: whichever is taken, the rows say the same as the tree afterwards."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page

from accounts.models import Role
from accounts.roles import grant
from cms.models import CoursePage, LessonPage, ModulePage
from courses import attempts
from courses.models import Activity, Attempt, AttemptQuestion, Course
from tests import making
from tests.kept import kept


@kept
def course_page(bedrock):
    return making.course(modules=2, lessons=2)


@pytest.fixture
def as_editor(client, base):
    person = making.person("editor")
    grant(person=person, role=Role.EDITOR)
    client.force_login(person)
    return client


def titles(course_page):
    rows = making.row(course_page).activities.live().order_by("position")
    return [row.titles["uz"] for row in rows]


def lesson(course_page, slug="d1", module="m1"):
    return LessonPage.objects.get(url_path=f"{course_page.url_path}{module}/{slug}/")


def agrees():
    call_command("check_syllabus", verbosity=0)
    return True


def post(client, name, *args, data=None, query=""):
    response = making.committed(lambda: client.post(reverse(name, args=args) + query, data or {}))
    assert response.status_code == 302, response.content.decode()[:2000]


def bulk(client, deed, *pages, **data):
    ids = "&".join(f"id={page.pk}" for page in pages)
    post(client, "wagtail_bulk_action", "wagtailcore", "page", deed, query=f"?{ids}&next=/cms/", data=data)


def test_unpublishing_many_at_once(as_editor, course_page):
    bulk(as_editor, "unpublish", lesson(course_page), lesson(course_page, "d2"))

    assert titles(course_page) == ["Test 1", "Dars d1", "Dars d2", "Test 2"]
    assert agrees()


def test_unpublishing_a_module_with_all_below_and_publishing_it_again(as_editor, course_page):
    module = ModulePage.objects.child_of(course_page).first()
    before = list(making.row(course_page).activities.live().order_by("position").values_list("pk", flat=True))
    bulk(as_editor, "unpublish", module, include_descendants="on")
    assert titles(course_page) == ["Dars d1", "Dars d2", "Test 2"]

    bulk(as_editor, "publish", module, include_descendants="on")

    rows = making.row(course_page).activities.live().order_by("position")
    assert list(rows.values_list("pk", flat=True)) == before
    assert agrees()


def test_deleting_many_at_once(as_editor, course_page):
    bulk(as_editor, "delete", lesson(course_page), lesson(course_page, "d2"))

    assert titles(course_page) == ["Test 1", "Dars d1", "Dars d2", "Test 2"]
    assert agrees()


def test_moving_many_to_another_module(as_editor, course_page):
    second = ModulePage.objects.child_of(course_page).last()
    moved = making.lesson(ModulePage.objects.child_of(course_page).first(), "d3")

    bulk(as_editor, "move", moved, chooser=second.pk)

    assert titles(course_page) == ["Dars d1", "Dars d2", "Test 1", "Dars d1", "Dars d2", "Test 2", "Dars d3"]
    assert agrees()


def test_moving_a_whole_module_to_another_course(as_editor, course_page):
    other = making.course(code="BOSHQA")
    module = ModulePage.objects.child_of(course_page).last()
    module.slug = "m9"
    making.publish(module)
    keys = set(Activity.objects.filter(module__key=module.translation_key).values_list("pk", flat=True))

    post(as_editor, "wagtailadmin_pages:move_confirm", module.pk, other.pk)

    assert titles(course_page) == ["Dars d1", "Dars d2", "Test 1"]
    assert titles(other) == ["Dars d1", "Test 1", "Dars d1", "Dars d2", "Test 2"]
    assert set(Activity.objects.filter(module__key=module.translation_key, archived=False, course=making.row(other)).values_list("pk", flat=True)) == keys  # fmt: skip
    assert agrees()


def test_dragging_into_another_order(as_editor, course_page):
    address = reverse("wagtailadmin_pages:set_page_position", args=[lesson(course_page, "d2").pk])
    making.committed(lambda: as_editor.post(f"{address}?position=0"))

    assert titles(course_page)[:2] == ["Dars d2", "Dars d1"]
    assert agrees()


def test_copying_a_lesson_alive(as_editor, course_page):
    page = lesson(course_page)
    data = {"new_title": "Nusxa", "new_slug": "nusxa", "new_parent_page": page.get_parent().pk, "publish_copies": "on"}
    post(as_editor, "wagtailadmin_pages:copy", page.pk, data=data)

    assert "Nusxa" in titles(course_page) or LessonPage.objects.get(slug="nusxa").live is False
    assert agrees()


def test_an_alias_that_becomes_a_page_of_its_own(as_editor, course_page):
    page = lesson(course_page)
    alias = making.committed(lambda: page.create_alias(parent=page.get_parent(), update_slug="taxallus"))
    assert len(titles(course_page)) == 6

    post(as_editor, "wagtailadmin_pages:convert_alias", alias.pk)

    assert len(titles(course_page)) == 7
    assert agrees()


def test_a_course_expires_with_its_date_and_comes_back(course_page):
    Page.objects.filter(pk=course_page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    making.committed(lambda: call_command("publish_scheduled", verbosity=0))
    assert making.row(course_page).archived is True
    assert agrees()

    page = CoursePage.objects.get(pk=course_page.pk)
    page.expire_at = None
    making.publish(page)
    assert making.row(course_page).archived is False
    assert len(titles(course_page)) == 6


def test_a_new_address_of_the_catalogue_reaches_every_row(base, course_page):
    catalogue = base["uz"]
    catalogue.slug = "dasturlar"
    making.publish(catalogue)

    row = making.row(course_page)
    assert row.addresses == {"uz": f"/uz/dasturlar/{course_page.slug}/"}
    assert row.activities.get(position=1).addresses == {"uz": f"/uz/dasturlar/{course_page.slug}/m1/d1/"}
    assert agrees()


def test_a_lesson_whose_source_is_gone_is_gone_in_every_language(client, course_page):
    russian = Locale.objects.get(language_code="ru")
    for page in (course_page, ModulePage.objects.child_of(course_page).first(), lesson(course_page)):
        copy = making.committed(lambda page=page: page.copy_for_translation(russian))
        making.publish(copy)
    row = Activity.objects.get(key=lesson(course_page).translation_key)
    client.force_login(making.person())
    assert client.get(row.addresses["ru"]).status_code == 200

    making.committed(lesson(course_page).unpublish)

    assert client.get(copy.get_url()).status_code == 404
    assert client.get(f"/go/{row.pk}/?lang=ru").status_code == 404
    assert agrees()


# --- What hangs on the rows -----------------------------------------------------------------------------------------------


@kept
def attempt(course_page):
    quiz = making.row(course_page).activities.filter(kind="quiz").order_by("position").first().quiz
    enrolment = making.enrol(making.person(), course_page)
    made = attempts.start(enrolment=enrolment, quiz=quiz, now=timezone.now())
    attempts.save_answer(attempt=made, slot=1, values=["0"], now=timezone.now())
    return attempts.submit(attempt=made, now=timezone.now())


def facts():
    return [list(model.objects.order_by("pk").values()) for model in (Attempt, AttemptQuestion)]


@pytest.mark.parametrize("what", ["test", "m1", ""])
def test_attempts_outlive_the_quiz_its_module_and_its_course(client, course_page, attempt, what):
    before = facts()
    path = {"test": "m1/test/", "m1": "m1/", "": ""}[what]
    making.committed(lambda: Page.objects.get(url_path=course_page.url_path + path).delete())

    assert facts() == before
    assert agrees()
    client.force_login(attempt.enrolment.learner)
    assert client.get(f"/attempts/{attempt.pk}/result/").status_code == 200


@pytest.mark.parametrize("what", ["course", "activity", "quiz", "question version", "pool"])
def test_no_row_that_an_attempt_hangs_on_is_deleted(course_page, attempt, what):
    row = {
        "course": making.row(course_page),
        "activity": attempt.quiz.activity,
        "quiz": attempt.quiz,
        "question version": attempt.questions.first().version,
        "pool": attempt.questions.first().version.question.pool,
    }[what]
    with pytest.raises(ProtectedError):
        row.delete()


def test_what_was_done_in_one_course_is_not_counted_in_it_when_the_lesson_has_moved(client, course_page):
    from courses.progress import mark_done

    other = making.course(code="BOSHQA", lessons=0)
    learner = making.person()
    enrolment = making.enrol(learner, course_page)
    page = lesson(course_page)
    activity = Activity.objects.get(key=page.translation_key)
    making.committed(lambda: mark_done(enrolment=enrolment, activity=activity))
    client.force_login(learner)

    def card():
        cards = client.get("/uz/kurslar/").context["courses"]
        return next((one.done, one.steps) for one in cards if one.code == course_page.code)

    assert card() == (1, 6)
    making.committed(lambda: page.move(ModulePage.objects.child_of(other).get(), pos="last-child"))
    assert card() == (0, 5)


# --- The check ------------------------------------------------------------------------------------------------------------


def test_the_check_finds_a_live_course_without_a_row(course_page, base):
    page = CoursePage(title="Yashirin", slug="yashirin", code="Y", outcome="x", live=True, locale=course_page.locale)
    Page.objects.get(pk=base["uz"].pk).add_child(instance=page)

    with pytest.raises(CommandError, match="Yashirin"):
        agrees()
    assert not Course.objects.filter(key=page.translation_key).exists()


def test_a_code_given_up_by_one_course_is_taken_by_the_one_that_waits_for_it(course_page):
    twin = making.course(modules=1, code="T-TWIN")
    wanted, twin.code = course_page.code, course_page.code
    making.publish(twin)
    assert making.row(twin).code is None

    course_page.refresh_from_db()
    course_page.code = "YANGI"
    making.publish(course_page)

    assert making.row(twin).code == wanted
    assert making.row(twin).missing == []
    assert agrees()


def test_a_code_that_changes_hands_takes_nobodys_rights_along(course_page):
    """The team's group carries the code in its name: whoever gets the code must not get the people."""
    from cms import teams

    twin = making.course(modules=1, code="T-TWIN")
    first, second = making.person("first"), making.person("second")
    teams.join(course=making.row(course_page), person=first)
    teams.join(course=making.row(twin), person=second)
    old = course_page.code
    for page, code in ((course_page, "YANGI"), (twin, old)):
        page.refresh_from_db()
        page.code = code
        making.publish(page)

    def writes(person):
        person = type(person).objects.get(pk=person.pk)
        return [page.permissions_for_user(person).can_edit() for page in (course_page, twin)]

    assert (writes(first), writes(second)) == ([True, False], [False, True])
    assert sorted(group.name for group in first.groups.all()) == ["Course team YANGI", "Trainers"]
    assert sorted(group.name for group in second.groups.all()) == [f"Course team {old}", "Trainers"]


def test_two_courses_without_a_code_of_their_own_have_two_teams(course_page):
    from cms import teams

    person = making.person("trainer")
    twins = [making.course(modules=1, code=f"W{n}") for n in range(2)]
    for twin in twins:
        twin.refresh_from_db()
        twin.code = course_page.code
        making.publish(twin)
    teams.join(course=making.row(twins[0]), person=person)

    assert [page.permissions_for_user(person).can_edit() for page in (course_page, *twins)] == [False, True, False]
