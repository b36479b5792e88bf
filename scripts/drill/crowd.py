"""The crowd: people who sign in, read, take a test, hand in homework, book seats and check in, one life after another.

python -m scripts.drill.crowd PORT SEATS, in the drill's folder (SABOQ_DRILL_DIR); SEATS people are there at a time. Ends after
SIGTERM, when those who are there have finished. What the server acknowledged stands in ledger.jsonl.
"""

import hashlib
import itertools
import json
import os
import random
import re
import signal
import sys
import threading
import time
from pathlib import Path

from .browser import Browser, Ledger, SignedOut, Trouble, Unexpected
from .world import PASSWORD

RIGHT, WRONG = "c2", "c1"  # tests/making.py: SINGLE
TEXTS = {"one uz": WRONG, "two uz": RIGHT}  # by which a reader knows them: a page tells places, not keys
OPTION = re.compile(r'type="radio" name="answer" value="(\d+)"[^>]*><span>(?:<[^>]+>)*([^<]+)<')
A_LIBRARY = 10  # people behind one network address
PATIENCE = 120  # seconds that somebody tries the same again
SIZE = 40_000  # bytes of a file of homework
stopping = threading.Event()


class Person:
    """One life at the platform. A fault is met as the page's script or a person meets it: once more, after a moment."""

    def __init__(self, world, ledger, port, phase, row):
        self.world, self.ledger, self.phase, self.dice = world, ledger, phase, random.Random(row[0])  # nosec B311
        self.pk, self.login, self.email = row
        library = self.pk // A_LIBRARY
        self.browser = Browser(port, f"10.1.{library // 250}.{library % 250 + 1}", ledger)
        self.waiting, self.sequence = {}, int(time.time() * 1000)

    def live(self):
        self.enter()
        self.again(lambda: self.leads_on(self.browser.post("begin", f"/courses/{self.world['course']}/begin/")))
        for pk, address in self.world["lessons"]:
            self.again(lambda address=address: self.expect(self.browser.get("lesson", address), 200))
            self.again(lambda pk=pk: self.leads_on(self.browser.post("done", f"/activities/{pk}/done/")))
            self.note("done", activity=pk)
        self.seat()
        self.check_in()
        self.homework()
        self.test()
        self.browser.close()

    # --- What a fault does to it ---------------------------------------------------------------------------------------------

    def again(self, deed):
        """Do it until it is done. A sign-in that is lost is made anew."""
        ends = time.monotonic() + PATIENCE
        while True:
            try:
                self.rest(0.05, 0.25)
                return deed()
            except SignedOut:
                self.note("signed out")
                self.enter()
            except Trouble:
                if time.monotonic() > ends:
                    raise Unexpected("no answer for two minutes") from None
                self.rest(0.4, 1.2)

    def rest(self, least, most):
        time.sleep(self.dice.uniform(least, most))

    def note(self, what, **details):
        self.ledger.note(what, person=self.pk, **details)

    @staticmethod
    def expect(answer, *statuses):
        if answer.status == 401 or (answer.status == 302 and answer.path == "/accounts/login/"):
            raise SignedOut(answer.status)
        if answer.status not in statuses:
            raise Unexpected(f"{answer.status}, not {statuses}: {answer.text[:300]}")
        return answer

    def leads_on(self, answer):
        """A form that was taken leads somewhere, but not to the sign-in."""
        self.expect(answer, 302)
        if answer.path.startswith("/accounts/"):
            raise Unexpected(f"led to {answer.path}")
        return answer

    # --- Its deeds -----------------------------------------------------------------------------------------------------------

    def enter(self):
        def sign_in():
            self.expect(self.browser.get("sign-in", "/accounts/login/"), 200, 302)
            answer = self.browser.post("sign-in", "/accounts/login/", {"login": self.login, "password": PASSWORD})
            self.expect(answer, 302)

        self.again(sign_in)
        self.again(lambda: self.expect(self.browser.get("learning", "/learning/"), 200))

    def seat(self):
        """At the run of this time of the drill, which has fewer seats than people come."""
        run = self.world["runs"][min(int(self.phase.read_text() or 0), len(self.world["runs"]) - 1)]
        self.again(lambda: self.leads_on(self.browser.post("seat", f"/seminars/runs/{run}/book/")))
        self.note("seat", run=run)

    def check_in(self):
        """The code is what the trainer's screen shows, by the server's clock."""
        session = self.world["session"]

        def mark():
            self.browser.get("learning", "/learning/")
            answer = self.browser.get("check-in", f"/checkin/{screen_code(session, time.time() + self.browser.skew)}/")
            if answer.status == 410:  # the clock was set between the two
                raise Trouble(410)
            self.expect(answer, 302)
            self.leads_on(self.browser.post("check-in", "/checkin/"))

        self.again(mark)
        self.note("mark", session=session)

    def homework(self):
        pk, address = self.world["homework"]
        content = (f"Vazifa {self.pk}\n" + f"{self.dice.random()}\n" * 4000).encode()[:SIZE]
        text = f"Javob {self.pk}"

        def hand_in():
            self.expect(self.browser.get("homework", address), 200)
            fields = {"text": text, "go": "hand_in"}
            answer = self.browser.upload("homework", f"/assignments/{pk}/homework/", fields, "vazifa.txt", content)
            if answer.status == 422:  # told why, with the text as it was typed
                if text not in answer.text:
                    raise Unexpected("what was typed is not on the page")
                self.note("refused")
                raise Trouble(422)
            self.leads_on(answer)

        self.again(hand_in)
        self.note("homework", assignment=pk, sha256=hashlib.sha256(content).hexdigest())

    def test(self):
        quiz = self.world["quiz"]
        answer = self.again(lambda: self.leads_on(self.browser.post("start", f"/quizzes/{quiz}/start/")))
        attempt = int(re.fullmatch(r"/attempts/(\d+)/", answer.path)[1])
        page = self.again(lambda: self.expect(self.browser.get("attempt", f"/attempts/{attempt}/"), 200))
        for slot, places in sorted(read_questions(page.text).items()):
            if self.dice.random() < 0.3:  # thought better of it
                self.give(attempt, slot, WRONG, places[WRONG])
            self.give(attempt, slot, RIGHT, places[RIGHT])
        self.again(lambda: self.flush(attempt, insist=True))
        self.again(lambda: self.leads_on(self.browser.post("hand in", f"/attempts/{attempt}/finish/")))
        self.note("handed in", attempt=attempt)

    def give(self, attempt, slot, value, place):
        """Kept here, sent at once; what could not be sent goes along with the next (static/js/waiting.js)."""
        self.sequence = max(self.sequence + 1, int(time.time() * 1000))
        self.waiting[slot] = (value, place, self.sequence)
        self.rest(0.05, 0.3)
        try:
            self.flush(attempt)
        except SignedOut:
            self.note("signed out")
            self.enter()

    def flush(self, attempt, insist=False):
        if not self.waiting:
            return
        sent, alone = dict(self.waiting), len(self.waiting) == 1
        fields = []
        for slot, (_value, place, sequence) in sent.items():
            suffix = "" if alone else f"-{slot}"
            fields += [] if alone else [("slot", slot)]
            fields += [(f"answer{suffix}", place), (f"sequence{suffix}", sequence)]
        path = f"/attempts/{attempt}/answers/" + (f"{next(iter(sent))}/" if alone else "")
        try:
            told = self.expect(self.browser.script("answer", path, fields), 200).json()
        except SignedOut:
            raise
        except Trouble:
            if insist:
                raise
            return
        if not alone and any(one["status"] != 200 for one in told["answers"]):
            raise Unexpected(f"answers refused: {told}")
        for slot, one in sent.items():
            value, _place, sequence = one
            self.note("answer", attempt=attempt, slot=slot, value=value, sequence=sequence)
            if self.waiting.get(slot) == one:
                del self.waiting[slot]


def read_questions(page):
    """{slot: {WRONG: its place, RIGHT: its place}} of the page of an attempt."""
    parts = re.split(r'data-slot="(\d+)"', page)[1:]
    found = {}
    for slot, text in zip(parts[::2], parts[1::2], strict=True):
        found[int(slot)] = {TEXTS[words]: place for place, words in OPTION.findall(text) if words in TEXTS}
    if not found or any(len(places) != 2 for places in found.values()):
        raise Unexpected(f"the questions cannot be read: {found}")
    return found


def screen_code(session, moment):
    from datetime import UTC, datetime

    from seminars.checkin_codes import code

    return code(session, datetime.fromtimestamp(moment, UTC))


def main(port, seats):
    place = Path(os.environ["SABOQ_DRILL_DIR"])
    import django

    django.setup()  # for the codes of the trainer's screen alone: the crowd asks no database
    world, ledger = json.loads((place / "world.json").read_text()), Ledger(place / "ledger.jsonl")
    people, lock = iter(world["people"]), threading.Lock()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())

    def chair():
        while not stopping.is_set():
            with lock:
                row = next(people, None)
            if row is None:
                ledger.note("nobody left")
                return
            person = Person(world, ledger, port, place / "phase", row)
            person.note("came")
            try:
                person.live()
                person.note("finished")
            except Exception as fault:
                person.note("gave up", why=f"{type(fault).__name__}: {fault}")

    threads = [threading.Thread(target=chair, daemon=True) for _ in itertools.repeat(None, seats)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.5)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
