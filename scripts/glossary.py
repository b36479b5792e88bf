"""docs/glossary.md from curriculum/glossary.csv: `python -m scripts.glossary`. A test says when they differ."""

import csv

from scripts.machine import ROOT

DOCUMENT = ROOT / "docs" / "glossary.md"
BEGIN, END = "<!-- terms: begin -->", "<!-- terms: end -->"


def table():
    """The terms as a Markdown table, in the order of their keys."""
    with open(ROOT / "curriculum" / "glossary.csv", encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["key"])
    lines = ["| key | English | oʻzbekcha | русский | note |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        cells = (row[name].replace("|", "\\|") for name in ("key", "en", "uz", "ru", "note"))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def renewed(text):
    """The document's text with the terms of today between its marks."""
    return f"{text.split(BEGIN)[0]}{BEGIN}\n{table()}\n{END}{text.split(END)[1]}"


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
