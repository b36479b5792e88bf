"""What each case may cost beside the bare one. Read by the tables alone."""

from dataclasses import dataclass

SIGN_IN = 69.0  # CPU milliseconds


@dataclass
class Goal:
    """At most `most` of the bare case's CPU, or `most` milliseconds, or queries; measured at scale 1 unless a scale is named."""

    case: str
    most: float
    unit: str = "× bare"  # or "CPU ms", "queries", "× at 1x"

    @property
    def said(self):
        return f"≤ {self.most:g} {self.unit}"


GOALS = [
    Goal("lesson", 0.45),
    Goal("lesson", 3, "queries"),
    Goal("course", 0.45),
    Goal("quiz, one question a page, with its script", 0.5),
    Goal("quiz, one question a page, JavaScript off", 0.5),
    Goal("quiz, all on one page, with its script", 1.0),
    Goal("quiz, all on one page, JavaScript off", 1.0),
    Goal("HR's first page", 2.0),
    Goal("HR's first page", 1.1, "× at 1x"),  # «the same»: what the rounds differ by themselves
    Goal("certificate download", 1.0),
    Goal("issue of a certificate (draw, tag, sign, store, tell), in the worker", 1.5),
    Goal("verification, without an account", 1.5),
    Goal("sign-in: name and password", SIGN_IN, "CPU ms"),
]
