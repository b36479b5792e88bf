"""Homework: the rules of the page, deadlines, what the certificate needs."""

from datetime import date

import pytest
from django.conf import settings
from django.core import mail
from wagtail.models import Locale

from accounts import notices
from certification import award
from certification.conditions import Condition, missing
from cms.curriculum.reading import read_course
from cms.loading.assignments import assignment_rubric
from cms.sweeping import sweep
from courses import homework, progress
from courses.homework import ACCEPT, RETURN
from courses.models import Activity, Assignment, Submission
from tests import making
from tests.courses import homework_making as making_homework
from tests.courses.homework_making import BEGAN, NOW, draft, graded, handed_in, rubric

# --- From the page ------------------------------------------------------------------------------------------------------


def test_publishing_makes_the_rules_of_the_row(base):
    page = making_homework.page(pass_points=65, most_files=3, most_megabytes=2, due_days=14)

    row = making_homework.row(page)

    assert (row.pass_points, row.most_files, row.most_megabytes, row.due_days) == (65, 3, 2, 14)
    assert row.rubric == [
        {
            "id": "plan", "points": 60, "name": {"uz": "plan uz"},
            "levels": [{"points": 60, "uz": "60 uz"}, {"points": 40, "uz": "40 uz"}, {"points": 0, "uz": "0 uz"}],
        },
        {
            "id": "talk", "points": 40, "name": {"uz": "talk uz"},
            "levels": [{"points": 40, "uz": "40 uz"}, {"points": 0, "uz": "0 uz"}],
        },
    ]  # fmt: skip


def translated(page, russian):
    """The page in Russian, its ancestors with it."""
    made = None
    for one in [*page.get_ancestors().filter(depth__gt=3).specific(), page]:
        made = one.copy_for_translation(Locale.objects.get(language_code="ru"))
        if one.pk == page.pk:
            for name, value in russian.items():
                setattr(made, name, value)
        making.publish(made)
    return made


def test_another_language_adds_words_and_changes_no_rule(base):
    page = making_homework.page(for_trainer="Rejaga qarang.")
    other = rubric("ru", {"talk": (99, 0), "plan": (1,), "extra": (5,)})

    translated(
        page, {"rubric": other, "pass_points": 10, "due_days": 3, "most_files": 0, "for_trainer": "Смотрите план."}
    )

    row = making_homework.row(page)
    assert row.for_trainer == {"uz": "Rejaga qarang.", "ru": "Смотрите план."}
    assert [(one["id"], one["points"]) for one in row.rubric] == [("plan", 60), ("talk", 40)]
    assert row.rubric[0]["name"] == {"uz": "plan uz", "ru": "plan ru"}
    assert row.rubric[1]["levels"] == [{"points": 40, "uz": "40 uz"}, {"points": 0, "uz": "0 uz", "ru": "0 ru"}]
    assert (row.pass_points, row.due_days, row.most_files) == (70, None, 5)


def test_publishing_anew_changes_the_same_row_and_touches_nothing_handed_in(base):
    page = making_homework.page()
    assignment = making_homework.row(page)
    sent = handed_in(making_homework.enrolment(assignment), assignment)
    page.pass_points = 80
    making.publish(page)

    assert Assignment.objects.get().pk == assignment.pk
    assert making_homework.row(page).pass_points == 80
    assert list(Submission.objects.values_list("pk", "state")) == [(sent.pk, "handed_in")]


def test_the_shipped_assignments_have_their_criteria():
    course = read_course(settings.CURRICULUM_DIR / "sec")

    raw = [assignment_rubric(module.assignment, "uz") for module in course.modules]
    assert [sum(one["value"]["points"] for one in each) for each in raw] == [100] * 5
    assert [one["id"] for one in raw[3]] == ["check", "inventory", "sketch"]


# --- Deadlines ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def dated(assignment):
    assignment.due_days = 14
    assignment.save()
    return assignment


def on(day, hour=4):
    """That day of September 2026; 04:00 UTC is 09:00 in Tashkent."""
    return BEGAN.replace(day=day, hour=hour)


def test_the_last_day_ends_at_midnight_of_the_place(enrolment, dated):
    assert homework.due_on(dated, BEGAN) == date(2026, 9, 21)
    sent = handed_in(enrolment, dated)
    for moment, late in ((on(21, 18), False), (on(21, 19), True)):  # 23:00 and 00:00 in Tashkent
        sent.handed_in_at = moment
        assert homework.is_late(sent) is late


def test_late_work_is_taken_and_rework_is_not_late(enrolment, dated, trainer):
    first = graded(handed_in(enrolment, dated, now=on(25)), trainer, RETURN)
    second = handed_in(enrolment, dated, now=on(27))

    assert (homework.is_late(first), homework.is_late(second)) == (True, False)


def reminded(enrolment):
    return list(enrolment.learner.notices.filter(kind="homework_due").order_by("pk").values_list("subject", flat=True))


def test_reminders_come_three_days_before_and_on_the_day_once_each(enrolment, dated):
    name = f"assignment {dated.pk} enrolment {enrolment.pk}"
    seen = {}
    for day in (17, 18, 19, 20, 21, 22):
        for _round in range(2):
            homework.remind(on(day))
        seen[day] = reminded(enrolment)

    soon, both = [f"{name} soon"], [f"{name} soon", f"{name} today"]
    assert seen == {17: [], 18: soon, 19: soon, 20: soon, 21: both, 22: both}
    notices.deliver()
    assert [letter.subject for letter in mail.outbox] == ["Topshiriq muddati 2026-yil 21-sentabr: Topshiriq"] * 2


@pytest.mark.parametrize("state", ["handed_in", "returned", "accepted", "given", "closed", "draft"])
def test_who_has_handed_in_is_not_reminded(enrolment, dated, trainer, state):
    if state == "given":
        progress.complete(enrolment=enrolment, activity=dated.activity)
    elif state == "closed":
        type(enrolment).objects.update(closed_at=NOW)
    else:
        sent = draft(enrolment, dated) if state == "draft" else handed_in(enrolment, dated)
        if state in ("returned", "accepted"):
            graded(sent, trainer, RETURN if state == "returned" else ACCEPT)

    assert homework.remind(on(18)) == (1 if state == "draft" else 0)


def test_without_a_deadline_and_after_archiving_nobody_is_reminded(enrolment, assignment, dated):
    Activity.objects.filter(pk=dated.pk).update(archived=True)
    assert homework.remind(on(18)) == 0
    Activity.objects.filter(pk=dated.pk).update(archived=False)
    Assignment.objects.update(due_days=None)
    assert homework.remind(on(18)) == 0
    assert sweep()["homework_reminders"] == 0


def test_reminders_cost_the_same_for_one_and_for_three(dated, django_assert_num_queries):
    for count, queries in ((1, 3), (3, 3)):
        while dated.activity.course.enrolments.count() < count:
            making_homework.enrolment(dated)
        homework.remind(on(18))
        with django_assert_num_queries(queries):  # assignments, enrolments, what was told
            assert homework.remind(on(18)) == 0


# --- The certificate -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [False, True])
def test_accepted_homework_is_a_condition_only_where_the_course_says_so(base, counts):
    course = making.course(homework_counts=counts)
    assignment = making_homework.row(making_homework.page(course))
    assert making.row(course).homework_counts is counts
    enrolment = making_homework.enrolment(assignment, certificate_name="Namuna", certificate_name_confirmed_at=BEGAN)
    for activity in making.row(course).activities.exclude(kind="assignment"):
        progress.complete(enrolment=enrolment, activity=activity, now=NOW)

    wanted = [Condition("homework", 0, 1, (assignment.activity,))]
    assert missing(enrolment) == (wanted if counts else [])
    assert award.to_consider().filter(pk=enrolment.pk).exists() is not counts

    graded(handed_in(enrolment, assignment), making_homework.trainer(assignment))
    assert missing(enrolment) == []
    assert award.heal(NOW)["considered"] == 1
