"""The learner's path by plain HTTP requests: links that stand on the pages are followed, forms are sent with what they offer."""

import io
import re
from urllib.parse import urldefrag, urljoin

import pytest
import requests
from bs4 import BeautifulSoup
from django.utils import translation
from pypdf import PdfReader

from cms.demo import right_values
from cms.sweeping import sweep
from courses.models import Attempt

NAME = "Namunayeva Tinglovchi Namuna qizi"


class Visitor:
    """Cookies and the page that was answered last. What the page does not offer cannot be pressed."""

    def __init__(self, home):
        self.requests = requests.Session()
        self.requests.trust_env = False
        self.go(home)

    def close(self):
        self.requests.close()

    def _read(self, answer):
        assert answer.status_code == 200, (answer.status_code, answer.url)
        self.address, self.bytes = answer.url, answer.content
        self.page = BeautifulSoup(answer.content, "html.parser")
        for template in self.page.find_all("template"):  # for scripts: a browser shows and sends nothing of it
            template.decompose()

    def go(self, address):
        self._read(self.requests.get(urldefrag(urljoin(getattr(self, "address", ""), address)).url))

    def follow(self, text, within="body"):
        links = self.page.select_one(within).find_all("a", href=True)
        self.go(next(link for link in links if text in words(link))["href"])

    def press(self, text, *answers, **typed):
        """Send the form in which a button with this text stands: its hidden fields, what was chosen before, what is `typed`.

        `answers`: values for the fields «answer», instead of what they hold.
        """
        button = next(button for button in self.page.find_all("button") if text in words(button) and can_press(button))
        form = button.find_parent("form") or self.page.find(id=button["form"])
        fields = [pair for pair in fields_of(form) if pair[0] not in typed and not (answers and pair[0] == "answer")]
        offered = {field["name"] for field in form.select("input[name], select[name], textarea[name]")}
        assert set(typed) <= offered
        fields += [*typed.items(), *(("answer", answer) for answer in answers)]
        if button.get("name"):
            fields.append((button["name"], button["value"]))
        send = self.requests.post if form.get("method") == "post" else self.requests.get
        kept = "data" if form.get("method") == "post" else "params"
        address = urljoin(self.address, form.get("action") or self.address)
        self._read(send(address, **{kept: fields}, headers={"Referer": self.address}))

    @property
    def title(self):
        return words(self.page.h1)

    def needs(self):
        return [words(line.b) for line in self.page.select("#needs .needs > li")]


def words(tag):
    return " ".join(tag.get_text().split())


def can_press(button):
    return not button.has_attr("disabled") and button.get("aria-hidden") != "true"


def fields_of(form):
    """The (name, value) pairs that a browser would send if nothing was touched."""
    for field in form.select("input[name]:not([disabled]), textarea[name], select[name]"):
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            yield field["name"], chosen["value"]
        elif field.name == "textarea":
            yield field["name"], field.get_text()
        elif field.get("type") not in ("radio", "checkbox") or field.has_attr("checked"):
            yield field["name"], field.get("value", "on")


def say(text, **values):
    with translation.override("uz"):
        said = translation.gettext(text)
    return said % values if values else said


@pytest.fixture
def visitor(live_server, demonstration):
    opened = []

    def come():
        opened.append(Visitor(live_server.url))
        return opened[-1]

    yield come
    for one in opened:
        one.close()


def sign_in(visitor, login, password):
    visitor.follow(say("Log in"))
    visitor.press(say("Log in"), login=login, password=password)


def pass_test(visitor):
    """Question by question."""
    visitor.press(say("Start the test"))
    attempt = Attempt.objects.get(pk=re.search(r"/attempts/(\d+)/", visitor.address)[1])
    rows = list(attempt.questions.select_related("version").order_by("slot"))
    for row in rows:
        if row.version.kind == "ordering":
            put_in_order(visitor, right_values(row))
            values = ()
        else:
            values = right_values(row)
        visitor.press(say("Save and finish" if row is rows[-1] else "Save, next"), *values)
    visitor.press(say("Submit for grading"))
    assert visitor.title == say("Passed")


def put_in_order(visitor, wanted):
    """By the buttons «up» alone."""
    for place, value in enumerate(wanted):
        while (here := order(visitor).index(value)) > place:
            line = visitor.page.select(".order > li")[here]
            visitor.press(words(line.find_all("button")[0]))
            assert order(visitor).index(value) == here - 1


def order(visitor):
    return [field["value"] for field in visitor.page.select(".order input[name=answer]")]


def mark_present(trainer, sessions):
    trainer.follow(say("Teaching"))
    waiting = say("marked %(marked)s of %(booked)s", marked=0, booked=1)
    rosters = [link["href"] for link in trainer.page.select("main a[href]") if waiting in words(link)]
    assert len(rosters) == sessions
    for address in rosters:
        trainer.go(address)
        person = next(group for group in trainer.page.find_all("fieldset") if "Tinglovchi" in words(group.legend))
        mark = next(label for label in person.find_all("label") if words(label) == say("Present"))
        trainer.press(say("Save the marks"), **{mark.input["name"]: mark.input["value"]})
        assert trainer.page.find("input", checked=True)["value"] == mark.input["value"]


def test_a_learner_walks_to_a_valid_certificate_by_http_alone(visitor, demonstration):
    learner, course = visitor(), demonstration.course()
    sign_in(learner, "TSH-0001", demonstration.PASSWORD)
    learner.follow(say("See the courses"), "main")
    learner.follow(course.titles["uz"], "main")
    learner.press(say("Begin the course"))
    lessons = demonstration.lesson_rows()
    for number in range(1, 6):
        for lesson in lessons[3 * number - 3 : 3 * number]:
            assert learner.title == lesson.titles["uz"]
            assert len(learner.page.select("svg desc, svg title")) > 0
            assert learner.page.select(".selfcheck details")
            learner.press(words(learner.page.select_one("form.next button")))
        pass_test(learner)
        learner.go(learner.page.select_one("main .actions a")["href"])
        assert learner.page.select_one("#homework")
        learner.go(learner.page.select_one("article .next a")["href"])  # it does not count in this course
    assert learner.title == "Yakuniy test"
    pass_test(learner)

    learner.go(course.addresses["uz"])
    assert learner.needs() == ["15 / 15", "5 / 5", "1 / 1", "0 / 6", "–"]
    for number in range(3):
        learner.go(course.addresses["uz"])
        learner.go(learner.page.select("#seminars h3 a")[number]["href"])
        learner.press(say("Book a seat"), run=learner.page.find("input", {"name": "run"})["value"])
        assert say("Your seat is booked") in words(learner.page.main)
    demonstration.begin_sessions_of("learner")
    trainer = visitor()
    sign_in(trainer, "trainer@example.org", demonstration.PASSWORD)
    mark_present(trainer, sessions=3)
    learner.go(course.addresses["uz"])
    assert learner.needs() == ["15 / 15", "5 / 5", "1 / 1", "6 / 6", "–"]
    learner.follow(say("Confirm the name on the certificate"), "#needs")
    learner.press(say("The name is right"), certificate_name=NAME)
    sweep()

    learner.follow(say("My learning"))
    assert course.titles["uz"] in words(learner.page.select_one("[aria-labelledby=news]"))
    learner.follow(say("Public page"))
    public = learner.address
    learner.press(say("Log out"))
    learner.go(public)
    assert learner.title == say("Valid")
    assert NAME in [words(fact) for fact in learner.page.select("dl.facts dd")]
    sign_in(learner, "TSH-0001", demonstration.PASSWORD)
    learner.go("/learning/")
    learner.follow(say("Download PDF"))
    text = "".join(PdfReader(io.BytesIO(learner.bytes)).pages[0].extract_text().split())
    assert NAME.replace(" ", "") in text
