"""An assignment as its learner meets it: the kept body holds nothing of anybody, the form beside it is made anew each time."""

import pytest
from wagtail.blocks import StreamBlockValidationError
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail_localize.models import Translation, TranslationSource

from cms import keeping
from cms.models import AssignmentPage
from cms.outline import live_activities, outline
from cms.rubric import RubricBlock
from courses import homework
from courses.models import Activity
from tests import making
from tests.courses import homework_making as making_homework
from tests.courses.homework_making import NOW, PDF, draft, graded, handed_in, upload


@pytest.fixture
def page(base):
    return making_homework.page()


@pytest.fixture
def assignment(page):
    return making_homework.row(page)


@pytest.fixture
def enrolment(assignment):
    return making_homework.enrolment(assignment)


@pytest.fixture
def look(client, page, enrolment):
    client.force_login(enrolment.learner)
    return lambda: client.get(page.get_url())


def test_each_state_is_said_and_offers_what_is_possible(look, enrolment, assignment):
    trainer = making_homework.trainer(assignment)

    def seen():
        text = look().text
        section = text[text.index('id="homework"') :]
        return [word for word in STATES if word in section], 'value="hand_in"' in section

    assert seen() == (["Boshlanmagan"], True)
    draft(enrolment, assignment, "Qoralama")
    assert seen() == (["Saqlangan, hali topshirilmagan"], True)
    sent = handed_in(enrolment, assignment)
    assert seen() == (["Topshirildi, trenerni kutmoqda"], False)
    graded(sent, trainer, homework.RETURN, {"plan": 40}, "Yana ishlang")
    assert seen() == (["Qayta ishlashga qaytarilgan"], True)
    assert "Yana ishlang" in look().text and "40 / 60" in look().text and "40 / 100" in look().text
    graded(handed_in(enrolment, assignment, "Ikkinchi"), trainer)
    assert seen() == (["Qabul qilingan", "Qayta ishlashga qaytarilgan"], False)
    assert look().text.count('<article class="panel') == 2


STATES = [
    "Boshlanmagan", "Saqlangan, hali topshirilmagan", "Topshirildi, trenerni kutmoqda", "Qabul qilingan",
    "Qayta ishlashga qaytarilgan",
]  # fmt: skip


def test_nothing_of_one_learner_is_kept_for_another(look, client, enrolment, assignment):
    made = draft(enrolment, assignment, "Juda shaxsiy matn")
    homework.add_file(submission=made, upload=upload(PDF, "maxfiy-reja.pdf"), now=NOW)
    assert "Juda shaxsiy matn" in look().text and "maxfiy-reja.pdf" in look().text

    assert [one.body for one in keeping._kept.values()]
    for one in keeping._kept.values():
        assert "Juda shaxsiy" not in one.body and "maxfiy" not in one.body and "csrfmiddlewaretoken" not in one.body
    other = making_homework.enrolment(assignment)
    client.force_login(other.learner)
    assert "Juda shaxsiy" not in look().text and "maxfiy" not in look().text
    client.force_login(making.person())  # has not begun the course
    assert 'id="homework"' not in look().text and "To the course" not in look().text


def test_the_criteria_stand_below_the_body_and_follow_the_source_language(look, page, client):
    assert "60 uz" in look().text and "Qabul qilish uchun: 100 dan 70 ball." in look().text

    russian = None
    for one in [*page.get_ancestors().filter(depth__gt=3).specific(), page]:
        russian = one.copy_for_translation(Locale.objects.get(language_code="ru"))
        if one.pk == page.pk:
            russian.rubric = making_homework.rubric("ru", {"plan": (5, 1), "talk": (40, 0)})
            russian.pass_points = 5
        making.publish(russian)

    text = client.get(russian.get_url()).text
    assert "plan ru" in text and "40 ru" in text and "баллов: 70 из 100" in text
    assert "5 ru" not in text


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(look, enrolment, assignment, django_assert_num_queries, rounds):
    trainer = making_homework.trainer(assignment)
    for _ in range(rounds):
        graded(handed_in(enrolment, assignment), trainer, homework.RETURN)
    look()

    # session, user, standing, restrictions; rules, enrolment, submissions, files, comments, who wrote and graded
    with django_assert_num_queries(9):
        look()


def test_a_deadline_is_said_and_when_it_is_over_too(look, assignment):
    text = look().text
    assert "topshiring." not in text and "Muddati" not in text
    assignment.due_days = 5000
    assignment.save()
    assert "2040-yil 16-may kunigacha topshiring." in look().text
    assignment.due_days = 1
    assignment.save()
    assert "Muddati 2026-yil 8-sentabr edi. Hali ham topshirish mumkin" in look().text


def test_my_learning_says_what_is_returned_until_it_is_handed_in_again(client, enrolment, assignment):
    client.force_login(enrolment.learner)
    sent = handed_in(enrolment, assignment)
    assert client.get("/learning/").context["returned"] == []
    graded(sent, making_homework.trainer(assignment), homework.RETURN, {}, "Yana")

    response = client.get("/learning/")
    assert [one.pk for one in response.context["returned"]] == [sent.pk]
    assert f"/go/{assignment.pk}/" in response.text
    draft(enrolment, assignment)
    assert [one.pk for one in client.get("/learning/").context["returned"]] == [sent.pk]
    handed_in(enrolment, assignment)
    assert client.get("/learning/").context["returned"] == []


def test_homework_is_where_one_stopped_only_when_nothing_else_is_open(assignment):
    activities = live_activities(assignment.activity.course)
    lesson, quiz = (next(row.pk for row in activities if row.kind == kind) for kind in ("lesson", "quiz"))
    work = assignment.pk

    def stopped(done, waiting=()):
        plan = outline(activities, "uz", done, waiting)
        assert [step.pk for step in plan.steps if step.state == "now"] == ([plan.next.pk] if plan.next else [])
        return plan.next and plan.next.pk

    assert stopped(set()) == lesson
    assert stopped({lesson}) == quiz
    assert stopped({lesson, quiz}) == work
    assert stopped({lesson}, {work}) == quiz
    assert stopped({lesson, quiz, work}) is None
    assert outline(activities, "uz").next.pk == lesson  # has not begun
    assert Activity.objects.get(pk=work).position == max(row.position for row in activities)


# --- The editor's form -------------------------------------------------------------------------------------------------------


def checked(raw, deferred=False):
    block = RubricBlock(required=False)
    if deferred:
        block.defer_required_validation()
    try:
        block.clean(block.to_python(raw))
    except StreamBlockValidationError as no:
        return [str(error) for error in no.non_block_errors] or sorted(no.block_errors)
    return []


def test_criteria_add_up_to_a_hundred_and_the_best_level_gives_all_but_a_draft_may_lack_it():
    assert checked(making_homework.rubric()) == []
    assert checked([]) == []
    ninety = making_homework.rubric(levels={"plan": (60, 0), "talk": (30, 0)})
    assert checked(ninety) == ["Mezonlar ballarining yigʻindisi 90, 100 emas."]
    wrong = making_homework.rubric(levels={"plan": (60, 0), "talk": (40, 0)})
    wrong[1]["value"]["levels"][0]["value"]["points"] = 39
    assert checked(wrong) == [1]
    assert checked(ninety, deferred=True) == checked(wrong, deferred=True) == []


def test_a_criterion_without_points_is_no_rule_yet(base):
    unfinished = making_homework.rubric()
    unfinished[1]["value"] |= {"points": None, "levels": []}

    page = making_homework.page(rubric=unfinished)

    assert [one["id"] for one in making_homework.row(page).rubric] == ["plan"]


@pytest.fixture
def admin(client, base):
    client.force_login(making.person("admin", is_superuser=True))
    return client


def sent(points=(60, 40), **more):
    criteria = [
        ("criterion", {"name": f"Mezon {n}", "points": str(one), "levels": inline_blocks(one)})
        for n, one in enumerate(points)
    ]
    return nested_form_data(
        {
            "title": "Yangi topshiriq", "slug": "yangi", "search_description": "", "purpose": "Mashq", "minutes": "30",
            "for_trainer": "", "body": streamfield([("text", rich_text("<p>Bajaring</p>"))]),
            "rubric": streamfield(criteria), "pass_points": "60", "most_files": "3", "most_megabytes": "5", "due_days": "14",
            "go_live_at": "", "expire_at": "", "comments": inline_formset([]), **more,
        }
    )  # fmt: skip


def inline_blocks(best):
    return streamfield([("item", {"points": str(best), "text": "hammasi"}), ("item", {"points": "0", "text": "yoʻq"})])


def test_a_trainer_writes_an_assignment_with_its_criteria(admin):
    module = making.course().get_children().first()
    address = f"/cms/pages/add/cms/assignmentpage/{module.pk}/"

    refused = admin.post(address, sent(points=(60, 30)) | {"action-publish": "1"})
    assert refused.status_code == 200
    assert "90, 100 emas" in str(refused.context["form"].errors["rubric"].as_data()[0].non_block_errors)
    assert making.committed(lambda: admin.post(address, sent(points=(60, 30)))).status_code == 302  # as a draft
    AssignmentPage.objects.get().delete()
    assert making.committed(lambda: admin.post(address, sent() | {"action-publish": "1"})).status_code == 302

    row = making_homework.row(AssignmentPage.objects.get())
    assert (row.pass_points, row.most_files, row.most_megabytes, row.due_days) == (60, 3, 5, 14)
    assert [(one["points"], one["name"], [level["points"] for level in one["levels"]]) for one in row.rubric] == [
        (60, {"uz": "Mezon 0"}, [60, 0]), (40, {"uz": "Mezon 1"}, [40, 0])
    ]  # fmt: skip


def test_a_translation_by_the_translators_screen_keeps_ids_and_points(page):
    russian = Locale.objects.get(language_code="ru")
    for one in [*page.get_ancestors().filter(depth__gt=3).specific(), page]:
        source, _made = TranslationSource.get_or_create_from_instance(one)
        if one.pk != page.pk:
            making.publish(one.copy_for_translation(russian))
            continue
        Translation.objects.create(source=source, target_locale=russian)
        making.committed(
            lambda source=source: source.create_or_update_translation(russian, fallback=True, publish=True)
        )

    rubric = making_homework.row(page).rubric
    assert [(one["id"], one["points"], sorted(one["name"])) for one in rubric] == [
        ("plan", 60, ["ru", "uz"]), ("talk", 40, ["ru", "uz"])
    ]  # fmt: skip
    assert [sorted(level) for level in rubric[1]["levels"]] == [["points", "ru", "uz"]] * 2
