"""What trainers write. What is counted lives in `courses`; publishing makes it of these pages (cms/receivers.py)."""

from .material import Drawing, GlossaryTerm, LoadedItem
from .pages import (
    AssignmentPage,
    CataloguePage,
    CheckedMixin,
    CoursePage,
    HomePage,
    LessonPage,
    ModulePage,
    QuizDraw,
    QuizPage,
)
from .search import SearchEntry

__all__ = [
    "AssignmentPage",
    "CataloguePage",
    "CheckedMixin",
    "CoursePage",
    "Drawing",
    "GlossaryTerm",
    "HomePage",
    "LessonPage",
    "LoadedItem",
    "ModulePage",
    "QuizDraw",
    "QuizPage",
    "SearchEntry",
]
