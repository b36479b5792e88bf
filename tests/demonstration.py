"""The database of the walks: what `make run` shows on the first day, made by the same functions."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from certification.models import CertificateVersion
from cms import demo, lessons
from cms.loading import load
from cms.models import LessonPage
from courses import attempts
from courses.kinds import KINDS
from courses.models import Activity, Attempt, AttemptQuestion, Course, QuestionVersion
from seminars.models import Session

from . import making

PASSWORD = "uzun-parol-ibora"


def fill():
    load(settings.CURRICULUM_DIR, only=["sec"])  # one course is enough to walk through
    demo.make(PASSWORD)
    forget()


def forget():
    """What the process keeps of the database that was there before."""
    lessons.forget()
    cache.clear()


def person(name):
    """One of cms.demo.PEOPLE: «learner», «trainer»..."""
    return User.objects.get(email=f"{name}@example.org")


def course():
    return Course.objects.get(code="SEC")


def steps(kind):
    return list(course().activities.live().filter(kind=kind, module__isnull=False).order_by("position"))


def lesson_rows():
    return steps(Activity.Kind.LESSON)


def test_rows():
    return steps(Activity.Kind.QUIZ)


def untranslate(lesson, language):
    """Take a lesson's page in this language back, as if it were not translated yet. Returns the lesson's row as it is now."""
    LessonPage.objects.get(translation_key=lesson.key, locale__language_code=language).unpublish()
    lesson.refresh_from_db()
    assert language not in lesson.addresses
    return lesson


def attempt_of_each_kind(enrolment):
    """An open attempt at the last module's test with one question of each kind, in the order of KINDS."""
    quiz, now = test_rows()[-1].quiz, timezone.now()
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        quiz=quiz,
        number=1,
        started_at=now,
        closes_at=now + timedelta(hours=1),
        pass_mark=quiz.pass_mark,
    )
    for slot, kind in enumerate(KINDS, 1):
        version = QuestionVersion.objects.filter(kind=kind, question__current=F("pk")).order_by("pk").first()
        version = version or making.question(making.pool(count=0), kind, making.CLOZE).current  # no file has one yet
        AttemptQuestion.objects.create(attempt=attempt, slot=slot, version=version, order=attempts.shuffled(version))
    return attempt


def certificate_of(name):
    """The current CertificateVersion of a person."""
    return CertificateVersion.objects.get(certificate__enrolment__learner=person(name), is_current=True)


def begin_sessions_of(name):
    """Move the sessions in which this person has a seat to now: as if their days had come."""
    now = timezone.now()
    for session in Session.objects.filter(run__seats__person=person(name)):
        length = session.ends_at - session.starts_at
        session.starts_at, session.ends_at = now - timedelta(minutes=30), now - timedelta(minutes=30) + length
        session.save()
