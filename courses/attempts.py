"""Attempts: start, save an answer, submit. Everything that decides stands in the server's rows; the browser only shows.

Both save_answer and submit lock the attempt before they write in its questions: an answer that was acknowledged has been graded.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from . import allowances, attempt_log, draws, grading, kinds, room_codes
from . import attempt_rows as rows_of
from .models import Attempt, AttemptEvent, AttemptQuestion, Quiz
from .progress import complete

WITHOUT_LIMIT = timedelta(hours=24)  # an attempt without a time limit stays open so long
MOST_SEQUENCE = 10**15  # milliseconds since 1970 for the next 30,000 years
_dice = random.SystemRandom()


class AttemptClosed(Exception):
    """Submitted already, or past its deadline (UTC) and the grace: `reason` is handed_in or late."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class NoAttemptNow(Exception):
    """No new attempt: `reason` is not_whole, not_open or wait (with `until`), closed (`until`: since then), none_left,
    wrong_code or too_many_codes."""

    def __init__(self, reason, until=None):
        super().__init__(reason)
        self.reason, self.until = reason, until


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with a quiz."""

    attempts: tuple
    left: int | None  # None: any number
    open: Attempt | None
    best: Decimal | None
    passed: bool
    wait_until: object = None
    extra_minutes: int = 0  # given to this person (courses/allowances.py)


def standing(*, enrolment, quiz, now):
    """Count attempts, find the open one and the time from which a new one is allowed. Two queries."""
    extra = allowances.of(enrolment=enrolment, quiz=quiz)
    rows = tuple(rows_of.ATTEMPTS.all(enrolment=getattr(enrolment, "pk", enrolment), quiz=quiz.pk))
    graded = [row for row in rows if row.submitted_at]
    wait_until = None
    if graded and quiz.wait_hours:
        until = graded[-1].submitted_at + timedelta(hours=quiz.wait_hours)
        wait_until = until if until > now else None
    return Standing(
        attempts=rows,
        left=max(0, quiz.attempts + extra.attempts - len(rows)) if quiz.attempts else None,
        open=next((row for row in rows if not row.submitted_at and not row.is_over(now)), None),
        best=max((row.score for row in graded), default=None),
        passed=any(row.passed for row in graded),
        wait_until=wait_until,
        extra_minutes=extra.minutes,
    )


def start(*, enrolment, quiz, now, code="", device=""):
    """The open attempt, or a new one with its questions drawn, ordered and its deadline set. Raises NoAttemptNow.

    A new one has its rows in `asked`, for the page that comes next; their keys alone are not known.
    `code`: what was typed as the room code; asked for by an invigilated quiz, and for a new attempt alone.
    `device` here and below: attempt_log.device_of the request.
    """
    room_code = None
    if quiz.invigilated:
        close_overdue(now=now, enrolment=enrolment, quiz=quiz)
    if quiz.invigilated and not (stand := standing(enrolment=enrolment, quiz=quiz, now=now)).open:
        _refuse_unless_ready(enrolment.course, quiz, stand, now)  # a try is counted where the code was all that lacked
        try:
            room_code = room_codes.check(quiz=quiz, person=enrolment.learner, typed=code, now=now)
        except room_codes.WrongCode as wrong:
            raise NoAttemptNow("wrong_code" if wrong.reason == "wrong" else "too_many_codes")
    made = _begin(enrolment, quiz, now, room_code, device)
    if made is None:
        close_overdue(now=now, enrolment=enrolment, quiz=quiz)  # stays, whatever is said to a new one
        made = _begin(enrolment, quiz, now, room_code, device)
    return made


def _begin(enrolment, quiz, now, room_code, device):
    """The open attempt or a new one, in one transaction. None: one that is past its deadline has to be graded first."""
    with transaction.atomic():
        rows_of.LOCKED_ENROLMENT.get(pk=enrolment.pk)  # pressed twice, or two devices: one after the other
        stand = standing(enrolment=enrolment, quiz=quiz, now=now)
        if stand.open:
            return stand.open
        if any(row.submitted_at is None for row in stand.attempts):
            return None
        _refuse_unless_ready(enrolment.course, quiz, stand, now)
        asked = rows_of.DRAWS.all(quiz=quiz.pk)
        drawn = draws.draw(quiz, asked)
        if not drawn or len(drawn) < draws.wanted(asked):
            raise NoAttemptNow("not_whole")
        limit = timedelta(minutes=quiz.time_limit) if quiz.time_limit else WITHOUT_LIMIT
        closes_at = now + limit + timedelta(minutes=stand.extra_minutes)
        attempt = Attempt(
            enrolment=enrolment, quiz=quiz, number=len(stand.attempts) + 1, started_at=now, pass_mark=quiz.pass_mark,
            closes_at=min(closes_at, quiz.closes_at or closes_at), grace_seconds=quiz.grace_seconds,
            penalty=quiz.penalty, room_code=room_code, device=device,
        )  # fmt: skip
        rows_of.NEW_ATTEMPT.run(attempt)
        attempt.asked = [
            AttemptQuestion(
                attempt=attempt, slot=slot, version=version, order=shuffled(version),
                opened_at=now if slot == 1 or quiz.one_page else None,  # the page that comes next shows it
            )
            for slot, version in enumerate(drawn, 1)
        ]  # fmt: skip
        rows_of.NEW_QUESTIONS.run(*attempt.asked)
        attempt_log.note(attempt, AttemptEvent.Kind.STARTED, now, device=device)
        return attempt


def lacks_questions(course, quiz):
    """Whether the quiz itself cannot draw what it says. Whoever is enrolled goes on while something else in the course lacks."""
    return any(one.get("quiz") == quiz.pk for one in course.missing)


def _refuse_unless_ready(course, quiz, stand, now):
    """Raise NoAttemptNow where no new attempt may begin at this moment."""
    if lacks_questions(course, quiz):
        raise NoAttemptNow("not_whole")
    if quiz.closes_at and now >= quiz.closes_at:
        raise NoAttemptNow("closed", quiz.closes_at)
    if quiz.opens_at and now < quiz.opens_at:
        raise NoAttemptNow("not_open", quiz.opens_at)
    if stand.left == 0:
        raise NoAttemptNow("none_left")
    if stand.wait_until:
        raise NoAttemptNow("wait", stand.wait_until)


@dataclass(frozen=True)
class Shown:
    """What the learner sees of a graded attempt; `beside_open`: no more than the score, because an attempt is open."""

    answers: bool  # the own ones, marked
    key: bool
    beside_open: bool = False


def shown(*, attempt, stand, now):
    """What the quiz's rules let the learner see of a graded attempt now. At most two queries.

    Beside an open attempt of that person, the score alone: any quiz's, for the final test draws from the modules' pools.
    """
    quiz, shows = attempt.quiz, attempt.quiz.shows
    if shows == Quiz.Shows.SCORE:
        return Shown(answers=False, key=False)
    if rows_of.OPEN_OF.all(learner=attempt.enrolment.learner_id):
        return Shown(answers=False, key=False, beside_open=True)
    if shows == Quiz.Shows.WHEN_DONE:
        key = attempt.passed or stand.passed or stand.left == 0
    elif shows == Quiz.Shows.WHEN_CLOSED:  # to all: nobody's attempt is under way, whatever deadline it was begun with
        is_closed = quiz.closes_at is not None and now >= quiz.closes_at
        key = is_closed and not Attempt.objects.open().filter(quiz=quiz).exists()
    else:
        key = shows == Quiz.Shows.ALL
    return Shown(answers=True, key=key)


def shuffled(version):
    """The ids of a version's parts in an order of the attempt's own; an ordering never begins in its right order."""
    ids = [part["id"] for part in kinds.parts(version.kind, version.content)]
    order = _dice.sample(ids, len(ids))
    while version.kind == "ordering" and len(ids) > 1 and order == ids:
        order = _dice.sample(ids, len(ids))
    return order


def open_questions(*, attempt, shown, now):
    """Keep when these questions were first shown: `shown` is {slot: moment}. What is kept already stays.

    Raises AttemptClosed, AttemptQuestion.DoesNotExist for a slot that was not drawn. `attempt` is an Attempt or its primary key.
    """
    with transaction.atomic():
        attempt = rows_of.LOCKED_ATTEMPT.get(pk=getattr(attempt, "pk", attempt))
        _refuse_closed(attempt, now)
        rows = [row for row in rows_of.QUESTIONS.all(attempt=attempt.pk) if row.slot in shown]
        if {row.slot for row in rows} != set(shown):
            raise AttemptQuestion.DoesNotExist
        new = [row for row in rows if row.opened_at is None]
        for row in new:
            row.opened_at = _since_the_start(shown[row.slot], attempt, now)
        rows_of.write(new, "opened_at")


def note_shown(*, attempt, slot, now):
    """Keep that a question is shown now, if it was not before: one statement, which writes nothing where all is graded."""
    if not attempt.is_over(now):
        rows_of.SHOW.run(attempt=attempt.pk, slot=slot, opened_at=_since_the_start(now, attempt, now))


def _since_the_start(moment, attempt, now):
    """A moment as a browser tells it: not before the attempt began, not to come. None stays None."""
    return moment and min(max(moment, attempt.started_at), now)


def save_answer(*, attempt, slot, values, sequence=None, flagged=None, opened_at=None, learner=None, device="", now):
    """Keep one answer; the newest sequence wins, never an older one. Returns the slot's row as it stands now.

    `flagged`: whether the learner will look at it later; None leaves that. `opened_at`: when the question was first shown, if
    that is not kept yet. `attempt` is an Attempt or its primary key; with
    `learner` it must be that person's. `values` are the strings that a form sent. `sequence` None takes the next one: a page
    without JavaScript has no queue.
    Raises AttemptClosed after submit or the deadline with its grace, kinds.BadAnswer, AttemptQuestion.DoesNotExist.
    """
    _check(sequence)
    pk, of = getattr(attempt, "pk", attempt), {"learner": learner.pk} if learner else {}
    if row := _save_at_once(pk, slot, values, sequence, flagged, opened_at, of, device, now):
        return row
    with transaction.atomic():
        row = (rows_of.LOCKED_OWN if of else rows_of.LOCKED).get(attempt=pk, slot=slot, **of)
        _refuse_closed(row.attempt, now)
        answer = kinds.read(row.version.kind, row.version.content, row.order, values)
        event, new = attempt_log.replaced(row, answer, now), _new(row, answer, opened_at, now)
        attempt_log.note_device(row.attempt, device, now)
        # What the row held was read before the lock was ours: the database compares the sequences.
        written = (
            rows_of.KEEP.run(pk=row.pk, sequence=sequence, **new)
            if sequence
            else rows_of.KEEP_NEXT.run(pk=row.pk, **new)
        )
        if flagged not in (None, row.flagged):
            AttemptQuestion.objects.filter(pk=row.pk).update(flagged=flagged)
        if not written or sequence is None:
            row.refresh_from_db(fields=["answer", "sequence", "saved_at"])
        else:
            row.answer, row.sequence, row.saved_at = answer, sequence, new["saved_at"]
        if written and event:
            event.save()
        elif not written and row.answer != answer:  # the same once more is a lost acknowledgement
            attempt_log.refuse(attempt=pk, reason="older", slot=slot, now=now)
        return row


def _save_at_once(pk, slot, values, sequence, flagged, opened_at, of, device, now):
    """What nearly every answer needs: one statement, which writes if the row is as it was read and not graded. No transaction.

    Returns the row; None where more has to be written with it, or somebody came in between: that wants the lock.
    """
    row = (rows_of.SEEN_OWN if of else rows_of.SEEN).get(attempt=pk, slot=slot, **of)
    sequence = row.sequence + 1 if sequence is None else sequence
    if sequence <= row.sequence or flagged not in (None, row.flagged):
        return None
    _refuse_closed(row.attempt, now)
    answer = kinds.read(row.version.kind, row.version.content, row.order, values)
    if attempt_log.is_other_device(row.attempt, device) or attempt_log.replaced(row, answer, now):
        return None
    new = _new(row, answer, opened_at, now)
    if not rows_of.KEEP_AS_SEEN.run(pk=row.pk, sequence=sequence, seen=row.sequence, **new):
        return None
    row.answer, row.sequence, row.saved_at = answer, sequence, new["saved_at"]
    return row


def _new(row, answer, opened_at, now):
    """What is written of an answer besides its number."""
    return {
        "answer": answer,
        "saved_at": _saved_at(row, answer, now),
        "answered_at": now if answer is not None else None,
        "opened_at": _since_the_start(opened_at, row.attempt, now),
    }


def _refuse_closed(attempt, now):
    if attempt.submitted_at:
        raise AttemptClosed("handed_in")
    if attempt.is_over(now):
        raise AttemptClosed("late")


def _saved_at(row, answer, now):
    """When this answer was given: what a form only brings along once more keeps its time."""
    return row.saved_at if answer == row.answer else now


def save_answers(*, attempt, given, sequence=None, device="", now):
    """Keep the answers of a page with all questions: `given` is {slot: values}. A slot that cannot be read keeps what it had.

    Returns the slots that could not be read. All others are kept together; sequences are compared as in save_answer.
    Raises AttemptClosed, kinds.BadAnswer for the sequence, AttemptQuestion.DoesNotExist for a slot that there is not.
    """
    _check(sequence)
    with transaction.atomic():
        # Then the rows: nobody else writes in them now.
        attempt = rows_of.LOCKED_ATTEMPT.get(pk=attempt.pk)
        _refuse_closed(attempt, now)
        attempt_log.note_device(attempt, device, now)
        rows = {row.slot: row for row in rows_of.QUESTIONS.all(attempt=attempt.pk) if row.slot in given}
        if set(rows) != set(given):
            raise AttemptQuestion.DoesNotExist
        unread, changed, events = [], [], []
        for slot, row in sorted(rows.items()):
            try:
                answer = kinds.read(row.version.kind, row.version.content, row.order, given[slot])
            except kinds.BadAnswer:
                unread.append(slot)
                continue
            number = row.sequence + 1 if sequence is None else sequence
            if number > row.sequence:
                events.append(attempt_log.replaced(row, answer, now))
                row.saved_at = _saved_at(row, answer, now)
                row.answer, row.sequence = answer, number
                row.answered_at = row.answered_at or (now if answer is not None else None)
                changed.append(row)
            elif row.answer != answer:
                attempt_log.refuse(attempt=attempt, reason="older", slot=slot, now=now)
        rows_of.write(changed, "answer", "sequence", "answered_at", "saved_at")
        rows_of.NEW_EVENT.run(*filter(None, events))
    return unread


def _check(sequence):
    if sequence is not None and not 0 < sequence <= MOST_SEQUENCE:
        raise kinds.BadAnswer("sequence")


def flag(*, attempt, slot, flagged, learner=None, now):
    """Remember «I will look at this later». One statement; nothing after the end. With `learner` as in save_answer.

    `attempt` is an Attempt or its primary key. Raises AttemptQuestion.DoesNotExist where nothing of that person's open attempt is.
    """
    rows = AttemptQuestion.objects.filter(
        attempt=attempt, slot=slot, attempt__submitted_at=None, attempt__closes_at__gte=now
    )
    if learner is not None:
        rows = rows.filter(attempt__enrolment__learner=learner)
    if not rows.update(flagged=flagged) and learner is not None:
        raise AttemptQuestion.DoesNotExist


def submit(*, attempt, learner=None, device="", now):
    """Grade the attempt from its own rows. Safe to repeat: what is graded stays. Returns the attempt; one graded now has its rows in
    `asked`, for the page that comes next.

    `attempt` is an Attempt or its primary key. With `learner` it must be that person's: Attempt.DoesNotExist.
    """
    pk = getattr(attempt, "pk", attempt)
    with transaction.atomic():
        attempt = rows_of.OWN_TO_GRADE.get(pk=pk, learner=learner.pk) if learner else rows_of.TO_GRADE.get(pk=pk)
        if attempt.submitted_at:
            return attempt
        rows = rows_of.LOCKED_QUESTIONS.all(attempt=pk)  # an answer is kept without the attempt's lock (_save_at_once)
        for row in rows:
            row.score = grading.mark(row.version, row.answer)
        rows_of.write(rows, "score")
        attempt.asked = rows
        attempt.score = grading.total(rows, attempt.penalty)
        attempt.passed = attempt.score >= attempt.pass_mark
        attempt.submitted_at = min(now, attempt.closes_at)
        rows_of.WRITE_RESULT.run(pk=pk, score=attempt.score, passed=attempt.passed, submitted_at=attempt.submitted_at)
        kind = AttemptEvent.Kind.SUBMITTED if now < attempt.closes_at else AttemptEvent.Kind.CLOSED
        attempt_log.note(attempt, kind, attempt.submitted_at, device=device)
        if attempt.passed:
            complete(enrolment=attempt.enrolment, activity=attempt.quiz.activity, now=attempt.submitted_at)
    return attempt


def close_overdue(*, now, **which):
    """Grade the attempts whose deadline and grace have passed with the answers that were saved. Returns how many."""
    overdue = Attempt.objects.overdue(now).filter(**which)
    return sum(1 for attempt in overdue if submit(attempt=attempt, now=now))
