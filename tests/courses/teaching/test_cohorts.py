"""Cohorts: made, changed, archived; people put in by a list and by choosing, taken out."""

from datetime import date

import pytest

from accounts.models import AuditEntry
from courses import cohorts, enrolments
from courses.cohorts import Verdict
from courses.models import Cohort, Course, Enrolment
from tests.courses.teaching.conftest import put
from tests.seminars import making

pytestmark = pytest.mark.django_db
FIELDS = {"title": "Bahorgi guruh", "begins_on": "2027-03-01", "ends_on": "2027-06-01", "library": ""}


def deeds():
    return list(AuditEntry.objects.exclude(deed="role given").order_by("pk").values_list("deed", "actor__username"))


def verdicts(cohort, text, people, among=None):
    from accounts.models import User

    rows = cohorts.enrol(
        cohort=cohort, text=text, among=User.objects.all() if among is None else among, by=people.trainer
    )
    return [(row.number, row.login, row.verdict) for row in rows]


# --- The cohort itself --------------------------------------------------------------------------------------------------


def test_a_trainer_makes_changes_and_archives_a_cohort(as_user, people, sec):
    client = as_user(people.trainer)

    response = client.post(
        f"/teach/courses/{sec.pk}/cohorts/new/", FIELDS | {"trainer": people.trainer.pk, "library": "SAM"}
    )
    made = Cohort.objects.get()
    assert response["Location"] == f"/teach/cohorts/{made.pk}/"
    assert (made.course, made.title, made.trainer, made.library.code) == (sec, "Bahorgi guruh", people.trainer, "SAM")
    client.post(f"/teach/cohorts/{made.pk}/change/", FIELDS | {"trainer": people.trainer.pk, "ends_on": ""})
    client.post(f"/teach/cohorts/{made.pk}/archive/")
    client.post(f"/teach/cohorts/{made.pk}/archive/")

    made.refresh_from_db()
    assert (made.begins_on, made.ends_on, made.library, made.archived) == (date(2027, 3, 1), None, None, True)
    assert deeds() == [("cohort made", "trainer"), ("cohort changed", "trainer"), ("cohort archived", "trainer")]
    assert list(client.get("/teach/cohorts/").context["page_obj"]) == []
    assert list(client.get("/teach/cohorts/?when=past").context["page_obj"]) == [made]
    client.post(f"/teach/cohorts/{made.pk}/archive/", {"back": "1"})
    assert list(client.get("/teach/cohorts/").context["page_obj"]) == [made]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "Kuzgi guruh"}, "title"),  # there already
        ({"title": "x" * 121}, "title"),
        ({"ends_on": "2027-02-28"}, "ends_on"),
        ({"begins_on": "yesterday"}, "begins_on"),
        ({"library": "NONE"}, "library"),
        ({"trainer": "0"}, "trainer"),
    ],
)
def test_what_cannot_be_is_refused_and_keeps_what_was_typed(as_user, people, sec, cohort, fields, field):
    sent = FIELDS | {"trainer": people.trainer.pk} | fields

    response = as_user(people.trainer).post(f"/teach/courses/{sec.pk}/cohorts/new/", sent)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert response.context["form"][field].value() == sent[field]
    assert Cohort.objects.get() == cohort


def test_a_cohorts_trainer_is_one_of_the_course(as_user, people, sec):
    response = as_user(people.trainer).post(
        f"/teach/courses/{sec.pk}/cohorts/new/", FIELDS | {"trainer": people.trainer2.pk}
    )
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["trainer"])
    with pytest.raises(cohorts.NotItsTrainer):
        cohorts.make(course=sec, title="x", trainer=people.trainer2, begins_on=date(2027, 1, 1), by=people.trainer)


def test_a_cohort_of_another_course_is_not_found(as_user, people, cohort, member):
    client = as_user(people.trainer2)

    for address in ("", "change/"):
        assert client.get(f"/teach/cohorts/{cohort.pk}/{address}").status_code == 404
    for address in ("change/", "archive/", "enrol/", "people/", "announce/", f"people/{member.pk}/remove/"):
        assert client.post(f"/teach/cohorts/{cohort.pk}/{address}", {"logins": "learner"}).status_code == 404
    member.refresh_from_db()
    cohort.refresh_from_db()
    assert (member.cohort, cohort.archived, Enrolment.objects.count()) == (cohort, False, 1)


# --- By a list -----------------------------------------------------------------------------------------------------------


def test_each_line_of_the_list_has_its_verdict(people, sec, cohort, libraries):
    other = Cohort.objects.create(course=sec, title="Boshqa", trainer=people.trainer, begins_on=date(2026, 9, 1))
    gone = making.person("gone")
    gone.is_active = False
    gone.save()
    enrolled, elsewhere = making.enrol(making.person("free"), sec), making.enrol(making.person("else"), sec)
    put(elsewhere, other)
    text = '\ufeffLEARNER\n\n free ; Karimova\nelse\tnote\nnobody\ngone\nlearner\n"hr"\n'

    assert verdicts(cohort, text, people) == [
        (1, "LEARNER", Verdict.ENROLLED),
        (3, "free", Verdict.PUT_IN),
        (4, "else", Verdict.ELSEWHERE),
        (5, "nobody", Verdict.UNKNOWN),
        (6, "gone", Verdict.INACTIVE),
        (7, "learner", Verdict.TWICE),
        (8, "hr", Verdict.ENROLLED),
    ]
    assert set(cohort.enrolments.values_list("learner__username", "enrolled_by__username")) == {
        ("learner", "trainer"), ("free", None), ("hr", "trainer")
    }  # fmt: skip
    enrolled.refresh_from_db()
    assert enrolled.run_no == 1
    assert sorted(deeds()) == [("enrolled", "trainer")] * 2 + [("put into a cohort", "trainer")] * 3


def test_the_same_list_again_changes_nothing(people, cohort):
    verdicts(cohort, "learner\nhr", people)
    before = list(Enrolment.objects.values())

    assert [row[2] for row in verdicts(cohort, "learner\nhr", people)] == [Verdict.ALREADY] * 2
    assert list(Enrolment.objects.values()) == before


def test_a_course_that_is_not_whole_takes_nobody_new_and_keeps_who_is_in_it(people, sec, cohort):
    Course.objects.filter(pk=sec.pk).update(missing=[{"what": "no_code"}])
    making.enrol(people.hr, sec)
    cohort.refresh_from_db()

    assert [row[2] for row in verdicts(cohort, "learner\nhr", people)] == [Verdict.NOT_OPEN, Verdict.PUT_IN]


def test_out_of_an_archived_cohort_one_is_put_into_the_next(people, sec, cohort, member):
    cohorts.archive(cohort=cohort, by=people.trainer)
    following = Cohort.objects.create(course=sec, title="Keyingi", trainer=people.trainer, begins_on=date(2027, 1, 1))

    assert [row[2] for row in verdicts(following, "member", people)] == [Verdict.PUT_IN]
    with pytest.raises(cohorts.CohortClosed):
        verdicts(cohort, "learner", people)
    with pytest.raises(cohorts.CohortClosed):
        cohorts.put_in(cohort=cohort, enrolments=[member], by=people.trainer)


def test_a_trainer_of_a_region_finds_no_login_of_another(as_user, bound, cohort, libraries):
    making.person("far", library=libraries.other)

    response = as_user(bound).post(f"/teach/cohorts/{cohort.pk}/enrol/", {"logins": "far\nlearner"})

    assert [(row.login, row.verdict, row.person and row.person.username) for row in response.context["rows"]] == [
        ("far", Verdict.UNKNOWN, None), ("learner", Verdict.ENROLLED, "learner")
    ]  # fmt: skip
    assert "far</span>" in response.text
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize(("text", "field"), [("", "logins"), ("x\n" * 501, "logins"), ("x" * 40_001, "logins")])
def test_a_list_that_cannot_be_read_enrols_nobody(as_user, people, cohort, text, field):
    response = as_user(people.trainer).post(f"/teach/cohorts/{cohort.pk}/enrol/", {"logins": text})

    assert (response.status_code, list(response.context["logins"].errors)) == (422, [field])
    assert f'href="/teach/cohorts/{cohort.pk}/?lang=ru"' in response.text  # the address of enrolling answers no GET
    assert not Enrolment.objects.exists()


def test_what_was_typed_is_shown_as_text(as_user, people, cohort):
    response = as_user(people.trainer).post(
        f"/teach/cohorts/{cohort.pk}/enrol/", {"logins": "<script>alert(1)</script>"}
    )
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text


# --- By choosing, and out ------------------------------------------------------------------------------------------------


def test_enrolled_people_without_a_cohort_are_offered_and_put_in(as_user, people, sec, cohort, member):
    free, closed = making.enrol(people.learner, sec), making.enrol(people.hr, sec, closed=True)
    foreign = making.enrol(people.learner, Course.objects.get(code="smm"))
    client = as_user(people.trainer)
    assert [one.pk for one in client.get(f"/teach/cohorts/{cohort.pk}/").context["offered"]] == [free.pk]
    assert client.get(f"/teach/cohorts/{cohort.pk}/?q=nosuch").context["offered"] == []

    sent = {"enrolment": [free.pk, closed.pk, foreign.pk, member.pk, "x", "9" * 30]}
    client.post(f"/teach/cohorts/{cohort.pk}/people/", sent)

    assert set(cohort.enrolments.values_list("pk", flat=True)) == {free.pk, member.pk}
    assert deeds() == [("put into a cohort", "trainer")]


def test_who_is_taken_out_stays_enrolled(as_user, people, cohort, member):
    client = as_user(people.trainer)
    address = f"/teach/cohorts/{cohort.pk}/people/{member.pk}/remove/"

    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404  # not in it any more
    member.refresh_from_db()
    assert (member.cohort, member.closed_at) == (None, None)
    assert deeds() == [("taken out of a cohort", "trainer")]
    cohorts.take_out(enrolment=member, by=people.trainer)
    assert len(deeds()) == 1


def test_a_trainer_of_a_region_touches_nobody_of_another(as_user, bound, sec, cohort, libraries):
    far = put(making.enrol(making.person("far", library=libraries.other), sec), cohort)
    free = making.enrol(making.person("far2", library=libraries.other), sec)
    client = as_user(bound)

    response = client.get(f"/teach/cohorts/{cohort.pk}/")
    assert (list(response.context["page_obj"]), response.context["offered"]) == ([], [])
    client.post(f"/teach/cohorts/{cohort.pk}/people/", {"enrolment": [free.pk]})
    assert client.post(f"/teach/cohorts/{cohort.pk}/people/{far.pk}/remove/").status_code == 404
    assert list(cohort.enrolments.all()) == [far]


# --- What it costs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_for_three(as_user, people, sec, cohort, django_assert_num_queries, count):
    for n in range(count):
        put(making.enrol(making.person(f"n{n}"), sec), cohort)
        making.enrol(making.person(f"free{n}"), sec)
    for n in range(count - 1):
        Cohort.objects.create(course=sec, title=f"c{n}", trainer=people.trainer, begins_on=date(2026, 9, 1))
    client = as_user(people.trainer)

    with django_assert_num_queries(6):
        response = client.get("/teach/cohorts/")
    assert [one.n for one in response.context["page_obj"]] == [0] * (count - 1) + [count]
    with django_assert_num_queries(9):
        response = client.get(f"/teach/cohorts/{cohort.pk}/")
    assert (len(response.context["page_obj"]), len(response.context["offered"])) == (count, count)


def test_enrolling_rings_and_is_the_trainers(people, sec, cohort, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung:
        verdicts(cohort, "learner", people)

    assert len(rung) == 1
    assert enrolments.Enrolment.objects.get().enrolled_by == people.trainer
