"""The demonstration's people, libraries and seminar dates. Plainly demo: every person is marked and named so."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Library, Position, Role, User
from accounts.roles import grant
from certification import award
from certification.models import CourseCompletion
from courses import attempts, cloze, enrolments, homework, progress
from courses.models import Activity, Course
from reports import requirements
from seminars import attendance, booking
from seminars.models import Seminar, SeminarRun, Session

from . import teams

LIBRARIES = {  # code: (parent, level, names)
    "UZ": (
        None,
        "nation",
        {"uz": "Milliy dastur (namuna)", "ru": "Национальная программа (демо)", "en": "National programme (demo)"},
    ),
    "TSH": (
        "UZ",
        "region",
        {
            "uz": "Toshkent viloyati AKM (namuna)",
            "ru": "Ташкентский областной ИБЦ (демо)",
            "en": "Tashkent region ILC (demo)",
        },
    ),
    "TSH-01": (
        "TSH",
        "district",
        {
            "uz": "Chirchiq shahar AKM (namuna)",
            "ru": "Чирчикский городской ИБЦ (демо)",
            "en": "Chirchiq city ILC (demo)",
        },
    ),
    "SAM": (
        "UZ",
        "region",
        {
            "uz": "Samarqand viloyati AKM (namuna)",
            "ru": "Самаркандский областной ИБЦ (демо)",
            "en": "Samarkand region ILC (demo)",
        },
    ),
    "SAM-01": (
        "SAM",
        "district",
        {
            "uz": "Kattaqoʻrgʻon shahar AKM (namuna)",
            "ru": "Каттакурганский городской ИБЦ (демо)",
            "en": "Kattakurgan city ILC (demo)",
        },
    ),
}
POSITIONS = {
    "librarian": {"uz": "Kutubxonachi", "ru": "Библиотекарь", "en": "Librarian"},
    "smm": {"uz": "SMM mutaxassisi", "ru": "SMM-специалист", "en": "SMM specialist"},
    "web-analyst": {"uz": "Veb-tahlilchi", "ru": "Веб-аналитик", "en": "Web analyst"},
    "content-marketer": {"uz": "Kontent-marketolog", "ru": "Контент-маркетолог", "en": "Content marketer"},
}
PEOPLE = {  # name before @example.org: (login, family name, given name, library, role)
    "learner": ("TSH-0001", "Namunayeva", "Tinglovchi", "TSH-01", None),
    "graduate": ("TSH-0002", "Namunayeva", "Bitiruvchi", "TSH-01", None),
    "trainer": ("UZ-0001", "Namunayev", "Trener", "UZ", Role.TRAINER),
    "editor": ("UZ-0002", "Namunayev", "Muharrir", "UZ", Role.EDITOR),
    "hr": ("TSH-0003", "Namunayev", "Kadrlar", "TSH", Role.HR),
    "hr2": ("SAM-0001", "Namunayev", "Kadrlar Ikkinchi", "SAM", Role.HR),
    "director": ("TSH-0004", "Namunayev", "Direktor", "TSH-01", Role.DIRECTOR),
    "admin": ("UZ-0003", "Namunayev", "Administrator", "UZ", Role.ADMINISTRATOR),
}
SCOPED = {Role.HR, Role.DIRECTOR}


def make(password):
    """The whole demonstration. Safe to repeat. Returns [(User, made)] as make_people does."""
    people = make_people(password)
    by_name = dict(zip(PEOPLE, [person for person, _made in people], strict=True))
    make_dates(by_name["trainer"])
    require(by_name["hr"])
    graduate(by_name["graduate"], by_name["trainer"])
    return people


@transaction.atomic
def make_people(password):
    """The demo people with this password. Safe to repeat: who is there keeps the password. Returns [(User, made)]."""
    libraries = _libraries()
    positions = {
        code: Position.objects.get_or_create(code=code, defaults={"titles": titles})[0]
        for code, titles in POSITIONS.items()
    }
    people = []
    for name, (login, family, given, library, role) in PEOPLE.items():
        person, made = User.objects.get_or_create(
            username=login,
            defaults={
                "email": f"{name}@example.org",
                "last_name": family,
                "first_name": given,
                "library": libraries[library],
                "position": positions["librarian"],
                "is_demo": True,
            },
        )
        if made:
            person.set_password(password)
            person.is_superuser = role == Role.ADMINISTRATOR  # Wagtail's own administrators
            person.save()
        if role:
            grant(person=person, role=role, library=libraries[library] if role in SCOPED else None)
        people.append((person, made))
    by_name = dict(zip(PEOPLE, [person for person, _ in people], strict=True))
    for course in Course.objects.live():
        teams.join(course=course, person=by_name["trainer"])
    return people


def _libraries():
    found = {}
    for code, (parent, level, titles) in LIBRARIES.items():
        library = Library.objects.filter(code=code).first()
        if library is None:
            fields = {"code": code, "level": level, "titles": titles}
            library = (
                Library.add_root(**fields) if parent is None else Library.objects.get(code=parent).add_child(**fields)
            )
        found[code] = library
    return found


def make_dates(trainer):
    """One offering to come of every seminar that has none, on the coming Saturdays at 10:00."""
    place = {
        "uz": "Toshkent viloyati AKM, 2-qavat (namuna)",
        "ru": "Ташкентский областной ИБЦ, 2-й этаж (демо)",
        "en": "Tashkent region ILC, 2nd floor (demo)",
    }
    now = timezone.now()
    saturday = timezone.localdate() + timedelta(days=(5 - timezone.localdate().weekday()) % 7 + 7)
    for n, seminar in enumerate(Seminar.objects.filter(archived=False).order_by("code")):
        if SeminarRun.objects.filter(seminar=seminar, sessions__starts_at__gt=now).exists():
            continue
        begins = timezone.make_aware(datetime.combine(saturday + timedelta(days=7 * n), time(10)))
        make_run(seminar, begins, trainer, place)


def require(by):
    """Every course of the demonstration is required of the staff of a region, unless something is required already."""
    region = Library.objects.get(code="TSH")
    for course in Course.objects.live():
        if course.is_whole and not requirements.Requirement.objects.filter(course=course).exists():
            requirements.require(library=region, course=course, due_on=timezone.localdate() + timedelta(days=60), by=by)


def make_run(seminar, begins, trainer, place, capacity=20):
    region = Library.objects.filter(code="TSH").first()  # so that the list can be filtered by region
    run = SeminarRun.objects.create(seminar=seminar, capacity=capacity, place=place, library=region)
    run.trainers.add(trainer)
    ends = begins + timedelta(minutes=45 * float(seminar.planned_hours))
    Session.objects.create(run=run, starts_at=begins, ends_at=ends, hours=seminar.planned_hours)
    return run


def graduate(person, trainer):
    """Take a person through a course by the same rules as everybody: lessons, tests, seminars, name, certificate."""
    whole = Course.objects.live().filter(missing=[]).order_by("pk")
    course = whole.filter(code="SEC").first() or whole.first()  # the one that READMEs tell of
    if course is None or CourseCompletion.objects.filter(enrolment__learner=person, enrolment__course=course).exists():
        return
    now = timezone.now()
    began = now - timedelta(days=60)
    enrolment = enrolments.begin(learner=person, course=course, now=began)
    enrolment.refresh_from_db()
    for n, activity in enumerate(course.activities.live().order_by("position")):
        when = began + timedelta(days=1 + n)
        if activity.kind == Activity.Kind.QUIZ:
            _pass(enrolment, activity.quiz, when)
        elif activity.kind == Activity.Kind.ASSIGNMENT:
            _hand_in(enrolment, activity.assignment, when, trainer)
        else:
            progress.mark_done(enrolment=enrolment, activity=activity, now=when)
    for n, seminar in enumerate(Seminar.objects.filter(course=course, archived=False)):
        _attend(person, seminar, began + timedelta(days=7 * (n + 1)), trainer)
    over = Q(kind__startswith="seat") | Q(kind__startswith="homework")
    person.notices.filter(over).update(read_at=now, mail_wanted=False)  # those seminars are over, that homework is read
    person.certificate_name = "Namunayeva Bitiruvchi Namuna qizi"
    person.certificate_name_confirmed_at = now
    person.save()
    award.consider(learner=person.pk, course=course.pk, now=now)
    award.heal(now)


def _pass(enrolment, quiz, when):
    attempt = attempts.start(enrolment=enrolment, quiz=quiz, now=when)
    for row in attempt.questions.select_related("version"):
        attempts.save_answer(attempt=attempt, slot=row.slot, values=right_values(row), now=when)
    attempts.submit(attempt=attempt, now=when + timedelta(minutes=10))


def _hand_in(enrolment, assignment, when, trainer):
    draft = homework.open_draft(enrolment=enrolment, assignment=assignment, now=when)
    text = "Ishning uchala hujjati tayyor, direktor bilan koʻrib chiqdik. (Namuna)"
    homework.write(submission=draft, text=text, now=when)
    homework.hand_in(submission=draft, now=when)
    read = when + timedelta(hours=20)
    homework.take(submission=draft, by=trainer, now=read)
    homework.grade(
        submission=draft, by=trainer, points={row["id"]: row["points"] for row in homework.criteria(assignment)},
        comment="Hammasi joyida. (Namuna)", verdict=homework.ACCEPT, now=read + timedelta(minutes=20),
    )  # fmt: skip


def right_values(row):
    """What a form sends for the right answer of an AttemptQuestion."""
    kind, content, order = row.version.kind, row.version.content, row.order
    if kind in ("single", "multiple"):
        return [str(order.index(choice["id"])) for choice in content["choices"] if choice["right"]]
    if kind == "ordering":
        return [str(order.index(step["id"])) for step in content["steps"]]
    if kind == "matching":
        return [str(order.index(pair["id"])) for pair in content["pairs"]]
    if kind == "true_false":
        return [str(content["answer"]).lower()]
    if kind == "cloze":
        return cloze.right_values(content, order)
    if kind == "short_answer":
        return [next(text for texts in content["accept"].values() for text in texts)]
    return [content["answer"]]


def _attend(person, seminar, when, trainer):
    begins = timezone.make_aware(datetime.combine(timezone.localdate(when), time(10)))
    run = SeminarRun.objects.filter(seminar=seminar, sessions__starts_at=begins).first()
    run = run or make_run(
        seminar,
        begins,
        trainer,
        {
            "uz": "Toshkent viloyati AKM (namuna)",
            "ru": "Ташкентский областной ИБЦ (демо)",
            "en": "Tashkent region ILC (demo)",
        },
    )
    booking.book(run=run, person=person, now=begins - timedelta(days=3))
    for session in run.sessions.all():
        attendance.mark(session=session, person=person, mark="present", by=trainer, now=session.ends_at)
