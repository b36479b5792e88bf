"""A course as people see it: its modules and steps in the reader's language, with what is done. Made of the syllabus, not of the tree."""

from dataclasses import dataclass, field

from accounts.text import in_language, language_found
from courses.models import Activity


@dataclass
class Step:
    pk: int
    kind: str
    title: str
    url: str  # in the reader's language, else /go/PK/, which says «not yet translated»
    minutes: int
    number: int  # 1-based, in the course
    translated: bool
    state: str = "todo"  # done, now, todo
    lesson_number: int = 0  # among the lessons of its module
    language: str = ""  # of the title, where it is not the reader's


@dataclass
class ModuleOutline:
    pk: int | None
    key: str
    title: str
    outcome: str
    number: int
    steps: list = field(default_factory=list)

    @property
    def state(self):
        states = {step.state for step in self.steps}
        return "done" if states == {"done"} else "now" if "now" in states else "todo"

    @property
    def done(self):
        return sum(step.state == "done" for step in self.steps)

    @property
    def minutes(self):
        return sum(step.minutes for step in self.steps)


@dataclass
class Outline:
    modules: list
    final: list

    @property
    def steps(self):
        return [step for module in self.modules for step in module.steps] + self.final

    @property
    def bands(self):
        """The steps for the band of tiles, with a gap where a module begins."""
        rows = [
            (step, n == 0 and m > 0) for m, module in enumerate(self.modules) for n, step in enumerate(module.steps)
        ]
        return rows + [(step, n == 0) for n, step in enumerate(self.final)]

    @property
    def next(self):
        """Where I stopped: the first activity not done, homework last; for who has not begun, the first of all."""
        now = next((step for step in self.steps if step.state == "now"), None)
        return now or next((step for step in self.steps if step.state != "done"), None)

    @property
    def done(self):
        return sum(step.state == "done" for step in self.steps)


def outline(activities, language, done=None, waiting=()):
    """The Outline of a course from its live activities (with modules selected), in order. No queries.

    `done`: primary keys of what the reader has done; None for who has not begun the course, and so has stopped nowhere.
    `waiting`: of homework that is with the trainer. Homework is where one stopped only when nothing else is open.
    """
    modules, final = {}, []
    here = stopped(activities, done, waiting) if done is not None else None
    for number, activity in enumerate(activities, 1):
        step = Step(
            pk=activity.pk,
            kind=activity.kind,
            title=in_language(activity.titles, language),
            url=activity.addresses.get(language) or f"/go/{activity.pk}/",
            minutes=activity.minutes,
            number=number,
            translated=language in activity.addresses,
            language="" if language in activity.titles else language_found(activity.titles, language),
        )
        if activity.pk in (done or ()):
            step.state = "done"
        elif activity.pk == here:
            step.state = "now"
        if activity.module_id is None:
            final.append(step)
            continue
        module = activity.module
        if module.pk not in modules:
            modules[module.pk] = ModuleOutline(
                pk=module.pk, key=str(module.key), number=len(modules) + 1,
                title=in_language(module.titles, language), outcome=in_language(module.outcomes, language),
            )  # fmt: skip
        lessons = sum(s.kind == Activity.Kind.LESSON for s in modules[module.pk].steps)
        step.lesson_number = lessons + 1 if step.kind == Activity.Kind.LESSON else 0
        modules[module.pk].steps.append(step)
    return Outline(list(modules.values()), final)


def stopped(activities, done, waiting):
    """The primary key of the first step that is open, homework last; of what waits for a trainer only if all else is done."""
    left = [row for row in activities if row.id not in done]
    here = min(left, key=lambda row: (row.id in waiting, row.kind == "assignment"), default=None)
    return here and here.id


def live_activities(course):
    """The activities of a course (its primary key) in the order in which they are taken; by module first. One query."""
    rows = Activity.objects.live().filter(course=course).select_related("module", "course")
    return sorted(rows, key=lambda row: (row.module is None, row.position))
