"""What a list is as a table."""

from collections.abc import Callable
from dataclasses import dataclass, field

AT_ONCE = 2_000  # rows that the database hands over at a time


@dataclass
class Table:
    head: list  # texts
    found: object  # what becomes rows: a queryset or a list
    rows: Callable  # -> one after the other: lists of texts, numbers, dates and None
    libraries: object  # the Library rows from which something may be in it; None: no question of libraries
    above: list = field(default_factory=list)  # rows over the head of a workbook: what was asked
    widths: tuple = ()  # of the columns of a workbook, in signs
    delimiter: str = ";"  # of a CSV file
    about: object = None  # the person whom the question names

    def count(self, most=None):
        """How many rows; of more than `most` just one more."""
        if isinstance(self.found, list):
            return len(self.found)
        rows = self.found.order_by()
        return (rows if most is None else rows[: most + 1]).count()


@dataclass(frozen=True)
class Listed:
    name: str  # in the address
    file: str  # the beginning of the file's name
    title: str  # lazy, for people
    asked: Callable  # (user, query) -> Table; raises Http404 for what is not in scope or cannot be read
    deed: str = "list exported"  # of the log


def below(scope, library):
    """The libraries of a scope that a question means."""
    return scope.below(library) if library else scope


def name_of(person):
    return person.official_name or person.username
