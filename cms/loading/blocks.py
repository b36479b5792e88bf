"""From the blocks of a lesson's file to the raw JSON of the page's StreamField.

Ids are made of the place, so loading twice gives the same.
"""

import uuid

from accounts.text import clean_html

NAMESPACE = uuid.UUID("6f5a1f5e-3b0e-4b52-9d5e-6d2a6f1c0a11")
MAX_TEXT = 60_000


def clean(html):
    return clean_html(html, limit=MAX_TEXT)


class Body:
    """Collects raw blocks. `place` names the lesson and the language."""

    def __init__(self, place):
        self.place = place
        self.raw = []

    def add(self, kind, value):
        self.raw.append({"type": kind, "value": value, "id": self._id(len(self.raw))})

    def items(self, values):
        """Raw items of a ListBlock; without ids they would be silently misread."""
        at = len(self.raw)
        return [
            {"type": "item", "value": value, "id": self._id(at, "item", n, repr(value))}
            for n, value in enumerate(values)
        ]

    def _id(self, *where):
        return str(uuid.uuid5(NAMESPACE, f"{self.place}/{'/'.join(map(str, where))}"))


def lesson_body(place, blocks, material):
    """The raw body of a lesson. `material` finds drawings, files and terms: see cms/loading/material.py."""
    body = Body(place)
    for block in blocks:
        WRITERS[block["type"]](body, block["value"], material)
    return body.raw


def _heading(body, value, material):
    body.add("heading", {"level": value["level"], "text": value["text"]})


def _text(body, value, material):
    body.add("text", clean(value))


def _situation(body, value, material):
    body.add("situation", {"title": value["title"], "text": clean(value["text"])})


def _callout(body, value, material):
    body.add("callout", {"kind": value["kind"], "title": value["title"], "text": clean(value["text"])})


def _figure(body, value, material):
    body.add("figure", {"drawing": material.drawing(value["figure"]), "caption": clean(value["caption"])})


def _table(body, value, material):
    body.add(
        "table",
        {"title": value["title"], "table": raw_table(value["columns"], value["rows"]), "note": clean(value["note"])},
    )


def raw_table(columns, rows):
    """TypedTableBlock's own JSON."""
    return {
        "columns": [
            {"type": "number" if column["align"] == "right" else "text", "heading": column["heading"]}
            for column in columns
        ],
        "rows": [{"values": [clean(cell) for cell in row]} for row in rows],
        "caption": "",
    }


def _steps(body, value, material):
    steps = [{"what": step["what"], "how": clean(step["how"])} for step in value["steps"]]
    body.add("steps", {"title": value["title"], "steps": body.items(steps)})


def _checklist(body, value, material):
    body.add("checklist", {"title": value["title"], "lines": body.items([clean(line) for line in value["lines"]])})


def _selfcheck(body, value, material):
    questions = []
    for question in value["questions"]:
        answers = [{"text": clean(a["text"]), "right": a["right"], "why": clean(a["why"])} for a in question["answers"]]
        questions.append({"text": clean(question["text"]), "answers": body.items(answers)})
    body.add("selfcheck", {"title": value["title"], "questions": body.items(questions)})


def _terms(body, value, material):
    terms = [{"term": material.term(term["key"]), "definition": clean(term["definition"])} for term in value["terms"]]
    body.add("terms", {"terms": body.items(terms)})


def _download(body, value, material):
    body.add("download", {"file": material.file(value["file"]), "text": clean(value["text"])})


def _lines(kind):
    def write(body, value, material):
        body.add(kind, {"lines": body.items([clean(line) for line in value["lines"]])})

    return write


WRITERS = {
    "heading": _heading, "text": _text, "situation": _situation, "callout": _callout, "figure": _figure, "table": _table,
    "steps": _steps, "checklist": _checklist, "selfcheck": _selfcheck, "terms": _terms, "download": _download,
    "deeper": _lines("deeper"), "sources": _lines("sources"),
}  # fmt: skip
