"""What the checker has to say: problems with their file and line."""

import difflib
from dataclasses import dataclass, field

ERROR = "error"
WARNING = "warning"
CLOSE = 0.75  # how much alike two words must be before we guess; less gives silly guesses


@dataclass(frozen=True, order=True)
class Problem:
    """One finding. `path` is relative to the curriculum's root, `line` counts from 1 (0: the whole file)."""

    path: str
    line: int
    text: str
    severity: str = ERROR

    def __str__(self):
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.text}"


class CurriculumError(Exception):
    """The files have errors, so nothing of them is used. `problems` has them all, warnings too."""

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass
class Notes:
    """Collects the problems of one file or folder into a list that all notes of a course share."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def error(self, line, text):
        self.problems.append(Problem(self.path, line, text, ERROR))

    def warning(self, line, text):
        self.problems.append(Problem(self.path, line, text, WARNING))

    def about(self, path):
        """Notes of another file, in the same list."""
        return Notes(path, self.problems)

    def inside(self, name):
        """Notes of a file in this folder, in the same list."""
        return Notes(f"{self.path}/{name}" if self.path else name, self.problems)


def did_you_mean(word, known):
    """Give «: did you mean X?» when `word` looks like one of `known`, otherwise an empty text."""
    close = difflib.get_close_matches(str(word), sorted(map(str, known)), n=1, cutoff=CLOSE)
    return f": did you mean {close[0]}?" if close else ""
