"""What the dashboard says: the totals of a part of the tree by place, course and position, with shares where a group is large enough."""

from dataclasses import dataclass, field

from accounts.models import Library
from accounts.text import in_language

from .picture import Sums, picture

FEWEST = 5  # people: the share of a smaller group would tell of persons


@dataclass
class Line:
    """One row of a table: a place, a course or a position."""

    label: str
    code: str
    sums: Sums
    in_any: bool = False  # no course is chosen: what is shown is the certificates of any
    is_itself: bool = False  # the people who work in the library itself, not below it
    link: str = ""  # the question that asks for its people
    width: int = 0  # of its bar
    y: int = 0

    @property
    def done(self):
        """Completed; of any course alone, not those without a certificate who hold one elsewhere."""
        return self.sums.certificates if self.in_any else self.sums.done

    @property
    def is_small(self):
        return self.sums.staff < FEWEST

    @property
    def percent(self):
        """Per head, None for a group that is too small to compare."""
        return None if self.is_small else 100 * self.done // self.sums.staff


@dataclass
class Board:
    at: object
    sums: Sums
    in_any: bool
    places: list = field(default_factory=list)
    courses: list = field(default_factory=list)
    positions: list = field(default_factory=list)
    people: dict = field(default_factory=dict)  # path: how many

    @property
    def done(self):
        return self.sums.certificates if self.in_any else self.sums.done

    @property
    def percent(self):
        return 100 * self.done // self.sums.staff if self.sums.staff else 0


def board(tops, library, *, courses, positions, course=None, position=None):
    """The Board of `library` with all below it (None: of all in scope), by each of `courses` and `positions`. Three queries."""
    key, places = course and course.pk, _places(tops, library)
    found = picture(places, library, key, position and position.pk)
    made = Board(found.at, found.of(found.whole, key), in_any=course is None)
    for place in places:
        sums = found.of(found.places.get(place.pk, {}), key)
        itself = library is not None and place.pk == library.pk
        if (itself or place.closed_at) and not sums.staff:
            continue
        made.places.append(Line(str(place), place.code, sums, course is None, itself))
        made.people[place.path] = sums.staff
    if library:
        made.people[library.path] = made.sums.staff
    for one in courses:
        made.courses.append(Line(in_language(one.titles), one.code, found.of(found.whole, one.pk)))
    names = {one.pk: one for one in positions}
    for pk, one in [*names.items(), (None, None)]:
        if pk in found.positions:
            sums = found.of(found.positions[pk], key)
            made.positions.append(Line(str(one or ""), one.code if one else "", sums, course is None))
    for lines in (made.places, made.courses, made.positions):
        _scale(lines)
    return made


def _places(tops, library):
    if library is None:
        return tops
    return [library, *Library.objects.below(library).filter(depth=library.depth + 1)]


def _scale(lines):
    """Where the bars of the chart are: 400 wide, of which 330 are 100 %."""
    for number, line in enumerate(lines):
        line.y, line.width = 12 + 44 * number, 330 * (line.percent or 0) // 100
