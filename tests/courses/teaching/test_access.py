"""Every address of a trainer's daily work as every role, GET and POST. 302 is the way to sign in, or the answer to a deed."""

import pytest

from courses import announcing, question_reports
from courses.models import AttemptQuestion, Cohort, Enrolment, QuestionPool
from tests import making as pages
from tests.courses.teaching.test_progress_table import attempt
from tests.seminars import making

pytestmark = pytest.mark.django_db
WHO = ["nobody", "learner", "trainer", "trainer2", "editor", "hr", "hr2", "director", "director2", "admin"]


def only(refused=404, **others):
    return {who: others.get(who, 302 if who == "nobody" else refused) for who in WHO}


OWN = {"trainer": 200, "admin": 200}
FAULT = {"trainer": 422, "admin": 422}  # an empty form
DEED = {"trainer": 302, "admin": 302}
TABLE = {
    ("teaching_courses", "GET"): only(**OWN, trainer2=200),
    ("teaching_courses", "POST"): only(405),
    ("progress", "GET"): only(**OWN),
    ("progress", "POST"): only(405),
    ("progress_sheet", "GET"): only(**OWN),
    ("progress_sheet", "POST"): only(405),
    ("cohort_new", "GET"): only(**OWN),
    ("cohort_new", "POST"): only(**FAULT),
    ("cohorts", "GET"): only(**OWN, trainer2=200),
    ("cohorts", "POST"): only(405),
    ("cohort", "GET"): only(**OWN),
    ("cohort", "POST"): only(405),
    ("cohort_change", "GET"): only(**OWN),
    ("cohort_change", "POST"): only(**FAULT),
    ("cohort_archive", "GET"): only(405),
    ("cohort_archive", "POST"): only(**DEED),
    ("cohort_enrol", "GET"): only(405),
    ("cohort_enrol", "POST"): only(**FAULT),
    ("cohort_put_in", "GET"): only(405),
    ("cohort_put_in", "POST"): only(**DEED),
    ("cohort_take_out", "GET"): only(405),
    ("cohort_take_out", "POST"): only(**DEED),
    ("cohort_announce", "GET"): only(405),
    ("cohort_announce", "POST"): only(**FAULT),
    ("announcement", "GET"): only(learner=200),  # who was told
    ("announcement", "POST"): only(405),
    ("reports", "GET"): only(**OWN, trainer2=200, editor=200),
    ("reports", "POST"): only(405),
    ("report", "GET"): only(**OWN, editor=200),
    ("report", "POST"): only(**FAULT, editor=422),
    ("report_mistake", "GET"): only(learner=200),
    ("report_mistake", "POST"): only(learner=422),
}


@pytest.fixture
def addresses(people, sec, quiz, cohort):
    enrolment = making.enrol(people.learner, sec)
    enrolment.cohort = cohort
    enrolment.save()
    made = announcing.announce(cohort=cohort, title="x", text="x", by=people.trainer)
    version = pages.question(QuestionPool.objects.create(code="sec-1", titles={}, course=sec)).current
    row = attempt(enrolment, quiz)
    AttemptQuestion.objects.create(attempt=row, slot=1, version=version, order=["c1", "c2", "c3"])
    report = question_reports.report(version=version, by=people.hr, text="x")
    course, group = f"/teach/courses/{sec.pk}/", f"/teach/cohorts/{cohort.pk}/"
    return {
        "teaching_courses": "/teach/courses/",
        "progress": course,
        "progress_sheet": f"{course}progress.xlsx",
        "cohort_new": f"{course}cohorts/new/",
        "cohorts": "/teach/cohorts/",
        "cohort": group,
        "cohort_change": f"{group}change/",
        "cohort_archive": f"{group}archive/",
        "cohort_enrol": f"{group}enrol/",
        "cohort_put_in": f"{group}people/",
        "cohort_take_out": f"{group}people/{enrolment.pk}/remove/",
        "cohort_announce": f"{group}announce/",
        "announcement": f"/announcements/{made.pk}/",
        "reports": "/teach/reports/",
        "report": f"/teach/reports/{report.pk}/",
        "report_mistake": f"/attempts/{row.pk}/questions/1/report/",
    }


@pytest.mark.parametrize("who", WHO)
def test_who_may_open_what(as_user, people, addresses, who):
    """One set of rows for all addresses of a person: those who may do nothing first find out that nothing was done."""
    told = {}
    client = as_user(getattr(people, who, None))
    for name, method in TABLE:
        response = client.generic(method, addresses[name])
        told[name, method] = response.status_code
        if who == "nobody" and response.status_code == 302:
            assert response.url.startswith("/accounts/login/")
    wanted = {key: row[who] for key, row in TABLE.items()}
    if who == "nobody":
        wanted = {
            key: 302 if told[key] == 302 else wanted[key] for key in told
        }  # 405 may come before the way to sign in
    assert told == wanted
    if "302" not in str(set(told.values())) or who == "nobody":
        assert (Cohort.objects.get().archived, Enrolment.objects.get().cohort) == (False, Cohort.objects.get())


def test_every_address_has_its_row(addresses):
    from courses.urls import urlpatterns

    ours = {pattern.name for pattern in urlpatterns if pattern.callback.__module__.endswith(OURS)}
    assert ours == {name for name, _method in TABLE} == set(addresses)


OURS = ("teaching_views", "cohort_views", "question_report_views")


def test_the_teaching_page_leads_there(as_user, people):
    text = as_user(people.trainer).get("/teach/").text

    assert [
        address for address in ("/teach/courses/", "/teach/cohorts/", "/teach/reports/") if address not in text
    ] == []
