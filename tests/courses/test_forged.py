"""What no page of ours sends: forged, late, foreign, malformed and parallel answers are refused and change nothing."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from courses import attempts, kinds
from courses.models import ActivityCompletion, Attempt, AttemptQuestion
from tests import making
from tests.kept import kept

W = making.words
PARTS = [{"id": f"k{n}", "text": W(f"part {n}"), "right": n < 2, "why": W("so")} for n in range(4)]
CONTENTS = {
    "single": {**making.SINGLE},
    "multiple": {"text": W("Which?"), "feedback": {}, "choices": PARTS},
    "true_false": {"text": W("So?"), "feedback": {}, "answer": True},
    "numerical": {"text": W("How many?"), "feedback": {}, "answer": "12", "tolerance": "0"},
    "ordering": {"text": W("Order"), "feedback": {}, "steps": [{"id": f"s{n}", "text": W(f"step {n}")} for n in range(3)]},
    "matching": {"text": W("Match"), "feedback": {}, "pairs": [{"id": f"p{n}", "left": W(f"l{n}"), "right": W(f"r{n}")} for n in range(3)]},
    "short_answer": {"text": W("Name it"), "feedback": {}, "accept": {"all": ["a <b>bold</b> & word"]}},
    "cloze": making.CLOZE,
}  # fmt: skip
GOOD = {
    "single": ["1"],
    "multiple": ["0", "2"],
    "true_false": ["false"],
    "numerical": ["12,5"],
    "ordering": ["2", "0", "1"],
    "matching": ["0", "", "2"],
    "short_answer": ["soʻz"],
    "cloze": ["1", "0", "2", "soʻz"],
}
ELSE = {kind: values[::-1] for kind, values in GOOD.items()} | {"cloze": ["2", "kitob", "1", "1"]}  # fmt: skip


@kept
def learner(bedrock):
    return making.person()


@kept
def attempt(learner):
    """An open attempt with one question of each kind, in the order of KINDS, each answered once."""
    page = making.course(quiz=True)
    quiz = making.row(page).activities.get(kind="quiz").quiz
    pool = quiz.draws.get().pool
    versions = [making.question(pool, kind, CONTENTS[kind]).current for kind in kinds.KINDS]
    now = timezone.now()
    made = Attempt.objects.create(
        enrolment=making.enrol(learner, page), quiz=quiz, number=1, started_at=now, closes_at=now + timedelta(hours=1), pass_mark=70
    )  # fmt: skip
    for slot, version in enumerate(versions, 1):
        AttemptQuestion.objects.create(attempt=made, slot=slot, version=version, order=attempts.shuffled(version))
        attempts.save_answer(attempt=made, slot=slot, values=GOOD[version.kind], sequence=5, now=now)
    return made


@pytest.fixture
def signed_in(client, learner):
    client.force_login(learner)
    return client


def rows(attempt):
    return list(attempt.questions.order_by("slot").values())


def slot_of(kind):
    return list(kinds.KINDS).index(kind) + 1


LONG = "9" * 5000
FORGED = {
    "single": [["9"], ["-1"], ["c2"], ["0", "1"], ["1e0"], ["²"], ["٣"], ["0 "], [LONG], ['{"id": "c2"}']],
    "multiple": [["0", "0"], ["4"], ["k1"], [LONG], ["0,1"], ["[0,1]"], ["null"]],
    "true_false": [["True"], ["1"], ["true", "true"], ["true", "false"], ["null"]],
    "numerical": [["1", "2"], ["1" * 301]],
    "ordering": [["0"], ["0", "1"], ["0", "0", "1"], ["0", "1", "2", "2"], ["0", "1", "3"], ["s0", "s1", "s2"], [LONG] * 3],
    "matching": [["0"], ["0", "1", "2", "0"], ["0", "1", "9"], ["p0", "p1", "p2"]],
    "short_answer": [["a", "b"], ["x" * 301]],
    "cloze": [["1"], ["0", "0"], ["3", "0"], ["1", "2"], ["1", "0", "1", "0"], ["1", "g1-1"], ["2", "x" * 301], ["1", LONG]],
}  # fmt: skip


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_value_that_is_no_answer_to_its_kind_is_refused_and_keeps_the_earlier_one(signed_in, attempt, kind):
    slot, before = slot_of(kind), rows(attempt)
    for values in FORGED[kind]:
        told = signed_in.post(f"/attempts/{attempt.pk}/answers/{slot}/", {"answer": values, "sequence": "9"})
        assert (told.status_code, list(told.json())) == (400, ["error"]), values
        form = signed_in.post(f"/attempts/{attempt.pk}/", {"answer": values, "slot": slot, "go": "next"})
        assert form["Location"] == f"/attempts/{attempt.pk}/?q={slot}&alone=1", values
    assert [row | {"flagged": False, "opened_at": None} for row in rows(attempt)] == before  # the form led to its page


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_what_a_page_sends_is_kept(signed_in, attempt, kind):
    slot = slot_of(kind)
    signed_in.post(f"/attempts/{attempt.pk}/answers/{slot}/", {"answer": ELSE[kind], "sequence": "9"})

    row = attempt.questions.get(slot=slot)
    assert row.sequence == 9
    assert row.answer == kinds.read(kind, row.version.content, row.order, ELSE[kind])


@pytest.mark.parametrize("body", ['{"answer": "0", "sequence": 9}', "{", "", "answer", "\x00\xff"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_no_form_empties_no_answer(signed_in, attempt, body, kind):
    before = rows(attempt)
    for address, status in ((f"/attempts/{attempt.pk}/answers/1/", 400), (f"/attempts/{attempt.pk}/", 404)):
        assert signed_in.post(address, body, content_type=kind).status_code == status
    assert rows(attempt) == before


def test_a_huge_body_is_refused(signed_in, attempt):
    before = rows(attempt)
    for data in ({"answer": "x" * 3_000_000, "sequence": "9"}, {"answer": ["0"] * 10_001, "sequence": "9"}):
        told = signed_in.post(f"/attempts/{attempt.pk}/answers/1/", data)
        assert told.status_code in (400, 413)
    assert rows(attempt) == before


@pytest.mark.parametrize("slot", [0, len(kinds.KINDS) + 1, 10**6, 10**30])
def test_a_slot_that_the_attempt_has_not_is_not_found(signed_in, attempt, slot):
    before = rows(attempt)
    assert (
        signed_in.post(f"/attempts/{attempt.pk}/answers/{slot}/", {"answer": "0", "sequence": "9"}).status_code == 404
    )
    assert signed_in.post(f"/attempts/{attempt.pk}/", {"answer": "0", "slot": slot}).status_code == 404
    assert rows(attempt) == before


@pytest.mark.parametrize(
    "address", ["attempts/{n}/", "attempts/{n}/finish/", "attempts/{n}/result/", "attempts/{n}/answers/1/", "quizzes/{n}/start/",
                "courses/{n}/begin/", "activities/{n}/done/", "go/{n}/"]
)  # fmt: skip
@pytest.mark.parametrize("n", [0, 10**8, 10**30])
def test_a_number_that_is_no_row_is_not_found(signed_in, attempt, address, n):
    answer = {"answer": "0", "sequence": "9", "slot": "1"}
    told = [
        signed_in.get(f"/{address.format(n=n)}").status_code,
        signed_in.post(f"/{address.format(n=n)}", answer).status_code,
    ]
    assert set(told) <= {404, 405}


@pytest.mark.parametrize(
    "go", ["up-", "down-x", "up--1", f"up-{LONG}", "down-7", "to-", f"to-{LONG}", "submit", "nonsense", "", "prev"]
)
def test_a_forged_button_breaks_nothing(signed_in, attempt, go):
    slot = slot_of("ordering")
    assert (
        signed_in.post(f"/attempts/{attempt.pk}/", {"answer": GOOD["ordering"], "slot": slot, "go": go}).status_code
        == 302
    )
    assert sorted(attempt.questions.get(slot=slot).answer) == ["s0", "s1", "s2"]


def test_another_person_moves_nothing_by_any_road(client, attempt):
    before = rows(attempt), Attempt.objects.get(pk=attempt.pk)
    client.force_login(making.person())
    own = {"answer": "0", "sequence": "9", "slot": "1", "go": "submit", "flag": "on"}
    for address in ("", "answers/1/", "finish/", "result/"):
        assert client.post(f"/attempts/{attempt.pk}/{address}", own).status_code in (404, 405), address
    assert client.post(f"/quizzes/{attempt.quiz_id}/start/").status_code == 404
    after = Attempt.objects.get(pk=attempt.pk)
    assert (rows(attempt), after.submitted_at, after.score) == (before[0], None, None)
    assert Attempt.objects.count() == 1


def test_nobody_signed_in_is_told_to_sign_in(client, attempt):
    before = rows(attempt)
    assert client.post(f"/attempts/{attempt.pk}/answers/1/", {"answer": "0", "sequence": "9"}).status_code == 401
    assert client.post(f"/attempts/{attempt.pk}/", {"answer": "0", "slot": "1"})["Location"].startswith(
        "/accounts/login/"
    )
    assert rows(attempt) == before


def test_a_submitted_attempt_takes_nothing_by_any_road(signed_in, attempt):
    attempts.submit(attempt=attempt, now=timezone.now())
    before = rows(attempt), Attempt.objects.values().get(pk=attempt.pk)
    for address in ("", "answers/1/", "finish/"):
        signed_in.post(f"/attempts/{attempt.pk}/{address}", {"answer": "0", "sequence": "9", "slot": "1", "flag": "on"})
    assert (rows(attempt), Attempt.objects.values().get(pk=attempt.pk)) == before


def test_after_the_deadline_nothing_is_taken_no_get_grades_and_a_post_does(signed_in, attempt):
    Attempt.objects.filter(pk=attempt.pk).update(closes_at=attempt.started_at + timedelta(microseconds=1))
    before = rows(attempt)
    assert signed_in.post(f"/attempts/{attempt.pk}/answers/1/", {"answer": "0", "sequence": "9"}).status_code == 409
    signed_in.post(f"/attempts/{attempt.pk}/", {"answer": "0", "slot": "1", "flag": "on"})
    page = signed_in.get(f"/attempts/{attempt.pk}/", follow=True)

    assert page.redirect_chain == [(f"/attempts/{attempt.pk}/finish/", 302)]
    assert "Vaqt tugadi" in page.text
    assert f'href="/attempts/{attempt.pk}/"' not in page.text
    assert "?q=" not in page.text
    assert (rows(attempt), Attempt.objects.get(pk=attempt.pk).submitted_at) == (before, None)

    signed_in.post(f"/attempts/{attempt.pk}/finish/")
    graded = Attempt.objects.get(pk=attempt.pk)
    assert graded.submitted_at == graded.closes_at


def test_two_tabs_the_answer_given_last_stays_though_the_earlier_one_comes_later(signed_in, attempt):
    """A script's answer that is still on its way when the form is sent carries a lower number."""
    signed_in.post(f"/attempts/{attempt.pk}/", {"answer": "2", "slot": "1", "sequence": "1700000000500", "go": "next"})
    late = signed_in.post(f"/attempts/{attempt.pk}/answers/1/", {"answer": "0", "sequence": "1700000000400"})

    row = attempt.questions.get(slot=1)
    assert late.json()["sequence"] == row.sequence == 1700000000500
    assert row.answer == row.order[2]


def test_the_form_leaves_the_script_a_field_for_the_number(signed_in, attempt):
    assert '<input type="hidden" name="sequence" value="">' in signed_in.get(f"/attempts/{attempt.pk}/").text


# --- The key --------------------------------------------------------------------------------------------------------------


def graded(enrolment, quiz, now):
    return attempts.submit(attempt=attempts.start(enrolment=enrolment, quiz=quiz, now=now), now=now)


def test_no_key_is_shown_beside_an_open_last_attempt(client, base):
    page = making.course()
    learner = making.person()
    quiz = making.row(page).activities.get(kind="quiz").quiz
    enrolment = making.enrol(learner, page)
    now = timezone.now()
    first = graded(enrolment, quiz, now - timedelta(days=3))
    graded(enrolment, quiz, now - timedelta(days=2))
    last = attempts.start(enrolment=enrolment, quiz=quiz, now=now)
    client.force_login(learner)

    assert "two uz" not in client.get(f"/attempts/{first.pk}/result/").text

    attempts.submit(attempt=last, now=now)
    assert "two uz" in client.get(f"/attempts/{first.pk}/result/").text


def test_nor_to_who_has_passed_and_tries_again(client, base):
    page = making.course()
    learner = making.person()
    quiz = making.row(page).activities.get(kind="quiz").quiz
    enrolment = making.enrol(learner, page)
    now = timezone.now()
    failed = graded(enrolment, quiz, now - timedelta(days=3))
    passed = attempts.start(enrolment=enrolment, quiz=quiz, now=now - timedelta(days=2))
    for row in passed.questions.all():
        attempts.save_answer(
            attempt=passed, slot=row.slot, values=[str(row.order.index("c2"))], now=now - timedelta(days=2)
        )
    attempts.submit(attempt=passed, now=now - timedelta(days=2))
    client.force_login(learner)
    assert "two uz" in client.get(f"/attempts/{failed.pk}/result/").text

    attempts.start(enrolment=enrolment, quiz=quiz, now=now)

    assert "two uz" not in client.get(f"/attempts/{failed.pk}/result/").text


def test_accepted_answers_are_text_and_no_markup(signed_in, attempt):
    attempt.quiz.attempts = 1
    attempt.quiz.save()
    attempts.submit(attempt=attempt, now=timezone.now())

    page = signed_in.get(f"/attempts/{attempt.pk}/result/").text

    assert "a &lt;b&gt;bold&lt;/b&gt; &amp; word" in page


def test_signs_in_a_pair_are_escaped_once(signed_in, attempt):
    row = attempt.questions.get(slot=slot_of("matching"))
    row.version.content["pairs"][0]["right"] = W("a &amp; b &lt; <code>c</code>")
    row.version.save()

    page = signed_in.get(f"/attempts/{attempt.pk}/?q={row.slot}").text

    assert ">a &amp; b &lt; c uz</option>" in page


# --- Who is enrolled goes on ----------------------------------------------------------------------------------------------


def test_a_test_that_has_its_questions_is_taken_though_something_else_in_the_course_lacks(client, base):
    from cms.models import ModulePage

    page, learner = making.course(), making.person()
    making.enrol(learner, page)
    quiz = making.row(page).activities.get(kind="quiz").quiz
    making.add(page, ModulePage(title="Boʻsh", slug="bosh", code="X", hours=1))
    assert [one["what"] for one in making.row(page).missing] == ["no_steps"]
    client.force_login(learner)
    assert f'action="/quizzes/{quiz.pk}/start/"' in client.get(quiz.activity.addresses["uz"]).text

    client.post(f"/quizzes/{quiz.pk}/start/")

    assert Attempt.objects.get(quiz=quiz).questions.count() == 2


def test_a_test_that_lacks_questions_is_not_begun_and_says_so(client, base):
    from courses import questions

    page, learner = making.course(), making.person()
    making.enrol(learner, page)
    quiz = making.row(page).activities.get(kind="quiz").quiz
    for question in quiz.draws.get().pool.questions.all()[:3]:
        questions.retire(question=question, by=None)
    client.force_login(learner)
    assert "start/" not in client.get(quiz.activity.addresses["uz"]).text

    told = client.post(f"/quizzes/{quiz.pk}/start/", follow=True)

    assert "Bu test oʻzgartirilmoqda, hozircha uni topshirib boʻlmaydi." in told.text
    assert not Attempt.objects.filter(quiz=quiz).exists()


# --- At the same moment ---------------------------------------------------------------------------------------------------


def at_once(*deeds):
    """Run the deeds in threads that begin together; returns what they returned."""
    begin, told = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(n, deed):
        try:
            begin.wait(30)
            told[n] = deed()
        except Exception as error:  # a thread's own fault would be lost
            told[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def browser(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db(transaction=True)
def test_starting_twice_at_once_is_one_attempt():
    page, learner = making.course(), making.person()
    making.enrol(learner, page)
    quiz = making.row(page).activities.get(kind="quiz").quiz
    clients = [browser(learner) for _ in range(4)]

    told = at_once(*[lambda client=client: client.post(f"/quizzes/{quiz.pk}/start/")["Location"] for client in clients])

    assert set(told) == {f"/attempts/{Attempt.objects.get().pk}/"}


@pytest.mark.django_db(transaction=True)
def test_submitting_and_saving_at_once_grades_what_was_acknowledged():
    page, learner = making.course(), making.person()
    quiz = making.row(page).activities.get(kind="quiz").quiz
    enrolment = making.enrol(learner, page)
    attempt = attempts.start(enrolment=enrolment, quiz=quiz, now=timezone.now())
    right = {row.slot: str(row.order.index("c2")) for row in attempt.questions.all()}
    clients = [browser(learner) for _ in range(4)]

    def submit(client):
        return client.post(f"/attempts/{attempt.pk}/finish/").status_code

    def save(client, slot):
        return client.post(
            f"/attempts/{attempt.pk}/answers/{slot}/", {"answer": right[slot], "sequence": "9"}
        ).status_code

    told = at_once(
        lambda: submit(clients[0]), lambda: submit(clients[1]), lambda: save(clients[2], 1), lambda: save(clients[3], 2)
    )

    assert told[:2] == [302, 302]
    acknowledged = [slot for slot, status in zip((1, 2), told[2:], strict=True) if status == 200]
    assert {*told[2:]} <= {200, 409}
    attempt.refresh_from_db()
    assert attempt.score == 50 * len(acknowledged)
    assert ActivityCompletion.objects.count() == (len(acknowledged) == 2)


@pytest.mark.django_db(transaction=True)
def test_of_answers_saved_at_once_the_newest_stays():
    page, learner = making.course(), making.person()
    quiz = making.row(page).activities.get(kind="quiz").quiz
    attempt = attempts.start(enrolment=making.enrol(learner, page), quiz=quiz, now=timezone.now())
    clients = [browser(learner) for _ in range(6)]

    def save(client, n):
        answer = {"answer": str(n % 3), "sequence": str(10 + n)}
        return client.post(f"/attempts/{attempt.pk}/answers/1/", answer).status_code

    assert at_once(*[lambda n=n, c=c: save(c, n) for n, c in enumerate(clients)]) == [200] * 6
    row = attempt.questions.get(slot=1)
    assert (row.sequence, row.answer) == (15, row.order[2])


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_while_the_attempt_is_graded_is_refused():
    attempt = _attempt_by_itself()
    told = []

    def save():
        try:
            attempts.save_answer(attempt=attempt, slot=1, values=["0"], sequence=7, now=timezone.now())
        except attempts.AttemptClosed as closed:
            told.append(closed.reason)
        finally:
            connection.close()

    with transaction.atomic():
        attempts.submit(attempt=attempt, now=timezone.now())
        thread = threading.Thread(target=save)
        thread.start()
        thread.join(0.5)  # it waits for the row
    thread.join()

    assert told == ["handed_in"]
    assert list(attempt.questions.order_by("slot").values_list("answer", "score")) == [(None, 0), (None, 0)]


@pytest.mark.django_db(transaction=True)
def test_an_attempt_that_is_handed_in_while_an_answer_is_kept_counts_it():
    attempt = _attempt_by_itself()
    right = attempt.questions.get(slot=1).order.index("c2")

    def hand_in():
        attempts.submit(attempt=attempt.pk, now=timezone.now())
        connection.close()

    with transaction.atomic():
        attempts.save_answer(attempt=attempt, slot=1, values=[str(right)], sequence=7, now=timezone.now())
        thread = threading.Thread(target=hand_in)
        thread.start()
        thread.join(0.5)
    thread.join()

    attempt.refresh_from_db()
    assert attempt.score == 50


def _attempt_by_itself():
    page, learner = making.course(), making.person()
    quiz = making.row(page).activities.get(kind="quiz").quiz
    return attempts.start(enrolment=making.enrol(learner, page), quiz=quiz, now=timezone.now())
