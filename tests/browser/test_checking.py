"""HR is given papers to trust: a good file, an edited one, a revoked one, somebody else's; and a thousand codes at once."""

import io

from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts import jobs
from accounts.models import Job
from certification import drawing, files

from .conftest import PHONE, says


def give(page, name, data):
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    page.locator("main form[enctype] button").click()


def foreign():
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(50, 500, "Diplom")
    canvas.save()
    return out.getvalue()


def test_hr_tells_a_good_file_from_an_edited_a_revoked_and_a_foreign_one(visit, demonstration):
    version = demonstration.certificate_of("graduate")
    pdf, page = files.file_of(version=version), visit("hr", viewport=PHONE)
    headline = page.locator(".proof h1")

    page.goto("/verify/")
    give(page, "yaxshi.pdf", pdf)
    expect(headline).to_have_text(says("Untouched, and valid"))
    give(page, "tahrir.pdf", drawing.draw(version.payload | {"holder": "Boshqa Odam"}))
    expect(headline).to_have_text(says("Altered"))
    expect(page.locator("dl.facts dd")).to_have_text(version.payload["holder"])
    give(page, "begona.pdf", foreign())
    expect(headline).to_have_text(says("Not a certificate of ours"))

    page.goto(f"/hr/certificates/{version.payload['number']}/")
    page.get_by_text(says("Revoke"), exact=True).click()
    page.locator("#revoke-reason").fill("17-bayonnoma")
    page.get_by_role("button", name=says("Revoke the certificate")).click()
    expect(page.locator("h1 + .state")).to_have_text(says("Revoked"))
    page.goto("/verify/file/")
    give(page, "yaxshi.pdf", pdf)
    expect(headline).to_have_text(says("Untouched, but revoked"))


def test_hr_checks_a_thousand_codes_at_once(visit, demonstration):
    version, page = demonstration.certificate_of("graduate"), visit("hr", viewport=PHONE)
    page.goto("/verify/batch/")
    give(page, "kodlar.csv", "\n".join(["kod", *[version.code] * 999, "AAAA"]).encode())
    expect(page.locator("main")).to_contain_text(says("It will begin in a moment."))

    jobs.run_one(Job.objects.get().pk)  # the worker's part
    expect(page.locator("main table")).to_be_visible()  # the page looks again by itself
    with page.expect_download() as answer:
        page.get_by_role("link", name=says("The answer as a spreadsheet (XLSX)")).click()

    rows = list(load_workbook(io.BytesIO(answer.value.path().read_bytes())).active.iter_rows(values_only=True))
    assert len(rows) == 1001
    assert (rows[1][2], rows[1][4]) == (says("Valid"), version.payload["holder"])
    assert rows[1000][11] == says("A code has 12 characters. Typed here: %(n)s.") % {"n": 4}
