"""The cheating list: whatever is sent, it is refused, stands in the attempt's log, and the score is what it would have been."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from courses import attempts
from courses.models import Attempt, AttemptEvent, AttemptQuestion
from tests import making
from tests.kept import kept

from .test_forged import CONTENTS, GOOD, slot_of

SINGLE, MULTIPLE, ORDERING = slot_of("single"), slot_of("multiple"), slot_of("ordering")
LAST = len(CONTENTS)


@kept
def attempt(bedrock, learner):
    """An open attempt with one question of each kind, all answered; number 20 is the newest."""
    page = making.course(quiz=True)
    quiz = making.row(page).activities.get(kind="quiz").quiz
    pool = quiz.draws.get().pool
    now = timezone.now()
    made = Attempt.objects.create(
        enrolment=making.enrol(learner, page), quiz=quiz, number=1, started_at=now, closes_at=now + timedelta(hours=1),
        grace_seconds=30, pass_mark=70,
    )  # fmt: skip
    for slot, kind in enumerate(CONTENTS, 1):
        version = making.question(pool, kind, CONTENTS[kind]).current
        AttemptQuestion.objects.create(
            attempt=made, slot=slot, version=version, order=attempts.shuffled(version), opened_at=now
        )
        attempts.save_answer(attempt=made, slot=slot, values=GOOD[kind], sequence=20, now=now)
    return made


@kept
def learner(bedrock):
    return making.person()


def one(attempt, slot, *values, sequence=30, **fields):
    """As the page's script sends an answer."""
    return f"answers/{slot}/", {"answer": list(values), "sequence": str(sequence)} | fields


def several(attempt, *items, **fields):
    """As the page's script sends answers that had to wait: (slot, values, sequence) each."""
    data = {"slot": [slot for slot, _values, _sequence in items]} | fields
    for slot, values, sequence in items:
        data |= {f"answer-{slot}": values, f"sequence-{slot}": str(sequence)}
    return "answers/", data


def form(attempt, slot, *values, **fields):
    """As the form of one question sends it."""
    return "", {"slot": slot, "answer": list(values), "go": "next"} | fields


def whole(attempt, **fields):
    """As the form with all questions sends it."""
    return "", {"page": "all", "go": "stay"} | fields


def shown(attempt, *slots):
    """As the page's script tells that it shows questions."""
    return "events/", {"kind": "opened", "slot": list(slots)}


def late(attempt):
    now = timezone.now()
    times = {"started_at": now - timedelta(hours=1), "closes_at": now - timedelta(seconds=31)}
    Attempt.objects.filter(pk=attempt.pk).update(**times)


def handed_in(attempt):
    attempts.submit(attempt=attempt, now=timezone.now())


RIGHT = "0"  # some answer that would be taken
CHEATS = {
    # name: (what is sent, by whom, what happened before, what the log says: reason and slot)
    "an answer to a question that was not drawn": (lambda a: one(a, LAST + 1, RIGHT), None, ("not_drawn", LAST + 1)),
    "the same by the form": (lambda a: form(a, LAST + 1, RIGHT), None, ("not_drawn", LAST + 1)),
    "more answers than questions": (
        lambda a: whole(a, slot=[*range(1, LAST + 5)], **{f"answer-{n}": RIGHT for n in range(1, LAST + 5)}),
        None,
        ("not_drawn", None),
    ),
    "more answers than one question takes": (lambda a: one(a, SINGLE, "0", "1", "2"), None, ("unreadable", SINGLE)),
    "a known question ten times in the form": (
        lambda a: whole(a, slot=[SINGLE] * 10, **{f"answer-{SINGLE}": [RIGHT]}), None, ("repeated", None)
    ),
    "a known question ten times in the form of one": (
        lambda a: form(a, [SINGLE] * 10, RIGHT), None, ("repeated", SINGLE)
    ),
    "a known answer ten times": (lambda a: one(a, MULTIPLE, *["0"] * 10), None, ("unreadable", MULTIPLE)),
    "after the deadline and its grace": (lambda a: one(a, SINGLE, RIGHT), late, ("late", SINGLE)),
    "the form after the deadline and its grace": (lambda a: form(a, SINGLE, RIGHT), late, ("late", SINGLE)),
    "the whole form after the deadline": (
        lambda a: whole(a, slot=[SINGLE], **{f"answer-{SINGLE}": RIGHT}), late, ("late", None)
    ),
    "after it was handed in": (lambda a: one(a, SINGLE, RIGHT), handed_in, ("handed_in", SINGLE)),
    "the form after it was handed in": (lambda a: form(a, SINGLE, RIGHT), handed_in, ("handed_in", None)),
    "a replayed form": (lambda a: form(a, SINGLE, "0", sequence="10"), None, ("older", SINGLE)),
    "a replayed request": (lambda a: one(a, SINGLE, "0", sequence=20), None, ("older", SINGLE)),
    "a replayed whole form": (
        lambda a: whole(a, slot=[SINGLE], sequence="19", **{f"answer-{SINGLE}": "0"}), None, ("older", SINGLE)
    ),
    "a number above all that come after it": (
        lambda a: one(a, SINGLE, RIGHT, sequence=10**15 + 1), None, ("unreadable", SINGLE)
    ),
    "an order with a line twice": (lambda a: one(a, ORDERING, "0", "0", "1"), None, ("unreadable", ORDERING)),
    "an order with a line of its own": (lambda a: one(a, ORDERING, "0", "1", "3"), None, ("unreadable", ORDERING)),
    "an order by ids": (lambda a: one(a, ORDERING, "s0", "s1", "s2"), None, ("unreadable", ORDERING)),
    "another person's attempt": (lambda a: one(a, SINGLE, RIGHT), "another", ("foreign", SINGLE)),
    "another person's attempt by the form": (lambda a: form(a, SINGLE, RIGHT), "another", ("foreign", None)),
    "a question shown that was not drawn": (lambda a: shown(a, SINGLE, LAST + 1), None, ("not_drawn", None)),
    "no question shown": (shown, None, ("unreadable", None)),
    "a question shown by a name": (lambda a: shown(a, "first"), None, ("unreadable", None)),
    "an event that there is not": (lambda a: ("events/", {"kind": "submitted"}), None, ("unreadable", None)),
    "a question shown after the deadline": (lambda a: shown(a, SINGLE), late, ("late", None)),
    "a question shown after it was handed in": (lambda a: shown(a, SINGLE), handed_in, ("handed_in", None)),
    "a question shown to another person": (lambda a: shown(a, SINGLE), "another", ("foreign", None)),
    "another person's page left": (lambda a: ("events/", {"kind": "left"}), "another", ("foreign", None)),
    "several, one of a question that was not drawn": (
        lambda a: several(a, (SINGLE, ["1"], 20), (LAST + 1, [RIGHT], 30)), None, ("not_drawn", LAST + 1)
    ),
    "several, one with too many values": (
        lambda a: several(a, (SINGLE, ["0", "1"], 30), (MULTIPLE, ["0", "2"], 20)), None, ("unreadable", SINGLE)
    ),
    "several, a known question ten times": (
        lambda a: several(a, *[(SINGLE, [RIGHT], 30)] * 10), None, ("repeated", None)
    ),
    "several, more than there can be": (
        lambda a: several(a, *[(n, [RIGHT], 30) for n in range(1, 202)]), None, ("repeated", None)
    ),
    "several, none": (several, None, ("unreadable", None)),
    "several, one replayed": (
        lambda a: several(a, (SINGLE, ["0"], 20), (MULTIPLE, ["0", "2"], 20)), None, ("older", SINGLE)
    ),
    "several without a number": (lambda a: ("answers/", {"slot": SINGLE, "answer-1": "0"}), None, ("unreadable", SINGLE)),
    "several after the deadline and its grace": (
        lambda a: several(a, (SINGLE, ["0"], 30), (MULTIPLE, ["0"], 30)), late, ("late", SINGLE)
    ),
    "several after it was handed in": (
        lambda a: several(a, (SINGLE, ["0"], 30), (MULTIPLE, ["0"], 30)), handed_in, ("handed_in", SINGLE)
    ),
    "several of another person's attempt": (
        lambda a: several(a, (SINGLE, ["0"], 30), (MULTIPLE, ["0"], 30)), "another", ("foreign", SINGLE)
    ),
    "a mark in another person's attempt": (
        lambda a: (f"answers/{SINGLE}/", {"flag": "1"}), "another", ("foreign", SINGLE)
    ),
    "handing in for another person": (lambda a: ("finish/", {}), "another", ("foreign", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_what_is_no_honest_answer_is_refused_logged_and_changes_no_score(client, attempt, learner, name):
    send, before, expected = CHEATS[name]
    if callable(before):
        before(attempt)
    person = making.person("another") if before == "another" else learner
    client.force_login(person)
    held = list(
        attempt.questions.order_by("slot").values(
            "slot", "answer", "sequence", "order", "score", "saved_at", "opened_at"
        )
    )
    stood = Attempt.objects.values().get(pk=attempt.pk)
    logged = AttemptEvent.objects.count()
    path, data = send(attempt)

    answer = client.post(f"/attempts/{attempt.pk}/{path}", data)

    assert answer.status_code in (200, 302, 400, 404, 409)
    if path != "answers/":  # of several each has its own
        assert (answer.status_code == 200) == (expected[0] == "older" and path != "")  # told what stands
    kept = attempt.questions.order_by("slot").values(
        "slot", "answer", "sequence", "order", "score", "saved_at", "opened_at"
    )
    assert list(kept) == held
    assert Attempt.objects.values().get(pk=attempt.pk) == stood
    event = AttemptEvent.objects.get(pk__gt=0, kind=AttemptEvent.Kind.REFUSED)
    assert (event.attempt, event.details["reason"], event.slot) == (attempt, *expected)
    assert event.details.get("person") == (person.pk if before == "another" else None)
    assert AttemptEvent.objects.count() == logged + 1


def test_the_same_answer_ten_times_is_one_answer(client, attempt, learner):
    """A client that lost the acknowledgement is honest: nothing is refused."""
    client.force_login(learner)
    for _ in range(10):
        assert (
            client.post(f"/attempts/{attempt.pk}/answers/{SINGLE}/", {"answer": "2", "sequence": "40"}).status_code
            == 200
        )

    row = attempt.questions.get(slot=SINGLE)
    assert (row.answer, row.sequence) == (row.order[2], 40)
    assert not AttemptEvent.objects.filter(kind=AttemptEvent.Kind.REFUSED).exists()


def test_of_several_the_honest_ones_are_kept_and_each_refusal_is_told(client, attempt, learner):
    client.force_login(learner)
    path, data = several(
        attempt, (SINGLE, ["2"], 40), (LAST + 1, ["0"], 41), (ORDERING, ["0"], 42), (MULTIPLE, ["1", "3"], 43)
    )
    told = client.post(f"/attempts/{attempt.pk}/{path}", data | {f"flag-{MULTIPLE}": "1", f"ago-{SINGLE}": "5000"})

    assert told.status_code == 200
    assert [(one["slot"], one["status"]) for one in told.json()["answers"]] == [
        (SINGLE, 200), (LAST + 1, 404), (ORDERING, 400), (MULTIPLE, 200)
    ]  # fmt: skip
    rows = {row.slot: row for row in attempt.questions.all()}
    assert (rows[SINGLE].answer, rows[SINGLE].sequence) == (rows[SINGLE].order[2], 40)
    assert (rows[MULTIPLE].answer, rows[MULTIPLE].flagged) == ([rows[MULTIPLE].order[n] for n in (1, 3)], True)
    assert rows[ORDERING].sequence == 20
    refused = AttemptEvent.objects.filter(kind=AttemptEvent.Kind.REFUSED).order_by("pk")
    assert [(event.slot, event.details["reason"]) for event in refused] == [
        (LAST + 1, "not_drawn"), (ORDERING, "unreadable")
    ]  # fmt: skip


def test_a_mark_alone_touches_no_answer(client, attempt, learner):
    client.force_login(learner)
    before = attempt.questions.values("answer", "sequence", "saved_at").get(slot=SINGLE)
    assert client.post(f"/attempts/{attempt.pk}/answers/{SINGLE}/", {"flag": "1"}).status_code == 200

    assert attempt.questions.get(slot=SINGLE).flagged
    assert attempt.questions.values("answer", "sequence", "saved_at").get(slot=SINGLE) == before


def test_a_flood_fills_no_log(client, attempt, learner):
    from courses import attempt_log

    client.force_login(learner)
    for _ in range(attempt_log.MOST + 5):
        client.post(f"/attempts/{attempt.pk}/answers/99/", {"answer": "0", "sequence": "40"})

    assert AttemptEvent.objects.count() == attempt_log.MOST


def test_an_attempt_that_is_none_leaves_no_line(client, learner):
    client.force_login(learner)
    for pk in (0, 10**8, 10**30):
        assert client.post(f"/attempts/{pk}/answers/1/", {"answer": "0", "sequence": "40"}).status_code == 404
        assert client.post(f"/attempts/{pk}/", {"answer": "0", "slot": "1"}).status_code == 404
    assert not AttemptEvent.objects.exists()


# --- No key leaves before the rules allow it --------------------------------------------------------------------------------

# Ids of the parts, what explains them, the right number, the typed key: never in what the learner is sent.
SECRETS = ["yes uz", "no uz", "so uz", "Because", "12.0042", "a <b>bold</b> & word", "bold", *[f"k{n}" for n in range(4)],
           *[f"s{n}" for n in range(3)], *[f"p{n}" for n in range(3)], "c1", "c2", "c3"]  # fmt: skip
MARKS = ["right", "correct", "data-right", "is-right", "tolerance", "accept"]


@pytest.mark.parametrize("one_page", [False, True])
def test_nothing_of_a_whole_journey_tells_the_key(client, attempt, learner, one_page):
    attempt.quiz.one_page = one_page
    attempt.quiz.shows = "score"
    attempt.quiz.save()
    number = attempt.questions.get(slot=slot_of("numerical"))
    number.version.content["answer"] = "12.0042"
    number.version.save()
    client.force_login(learner)
    base, responses = f"/attempts/{attempt.pk}/", []
    for slot, kind in enumerate(CONTENTS, 1):
        responses.append(client.get(f"{base}?q={slot}"))
        responses.append(client.post(f"{base}answers/{slot}/", {"answer": GOOD[kind][::-1], "sequence": "50"}))
        responses.append(client.post(f"{base}answers/{slot}/", {"answer": "99", "sequence": "51"}))
        responses.append(client.post(base, {"answer": GOOD[kind], "slot": slot, "go": "next"}))
    responses += [client.post(f"{base}answers/99/", {"answer": "0", "sequence": "9"}), client.get("/attempts/token/")]
    responses += [client.post(f"{base}events/", {"kind": "left"}), client.get(f"{base}finish/")]
    responses += [client.post(f"{base}finish/"), client.get(f"{base}result/"), client.get(base)]

    known = re.compile("|".join(rf"\b{re.escape(secret)}\b" for secret in SECRETS))
    for response in responses:
        sent = response.text + "\n".join(f"{name}: {value}" for name, value in response.items())
        assert known.findall(without_noise(sent)) == [], response.request["PATH_INFO"]
        for field in re.findall(r"<(?:input|option|label|li|fieldset)[^>]*>", response.text):
            names = re.findall(r'\s([\w-]+)(?:=|>|\s)|class="([^"]*)"', field)
            assert not [one for one in MARKS if any(one in "".join(pair).split() for pair in names)], field
    assert len(responses) > 30


def without_noise(text):
    """What is drawn by chance each time: form tokens."""
    return re.sub(r'(csrfmiddlewaretoken" value=|data-csrf=|"token": )"\w+"', "", text)


def test_the_scan_would_see_a_key(client, attempt, learner):
    """The same words stand in what the learner is sent once the rules allow it."""
    attempt.quiz.shows = "all"
    attempt.quiz.save()
    attempts.submit(attempt=attempt, now=timezone.now())
    client.force_login(learner)

    page = client.get(f"/attempts/{attempt.pk}/result/").text

    assert "so uz" in page
    assert "Because" in page
