"""A region is brought in, invited, asked to learn, followed to an overdue and to a certificate, and reported; its neighbour sees nothing."""

import io
import re
from datetime import timedelta

from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from accounts import jobs
from accounts.models import Job, StaffImport, User
from certification import award
from reports import totals
from reports.models import Requirement
from seminars.models import Seminar
from tests.certification import studying

from .conftest import DESK, says

# As such files come: a title above, semicolons, Windows-1251, Cyrillic and Latin mixed, an odd column, an empty row, somebody who is there already.
MESSY = """Ходимлар рўйхати 2026;;;;;;
;;;;;;
Фамилия;Имя;Отчество;Kutubxona;Лавозими;Табельный номер;Изоҳ
Каримова;Нигора;Салимовна;TSH-01;Кутубхоначи;00123;
G'ulomova;Zulfiya;;tsh-01;librarian;124;yangi
;;;;;;
НАМУНАЕВА;Тингловчи;;TSH-01;;;бор
Begona;Odam;;SAM-01;librarian;;boshqa viloyat
"""


def test_hr_brings_a_region_in_and_follows_it_to_the_report(visit, demonstration):
    page = visit("hr", viewport=DESK)
    nigora, zulfiya = bring_in(page)
    sheet = print_invitations(page)
    sign_in_by_code(visit, sheet, nigora)
    requirement = ask_all_librarians(page)
    certify(nigora)
    let_time_pass(requirement)
    follow(page, requirement, nigora, zulfiya)
    export(page)
    see_nothing_of_it(visit("hr2", viewport=DESK), requirement, nigora)


def bring_in(page):
    page.goto("/hr/")
    page.get_by_role("link", name=says("Staff import")).click()
    page.set_input_files(
        "input[type=file]",
        {"name": "xodimlar.csv", "mimeType": "text/csv", "buffer": MESSY.encode("cp1251", "replace")},
    )
    page.locator("main form[enctype] button").click()
    expect(page.locator("main")).to_contain_text("Каримова")
    verdicts = dict(StaffImport.objects.get().rows.values_list("line", "verdict"))
    assert sorted(verdicts.values()) == ["new", "new", "refused", "same"]
    page.locator("form[action$='/apply/'] button").click()
    for job in Job.objects.filter(finished_at=None):  # the worker's part
        jobs.run_one(job.pk)
    page.reload()
    found = User.objects.filter(
        library__code="TSH-01", position__code="librarian", personnel_number__in=["00123", "124"]
    )
    nigora, zulfiya = found.order_by("personnel_number")
    assert (nigora.last_name, zulfiya.last_name) == ("Каримова", "Gʻulomova")
    expect(page.locator("main")).to_contain_text(nigora.username)
    return nigora, zulfiya


def print_invitations(page):
    page.goto("/hr/invitations/?library=TSH-01")
    page.locator("#whole").check() if page.locator("#whole").count() else page.locator("[name=person]").check()
    with page.expect_download() as download:
        page.get_by_role("button", name=says("Print a sheet (PDF)")).click()
    return "\n".join(one.extract_text() for one in PdfReader(download.value.path()).pages)


def sign_in_by_code(visit, sheet, person):
    """On a phone, from the slip: login and code, a password, the first steps."""
    slip = sheet[sheet.index(person.username) :]
    code = re.search(r"\b[A-Z0-9]{4}(?:[ -][A-Z0-9]{4}){2,}\b", slip)[0]
    page = visit()
    page.goto("/accounts/code/")
    page.locator("[name=login]").fill(person.username.lower())
    page.locator("[name=code]").fill(code.lower())
    page.get_by_role("button", name=says("Go on")).click()
    for field in page.locator("input[type=password]").all():
        field.fill("daryo-bolalar-kitobi")
    page.get_by_role("button", name=says("Save the password and log in")).click()
    expect(page).to_have_url(re.compile("/accounts/first-steps/"))
    page.goto("/learning/")
    expect(page.locator("h1")).to_be_visible()
    person.refresh_from_db()
    assert person.last_login


def ask_all_librarians(page):
    page.goto("/hr/requirements/new/")
    page.locator("[name=course]").select_option("SEC")
    page.locator("[name=library]").select_option("TSH-01")
    page.locator("[name=position]").select_option("librarian")
    page.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    page.locator("[name=join_days]").fill("0")
    page.locator("[name=grace_days]").fill("0")
    page.locator("[name=enrols]").check()
    page.get_by_role("button", name=says("See how many people it concerns")).click()
    page.get_by_role("button", name=says("Require it")).click()
    requirement = Requirement.objects.get(library__code="TSH-01", position__code="librarian")
    expect(page.locator("main")).to_contain_text(requirement.course.titles["uz"])
    return requirement


def certify(person):
    """What she does in the next weeks, as the rooms below know it; the page of it is another walk's."""
    enrolment = person.enrolments.get(course__code="SEC")
    User.objects.filter(pk=person.pk).update(
        certificate_name="Karimova Nigora", certificate_name_confirmed_at=timezone.now()
    )
    studying.do(enrolment, now=timezone.now())
    for seminar in Seminar.objects.filter(course__code="SEC"):
        studying.attend(person, seminar, seminar.planned_hours, when=timezone.now())
    award.consider(learner=person.pk, course=enrolment.course_id, now=timezone.now())
    assert award.issue(completion=enrolment.completion.pk, now=timezone.now())


def let_time_pass(requirement):
    past = timezone.now() - timedelta(days=60)
    Requirement.objects.filter(pk=requirement.pk).update(set_at=past, due_on=timezone.localdate() - timedelta(days=1))
    User.objects.filter(library__code="TSH-01").update(placed_on=past.date())
    totals.recount()


def follow(page, requirement, nigora, zulfiya):
    page.goto(f"/hr/requirements/{requirement.pk}/?state=overdue")
    table = page.locator("main table").last
    expect(table).to_contain_text("Gʻulomova")
    expect(table).not_to_contain_text("Каримова")
    page.goto("/hr/people/?library=TSH-01&course=SEC&state=certificate")
    expect(page.locator("main table")).to_contain_text("Каримова")
    page.goto("/hr/")
    page.locator(".ledger .is-bad a").last.click()
    expect(page.locator("main table")).to_contain_text("Gʻulomova")
    page.goto(f"/hr/people/{nigora.pk}/")
    expect(page.locator("main")).to_contain_text("SBQ-")
    page.goto(f"/hr/people/{zulfiya.pk}/")
    expect(page.locator("h1")).to_contain_text("Gʻulomova")


def export(page):
    page.goto("/hr/people/?library=TSH")
    with page.expect_download() as download:
        page.locator('form[action*="people.xlsx"] button').first.click()
    rows = [
        [str(cell) for cell in row]
        for row in load_workbook(io.BytesIO(download.value.path().read_bytes())).active.iter_rows(values_only=True)
    ]
    assert any("Каримова" in " ".join(row) for row in rows) and not any("SAM" in " ".join(row) for row in rows)
    year, half = timezone.localdate().year, 1 if timezone.localdate().month < 7 else 2
    response = page.request.get(f"/hr/report/?library=TSH&half={year}-{half}")
    assert "Toshkent" in PdfReader(io.BytesIO(response.body())).pages[0].extract_text()


def see_nothing_of_it(page, requirement, nigora):
    page.goto("/hr/people/?q=Karimova")
    expect(page.locator("main table tbody tr")).to_have_count(0)
    for address in (
        f"/hr/people/{nigora.pk}/", f"/hr/people/{nigora.pk}/transcript.pdf", f"/hr/requirements/{requirement.pk}/", "/hr/?library=TSH",
        "/hr/report/?library=TSH&half=2026-2", "/hr/libraries/TSH-01/", "/hr/invitations/?library=TSH-01",
        f"/hr/import/{StaffImport.objects.get().pk}/",
    ):  # fmt: skip
        assert page.request.get(address).status == 404, address
    page.goto("/hr/people/")
    with page.expect_download() as download:
        page.locator('form[action*="people.xlsx"] button').first.click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert not any("TSH" in str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
