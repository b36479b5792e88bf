"""What a learner sees, and what it costs. Queries are literal numbers, the same for one and for three modules."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.models import LessonPage
from cms.panels import ChecksPanel
from courses import attempts
from courses.models import Activity, ActivityCompletion
from courses.progress import mark_done
from tests import making
from tests.kept import kept

BOTH = pytest.mark.parametrize("modules", [1, 3])


@kept
def learner(bedrock):
    return making.person(certificate_name="Namunayeva Nodira")


@kept
def courses(bedrock):
    """{1: a course of one module, 3: one of three}"""
    return {modules: making.course(modules=modules, lessons=2) for modules in (1, 3)}


@kept
def course(courses):
    return courses[1]


def signed_in(client, person):
    client.force_login(person)
    client.get("/healthz")
    return client


def warm(client, address):
    """The second of two visits: what is kept is kept."""
    assert client.get(address).status_code == 200
    return address


def first(page, kind):
    return making.row(page).activities.live().filter(kind=kind).order_by("position").first()


@BOTH
def test_the_catalogue_costs_the_same(client, learner, courses, django_assert_num_queries, modules):
    page = courses[modules]
    making.enrol(learner, page)
    address = warm(signed_in(client, learner), "/uz/kurslar/")
    with django_assert_num_queries(11):
        response = client.get(address)
    assert page.title in response.text


@BOTH
def test_the_course_page_costs_the_same(client, learner, courses, django_assert_num_queries, modules):
    page = courses[modules]
    making.enrol(learner, page)
    address = warm(signed_in(client, learner), page.get_url())
    with django_assert_num_queries(6):  # session, user, standing, hours, seminars, roles
        response = client.get(address)
    assert [f"Modul {n}" in response.text for n in range(1, modules + 1)] == [True] * modules


@BOTH
def test_a_lesson_costs_three_queries(client, learner, courses, django_assert_num_queries, modules):
    page = courses[modules]
    making.enrol(learner, page)
    address = warm(signed_in(client, learner), first(page, "lesson").addresses["uz"])
    with django_assert_num_queries(3):  # session, user, standing
        response = client.get(address)
    assert "Matn d1" in response.text


@BOTH
def test_the_first_view_of_a_lesson_in_a_process_costs_no_more_than_its_floor(
    client, learner, courses, django_assert_num_queries, modules
):
    from cms import lessons

    page = courses[modules]
    making.enrol(learner, page)
    address = warm(signed_in(client, learner), first(page, "lesson").addresses["uz"])
    lessons.forget()
    with django_assert_num_queries(8):
        client.get(address)


@BOTH
def test_the_quiz_page_costs_the_same(client, learner, courses, django_assert_num_queries, modules):
    page = courses[modules]
    making.enrol(learner, page)
    address = warm(signed_in(client, learner), first(page, "quiz").addresses["uz"])
    with django_assert_num_queries(14):
        client.get(address)


@BOTH
def test_my_learning_costs_the_same(client, learner, courses, django_assert_num_queries, modules):
    page = courses[modules]
    making.enrol(learner, page)
    address = warm(signed_in(client, learner), "/learning/")
    with django_assert_num_queries(13):
        response = client.get(address)
    assert page.title in response.text


@pytest.fixture
def attempt(learner, course):
    quiz = first(course, "quiz").quiz
    draw = quiz.draws.get()
    for _ in range(8):
        making.question(draw.pool)
    quiz.draws.update(count=10)
    return attempts.start(enrolment=making.enrol(learner, course), quiz=quiz, now=timezone.now())


def test_saving_an_answer_costs_four_queries(client, learner, attempt, django_assert_num_queries):
    address = f"/attempts/{attempt.pk}/answers/1/"
    signed_in(client, learner)
    assert client.post(address, {"answer": "0", "sequence": "1"}).status_code == 200
    with django_assert_num_queries(4):  # session, user, the question, the answer
        response = client.post(address, {"answer": "1", "sequence": "2"})
    assert response.json() == {"sequence": 2, "saved": response.json()["saved"], "answered": True}


def test_submitting_ten_questions_costs_at_most_fourteen_queries(client, learner, attempt, django_assert_num_queries):
    assert attempt.questions.count() == 10
    for row in attempt.questions.all():
        attempts.save_answer(attempt=attempt, slot=row.slot, values=[str(row.order.index("c2"))], now=timezone.now())
    signed_in(client, learner)
    with django_assert_num_queries(12):
        response = client.post(f"/attempts/{attempt.pk}/finish/")
    assert response["Location"] == f"/attempts/{attempt.pk}/result/"
    assert ActivityCompletion.objects.get().activity.kind == Activity.Kind.QUIZ


def test_new_words_are_there_at_once_though_the_body_is_kept(client, learner, course):
    address = warm(signed_in(client, learner), first(course, "lesson").addresses["uz"])
    from cms.models import LessonPage

    lesson = LessonPage.objects.get(translation_key=first(course, "lesson").key)
    lesson.body = [{"type": "text", "value": "<p>Butunlay yangi matn</p>"}]
    draft = lesson.save_revision()
    assert "Butunlay yangi" not in client.get(address).text

    making.committed(draft.publish)
    assert "Butunlay yangi" in client.get(address).text


def test_an_unpublished_lesson_is_gone_at_once_though_it_was_kept(client, learner, course):
    address = warm(signed_in(client, learner), first(course, "lesson").addresses["uz"])
    from cms.models import LessonPage

    making.committed(LessonPage.objects.get(translation_key=first(course, "lesson").key).unpublish)

    assert client.get(address).status_code == 404


def test_what_is_kept_for_one_person_shows_nothing_of_it_to_another(client, learner, course):
    making.enrol(learner, course)
    activity = first(course, "lesson")
    mark_done(enrolment=learner.enrolments.get(), activity=activity)
    address = warm(signed_in(client, learner), activity.addresses["uz"])
    assert "mark--done" in client.get(address).text

    other = making.person(last_name="Boshqayeva")
    signed_in(client, other)
    response = client.get(address).text
    assert "mark--done" not in response
    assert learner.last_name not in response


def test_a_page_restriction_holds_at_once(client, learner, course):
    from wagtail.models import Page, PageViewRestriction

    address = warm(signed_in(client, learner), first(course, "lesson").addresses["uz"])
    PageViewRestriction.objects.create(page=Page.objects.get(pk=course.pk), restriction_type="groups")

    assert client.get(address).status_code == 302


def test_without_signing_in_a_lesson_asks_for_it_unless_the_course_is_open(client, course):
    address = first(course, "lesson").addresses["uz"]
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"

    course.open_reading = True
    making.publish(course)
    assert client.get(address).status_code == 200


def test_an_untranslated_lesson_says_so_and_offers_the_language_that_exists(client, learner, course):
    activity = first(course, "lesson")

    response = client.get(f"/go/{activity.pk}/?lang=ru")

    assert response.status_code == 200
    assert f'href="{activity.addresses["uz"]}"' in response.text
    assert client.get(f"/go/{activity.pk}/?lang=uz")["Location"] == activity.addresses["uz"]


def test_a_lesson_says_when_its_facts_were_checked_and_tells_its_trainer_when_that_is_due(client, learner, course):
    page = LessonPage.objects.get(translation_key=first(course, "lesson").key)
    page.checked, page.check_again = date(2026, 5, 22), date(2026, 11, 22)
    making.publish(page)
    signed_in(client, learner)

    page = BeautifulSoup(client.get(page.get_url()).text, "html.parser")
    assert "Maʼlumotlar tekshirilgan: 2026-yil 22-may." in page.select_one("article").text

    told = {day: ChecksPanel().lines(LessonPage(check_again=day)) for day in (timezone.localdate(), date(2026, 11, 22))}
    assert list(told.values()) == [
        [],
        ["Bu sahifadagi faktlarni 2026-yil 22-noyabr sanasigacha qayta tekshirish kerak edi."],
    ]


@pytest.mark.parametrize("kind", ["lesson", "quiz", "course"])
def test_an_address_in_a_language_that_its_page_lacks_says_so_and_offers_what_exists(client, course, kind):
    found = making.row(course) if kind == "course" else first(course, kind)
    address = found.addresses["uz"]

    response = client.get(address.replace("/uz/", "/ru/", 1))

    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 404
    assert page.h1.span.attrs == {"lang": "uz"} and page.h1.text == found.titles["uz"]
    assert [(link["href"], link["lang"]) for link in page.select("main .row a")] == [(address, "uz")]
    nowhere = client.get(f"/ru{address.removeprefix('/uz')}no/such/page/")
    assert nowhere.status_code == 404 and address not in nowhere.text


@pytest.mark.parametrize(
    "address", ["/learning/?lang=ru", "/ru/", "/ru/kurslar/", "/uz/kurslar/{code}/", "/go/{lesson}/?lang=ru"]
)
def test_titles_that_are_not_translated_say_in_which_language_they_are(client, learner, course, address):
    """Read aloud in Uzbek, though the page is Russian."""
    making.enrol(learner, course)
    signed_in(client, learner)
    row, lesson = making.row(course), first(course, "lesson")
    titles = {row.titles["uz"], lesson.titles["uz"]}

    page = BeautifulSoup(client.get(address.format(code=course.slug, lesson=lesson.pk)).text, "html.parser")

    said = [node for node in page.select_one("main").find_all(string=True) if node.strip() in titles]
    assert said
    for node in said:
        assert next(one["lang"] for one in node.parents if one.get("lang")) == "uz"


@pytest.mark.parametrize("name", ["begin", "done"])
def test_no_get_writes(client, learner, course, name):
    address = (
        f"/courses/{making.row(course).pk}/begin/"
        if name == "begin"
        else f"/activities/{first(course, 'lesson').pk}/done/"
    )
    signed_in(client, learner)
    assert client.get(address).status_code == 405
    assert not learner.enrolments.exists()


def test_marking_a_lesson_leads_to_the_next_step_and_a_quiz_cannot_be_marked(client, learner, course):
    making.enrol(learner, course)
    signed_in(client, learner)
    lesson, quiz = making.row(course).activities.get(position=2), first(course, "quiz")

    assert client.post(f"/activities/{lesson.pk}/done/")["Location"] == f"/go/{quiz.pk}/"
    assert client.post(f"/activities/{quiz.pk}/done/").status_code == 404
    assert list(ActivityCompletion.objects.values_list("activity", flat=True)) == [lesson.pk]


def test_a_course_that_is_not_whole_cannot_be_begun_and_says_so(client, learner):
    page = making.course(modules=1, lessons=0, quiz=False)
    signed_in(client, learner)

    response = client.post(f"/courses/{making.row(page).pk}/begin/", follow=True)

    assert "Bu kurs hali tayyorlanmoqda" in response.text
    assert not learner.enrolments.exists()


def test_what_a_course_lacks_is_said_to_its_trainer_and_to_no_learner(client, learner):
    from accounts.models import Role
    from accounts.roles import grant
    from cms import teams

    page = making.course(modules=1, lessons=0, quiz=False)
    trainer = making.person("trainer")
    grant(person=trainer, role=Role.TRAINER)
    teams.join(course=making.row(page), person=trainer)
    line = "«Modul 1»"

    told = signed_in(client, trainer).get(page.get_url()).text
    assert (line in told, "/begin/" in told) == (True, False)
    told = signed_in(client, learner).get(page.get_url()).text
    assert (line in told, "/begin/" in told) == (False, False)


FORGED = [
    ({"answer": "9", "sequence": "5"}, 400), ({"answer": "c2", "sequence": "5"}, 400), ({"answer": ["0", "1"], "sequence": "5"}, 400),
    ({"answer": "0", "sequence": "-1"}, 400), ({"answer": "0", "sequence": "9" * 17}, 400), ({"answer": "0", "sequence": "x"}, 400),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "status"), FORGED)
def test_a_forged_answer_is_refused_and_changes_nothing(client, learner, attempt, sent, status):
    signed_in(client, learner)
    before = list(attempt.questions.values())
    assert client.post(f"/attempts/{attempt.pk}/answers/1/", sent).status_code == status
    assert list(attempt.questions.values()) == before


def test_another_persons_attempt_is_not_there(client, learner, attempt):
    signed_in(client, making.person())
    for address in ("", "finish/", "result/"):
        assert client.get(f"/attempts/{attempt.pk}/{address}").status_code == 404
        assert client.post(f"/attempts/{attempt.pk}/{address}").status_code in (404, 405)
    assert client.post(f"/attempts/{attempt.pk}/answers/1/", {"answer": "0", "sequence": "1"}).status_code == 404
    assert not attempt.questions.exclude(answer=None).exists()


def test_a_repeated_and_a_late_answer_are_told_so(client, learner, attempt):
    signed_in(client, learner)
    address = f"/attempts/{attempt.pk}/answers/1/"
    client.post(address, {"answer": "0", "sequence": "7"})
    assert client.post(address, {"answer": "1", "sequence": "7"}).json()["sequence"] == 7
    kept = attempt.questions.get(slot=1).answer
    client.post(f"/attempts/{attempt.pk}/finish/")
    response = client.post(address, {"answer": "2", "sequence": "8"})
    assert response.status_code == 409
    assert "yopilgan" in response.json()["error"]
    assert attempt.questions.get(slot=1).answer == kept


def test_no_page_of_an_open_attempt_holds_the_key(client, learner, attempt):
    """The content of every version says which choice is right and why: neither the words nor the ids may leave."""
    signed_in(client, learner)
    for number in range(1, 11):
        text = client.get(f"/attempts/{attempt.pk}/?q={number}").text
        assert "two uz" in text
        assert not any(
            secret in text for secret in ("yes uz", "no uz", "Because. uz", 'value="c1"', 'value="c2"', "right")
        )


def test_the_right_answers_stay_out_of_the_result_while_another_attempt_is_possible(client, learner, attempt):
    signed_in(client, learner)
    client.post(f"/attempts/{attempt.pk}/finish/")

    text = client.get(f"/attempts/{attempt.pk}/result/").text

    assert "0 %" in text
    assert "two uz" not in text


def test_personal_pages_are_kept_by_nobody(client, learner):
    signed_in(client, learner)
    assert client.get("/learning/").headers["Cache-Control"] == "no-store, private"


def test_learner_pages_carry_the_strict_policy(client, learner):
    policy = signed_in(client, learner).get("/learning/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("cookie", "address"), [(None, "/uz/"), ("ru", "/ru/"), ("xx", "/uz/")])
def test_the_root_leads_to_the_language_of_this_browser(client, base, cookie, address):
    if cookie:
        client.cookies["django_language"] = cookie
    assert client.get("/", headers={"accept-language": "en"})["Location"] == address


def test_a_page_with_a_password_of_its_own_opens_by_it(client, course):
    restriction = PageViewRestriction.objects.create(page=course, restriction_type="password", password="sinov-2026")
    form = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, course.pk])
    assert f'action="{form}"' in client.get(course.url).text

    assert client.post(form, {"password": "sinov-2026", "return_url": course.url}).headers["Location"] == course.url
    assert course.title in client.get(course.url).text


def test_a_page_for_the_signed_in_leads_to_our_sign_in(client, course):
    PageViewRestriction.objects.create(page=course, restriction_type="login")

    assert client.get(course.url).headers["Location"] == f"/accounts/login/?next={course.url}"
