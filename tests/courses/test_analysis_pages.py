"""The pages of item analysis: who may open them, what stands on them, what they cost; the spreadsheet."""

import io
import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from openpyxl import load_workbook

from courses.models import CourseTrainer
from tests.courses import simulation
from tests.courses.simulation import Item

pytestmark = pytest.mark.django_db
WHO = ["nobody", "learner", "trainer", "trainer2", "editor", "hr", "hr2", "director", "director2", "admin"]
NAMES = ["quizzes", "analysis", "analysis_question", "analysis_sheet"]


@pytest.fixture
def editing(db):
    """What cms/setup.py gives to the groups of those who write questions."""
    for group in Group.objects.filter(name__in=["Trainers", "Editors", "Administrators"]):
        group.permissions.add(Permission.objects.get(content_type__app_label="courses", codename="change_question"))


def quiz(course, items=None, learners=40, **rules):
    made = simulation.quiz(course, items or [Item(b=-1), Item(b=0), Item(b=0.5)], **rules)
    simulation.take(made, simulation.enrolled(simulation.people(learners), course))
    return made


def sharp(number):
    """Items that tell apart well: a few of them find a wrong key."""
    return [Item(a=2.5, b=-1.2 + 0.4 * n) for n in range(number)]


def address(name, made):
    question = made.items[0].version.question_id
    args = {"quizzes": [], "analysis_question": [made.quiz.pk, question]}.get(name, [made.quiz.pk])
    return reverse(f"courses:{name}", args=args)


# --- Who --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WHO)
def test_who_may_open_what(as_user, people, sec, who):
    made = quiz(sec, learners=3)
    client = as_user(getattr(people, who, None))
    expected = {"nobody": 302, "trainer": 200, "editor": 200, "admin": 200}.get(who, 404)

    for name in NAMES:
        got = client.get(address(name, made))
        assert (name, got.status_code) == (name, 200 if (name, who) == ("quizzes", "trainer2") else expected)
        assert client.post(address(name, made)).status_code == (302 if who == "nobody" else 405)
        if who == "nobody":
            assert got.url.startswith("/accounts/login/")


def test_a_trainer_sees_the_quizzes_of_the_own_courses_alone(as_user, people, sec):
    own, foreign = quiz(sec), quiz(CourseTrainer.objects.get(person=people.trainer2).course)

    rows = list(as_user(people.trainer).get("/teach/quizzes/").context["quizzes"])

    assert [(row.pk, row.graded) for row in rows] == [(own.quiz.pk, 40)]
    assert {row.pk for row in as_user(people.editor).get("/teach/quizzes/").context["quizzes"]} == {
        own.quiz.pk,
        foreign.quiz.pk,
    }


def test_a_question_that_this_quiz_never_asked_is_not_there(as_user, people, sec):
    made, other = quiz(sec), quiz(sec)
    foreign = other.items[0].version.question_id

    client = as_user(people.trainer)
    assert client.get(reverse("courses:analysis_question", args=[made.quiz.pk, foreign])).status_code == 404
    assert client.get(reverse("courses:analysis_question", args=[made.quiz.pk, 999_999])).status_code == 404


def test_the_way_to_the_editor_is_shown_to_those_who_may_write_there(as_user, people, sec, editing):
    made = quiz(sec)
    edit = f"/cms/questions/edit/{made.items[0].version.question_id}/"

    for name in ("analysis", "analysis_question"):
        assert edit in as_user(people.trainer).get(address(name, made)).text
    assert as_user(people.trainer).get(edit).status_code == 200


def test_a_question_of_a_foreign_pool_is_read_and_not_written(as_user, people, sec, editing):
    theirs = CourseTrainer.objects.get(person=people.trainer2).course
    items = [Item(), Item()]
    foreign = simulation.quiz(theirs, items)
    made = simulation.quiz(sec, items, pool=items[0].version.question.pool)
    for each, course in ((made, sec), (foreign, theirs)):
        simulation.take(each, simulation.enrolled(simulation.people(5), course))

    response = as_user(people.trainer).get(address("analysis_question", made))

    assert response.status_code == 200
    assert "/cms/questions/edit/" not in response.text
    assert list(response.context["others"]) == []  # the foreign quiz is not told of
    assert list(as_user(people.editor).get(address("analysis_question", made)).context["others"]) == [foreign.quiz]


# --- What stands there --------------------------------------------------------------------------------------------------------


def test_the_worst_question_comes_first_and_alpha_last(as_user, people, sec):
    made = quiz(
        sec, [*[Item(b=b) for b in (-1, -0.5, 0, 0.5, 0.2, -0.2)], Item(a=2, b=-0.5, right="c1", key="c3")], 300
    )
    text = as_user(people.trainer).get(address("analysis", made) + "?lang=en").text

    titles = re.findall(r"(Savol \d) en</a>", text)
    assert titles[0] == "Savol 7" and len(titles) == 7
    assert text.index("check the key") < text.index("Savol 7 en</a>") < text.index("Nothing stands out.")
    assert text.count('<details class="fold" open>') == 1
    assert "Cronbach" in text and "Cronbach" not in text[: text.rindex("<details")]
    assert text.count('<svg class="chart"') == 7 and text.count('class="answers"') == 7
    assert "style=" not in text


def test_nobody_graded_is_said_and_nothing_else(as_user, people, sec):
    made = simulation.quiz(sec, [Item()])
    response = as_user(people.trainer).get(address("analysis", made) + "?lang=en")

    assert "attempt is graded yet" in response.text
    assert "ledger" not in response.text and "Cronbach" not in response.text
    assert as_user(people.trainer).get(address("analysis_sheet", made)).status_code == 200


def test_one_graded_is_too_few_to_judge(as_user, people, sec):
    made = quiz(sec, learners=1)
    text = as_user(people.trainer).get(address("analysis", made) + "?lang=en").text

    assert text.count("1 answer so far: too few to judge. Wait for 30.") == 3
    assert "This cannot be told yet" in text


def test_what_is_counted_can_be_chosen_and_stays_chosen(as_user, people, sec):
    made = quiz(sec)
    enrolments = list(sec.enrolments.all())
    simulation.take(made, enrolments, number=2, seed=4)
    client = as_user(people.trainer)

    assert client.get(address("analysis", made)).context["analysis"].attempts == 40
    response = client.get(address("analysis", made) + "?attempts=all&by=version")
    assert response.context["analysis"].attempts == 80
    assert f"{address('analysis_question', made)}?attempts=all&amp;by=version" in response.text
    assert f"{address('analysis_sheet', made)}?attempts=all&amp;by=version" in response.text
    assert client.get(address("analysis_question", made) + "?attempts=all").context["rows"][0][0].sums.n == 80


def test_what_was_typed_is_shown_as_text(as_user, people, sec):
    made = quiz(sec, [Item(kind="numerical"), Item()], 5)
    made.quiz.attempt_rows.first().questions.filter(version=made.items[0].version).update(
        answer="<script>alert(1)</script>"
    )

    for name in ("analysis", "analysis_question"):
        text = as_user(people.trainer).get(address(name, made)).text
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_as_many_queries_for_one_row_as_for_three(
    as_user, people, sec, editing, django_assert_num_queries, rows
):
    made, *_more = [quiz(sec, [Item() for _ in range(rows)], 4) for _ in range(rows)]
    client = as_user(people.trainer)
    client.get("/teach/quizzes/")  # warm

    with django_assert_num_queries(4):  # session, user, roles, quizzes
        client.get("/teach/quizzes/")
    with django_assert_num_queries(13):  # session, user, roles, quiz; six of the analysis; rights (2), own questions
        client.get(address("analysis", made))
    with django_assert_num_queries(10):  # its sums are kept: what they rest on (2) and the versions are left
        client.get(address("analysis", made))
    with django_assert_num_queries(12):  # the question and other quizzes too; the same sums
        client.get(address("analysis_question", made))


# --- The spreadsheet ----------------------------------------------------------------------------------------------------------


def opened(response):
    return load_workbook(io.BytesIO(response.content))


def test_the_spreadsheet_says_the_same_as_the_page(as_user, people, sec):
    made = quiz(sec, [*sharp(4), Item(a=2, b=0, right="c1", key="c3")], 300)
    client = as_user(people.trainer)
    items = client.get(address("analysis", made)).context["page_obj"].object_list

    response = client.get(address("analysis_sheet", made) + "?lang=en")

    assert re.fullmatch(r'attachment; filename="quiz-\d+-[\d-]+\.xlsx"', response.headers["Content-Disposition"])
    book = opened(response)
    assert book.sheetnames == ["Questions", "Answers", "Quiz"]
    lines = list(book["Questions"].iter_rows(min_row=2, values_only=True))
    assert [(line[0], line[4], line[6], line[7]) for line in lines] == [
        (item.words, item.sums.n, round(item.facility, 4), round(item.discrimination, 4)) for item, _said in items
    ]
    assert lines[0][0] == "Savol 5 en" and "check the key" in lines[0][9]
    assert book["Answers"].max_row == 1 + 5 * 4
    assert [row[0] for row in book["Quiz"].iter_rows(values_only=True)][5:] == [
        "Cronbach's alpha",
        "Standard error of measurement",
    ]


@pytest.mark.parametrize("typed", ["=1+1", "+998", "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")', "a\x0bb"])
def test_nothing_that_was_typed_becomes_a_formula(as_user, people, sec, typed):
    made = quiz(sec, [Item(kind="numerical"), Item()], 5)
    version = made.items[0].version
    made.quiz.attempt_rows.first().questions.filter(version=version).update(answer=typed)
    type(version).objects.filter(pk=version.pk).update(content=version.content | {"text": {"uz": "=cmd|' /C calc'!A0"}})
    type(version.question).objects.filter(pk=version.question_id).update(code=None, note="=1+1")

    book = opened(as_user(people.trainer).get(address("analysis_sheet", made)))

    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    typed_cells = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert typed_cells if typed[0] != "a" else True
    assert all(cell.quotePrefix for cell in typed_cells if cell.data_type == "s")
