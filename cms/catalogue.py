"""The courses that are there, for the home page and the catalogue. A fixed number of queries."""

from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils.translation import get_language

from accounts.text import in_language, language_found
from courses.models import ActivityCompletion, Course, Enrolment


@dataclass
class CourseCard:
    code: str
    title: str
    outcome: str
    url: str
    hours: object
    modules: int
    lessons: int
    cover: str
    steps: int
    done: int | None  # None: not begun
    language: str  # of title and outcome


def courses_for(request):
    """A CourseCard for every live course, in the reader's language."""
    from .models import CoursePage

    language = get_language()
    live = Q(modules__archived=False)
    courses = Course.objects.live().annotate(
        n_modules=Count("modules", filter=live, distinct=True),
        n_lessons=Count("activities", filter=Q(activities__archived=False, activities__kind="lesson"), distinct=True),
        n_steps=Count("activities", filter=Q(activities__archived=False), distinct=True),
    )
    courses = list(courses.order_by("pk"))
    covers = dict(
        CoursePage.objects.filter(translation_key__in=[c.key for c in courses]).values_list("translation_key", "cover")
    )
    begun, done = set(), {}
    if request.user.is_authenticated:
        begun = set(Enrolment.objects.open().filter(learner=request.user).values_list("course", flat=True))
        rows = ActivityCompletion.objects.filter(
            enrolment__learner=request.user, enrolment__closed_at=None, activity__archived=False,
            activity__course=F("enrolment__course"),  # a lesson that has moved counts in no course that it has left
        )  # fmt: skip
        done = dict(rows.values_list("enrolment__course").annotate(n=Count("pk")).order_by())
    return [
        CourseCard(
            code=course.code or "",
            title=in_language(course.titles, language),
            outcome=in_language(course.outcomes, language),
            url=course.addresses.get(language) or next(iter(course.addresses.values()), ""),
            hours=course.hours,
            modules=course.n_modules,
            lessons=course.n_lessons,
            cover=covers.get(course.key, "sec"),
            steps=course.n_steps,
            done=done.get(course.pk, 0) if course.pk in begun else None,
            language=language_found(course.titles, language),
        )
        for course in courses
    ]
