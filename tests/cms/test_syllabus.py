"""The syllabus follows the page tree, by whatever deed the tree changes; facts survive it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Locale, Page, Workflow, WorkflowTask

from cms import tree
from cms.models import AssignmentPage, CataloguePage, CoursePage, LessonPage
from courses.models import Activity, ActivityCompletion, Course, Enrolment
from courses.progress import mark_done
from tests import making
from tests.kept import kept


@kept
def course_page(bedrock):
    return making.course(modules=2, lessons=2)


def live(course_page, what="activities"):
    """The titles of a course's live rows, in order."""
    rows = getattr(making.row(course_page), what).live().order_by("position")
    return [row.titles["uz"] for row in rows]


def lesson(course_page, slug="d1", module="m1"):
    return LessonPage.objects.get(
        url_path__startswith=course_page.url_path, slug=slug, url_path__contains=f"/{module}/"
    )


def agrees():
    call_command("check_syllabus", verbosity=0)
    return True


def test_publishing_makes_rows_in_the_order_of_the_tree(course_page):
    assert live(course_page, "modules") == ["Modul 1", "Modul 2"]
    assert live(course_page) == ["Dars d1", "Dars d2", "Test 1", "Dars d1", "Dars d2", "Test 2"]
    assert making.row(course_page).missing == []


def test_publishing_again_changes_no_row_but_the_version(course_page):
    before = list(Activity.objects.order_by("pk").values())
    version = making.row(course_page).version

    making.publish(course_page)

    assert list(Activity.objects.order_by("pk").values()) == before
    assert making.row(course_page).version > version


def test_a_draft_changes_nothing(course_page):
    draft = lesson(course_page)
    draft.title = "Yangi nom"
    making.committed(lambda: draft.save_revision())

    assert "Yangi nom" not in live(course_page)


def test_renaming_changes_the_title_and_keeps_the_row(course_page):
    renamed = lesson(course_page)
    row = Activity.objects.get(key=renamed.translation_key)
    renamed.title = "Yangi nom"
    making.publish(renamed)

    row.refresh_from_db()
    assert row.titles == {"uz": "Yangi nom"}


def test_the_competences_of_a_module_reach_its_row(course_page):
    module = lesson(course_page).get_parent().specific
    module.digcomp = "5.1; 4.1 va 4.1, 9.9"
    making.publish(module)

    assert [row.competences for row in making.row(course_page).modules.order_by("position")] == [["4.1", "5.1"], []]


def test_a_new_address_reaches_every_row_below(course_page):
    course_page.slug = "boshqa"
    making.publish(course_page)

    activity = making.row(course_page).activities.live().first()
    assert activity.addresses == {"uz": "/uz/kurslar/boshqa/m1/d1/"}


def test_reordering_lessons_reorders_the_syllabus(course_page):
    second = lesson(course_page, "d2")
    making.committed(lambda: second.move(Page.objects.get(pk=lesson(course_page, "d1").pk), pos="left"))

    assert live(course_page)[:2] == ["Dars d2", "Dars d1"]
    assert agrees()


def test_unpublishing_archives_and_publishing_brings_back_the_same_row(course_page):
    gone = lesson(course_page)
    row = Activity.objects.get(key=gone.translation_key)
    making.committed(gone.unpublish)
    row.refresh_from_db()
    assert row.archived is True

    making.publish(lesson(course_page))
    row.refresh_from_db()
    assert row.archived is False


def test_lessons_under_an_unpublished_module_do_not_count_and_answer_404(course_page, client):
    address = lesson(course_page).get_url()
    client.force_login(making.person())
    making.committed(lesson(course_page).get_parent().specific.unpublish)

    assert live(course_page) == ["Dars d1", "Dars d2", "Test 2"]
    assert client.get(address).status_code == 404


def test_deleting_a_page_archives_its_row_and_keeps_the_facts(course_page):
    learner = making.person()
    enrolment = making.enrol(learner, course_page)
    gone = lesson(course_page)
    activity = Activity.objects.get(key=gone.translation_key)
    making.committed(lambda: mark_done(enrolment=enrolment, activity=activity))

    making.committed(lambda: Page.objects.get(pk=gone.pk).delete())

    activity.refresh_from_db()
    assert activity.archived is True
    assert ActivityCompletion.objects.get().activity == activity
    assert agrees()


def test_deleting_the_whole_course_keeps_rows_and_facts(course_page):
    key = course_page.translation_key
    making.enrol(making.person(), course_page)

    making.committed(lambda: Page.objects.get(pk=course_page.pk).delete())

    course = Course.objects.get(key=key)
    assert (course.archived, Enrolment.objects.count()) == (True, 1)
    assert not course.activities.live().exists()


def test_purging_revisions_touches_no_row(course_page):
    before = list(Activity.objects.order_by("pk").values())
    for _ in range(3):
        making.publish(lesson(course_page))

    call_command("purge_revisions", verbosity=0)

    assert [row["titles"] for row in Activity.objects.order_by("pk").values()] == [row["titles"] for row in before]
    assert agrees()


def test_a_lesson_moved_to_another_course_leaves_the_one_and_joins_the_other(course_page):
    other = making.course(modules=1)
    target = other.get_children().first()
    making.committed(lambda: target.get_children().get(slug="d1").delete())
    making.committed(lambda: Page.objects.get(pk=lesson(course_page).pk).move(target, pos="first-child"))

    assert live(course_page)[:2] == ["Dars d2", "Test 1"]
    assert live(other)[0] == "Dars d1"
    assert agrees()


def test_scheduled_publishing_and_expiry_come_with_the_sweep(course_page):
    module = course_page.get_children().first()
    later = LessonPage(title="Keyin", slug="keyin", outcome="x", live=False, locale=course_page.locale)
    later = module.add_child(instance=later)
    later.go_live_at = timezone.now() + timedelta(days=1)
    making.committed(lambda: later.save_revision().publish())
    making.committed(lambda: call_command("publish_scheduled", verbosity=0))
    assert "Keyin" not in live(course_page)

    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        making.committed(lambda: call_command("publish_scheduled", verbosity=0))
    assert "Keyin" in live(course_page)

    Page.objects.filter(pk=later.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    making.committed(lambda: call_command("publish_scheduled", verbosity=0))
    assert "Keyin" not in live(course_page)


def test_approval_in_the_review_publishes_and_the_syllabus_follows(course_page):
    author, editor = making.person("trainer"), making.person("editor", is_superuser=True)
    changed = lesson(course_page)
    changed.title = "Tekshirilgan"
    making.committed(lambda: changed.save_revision(user=author))
    workflow = Workflow.objects.create(name="t", active=True)
    task = GroupApprovalTask.objects.create(name="t")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)

    state = workflow.start(changed, author)
    assert "Tekshirilgan" not in live(course_page)
    making.committed(lambda: state.current_task_state.approve(user=editor))

    assert "Tekshirilgan" in live(course_page)


def test_translations_add_titles_and_addresses_and_nothing_else(course_page):
    russian = translate(course_page, "ru", "Курс")
    module = translate(course_page.get_children().first().specific, "ru", "Модуль 1")
    translate(lesson(course_page), "ru", "Урок 1")

    activity = Activity.objects.get(key=lesson(course_page).translation_key)
    assert activity.titles == {"uz": "Dars d1", "ru": "Урок 1"}
    assert activity.addresses["ru"] == f"/ru/kurslar/{course_page.slug}/m1/d1/"
    assert len(live(course_page)) == 6
    assert making.row(course_page).titles["ru"] == russian.title
    assert module.title == "Модуль 1"


def translate(course_page, language, title):
    copy = making.committed(lambda: course_page.copy_for_translation(Locale.objects.get(language_code=language)))
    copy.title = title
    return making.publish(copy)


def test_without_its_source_a_course_is_archived_not_taken_from_another_language(course_page):
    translate(course_page, "ru", "Курс")
    making.committed(course_page.unpublish)

    course = making.row(course_page)
    assert (course.archived, course.source) == (True, "uz")


def test_an_alias_is_no_second_course(course_page, base):
    making.committed(
        lambda: course_page.create_alias(parent=CataloguePage.objects.get(pk=base["uz"].pk), update_slug="nusxa")
    )

    assert Course.objects.count() == 1


def test_a_copy_is_a_course_of_its_own(course_page):
    making.committed(
        lambda: course_page.copy(recursive=True, update_attrs={"slug": "ikkinchi", "code": "K2", "title": "Ikkinchi"})
    )

    assert set(Course.objects.values_list("code", flat=True)) == {course_page.code, "K2"}


def test_two_courses_with_one_code_do_not_break_publishing(course_page):
    twin = making.course(modules=1)
    twin.code = course_page.code
    making.publish(twin)

    course = making.row(twin)
    assert [one["what"] for one in course.missing] == ["no_code"]
    assert making.row(course_page).code == course_page.code


def test_a_quiz_without_enough_questions_closes_the_course_and_says_so(course_page):
    from courses.enrolments import CourseNotOpen, begin
    from courses.questions import retire
    from courses.syllabus import explain

    pool = making.row(course_page).activities.filter(kind="quiz").first().quiz.draws.get().pool
    trainer = making.person()
    for question in pool.questions.all()[:3]:
        retire(question=question, by=None)

    course = making.row(course_page)
    assert [one["what"] for one in course.missing] == ["few_questions"]
    assert explain(course.missing[0]) == (
        f"«Test 1» testi {pool.code} savollar toʻplamidan 2 ta savol oladi, unda esa 1 ta tayyor savol bor."
    )
    with pytest.raises(CourseNotOpen):
        begin(learner=trainer, course=course)


def test_a_module_without_steps_closes_the_course(base):
    course_page = making.course(modules=1, lessons=0, quiz=False)

    assert [one["what"] for one in making.row(course_page).missing] == ["no_steps"]


def test_a_module_of_homework_alone_closes_the_course(base):
    """Homework does not count: everybody would have completed such a course by beginning it."""
    course_page = making.course(modules=1, lessons=0, quiz=False)
    module = course_page.get_children().get()
    making.add(module, AssignmentPage(title="Topshiriq", slug="t", purpose="x"))

    assert [one["what"] for one in making.row(course_page).missing] == ["no_steps"]


def test_the_check_says_where_tree_and_rows_stand_apart(course_page):
    Activity.objects.filter(position=1).update(titles={"uz": "boshqa"})

    with pytest.raises(CommandError):
        agrees()
    assert Activity.objects.get(position=1).titles == {"uz": "boshqa"}

    tree.sync_all()
    assert agrees()


def test_a_page_added_behind_every_signal_is_found_by_the_sweep(course_page):
    module = course_page.get_children().first()
    module.add_child(
        instance=LessonPage(title="Yashirin", slug="yashirin", outcome="x", live=True, locale=course_page.locale)
    )
    assert "Yashirin" not in live(course_page)

    tree.sync_all()

    assert "Yashirin" in live(course_page)


def test_the_course_team_gets_its_group_and_publishes_only_where_no_review_is_asked(course_page):
    from django.contrib.auth.models import Group
    from wagtail.models import GroupPagePermission

    def rights():
        rows = GroupPagePermission.objects.filter(group=Group.objects.get(name=f"Course team {course_page.code}"))
        return sorted(rows.values_list("permission__codename", flat=True))

    assert rights() == ["add_page", "change_page"]
    course_page.review_required = False
    making.publish(course_page)
    assert rights() == ["add_page", "change_page", "publish_page"]
    assert CoursePage.objects.get(pk=course_page.pk).get_workflow() is None
