"""HR's list: the own library tree, where everybody stands, found by name, course and state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import RoleGrant
from certification.models import Certificate, CertificateVersion
from courses.models import Activity
from reports import views
from tests.seminars import making

pytestmark = pytest.mark.django_db


def logins(response):
    return [line.person.username for line in response.context["lines"]]


def standing(response):
    """{login: [(course, state, done, steps)]}"""
    return {
        line.person.username: [(one.course.code, str(one.state), one.done, one.steps) for one in line.courses]
        for line in response.context["lines"]
        if line.courses
    }


@pytest.fixture
def staff(people, libraries, sec):
    """Four people of the district in four states, and one in the other region who has the certificate too."""
    names = [
        ("new", "Abdullayeva", "Sevara"),
        ("begun", "Gʻaniyeva", "Moʻtabar"),
        ("done", "Oʻrinov", "Shuhrat"),
        ("awarded", "Qosimov", "Jahongir"),
    ]
    found = {
        login: making.person(login, family=family, given=given, library=libraries.district)
        for login, family, given in names
    }
    found["far"] = making.person("far", family="Gʻaniyeva", given="Olis", library=libraries.other)
    making.enrol(found["begun"], sec, done=2)
    making.complete(making.enrol(found["done"], sec, done=3))
    making.certify(making.enrol(found["awarded"], sec, done=3), code="HERE000000000001")
    making.certify(making.enrol(found["far"], sec, done=3), code="FAR0000000000001")
    return found


HERE = ["new", "begun", "director", "editor", "hr", "learner", "done", "awarded", "trainer"]  # by name
FAR = ["far", "director2", "hr2", "trainer2"]


def test_hr_sees_the_people_of_the_own_tree_alone(as_user, people, staff):
    assert logins(as_user(people.hr).get("/hr/people/")) == HERE
    assert logins(as_user(people.hr2).get("/hr/people/")) == FAR


def test_a_director_sees_the_own_library_alone(as_user, people, staff):
    assert logins(as_user(people.director).get("/hr/people/")) == [
        "new",
        "begun",
        "director",
        "learner",
        "done",
        "awarded",
    ]


def test_an_administrator_sees_everybody_with_a_library(as_user, people, staff):
    making.person("homeless")

    assert sorted(logins(as_user(people.admin).get("/hr/people/"))) == sorted([*HERE, *FAR, "admin"])


def test_two_scopes_are_seen_together(as_user, people, staff, libraries):
    RoleGrant.objects.create(person=people.director, role="hr", library=libraries.other)

    assert sorted(logins(as_user(people.director).get("/hr/people/"))) == sorted(
        ["new", "begun", "director", "learner", "done", "awarded", *FAR]
    )


@pytest.mark.parametrize(
    "question",
    [
        "q=Olis",
        "q=far",
        "state=certificate",
        "course=sec&state=certificate",
        "course=sec",
        "q=Gʻaniyeva",
        "",
        "page=99",
        "q=' OR 1=1 --",
        "q=%25",
        "q=_&course=sec",
    ],
)
def test_nobody_of_another_subtree_appears_by_any_question(as_user, people, staff, question):
    response = as_user(people.hr).get(f"/hr/people/?{question}")

    text = response.content.decode().split("<main")[1]  # the links to other languages repeat the question
    assert ("far" in logins(response), "Gʻaniyeva Olis" in text, "FAR0000000000001" in text) == (
        False, False, False,
    )  # fmt: skip


@pytest.mark.parametrize("question", ["library=TSH", "library=UZ", "library=none", "course=none", "state=none"])
def test_what_is_not_in_scope_or_not_known_is_not_found(as_user, people, staff, question):
    assert as_user(people.hr).get(f"/hr/people/?{question}").status_code == 404


def test_a_library_narrows_the_people(as_user, people, staff):
    client = as_user(people.hr)

    assert logins(client.get("/hr/people/?library=SAM-URG")) == [
        "new",
        "begun",
        "director",
        "learner",
        "done",
        "awarded",
    ]
    assert logins(client.get("/hr/people/?library=SAM&alone=on")) == ["editor", "hr", "trainer"]


SPELLINGS = ["Gʻaniyeva", "G'aniyeva", "G`aniyeva", "Ғаниева", "ğaniyeva", "gaNIYeva motabar", "Мўтабар", "begun"]


@pytest.mark.parametrize("words", SPELLINGS)
def test_a_person_is_found_in_any_spelling(as_user, people, staff, words):
    assert logins(as_user(people.hr).get("/hr/people/", {"q": words})) == ["begun"]


def test_each_course_shows_steps_state_and_the_certificate(as_user, people, staff):
    response = as_user(people.hr).get("/hr/people/?lang=en")

    assert standing(response) == {
        "begun": [("sec", "in_progress", 2, 3)],
        "done": [("sec", "completed", 3, 3)],
        "awarded": [("sec", "certificate", 3, 3)],
    }
    text = response.content.decode()
    assert '/verify/HERE000000000001/"' in text
    assert '<b class="num">2 / 3</b>' in text
    assert '<rect width="66" height="10"/>' in text


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("not_begun", ["new", "director", "learner"]),
        ("in_progress", ["begun"]),
        ("completed", ["done"]),
        ("certificate", ["awarded"]),
    ],
)
@pytest.mark.parametrize("course", ["", "&course=sec"])
def test_a_state_is_asked_for(as_user, people, staff, state, found, course):
    assert logins(as_user(people.hr).get(f"/hr/people/?library=SAM-URG&state={state}{course}")) == found


def test_a_state_is_asked_for_in_the_chosen_course_alone(as_user, people, staff):
    assert "awarded" in logins(as_user(people.hr).get("/hr/people/?course=smm&state=not_begun"))
    assert logins(as_user(people.hr).get("/hr/people/?course=smm&state=certificate")) == []


def test_a_chosen_course_shows_those_who_have_not_begun_it(as_user, people, staff):
    found = standing(as_user(people.hr).get("/hr/people/?course=smm&library=SAM-URG"))

    assert found["awarded"] == [("smm", "not_begun", 0, 3)]


def test_the_newest_run_of_a_course_is_shown(as_user, people, staff, sec):
    Certificate.objects.get(enrolment__learner=staff["awarded"]).enrolment.__class__.objects.filter(
        learner=staff["awarded"]
    ).update(closed_at=timezone.now() - timedelta(days=1))
    making.enrol(staff["awarded"], sec, done=1, run_no=2)

    response = as_user(people.hr).get("/hr/people/?q=awarded")

    assert standing(response) == {"awarded": [("sec", "in_progress", 1, 3)]}
    assert logins(as_user(people.hr).get("/hr/people/?state=certificate")) == []
    assert logins(as_user(people.hr).get("/hr/people/?state=in_progress")) == ["begun", "awarded"]


def test_a_revoked_certificate_is_not_counted_and_says_so(as_user, people, staff):
    Certificate.objects.filter(enrolment__learner=staff["awarded"]).update(
        revoked_at=timezone.now(),
        revoked_by=people.admin,
        revocation_ground="mistake",
        revocation_reason="secret reason",
    )

    response = as_user(people.hr).get("/hr/people/?library=SAM-URG&lang=en")

    assert "Certificate revoked" in response.content.decode()
    assert standing(response)["awarded"] == [("sec", "completed", 3, 3)]


def test_an_expired_certificate_is_shown_as_expired_and_not_counted(as_user, people, staff):
    today = timezone.localdate()
    mine = CertificateVersion.objects.filter(certificate__enrolment__learner=staff["awarded"])
    mine.update(expires_on=today)
    client = as_user(people.hr)
    assert logins(client.get("/hr/people/?library=SAM-URG&state=certificate")) == ["awarded"]

    mine.update(expires_on=today - timedelta(days=1))
    response = client.get("/hr/people/?library=SAM-URG&lang=en")

    assert logins(client.get("/hr/people/?state=certificate")) == []
    assert "Certificate expired" in response.content.decode().split("<tbody>")[1]
    assert standing(response)["awarded"] == [("sec", "expired", 3, 3)]
    assert logins(client.get("/hr/people/?state=expired")) == ["awarded"]
    assert logins(client.get("/hr/people/?state=completed")) == ["done"]


def test_archived_steps_are_not_counted(as_user, people, staff, sec):
    Activity.objects.filter(course=sec, position=1).update(archived=True)

    assert standing(as_user(people.hr).get("/hr/people/?q=begun"))["begun"] == [("sec", "in_progress", 1, 2)]


@pytest.mark.parametrize("count", [10, 200])
@pytest.mark.parametrize(
    ("question", "queries"),
    [("", 14), ("course=sec&library=SAM-KAT&state=in_progress&q=karimova&position=librarian", 18)],
)
def test_the_list_costs_a_fixed_number_of_queries(
    as_user, people, libraries, sec, django_assert_num_queries, count, question, queries
):
    smm = making.Course.objects.get(code="smm")
    for _ in range(count):
        person = making.person(library=libraries.branch_less)
        making.enrol(person, sec, done=1)
        making.certify(making.enrol(person, smm, done=3))
    client = as_user(people.hr)

    with django_assert_num_queries(queries):
        response = client.get(f"/hr/people/?{question}")

    assert len(response.context["lines"]) == min(50, count if question else count + 5)


@pytest.mark.parametrize("most", [1000, 101, 100, 60])  # up to there the keys are read, beyond it the people at once
def test_the_pages_of_a_question_hold_all_in_order(as_user, people, libraries, monkeypatch, most):
    monkeypatch.setattr(views, "MOST_COUNTED", most)
    for number in range(101):
        making.person(f"zzz{number:03}", library=libraries.district)
    client, found = as_user(people.hr), []

    for page in (1, 2, 3):
        context = client.get(f"/hr/people/?state=never&q=zzz&page={page}").context
        found.append(([one.person.username for one in context["lines"]], context["has_next"], context["counted"]))

    whole = [name for names, _next, _counted in found for name in names]
    assert whole == [f"zzz{number:03}" for number in range(101)]
    assert [(len(names), more, counted) for names, more, counted in found] == [
        (50, True, min(101, most + 1)), (50, True, min(101, most + 1)), (1, False, min(101, most + 1)),
    ]  # fmt: skip


def test_fifty_people_are_on_a_page_and_the_question_goes_on(as_user, people, libraries):
    for _ in range(51):
        making.person(library=libraries.district)
    client = as_user(people.hr)

    first, second = (
        client.get("/hr/people/?library=SAM-URG&q=karimova"),
        client.get("/hr/people/?library=SAM-URG&q=karimova&page=2"),
    )

    assert (len(logins(first)), len(logins(second))) == (50, 3)
    assert "?library=SAM-URG&amp;q=karimova&amp;page=2" in first.content.decode()


def test_the_tree_opens_the_way_to_the_chosen_library(as_user, people, staff, libraries):
    making.library("SAM-URG-1", libraries.district, "library")
    client = as_user(people.admin)

    def shown(nodes):
        return [(node.library.code, shown(node.children) if node.is_open else []) for node in nodes]

    assert shown(client.get("/hr/people/").context["top"]) == [("UZ", [("SAM", []), ("TSH", [])])]
    assert shown(client.get("/hr/people/?library=SAM-URG").context["top"]) == [
        ("UZ", [("SAM", [("SAM-KAT", []), ("SAM-URG", [("SAM-URG-1", [])])]), ("TSH", [])])
    ]
    assert shown(as_user(people.hr2).get("/hr/people/").context["top"]) == [("TSH", [])]


def test_the_pages_keep_out_of_caches(as_user, people):
    assert as_user(people.hr).get("/hr/people/").headers["Cache-Control"] == "no-store, private"
