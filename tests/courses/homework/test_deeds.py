"""Homework from the draft to the grade: deeds, two trainers at once, comments."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connections

from accounts import notices
from accounts.models import AuditEntry, Notice
from courses import homework, progress
from courses.homework import ACCEPT, RETURN, BadGrade, NotNow, Taken
from courses.models import ActivityCompletion, Submission
from tests import making
from tests.courses import homework_making as making_homework
from tests.courses.homework_making import FULL, NOW, draft, graded, handed_in

# --- The learner --------------------------------------------------------------------------------------------------------


def test_a_draft_is_made_once_written_and_handed_in(enrolment, assignment):
    first = homework.open_draft(enrolment=enrolment, assignment=assignment, now=NOW)
    again = homework.open_draft(enrolment=enrolment, assignment=assignment, now=NOW)
    assert (first.pk, first.number, first.state) == (again.pk, 1, "draft")

    homework.write(submission=first, text="Bir <b>qalin</b>\n`kod` & yana", now=NOW)
    sent = homework.hand_in(submission=first, now=NOW)

    assert sent.text == "Bir &lt;b&gt;qalin&lt;/b&gt;<br><code>kod</code> &amp; yana"
    assert (sent.state, sent.handed_in_at) == ("handed_in", NOW)


def test_what_is_handed_in_can_be_changed_by_nobody(enrolment, assignment):
    sent = handed_in(enrolment, assignment)
    deeds = [
        lambda: homework.open_draft(enrolment=enrolment, assignment=assignment, now=NOW),
        lambda: homework.write(submission=sent, text="boshqa", now=NOW),
        lambda: homework.add_file(submission=sent, upload=making_homework.upload(making_homework.PDF), now=NOW),
        lambda: homework.remove_file(submission=sent, file=1, now=NOW),
        lambda: homework.hand_in(submission=sent, now=NOW + timedelta(days=1)),
    ]
    for deed in deeds:
        with pytest.raises(NotNow) as no:
            deed()
        assert no.value.reason == "handed_in"
    sent.refresh_from_db()
    assert (sent.text, sent.handed_in_at, sent.files.count()) == ("Ish tayyor", NOW, 0)


def test_nothing_at_all_is_not_handed_in(enrolment, assignment):
    empty = draft(enrolment, assignment, text=" \n ")

    with pytest.raises(NotNow) as no:
        homework.hand_in(submission=empty, now=NOW)

    assert no.value.reason == "empty"


def test_a_text_too_long_is_refused_and_the_draft_keeps_what_it_had(enrolment, assignment):
    made = draft(enrolment, assignment)

    with pytest.raises(ValidationError):
        homework.write(submission=made, text="x" * 20_001, now=NOW)

    made.refresh_from_db()
    assert made.text == "Ish tayyor"


@pytest.mark.parametrize("why", ["closed", "archived", "foreign"])
def test_no_draft_where_the_run_is_over_or_the_step_is_gone(enrolment, assignment, why):
    if why == "closed":
        type(enrolment).objects.update(closed_at=NOW)
    elif why == "archived":
        assignment.activity.archived = True
    else:
        assignment = making_homework.assignment()

    with pytest.raises(NotNow) as no:
        homework.open_draft(enrolment=enrolment, assignment=assignment, now=NOW)

    assert no.value.reason == "closed"
    assert not Submission.objects.exists()


def test_the_learner_cannot_mark_homework_done(client, enrolment, assignment):
    with pytest.raises(progress.NotMarkable):
        progress.mark_done(enrolment=enrolment, activity=assignment.activity)

    client.force_login(enrolment.learner)
    assert client.post(f"/activities/{assignment.pk}/done/").status_code == 404
    assert not ActivityCompletion.objects.exists()


# --- The trainer --------------------------------------------------------------------------------------------------------


def test_accepting_completes_the_step_tells_the_learner_and_is_logged(enrolment, assignment, trainer):
    sent = graded(handed_in(enrolment, assignment), trainer, points={"plan": 40, "talk": 40})

    assert (sent.state, sent.points, sent.graded_by, sent.graded_at) == (
        "accepted",
        {"plan": 40, "talk": 40},
        trainer,
        NOW,
    )
    assert [(c.activity_id, c.done_at) for c in enrolment.completions.all()] == [(assignment.pk, NOW)]
    assert [(one.by, one.text) for one in sent.comments.all()] == [(trainer, "Yaxshi")]
    entry = AuditEntry.objects.get(deed="homework accepted")
    assert (entry.actor, entry.subject) == (trainer, f"submission {sent.pk}")
    assert entry.details == {
        "points": {"plan": 40, "talk": 40}, "total": 80, "learner": enrolment.learner_id,
        "activity": assignment.pk, "number": 1,
    }  # fmt: skip
    assert list(Notice.objects.values_list("person", "kind", "mail_wanted")) == [
        (enrolment.learner_id, "homework_accepted", True)
    ]


def test_the_mail_is_in_the_learners_language(enrolment, assignment, trainer):
    enrolment.learner.language = "ru"
    enrolment.learner.save()
    graded(handed_in(enrolment, assignment), trainer, RETURN, {"plan": 40}, "Yana")

    notices.deliver()

    (letter,) = mail.outbox
    assert letter.subject == "Задание возвращено на доработку: Topshiriq"
    assert "Тренер просит кое-что доработать" in letter.body
    assert "Баллы: 66 / 100" not in letter.body
    assert "Баллы: 40 / 100" in letter.body
    assert f"/go/{assignment.pk}/" in letter.body
    assert letter.to == [enrolment.learner.email]


def test_what_is_returned_comes_back_with_its_text_and_files(enrolment, assignment, trainer):
    first = draft(enrolment, assignment)
    file = homework.add_file(submission=first, upload=making_homework.upload(making_homework.PDF), now=NOW)
    homework.hand_in(submission=first, now=NOW)
    graded(first, trainer, RETURN, {}, "Jadval yoʻq")
    assert not enrolment.completions.exists()

    second = homework.open_draft(enrolment=enrolment, assignment=assignment, now=NOW)

    assert (second.number, second.text) == (2, "Ish tayyor")
    copy = second.files.get()
    assert (copy.name, copy.sha256, copy.file.name) == (file.name, file.sha256, file.file.name)
    making.committed(lambda: homework.remove_file(submission=second, file=copy.pk, now=NOW))
    with first.files.get().file.open() as stored:  # the first handing-in still holds it
        assert stored.read() == making_homework.PDF

    homework.hand_in(submission=second, now=NOW)
    graded(second, trainer)
    assert list(Submission.objects.values_list("number", "state")) == [(1, "returned"), (2, "accepted")]
    assert enrolment.completions.count() == 1
    with pytest.raises(NotNow) as no:
        homework.open_draft(enrolment=enrolment, assignment=assignment, now=NOW)
    assert no.value.reason == "accepted"


BAD = [
    (ACCEPT, {"plan": 60}, "x", "points"),
    (ACCEPT, {}, "x", "points"),
    (ACCEPT, {"plan": 60, "talk": 9}, "x", "too_few"),
    (ACCEPT, {"plan": 61, "talk": 40}, "x", "points"),
    (ACCEPT, {"plan": -1, "talk": 40}, "x", "points"),
    (ACCEPT, {"plan": 60.0, "talk": 40}, "x", "points"),
    (ACCEPT, {"plan": True, "talk": 40}, "x", "points"),
    (ACCEPT, {"plan": "60", "talk": 40}, "x", "points"),
    (ACCEPT, {**FULL, "extra": 10}, "x", "points"),
    ("pass", FULL, "x", "points"),
    ("", FULL, "x", "points"),
    (RETURN, {"plan": 99}, "x", "points"),
    (RETURN, FULL, "", "no_words"),
    (RETURN, FULL, "  \n", "no_words"),
]


def test_a_grade_that_is_none_changes_nothing(enrolment, assignment, trainer):
    sent = handed_in(enrolment, assignment)

    for verdict, points, comment, reason in BAD:
        with pytest.raises(BadGrade) as no:
            graded(sent, trainer, verdict, points, comment)
        assert (verdict, points, no.value.reason) == (verdict, points, reason)

    sent.refresh_from_db()
    assert (sent.state, sent.points, sent.comments.count()) == ("handed_in", {}, 0)
    assert not (
        ActivityCompletion.objects.exists()
        or AuditEntry.objects.filter(deed__startswith="homework").exists()
        or Notice.objects.exists()
    )


def test_a_draft_cannot_be_graded_and_a_graded_one_not_again(enrolment, assignment, trainer):
    made = draft(enrolment, assignment)
    with pytest.raises(NotNow):
        graded(made, trainer)
    sent = graded(homework.hand_in(submission=made, now=NOW), trainer, RETURN)

    for deed in (lambda: graded(sent, trainer), lambda: homework.take(submission=sent, by=trainer, now=NOW)):
        with pytest.raises(NotNow) as no:
            deed()
        assert no.value.reason == "graded"
    assert not enrolment.completions.exists()


def test_without_criteria_the_work_has_one_number(db):
    assignment = making_homework.assignment(rubric=[])
    enrolment = making_homework.enrolment(assignment)
    sent = graded(handed_in(enrolment, assignment), making_homework.trainer(assignment), points={"whole": 70})

    assert (sent.state, homework.total(assignment, sent.points)) == ("accepted", 70)


def test_a_claim_holds_for_half_an_hour_against_others_alone(enrolment, assignment, trainer):
    other = making_homework.trainer(assignment)
    sent = handed_in(enrolment, assignment)
    homework.take(submission=sent, by=trainer, now=NOW)
    homework.take(submission=sent, by=trainer, now=NOW + timedelta(minutes=10))

    for deed in (
        lambda now: homework.take(submission=sent, by=other, now=now),
        lambda now: graded(sent, other, now=now),
    ):
        with pytest.raises(Taken) as no:
            deed(NOW + timedelta(minutes=40))
        assert (no.value.by, no.value.at) == (trainer, NOW + timedelta(minutes=10))
    homework.take(submission=sent, by=other, now=NOW + timedelta(minutes=40, seconds=1))
    with pytest.raises(Taken):  # who came back late: nothing of the other's is overwritten
        graded(sent, trainer, now=NOW + timedelta(minutes=41))
    assert graded(sent, other, now=NOW + timedelta(minutes=42)).graded_by == other


def test_a_lapsed_claim_that_nobody_took_over_still_grades(enrolment, assignment, trainer):
    sent = handed_in(enrolment, assignment)
    homework.take(submission=sent, by=trainer, now=NOW)

    assert graded(sent, trainer, now=NOW + timedelta(hours=5)).state == "accepted"


def at_once(deeds):
    """Run the deeds in threads of their own, all begun at the same moment; what they return or raise."""
    gate = Barrier(len(deeds))

    def go(deed):
        gate.wait()
        try:
            return deed()
        except Exception as fault:
            return fault
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(go, deeds))


def as_four_see_it(submission):
    rows = Submission.objects.select_related("assignment__activity__course", "enrolment__learner", "taken_by")
    return [rows.get(pk=submission.pk) for _ in range(4)]


@pytest.mark.django_db(transaction=True)
def test_of_two_trainers_grading_at_once_one_grades_and_the_other_is_told():
    assignment = making_homework.assignment()
    enrolment = making_homework.enrolment(assignment)
    trainers = [making_homework.trainer(assignment) for _ in range(4)]
    sent = handed_in(enrolment, assignment)

    def grade(by, seen, verdict):
        return homework.grade(submission=seen, by=by, points=FULL, comment="x", verdict=verdict, now=NOW)

    opened = as_four_see_it(sent)  # each has the page open: to each it is handed in and not graded
    with_all = zip(trainers, opened, [ACCEPT, RETURN] * 2, strict=True)
    done = at_once(
        [lambda by=by, seen=seen, verdict=verdict: grade(by, seen, verdict) for by, seen, verdict in with_all]
    )

    won = [one for one in done if isinstance(one, Submission)]
    assert [type(one) for one in done if one not in won] == [NotNow] * 3
    sent.refresh_from_db()
    assert (sent.state, sent.graded_by) == (won[0].state, won[0].graded_by)
    assert (
        sent.comments.count(),
        AuditEntry.objects.filter(deed__startswith="homework").count(),
        Notice.objects.count(),
    ) == (1, 1, 1)
    assert enrolment.completions.count() == (sent.state == "accepted")


@pytest.mark.django_db(transaction=True)
def test_of_two_trainers_taking_at_once_one_has_it():
    assignment = making_homework.assignment()
    enrolment = making_homework.enrolment(assignment)
    trainers = [making_homework.trainer(assignment) for _ in range(3)]
    sent = handed_in(enrolment, assignment)

    opened = zip(trainers, as_four_see_it(sent), strict=False)
    done = at_once([lambda by=by, seen=seen: homework.take(submission=seen, by=by, now=NOW) for by, seen in opened])

    assert sorted(type(one).__name__ for one in done) == ["Submission", "Taken", "Taken"]
    sent.refresh_from_db()
    assert [one.taken_by for one in done if isinstance(one, Submission)] == [sent.taken_by]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_draft_and_hands_in_once():
    assignment = making_homework.assignment()
    enrolment = making_homework.enrolment(assignment)

    made = at_once([lambda: homework.open_draft(enrolment=enrolment, assignment=assignment, now=NOW)] * 4)
    assert {one.pk for one in made} == {Submission.objects.get().pk}
    homework.write(submission=made[0], text="x", now=NOW)
    opened = as_four_see_it(made[0])
    done = at_once([lambda seen=seen: homework.hand_in(submission=seen, now=NOW) for seen in opened])

    assert sorted(type(one).__name__ for one in done) == ["NotNow"] * 3 + ["Submission"]


def test_comments_of_both_sides_and_a_notice_for_the_learner_alone(enrolment, assignment, trainer):
    made = draft(enrolment, assignment)
    with pytest.raises(NotNow):
        homework.comment(submission=made, by=enrolment.learner, text="Hali emas", now=NOW)
    sent = homework.hand_in(submission=made, now=NOW)

    homework.comment(submission=sent, by=enrolment.learner, text="Savol <script>x</script>", now=NOW)
    homework.comment(submission=sent, by=trainer, text="Javob", now=NOW)
    assert homework.comment(submission=sent, by=trainer, text="  ", now=NOW) is None

    assert list(sent.comments.values_list("by", "text")) == [
        (enrolment.learner_id, "Savol &lt;script&gt;x&lt;/script&gt;"), (trainer.pk, "Javob")
    ]  # fmt: skip
    assert list(Notice.objects.values_list("person", "kind", "mail_wanted")) == [
        (enrolment.learner_id, "homework_commented", False)
    ]
