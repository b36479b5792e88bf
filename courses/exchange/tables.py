"""XLSX and CSV: one question a row, under the column names of the template. Slow to load: imported where it is used."""

import csv
import io
import re
from datetime import date, time

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.given_files import check_archive
from accounts.text_cells import put_text

from .. import kinds
from ..question_blocks import lines
from . import BadFile, reading
from .neutral import Draft, Part, Text

MOST_COLUMNS = 120
LETTERS = list("abcdefghij")
LANGUAGES = dict(settings.LANGUAGES)

# Name of the column: what stands in it. Texts may have a column more for each language: question_ru, a_en, feedback_ru.
COLUMNS = {
    "kind": gettext_lazy("Kind, one of: %(kinds)s. Empty: one or several right answers, as the column «right» says."),
    "question": gettext_lazy("The question. In another language: question_uz, question_ru, question_en."),
    **dict.fromkeys(
        LETTERS,
        gettext_lazy(
            "An answer. For matching a pair: left -> right. For ordering a step, in the right order. "
            "For a short answer what is accepted. In another language: a_ru, b_ru, …"
        ),
    ),
    "right": gettext_lazy(
        "The letters of the right answers, such as b or a, c. True or false: true, false. A number: the number."
    ),
    "tolerance": gettext_lazy("Only for a number: so far off is still right, such as 0,5 or 5 %."),
    "units": gettext_lazy(
        "Only for a number: its units, with semicolons between them, such as MB; GB = 1024. The number is in the first."
    ),
    **{f"why_{letter}": gettext_lazy("What is said to who chooses this answer.") for letter in LETTERS},
    "feedback": gettext_lazy("What is shown after the answer."),
    "name": gettext_lazy("How the question is called in lists. Empty: its first words."),
    "tags": gettext_lazy("Tags, with commas between them."),
    "lesson": gettext_lazy("The number of the lesson that it belongs to."),
    "level": gettext_lazy("Its level."),
    "competence": gettext_lazy("The competence by DigComp, such as 4.2."),
}
_TRUTHS = {
    **dict.fromkeys(("true", "t", "1", "yes", "ha", "да", "верно", "togri", "rost"), True),
    **dict.fromkeys(("false", "f", "0", "no", "yoq", "нет", "неверно", "notogri", "yolgon"), False),
}
_ALIKE = str.maketrans("асе", "ace")  # typed on a Cyrillic keyboard; «в» could be b or the third letter
KINDS = [kind for kind in kinds.KINDS if kind != "cloze"]


# --- Reading --------------------------------------------------------------------------------------------------------------


def looks_like_csv(text):
    first = text.lstrip("\r\n").partition("\n")[0]
    names = {name.strip().strip('"').lower() for name in re.split("[;,\t]", first)}
    return len(names) > 2 and "right" in names and any(name.split("_")[0] == "question" for name in names)


def parse_csv(text, language):
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
        rows = []
        line = 1
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(_("The table cannot be read: %(why)s.") % {"why": error}) from None
    return _rows(rows, language)


def parse_xlsx(data, language):
    check_archive(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next((one for one in book.worksheets if one.title.lower() == "questions"), book.worksheets[0])
        cells = sheet.iter_rows(max_col=MOST_COLUMNS, max_row=reading.MOST_QUESTIONS * 2, values_only=True)
        rows = [(number, [_typed(cell) for cell in row]) for number, row in enumerate(cells, 1)]
        book.close()
    except Exception:  # openpyxl raises whatever a broken part makes it stumble over
        raise BadFile(_("The workbook is damaged.")) from None
    return _rows(rows, language)


class _Date(str):
    """A cell that Excel has made a date of: nobody knows what was typed."""


def _typed(cell):
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return format(cell, ".15g") if not cell.is_integer() else str(int(cell))
    return _Date(cell) if isinstance(cell, date | time) else str(cell)


def _rows(rows, language):
    rows = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise BadFile(_("There is no question in the file."))
    names = [cell.strip().lower().replace(" ", "_") for cell in rows[0][1]]
    known = {name: n for n, name in enumerate(names) if name}
    if "right" not in known or not any(name.split("_")[0] == "question" for name in known):
        raise BadFile(
            _("The first row must hold the names of the columns, as in the template: question, a, b, right, …")
        )
    return [_draft(number, dict(zip(names, row, strict=False)), language) for number, row in rows[1:]]


def _draft(line, row, language):
    draft = Draft(
        line,
        name=row.get("name", ""),
        tags=[tag.strip()[:100] for tag in row.get("tags", "").split(",") if tag.strip()],
    )
    draft.level, draft.competence = row.get("level", "").strip()[:16], row.get("competence", "").strip()[:8]
    lesson = row.get("lesson", "").strip()
    draft.lesson = int(lesson) if re.fullmatch(r"\d{1,4}", lesson) else None
    draft.text, draft.feedback = _text(row, "question", language), _text(row, "feedback", language)
    if any(isinstance(cell, _Date) for cell in row.values()):
        return draft.refuse(
            _("A cell holds a date: Excel has changed what was typed. Set its format to Text and type it again.")
        )
    answers = [(letter, _text(row, letter, language), _text(row, f"why_{letter}", language)) for letter in LETTERS]
    answers = [one for one in answers if one[1]]
    right = row.get("right", "").strip()
    kind = re.sub(r"[\s/-]+", "_", row.get("kind", "").strip().lower())
    if kind == "cloze":
        return draft.refuse(_no_gaps())
    if kind not in {"", *KINDS}:
        return draft.refuse(
            _("The kind «%(kind)s» is not known. There are: %(kinds)s.")
            % {"kind": kind[:40], "kinds": ", ".join(KINDS)}
        )
    return _READERS[kind or "single"](draft, answers, right, row)


def _no_gaps():
    return _("Texts with gaps do not fit into a table: write them in the editor, or bring them as Moodle XML.")


def _text(row, name, language):
    """{language: text}: the column without a language is in the file's own."""
    found = {code: row.get(f"{name}_{code}", "") for code in LANGUAGES if row.get(f"{name}_{code}", "").strip()}
    if row.get(name, "").strip():
        found.setdefault(language, row[name])
    return Text(found) if found else None


def _choices(draft, answers, right, row):
    wanted = [one for one in re.split(r"[\s,;.)]+", right.lower().translate(_ALIKE)) if one]
    if len(wanted) == 1 and len(wanted[0]) > 1 and set(wanted[0]) <= set(LETTERS):
        wanted = list(wanted[0])  # «ac»
    letters = [letter for letter, *_rest in answers]
    wanted = [LETTERS[int(one) - 1] if re.fullmatch(r"[1-9]|10", one) else one for one in wanted]
    if not wanted or not set(wanted) <= set(letters):
        return draft.refuse(_("The column «right» names none of the answers: «%(text)s».") % {"text": right[:40]})
    kind = row.get("kind", "").strip().lower()
    draft.kind = kind or ("multiple" if len(set(wanted)) > 1 else "single")
    draft.parts = [Part(text, letter in wanted, why) for letter, text, why in answers]
    return draft


def _true_false(draft, answers, right, row):
    draft.kind = "true_false"
    draft.answer = _TRUTHS.get(re.sub(r"[^\w]", "", right.lower().replace("ʻ", "").replace("ʼ", "")))
    return draft if draft.answer is not None else draft.refuse(_("The column «right» must say true or false."))


def _number(draft, answers, right, row):
    draft.kind, draft.answer, draft.tolerance = "numerical", right, row.get("tolerance", "").strip() or "0"
    draft.percent = "%" in draft.tolerance
    draft.units = lines(row.get("units", "").replace(";", "\n"))
    return draft


def _ordering(draft, answers, right, row):
    draft.kind, draft.parts = "ordering", [Part(text) for _letter, text, _why in answers]
    return draft


def _matching(draft, answers, right, row):
    draft.kind = "matching"
    for _letter, text, _why in answers:
        sides = {
            code: [side.strip() for side in re.split("->|→", words, maxsplit=1)] for code, words in text.raw.items()
        }
        if any(len(pair) < 2 for pair in sides.values()):
            return draft.refuse(_("A pair is written «left -> right»."))
        draft.parts.append(
            Part(
                *(Text({code: pair[0] for code, pair in sides.items()}),),
                other=Text({code: pair[1] for code, pair in sides.items()}),
            )
        )
    return draft


def _short_answer(draft, answers, right, row):
    draft.kind = "short_answer"
    texts = [text.raw for _letter, text, _why in answers] or ([{"all": right}] if right else [])
    several = {code for words in texts for code in words} - {"all"}
    draft.accept = [(code if len(several) > 1 else "all", words) for one in texts for code, words in one.items()]
    return draft


_READERS = {
    "single": _choices, "multiple": _choices, "true_false": _true_false, "numerical": _number,
    "ordering": _ordering, "matching": _matching, "short_answer": _short_answer,
}  # fmt: skip


# --- Writing: the template and the report ---------------------------------------------------------------------------------


def template():
    """The workbook to fill in: column names and two questions to be written over; what each column means on a second sheet."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "questions"
    shown = [name for name in COLUMNS if name not in LETTERS[6:] and name[4:] not in LETTERS[6:]]
    put(sheet, shown, bold=True)
    for example in _EXAMPLES:
        put(sheet, [str(example.get(name, "")) for name in shown])
    sheet.freeze_panes = "A2"
    for n in range(1, len(shown) + 1):
        column = sheet.cell(1, n).column_letter
        sheet.column_dimensions[column].width = 44 if shown[n - 1] == "question" else 20
        for row in range(2, 500):
            sheet.cell(row, n).number_format = "@"  # text: else Excel makes dates of 1-2
    told = book.create_sheet(_("What stands where")[:31])
    put(told, [_("Column"), _("What stands in it")], bold=True)
    names = ", ".join(f"{kind} ({kinds.KINDS[kind]})" for kind in KINDS)
    for name, says in COLUMNS.items():
        put(told, [name, f"{str(says) % {'kinds': names}} {_no_gaps()}" if name == "kind" else str(says)])
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 16, 100
    for row in told.iter_rows(min_row=2):
        row[1].alignment = Alignment(wrap_text=True, vertical="top")
    for cell in told[1]:
        cell.font = Font(bold=True)
    return _saved(book)


_EXAMPLES = [
    {
        "kind": "single", "question": gettext_lazy("Which of these is a strong password?"), "a": "123456", "b": "Olma-daraxt-kitob-7",
        "right": "b", "feedback": gettext_lazy("Long and unlike others."), "tags": "demo",
    },
    {"kind": "numerical", "question": gettext_lazy("How many bits has a byte?"), "right": "8", "tolerance": "0", "tags": "demo"},
]  # fmt: skip


def report(rows, heads):
    """A workbook of the rows (lists of plain values), `heads` above them."""
    from openpyxl import Workbook

    book = Workbook()
    put(book.active, heads, bold=True)
    for row in rows:
        put(book.active, row)
    book.active.freeze_panes = "A2"
    for column, width in zip("ABCDE", (8, 60, 14, 24, 90), strict=True):
        book.active.column_dimensions[column].width = width
    return _saved(book)


def put(sheet, row, bold=False):
    """Append a row; a text stays a text, even one that begins with «=» and would be a formula."""
    from openpyxl.styles import Font

    sheet.append([])
    at = sheet._current_row
    for n, value in enumerate(row, 1):
        cell = sheet.cell(at, n)
        if isinstance(value, str):
            put_text(cell, value)
        else:
            cell.value = value
        if bold:
            cell.font = Font(bold=True)


def _saved(book):
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()
