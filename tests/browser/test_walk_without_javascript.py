"""The learner's path once more in a browser that runs no script: the server draws, saves and moves all the same."""

from playwright.sync_api import expect

from cms.sweeping import sweep
from courses.models import AttemptQuestion, Quiz

from .conftest import says
from .walking import Learner, mark_present

NAME = "Namunayeva Tinglovchi Namuna qizi"


def test_a_learner_without_javascript_walks_to_a_valid_certificate(visit, demonstration):
    page = visit(java_script_enabled=False)
    learner = Learner(page)
    course = demonstration.course()

    learner.sign_in("learner@example.org", demonstration.PASSWORD)
    learner.follow("See the courses", page.locator("main"))
    page.get_by_role("link", name=course.titles["uz"]).click()
    learner.press("Begin the course")
    fold = page.locator(".selfcheck details").first
    fold.locator("summary").click()
    expect(fold.locator("ol")).to_be_visible()
    page.locator("header.top summary").first.click()
    page.locator("header.top").get_by_role("link", name="Русский").click()
    expect(page.locator("h1")).to_have_text(demonstration.lesson_rows()[0].titles["ru"])
    page.locator("article header").get_by_role("link", name="Oʻzbekcha").click()
    for number in range(1, 6):
        learner.mark_lessons_done()
        attempt = learner.start_test()
        if number == 1:  # one question a page; the others have all on one
            see_an_answer_kept(learner, attempt)
            learner.answer_all(attempt)
            Quiz.objects.update(one_page=True)
        else:
            learner.answer_page(attempt)
        learner.press("Submit for grading")
        expect(page.locator(".big")).to_have_text("100 %")
        learner.go_on_from_test()
        learner.go_past_homework()
    final = learner.start_test()
    learner.answer_page(final)
    learner.press("Submit for grading")
    expect(page.locator("h1")).to_have_text(says("Passed"))

    page.goto(course.addresses["uz"])
    learner.book_seminars(3)
    demonstration.begin_sessions_of("learner")
    mark_present(visit("trainer", java_script_enabled=False), "Namunayeva Tinglovchi", sessions=3)
    page.goto(course.addresses["uz"])
    assert list(learner.needs().values()) == ["15 / 15", "5 / 5", "1 / 1", "6 / 6", "–"]
    learner.confirm_name(NAME)
    sweep()

    page.goto("/learning/")
    with page.expect_download() as download:
        learner.follow("Download PDF")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    learner.follow("Public page")
    expect(page.locator("h1")).to_have_text(says("Valid"))
    expect(page.locator("dl.facts")).to_contain_text(NAME)
    learner.press("Log out")
    expect(page.get_by_role("link", name=says("Log in"))).to_be_visible()


def see_an_answer_kept(learner, attempt):
    first = attempt.questions.select_related("version").get(slot=1)
    learner.answer(first)
    learner.press("Save, next")
    saved = AttemptQuestion.objects.get(pk=first.pk).answer
    assert saved is not None
    learner.press("Previous")
    learner.see_saved()
    learner.press("Save, next")
    assert AttemptQuestion.objects.get(pk=first.pk).answer == saved  # what the page brought back was the same answer
    learner.press("Previous")
