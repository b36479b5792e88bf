"""Reads one lesson file: front matter, text and ::: blocks, each with its line."""

import re
from dataclasses import dataclass
from datetime import date

from cms.curriculum.blocks import READERS
from cms.curriculum.files import LESSON_LIMIT, check_dates, read_text
from cms.curriculum.letters import check_http, check_letters, spaced
from cms.curriculum.markdown import parse
from cms.curriculum.model import LONGEST_OUTCOME, LONGEST_TITLE, LessonText
from cms.curriculum.problems import did_you_mean
from cms.curriculum.shapes import too_long

FRONT = ("title", "outcome", "minutes", "checked", "check_again")
MINUTES = (10, 15)
FOLDED = {">", ">-", "|", "|-"}
MARKER = re.compile(r"\s*:{3,}\s*(.*?)\s*$")


@dataclass(frozen=True)
class Placed:
    """A block and the line it begins on."""

    line: int
    block: dict


@dataclass(frozen=True)
class LessonFile:
    """A lesson file as read, the lines of its blocks and `minutes`; it is whole when all blocks could be told apart."""

    text: LessonText
    placed: list[Placed]
    minutes_line: int
    is_whole: bool


@dataclass
class Piece:
    """Lines between two markers: prose (no name) or the inside of a ::: block."""

    line: int
    name: str
    title: str
    lines: list[str]


def read_lesson(path, language, today, notes):
    """Give the LessonFile, or None when not even its front matter can be read. Everything wrong goes to `notes`."""
    text = read_text(path, notes, LESSON_LIMIT)
    if text is None:
        return None
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        for message in check_letters(line, language) + check_http(line):
            notes.error(number, message)
    front, front_lines, first = read_front(lines, notes)
    if first == 0:
        return None  # without front matter nobody knows where the lesson begins
    before = len(notes.problems)
    pieces = cut(lines[first:], first + 1, notes)
    is_whole = len(notes.problems) == before
    placed = [found for piece in pieces for found in read_piece(piece, language, notes)]
    check_opening(placed, notes)
    if front is None:
        return None
    for key in ("title", "outcome"):
        front[key] = spaced(front[key], language)
    check_dates(front["checked"], front["check_again"], front_lines["check_again"], today, notes)
    least, most = MINUTES
    if not least <= front["minutes"] <= most:
        notes.error(front_lines["minutes"], f"a lesson takes {least}-{most} minutes, not {front['minutes']}")
    blocks = [found.block for found in placed]
    text = LessonText(language=language, blocks=blocks, path=path, **front)
    return LessonFile(text, placed, front_lines["minutes"], is_whole)


def read_front(lines, notes):
    """Read the `key: text` lines between the two lines of ---. Gives (values or None, their lines, lines used).

    Not YAML on purpose: everything after the colon is text, so a title may have a colon of its own.
    """
    if lines[0].strip() != "---" or "---" not in (line.strip() for line in lines[1:]):
        notes.error(1, f"the file must begin with ---, then {', '.join(FRONT)}, then --- again")
        return None, {}, 0
    end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "---")
    written, places, key = {}, {}, None
    for number, line in enumerate(lines[1:end], 2):
        if line[:1].isspace() and key and line.strip():
            written[key] = f"{written[key]} {line.strip()}".strip()
            continue
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon and key:
            notes.error(number, f"front matter has lines like 'title: …', not «{key}»")
        elif key and key not in FRONT:
            notes.error(number, f"unknown key «{key}»" + (did_you_mean(key, FRONT) or f": use {', '.join(FRONT)}"))
        elif key in written:
            notes.error(number, f"the key «{key}» stands here twice")
        if colon:
            written[key], places[key] = "" if value in FOLDED else unquoted(value), number
    values = read_values(written, places, notes)
    return values, places, end + 1


def unquoted(value):
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def read_values(written, places, notes):
    """Turn the written front matter into values, or None when something is missing or unreadable."""
    missing = [key for key in FRONT if not written.get(key)]
    if missing:
        notes.error(1, f"front matter lacks: {', '.join(missing)}")
        return None
    values = {key: written[key] for key in FRONT}
    for key, most in (("title", LONGEST_TITLE), ("outcome", LONGEST_OUTCOME)):
        if len(written[key]) > most:
            notes.error(places[key], too_long(key, written[key], most))
    wrong = False
    for key in ("checked", "check_again"):
        try:
            values[key] = date.fromisoformat(written[key])
        except ValueError:
            notes.error(places[key], f"{key} must be a date like 2026-11-22, not «{written[key]}»")
            wrong = True
    if written["minutes"].isascii() and written["minutes"].isdigit():
        values["minutes"] = int(written["minutes"])
    else:
        notes.error(places["minutes"], f"minutes must be a whole number, not «{written['minutes']}»")
        wrong = True
    return None if wrong else values


def cut(lines, first_line, notes):
    """Cut the lines after the front matter into prose and blocks; report unknown and unclosed blocks."""
    pieces = [Piece(first_line, "", "", [])]
    for number, line in enumerate(lines, first_line):
        marker = MARKER.match(line)
        if not marker:
            pieces[-1].lines.append(line)
            continue
        name, _, title = marker[1].partition(" ")
        if name:
            say_unclosed(pieces[-1], notes)
            if name not in READERS:
                hint = did_you_mean(name, READERS)
                notes.error(number, f"unknown block «{name}»{hint or ': use one of ' + ', '.join(READERS)}")
            pieces.append(Piece(number + 1, name, title.strip(), []))
        elif pieces[-1].name:
            pieces.append(Piece(number + 1, "", "", []))
        else:
            notes.error(number, "this ::: closes nothing: a block begins with ::: and its name")
    say_unclosed(pieces[-1], notes)
    return pieces


def say_unclosed(piece, notes):
    if piece.name:
        notes.error(piece.line - 1, "this block is not closed: add a line with only :::")


def read_piece(piece, language, notes):
    """Give the blocks of a piece: one for a ::: block; headings and texts for prose."""
    if piece.name in READERS:
        allowed, needs_title, reader = READERS[piece.name]
        if needs_title and not piece.title:
            notes.error(piece.line - 1, f"::: {piece.name} needs a title or name after it")
        body = parse(piece.lines, piece.line, language, notes, allowed)
        return [Placed(piece.line - 1, {"type": piece.name, "value": reader(spaced(piece.title, language), body)})]
    return [] if piece.name else read_prose(parse(piece.lines, piece.line, language, notes))


def read_prose(body):
    """Headings become blocks of their own; what stands between them becomes one text."""
    placed, text = [], []
    for node in body.nodes:
        if node.type == "heading":
            placed += as_text(text, body)
            text = []
            value = {"level": node.tag, "text": body.plain(node)}
            placed.append(Placed(body.line_of(node), {"type": "heading", "value": value}))
        else:
            text.append(node)
    return placed + as_text(text, body)


def as_text(nodes, body):
    return [Placed(body.line_of(nodes[0]), {"type": "text", "value": body.html(nodes)})] if nodes else []


def check_opening(placed, notes):
    """The situation is the first block and stands once."""
    situations = [found for found in placed if found.block["type"] == "situation"]
    if not situations:
        notes.error(1, "no ::: situation at the beginning")
    elif placed[0] is not situations[0]:
        notes.error(situations[0].line, "::: situation must be the first block")
    for second in situations[1:]:
        notes.error(second.line, "::: situation stands once")
