"""«There is a mistake in this question»: said by a learner of the own attempt, answered by those who write the question."""

from django.db import transaction
from django.utils import timezone

from accounts import audit, notices

from .models import AttemptQuestion, QuestionReport
from .questions import courses_of, writes_everywhere

State = QuestionReport.State


class AnsweredAlready(Exception):
    """Another trainer was quicker; args[0] is the report as it stands."""


def report(*, version, by, text, now=None):
    """Say that a question, in the words of this version, has a mistake. Once a person and version: the first words stay.

    Raises ValueError without words.
    """
    if not text.strip():
        raise ValueError("a report says what is wrong")
    defaults = {"text": text.strip(), "at": now or timezone.now()}
    return QuestionReport.objects.get_or_create(version=version, by=by, defaults=defaults)[0]


def reports_of(user):
    """The reports of questions that `user` writes: of the own courses' pools; editors and administrators have all."""
    rows = QuestionReport.objects.all()
    return rows if writes_everywhere(user) else rows.filter(version__question__pool__course__in=courses_of(user))


def answer(*, report, state, words, by, now=None):
    """Say what came of it: State.MENDED or State.REFUSED, with words that the learner gets as a notice. Logged.

    Raises ValueError without words or with another state, AnsweredAlready.
    """
    if state not in (State.MENDED, State.REFUSED) or not words.strip():
        raise ValueError("an answer says what came of it")
    with transaction.atomic():
        row = QuestionReport.objects.select_for_update(of=("self",)).select_related("version", "by").get(pk=report.pk)
        if row.state != State.OPEN:
            raise AnsweredAlready(row)
        row.state, row.answer, row.handled_at, row.handled_by = state, words.strip(), now or timezone.now(), by
        row.save(update_fields=["state", "answer", "handled_at", "handled_by"])
        audit.record(
            actor=by, deed="report of a mistake answered", subject=f"report {row.pk}", about=row.by_id, reason=row.answer, state=state,
            question=row.version.question_id,
        )  # fmt: skip
        notices.tell(
            person=row.by, kind="report_answered", subject=f"report {row.pk}", mail=True, state=str(state),
            question=row.version.content.get("text", {}), said=row.text, answer=row.answer, link=_where(row),
        )  # fmt: skip
    return row


def _where(report):
    """The page on which the learner reported it."""
    own = AttemptQuestion.objects.filter(version=report.version_id, attempt__enrolment__learner=report.by_id)
    slot = own.order_by("-pk").values_list("attempt", "slot").first()
    return "/attempts/{}/questions/{}/report/".format(*slot) if slot else ""
