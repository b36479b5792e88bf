"""Are the languages of a lesson the same lesson? Compares their blocks and their lengths."""

from collections import Counter
from difflib import SequenceMatcher

from cms.curriculum.blocks import CALLOUT_KINDS
from cms.curriculum.counting import characters, minutes

LIMIT = 20  # per cent that a language may be shorter than the longest
MINUTES_TOLERANCE = 1
LEVELS = {"h2": "##", "h3": "###"}
NAMED = {"figure": "figure", "download": "file", "callout": "kind"}


def check_minutes(lesson_file, notes):
    """The minutes that the front matter states are those that the text needs."""
    stated, needed = lesson_file.text.minutes, round(minutes(lesson_file.text))
    if abs(needed - stated) > MINUTES_TOLERANCE:
        notes.error(lesson_file.minutes_line, f"minutes says {stated}, the text needs {needed}")


def check_parity(files, known, notes):
    """Compare the languages of one lesson: `files` is {language: LessonFile}, the first is the measure.

    `known` are the names of its drawings and tables; `notes` are those of its folder. While a block of one file cannot
    be told from the text (unknown, not closed), there is nothing to compare.
    """
    if not all(lesson_file.is_whole for lesson_file in files.values()):
        return
    languages = list(files)
    said = set()
    for other in languages[1:]:
        for lacking, line, text, having in compare_blocks(languages[0], other, files, {*known, *CALLOUT_KINDS}):
            if (lacking, line, text) not in said:  # what two languages have is said once
                notes.inside(f"{lacking}.md").error(line, f"{text}{having}")
            said.add((lacking, line, text))
    check_lengths(files, notes)


def check_lengths(files, notes):
    counts = {language: characters(lesson_file.text) for language, lesson_file in files.items()}
    if not any(counts.values()):
        return
    longest = max(counts, key=counts.get)
    for language, count in counts.items():
        fewer = round(100 * (counts[longest] - count) / counts[longest])
        if fewer > LIMIT:
            text = f"{language}.md has {fewer} % fewer characters than {longest}.md: is something missing?"
            notes.inside(f"{language}.md").error(1, text)


def told_apart(lesson_file):
    """What must be the same in every language, in order: headings and blocks. Text between them is written afresh."""
    return [found for found in lesson_file.placed if found.block["type"] != "text"]


def sign(found):
    """What kind of block it is, as it is written in the file."""
    kind = found.block["type"]
    return LEVELS.get(found.block["value"]["level"], "#") if kind == "heading" else f"::: {kind}"


def compare_blocks(first, second, files, known):
    """Give (language, line, what it lacks, who has it) for blocks that only one of two languages has."""
    placed = {language: told_apart(files[language]) for language in (first, second)}
    ours, theirs = ([sign(found) for found in placed[language]] for language in (first, second))
    if Counter(ours) == Counter(theirs):
        yield from compare_order(first, second, placed, known)
        return
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for change, from_first, to_first, from_second, to_second in matcher.get_opcodes():
        if change in ("delete", "replace"):
            for found in placed[first][from_first:to_first]:
                yield *missing(second, found, placed[second][:from_second]), f"{first}.md has"
        if change in ("insert", "replace"):
            for found in placed[second][from_second:to_second]:
                yield *missing(first, found, placed[first][:from_first]), f"{second}.md has"


def missing(lacking, found, before):
    """Give (language, line, text): which block it lacks, and after which of its own headings one looks for it."""
    what = sign(found)
    if found.block["type"] == "heading":
        what = f"{what} heading like «{found.block['value']['text']}»"
    headings = [earlier for earlier in before if earlier.block["type"] == "heading"]
    place = f"after «{headings[-1].block['value']['text']}»" if headings else "at the beginning"
    line = before[-1].line if before else 1
    return lacking, line, f"{lacking}.md has no {what} {place}; "


def compare_order(first, second, placed, known):
    """The same blocks, but in another order or with another drawing, table or kind of callout."""
    for ours, theirs in zip(placed[first], placed[second], strict=True):
        if sign(ours) != sign(theirs):
            text = f"{second}.md has {sign(theirs)} here, keep the order: "
            yield second, theirs.line, text, f"{first}.md has {sign(ours)}"
            return
        here, there = name_in(theirs), name_in(ours)
        if here != there and here in known and there in known:
            yield second, theirs.line, f"{second}.md has «{here}» here; ", f"{first}.md has «{there}»"


def name_in(found):
    """The name that a block is about: of a drawing, a table, a kind of callout."""
    kind = found.block["type"]
    return found.block["value"][NAMED[kind]] if kind in NAMED else ""
