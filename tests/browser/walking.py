"""A learner who uses only what the pages offer. The right answers come from the attempt's own rows: no page tells them."""

import re

from playwright.sync_api import expect

from cms.demo import right_values
from courses.models import Attempt

from .conftest import says


class Learner:
    def __init__(self, page):
        self.page = page

    def press(self, text, within=None, **values):
        (within or self.page).get_by_role("button", name=says(text, **values)).first.click()

    def follow(self, text, within=None, **values):
        (within or self.page).get_by_role("link", name=says(text, **values)).first.click()

    def sign_in(self, login, password):
        self.page.goto("/")
        self.follow("Log in")
        self.page.get_by_label(says("Login or e-mail")).fill(login)
        self.page.get_by_label(says("Password"), exact=True).fill(password)
        self.press("Log in")

    def needs(self):
        """What the course page says is still needed: {subject: «have / need»}."""
        lines = self.page.locator("#needs .needs > li")
        return {line.locator("span").first.inner_text(): line.locator("b").inner_text() for line in lines.all()}

    def mark_lessons_done(self):
        """The three lessons of a module; the last one leads to its test."""
        for _lesson in range(3):
            expect(self.page.locator("article form.next")).to_be_visible()
            self.mark_done()

    def mark_done(self):
        self.page.locator("form.next button").first.click()

    def go_past_homework(self):
        """Homework does not count in this course: its page leads on."""
        expect(self.page.locator("#homework")).to_be_visible()
        self.page.locator("article .next a").click()

    def book_seminars(self, count):
        """From the course's page, and back to it."""
        course = self.page.url
        for number in range(count):
            self.page.locator("#seminars h3 a").nth(number).click()
            self.page.locator("input[name=run]").first.check()
            self.press("Book a seat")
            expect(self.page.get_by_text(says("Your seat is booked")).first).to_be_visible()
            self.page.goto(course)

    def confirm_name(self, name):
        """From what the course's page says is missing."""
        self.follow("Confirm the name on the certificate", self.page.locator("#needs"))
        self.page.get_by_role("textbox").fill(name)
        self.press("The name is right")
        expect(self.page.get_by_text(name).first).to_be_visible()

    # --- A test ---------------------------------------------------------------------------------------------------------

    def start_test(self):
        """Press «start» on the page of a test. Returns the Attempt."""
        self.press("Start the test")
        self.page.wait_for_url("**/attempts/*/**")  # with a script the page itself says so, once it has come
        return Attempt.objects.get(pk=re.search(r"/attempts/(\d+)/", self.page.url)[1])

    def answer_all(self, attempt):
        """From the first question to the page that asks whether to finish."""
        rows = list(attempt.questions.select_related("version").order_by("slot"))
        for row in rows:
            self.answer(row)
            self.press("Save and finish" if row is rows[-1] else "Save, next")

    def answer_page(self, attempt):
        """A test with all its questions on one page, to the page that asks whether to finish."""
        for row in attempt.questions.select_related("version").order_by("slot"):
            self.answer(row, within=self.page.locator(f"#q{row.slot}"))
        self.press("Save and finish")

    def pass_test(self):
        attempt = self.start_test()
        self.answer_all(attempt)
        self.press("Submit for grading")
        expect(self.page.locator("h1")).to_have_text(says("Passed"))
        return attempt

    def go_on_from_test(self):
        self.page.locator("main .actions a").first.click()

    def answer(self, row, within=None):
        """Give the right answer of an AttemptQuestion to the question that is shown, or to that `within` a part of the page."""
        values, kind = right_values(row), row.version.kind
        within = within or self.page
        if kind in ("numerical", "short_answer"):
            within.get_by_role("textbox").fill(values[0])
        elif kind == "matching":
            for select, value in zip(within.locator("select[name^=answer]").all(), values, strict=True):
                select.select_option(value)
        elif kind == "cloze":
            fields = within.locator(".cloze :is(select, input[type=text])").all()
            for field, value in zip(fields, values[1::2], strict=True):
                is_list = field.evaluate("field => field.tagName") == "SELECT"
                field.select_option(value) if is_list else field.fill(value)
        elif kind == "ordering":
            self.put_in_order(values, within)
        else:
            for value in values:
                within.locator(f"input[name^=answer][value='{value}']").check()

    def put_in_order(self, wanted, within):
        fields = within.locator(".order input[name^=answer]")
        for place, value in enumerate(wanted):
            while (here := [field.get_attribute("value") for field in fields.all()].index(value)) > place:
                line = within.locator(".order > li").nth(here)
                line.get_by_role("button", name=says("Up:")).click()
                expect(fields.nth(here - 1)).to_have_value(value)

    def see_saved(self):
        expect(self.page.locator("[data-state]")).to_contain_text(says("Saved"))


def mark_present(page, name, *, sessions):
    """The trainer, on the phone: every session under way on which this person alone has a seat."""
    page.goto("/teach/")
    waiting = says("marked %(marked)s of %(booked)s", marked=0, booked=1)
    links = page.locator("main a[href*='/teach/sessions/']").all()
    rosters = [link.get_attribute("href") for link in links if waiting in link.inner_text()]
    assert len(rosters) == sessions
    for address in rosters:
        page.goto(address)
        person = page.get_by_role("group", name=re.compile(name))
        person.get_by_role("radio", name=says("Present"), exact=True).check()
        page.get_by_role("button", name=says("Save the marks")).click()
        expect(person.get_by_role("radio", name=says("Present"), exact=True)).to_be_checked()
