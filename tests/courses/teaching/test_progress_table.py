"""The progress table: who stands where with which step; the own course and region alone; as a spreadsheet without formulas."""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from courses import progress_sheet
from courses.models import Activity, ActivityCompletion, Assignment, Attempt, Cohort, Submission
from tests.courses.teaching.conftest import put
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db


def page(sec):
    return f"/teach/courses/{sec.pk}/"


def logins(response):
    return [line.enrolment.learner.username for line in response.context["lines"]]


def cells(response, login):
    (line,) = [line for line in response.context["lines"] if line.enrolment.learner.username == login]
    return [(cell.standing.mark, str(cell)) for cell in line.cells]


def attempt(enrolment, quiz, number=1, score=None, passed=None):
    now = timezone.now()
    return Attempt.objects.create(
        enrolment=enrolment, quiz=quiz, number=number, started_at=now, closes_at=now + timedelta(hours=1), pass_mark=70,
        score=score, passed=passed, submitted_at=None if score is None else now,
    )  # fmt: skip


def homework(sec):
    activity = Activity.objects.create(
        course=sec, module=sec.modules.get(), key=making.uuid4(), kind="assignment", position=4,
        titles=making.three("Topshiriq"),
    )  # fmt: skip
    return Assignment.objects.create(activity=activity)


def hand_in(enrolment, assignment, state, number=1):
    now, trainer = timezone.now(), enrolment.course.trainers.first()
    graded = state in ("returned", "accepted")
    return Submission.objects.create(
        enrolment=enrolment, assignment=assignment, number=number, state=state, changed_at=now,
        handed_in_at=None if state == "draft" else now, graded_at=now if graded else None,
        graded_by=trainer.person if graded else None,
    )  # fmt: skip


def test_each_cell_says_how_a_person_stands_with_a_step(as_user, people, sec, quiz):
    assignment = homework(sec)
    first = sec.activities.get(position=1)
    by_hand, passed, failed, on, _none = (making.enrol(making.person(f"p{n}", family=f"P{n}"), sec) for n in range(5))
    ActivityCompletion.objects.create(
        enrolment=by_hand, activity=first, done_at=timezone.now(), given_by=people.trainer
    )
    hand_in(by_hand, assignment, "returned")
    hand_in(by_hand, assignment, "handed_in", 2)
    attempt(passed, quiz, 1, 50, False)
    attempt(passed, quiz, 2, "89.6", True)
    ActivityCompletion.objects.create(enrolment=passed, activity=quiz.activity, done_at=timezone.now())
    hand_in(passed, assignment, "returned")
    attempt(failed, quiz, 1, 40, False)
    attempt(failed, quiz, 2, 30, False)
    attempt(on, quiz, 1, 20, False)
    attempt(on, quiz, 2)
    hand_in(on, assignment, "draft")

    response = as_user(people.trainer).get(page(sec) + "?lang=en")

    assert cells(response, "p0") == [
        ("done", "Done, given by hand"), ("todo", "Not begun"), ("todo", "Not begun"), ("due", "Waits for grading")
    ]  # fmt: skip
    assert cells(response, "p1")[2:] == [("done", "Done, 90 %"), ("now", "Returned for rework")]
    assert cells(response, "p2")[2:] == [("bad", "Not passed, 40 %"), ("todo", "Not begun")]
    assert cells(response, "p3")[2:] == [("now", "Attempt open, 20 %"), ("now", "Being written")]
    assert cells(response, "p4") == [("todo", "Not begun")] * 4
    assert [line.done for line in response.context["lines"]] == [1, 1, 0, 0, 0]
    row = re.findall(r"<tr>.*?</tr>", response.text, re.S)[-1]
    assert re.findall(r'<span class="vh">(.*?)</span>', row) == ["Not begun"] * 4  # a word beside each mark


def test_a_trainer_sees_the_own_course_and_nobody_elses(as_user, people, sec):
    making.enrol(people.learner, sec)
    foreign = sec.__class__.objects.get(code="smm")
    making.enrol(making.person("far"), foreign)
    client = as_user(people.trainer)

    assert logins(client.get(page(sec))) == ["learner"]
    assert client.get(page(foreign)).status_code == 404
    assert client.get(f"{page(foreign)}progress.xlsx").status_code == 404


def test_a_role_bound_to_a_region_shows_that_region_alone(as_user, bound, people, libraries, sec):
    making.enrol(people.learner, sec)
    making.enrol(making.person("far", library=libraries.other), sec)
    making.enrol(making.person("nowhere"), sec)
    client = as_user(bound)

    assert logins(client.get(page(sec))) == ["learner"]
    assert client.get("/teach/courses/").context["page_obj"][0].n_learners == 1
    assert client.get(f"{page(sec)}?library=TSH").status_code == 404  # not even asked for
    bound.role_grants.create(role="trainer", library=None)
    assert len(logins(client.get(page(sec)))) == 3


@pytest.fixture
def three(sec, libraries, cohort):
    names = [
        ("a", "Gʻaniyeva", libraries.district),
        ("b", "Oʻrinov", libraries.other),
        ("c", "Zokirova", libraries.region),
    ]
    made = {
        login: making.enrol(making.person(login, family=family, library=library), sec)
        for login, family, library in names
    }
    put(made["a"], cohort)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["a", "b", "c"]),
        ("cohort={cohort}", ["a"]),
        ("cohort=none", ["b", "c"]),
        ("library=SAM", ["a", "c"]),  # with all below it
        ("library=SAM-URG", ["a"]),
        ("q=ғаниева", ["a"]),
        ("q=O'rinov", ["b"]),
        ("q=zokirova&library=TSH", []),
        ("page=99", ["a", "b", "c"]),
    ],
)
def test_cohort_region_and_name_in_any_spelling_narrow_it(as_user, people, sec, cohort, three, query, found):
    response = as_user(people.trainer).get(f"{page(sec)}?{query.format(cohort=cohort.pk)}")

    assert logins(response) == found


@pytest.mark.parametrize("query", ["cohort=999", "cohort=x", "cohort=-1", "library=NONE", "q=" + "x" * 101])
def test_what_is_not_known_is_not_found(as_user, people, sec, query):
    assert as_user(people.trainer).get(f"{page(sec)}?{query}").status_code == 404


def test_a_cohort_of_another_course_is_no_filter_here(as_user, people, sec):
    other = Cohort.objects.create(
        course=sec.__class__.objects.get(code="smm"), title="x", trainer=people.trainer2, begins_on="2026-09-01"
    )
    assert as_user(people.trainer).get(f"{page(sec)}?cohort={other.pk}").status_code == 404


def test_of_two_runs_the_newest_counts(as_user, people, sec):
    making.enrol(people.learner, sec, done=3, closed=True)
    making.enrol(people.learner, sec, run_no=2)

    (line,) = as_user(people.trainer).get(page(sec)).context["lines"]

    assert (line.enrolment.run_no, line.done) == (2, 0)


def test_fifty_a_page_and_the_question_is_kept(as_user, people, sec):
    for n in range(51):
        making.enrol(making.person(f"n{n:02}", family=f"Aliyev{n:02}"), sec)

    response = as_user(people.trainer).get(f"{page(sec)}?q=ali&page=2")

    assert logins(response) == ["n50"]
    assert 'href="?q=ali&amp;page=1"' in response.text


@pytest.mark.parametrize("learners", [1, 3])
@pytest.mark.parametrize("steps", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(as_user, people, sec, django_assert_num_queries, learners, steps):
    sec.activities.filter(position__gt=steps).update(archived=True)
    for n in range(learners):
        making.enrol(making.person(f"n{n}"), sec, done=1)
    client = as_user(people.trainer)

    # session, user, roles, course; cohorts, the role's library twice, libraries twice; people twice; steps, cells three times
    with django_assert_num_queries(15):
        response = client.get(page(sec))

    assert (len(response.context["lines"]), len(response.context["activities"])) == (learners, steps)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_courses_costs_the_same(as_user, people, sec, django_assert_num_queries, count):
    for n in range(count - 1):
        sec.trainers.model.objects.create(course=making.course(f"more{n}"), person=people.trainer)
    client = as_user(people.trainer)

    with django_assert_num_queries(6):
        response = client.get("/teach/courses/")

    assert len(response.context["page_obj"]) == count


def test_the_table_scrolls_in_a_region_that_the_keyboard_reaches(as_user, people, sec):
    making.enrol(people.learner, sec)

    text = as_user(people.trainer).get(page(sec)).text

    assert '<div class="scroll" tabindex="0" role="region" aria-labelledby="table-head">' in text
    assert 'id="table-head"' in text


def test_a_course_without_steps_or_learners_says_so(as_user, people, sec):
    client = as_user(people.trainer)
    assert client.get(page(sec)).status_code == 200
    sec.activities.update(archived=True)
    making.enrol(people.learner, sec)
    assert [line.cells for line in client.get(page(sec)).context["lines"]] == [()]


# --- The spreadsheet -----------------------------------------------------------------------------------------------------


def rows(response):
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return list(load_workbook(io.BytesIO(response.content)).active.iter_rows())


def test_the_spreadsheet_holds_what_is_asked_for_and_no_formula(as_user, people, sec, cohort, libraries):
    evil = '=HYPERLINK("http://example.org";"x")'
    cohort.title = "@SUM(A1)"
    cohort.save()
    put(making.enrol(making.person("evil", family=evil, given="+1", library=libraries.district), sec, done=2), cohort)
    making.enrol(people.learner, sec)

    head, row = rows(as_user(people.trainer).get(f"{page(sec)}progress.xlsx?cohort={cohort.pk}&lang=en"))

    assert [cell.value for cell in head] == [
        "Learner", "Login", "Library", "Cohort", "Steps done", "Steps", "Qadam 1 en", "Qadam 2 en", "Qadam 3 en",
    ]  # fmt: skip
    assert [cell.value for cell in row] == [
        f"{evil} +1", "evil", "Kutubxona SAM-URG en", "@SUM(A1)", 2, 3, "Done", "Done", "Not begun",
    ]  # fmt: skip
    assert [cell.data_type for cell in row] == ["s", "s", "s", "s", "n", "n", "s", "s", "s"]
    assert [cell.quotePrefix for cell in (row[0], row[1], row[3])] == [True, False, True]


def test_a_spreadsheet_that_would_be_too_large_is_refused_in_words(as_user, people, sec, monkeypatch):
    monkeypatch.setattr(progress_sheet, "MOST", 1)
    for n in range(2):
        making.enrol(making.person(f"n{n}"), sec)
    client = as_user(people.trainer)

    response = client.get(f"{page(sec)}progress.xlsx?q=n", follow=True)

    assert response.redirect_chain == [(f"{page(sec)}?q=n&", 302)]
    assert [kind for kind, _words in said(response)] == ["error"]
    assert len(rows(client.get(f"{page(sec)}progress.xlsx?q=n1"))) == 2


def test_a_large_spreadsheet_asks_three_queries_a_batch(people, sec, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(progress_sheet, "A_BATCH", 2)
    enrolments = [making.enrol(making.person(f"n{n}"), sec) for n in range(4)]
    activities = list(sec.activities.all())

    with django_assert_num_queries(6):
        progress_sheet.sheet(enrolments, activities)
