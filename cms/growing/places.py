"""The libraries, posts, courses, seminars and requirements of a grown nation: what is there once, however many people."""

from datetime import timedelta
from uuid import UUID

from accounts.models import Library, Position
from courses.models import Activity, Course, Module, Quiz
from reports.models import Requirement
from seminars.models import Seminar, SeminarRun, Session

REGIONS = ("AND", "BUX", "FAR", "JIZ", "NAM", "NAV", "QAS", "QOR", "SAM", "SIR", "SUR", "TOS", "TSH", "XOR")
POSITIONS = {  # code: (its share of the staff, names)
    "librarian": (76, {"uz": "Kutubxonachi", "ru": "Библиотекарь", "en": "Librarian"}),
    "smm": (9, {"uz": "SMM mutaxassisi", "ru": "SMM-специалист", "en": "SMM specialist"}),
    "web-analyst": (7, {"uz": "Veb-tahlilchi", "ru": "Веб-аналитик", "en": "Web analyst"}),
    "content-marketer": (8, {"uz": "Kontent-marketolog", "ru": "Контент-маркетолог", "en": "Content marketer"}),
}
COURSES = {  # code: titles
    "SEC": {"uz": "Kiberxavfsizlik (namuna)", "ru": "Кибербезопасность (демо)", "en": "Cybersecurity (demo)"},
    "SMM": {"uz": "SMM asoslari (namuna)", "ru": "Основы SMM (демо)", "en": "SMM basics (demo)"},
    "CON": {"uz": "Raqamli kontent (namuna)", "ru": "Цифровой контент (демо)", "en": "Digital content (demo)"},
    "WEB": {"uz": "Veb-analitika (namuna)", "ru": "Веб-аналитика (демо)", "en": "Web analytics (demo)"},
}
MODULES, LESSONS = 5, 3  # each module with a test, and a final test: 21 steps
STAFF_A_LIBRARY = 20
RUNS_A_REGION = 4  # past dates of each course's seminar
AT_ONCE = 1_000


def libraries(people):
    """The tree for so many people: the nation, its regions, about 200 districts, branches. In the order of their paths."""
    wanted = max(people // STAFF_A_LIBRARY, 1 + 2 * len(REGIONS))
    districts = max(len(REGIONS), min(200, wanted // 5))
    branches = max(0, wanted - 1 - len(REGIONS) - districts)
    rows = []

    def put(code, level, words, parent, nth):
        path = Library._get_path(parent.path if parent else "", parent.depth + 1 if parent else 1, nth)
        titles = {"uz": f"{words[0]} (namuna)", "ru": f"{words[1]} (демо)", "en": f"{words[2]} (demo)"}
        made = Library(code=code, level=level, titles=titles, path=path, depth=len(path) // Library.steplen)
        rows.append(made)
        if parent:
            parent.numchild += 1
        return made

    nation = put("UZ", "nation", ("Milliy dastur", "Национальная программа", "National programme"), None, 1)
    for r, code in enumerate(REGIONS):
        words = (f"{code} viloyati AKM", f"{code}: областной ИБЦ", f"{code}: regional ILC")
        region = put(code, "region", words, nation, r + 1)
        for d, number in enumerate(range(r, districts, len(REGIONS)), 1):
            name = f"{code}-{d:02d}"
            district = put(
                name, "district", (f"{name} tuman AKM", f"{name}: районный ИБЦ", f"{name}: district ILC"), region, d
            )
            for b, _nth in enumerate(range(number, branches, districts), 1):
                own = f"{name}-{b:03d}"
                put(own, "library", (f"{own} filiali", f"{own}: филиал", f"{own}: branch"), district, b)
    Library.objects.bulk_create(rows, AT_ONCE)
    return rows


def positions():
    return [
        Position.objects.get_or_create(code=code, defaults={"titles": words})[0]
        for code, (_share, words) in POSITIONS.items()
    ]


def courses():
    """[(Course, its live activities in their order)]: those of these codes that are there, the others made without pages."""
    found = []
    for number, (code, titles) in enumerate(COURSES.items(), 1):
        course = Course.objects.filter(code=code).first() or _course(number, code, titles)
        found.append((course, list(course.activities.live().order_by("position", "pk"))))
    return found


def _course(number, code, titles):
    def key(*path):
        return UUID(bytes=bytes([0x5A, number, *path]).ljust(16, b"\0"))

    made = Course.objects.create(key=key(), code=code, source="uz", titles=titles, hours=36, version=1)
    steps = []
    for m in range(1, MODULES + 1):
        module = Module.objects.create(course=made, key=key(m), position=m, titles={"uz": f"{m}-modul"}, hours=7)
        for n in range(1, LESSONS + 2):
            kind = Activity.Kind.LESSON if n <= LESSONS else Activity.Kind.QUIZ
            steps.append(Activity(course=made, module=module, key=key(m, n), kind=kind, position=len(steps) + 1,
                                  titles={"uz": f"{m}.{n}"}))  # fmt: skip
    steps.append(
        Activity(
            course=made, key=key(99), kind=Activity.Kind.QUIZ, position=len(steps) + 1, titles={"uz": "Yakuniy test"}
        )
    )
    Activity.objects.bulk_create(steps)
    Quiz.objects.bulk_create(Quiz(activity=one) for one in steps if one.kind == Activity.Kind.QUIZ)
    return made


def sessions(regions, courses, now):
    """{(region's path, course): [Session]}: past sittings of one seminar a course, a few runs a region."""
    found = {}
    for course, _steps in courses:
        topic, _ = Seminar.objects.get_or_create(
            code=f"grown-{course.code.lower()}",
            defaults={"course": course, "titles": course.titles, "planned_hours": 6},
        )
        for region in regions:
            for n in range(RUNS_A_REGION):
                run = SeminarRun.objects.create(seminar=topic, capacity=999, place={"uz": str(region)}, library=region)
                begins = now - timedelta(days=20 + 80 * n)
                made = Session.objects.create(run=run, starts_at=begins, ends_at=begins + timedelta(hours=3), hours=4)
                found.setdefault((region.path, course.pk), []).append(made)
    return found


def requirements(nation, regions, courses, positions, by, now):
    """One of all by a day that is past, one of each other post by a day to come, one of half of the regions."""
    today = now.date()
    rows = [(nation, None, courses[0][0], today - timedelta(days=30))]
    rows += [
        (nation, position, course, today + timedelta(days=60))
        for position, (course, _steps) in zip(positions[1:], (courses[1], courses[3], courses[2]), strict=True)
    ]
    rows += [(region, positions[1], courses[2][0], today - timedelta(days=10)) for region in regions[::2]]
    Requirement.objects.bulk_create(
        Requirement(
            library=library, position=position, course=course, due_on=day, set_at=now - timedelta(days=90), set_by=by
        )
        for library, position, course, day in rows
    )
