"""The form of every YAML file of the curriculum: which keys it has and what stands under them."""

import re

from cms.curriculum.model import LANGUAGES, LONGEST_OUTCOME, LONGEST_TITLE
from cms.curriculum.shapes import (
    Texts,
    a_code,
    a_date,
    a_list,
    a_map,
    a_name,
    a_number,
    a_role,
    a_text,
    a_text_in_languages,
    a_whole_number,
    anything,
    one_of,
    texts_up_to,
    true_or_false,
)
from cms.curriculum.yamlfiles import List, Map

A_PERCENTAGE = a_whole_number(1, 100)
A_TITLE, AN_OUTCOME = texts_up_to(LONGEST_TITLE), texts_up_to(LONGEST_OUTCOME)
HOURS = a_number(least=0, most=100)
LEVELS = ("basic", "intermediate", "advanced")
COMPETENCES = {1: 3, 2: 6, 3: 4, 4: 4, 5: 4}  # DigComp 3.0: so many competences in each area
COMPETENCE_CODES = {f"{area}.{number}" for area, count in COMPETENCES.items() for number in range(1, count + 1)}

COURSE = a_map(
    {
        "code": a_code(20),
        "title": A_TITLE,
        "outcome": AN_OUTCOME,
        "modules": a_list(a_name),
        "final_test": a_map(
            {"draw_per_module": a_whole_number(1, 100), "pass_mark": A_PERCENTAGE, "hours": HOURS},
            {
                "attempts": a_whole_number(0, 100),
                "wait_hours": a_whole_number(0, 24 * 60),
                "time_limit": a_whole_number(1, 24 * 60),
            },
        ),
    },
    {"languages": a_list(one_of(*LANGUAGES))},
)

MODULE = a_map(
    {
        "code": a_code(20),
        "title": A_TITLE,
        "outcome": AN_OUTCOME,
        "hours": a_map(
            {"lessons": HOURS},
            dict.fromkeys(("quiz", "assignment", "seminar"), HOURS),
        ),
        "roles": a_list(a_role),
        "digcomp": a_map(
            optional={
                f"{area}.{number}": one_of(*LEVELS, "highly_advanced")
                for area, count in COMPETENCES.items()
                for number in range(1, count + 1)
            }
        ),
        "lessons": a_list(a_name),
        "checked": a_date,
        "check_again": a_date,
    },
    {"to_check": a_list(a_text, least=0)},
)

A_PICTURE = a_map({"file": a_text, "alt": a_text_in_languages})
OPTIONS = {
    "options": a_list(
        a_map({"why": a_text_in_languages}, {"right": true_or_false, "picture": A_PICTURE}, languages=True),
        least=2,
    )
}


def accepted_answers(value, spot):
    """Check what short_answer accepts: lists of texts under `all` (every language) or under each language."""
    if not isinstance(value, Map):
        spot.say("accept must have all, or uz, ru and en, each with a list of answers")
        return
    lists = {}
    for key, answers in value.items():
        if key not in ("all", *LANGUAGES):
            spot.say(f"unknown key «{key}»: use all, {', '.join(LANGUAGES)}", line=value.lines[key])
        elif not isinstance(answers, List) or not all(isinstance(answer, str) and answer.strip() for answer in answers):
            spot.say(f"accept: {key} must be a list of texts, like [Win+L, Windows+L]", line=value.lines[key])
        else:
            lists[key] = answers
    if not lists.get("all"):
        # Only whether a language has answers matters here: what people may type is exempt from the letter checks.
        words = {language: (spot.line, "`…`" if lists.get(language) else "") for language in LANGUAGES}
        spot.texts.append(Texts(spot.owner, spot.name, spot.line, words))


def a_unit(value, spot):
    """Check a line such as «MB» or «GB = 1024»; whether it is the first one is looked at in quizzes.py."""
    if not isinstance(value, str) or not re.fullmatch(r"[^\W\d_][^=]{0,19}(=\s*\d+([.,]\d+)?)?\s*", value):
        spot.say(f"{spot.name} must be like MB, or GB = 1024, not «{value}»")


def a_competence(value, spot):
    if str(value) not in COMPETENCE_CODES:
        spot.say(f"no competence «{value}» in DigComp 3.0: use 1.1 to 5.4, such as 4.2")


KINDS = {
    "single": OPTIONS,
    "multiple": OPTIONS,
    "true_false": {"answer": true_or_false},
    "numerical": {"answer": a_number(), "tolerance": a_number(least=0)},
    "ordering": {"steps": a_list(a_text_in_languages, least=2)},
    "matching": {"pairs": a_list(a_map({"left": a_text_in_languages, "right": a_text_in_languages}), least=2)},
    "short_answer": {"accept": accepted_answers},
    "cloze": {
        "gaps": a_list(
            a_map(
                optional={
                    "choose": a_list(a_map(optional={"right": true_or_false}, languages=True), least=2),
                    "accept": accepted_answers,
                }
            )
        )
    },
}
MORE_OF_A_KIND = {"numerical": {"percent": true_or_false, "units": a_list(a_unit)}}
EVERY_QUESTION = {
    "id": a_name,
    "kind": one_of(*KINDS),
    "lesson": a_whole_number(1, 100),
    "level": one_of(*LEVELS),
    "text": a_text_in_languages,
    "feedback": a_text_in_languages,
}
ANY_QUESTION = {"competence": a_competence, "picture": A_PICTURE}
QUESTIONS = {
    kind: a_map({**EVERY_QUESTION, **keys}, {**ANY_QUESTION, **MORE_OF_A_KIND.get(kind, {})}, owner=True)
    for kind, keys in KINDS.items()
}
QUESTION_OF_UNKNOWN_KIND = a_map(
    EVERY_QUESTION,
    {**ANY_QUESTION, **{key: anything for keys in (*KINDS.values(), *MORE_OF_A_KIND.values()) for key in keys}},
    owner=True,
)


def question(value, spot):
    """Check a question by the form of its kind."""
    kind = value.get("kind") if isinstance(value, Map) else None
    form = QUESTIONS.get(kind) if isinstance(kind, str) else None
    (form or QUESTION_OF_UNKNOWN_KIND)(value, spot)


QUIZ = a_map(
    {
        "pool": a_code(40),
        "draw": a_whole_number(1, 500),
        "pass_mark": A_PERCENTAGE,
        "attempts": a_whole_number(1, 100),
        "wait_hours": a_number(least=0, most=24 * 60),
        "questions": a_list(question),
    }
)

ASSIGNMENT = a_map(
    {
        "id": a_name,
        "title": A_TITLE,
        "minutes": a_whole_number(1, 6000),
        "pass_points": A_PERCENTAGE,
        "purpose": a_text_in_languages,
        "steps": a_list(a_text_in_languages),
        "hand_in": a_text_in_languages,
        "rubric": a_list(
            a_map(
                {
                    "id": a_name,
                    "points": A_PERCENTAGE,
                    "name": a_text_in_languages,
                    "levels": a_list(a_map({"points": a_whole_number(0, 100)}, languages=True), least=2),
                }
            )
        ),
    },
    {"files": a_list(a_name, least=0), "for_trainer": a_text_in_languages},
)

SEMINAR = a_map(
    {
        "id": a_name,
        "title": A_TITLE,
        "minutes": a_whole_number(1, 6000),
        "place": a_text_in_languages,
        "result": a_text_in_languages,
        "plan": a_list(
            a_map({"minutes": a_whole_number(1, 6000), "what": a_text_in_languages, "trainer": a_text_in_languages})
        ),
    },
    {
        "group": a_map(
            {"from": a_whole_number(1, 1000), "to": a_whole_number(1, 1000)}, {"helpers_per": a_whole_number(1, 1000)}
        ),
        "bring": a_list(a_text_in_languages),
        "if_it_goes_wrong": a_list(a_text_in_languages),
        "files": a_list(a_name, least=0),
    },
)


def row_cell(value, spot):
    """Check a cell of a row: texts in languages, one number, date or text for all, or nothing (~)."""
    if isinstance(value, Map):
        a_text_in_languages(value, spot)
    elif isinstance(value, List):
        spot.say(f"{spot.name} must be one value")


DIGITS = a_whole_number(0, 6)
TABLE = a_map(
    {
        "kind": one_of("table"),
        "title": a_text_in_languages,
        "columns": a_list(
            a_map(
                optional={
                    "width": a_whole_number(4, 100),
                    "kind": one_of("text", "number", "date"),
                    "choose": a_list(a_text_in_languages, least=2),
                    "formula": a_text,
                    "digits": DIGITS,
                },
                languages=True,
            )
        ),
        "empty_rows": a_whole_number(0, 500),
    },
    {
        "note": a_text_in_languages,
        "example": a_list(row_cell),
        "rows": a_list(a_list(row_cell)),
        "results": a_list(a_map(optional={"formula": a_text, "digits": DIGITS}, languages=True)),
    },
)
