"""What rests on a question: attempts under way, graded attempts, certificates. Shown before a change of it is published.

Certificates belong to a room above. It says once, when it is ready, how they are found:

    impact.register_certificates(Certificate.objects.standing)      # certification/apps.py

The function takes nothing and returns a queryset of the certificates that stand, with `enrolment` and `number`. This room
asks it only through its own tables (`enrolment__attempts__…`) and never learns what a certificate is.
"""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from . import grading
from .models import AttemptQuestion, Question, QuestionVersion

_certificates = None


def register_certificates(standing):
    global _certificates
    _certificates = standing


def certificates():
    """The certificates that stand, as a queryset. Raises RuntimeError while nobody has said how: a silent 0 would mislead."""
    if _certificates is None:
        raise RuntimeError("no room has registered its certificates")
    return _certificates()


@dataclass(frozen=True)
class Use:
    """How often a version is in use."""

    number: int
    counts_with: int  # the version whose statistics it continues; its own number unless it is editorial
    is_current: bool
    under_way: int  # attempts
    graded: int  # attempts judged by its key


@dataclass(frozen=True)
class Impact:
    uses: tuple  # of Use, oldest first; versions in use alone
    certificates: int

    @property
    def under_way(self):
        return sum(use.under_way for use in self.uses)

    @property
    def graded(self):
        return sum(use.graded for use in self.uses)

    def __bool__(self):
        return bool(self.uses)


def impact_of(questions):
    """{question's primary key: Impact} of any number of questions, in three queries."""
    found = {question.pk: {} for question in questions}
    used = AttemptQuestion.objects.filter(version__question__in=found).values(by=Coalesce("graded_by", "version"))
    open_ones, graded_ones = Q(attempt__submitted_at=None), Q(attempt__submitted_at__isnull=False)
    counts = {
        row["by"]: (row["under_way"], row["graded"])
        for row in used.order_by("by").annotate(
            under_way=Count("attempt", filter=open_ones, distinct=True),
            graded=Count("attempt", filter=graded_ones, distinct=True),
        )
    }
    versions = QuestionVersion.objects.filter(question__in=found).order_by("question", "number").defer("content")
    series = statistics_of(versions)
    current = {question.current_id for question in questions}
    for version in versions:
        if version.pk in counts:
            found[version.question_id][version.pk] = Use(
                version.number, series[version.pk], version.pk in current, *counts[version.pk]
            )
    rest = certificates_on(found)
    return {pk: Impact(tuple(uses.values()), rest.get(pk, 0)) for pk, uses in found.items()}


def judged_otherwise(questions):
    """Of these those with graded attempts that stand by another key than the one that is published now. Two queries."""
    pks = [one.pk for one in questions]
    used = AttemptQuestion.objects.filter(version__question__in=pks, attempt__submitted_at__isnull=False)
    keys = QuestionVersion.objects.filter(pk__in=used.values(by=Coalesce("graded_by", "version")))
    current = {one.pk: one.current for one in Question.objects.filter(pk__in=pks).select_related("current")}
    other = {one.question_id for one in keys if not grading.same_key(one.kind, one.content, current[one.question_id])}
    return [one for one in questions if one.pk in other]


def statistics_of(versions):
    """{version's primary key: number of the version whose statistics it continues}; `versions` by question and number.

    A version that only changes the wording counts together with the one before it.
    """
    series, before = {}, None
    for version in versions:
        goes_on = version.editorial and before is not None and before.question_id == version.question_id
        series[version.pk] = series[before.pk] if goes_on else version.number
        before = version
    return series


def certificates_on(questions):
    """{question: how many certificates rest on a passed attempt in which it was asked}, in one query."""
    question = "enrolment__attempts__questions__version__question"
    rows = certificates().filter(**{"enrolment__attempts__passed": True, f"{question}__in": questions})
    return dict(rows.values_list(question).order_by(question).annotate(Count("pk", distinct=True)))
