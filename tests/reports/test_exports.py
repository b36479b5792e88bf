"""Every list of HR as CSV and XLSX: short ones at once, long ones by a job; who may take what, and for how long."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import jobs, sheets
from accounts.models import AuditEntry, Job, RoleGrant, User
from accounts.roles import withdraw
from certification import life
from certification.models import CertificateVersion, ExternalCertificate
from reports import exports
from reports.lists import LISTS
from reports.models import Requirement
from tests.kept import kept
from tests.seminars import making

pytestmark = pytest.mark.django_db
ENDINGS = ["csv", "xlsx"]
EVERYBODY = {"hr", "hr2", "director", "director2", "admin"}
OF_HR = {"hr", "hr2", "admin"}


@kept
def staff(people, libraries, sec):
    """In the district four more people in all states; all of the region have until yesterday to complete the course."""
    found = {name: making.person(name, library=libraries.district) for name in ("new", "begun", "done", "awarded")}
    for name, done in (("begun", 2), ("done", 3), ("awarded", 3)):
        run = making.enrol(found[name], sec, done=done)
        if name == "done":
            making.complete(run)
        if name == "awarded":
            version = making.certify(run)
            version.payload |= {"holder": "=Awarded", "hours": 36}
            version.save()
    Requirement.objects.create(
        library=libraries.region, course=sec, due_on=timezone.localdate() - timedelta(days=1), join_days=0,
        set_at=timezone.now(), set_by=people.admin,
    )  # fmt: skip
    return found


def body(response):
    data = b"".join(response.streaming_content)
    for close in response._resource_closers:  # the file; response.close() would end the test's database too
        close()
    return data


def read(data, ending, delimiter=";"):
    if ending == "csv":
        assert data.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=delimiter))
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


def take(client, name, ending="csv", **asked):
    """The rows of a short list."""
    query = "&".join(f"{key}={value}" for key, value in ({"lang": "en"} | asked).items())
    response = client.post(f"/hr/lists/{name}.{ending}?{query}")
    assert response.status_code == 200
    return read(body(response), ending, "," if name == "log" else ";")


# --- Short lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_list_of_people_is_taken_along_as_it_is_asked_for(as_user, people, staff, ending):
    rows = take(as_user(people.hr), "people", ending, course="sec", library="SAM-URG")

    told = {row[0]: [str(one or "") for one in row[8:11]] for row in rows[1:]}
    assert told == {
        "director": ["Not started", "", "3"], "learner": ["Not started", "", "3"], "new": ["Not started", "", "3"],
        "begun": ["In progress", "2", "3"], "done": ["Completed, no certificate", "3", "3"],
        "awarded": ["Certificate issued", "3", "3"],
    }  # fmt: skip
    assert rows[0][:2] == ["Login", "Family name"]
    assert len(take(as_user(people.hr), "people", ending, state="overdue")) == 1 + 7


@pytest.mark.parametrize(("state", "days", "number"), [
    ("certificate", None, True), ("certificate", 0, True), ("expired", -1, True), ("completed", "revoked", False),
])  # fmt: skip
def test_the_list_says_of_a_certificate_what_the_page_says(as_user, people, staff, state, days, number):
    today, version = (
        timezone.localdate(),
        CertificateVersion.objects.get(certificate__enrolment__learner=staff["awarded"]),
    )
    if days == "revoked":
        life.revoke(certificate=version.certificate, by=people.hr, ground="mistake", reason="x")
    elif days is not None:
        CertificateVersion.objects.update(expires_on=today + timedelta(days=days))
    client = as_user(people.hr)
    page = client.get(f"/hr/people/?state={state}&lang=en")

    rows = [row for row in take(client, "people", state=state) if row[0] == "awarded"]

    (shown,) = [line.courses for line in page.context["lines"] if line.person == staff["awarded"]]
    assert [(row[8], bool(row[13])) for row in rows] == [(str(shown[0].state.label), number)]


@pytest.mark.parametrize(
    ("name", "asked", "last"),
    [
        ("progress-by-library", "course=sec", ["Kutubxona SAM-URG en", 6, 3, 1, 2, 33, 1, 4, 6]),
        ("progress-by-course", "library=SAM-URG", ["Kurs smm en", 6, 0, 0, 0, 0, 0, 0]),
        ("progress-by-position", "course=sec", ["Kutubxonachi en", 9, 3, 1, 2, 22, 1, 7, 8]),
    ],
)
@pytest.mark.parametrize("ending", ENDINGS)
def test_the_tables_of_the_dashboard_are_taken_along(as_user, people, staff, ending, name, asked, last):
    rows = take(as_user(people.hr), name, ending, **dict([asked.split("=")]))

    assert [str(one) for one in rows[-1]] == [str(one) for one in last]
    assert len(rows[0]) == len(last)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_libraries_are_taken_along_with_their_people(as_user, people, staff, ending):
    rows = take(as_user(people.hr), "libraries", ending)

    assert [[str(one) for one in row] for row in rows] == [
        ["Code", "Library", "Level", "Type of library", "Belongs to", "Staff", "Staff with all below it"],
        ["SAM", "Kutubxona SAM en", "Regional centre", "Public", "UZ", "3", "9"],
        ["SAM-KAT", "Kutubxona SAM-KAT en", "District or city centre", "Public", "SAM", "0", "0"],
        ["SAM-URG", "Kutubxona SAM-URG en", "District or city centre", "Public", "SAM", "6", "6"],
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_meets_a_requirement_is_taken_along(as_user, people, staff, ending):
    row = Requirement.objects.get()
    client = as_user(people.hr)

    assert take(client, "requirements", ending)[1][:3] == ["Kurs sec en", "Kutubxona SAM en", "All positions"]
    assert [str(one) for one in take(client, "requirements", ending)[1][5:8]] == ["9", "2", "22"]
    rows = take(client, "requirement", ending, requirement=row.pk, state="compliant")
    assert {line[1] for line in rows if line[1] and line[1] in staff} == {"done", "awarded"}
    everybody = take(client, "required-people", ending, state="overdue", library="SAM-URG")
    assert {line[1] for line in everybody[1:]} == {"begun", "director", "learner", "new"}
    assert client.post(f"/hr/lists/requirement.{ending}").status_code == 404
    assert as_user(people.hr2).post(f"/hr/lists/requirement.{ending}?requirement={row.pk}").status_code == 404


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_never_signed_in_is_taken_along_without_a_code(as_user, people, staff, ending):
    from accounts import one_time_codes

    _row, code = one_time_codes.give(person=staff["new"], by=people.hr)
    User.objects.exclude(pk=staff["new"].pk).update(last_login=timezone.now())
    rows = take(as_user(people.hr), "invitations", ending)

    assert [row[1] for row in rows] == ["Login", "new"]
    assert rows[1][5] and rows[1][6]
    assert code not in str(rows)


@pytest.mark.parametrize("ending", ENDINGS)
def test_certificates_of_others_are_taken_along(as_user, people, staff, ending):
    ExternalCertificate.objects.create(
        person=staff["new"], issuer="=IFLA", title="Kurs", issued_on=timezone.localdate(), given_at=timezone.now(),
        link="https://x.example/",
    )  # fmt: skip

    rows = take(as_user(people.hr), "external", ending)
    assert rows[1][1] == "new" and rows[1][4] == {"csv": "'=IFLA", "xlsx": "=IFLA"}[ending]
    assert len(take(as_user(people.hr), "external", ending, state="approved")) == 1
    assert as_user(people.hr).post(f"/hr/lists/external.{ending}?state=lost").status_code == 404


def test_every_list_can_be_taken_along_by_those_who_see_its_page_alone(as_user, people, staff):
    row = Requirement.objects.get()
    may = dict.fromkeys(LISTS, OF_HR)
    may |= dict.fromkeys([name for name in LISTS if name.startswith(("progress", "requirement"))], EVERYBODY)
    may |= dict.fromkeys(("people", "attendance", "libraries", "required-people"), EVERYBODY)
    may |= {"log": {"admin"}, "requirement": {"hr", "director", "admin"}}
    found = {name: set() for name in LISTS}
    for who in vars(people):
        client = as_user(getattr(people, who))
        for name in LISTS:
            response = client.post(f"/hr/lists/{name}.csv?requirement={row.pk}")
            assert response.status_code in (200, 404)
            if response.status_code == 200:
                body(response)
                found[name].add(who)

    assert found == may
    assert as_user(people.hr).post("/hr/lists/nothing.csv").status_code == 404
    assert as_user(people.hr).post("/hr/lists/people.pdf").status_code == 404
    assert as_user(people.hr).post("/hr/lists/people.csv?library=TSH").status_code == 404
    assert as_user(people.hr).get("/hr/lists/people.csv").status_code == 405


def test_every_page_of_a_list_offers_both_files(as_user, people, staff):
    pages = {
        "/hr/": {"progress-by-library", "progress-by-course", "progress-by-position"}, "/hr/people/": {"people"},
        "/hr/libraries/": {"libraries"}, "/hr/requirements/": {"requirements"},
        f"/hr/requirements/{Requirement.objects.get().pk}/?state=overdue": {"requirement"},
        "/hr/requirements/people/": {"required-people"}, "/hr/certificates/": {"certificates"}, "/hr/log/": {"log"},
        "/hr/invitations/": {"invitations"},
    }  # fmt: skip
    making_entry = as_user(people.admin)
    making_entry.get(f"/hr/people/{people.learner.pk}/")  # an entry of the log

    for address, names in pages.items():
        text = making_entry.get(address).content.decode()
        offered = re.findall(r'(?:form)?action="/hr/lists/([a-z-]+)\.(csv|xlsx)\?', text)
        assert sorted(offered) == sorted((name, ending) for name in names for ending in ENDINGS), address


def test_who_took_what_along_stands_in_the_log_and_no_name(as_user, people, staff):
    take(as_user(people.hr), "people", library="SAM-URG", q="Karimova", course="sec")

    entry = AuditEntry.objects.get(deed="list exported")
    assert (entry.actor, entry.subject) == (people.hr, "people")
    assert entry.details["asked"] == {"library": "SAM-URG", "course": "sec"}
    assert (entry.details["ending"], entry.details["fields"]) == ("csv", ["q"])
    assert "Karimova" not in str(entry.details)


# --- The files -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@x", "#N/A", "a\x01<b>&", "  x", "a\nb"])
def test_a_text_stays_a_text(text):
    made = io.BytesIO()
    sheets.write(made, ["a", "b"], [[text, 1], [7, 1], [None, 1], ["", 1]], "xlsx")

    page = openpyxl.load_workbook(made).active
    assert [(cell.value, cell.data_type) for cell in page["A"]][1:] == [
        (text.replace("\x01", ""), "s"), (7, "n"), (None, "n"), (None, "n"),
    ]  # fmt: skip
    assert page["A2"].quotePrefix == text.startswith(("=", "+", "-", "@"))
    assert page["A1"].font.b and page.freeze_panes == "A2"


def test_what_would_be_a_formula_begins_with_an_apostrophe_in_a_csv():
    data = b"".join(sheets.as_csv(["a"], [['=HYPERLINK("http://x")'], [-7]]))

    assert data.decode("utf-8-sig").splitlines()[1:] == ['"\'=HYPERLINK(""http://x"")"', "-7"]


def test_a_csv_is_sent_while_it_is_made():
    taken = []

    def rows():
        for number in range(2_000):
            taken.append(number)
            yield [number]

    next(sheets.as_csv(["a"], rows()))
    assert len(taken) == sheets.AT_ONCE


# --- Long lists -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def long(monkeypatch):
    """Lists are long from four rows on."""
    monkeypatch.setattr(exports, "AT_ONCE", 3)
    monkeypatch.setattr(exports, "A_STEP", 2)


@pytest.fixture
def asked(as_user, people, staff, long):
    """The Job of HR's list of the district."""
    response = as_user(people.hr).post("/hr/lists/people.csv?library=SAM-URG&course=sec&q=karimova&lang=en")
    job = Job.objects.get(kind=exports.JOB)
    assert (response.status_code, response.url) == (302, f"/hr/exports/{job.pk}/")
    return job


def done(job):
    jobs.run_one(job.pk)
    job.refresh_from_db()
    return job


def test_a_long_list_is_made_by_a_job_in_the_scope_and_language_of_who_asked(as_user, people, staff, long):
    client = as_user(people.hr)
    client.post("/hr/lists/people.csv?library=SAM-URG&course=sec&lang=en")
    job = Job.objects.get(kind=exports.JOB)
    waiting = client.get(f"/hr/exports/{job.pk}/?lang=en").content.decode()
    assert "It will begin in a moment." in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting
    assert client.get(f"/hr/exports/{job.pk}/file/").status_code == 404

    assert jobs.run_due() == 1  # no broker: the sweep finds it in the rows
    job.refresh_from_db()

    assert (job.state, job.done, job.total, job.result["rows"]) == ("done", 6, 6, 6)
    page = client.get(f"/hr/exports/{job.pk}/?lang=en").content.decode()
    assert "6 rows are in the file." in page and "refresh" not in page
    response = client.get(f"/hr/exports/{job.pk}/file/")
    rows = read(body(response), "csv")
    assert rows[0][:2] == ["Login", "Family name"]
    assert {row[0] for row in rows[1:]} == {"director", "learner", "new", "begun", "done", "awarded"}
    assert response.headers["Content-Disposition"].startswith('attachment; filename="xodimlar-')
    entry = AuditEntry.objects.get(deed="list exported")
    assert entry.details == {"asked": {"library": "SAM-URG", "course": "sec"}, "ending": "csv", "job": job.pk}


def test_a_long_workbook_is_the_same_as_a_short_one(as_user, people, staff, monkeypatch):
    client = as_user(people.hr)
    short = take(client, "people", "xlsx", course="sec")
    monkeypatch.setattr(exports, "AT_ONCE", 3)
    client.post("/hr/lists/people.xlsx?course=sec&lang=en")
    job = done(Job.objects.get(kind=exports.JOB))

    with job.made.open() as made:
        assert read(made.read(), "xlsx") == short


def test_nobody_else_sees_or_fetches_it(as_user, people, asked):
    done(asked)

    for who in set(vars(people)) - {"hr"}:
        client = as_user(getattr(people, who))
        for address in (f"/hr/exports/{asked.pk}/", f"/hr/exports/{asked.pk}/file/"):
            assert client.get(address).status_code == 404, (who, address)
    assert f"/hr/exports/{asked.pk}/" not in as_user(people.admin).get("/hr/exports/").content.decode()
    assert f"/hr/exports/{asked.pk}/" in as_user(people.hr).get("/hr/exports/").content.decode()


def test_the_same_asked_twice_is_made_once(as_user, people, asked):
    client = as_user(people.hr)
    for again in (
        "course=sec&q=karimova&library=SAM-URG&lang=en",
        "library=SAM-URG&course=sec&q=karimova&page=2&lang=en",
    ):
        assert client.post(f"/hr/lists/people.csv?{again}").url == f"/hr/exports/{asked.pk}/"
    assert AuditEntry.objects.filter(deed="list exported").count() == 1

    for other in ("people.xlsx?library=SAM-URG&course=sec&q=karimova&lang=en", "people.csv?course=sec&q=karimova&lang=en",
                  "people.csv?library=SAM-URG&course=sec&q=karimova&lang=ru"):  # fmt: skip
        client.post(f"/hr/lists/{other}")
    assert exports.exports_of(people.hr).count() == 4
    done(asked)
    client.post(
        "/hr/lists/people.csv?library=SAM-URG&course=sec&q=karimova&lang=en"
    )  # made anew: people may have moved on
    assert exports.exports_of(people.hr).count() == 5


def test_nobody_fills_the_queue(as_user, people, asked, monkeypatch):
    monkeypatch.setattr(exports, "MOST_OPEN", 1)

    response = as_user(people.hr).post("/hr/lists/people.csv?lang=en", follow=True)
    assert "So many lists of yours are being made already." in response.content.decode()
    assert exports.exports_of(people.hr).count() == 1


def test_a_name_that_was_asked_for_is_forgotten_when_the_file_is_made(asked):
    assert "karimova" in str(asked.params)

    assert "karimova" not in str(done(asked).params)


def test_a_scope_that_shrank_before_it_was_made_makes_nothing(as_user, people, asked, libraries):
    withdraw(grant=RoleGrant.objects.get(person=people.hr), by=people.admin)
    done(asked)

    assert (asked.state, bool(asked.made)) == ("failed", False)
    assert "karimova" not in str(asked.params)


def test_a_part_of_the_scope_that_went_makes_nothing_either(as_user, people, staff, long, libraries):
    """The region's HR asks for all; the district then belongs to the other region."""
    client = as_user(people.hr)
    client.post("/hr/lists/people.csv?course=sec&lang=en")
    job = Job.objects.get(kind=exports.JOB)
    libraries.district.move(libraries.other, "sorted-child")

    assert done(job).state == "failed"
    assert "Your libraries or roles have changed" in client.get(f"/hr/exports/{job.pk}/?lang=en").content.decode()


@pytest.mark.parametrize("what", ["role", "library", "left"])
def test_a_scope_that_shrank_before_it_was_fetched_keeps_the_file_back(as_user, people, staff, long, libraries, what):
    client = as_user(people.hr)
    client.post("/hr/lists/people.csv?course=sec&lang=en")
    job = done(Job.objects.get(kind=exports.JOB))
    assert body(client.get(f"/hr/exports/{job.pk}/file/"))

    if what == "role":
        withdraw(grant=RoleGrant.objects.get(person=people.hr), by=people.admin)
    elif what == "library":
        libraries.district.move(libraries.other, "sorted-child")
    else:
        User.objects.filter(pk=people.hr.pk).update(is_active=False)

    assert client.get(f"/hr/exports/{job.pk}/file/").status_code in (302, 404)
    if what == "library":
        page = client.get(f"/hr/exports/{job.pk}/?lang=en").content.decode()
        assert "this file is not given out any more" in page and "/file/" not in page


def test_it_is_cancelled_before_it_begins(as_user, people, asked):
    response = as_user(people.hr).post(f"/hr/exports/{asked.pk}/?lang=en", follow=True)

    assert "Cancelled: no file is made." in response.content.decode()
    assert not jobs.run_one(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, bool(asked.made), "karimova" in str(asked.params)) == ("failed", False, False)


def test_it_is_cancelled_while_it_is_made(as_user, people, asked):
    def rows():
        for number in range(10):
            if number == 3:
                jobs.cancel(Job.objects.get(pk=asked.pk))
            yield [number]

    with pytest.raises(jobs.Ended):
        list(exports._told(asked, rows()))
    asked.refresh_from_db()
    assert (asked.state, asked.done) == ("failed", 2)


def test_what_was_cancelled_at_the_end_stays_cancelled(asked):
    jobs.cancel(asked)
    jobs._finish(asked, Job.State.DONE, result={})

    asked.refresh_from_db()
    assert asked.state == "failed"


def test_a_full_disk_is_said_and_leaves_nothing(asked, monkeypatch, settings, tmp_path):
    class Full(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"a half"
            raise OSError(28, "No space left on device")

    User.objects.filter(pk=asked.made_by_id).update(language="en")
    monkeypatch.setattr(exports, "File", lambda made: Full(b""))
    before = set(asked.made.storage.listdir("jobs")[1]) if asked.made.storage.exists("jobs") else set()
    done(asked)

    assert (asked.state, bool(asked.made)) == ("failed", False)
    assert asked.fault == "The server's disk is full. The administrator finds it in the log."
    after = set(asked.made.storage.listdir("jobs")[1]) if asked.made.storage.exists("jobs") else set()
    assert after == before


def test_the_file_goes_after_a_day_and_the_page_says_so(as_user, people, asked):
    done(asked)
    name = asked.made.name
    assert jobs.drop_old_files(timezone.now() + timedelta(hours=23)) == 0
    assert jobs.drop_old_files(timezone.now() + timedelta(hours=25)) == 1

    client = as_user(people.hr)
    assert not asked.made.storage.exists(name)
    assert client.get(f"/hr/exports/{asked.pk}/file/").status_code == 404
    assert "The file has been deleted." in client.get(f"/hr/exports/{asked.pk}/?lang=en").content.decode()
    assert "the file has been deleted" in client.get("/hr/exports/?lang=en").content.decode()
