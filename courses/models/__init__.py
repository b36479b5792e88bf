"""What is counted: the same in every language. The pages of `cms` point down to these rows."""

from .assignments import Assignment, Submission, SubmissionComment, SubmissionFile
from .attempts import Allowance, Attempt, AttemptEvent, AttemptQuestion, RoomCode
from .enrolments import ActivityCompletion, Enrolment
from .questions import Level, Question, QuestionPool, QuestionVersion, VersionImage
from .syllabus import Activity, Course, CourseTrainer, Draw, Module, Quiz
from .teaching import Announcement, Cohort, QuestionReport, Regrade

__all__ = [
    "Activity",
    "ActivityCompletion",
    "Allowance",
    "Announcement",
    "Assignment",
    "Attempt",
    "AttemptEvent",
    "AttemptQuestion",
    "Cohort",
    "Course",
    "CourseTrainer",
    "Draw",
    "Enrolment",
    "Level",
    "Module",
    "Question",
    "QuestionPool",
    "QuestionReport",
    "QuestionVersion",
    "Quiz",
    "Regrade",
    "RoomCode",
    "Submission",
    "SubmissionComment",
    "SubmissionFile",
    "VersionImage",
]
