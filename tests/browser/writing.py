"""A trainer who writes in /cms/, and the editor who publishes it."""

import re

from playwright.sync_api import TimeoutError, expect

from cms.models import LessonPage, ModulePage, QuizPage
from courses.models import Question, QuestionPool

from .conftest import DESK, says
from .walking import Learner

TITLE = "Bulutdagi fayllar"


def a_lesson_reaches_the_syllabus_through_the_review(visit, demonstration):
    """The trainer writes, previews and submits it; only the editor's approval publishes it. A learner reads it."""
    before = [row.titles["uz"] for row in demonstration.lesson_rows()]
    module = first_module(demonstration)
    trainer = visit("trainer", viewport=DESK, watched=False)

    trainer.goto(f"/cms/pages/add/cms/lessonpage/{module.pk}/")
    write_lesson(trainer)
    see_the_preview(trainer)
    expect(trainer.locator("button[name=action-publish]")).to_have_count(0)
    submit_for_review(trainer)
    page = LessonPage.objects.get(title=TITLE)
    assert page.live is False
    assert [row.titles["uz"] for row in demonstration.lesson_rows()] == before

    editor = visit("editor", viewport=DESK, watched=False)
    approve(editor, TITLE)

    page.refresh_from_db()
    assert page.live is True
    assert sorted(row.titles["uz"] for row in demonstration.lesson_rows()) == sorted([*before, TITLE])
    learner = visit("learner")
    learner.goto(page.get_url())
    expect(learner.locator("h1")).to_have_text(TITLE)
    expect(learner.locator("main")).to_contain_text("Havolani kim ochishini tekshiring.")


def a_quiz_reaches_the_syllabus_through_the_review(visit, demonstration, *, learner):
    """A question and the quiz that draws it: the trainer writes both, the editor publishes both, `learner` passes it."""
    module, course = first_module(demonstration), demonstration.course()
    pool = QuestionPool.objects.create(code="SEC-X", titles={"uz": "Qoʻshimcha savollar"}, course=course)
    trainer = visit("trainer", viewport=DESK, watched=False)
    trainer.goto("/cms/questions/add/")
    write_question(trainer, pool)
    expect(trainer.locator("button[name=action-publish]")).to_have_count(0)
    trainer.locator("footer button[type=submit]").first.click()
    expect(trainer.locator(".messages .success")).to_be_visible()
    question = Question.objects.get(pool=pool)
    assert question.current is None

    editor = visit("editor", viewport=DESK, watched=False)
    editor.goto(f"/cms/questions/edit/{question.pk}/")
    choose_in_footer(editor, "button[name=action-publish]")
    expect(editor.locator(".messages .success")).to_be_visible()
    assert Question.objects.ready().filter(pool=pool).count() == 1

    trainer.goto(f"/cms/pages/add/cms/quizpage/{module.pk}/")
    trainer.locator("#id_title").fill("Qoʻshimcha test")
    trainer.locator("#id_draws-ADD").click()
    trainer.locator("#id_draws-0-pool").select_option(str(pool.pk))
    trainer.locator("#id_draws-0-count").fill("1")
    submit_for_review(trainer)
    approve(editor, "Qoʻshimcha test")

    assert [row.titles["uz"] for row in demonstration.test_rows() if row.module.key == module.translation_key] == [
        "1-modul testi",
        "Qoʻshimcha test",
    ]
    learner = Learner(visit(learner))
    learner.page.goto(course.addresses["uz"])
    learner.press("Begin the course")
    learner.page.goto(QuizPage.objects.get(title="Qoʻshimcha test").get_url())
    learner.pass_test()


def choose_in_footer(page, entry, **how):
    """An entry of the menu beside «Save draft». A press before Wagtail's script is there opens nothing: then once more."""
    toggle, entry = page.locator("footer [data-w-dropdown-target=toggle]").first, page.locator(entry).first
    for _ in range(10):
        toggle.click()
        try:
            entry.wait_for(state="visible", timeout=3_000)
            break
        except TimeoutError:
            continue
    entry.click(**how)


def submit_for_review(page):
    choose_in_footer(page, "button[name=action-submit]")
    expect(page.locator(".messages .success")).to_be_visible()


def approve(page, title):
    """The editor finds the page among what awaits review."""
    page.goto("/cms/")
    page.get_by_role("link", name=title).first.click()
    choose_in_footer(page, "[data-workflow-action-name=approve]:not([data-workflow-action-modal-url])")
    expect(page.locator(".messages .success")).to_be_visible()


def write_lesson(page):
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_outcome").fill("Faylga kim kira olishini tekshirasiz.")
    add_block(page, says("Heading"))
    page.locator("#body-0-value-text").fill("Kim koʻra oladi")
    add_block(page, says("Checklist"))
    page.locator("#body-1-value-title").fill("Yuborishdan oldin")
    page.locator("[data-contentpath=body] [contenteditable=true]").last.click()
    page.keyboard.type("Havolani kim ochishini tekshiring.")
    # Draftail hands what was typed to the form a moment later; a preview opened before shows the line still empty.
    expect(page.locator("[name=body-1-value-lines-0-value]")).to_have_value(re.compile("Havolani kim ochishini"))


def add_block(page, label):
    page.locator("[data-contentpath=body] button.c-sf-add-button").last.click()
    page.get_by_role("option", name=re.compile(f"^{re.escape(label)}")).first.click()


def see_the_preview(page):
    page.locator("[data-side-panel-toggle=preview]").click()
    frame = page.frame_locator("iframe").first
    expect(frame.locator("h1")).to_have_text(TITLE)
    expect(frame.locator(".tick")).to_contain_text("Havolani kim ochishini tekshiring.")


def first_module(demonstration):
    key = demonstration.lesson_rows()[0].module.key
    return ModulePage.objects.get(translation_key=key, locale__language_code="uz")


def write_question(page, pool):
    page.locator("#id_pool").select_option(str(pool.pk))
    page.locator("[name=content-0-value-text-uz]").fill("Parolni kimga aytish mumkin?")
    for number, (text, right) in enumerate([("Hech kimga", True), ("Hamkasbga", False)]):
        page.locator(f"[name=content-0-value-choices-{number}-value-uz]").fill(text)
        page.locator(f"[name=content-0-value-choices-{number}-value-right]").set_checked(right)
