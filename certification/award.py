"""The only judge of a course, and the issue of certificates. Every function may run any number of times, side by side."""

import json
import logging
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, Exists, F, OuterRef
from django.db.models.functions import Least
from django.utils import timezone

from accounts import audit, jobs
from accounts.models import Notice
from accounts.notices import tell
from accounts.prepared import Given, Prepared, PreparedInsert, PreparedUpdate, PreparedValues
from courses.models import Activity, ActivityCompletion, Enrolment
from seminars.attendance import hours_of

from . import codes, designs, files, telling, validity
from .badges import keeping
from .conditions import completes, facts_of, missing, unmet
from .life import NotPossible, correct, renew, restore, revoke  # noqa: F401  (award.correct and award.revoke are names relied upon)
from .models import Certificate, CertificateVersion, CourseCompletion, NumberSeries

log = logging.getLogger(__name__)
# Tries of the queue: a row that kills its worker would come back for ever. The sweep goes on, with long pauses.
MOST_TRIES = 20
MOST_COUNTED = (
    30_000  # what the column holds: a row that fails every quarter of an hour reaches the end of it within a year
)
A_ROUND = 200  # rows that one sweep takes of a kind, so that each kind has its turn


# --- The judge -----------------------------------------------------------------------------------------------------------


def consider(*, learner, course, now=None):
    """Judge the open enrolment of `learner` in `course` (primary keys). Returns its CourseCompletion, or None.

    Writes the completion when nothing but the name is missing and asks for the certificate. What was completed once stays.
    """
    rows = Enrolment.objects.open().select_related("course", "learner")
    enrolment = rows.filter(learner=learner, course=course).first()
    if enrolment is None:
        return None
    completion = CourseCompletion.objects.filter(enrolment=enrolment).first()
    if completion is None:
        if not completes(missing(enrolment)):
            return None
        completion = _complete(enrolment, now or timezone.now())
    if not enrolment.learner.certificate_name_confirmed_at:
        _ask_for_name(completion)
    elif CourseCompletion.objects.due().filter(pk=completion.pk).exists():
        from .tasks import issue as task

        transaction.on_commit(lambda: jobs.send(task, completion.pk))
    return completion


def consider_all(*, learner, now=None):
    """Judge every open enrolment of a person (primary key): the name was confirmed, which all of them may have waited for."""
    for course in Enrolment.objects.open().filter(learner=learner).values_list("course", flat=True):
        consider(learner=learner, course=course, now=now)


def _complete(enrolment, now):
    course = enrolment.course
    modules = list(course.modules.live().order_by("position"))
    with transaction.atomic():
        completion, made = CourseCompletion.objects.get_or_create(
            enrolment=enrolment,
            defaults={
                "completed_at": now,
                "hours": course.hours,
                "syllabus_version": course.version,
                "syllabus": {
                    "code": course.code,
                    "source": course.source,
                    "titles": course.titles,
                    "outcomes": course.outcomes,
                    "modules": [module.titles for module in modules],
                    "valid_months": course.valid_months,
                    "digcomp": sorted({code for module in modules for code in module.competences}),
                    "print": validity.syllabus_print(course),
                },
            },
        )
        if made:
            audit.record(
                actor=None, deed="course completed", subject=f"enrolment {enrolment.pk}", about=enrolment.learner_id,
                course=course.code, passed=_passed(enrolment),
            )  # fmt: skip
    return completion


def _passed(enrolment):
    """[[quiz, attempt, score in %]]: the grades on which the completion rests, sealed with it."""
    rows = enrolment.attempts.filter(passed=True).order_by("pk").values_list("quiz", "pk", "score")
    return [[quiz, attempt, str(score)] for quiz, attempt, score in rows]


def _ask_for_name(completion):
    """Once for each completion: the paper waits for the name alone."""
    notice = tell(
        person=completion.enrolment.learner, kind="name_wanted", subject=f"enrolment {completion.enrolment_id}", mail=True,
        course=completion.syllabus["titles"],
    )  # fmt: skip
    telling.mail_soon(notice)


# --- The certificate -----------------------------------------------------------------------------------------------------


# A graduation is thousands of these one after the other: each is built once (docs/decisions/0017-prepared-queries.md).
COMPLETION = Prepared(
    lambda: CourseCompletion.objects.filter(pk=Given("pk")).select_related(
        "enrolment__learner", "enrolment__certificate"
    )
)
NEXT_NUMBER = PreparedUpdate(lambda: (_series(), {"last": F("last") + 1}))
LAST_NUMBER = PreparedValues(lambda: _series().values_list("last"))
NEW_CERTIFICATE = PreparedInsert(Certificate, returning=True)
NEW_VERSION = PreparedInsert(CertificateVersion, returning=True)


def _series():
    return NumberSeries.objects.filter(year=Given("year"))


def issue(*, completion, now=None):
    """Make the certificate of a completion, exactly one: reserve it, draw and seal it outside of any transaction, store it, tell.

    A process that dies in between leaves a reserved certificate without a file, and so do missing keys; the next run draws it
    from the frozen payload. Returns the CertificateVersion, or None while the holder's name is not confirmed. Raises
    drawing.MissingGlyph, keys.NoKeys.
    """
    now = now or timezone.now()
    completion = COMPLETION.get(pk=completion)
    if not completion.enrolment.learner.certificate_name_confirmed_at:
        return None
    certificate = getattr(completion.enrolment, "certificate", None)
    version = certificate.versions.get(is_current=True) if certificate else _reserve(completion, now)
    certificate = version.certificate
    if not version.sha256:
        version = files.store(version=version)
    if certificate.shared:
        keeping.keep(certificate=certificate)
    if not certificate.revoked_at:
        telling.of_version(completion.enrolment.learner, version)
    return version


def _reserve(completion, now):
    """Number, code and payload in one short transaction; of two at once, one wins and both return its current version."""
    from .drawing import lay_out

    enrolment = completion.enrolment
    # What cannot be printed is not reserved: the holder may still correct the name.
    words = payload(completion, codes.format_number(now.year, 1), codes.new_code(), now)
    words = json.loads(json.dumps(words))  # as the row will say it: of that the file is drawn, now and ever after
    lay_out(words)
    expires_on = words["expires_on"] and date.fromisoformat(words["expires_on"])
    try:
        with transaction.atomic():
            number, code = next_number(timezone.localtime(now).year), codes.new_code()
            certificate = Certificate(enrolment=enrolment, number=number)
            NEW_CERTIFICATE.run(certificate)
            version = CertificateVersion(
                certificate=certificate, code=code, issued_at=now, payload=words | _told_apart(number, code), expires_on=expires_on
            )  # fmt: skip
            version.folded = version.words
            NEW_VERSION.run(version)
            audit.record(
                actor=None,
                deed="certificate issued",
                subject=f"certificate {number}",
                about=enrolment.learner_id,
                enrolment=enrolment.pk,
            )
            return version
    except IntegrityError:
        won = Certificate.objects.filter(enrolment=enrolment).first()
        if won is None:  # no race: a number or code that was there already
            raise
        return won.versions.get(is_current=True)


def next_number(year):
    """The next number of the year, such as SBQ-2026-000417. Call it inside the transaction that uses it."""
    if not NEXT_NUMBER.run(year=year):  # whoever has written the row holds it until the end of the transaction
        NumberSeries.objects.get_or_create(year=year)
        NEXT_NUMBER.run(year=year)
    ((last,),) = LAST_NUMBER.all(year=year)
    return codes.format_number(year, last)


def payload(completion, number, code, now):
    """Every word that will be printed, frozen: shape in certification/drawing.py. The course is told as it was completed."""
    enrolment, course = completion.enrolment, completion.syllabus
    languages = [language for language, _ in settings.LANGUAGES]
    language = enrolment.learner.language

    def said(texts, language):
        return texts.get(language) or texts.get(course["source"]) or next(iter(texts.values()), "")

    design = designs.content_for(enrolment.course_id)
    return {
        "schema": 1,
        **_told_apart(number, code),
        "language": language if language in languages else settings.LANGUAGE_CODE,
        "holder": enrolment.learner.certificate_name,
        "issued_on": timezone.localdate(now).isoformat(),
        "expires_on": validity.expiry(timezone.localdate(now), course.get("valid_months")),
        "hours": int(completion.hours) if completion.hours == int(completion.hours) else float(completion.hours),
        "period": {
            "from": timezone.localdate(enrolment.began_at).isoformat(),
            "to": timezone.localdate(completion.completed_at).isoformat(),
        },
        "order": design.get("order"),
        "course_code": course["code"],
        "digcomp": course.get("digcomp", []),
        "demo": settings.MODE != "production",
        "design": designs.look_of(design),
        "words": {
            language: {
                "course": said(course["titles"], language),
                "outcome": said(course.get("outcomes") or {}, language),
                "modules": [text for titles in course["modules"] if (text := said(titles, language))],
                **designs.words_of(design, language, said),
            }
            for language in languages
        },
    }


def _told_apart(number, code):
    """What is this certificate's alone."""
    return {"number": number, "code": code, "verify_url": f"{settings.VERIFY_BASE_URL}/verify/{code}/"}


# --- What the sweep finds ------------------------------------------------------------------------------------------------


def to_consider():
    """Open enrolments without a completion whose lessons, quizzes and homework that counts are done.

    The cheap part of the judgement, in the database.

    The database stops at the first step that lacks: 0.15 s for 20,000 half-done enrolments. Counting took 3 s on PostgreSQL.
    """
    done = ActivityCompletion.objects.filter(activity=OuterRef("pk"), enrolment=OuterRef(OuterRef("pk")))
    steps = Activity.objects.live().filter(course=OuterRef("course"))
    steps = steps.exclude(kind=Activity.Kind.ASSIGNMENT, course__homework_counts=False)
    rows = Enrolment.objects.open().filter(completion=None, course__archived=False)
    return rows.filter(Exists(steps), ~Exists(steps.filter(~Exists(done))))


def ripe():
    """Those of `to_consider` that the judge would pass. Most of the others wait for a seminar, half a year long and in their
    thousands: so hours are asked for first, for two queries, and what each has done only of those who have enough.
    """
    rows = list(to_consider().select_related("course", "learner"))
    for start in range(0, len(rows), A_ROUND):
        batch = rows[start : start + A_ROUND]
        hours = hours_of(batch)
        near = [one for one in batch if hours[one.pk].earned >= hours[one.pk].needed(one.course.seminar_share)]
        facts = facts_of(near)
        yield from (enrolment for enrolment in near if completes(unmet(facts[enrolment.pk])))


def unasked():
    """Completions that wait for a name which nobody has asked for: a crash between the two."""
    asked = Notice.objects.filter(
        person=OuterRef("enrolment__learner"), kind="name_wanted", subject=telling.named("enrolment ", "enrolment_id")
    )
    return CourseCompletion.objects.filter(~Exists(asked), enrolment__learner__certificate_name_confirmed_at=None)


def heal(now=None):
    """Judge and issue all that is due. Returns {"considered": n, "issued": n}; called by the sweep."""
    now = now or timezone.now()
    judged = (_tried(consider, learner=one.learner_id, course=one.course_id, now=now) for one in ripe())
    considered = sum(completion is not None for completion in judged)
    for completion in unasked().select_related("enrolment__learner")[:A_ROUND]:
        _tried(_ask_for_name, completion)
    due = CourseCompletion.objects.due().rested(now).order_by("tries", "pk").values_list("pk", flat=True)
    issued = sum(_issue_counted(pk, now, CourseCompletion.objects.rested(now)) is not None for pk in due[:A_ROUND])
    for version in telling.untold().select_related("certificate__enrolment__learner")[:A_ROUND]:
        _tried(telling.of_version, version.certificate.enrolment.learner, version)
    return {"considered": considered, "issued": issued}


DUE = PreparedValues(lambda: CourseCompletion.objects.due().filter(pk=Given("pk")).values_list("pk"))
COUNT_TRY = PreparedUpdate(
    lambda: (
        CourseCompletion.objects.filter(pk=Given("pk"), tries__lt=MOST_TRIES),
        {"tries": F("tries") + 1, "tried_at": Given("now", DateTimeField())},
    )
)


def issue_soon(*, completion, now=None):
    """What the queue asks for: issue now, whatever was tried before, but not for ever. Returns the version, or None."""
    if not DUE.first(pk=completion):
        return issue(completion=completion, now=now)  # there is the file: perhaps the holder was not told
    now = now or timezone.now()
    if not COUNT_TRY.run(pk=completion, now=now):  # before it is tried, as this process may die of it
        return None
    return _tried(issue, completion=completion, now=now)


def _issue_counted(pk, now, rows):
    """Count the try in the row first, as this process may die of it; of two sweeps at once one takes the row."""
    tries = Least(F("tries") + 1, MOST_COUNTED)
    if not rows.filter(pk=pk).update(tries=tries, tried_at=now):
        return None
    return _tried(issue, completion=pk, now=now)


def _tried(deed, *rows, **names):
    """Do it for one row; a fault is logged with the row and leaves the others their turn."""
    try:
        return deed(*rows, **names)
    except Exception:
        log.exception("%s failed for %s", deed.__name__, rows or names)
        return None
