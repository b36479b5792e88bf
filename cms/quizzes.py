"""The page of a quiz: its rules, where the reader stands, and the button that starts an attempt."""

from django.utils import timezone

from accounts.text import in_language
from courses import attempts
from courses.models import Activity, Enrolment, Quiz
from courses.questions import courses_of


def quiz_context(request, page):
    language = page.locale.language_code
    activity = getattr(request, "activity", None)
    if activity is None:  # a preview, or a draft that is in no syllabus yet
        activity = Activity.objects.filter(key=page.translation_key).select_related("course").first()
    quiz = Quiz.objects.filter(activity=activity).prefetch_related("draws").first() if activity else None
    enrolment = stand = None
    now = timezone.now()
    if activity and request.user.is_authenticated:
        enrolment = Enrolment.objects.open().filter(learner=request.user, course=activity.course_id).first()
    if enrolment and quiz:
        stand = attempts.standing(enrolment=enrolment, quiz=quiz, now=now)
    return {
        "activity": activity,
        "course": activity.course if activity else None,
        "course_url": activity.course.addresses.get(language, "") if activity else "",
        "course_title": in_language(activity.course.titles, language) if activity else "",
        "addresses": activity.addresses if activity else {},
        "elsewhere": activity.get_absolute_url() if activity else "",
        "quiz": quiz,
        "rules": quiz or page,  # the rows' where there are some: a translated page has only a copy
        "is_early": bool(quiz and quiz.opens_at and quiz.opens_at > now),
        "is_late": bool(quiz and quiz.closes_at and quiz.closes_at <= now),
        "makes_room_codes": bool(quiz and quiz.invigilated) and _makes_room_codes(request.user, activity.course_id),
        "questions": sum(draw.count for draw in quiz.draws.all())
        if quiz
        else sum(draw.count for draw in page.draws.all()),
        "enrolment": enrolment,
        "stand": stand,
        "lacking": bool(quiz) and attempts.lacks_questions(activity.course, quiz),
    }


def _makes_room_codes(user, course):
    return user.is_authenticated and courses_of(user).filter(pk=course).exists()
