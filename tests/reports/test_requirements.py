"""Requirements: set by HR in the own subtree, met by completing the course, shown to whom they concern."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Position
from certification.models import CertificateVersion, CourseCompletion
from reports import requirements
from reports.models import Requirement
from reports.requirements import Standing
from tests.seminars import making
from tests.seminars.conftest import said

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)
LATER = TODAY + timedelta(days=10)
PAGE = "/hr/requirements/"


@pytest.fixture
def require(people, sec, libraries):
    def make(library=None, course=sec, due_on=LATER, position=None):
        return requirements.require(
            library=library or libraries.region, course=course, due_on=due_on, by=people.hr, position=position
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

    assert asked(people.learner) == [("sec", TODAY - timedelta(days=5), Standing.DONE, -5)]


def test_an_expired_certificate_meets_nothing_until_it_is_renewed(people, sec, require):
    require()
    first = making.certify(making.enrol(people.learner, sec, done=3))
    CertificateVersion.objects.filter(pk=first.pk).update(expires_on=TODAY)
    assert asked(people.learner) == [("sec", LATER, Standing.DONE, 10)]

    CertificateVersion.objects.filter(pk=first.pk).update(expires_on=TODAY - timedelta(days=1))
    assert asked(people.learner) == [("sec", LATER, Standing.DUE, 10)]

    type(first.certificate.enrolment).objects.update(closed_at=timezone.now())
    making.certify(making.enrol(people.learner, sec, done=3, run_no=2))
    assert asked(people.learner) == [("sec", LATER, Standing.DONE, 10)]


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


# --- The page --------------------------------------------------------------------------------------------------------


def send(client, **fields):
    due_on = (timezone.localdate() + timedelta(days=30)).isoformat()
    return client.post(PAGE, {"course": "sec", "library": "SAM", "position": "", "due_on": due_on} | fields)


def test_hr_sets_one_and_withdraws_it(as_user, people, libraries, sec):
    client = as_user(people.hr)

    response = client.get(PAGE)
    assert [str(option) for option in response.context["form"].fields["library"].queryset] == [
        "Kutubxona SAM", "Kutubxona SAM-KAT", "Kutubxona SAM-URG",
    ]  # fmt: skip
    response = send(client)

    assert response["Location"] == PAGE
    row = Requirement.objects.get()
    assert (row.course, row.library, row.position, row.set_by) == (sec, libraries.region, None, people.hr)
    response = client.get(PAGE)
    assert response.context["rows"] == [(row, True)]
    assert said(response)[0][0] == "success"

    client.post(reverse("reports:withdraw", args=[row.pk]))
    assert client.get(PAGE).context["rows"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"library": "TSH"}, "library"),  # the other region
        ({"library": "UZ"}, "library"),  # above the own one
        ({"course": "nothing"}, "course"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"due_on": "31.02.2027"}, "due_on"),
        ({"position": "king"}, "position"),
    ],
)
def test_what_cannot_be_is_refused_in_the_readers_language_and_keeps_what_was_typed(as_user, people, fields, field):
    response = send(as_user(people.hr), **fields)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"][field].value() == fields[field]
    assert "Xatoni tuzating:" in response.text
    assert Requirement.objects.count() == 0


def test_the_same_twice_says_so(as_user, people):
    client = as_user(people.hr)
    send(client)

    response = send(client)

    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [
        "Bu talab allaqachon belgilangan. Muddatini oʻzgartirish uchun avval uni bekor qiling."
    ]


def test_one_from_above_is_seen_and_not_withdrawn_one_of_another_region_is_not_seen(
    as_user, people, libraries, require
):
    above, elsewhere = require(libraries.nation), require(libraries.other)
    below = require(libraries.district)
    client = as_user(people.hr)

    assert client.get(PAGE).context["rows"] == [(above, False), (below, True)]
    for row in (above, elsewhere):
        assert client.post(reverse("reports:withdraw", args=[row.pk])).status_code == 404
    assert Requirement.objects.in_force().count() == 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(
    as_user, people, libraries, require, django_assert_num_queries, count
):
    for library in (libraries.region, libraries.district, libraries.branch_less)[:count]:
        require(library)
    client = as_user(people.hr)
    client.get(PAGE)

    with django_assert_num_queries(11):
        assert len(client.get(PAGE).context["rows"]) == count


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
