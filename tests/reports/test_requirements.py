"""Requirements: set by HR in the own subtree, met by completing the course, shown to whom they concern."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Position, User
from certification.models import CertificateVersion, CourseCompletion
from courses.enrolments import CourseNotOpen
from reports import requirements, waivers
from reports.models import Requirement
from reports.overdue import people_overdue
from reports.standings import Standing
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)
LATER = TODAY + timedelta(days=10)
PAGE, NEW = "/hr/requirements/", "/hr/requirements/new/"
LIST_COSTS = 12


@pytest.fixture
def require(people, sec, libraries):
    def make(library=None, course=sec, due_on=LATER, position=None, **rules):
        return requirements.require(
            library=library or libraries.region, course=course, due_on=due_on, by=people.hr, position=position, **rules
        )

    return make


def asked(person):
    return [(one.course.code, one.due_on, one.standing, one.days) for one in requirements.of(person, TODAY)]


def test_it_reaches_the_library_and_all_below_it_and_nobody_else(people, libraries, require):
    require(libraries.region)

    assert asked(people.learner) == asked(people.hr) == [("sec", LATER, Standing.DUE, 10)]
    assert asked(people.hr2) == asked(people.admin) == []  # the other region; the nation above
    people.learner.library = None
    assert asked(people.learner) == []


def test_one_for_a_position_reaches_only_those_who_have_it(people, libraries, require):
    analyst = Position.objects.create(code="web-analyst", titles=making.three("Veb-tahlilchi"))
    require(position=analyst)
    assert asked(people.learner) == []

    people.learner.position = analyst
    people.learner.save()

    assert asked(people.learner) == [("sec", LATER, Standing.DUE, 10)]


def test_of_two_the_earlier_day_counts_and_the_urgent_comes_first(people, libraries, require):
    smm = making.course("smm2")
    require(libraries.region, due_on=TODAY + timedelta(days=30))
    require(libraries.district, due_on=TODAY - timedelta(days=1))
    require(libraries.nation, course=smm, due_on=TODAY)

    assert asked(people.learner) == [
        ("sec", TODAY - timedelta(days=1), Standing.OVERDUE, -1),
        ("smm2", TODAY, Standing.DUE, 0),  # the day itself still counts
    ]


def test_who_has_completed_the_course_has_met_it_also_before_it_was_required(people, sec, require):
    enrolment = making.enrol(people.learner, sec)
    CourseCompletion.objects.create(enrolment=enrolment, completed_at=timezone.now(), hours=10, syllabus_version=1)
    require(due_on=TODAY - timedelta(days=5))

    assert asked(people.learner) == [("sec", TODAY - timedelta(days=5), Standing.COMPLIANT, -5)]


def test_an_expired_certificate_meets_nothing_until_it_is_renewed(people, sec, require):
    require()
    first = making.certify(making.enrol(people.learner, sec, done=3))
    CertificateVersion.objects.filter(pk=first.pk).update(expires_on=TODAY + timedelta(days=400))
    assert asked(people.learner) == [("sec", TODAY + timedelta(days=400), Standing.COMPLIANT, 400)]

    CertificateVersion.objects.filter(pk=first.pk).update(expires_on=TODAY - timedelta(days=1))
    assert asked(people.learner) == [("sec", LATER, Standing.DUE, 10)]

    type(first.certificate.enrolment).objects.update(closed_at=timezone.now())
    making.certify(making.enrol(people.learner, sec, done=3, run_no=2))
    assert asked(people.learner) == [("sec", LATER, Standing.COMPLIANT, 10)]


def test_what_is_withdrawn_or_of_an_archived_course_is_asked_of_nobody(people, sec, require):
    requirement = require()
    sec.archived = True
    sec.save()
    assert asked(people.learner) == []
    sec.archived = False
    sec.save()

    first = requirements.withdraw(requirement=requirement, by=people.hr)
    again = requirements.withdraw(requirement=requirement, by=people.admin)

    assert asked(people.learner) == []
    assert (again.withdrawn_at, again.withdrawn_by) == (first.withdrawn_at, people.hr)
    assert list(AuditEntry.objects.order_by("pk").values_list("deed", flat=True)) == [
        "course required",
        "requirement withdrawn",
    ]


@pytest.mark.parametrize("with_position", [False, True])
def test_the_same_is_required_once_and_after_a_withdrawal_again(people, require, with_position):
    position = Position.objects.get(code="librarian") if with_position else None
    first = require(position=position)
    with pytest.raises(requirements.AlreadyRequired) as refused:
        require(position=position, due_on=LATER + timedelta(days=1))
    assert refused.value.args == (first,)
    requirements.withdraw(requirement=first, by=people.hr)

    require(position=position)

    assert Requirement.objects.in_force().count() == 1


def test_a_withdrawal_names_its_person(require):
    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.filter(pk=require().pk).update(withdrawn_at=timezone.now())


# --- The pages -------------------------------------------------------------------------------------------------------


def form(**fields):
    due_on = (timezone.localdate() + timedelta(days=30)).isoformat()
    kept = {"course": "sec", "library": "SAM", "position": "", "due_on": due_on, "join_days": "60", "grace_days": "14",
            "again_months": "", "deed": "set"}  # fmt: skip
    return kept | fields


def send(client, **fields):
    return client.post(NEW, form(**fields))


def lines(response):
    return [(row, numbers.asked, is_own) for row, numbers, is_own in response.context["lines"]]


def test_hr_sees_how_many_it_concerns_sets_it_and_withdraws_it(as_user, people, libraries, sec):
    client = as_user(people.hr)
    response = client.get(NEW)
    assert [str(option) for option in response.context["form"].fields["library"].queryset] == [
        "Kutubxona SAM", "Kutubxona SAM-KAT", "Kutubxona SAM-URG",
    ]  # fmt: skip
    making.complete(making.enrol(people.learner, sec))
    seen = send(client, deed="look")
    assert (seen.status_code, Requirement.objects.count()) == (200, 0)
    assert (seen.context["impact"].asked, seen.context["impact"].met) == (5, 1)
    assert "5 kishiga tegishli" in seen.text
    assert "Ulardan 1 kishi kursni allaqachon yakunlagan." in seen.text

    response = send(client, again_months="12", enrols="on")

    row = Requirement.objects.get()
    assert response["Location"] == f"/hr/requirements/{row.pk}/"
    assert (row.course, row.library, row.position, row.set_by) == (sec, libraries.region, None, people.hr)
    assert (row.join_days, row.grace_days, row.again_months, row.enrols) == (60, 14, 12, True)
    response = client.get(PAGE)
    assert lines(response) == [(row, 5, True)]
    assert said(response)[0][0] == "success"

    client.post(reverse("reports:withdraw", args=[row.pk]))
    assert client.get(PAGE).context["lines"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"library": "TSH"}, "library"),  # the other region
        ({"library": "UZ"}, "library"),  # above the own one
        ({"course": "nothing"}, "course"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"due_on": "31.02.2027"}, "due_on"),
        ({"position": "king"}, "position"),
        ({"again_months": "0"}, "again_months"),
        ({"again_months": "121"}, "again_months"),
        ({"grace_days": "367"}, "grace_days"),
        ({"join_days": "-1"}, "join_days"),
        ({"join_days": ""}, "join_days"),
    ],
)
def test_what_cannot_be_is_refused_in_the_readers_language_and_keeps_what_was_typed(as_user, people, fields, field):
    response = send(as_user(people.hr), **fields)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"][field].value() == fields[field]
    assert "Xatoni tuzating:" in response.text
    assert Requirement.objects.count() == 0


def test_a_course_that_is_not_open_is_refused_by_the_page_and_by_the_deed(as_user, people, sec, require):
    sec.missing = ["quiz"]
    sec.save()

    response = send(as_user(people.hr))

    assert list(response.context["form"].errors) == ["course"]
    with pytest.raises(CourseNotOpen):
        require()
    sec.missing, sec.archived = [], True
    with pytest.raises(CourseNotOpen):
        require()


def test_the_same_twice_says_so_and_leads_to_what_is_there(as_user, people):
    client = as_user(people.hr)
    send(client)

    response = send(client)

    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [
        "Bu talab allaqachon belgilangan. Mavjud talabni oʻzgartiring."
    ]
    assert Requirement.objects.get().get_absolute_url() in response.text


def test_one_from_above_is_seen_and_not_changed_one_of_another_region_is_not_seen(as_user, people, libraries, require):
    above, elsewhere = require(libraries.nation), require(libraries.other)
    below = require(libraries.district)
    client = as_user(people.hr)

    assert lines(client.get(PAGE)) == [(above, 5, False), (below, 2, True)]  # of the nation the own people alone
    for row in (above, elsewhere):
        assert client.post(reverse("reports:withdraw", args=[row.pk])).status_code == 404
        assert client.post(reverse("reports:edit_requirement", args=[row.pk]), form()).status_code == 404
    assert client.get(above.get_absolute_url()).status_code == 200
    assert client.get(elsewhere.get_absolute_url()).status_code == 404
    assert Requirement.objects.in_force().count() == 3


def test_a_director_reads_the_own_library_and_changes_nothing(as_user, people, libraries, require):
    row = require(libraries.region)
    client = as_user(people.director)

    assert lines(client.get(PAGE)) == [(row, 2, False)]
    response = client.get(row.get_absolute_url())
    assert {person.username for person, _state in response.context["lines"]} == {"learner", "director"}
    assert "Hozir eslatish" not in response.text
    for name, rest in (("edit_requirement", []), ("remind", []), ("requirement_person", [people.learner.pk])):
        assert client.post(reverse(f"reports:{name}", args=[row.pk, *rest])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(
    as_user, people, libraries, require, django_assert_num_queries, count
):
    for library in (libraries.region, libraries.district, libraries.branch_less)[:count]:
        require(library)
    client = as_user(people.hr)
    client.get(PAGE)

    with django_assert_num_queries(LIST_COSTS):
        assert len(client.get(PAGE).context["lines"]) == count


@pytest.mark.parametrize("count", [10, 1_000])
def test_the_lists_cost_the_same_for_ten_and_for_a_thousand_people(
    as_user, people, libraries, require, django_assert_num_queries, count
):
    User.objects.bulk_create(
        User(username=f"M-{n}", last_name="N", first_name="N", library=libraries.district) for n in range(count)
    )
    row, client = require(), as_user(people.hr)
    for address, costs in ((PAGE, LIST_COSTS), (row.get_absolute_url(), 17), (f"{PAGE}people/?state=due", 11)):
        client.get(address)
        with django_assert_num_queries(costs):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_required_of_a_person_costs_two_queries(people, require, django_assert_num_queries, count):
    for n in range(count):
        require(course=making.course(f"c{n}"))

    with django_assert_num_queries(2):
        assert len(requirements.of(people.learner, TODAY)) == count


def test_my_learning_says_what_is_required_and_until_when(as_user, people, require):
    require(due_on=timezone.localdate() + timedelta(days=3))

    response = as_user(people.learner).get("/learning/")

    assert [(one.course.code, one.days) for one in response.context["required"]] == [("sec", 3)]
    assert "Sizdan talab qilinadi" in response.text
    assert "kunigacha yakunlang, 3 kun qoldi." in response.text
    assert "Sizdan talab qilinadi" not in as_user(people.hr2).get("/learning/").text


def test_my_learning_speaks_of_days_of_grace_and_is_quiet_about_what_is_met_or_exempt(as_user, people, sec, require):
    today = timezone.localdate()
    row = require(due_on=today - timedelta(days=3), grace_days=14)
    response = as_user(people.learner).get("/learning/")
    assert [one.standing for one in response.context["required"]] == [Standing.GRACE]
    assert "shu kungacha kechikkan hisoblanmaydi" in response.text

    waiver = waivers.waive(requirement=row, person=people.learner, reason="x", by=people.hr, begins=today)
    assert as_user(people.learner).get("/learning/").context["required"] == []
    waivers.end(waiver=waiver, by=people.hr)
    making.complete(making.enrol(people.learner, sec))
    assert as_user(people.learner).get("/learning/").context["required"] == []


def test_overdue_of_a_nation_is_told_to_the_day_and_of_nobody_who_is_exempt(people, sec, require):
    requirement = require(grace_days=3)
    type(requirement).objects.update(due_on=TODAY - timedelta(days=3))
    User.objects.update(placed_on=TODAY - timedelta(days=400))
    mine = User.objects.filter(pk=people.learner.pk)
    assert not people_overdue(mine, sec, TODAY).exists()  # the last day of grace
    assert people_overdue(mine, sec, TODAY + timedelta(days=1)).exists()

    waivers.waive(requirement=requirement, person=people.learner, reason="x", begins=TODAY, by=people.hr)
    assert not people_overdue(mine, sec, TODAY + timedelta(days=1)).exists()
    assert not people_overdue(mine, None, TODAY + timedelta(days=1)).exists()
