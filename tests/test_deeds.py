"""What all rooms write into the log: every deed has words for readers, and what is kept in clear names nobody."""

import ast
from pathlib import Path

from django.utils import translation

from accounts import deeds
from accounts.models import LibraryChange

ROOMS = ("accounts", "courses", "seminars", "certification", "reports", "cms")
ROOT = Path(__file__).parent.parent
# What may stand in clear: keys of rows, codes, marks, counts, moments. A name, a title, a file or a text goes into `personal`.
IN_CLEAR = {
    "activities", "activity", "after", "all_or_nothing", "asked", "attempt", "attempts", "before", "begins", "begins_on",
    "closes_at", "code", "cohort", "competence", "course", "due_on", "earned", "ending", "ends", "ends_on", "enrolment", "expires_on",
    "files", "found", "ground", "how", "identifier", "job", "kinds", "language", "learner", "level", "library", "mark", "merge", "minutes",
    "must", "number", "old_code", "on", "other", "passed", "people", "person", "points", "pool", "pools", "position",
    "published", "purpose", "question", "quiz", "regrade", "role", "roles", "room_code", "run", "sessions", "source",
    "state", "stored_as", "tags", "to", "total", "trainer", "version", "waiver", "webhook", "what",
}  # fmt: skip
OWN = {"actor", "deed", "subject", "reason", "personal", "about"}


def calls():
    """(file, node of the call) of every entry that is written."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("record", "record_each"):
                    if ast.unparse(node.func.value).rpartition(".")[2] == "audit":
                        yield file.relative_to(ROOT).as_posix(), node


def test_only_keys_codes_and_counts_stand_in_clear():
    found = {
        (file, word.arg)
        for file, node in calls()
        for word in node.keywords
        if word.arg and word.arg not in OWN | IN_CLEAR
    }
    assert found == set()
    assert len(list(calls())) > 40


def said(file):
    """Every text constant of a file, those of a choice and of formatted texts too."""
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_deed_that_is_named_at_its_call_has_words():
    named = {
        word.value.value
        for _file, node in calls()
        for word in node.keywords
        if word.arg == "deed" and isinstance(word.value, ast.Constant)
    }
    named |= set(handed_on()) | {f"library {deed.replace('_', ' ')}" for deed in LibraryChange.Deed.values}
    assert named - set(deeds.WORDS) == set()
    assert len(named) > 30


def handed_on():
    """The deeds that accounts/merging.py and roles.py give to their own _log()."""
    for room in ROOMS:
        for file in sorted((ROOT / room).glob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_log" and len(node.args) > 1:
                    yield node.args[1].value


def test_every_subject_begins_with_a_word_that_readers_are_told_in_their_language():
    subjects = [word.value for _file, node in calls() for word in node.keywords if word.arg == "subject"]
    nouns = {text.values[0].value.strip() for text in subjects if isinstance(text, ast.JoinedStr)}

    assert nouns - set(deeds.SUBJECTS) == set()
    assert len(nouns) > 15
    with translation.override("uz"):
        assert deeds.subject_in_words("certificate SBQ-2026-000417") == "sertifikat SBQ-2026-000417"
        assert deeds.subject_in_words("question pool SEC-1") == "savollar toʻplami SEC-1"
        assert deeds.subject_in_words("SEC") == "SEC"


def test_no_words_are_left_of_a_deed_that_is_gone():
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if file.name != "deeds.py"]
    everywhere = {text for file in files for text in said(file)} | {"homework accepted", "homework returned"}
    everywhere |= {f"library {deed.replace('_', ' ')}" for deed in LibraryChange.Deed.values}

    assert set(deeds.WORDS) - everywhere == set()
