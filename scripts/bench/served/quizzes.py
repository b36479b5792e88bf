"""One learner's way through a quiz of ten questions: start, answers, hand-in, result; ours, and a bare one written by hand.

The bare quiz (scripts/bench/barequiz/) has Django's own middleware, sessions, sign-in, CSRF and templates, grades on the server,
and nothing else. A walk takes a Visitor who is signed in and has not seen the quiz.
"""

import re
import time
from uuid import uuid4

ASKED = 10
TEXT = "Which of these says what a librarian does first with a file that came by e-mail from nobody known? ({})"
OPTIONS = ["Looks who sent it", "Opens it at once", "Sends it on to all", "Deletes the mailbox"]

# --- The walks ------------------------------------------------------------------------------------------------------------


def bare_one_by_one(visitor, quiz):
    address = visitor.post(f"/barequiz/quizzes/{quiz.pk}/start/")
    for _ in range(ASKED):
        shown = visitor.get(address).content.decode()
        address = visitor.post(address, {"option": re.search(r'name="option" value="(\d+)"', shown)[1]})
    visitor.get(address)
    visitor.get(visitor.post(address))


def bare_on_one_page(visitor, quiz):
    address = visitor.post(f"/barequiz/quizzes/{quiz.pk}/start/", {"shape": "page"})
    shown = visitor.get(address).content.decode()
    given = {f"option-{n}": re.search(rf'name="option-{n}" value="(\d+)"', shown)[1] for n in range(1, ASKED + 1)}
    visitor.get(visitor.post(address, given))


def bare_saves(visitor, answer):
    """The row is there, and so are session and user: nothing of a quiz but ten answers that are saved one by one."""
    for _ in range(ASKED):
        visitor.post(f"/barequiz/attempts/{answer.attempt_id}/1/save/", {"option": answer.option_id}, status=200)


def bare_views(visitor):
    """As many requests as a walk by forms has, for a page that says nothing."""
    for _ in range(2 * ASKED + 4):
        visitor.get("/bare/page/0/")


def form_one_by_one(visitor, quiz):
    """Each form saves and leads on."""
    attempt = visitor.post(f"/quizzes/{quiz.activity_id}/start/")
    visitor.get(attempt)
    for slot in range(1, ASKED + 1):
        last = slot == ASKED
        data = {"slot": slot, "answer": "0", "seen": "", "sequence": "", "go": "submit" if last else "next"}
        address = visitor.post(attempt, data)
        if not last:
            visitor.get(address)
    _hand_in(visitor, address)


def form_on_one_page(visitor, quiz):
    attempt = visitor.post(f"/quizzes/{quiz.activity_id}/start/")
    visitor.get(attempt)
    slots = range(1, ASKED + 1)
    given = {f"answer-{n}": "0" for n in slots} | {f"seen-{n}": "" for n in slots}
    _hand_in(
        visitor, visitor.post(attempt, given | {"page": "all", "slot": list(slots), "sequence": "", "go": "submit"})
    )


def script_one_by_one(visitor, quiz):
    """All questions come with the first page, which answers «Start»; each answer is saved as it is given and tells when its
    question was shown (static/js/quiz.js). Ten requests: whoever reads a question is slower than any wait of an autosave. «Save and
    finish» has nothing left to send; the page itself asks whether to finish, and the handing-in is answered by the result."""
    attempt = _start_at_once(visitor, quiz)
    for slot in range(1, ASKED + 1):
        _save(visitor, attempt, slot, {} if slot == 1 else {"ago": "4000"})
    visitor.post(f"{attempt}finish/", {"at-once": "1"}, status=200)


def script_on_one_page(visitor, quiz):
    attempt = _start_at_once(visitor, quiz)
    for slot in range(1, ASKED + 1):
        _save(visitor, attempt, slot, {})
    visitor.post(f"{attempt}finish/", {"at-once": "1"}, status=200)  # as above


def _start_at_once(visitor, quiz):
    """The address of the attempt, whose page came as the answer."""
    answer = visitor.ask("POST", f"/quizzes/{quiz.activity_id}/start/", {"at-once": "1"})
    return re.search(rb'data-here="([^"]+)"', answer.content)[1].decode()


def _save(visitor, attempt, slot, more):
    data = {"answer": "0", "sequence": time.time_ns() // 1_000_000} | more
    visitor.post(f"{attempt}answers/{slot}/", data, status=200)


def _hand_in(visitor, address):
    visitor.get(address)
    visitor.get(visitor.post(address))


# --- What they need -------------------------------------------------------------------------------------------------------


def our_quizzes(pool):
    """{whether all on one page: a quiz of ten single-choice questions drawn from so many}."""
    from django.utils import timezone

    from courses.models import Activity, Course, Draw, Question, QuestionPool, QuestionVersion, Quiz

    code, now = f"bench-{uuid4().hex[:6]}", timezone.now()
    course = Course.objects.create(
        key=uuid4(), code=code, source="uz", titles={"uz": "Bench"}, addresses={"uz": "/uz/"}
    )
    questions = QuestionPool.objects.create(code=code, titles={"uz": "Bench"}, course=course)
    rows = Question.objects.bulk_create(Question(pool=questions) for _ in range(pool))
    versions = QuestionVersion.objects.bulk_create(
        QuestionVersion(question=row, number=1, kind="single", content=_content(n), created_at=now, published_at=now)
        for n, row in enumerate(rows)
    )
    for row, version in zip(rows, versions, strict=True):
        row.current = version
    Question.objects.bulk_update(rows, ["current"], batch_size=500)
    made = {}
    for one_page in (False, True):
        activity = Activity.objects.create(
            course=course, key=uuid4(), kind="quiz", position=one_page + 1, titles={"uz": "Test"}, addresses={"uz": "/uz/"}
        )  # fmt: skip
        made[one_page] = Quiz.objects.create(activity=activity, attempts=0, wait_hours=0, one_page=one_page)
        Draw.objects.create(quiz=made[one_page], pool=questions, count=ASKED)
    return made


def _content(n):
    choices = [{"id": f"c{m}", "text": {"uz": text}, "right": m == 0, "why": {}} for m, text in enumerate(OPTIONS)]
    return {"text": {"uz": TEXT.format(n)}, "feedback": {}, "choices": choices}


def bare_quiz(pool):
    from scripts.bench.barequiz.models import Option, Question, Quiz

    quiz = Quiz.objects.create(title="Bench")
    rows = Question.objects.bulk_create(Question(quiz=quiz, text=TEXT.format(n)) for n in range(pool))
    Option.objects.bulk_create(
        Option(question=row, text=text, right=m == 0) for row in rows for m, text in enumerate(OPTIONS)
    )
    return quiz


def begun(quiz, person):
    """An answer of this person's in the bare quiz, to be saved."""
    from scripts.bench.barequiz.models import Answer, Attempt, Option

    option = Option.objects.filter(question__quiz=quiz).first()
    attempt = Attempt.objects.create(quiz=quiz, learner=person)
    return Answer.objects.create(attempt=attempt, question=option.question, number=1, option=option)


def people(number, quiz=None):
    """New learners, enrolled where the quiz is."""
    from django.utils import timezone

    from accounts.models import User
    from courses.models import Enrolment

    made = User.objects.bulk_create(
        User(username=f"B-{uuid4().hex[:12]}", password="!", first_name="B", last_name="B") for _ in range(number)
    )
    if quiz:
        Enrolment.objects.bulk_create(
            Enrolment(learner=one, course=quiz.activity.course, began_at=timezone.now()) for one in made
        )
    return made
