"""The judge: what is missing, who completes a course, and what never changes that afterwards."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import people
from accounts.models import AuditEntry, Notice
from certification import award, conditions, receivers
from certification.conditions import Condition, missing
from certification.models import Certificate, CourseCompletion
from cms.demo import right_values
from cms.models import AssignmentPage, QuizDraw, QuizPage
from courses import attempts, progress
from courses.models import Course, Enrolment
from courses.signals import progress_changed
from tests import making
from tests.kept import kept

from . import studying
from .studying import BEGAN, ISSUED


@kept
def course_page(bedrock):
    """A course of two modules, each with two lessons and a test."""
    return making.course(modules=2, lessons=2, code="SEC")


def steps(enrolment, kind=None):
    rows = enrolment.course.activities.live().order_by("position")
    return list(rows.filter(kind=kind) if kind else rows)


def consider(enrolment, now=ISSUED):
    return award.consider(learner=enrolment.learner_id, course=enrolment.course_id, now=now)


def lacks(enrolment):
    return [condition.kind for condition in missing(enrolment)]


# --- What is missing ----------------------------------------------------------------------------------------------------


def test_at_the_beginning_everything_is_missing(course_page):
    final = QuizPage(title="Yakuniy test", slug="final", pass_mark=70, attempts=3, wait_hours=24)
    final.draws = [QuizDraw(pool=making.pool(), count=1)]
    making.add(course_page, final)
    studying.seminar(course_page, hours=4)
    enrolment = studying.enrol(course_page, studying.learner(holder=None))

    lessons, quizzes = steps(enrolment, "lesson"), steps(enrolment, "quiz")
    assert [quiz.module_id is None for quiz in quizzes] == [False, False, True]
    assert missing(enrolment) == [
        Condition("lessons", 0, 4, tuple(lessons)),
        Condition("tests", 0, 2, tuple(quizzes[:2])),
        Condition("final_test", 0, 1, tuple(quizzes[2:])),
        Condition("seminar_hours", Decimal(0), Decimal("2.4")),
        Condition("name", 0, 1),
    ]


def test_what_is_done_is_counted_and_no_longer_named(course_page):
    studying.seminar(course_page, hours=4)
    enrolment = studying.enrol(course_page)
    lessons, quizzes = steps(enrolment, "lesson"), steps(enrolment, "quiz")
    studying.do(enrolment, without=[lessons[2], quizzes[1]])

    assert missing(enrolment) == [
        Condition("lessons", 3, 4, (lessons[2],)),
        Condition("tests", 1, 2, (quizzes[1],)),
        Condition("seminar_hours", Decimal(0), Decimal("2.4")),
    ]


@pytest.mark.parametrize("lacking", ["lesson", "quiz", "final_test", "seminar_hours"])
def test_each_condition_alone_holds_up_the_completion(course_page, lacking):
    final = QuizPage(title="Yakuniy test", slug="final", pass_mark=70, attempts=3, wait_hours=24)
    final.draws = [QuizDraw(pool=making.pool(), count=1)]
    making.add(course_page, final)
    seminar = studying.seminar(course_page, hours=4)
    enrolment = studying.enrol(course_page)
    studying.attend(enrolment.learner, seminar, hours="2.3" if lacking == "seminar_hours" else "2.4")
    held = {
        "lesson": steps(enrolment, "lesson")[-1:],
        "quiz": steps(enrolment, "quiz")[:1],
        "final_test": steps(enrolment)[-1:],
    }
    studying.do(enrolment, without=held.get(lacking, []))

    assert lacks(enrolment) == [{"lesson": "lessons", "quiz": "tests"}.get(lacking, lacking)]
    assert consider(enrolment) is None
    assert award.heal(ISSUED) == {"considered": 0, "issued": 0}

    if lacking == "seminar_hours":
        studying.attend(enrolment.learner, seminar, hours="0.1")
    else:
        studying.do(enrolment)
    assert missing(enrolment) == []
    assert consider(enrolment).completed_at == ISSUED


def test_homework_does_not_count(course_page):
    module = course_page.get_children().first()
    making.add(module, AssignmentPage(title="Topshiriq", slug="uy-ishi", purpose="Mashq"))
    enrolment = studying.enrol(course_page)
    assert [row.kind for row in steps(enrolment)].count("assignment") == 1

    studying.do(enrolment)

    assert missing(enrolment) == []
    assert award.heal(ISSUED) == {"considered": 1, "issued": 1}


def test_hours_earned_before_the_enrolment_or_beyond_the_plan_do_not_count(course_page):
    one, other = studying.seminar(course_page, hours=4), studying.seminar(course_page, hours=4)
    enrolment = studying.enrol(course_page)
    studying.do(enrolment)
    studying.attend(enrolment.learner, one, hours=4, when=BEGAN - timedelta(days=1))
    assert missing(enrolment) == [Condition("seminar_hours", Decimal(0), Decimal("4.8"))]

    studying.attend(enrolment.learner, one, hours=4)
    studying.attend(enrolment.learner, one, hours=4, when=BEGAN + timedelta(days=30))
    assert missing(enrolment) == [Condition("seminar_hours", Decimal(4), Decimal("4.8"))]

    studying.attend(enrolment.learner, other, hours="0.8")
    assert missing(enrolment) == []


def test_a_course_without_seminars_asks_for_no_hours(course_page):
    assert lacks(studying.enrol(course_page)) == ["lessons", "tests"]


@pytest.mark.parametrize("count", [1, 3])
def test_facts_of_any_number_of_people_cost_four_queries(course_page, count, django_assert_num_queries):
    studying.seminar(course_page)
    pks = [studying.enrol(course_page).pk for _ in range(count)]
    enrolments = list(Enrolment.objects.filter(pk__in=pks).select_related("course", "learner"))

    with django_assert_num_queries(4):
        facts = conditions.facts_of(enrolments)

    assert sorted(facts) == sorted(pks)


# --- The name ------------------------------------------------------------------------------------------------------------


def test_without_a_confirmed_name_the_course_is_completed_and_the_name_asked_for_once(course_page):
    enrolment = studying.enrol(course_page, studying.learner(holder=None))
    studying.do(enrolment)

    assert consider(enrolment).completed_at == ISSUED
    assert Notice.objects.count() == 1
    consider(enrolment)
    award.heal(ISSUED)

    assert lacks(enrolment) == ["name"]
    assert not Certificate.objects.exists()
    (notice,) = Notice.objects.filter(person=enrolment.learner)
    assert (notice.kind, notice.subject, notice.mail_wanted) == ("name_wanted", f"enrolment {enrolment.pk}", True)
    assert notice.details == {"course": enrolment.course.titles}


def test_a_crash_before_asking_for_the_name_is_healed(course_page):
    enrolment = studying.enrol(course_page, studying.learner(holder=None))
    studying.do(enrolment)
    consider(enrolment)
    Notice.objects.all().delete()

    award.heal(ISSUED)

    assert [notice.kind for notice in Notice.objects.all()] == ["name_wanted"]


def test_confirming_the_name_asks_for_every_open_enrolment_once(course_page, monkeypatch):
    other = making.course(code="SMM")
    person = studying.learner(holder=None)
    first, second = studying.enrol(course_page, person), studying.enrol(other, person)
    for enrolment in (first, second):
        studying.do(enrolment)
        consider(enrolment)
    sent = []
    monkeypatch.setattr(receivers.jobs, "send", lambda task, *ids: sent.append((task.name, *ids)))

    making.committed(lambda: people.confirm_name(person=person, name="Karimova Nigora"))

    assert sent == [("certification.tasks.consider_all", person.pk)]
    sent.clear()
    making.committed(lambda: award.consider_all(learner=person.pk))
    assert sent == [
        ("certification.tasks.issue", first.completion.pk),
        ("certification.tasks.issue", second.completion.pk),
    ]
    award.heal()
    assert [c.versions.get().payload["holder"] for c in Certificate.objects.all()] == ["Karimova Nigora"] * 2


def test_a_name_that_cannot_be_printed_reserves_nothing_and_is_mended_by_its_holder(course_page, caplog):
    enrolment = studying.finish(course_page, studying.learner(holder="Ali 李"))

    assert award.heal(ISSUED)["issued"] == 0
    assert not Certificate.objects.exists()
    assert "MissingGlyph" in caplog.text

    people.confirm_name(person=enrolment.learner, name="Ali Li")
    assert award.heal(ISSUED + timedelta(minutes=2))["issued"] == 1
    assert Certificate.objects.get().versions.get().payload["holder"] == "Ali Li"


# --- Judged once ---------------------------------------------------------------------------------------------------------


def test_a_course_that_is_not_whole_certifies_nobody(course_page):
    enrolment = studying.enrol(course_page)
    studying.do(enrolment)
    Course.objects.update(missing=[{"what": "no_code"}])

    assert lacks(Enrolment.objects.get()) == ["whole"]
    assert consider(enrolment) is None
    assert award.heal(ISSUED) == {"considered": 0, "issued": 0}

    Course.objects.update(missing=[])
    assert award.heal(ISSUED) == {"considered": 1, "issued": 1}


@pytest.mark.parametrize("lowered", ["before it is submitted", "afterwards"])
def test_lowering_a_pass_mark_later_certifies_nobody(base, lowered):
    page = making.course(modules=1, lessons=1)
    enrolment = studying.enrol(page)
    quiz = steps(enrolment, "quiz")[0].quiz
    studying.do(enrolment, without=["quiz"])
    attempt = attempts.start(enrolment=enrolment, quiz=quiz, now=BEGAN)
    first = attempt.questions.get(slot=1)
    attempts.save_answer(attempt=attempt, slot=1, values=right_values(first), now=BEGAN)

    def lower():
        quiz_page = QuizPage.objects.get(slug="test", path__startswith=page.path)
        quiz_page.pass_mark = 40
        making.publish(quiz_page)
        quiz.refresh_from_db()
        assert quiz.pass_mark == 40

    if lowered == "before it is submitted":
        lower()
    attempt = attempts.submit(attempt=attempt, now=BEGAN)
    assert (attempt.score, attempt.passed) == (50, False)
    if lowered == "afterwards":
        lower()

    assert consider(enrolment) is None
    assert award.heal(ISSUED) == {"considered": 0, "issued": 0}
    assert lacks(enrolment) == ["tests"]


def test_changing_the_syllabus_never_takes_a_completion_away(course_page):
    enrolment = studying.finish(course_page, now=ISSUED)
    before = CourseCompletion.objects.values().get()

    making.lesson(course_page.get_children().first(), "d3")
    studying.seminar(course_page)
    course_page.refresh_from_db()
    course_page.hours = 72
    making.publish(course_page)

    assert lacks(Enrolment.objects.get()) == ["lessons", "seminar_hours"]
    assert consider(enrolment, now=ISSUED + timedelta(days=1)).pk == before["id"]
    award.heal(ISSUED + timedelta(days=1))
    after = CourseCompletion.objects.values().get()
    assert {**after, "tries": 0, "tried_at": None} == before
    assert Certificate.objects.get().versions.get().payload["hours"] == 36


def test_a_name_confirmed_after_the_course_was_renamed_and_deleted_gets_the_paper_of_what_was_completed(course_page):
    person = studying.learner(holder=None)
    studying.finish(course_page, person, now=ISSUED)
    course_page.title = "Boshqa kurs"
    making.publish(course_page)
    making.committed(course_page.delete)
    assert Course.objects.get().archived

    people.confirm_name(person=person, name="Karimova Nigora")
    assert award.heal(ISSUED + timedelta(days=60))["issued"] == 1

    words = Certificate.objects.get().versions.get().payload["words"]["uz"]
    assert (words["course"], words["modules"]) == ("Kurs SEC", ["Modul 1", "Modul 2"])


def test_a_closed_enrolment_is_not_judged(course_page):
    enrolment = studying.enrol(course_page)
    studying.do(enrolment)
    Enrolment.objects.update(closed_at=ISSUED)

    assert consider(enrolment) is None
    assert award.heal(ISSUED) == {"considered": 0, "issued": 0}


def test_the_judgement_is_written_to_the_log_once(course_page):
    enrolment = studying.finish(course_page, now=ISSUED)
    consider(enrolment)

    (entry,) = AuditEntry.objects.filter(deed="course completed")
    passed = [[one.quiz_id, one.pk, str(one.score)] for one in enrolment.attempts.filter(passed=True).order_by("pk")]
    assert (entry.actor, entry.subject) == (None, f"enrolment {enrolment.pk}")
    assert entry.details == {"course": "SEC", "passed": passed}
    assert entry.person_id == enrolment.learner_id


def test_a_completion_that_cannot_be_logged_is_not_written(course_page, monkeypatch):
    enrolment = studying.enrol(course_page)
    studying.do(enrolment)

    def fails(**words):
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(award.audit, "record", fails)
        with pytest.raises(OSError):
            consider(enrolment)
    assert not CourseCompletion.objects.exists()

    assert consider(enrolment).completed_at == ISSUED


# --- The doorbell --------------------------------------------------------------------------------------------------------


def test_progress_asks_for_a_judgement_after_the_commit(course_page, monkeypatch):
    enrolment = studying.enrol(course_page)
    sent = []
    monkeypatch.setattr(receivers.jobs, "send", lambda task, *ids: sent.append((task.name, *ids)))

    making.committed(lambda: progress.mark_done(enrolment=enrolment, activity=steps(enrolment)[0]))

    assert sent == [("certification.tasks.consider", enrolment.learner_id, enrolment.course_id)]


def test_nothing_is_asked_for_once_the_certificate_is_there(course_page, monkeypatch):
    enrolment = studying.finish(course_page)
    making.committed(lambda: award.issue(completion=enrolment.completion.pk))
    sent = []
    monkeypatch.setattr(award.jobs, "send", lambda task, *ids: sent.append((task.name, *ids)))

    making.committed(lambda: consider(enrolment))

    assert sent == []


def test_certification_alone_listens():
    listeners = {receiver[1]().__module__ for receiver in progress_changed.receivers}

    assert listeners == {"certification.receivers"}


# --- The sweep's cost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_people_who_wait_for_a_seminar_cost_the_sweep_the_same_whatever_their_number(
    course_page, count, django_assert_num_queries
):
    studying.seminar(course_page)
    for _ in range(count):
        studying.do(studying.enrol(course_page))

    with django_assert_num_queries(6):  # whom to judge; their hours; names, files and notices that lack
        assert award.heal(ISSUED) == {"considered": 0, "issued": 0}


def test_the_sweep_command_issues(course_page):
    studying.finish(course_page)

    call_command("sweep", verbosity=0)

    assert Certificate.objects.get().versions.get().sha256


def test_a_row_that_fails_leaves_the_others_their_turn(course_page, monkeypatch, caplog):
    first, second = (studying.finish(course_page) for _ in range(2))
    issue = award.issue

    def fails_for_the_first(*, completion, now=None):
        if completion == first.completion.pk:
            raise OSError("no space left on device")
        return issue(completion=completion, now=now)

    monkeypatch.setattr(award, "issue", fails_for_the_first)

    assert award.heal(timezone.now()) == {"considered": 0, "issued": 1}
    assert [c.enrolment for c in Certificate.objects.all()] == [second]
    assert "no space left on device" in caplog.text
    assert [c.tries for c in CourseCompletion.objects.all()] == [1, 1]
