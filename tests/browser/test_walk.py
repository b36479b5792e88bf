"""The main job, walked in one go in a real browser: from the sign-in to a certificate that anyone can verify.

On the way trainer and editor publish more, which takes nothing from what is certified.
"""

import io
from collections import Counter
from datetime import timedelta

from django.core import mail
from playwright.sync_api import expect
from pypdf import PdfReader

from certification import award, codes
from certification.models import Certificate
from cms.sweeping import sweep
from courses.models import AttemptQuestion, Quiz

from .conftest import says
from .walking import Learner, mark_present
from .writing import a_lesson_reaches_the_syllabus_through_the_review, a_quiz_reaches_the_syllabus_through_the_review

NAME = "Namunayeva Tinglovchi Namuna qizi"


def test_a_learner_walks_from_the_sign_in_to_a_verified_certificate(visit, demonstration):
    page = visit()
    learner = Learner(page)
    course = demonstration.course()

    learner.sign_in("TSH-0001", demonstration.PASSWORD)
    expect(page.locator("h1")).to_contain_text("Tinglovchi")
    expect(page.get_by_text(says("You have not begun a course yet."))).to_be_visible()

    learner.follow("See the courses", page.locator("main"))
    page.get_by_role("link", name=course.titles["uz"]).click()
    learner.press("Begin the course")
    see_the_first_lesson(learner, demonstration)
    for number in range(1, 6):
        read_module(learner, number)
    pass_final_test(learner)

    page.goto(course.addresses["uz"])
    assert list(learner.needs().values()) == ["15 / 15", "5 / 5", "1 / 1", "0 / 6", "–"]
    learner.book_seminars(3)
    assert list(learner.needs().values()) == ["15 / 15", "5 / 5", "1 / 1", "0 / 6", "–"]

    demonstration.begin_sessions_of("learner")
    mark_present(visit("trainer"), "Namunayeva Tinglovchi", sessions=3)
    page.goto(course.addresses["uz"])
    assert list(learner.needs().values()) == ["15 / 15", "5 / 5", "1 / 1", "6 / 6", "–"]
    learner.confirm_name(NAME)
    page.goto(course.addresses["uz"])
    assert list(learner.needs().values()) == ["15 / 15", "5 / 5", "1 / 1", "6 / 6", "1 / 1"]

    mail.outbox.clear()
    assert -1 not in sweep().values()
    code = demonstration.certificate_of("learner").code
    pdf = receive(learner, code)
    a_lesson_reaches_the_syllabus_through_the_review(visit, demonstration)
    a_quiz_reaches_the_syllabus_through_the_review(visit, demonstration, learner="director")
    anyone_verifies(visit(), code, pdf, course)


def see_the_first_lesson(learner, demonstration):
    """What a lesson is made of works: figure, checklist, self-check, other languages; and what is not translated says so."""
    page = learner.page
    lessons = demonstration.lesson_rows()
    expect(page.locator("h1")).to_have_text(lessons[0].titles["uz"])
    expect(page.locator(".lesson-figure svg").first).to_be_visible()
    box = page.locator(".tick input").first
    box.check()
    expect(box).to_be_checked()
    fold = page.locator(".selfcheck details").first
    expect(fold.locator("ol")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.locator("ol")).to_be_visible()
    for language, name in {"ru": "Русский", "en": "English", "uz": "Oʻzbekcha"}.items():
        page.locator("article header").get_by_role("link", name=name).click()
        expect(page.locator("h1")).to_have_text(lessons[0].titles[language])
        assert page.locator("html").get_attribute("lang") == language
    demonstration.untranslate(lessons[3], "ru")
    page.goto(f"/go/{lessons[3].pk}/?lang=ru")
    expect(page.locator("main")).to_contain_text(says("Not yet translated into this language.", "ru"))
    page.locator("main").get_by_role("link", name="Oʻzbekcha").click()
    expect(page.locator("h1")).to_have_text(lessons[3].titles["uz"])
    page.goto("/learning/")
    page.locator("[aria-labelledby=here] .btn").click()
    expect(page.locator("h1")).to_have_text(lessons[0].titles["uz"])


def read_module(learner, number):
    """Three lessons, the test, the homework: each page leads to the next one."""
    learner.mark_lessons_done()
    if number == 1:
        pass_test_watching_it_saved(learner)
    elif number == 2:
        pass_test_on_one_page(learner)
    else:
        learner.pass_test()
    learner.go_on_from_test()
    learner.go_past_homework()


def pass_test_watching_it_saved(learner):
    """Every answer is saved as it is given; a page loaded anew still has it."""
    page = learner.page
    attempt = learner.start_test()
    first = attempt.questions.select_related("version").get(slot=1)
    learner.answer(first)
    learner.see_saved()
    saved = AttemptQuestion.objects.get(pk=first.pk).answer
    assert saved is not None
    page.reload()
    learner.see_saved()
    learner.press("Save, next")
    assert AttemptQuestion.objects.get(pk=first.pk).answer == saved  # what the page brought back was the same answer
    learner.press("Previous")
    learner.answer_all(attempt)
    expect(page.locator("main")).to_contain_text(
        says("You have answered %(done)s of %(total)s questions. Everything you answered is saved.", done=8, total=8)
    )
    learner.press("Submit for grading")
    expect(page.locator(".big")).to_have_text("100 %")


def pass_test_on_one_page(learner):
    """Each answer is saved as it is given, also on a page with all questions; of two pages none takes back what the other gave."""
    page = learner.page
    Quiz.objects.filter(activity__module__code="SEC-2").update(one_page=True)
    attempt = learner.start_test()
    other = page.context.new_page()
    other.goto(page.url)
    first, *_rest, last = attempt.questions.select_related("version").order_by("slot")
    learner.answer(first, within=page.locator("#q1"))
    learner.see_saved()
    saved = AttemptQuestion.objects.get(pk=first.pk).answer
    assert saved is not None
    elsewhere = Learner(other)
    elsewhere.answer(last, within=other.locator(f"#q{last.slot}"))
    elsewhere.press("Save and stay here")
    expect(other.locator("[data-state]")).to_contain_text(says("Saved"))
    assert AttemptQuestion.objects.get(pk=first.pk).answer == saved
    assert AttemptQuestion.objects.get(pk=last.pk).answer is not None
    other.close()
    learner.answer_page(attempt)
    learner.press("Submit for grading")
    expect(page.locator(".big")).to_have_text("100 %")


def pass_final_test(learner):
    """Questions of every module, against the clock; what the course asks for is then all there but the seminars."""
    expect(learner.page.locator("h1")).to_have_text("Yakuniy test")
    attempt = learner.pass_test()
    pools = attempt.questions.values_list("version__question__pool__code", flat=True)
    assert Counter(pools) == {f"SEC-{number}": 6 for number in range(1, 6)}
    assert attempt.closes_at - attempt.started_at == timedelta(hours=1)


def receive(learner, code):
    """The notice, the mail, the file. Returns the text of the PDF without its spaces."""
    page = learner.page
    page.goto("/learning/")
    expect(page.locator("[aria-labelledby=news]")).to_contain_text(
        says("Your certificate is ready: %(course)s").split("%")[0]
    )
    with page.expect_download() as download:
        learner.follow("Download PDF")
    pdf = download.value.path().read_bytes()
    text = "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert NAME.replace(" ", "") in text
    letters = [letter for letter in mail.outbox if f"/verify/{code}/" in letter.body]
    assert [letter.to for letter in letters] == [["learner@example.org"]]
    return text


def anyone_verifies(page, code, pdf, course):
    """A stranger, in three languages: valid, with every printed fact; and what is not valid is told apart."""
    for language in ("uz", "ru", "en"):
        page.goto(f"/verify/{code}/?lang={language}")
        expect(page.locator("h1")).to_have_text(says("Valid", language))
        facts = [fact.inner_text() for fact in page.locator("dl.facts dd").all()]
        assert NAME in facts
        assert course.titles[language] in facts
        assert codes.pretty(code) in facts
        if language == "uz":
            assert [fact for fact in facts if "".join(fact.split()) not in pdf] == []
    assert page.request.get(f"/verify/{code}.json").json()["status"] == "valid"

    def typed(text):
        page.goto("/verify/?lang=uz")
        page.get_by_role("textbox").fill(text)
        page.get_by_role("button", name=says("Check"), exact=True).click()
        return page.locator("h1").inner_text()

    wrong = code[:-1] + next(sign for sign in codes.ALPHABET if sign != code[-1])
    assert typed(codes.pretty(code).lower()) == says("Valid")
    assert typed(codes.new_code()) == says("No such certificate")
    page.goto(f"/verify/{wrong}/")
    expect(page.locator("h1")).to_have_text(says("The code is mistyped"))
    revoked = Certificate.objects.get(versions__code=code)
    award.revoke(
        certificate=revoked, by=revoked.enrolment.learner, ground=Certificate.Ground.HOLDER, reason="by a test"
    )
    assert typed(code) == says("Revoked")
    assert page.request.get(f"/verify/{code}.json").json()["status"] == "revoked"
