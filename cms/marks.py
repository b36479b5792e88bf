"""The steps of a course as lines and tiles, each drawn once in each of its states; a reader's are put together of them."""

from django.template.loader import render_to_string

from accounts.drawn import Part

from .outline import outline, stopped

TILES = {
    (state, gap): f'<i class="{sign}{" m" if gap else ""}"></i>'
    for state, sign in (("done", "d"), ("now", "n"), ("todo", ""))
    for gap in (False, True)
}


class Marks:
    """Of the live activities of a course, in a language. `plan` is its outline as somebody sees it who has done nothing."""

    def __init__(self, activities, language):
        self.activities, self.plan = activities, outline(activities, language)
        self.bands = [(step.pk, gap) for step, gap in self.plan.bands]
        self._lines = {}  # (step's primary key, state, whether it is the page shown) -> HTML

    def states(self, done, waiting=()):
        """{step's primary key: done, now or todo}. `done` and `waiting` as in outline()."""
        states = {row.id: "done" if done and row.id in done else "todo" for row in self.activities}
        here = stopped(self.activities, done, waiting) if done is not None else None
        if here is not None:
            states[here] = "now"
        return states

    def first(self, states):
        """Where one stopped: the step that is «now», or None when all are done."""
        return next((step for step in self.plan.steps if states[step.pk] == "now"), None)

    def band(self, states):
        """The tiles; the number stands beside them in words."""
        tiles = "".join(TILES[states[pk], gap] for pk, gap in self.bands)
        return Part(f'<div class="seg" aria-hidden="true">{tiles}</div>')

    def lines(self, steps, states, current=None):
        """A list of these steps of the plan. `current`: the primary key of the one shown."""
        lines = "".join(self._line(step, states[step.pk], step.pk == current) for step in steps)
        return Part(f'<ul class="acts" role="list">{lines}</ul>')

    def _line(self, step, state, is_current):
        key = step.pk, state, is_current
        if key not in self._lines:
            context = {"step": step, "state": state, "is_current": is_current}
            self._lines[key] = render_to_string("cms/parts/step.html", context)
        return self._lines[key]
