"""The rules on a quiz quiz_page: how a trainer types them, what contradicts itself, and that they reach the syllabus from one language alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from accounts.models import Role
from accounts.roles import grant
from cms import teams
from cms.models import ModulePage, QuizDraw, QuizPage
from courses.models import Quiz
from tests import making
from tests.kept import kept

NOW = timezone.now().replace(second=0, microsecond=0)


@kept
def course_page(bedrock):
    return making.course()


@kept
def quiz_page(course_page):
    return QuizPage.objects.descendant_of(course_page).get()


@pytest.fixture
def trainer(client, course_page):
    person = making.person("trainer")
    grant(person=person, role=Role.TRAINER)
    teams.join(course=making.row(course_page), person=person)
    client.force_login(person)
    return client


def quiz_of(quiz_page):
    return Quiz.objects.get(activity__key=quiz_page.translation_key)


def typed(quiz_page, draws=(), **rules):
    """What the form of the page sends."""
    fields = {
        "title": quiz_page.title, "slug": quiz_page.slug, "intro": rich_text(""), "pass_mark": "70", "attempts": "3", "wait_hours": "24",
        "penalty": "0", "time_limit": "", "grace_seconds": "30", "opens_at": "", "closes_at": "", "shows": "when_done",
        "search_description": "", "go_live_at": "", "expire_at": "", "comments": inline_formset([]), "draws": inline_formset(draws),
    }  # fmt: skip
    return nested_form_data(fields | rules)


def send(client, quiz_page, **what):
    return making.committed(lambda: client.post(f"/cms/pages/{quiz_page.pk}/edit/", typed(quiz_page, **what)))


def newest(page):
    return QuizPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def faults(response):
    return {name: [str(fault) for fault in found] for name, found in response.context["form"].errors.items()}


# --- To the syllabus ------------------------------------------------------------------------------------------------------

RULES = {
    "pass_mark": 80, "attempts": 2, "wait_hours": 1, "penalty": 25, "one_page": True, "time_limit": 45, "grace_seconds": 60,
    "opens_at": NOW, "closes_at": NOW + timedelta(days=2), "invigilated": True, "shows": "when_closed",
}  # fmt: skip


def test_every_rule_reaches_the_syllabus(quiz_page):
    for name, value in RULES.items():
        setattr(quiz_page, name, value)
    making.publish(quiz_page)

    assert {name: getattr(quiz_of(quiz_page), name) for name in RULES} == RULES


def test_draws_by_label_reach_the_syllabus_and_those_that_say_the_same_are_one(quiz_page):
    pool = quiz_page.draws.get().pool
    quiz_page.draws = [
        QuizDraw(pool=pool, count=1, level="basic"),
        QuizDraw(pool=pool, count=1, competence="4.2", tag="oʻyin"),
        QuizDraw(pool=pool, count=1),
        QuizDraw(pool=pool, count=1, level="basic"),
    ]
    making.publish(quiz_page)

    rows = quiz_of(quiz_page).draws.values_list("count", "level", "competence", "tag")
    assert list(rows) == [(2, "basic", "", ""), (1, "", "4.2", "oʻyin"), (1, "", "", "")]
    assert [one["what"] for one in making.row(quiz_page.get_parent().get_parent()).missing] == [
        "few_labelled",
        "few_labelled",
    ]


def test_publishing_the_same_rules_again_writes_no_row(quiz_page):
    making.publish(quiz_page)
    before = list(quiz_of(quiz_page).draws.values_list("pk", flat=True))

    making.publish(quiz_page)

    assert list(quiz_of(quiz_page).draws.values_list("pk", flat=True)) == before


@kept
def russian(course_page, quiz_page):
    russian = Locale.objects.get(language_code="ru")
    module = ModulePage.objects.child_of(course_page).get()
    for one in (course_page, module, quiz_page):
        made = making.committed(lambda one=one: one.copy_for_translation(russian))
        making.publish(made)
    return made


def test_a_translation_gives_no_rules_and_shows_those_of_the_source(client, quiz_page, russian):
    russian.pass_mark, russian.attempts, russian.shows, russian.invigilated, russian.time_limit = 1, 0, "all", True, 5
    russian.draws = []
    making.publish(russian)
    quiz_page.pass_mark, quiz_page.penalty = 85, 20
    making.publish(quiz_page)

    quiz = quiz_of(quiz_page)
    assert (quiz.pass_mark, quiz.attempts, quiz.shows, quiz.invigilated, quiz.time_limit) == (
        85,
        3,
        "when_done",
        False,
        None,
    )
    assert quiz.draws.count() == 1
    learner = making.person()
    making.enrol(learner, quiz_page.get_parent().get_parent())
    client.force_login(learner)
    shown = client.get(russian.get_url()).text
    assert "85 %" in shown
    assert "20 %" in shown
    assert " ".join(shown.split("<dt>Попытки</dt>")[1].split()).startswith("<dd> 3,")


def test_on_a_translation_the_rules_are_only_read(trainer, quiz_page, russian):
    html = trainer.get(f"/cms/pages/{russian.pk}/edit/").text
    assert "help-warning" in html
    assert "help-warning" not in trainer.get(f"/cms/pages/{quiz_page.pk}/edit/").text

    sent = send(trainer, russian, pass_mark="1", shows="all", invigilated="on", title="Тест")

    assert sent.status_code == 302
    kept = newest(russian)
    assert (kept.title, kept.pass_mark, kept.shows, kept.invigilated) == ("Тест", 70, "when_done", False)


# --- The form -------------------------------------------------------------------------------------------------------------


def at(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"opens_at": at(NOW), "closes_at": at(NOW)}, "closes_at"),
        ({"opens_at": at(NOW), "closes_at": at(NOW - timedelta(hours=1))}, "closes_at"),
        ({"shows": "when_closed"}, "shows"),
        ({"invigilated": "on"}, "time_limit"),
        ({"pass_mark": "0"}, "pass_mark"),
        ({"pass_mark": "101"}, "pass_mark"),
        ({"penalty": "101"}, "penalty"),
        ({"penalty": "-1"}, "penalty"),
        ({"grace_seconds": "601"}, "grace_seconds"),
        ({"time_limit": "0"}, "time_limit"),
        ({"time_limit": "1441"}, "time_limit"),
        ({"attempts": "101"}, "attempts"),
        ({"shows": "everything"}, "shows"),
        ({"opens_at": "ertaga"}, "opens_at"),
    ],
)
def test_what_contradicts_itself_is_told_at_its_field(trainer, quiz_page, rules, field):
    before = quiz_page.revisions.count()

    response = send(trainer, quiz_page, **rules)

    assert response.status_code == 200
    assert list(faults(response)) == [field]
    assert quiz_page.revisions.count() == before


def test_rules_that_agree_are_kept(trainer, quiz_page):
    response = send(
        trainer, quiz_page, opens_at=at(NOW), closes_at=at(NOW + timedelta(hours=1)), shows="when_closed", invigilated="on", time_limit="45", penalty="25", one_page="on",
    )  # fmt: skip

    assert response.status_code == 302
    kept = newest(quiz_page)
    assert (kept.opens_at, kept.closes_at, kept.time_limit, kept.penalty) == (NOW, NOW + timedelta(hours=1), 45, 25)
    assert (kept.invigilated, kept.one_page, kept.shows) == (True, True, "when_closed")


def test_no_road_publishes_a_quiz_that_closes_before_it_opens(quiz_page):
    quiz_page.opens_at, quiz_page.closes_at = NOW, NOW - timedelta(hours=1)

    with pytest.raises(ValidationError) as no:
        quiz_page.save_revision()

    assert list(no.value.message_dict) == ["closes_at"]


def test_labels_are_chosen_from_those_that_the_own_questions_have(trainer, course_page, quiz_page):
    row = making.row(course_page)
    own, foreign = making.pool("own", 2, course=row), making.pool("foreign", 1, course=making.row(making.course()))
    labelled = [(own, "basic", "4.2", "oʻyin"), (foreign, "advanced", "1.1", "begona")]
    for pool, level, competence, tag in labelled:
        question = pool.questions.first()
        question.level, question.competence = level, competence
        question.save()
        question.tags.add(tag)

    html = trainer.get(f"/cms/pages/{quiz_page.pk}/edit/").text
    assert all(f'value="{label}"' in html for label in ("basic", "4.2", "oʻyin"))
    assert not any(f'value="{label}"' in html for label in ("advanced", "1.1", "begona"))

    draw = {"pool": own.pk, "count": 1, "level": "basic", "competence": "4.2", "tag": "oʻyin", "id": ""}
    assert send(trainer, quiz_page, draws=[draw]).status_code == 302
    kept = list(newest(quiz_page).draws.all())[-1]
    assert (kept.pool_id, kept.level, kept.competence, kept.tag) == (own.pk, "basic", "4.2", "oʻyin")
    refused = send(trainer, quiz_page, draws=[draw | {"tag": "begona"}])
    assert [list(form.errors) for form in refused.context["form"].formsets["draws"].forms] == [["tag"]]


def test_a_label_that_no_question_has_any_more_stays_where_it_was_chosen(trainer, quiz_page):
    quiz_page.draws = [QuizDraw(pool=quiz_page.draws.get().pool, count=1, tag="eski")]
    making.publish(quiz_page)

    assert 'value="eski" selected' in trainer.get(f"/cms/pages/{quiz_page.pk}/edit/").text
