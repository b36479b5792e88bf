"""Rules of a quiz that a form cannot express: how many are right, which lesson, is the right answer the longest."""

import re
from collections import Counter

from cms.curriculum.model import LANGUAGES
from cms.curriculum.picturefiles import check_pictures
from cms.curriculum.yamlfiles import List, Map

MOST_GAPS = 20  # as courses/cloze.py
ENOUGH_TO_JUDGE = 3  # with one or two single questions the longest answer is right by chance


def check_quiz(quiz, module_code, lesson_count, pictures, notes):
    """Check a quiz whose form has been checked; parts with a wrong form are passed over. `module_code` may be None.

    `pictures` is the folder of the files that its questions show.
    """
    questions = questions_of(quiz)
    if isinstance(quiz.get("draw"), int) and quiz["draw"] > len(questions):
        notes.error(quiz.lines["draw"], f"draw says {quiz['draw']}, but there are {len(questions)} questions")
    if module_code is not None and "pool" in quiz and quiz["pool"] != module_code:
        notes.error(quiz.lines["pool"], f"pool says {quiz['pool']}, the module's code is {module_code}")
    for question in questions:
        check_lesson(question, lesson_count, notes)
        check_options(question, notes)
        check_gaps(question, notes)
        check_units(question, notes)
        check_pictures(question, name_of(question), pictures, notes)
    check_longest(questions, quiz, notes)


def questions_of(quiz):
    """Give the quiz's questions, as far as they are mappings."""
    questions = quiz.get("questions") if isinstance(quiz, Map) else None
    return [question for question in questions if isinstance(question, Map)] if isinstance(questions, List) else []


def options_of(question):
    options = question.get("options")
    return [option for option in options if isinstance(option, Map)] if isinstance(options, List) else []


def check_lesson(question, lesson_count, notes):
    lesson = question.get("lesson")
    if isinstance(lesson, int) and lesson > lesson_count:
        notes.error(
            question.lines["lesson"], f"{name_of(question)}: the module has {lesson_count} lessons, not {lesson}"
        )


def check_options(question, notes):
    """How many options are right, and do two of them say the same?"""
    for key in ("options", "steps", "pairs"):
        if isinstance(question.get(key), List):
            check_twins(question, key, notes)
    options = options_of(question)
    right = sum(option.get("right") is True for option in options)
    if question.get("kind") == "single" and options and right != 1:
        notes.error(question.lines["options"], f"{name_of(question)}: mark exactly one option with right: true")
    if question.get("kind") == "multiple" and options and not 1 < right < len(options):
        text = "mark at least two options with right: true, but not all"
        notes.error(question.lines["options"], f"{name_of(question)}: {text}")


def check_twins(question, key, notes):
    """Two equal options, steps or sides of pairs cannot be told apart; but a right side may belong to several pairs."""
    parts = [part for part in question[key] if isinstance(part, Map)]
    if key == "pairs":
        rights = [part["right"] for part in parts if isinstance(part.get("right"), Map)]
        parts = [right for n, right in enumerate(rights) if right not in rights[:n]]
        if len(rights) > 1 and len(parts) == 1:
            notes.error(question.lines[key], f"{name_of(question)}: all pairs have the same right side")
    for language in LANGUAGES:
        counts = Counter(part[language].strip() for part in parts if isinstance(part.get(language), str))
        for text, count in counts.items():
            if text and count > 1:
                notes.error(
                    question.lines[key], f"{name_of(question)}: «{text}» stands in {key} {count} times ({language})"
                )


def check_gaps(question, notes):
    """Does the text hold every gap once, in each language, and is one choice of each gap right?"""
    if question.get("kind") != "cloze" or not isinstance(question.get("gaps"), List):
        return
    gaps, text = question["gaps"], question.get("text")
    for language in LANGUAGES if isinstance(text, Map) else ():
        words = text.get(language)
        if not isinstance(words, str) or not words.strip():
            continue
        if sorted(map(int, re.findall(r"\[\[(\d{1,3})\]\]", words))) != list(range(1, len(gaps) + 1)):
            told = f"{name_of(question)}: each gap must stand in the text once, [[1]] to [[{len(gaps)}]] ({language})"
            notes.error(text.lines.get(language, text.line), told)
    if len(gaps) > MOST_GAPS:
        notes.error(question.lines["gaps"], f"{name_of(question)}: {len(gaps)} gaps, at most {MOST_GAPS} are possible")
    for number, (gap, line) in enumerate(zip(gaps, gaps.lines, strict=True), 1):
        if not isinstance(gap, Map):
            continue
        if ("choose" in gap) == ("accept" in gap):
            notes.error(line, f"{name_of(question)}: gap {number} must have choose or accept")
        choices = gap.get("choose")
        if not isinstance(choices, List):
            continue
        choices = [choice for choice in choices if isinstance(choice, Map)]
        if sum(choice.get("right") is True for choice in choices) != 1:
            notes.error(line, f"{name_of(question)}: mark exactly one choice of gap {number} with right: true")
        for language in LANGUAGES:
            counts = Counter(choice[language].strip() for choice in choices if isinstance(choice.get(language), str))
            for words in (words for words, count in counts.items() if words and count > 1):
                notes.error(line, f"{name_of(question)}: «{words}» stands in gap {number} twice ({language})")


def check_units(question, notes):
    """The first unit is that of the answer; every other one says how many of the first it is."""
    units = question.get("units")
    if not isinstance(units, List) or not all(isinstance(unit, str) for unit in units):
        return
    names = [unit.partition("=")[0].strip() for unit in units]
    for number, (unit, line) in enumerate(zip(units, units.lines, strict=True)):
        factor = unit.partition("=")[2].strip().replace(",", ".")
        if number == 0 and factor not in ("", "1"):
            notes.error(line, f"{name_of(question)}: the first unit is that of the answer: write only «{names[0]}»")
        if number > 0 and (not factor or not float(factor)):
            notes.error(
                line, f"{name_of(question)}: say how many {names[0]} one {names[number]} is: {names[number]} = …"
            )
        if names[number] in names[:number]:
            notes.error(line, f"{name_of(question)}: the unit {names[number]} stands there twice")


def check_longest(questions, quiz, notes):
    """People learn to pick the longest answer when it is the right one in more than half of the questions."""
    for language in LANGUAGES:
        single = [
            options_of(question)
            for question in questions
            if question.get("kind") == "single" and all(isinstance(o.get(language), str) for o in options_of(question))
        ]
        longest = sum(is_right_longest(options, language) for options in single)
        if len(single) >= ENOUGH_TO_JUDGE and longest > len(single) / 2:
            text = f"the right answer is the longest in {longest} of {len(single)} single questions"
            notes.error(quiz.lines["questions"], f"{text} ({language}): shorten it or lengthen another")


def is_right_longest(options, language):
    right = [len(option[language]) for option in options if option.get("right") is True]
    wrong = [len(option[language]) for option in options if option.get("right") is not True]
    return bool(right and wrong) and max(right) > max(wrong)


def name_of(question):
    return question.get("id", "a question")
