"""Reads what stands inside each kind of ::: block. A reader takes (title, body) and gives the block's value."""

import re

from cms.curriculum.markdown import PROSE, TABLE, inline_parts, plain_text
from cms.curriculum.problems import did_you_mean

CALLOUT_KINDS = ("tip", "warning", "law")
LISTS = frozenset({"paragraph", "bullet_list", "ordered_list", "list_item"})
PARAGRAPHS = frozenset({"paragraph"})
MOST_COLUMNS = 3  # more do not fit on a phone
QUESTIONS = 3
SITUATION_WORDS = (80, 180)


def read_situation(title, body):
    words = sum(len(plain_text(node).split()) for node in body.nodes)
    least, most = SITUATION_WORDS
    if not least <= words <= most:
        body.notes.warning(body.first_line - 1, f"the situation has {words} words: it takes {least} to {most}")
    return {"title": title, "text": body.html(body.nodes)}


def read_callout(title, body):
    kind, _, rest = title.partition(" ")
    if kind not in CALLOUT_KINDS:
        hint = did_you_mean(kind, CALLOUT_KINDS) or f": use {', '.join(CALLOUT_KINDS)}"
        body.notes.error(body.first_line - 1, f"unknown kind of callout «{kind}»{hint}")
    if not rest.strip():
        body.notes.error(body.first_line - 1, "::: callout needs a title after its kind")
    only_paragraph(body, "callout")
    return {"kind": kind, "title": rest.strip(), "text": body.html(body.nodes)}


def read_figure(title, body):
    return {"figure": title, "caption": only_paragraph(body, "figure")}


def read_download(title, body):
    return {"file": title, "text": only_paragraph(body, "download")}


def only_paragraph(body, block):
    """Give the inline HTML of the one paragraph that a block has."""
    if len(body.nodes) != 1 or body.nodes[0].type != "paragraph":
        body.notes.error(body.first_line - 1, f"::: {block} has exactly one paragraph")
    return " ".join(body.inline(node) for node in body.nodes if node.type == "paragraph")


def read_table(title, body):
    tables = [node for node in body.nodes if node.type == "table"]
    if len(tables) != 1 or body.nodes[0] is not tables[0]:
        body.notes.error(body.first_line - 1, "::: table begins with one table: rows with | bars |, a note may follow")
        return {"title": title, "columns": [], "rows": [], "note": ""}
    notes = body.nodes[1:]
    if len(notes) > 1:
        body.say(notes[1], "a table has one paragraph as its note")
    heads = [cell for cell in tables[0].walk() if cell.type == "th"]
    if len(heads) > MOST_COLUMNS:
        body.say(tables[0], f"{len(heads)} columns do not fit on a phone: at most {MOST_COLUMNS}")
    rows = [row for row in tables[0].walk() if row.type == "tr"]
    for row in rows:
        check_row(row, len(heads), body)
    return {
        "title": title,
        "columns": [{"heading": body.plain(head), "align": align_of(head)} for head in heads],
        "rows": [[body.inline(cell) for cell in row.children] for row in rows[1:]],
        "note": " ".join(body.inline(note) for note in notes if note.type == "paragraph"),
    }


def check_row(row, columns, body):
    line = body.lines[body.line_of(row) - body.first_line].strip()
    # Cells beyond the last heading would silently be lost: the parser cuts them off.
    if len(re.split(r"(?<!\\)\|", line.removeprefix("|").removesuffix("|"))) > columns:
        body.say(row, "more cells than headings (a bar inside a cell is written \\|)")
    if any(not plain_text(cell).strip() for cell in row.children):
        body.say(row, "an empty cell: fill it, and leave an empty line between the table and its note")


def align_of(head):
    return "right" if "right" in str(head.attrs.get("style", "")) else "left"


def items_of(body, kind, block, least=1):
    """Give the items of the only list in a block; everything beside the list is reported, not lost."""
    lists = [node for node in body.nodes if node.type == kind]
    wanted = "numbered list (1. 2. 3.)" if kind == "ordered_list" else "list of lines that begin with -"
    for node in body.nodes:
        if node.type != kind or node is not lists[0]:
            body.say(node, f"only a {wanted} belongs in ::: {block}")
    items = lists[0].children if lists else []
    if len(items) < least:
        body.notes.error(
            body.first_line - 1, f"::: {block} needs a {wanted}" + (f", at least {least}" if least > 1 else "")
        )
    return items


def line_of_item(item, body, block):
    """Give the only paragraph of a list item."""
    if len(item.children) != 1 or item.children[0].type != "paragraph":
        body.say(item, f"one paragraph a line in ::: {block}")
    return item.children[0] if item.children else item


def read_steps(title, body):
    steps = []
    for item in items_of(body, "ordered_list", "steps", least=2):
        parts = [
            part for part in inline_parts(line_of_item(item, body, "steps")) if part.type != "text" or part.content
        ]
        if parts and parts[0].type == "strong":
            steps.append({"what": body.plain(parts[0]), "how": body.html(parts[1:]).strip()})
        else:
            body.say(item, "begin the step with **what to do.**")
    return {"title": title, "steps": steps}


def read_checklist(title, body):
    lines = []
    for item in items_of(body, "bullet_list", "checklist"):
        text = body.inline(line_of_item(item, body, "checklist"))
        if not text.startswith("[ ] "):
            body.say(item, "begin every line of a checklist with '- [ ] '")
        lines.append(text.removeprefix("[ ] "))
    return {"title": title, "lines": lines}


def read_terms(_title, body):
    terms = []
    for item in items_of(body, "bullet_list", "terms"):
        key, colon, definition = body.plain(line_of_item(item, body, "terms")).partition(":")
        if not colon or not re.fullmatch(r"[a-z0-9_]+", key) or not definition.strip():
            body.say(item, "a term is written '- key_in_glossary: Definition.'")
            continue
        terms.append({"key": key, "definition": definition.strip()})
    return {"terms": terms}


def read_lines(block):
    """Make the reader of a block that is a plain list of lines."""

    def read(_title, body):
        return {
            "lines": [body.inline(line_of_item(item, body, block)) for item in items_of(body, "bullet_list", block)]
        }

    return read


def read_selfcheck(title, body):
    questions = [read_question(item, body) for item in items_of(body, "ordered_list", "selfcheck")]
    if len(questions) != QUESTIONS:
        body.notes.error(body.first_line - 1, f"a self-check has {QUESTIONS} questions, not {len(questions)}")
    return {"title": title, "questions": questions}


def read_question(item, body):
    kinds = [child.type for child in item.children]
    if kinds != ["paragraph", "bullet_list"]:
        body.say(item, "a question is one paragraph and its answers: lines with '   - [ ] ' and one '   - [x] '")
    text = " ".join(body.inline(child) for child in item.children if child.type == "paragraph")
    lists = [child for child in item.children if child.type == "bullet_list"]
    answers = [read_answer(answer, body) for answer in (lists[0].children if lists else ())]
    if len(answers) < 2:
        body.say(item, "a question has at least two answers")
    if sum(answer["right"] for answer in answers) != 1:
        body.say(item, "mark exactly one answer with [x]")
    return {"text": text, "answers": answers}


def read_answer(item, body):
    paragraphs = [child for child in item.children if child.type == "paragraph"]
    quotes = [child for child in item.children if child.type == "blockquote"]
    text = " ".join(body.inline(paragraph) for paragraph in paragraphs)
    mark = re.match(r"\[([ xX])\] +", text)
    if not mark:
        body.say(item, "begin the answer with '- [ ] ' or '- [x] '")
    if len(item.children) != len(paragraphs) + len(quotes) or len(paragraphs) > 1 or len(quotes) > 1:
        body.say(item, "an answer is one line, with one reason after > under it")
    why = " ".join(body.inline(part) for quote in quotes for part in quote.children if part.type == "paragraph")
    if not why:
        body.say(item, "answer without feedback: add a line '     > …'")
    return {"text": text[mark.end() :] if mark else text, "right": bool(mark and mark[1] in "xX"), "why": why}


READERS = {  # block: (what may stand in it, does it need a title or name, its reader)
    "situation": (PROSE - {"heading"}, True, read_situation),
    "callout": (LISTS, True, read_callout),
    "figure": (PARAGRAPHS, True, read_figure),
    "table": (PARAGRAPHS | TABLE, True, read_table),
    "steps": (LISTS, True, read_steps),
    "checklist": (LISTS, True, read_checklist),
    "selfcheck": (LISTS | {"blockquote"}, True, read_selfcheck),
    "terms": (LISTS, False, read_terms),
    "download": (PARAGRAPHS, True, read_download),
    "deeper": (LISTS, False, read_lines("deeper")),
    "sources": (LISTS, False, read_lines("sources")),
}
