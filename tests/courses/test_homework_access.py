"""Who may open what of homework: every address as every role, GET and POST; other courses and regions are 404. And what it costs."""

import pytest
from django.urls import reverse

from accounts.models import Notice, Role, RoleGrant
from courses import homework
from courses.models import Assignment, CourseTrainer, Submission
from courses.urls import urlpatterns
from tests import making
from tests.courses import homework_making as making_homework
from tests.courses.homework_making import FULL, NOW, PDF, graded, handed_in, upload
from tests.seminars.conftest import as_user, libraries, people, sec  # noqa: F401

pytestmark = pytest.mark.django_db
WHO = [
    "nobody", "learner", "other", "trainer", "near", "far", "trainer2", "editor", "hr", "hr2", "director", "director2", "admin",
]  # fmt: skip


def only(*, nobody=302, refused=404, **others):
    return {who: others.get(who, nobody if who == "nobody" else refused) for who in WHO}


def graders(status):
    """The course's trainers, those of the learner's region, administrators."""
    return {"trainer": status, "near": status, "admin": status}


TRAINERS = dict.fromkeys(("trainer", "near", "far", "trainer2", "admin"), 200)
# `other` is another learner of the course; near and far are its trainers for one region alone; trainer2 has another course.
TABLE = {
    ("homework", "draft", "GET"): only(refused=302),  # to the page of the assignment, which has its own gate
    ("homework", "draft", "POST"): only(learner=302, other=302),  # each into a draft of one's own
    ("homework_comment", "sent", "GET"): only(nobody=405, refused=405),
    ("homework_comment", "sent", "POST"): only(learner=302, **graders(302)),
    ("homework_comment", "draft", "POST"): only(),
    ("homework_file", "sent", "GET"): only(learner=200, **graders(200)),
    ("homework_file", "draft", "GET"): only(learner=200),
    ("homework_file", "sent", "POST"): only(refused=405),
    ("homework_queue", None, "GET"): only(**TRAINERS),
    ("homework_queue", None, "POST"): only(refused=405),
    ("homework_grade", "sent", "GET"): only(**graders(200)),
    ("homework_grade", "draft", "GET"): only(),
    ("homework_grade", "sent", "POST"): only(**graders(422)),  # an empty form
    ("homework_grade", "draft", "POST"): only(),
    ("homework_take", "sent", "GET"): only(nobody=405, refused=405),
    ("homework_take", "sent", "POST"): only(**graders(302)),
    ("homework_take", "draft", "POST"): only(),
}


@pytest.fixture
def scene(people, libraries):  # noqa: F811
    """A draft and a submission, each with a file, of the learner of one region; trainers limited to a region."""
    assignment = making_homework.assignment()
    course = assignment.activity.course
    CourseTrainer.objects.create(course=course, person=people.trainer)
    for name, library in (("near", libraries.region), ("far", libraries.other)):
        person = making.person(name)
        RoleGrant.objects.create(person=person, role=Role.TRAINER, library=library)
        CourseTrainer.objects.create(course=course, person=person)
        setattr(people, name, person)
    people.other = making.person("other", library=libraries.district)
    people.enrolment = homework_enrolment(people.learner, course)
    homework_enrolment(people.other, course)
    people.sent, people.draft = with_file(people.enrolment, assignment), None
    second = making_homework.Assignment.objects.create(activity=step(course), rubric=[])
    people.draft = with_file(people.enrolment, second, hand_in=False)
    return people


def homework_enrolment(person, course):
    return making_homework.enrolments.begin(learner=person, course=course, now=making_homework.BEGAN)


def step(course):
    first = course.activities.get()
    first.pk, first.key, first.position = None, making_homework.uuid.uuid4(), 2
    first.save(force_insert=True)
    return first


def with_file(enrolment, assignment, hand_in=True):
    made = making_homework.draft(enrolment, assignment)
    homework.add_file(submission=made, upload=upload(PDF), now=NOW)
    return homework.hand_in(submission=made, now=NOW) if hand_in else made


@pytest.mark.parametrize(("name", "whose", "method"), TABLE)
def test_who_may_open_what(as_user, scene, name, whose, method):  # noqa: F811
    row = {"sent": scene.sent, "draft": scene.draft}.get(whose)
    number = {"homework": row and row.assignment_id, "homework_file": row and row.files.get().pk}.get(
        name, row and row.pk
    )
    seen = {}
    for who in WHO:
        client = as_user(getattr(scene, who, None))
        response = client.generic(method, reverse(f"courses:{name}", args=[number] if row else []))
        response.getvalue()  # a file is read to its end, and so closed
        seen[who] = response.status_code
        Submission.objects.update(taken_by=None, taken_at=None)  # as it was for the next one

    assert seen == TABLE[name, whose, method]


def test_every_address_of_homework_has_its_rows():
    mine = {pattern.name for pattern in urlpatterns if pattern.name.startswith("homework")}
    assert mine == {name for name, _whose, _method in TABLE}


def test_nobody_reaches_into_anothers_draft(as_user, scene):  # noqa: F811
    client = as_user(scene.other)
    file = scene.draft.files.get()

    client.post(reverse("courses:homework", args=[scene.draft.assignment_id]), {"text": "x", "go": f"remove-{file.pk}"})

    scene.draft.refresh_from_db()
    assert (scene.draft.text, scene.draft.files.get()) == ("Ish tayyor", file)


def test_the_notes_for_the_trainer_stand_where_homework_is_graded_and_nowhere_else(as_user, scene):  # noqa: F811
    Assignment.objects.update(for_trainer={"uz": "Rejani <b>avval</b> koʻring."})
    notes = "Rejani &lt;b&gt;avval&lt;/b&gt; koʻring."

    assert notes in as_user(scene.trainer).get(f"/teach/homework/{scene.sent.pk}/").text
    for address in (f"/assignments/{scene.sent.assignment_id}/homework/", "/learning/"):
        assert "koʻring" not in as_user(scene.learner).get(address, follow=True).text


def test_a_trainer_who_learns_grades_everybodys_work_but_the_own(as_user, scene):  # noqa: F811
    CourseTrainer.objects.create(course=scene.enrolment.course, person=scene.learner)
    RoleGrant.objects.create(person=scene.learner, role=Role.TRAINER)
    other = handed_in(scene.other.enrolments.get(), scene.sent.assignment)
    client = as_user(scene.learner)

    assert list(client.get("/teach/homework/").context["page_obj"]) == [other]
    assert client.post(f"/teach/homework/{scene.sent.pk}/", {"go": "accept"}).status_code == 404
    assert client.get(f"/teach/homework/{other.pk}/").status_code == 200


def test_a_trainer_whose_role_is_gone_sees_nothing_though_the_course_still_names_them(as_user, scene):  # noqa: F811
    RoleGrant.objects.filter(person=scene.trainer).delete()

    assert as_user(scene.trainer).get("/teach/homework/").status_code == 404
    assert not Submission.objects.graded_by(scene.trainer).exists()


def test_an_archived_step_takes_nothing_more(as_user, scene):  # noqa: F811
    activity = scene.draft.assignment.activity
    activity.archived = True
    activity.save()

    response = as_user(scene.learner).post(reverse("courses:homework", args=[activity.pk]), {"text": "x"})

    assert response.status_code == 404


# --- The queue -------------------------------------------------------------------------------------------------------------


def listed(response):
    return [row.pk for row in response.context["page_obj"]]


def test_the_queue_is_the_oldest_first_and_filtered_by_course_and_state(as_user, scene):  # noqa: F811
    later = handed_in(scene.other.enrolments.get(), scene.sent.assignment, now=NOW.replace(day=12))
    foreign = making_homework.assignment()
    CourseTrainer.objects.create(course=foreign.activity.course, person=scene.trainer)
    oldest = handed_in(making_homework.enrolment(foreign), foreign, now=NOW.replace(day=8))
    client = as_user(scene.trainer)

    assert listed(client.get("/teach/homework/")) == [oldest.pk, scene.sent.pk, later.pk]
    course = scene.enrolment.course_id
    assert listed(client.get(f"/teach/homework/?course={course}")) == [scene.sent.pk, later.pk]
    graded(later, scene.trainer)
    assert listed(client.get(f"/teach/homework/?course={course}")) == [scene.sent.pk]
    assert listed(client.get("/teach/homework/?state=accepted")) == [later.pk]
    assert listed(client.get("/teach/homework/?state=all")) == [oldest.pk, scene.sent.pk, later.pk]
    for forged in ("?state=draft", "?state=x&course=999999", "?page=99"):
        assert client.get(f"/teach/homework/{forged}").status_code == 200
    assert scene.draft.pk not in listed(client.get("/teach/homework/?state=draft"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_one_and_for_three(as_user, scene, django_assert_num_queries, count):  # noqa: F811
    for _ in range(count - 1):
        handed_in(making_homework.enrolment(scene.sent.assignment), scene.sent.assignment)
    client = as_user(scene.trainer)
    client.get("/teach/homework/")

    with django_assert_num_queries(7):  # session, user, roles, the role's reach, how many, rows, courses
        response = client.get("/teach/homework/")

    assert len(listed(response)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_grading_page_costs_the_same_for_one_and_for_three(as_user, scene, django_assert_num_queries, count):  # noqa: F811
    sent = scene.sent
    for _ in range(count):
        sent = graded(sent, scene.trainer, homework.RETURN)
        sent = handed_in(scene.enrolment, sent.assignment)
        for _comment in range(count):
            homework.comment(submission=sent, by=scene.trainer, text="x", now=NOW)
    client = as_user(scene.trainer)
    client.get("/teach/homework/")

    with django_assert_num_queries(12):  # a trainer has four; row, files, words, writers; and so of the earlier
        client.get(f"/teach/homework/{sent.pk}/")


def test_the_teaching_page_says_how_much_waits(as_user, scene):  # noqa: F811
    assert "Oʻqiladigan topshiriqlar: 1" in as_user(scene.trainer).get("/teach/").text
    assert "Oʻqiladigan topshiriqlar: 0" in as_user(scene.far).get("/teach/").text


# --- Grading by the page -------------------------------------------------------------------------------------------------------


def test_a_trainer_takes_grades_by_level_and_by_own_points_and_the_learner_reads_it(as_user, scene):  # noqa: F811
    address = f"/teach/homework/{scene.sent.pk}/"
    client = as_user(scene.trainer)
    assert 'name="level-0"' not in client.get(address).text
    client.post(f"{address}take/")
    assert client.get(address).text.count('name="level-0"') == 3

    response = client.post(address, {"level-0": "40", "points-1": "33", "comment": "Yaxshi ish", "go": "accept"})

    assert response["Location"] == "/teach/homework/"
    scene.sent.refresh_from_db()
    assert (scene.sent.state, scene.sent.points) == ("accepted", {"plan": 40, "talk": 33})
    assert Notice.objects.get(kind="homework_accepted").person == scene.learner


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"level-0": "40", "go": "accept"}, "har bir mezonga ball"),
        ({"level-0": "40", "level-1": "0", "go": "accept"}, "qabul qilish uchun 70 ball kerak"),
        ({"level-0": "60", "level-1": "40", "go": "return", "comment": ""}, "nimani qayta ishlash"),
        ({"level-0": "59", "level-1": "40", "go": "accept"}, "level-0"),
        ({"points-0": "61", "level-1": "40", "go": "accept"}, "points-0"),
        ({"points-0": "-1", "level-1": "40", "go": "accept"}, "points-0"),
        ({"points-0": "1e1", "level-1": "40", "go": "accept"}, "points-0"),
        ({"level-0": "60", "level-1": "40", "comment": "y" * 5001, "go": "accept"}, "comment"),
        ({"level-0": "60", "level-1": "40"}, "har bir mezonga ball"),
    ],
)
def test_a_refused_grade_keeps_what_was_typed(as_user, scene, sent, said):  # noqa: F811
    typed = {"comment": "Uzoq yozilgan izoh"} | sent

    response = as_user(scene.trainer).post(f"/teach/homework/{scene.sent.pk}/", typed)

    assert response.status_code == 422
    assert said in response.text
    assert typed["comment"] + "</textarea>" in response.text
    scene.sent.refresh_from_db()
    assert scene.sent.state == "handed_in"


def test_who_grades_what_another_is_reading_or_has_graded_keeps_the_words(as_user, scene):  # noqa: F811
    homework.take(submission=scene.sent, by=scene.near, now=making_homework.timezone.now())
    words = {"level-0": "60", "level-1": "40", "comment": "Mening izohim", "go": "accept"}
    client = as_user(scene.trainer)

    response = client.post(f"/teach/homework/{scene.sent.pk}/", words)
    assert response.status_code == 422
    assert "Near Namunayeva" in response.text and "Mening izohim</textarea>" in response.text

    graded(scene.sent, scene.near, points=FULL, now=making_homework.timezone.now())
    response = client.post(f"/teach/homework/{scene.sent.pk}/", words)
    assert response.status_code == 422
    assert "shu orada baholangan" in response.text and "Mening izohim</textarea>" in response.text
    assert Notice.objects.filter(kind="homework_accepted").count() == 1
