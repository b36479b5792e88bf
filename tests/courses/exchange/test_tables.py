"""XLSX and CSV: one question a row."""

import datetime
import io
import struct
import zipfile

import openpyxl
import pytest

from courses.exchange import BadFile, reading, tables
from tests.courses.exchange.conftest import choices, words


def book(*rows, title="Sheet"):
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def csv(*rows, delimiter=";"):
    return "\n".join(delimiter.join(row) for row in rows)


HEADS = ("kind", "question", "a", "b", "c", "right", "tolerance", "why_a", "feedback")


def row(**cells):
    return tuple(cells.get(head, "") for head in HEADS)


ONE = row(question="Where?", a="roof", b="desk", right="b", why_a="No.", feedback="So.")


@pytest.mark.parametrize(
    "make", [lambda *rows: book(*rows), lambda *rows: csv(*rows), lambda *rows: csv(*rows, delimiter="\t")]
)
def test_one_right_answer(one, make):
    draft = one(make(HEADS, ONE))

    assert (draft.kind, draft.line, words(draft), draft.content["feedback"]) == ("single", 2, "Where?", {"en": "So."})
    assert choices(draft) == [("roof", False, "No."), ("desk", True, "")]


@pytest.mark.parametrize(
    ("right", "wanted"),
    [
        ("a, c", [True, False, True]), ("A;C", [True, False, True]), ("ac", [True, False, True]), ("1 3", [True, False, True]),
        ("а, с", [True, False, True]),  # typed in Cyrillic
        ("b.", [False, True, False]),
    ],
)  # fmt: skip
def test_the_column_right(one, right, wanted):
    draft = one(book(HEADS, row(question="Where?", a="x", b="y", c="z", right=right)))

    assert [good for _words, good, _why in choices(draft)] == wanted
    assert draft.kind == ("multiple" if sum(wanted) > 1 else "single")


@pytest.mark.parametrize("right", ["", "d", "в", "roof"])
def test_a_right_answer_that_is_not_there(one, right):
    assert one(book(HEADS, row(question="Where?", a="x", b="y", right=right))).problems == [
        f"The column «right» names none of the answers: «{right}»."
    ]


@pytest.mark.parametrize(
    ("right", "truth"), [("true", True), ("Ha", True), ("Yoʻq", False), ("нет", False), (True, True), (0, False)]
)
def test_true_or_false(one, right, truth):
    assert one(book(HEADS, row(kind="True/False", question="Where?", right=right))).content["answer"] is truth


def test_a_number_as_excel_keeps_it(one):
    draft = one(book(HEADS, row(kind="numerical", question="How many?", right=12.5, tolerance=1)))

    assert (draft.content["answer"], draft.content["tolerance"]) == ("12.5", "1")


def test_a_number_with_units_and_a_tolerance_in_per_cent(one):
    cells = ("numerical", "How large?", "200", "5 %", "MB; GB = 1024")
    draft = one(book(("kind", "question", "right", "tolerance", "units"), cells))

    assert (draft.problems, draft.content["tolerance"], draft.content["percent"]) == ([], "5", True)
    assert draft.content["units"] == [{"name": "MB", "factor": "1"}, {"name": "GB", "factor": "1024"}]


def test_ordering_matching_and_short_answer(read):
    ordered, matched, short = read(
        book(
            HEADS,
            row(kind="ordering", question="Order", a="one", b="two"),
            row(kind="matching", question="Match", a="novel -> prose", b="poem → verse"),
            row(kind="short answer", question="Say", a="desk", b="the desk"),
        )
    )

    assert [step["text"]["en"] for step in ordered.content["steps"]] == ["one", "two"]
    assert [(pair["left"]["en"], pair["right"]["en"]) for pair in matched.content["pairs"]] == [
        ("novel", "prose"),
        ("poem", "verse"),
    ]
    assert short.content["accept"] == {"all": ["desk", "the desk"]}


def test_several_languages(one):
    draft = one(
        book(
            ("kind", "question", "question_ru", "a", "a_ru", "b", "b_ru", "right"),
            ("", "Where?", "Где?", "roof", "крыша", "desk", "стол", "b"),
        )
    )

    assert draft.content["text"] == {"en": "Where?", "ru": "Где?"}
    assert draft.content["choices"][1]["text"] == {"en": "desk", "ru": "стол"}


def test_accepted_answers_of_several_languages(one):
    draft = one(
        book(
            ("kind", "question", "question_ru", "a", "a_ru", "right"),
            ("short_answer", "Say", "Скажи", "desk", "стол", ""),
        )
    )

    assert draft.content["accept"] == {"en": ["desk"], "ru": ["стол"]}


def test_labels(one):
    draft = one(
        book(
            ("question", "a", "b", "right", "name", "tags", "lesson", "level", "competence"),
            ("Where?", "x", "y", "a", "Desk", "one, two ,", 3, "basic", "4.2"),
        )
    )

    assert (draft.name, draft.tags, draft.lesson, draft.level, draft.competence) == (
        "Desk",
        ["one", "two"],
        3,
        "basic",
        "4.2",
    )


def test_what_excel_made_a_date_of_is_refused(one):
    assert one(book(HEADS, row(question="Where?", a=datetime.date(2026, 1, 2), b="x", right="a"))).problems == [
        "A cell holds a date: Excel has changed what was typed. Set its format to Text and type it again."
    ]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"kind": "poll", "question": "?"}, "The kind «poll» is not known. There are: single, multiple, true_false, numerical, ordering, matching, short_answer."),
        ({"kind": "cloze", "question": "A [[1]]", "a": "b"}, "Texts with gaps do not fit into a table: write them in the editor, or bring them as Moodle XML."),
        ({"kind": "true_false", "question": "?", "right": "maybe"}, "The column «right» must say true or false."),
        ({"kind": "numerical", "question": "?", "right": "many"}, "«many» is no number."),
        ({"kind": "matching", "question": "?", "a": "novel"}, "A pair is written «left -> right»."),
        ({"question": "?", "a": "x", "right": "a"}, "There are fewer than two answers."),
        ({"a": "x", "b": "y", "right": "a"}, "The question has no words."),
    ],
)  # fmt: skip
def test_rows_that_are_refused(one, cells, why):
    draft = one(book(HEADS, (), row(**cells)))

    assert (draft.line, draft.problems) == (3, [why])


def test_html_in_a_cell_is_text(one):
    assert words(one(book(HEADS, row(question="What is <b>?", a="x", b="y", right="a")))) == "What is &lt;b&gt;?"


def test_a_quoted_cell_of_two_lines_keeps_the_line_numbers(read):
    rows = read('question,a,b,right\n"Where\nnow?",x,y,a\nThen?,x,y,b')

    assert [(draft.line, words(draft)) for draft in rows] == [(2, "Where<br>now?"), (4, "Then?")]


def test_the_template_is_read_back(read):
    drafts = read(tables.template())

    assert [(draft.kind, draft.problems) for draft in drafts] == [("single", []), ("numerical", [])]


def test_the_template_says_what_stands_in_every_column():
    made = openpyxl.load_workbook(io.BytesIO(tables.template()))

    heads = [cell.value for cell in made["questions"][1]]
    told = {row[0].value for row in made.worksheets[1].iter_rows(min_row=2)}
    assert set(heads) <= told
    assert "Texts with gaps do not fit" in next(row[1].value for row in made.worksheets[1] if row[0].value == "kind")
    assert heads[:4] == ["kind", "question", "a", "b"]


def test_a_report_holds_no_formulas():
    made = openpyxl.load_workbook(io.BytesIO(tables.report([[1, "=1+1", "", "", "@x"]], ["a", "b", "c", "d", "e"])))

    assert [(cell.value, cell.data_type) for cell in made.active[2]][1] == ("=1+1", "s")


# --- Files that are none --------------------------------------------------------------------------------------------------


def refused(data):
    with pytest.raises(BadFile) as fault:
        reading.drafts(data)
    return str(fault.value)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(70):
                member.write(b"0" * 1024 * 1024)

    assert len(held.getvalue()) < 100_000
    assert refused(held.getvalue()) == "The workbook unpacks to more than 60 MB: it is refused."


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_either():
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(HEADS, ONE))) as good,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for member in good.infolist():
            data = good.read(member)
            archive.writestr(member.filename, data + b" " * 70_000_000 if "sheet1" in member.filename else data)
    data = bytearray(held.getvalue())
    end = 0
    while (end := data.find(struct.pack("<L", len(good.NameToInfo) and 70_000_000 + _size(data)), end)) >= 0:
        data[end : end + 4] = struct.pack("<L", 1000)
        end += 4

    assert refused(bytes(data)) == "The workbook is damaged."


def _size(data):
    """What the sheet holds beside the blanks."""
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        return next(one.file_size for one in archive.infolist() if "sheet1" in one.filename) - 70_000_000


def test_a_bomb_of_entities_in_a_sheet_is_refused():
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(HEADS, ONE))) as good, zipfile.ZipFile(held, "w") as archive:
        for member in good.infolist():
            data = good.read(member)
            if "sheet1" in member.filename:
                data = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + data.split(b"?>")[-1].replace(
                    b"Where?", b"&a;"
                )
            archive.writestr(member.filename, data)

    assert refused(held.getvalue()) == "The workbook is damaged."


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04" + b"\0" * 50, "The workbook is damaged."),
        (book(HEADS, ONE)[:-30], "The workbook is damaged."),
        (book(("a", "b"), ("x", "y")), "The first row must hold the names of the columns, as in the template: question, a, b, right, …"),
        (book(), "There is no question in the file."),
        (book(HEADS), "There is no question in the file."),
    ],
)  # fmt: skip
def test_workbooks_that_are_refused(data, why):
    assert refused(data) == why


def test_another_archive_is_no_workbook():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")

    assert refused(held.getvalue()) == "This archive is no Excel workbook."


def test_an_empty_sheet_that_says_it_is_enormous(one):
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(HEADS, ONE))) as good, zipfile.ZipFile(held, "w") as archive:
        for member in good.infolist():
            data = good.read(member)
            if "sheet1" in member.filename:
                data = data.replace(b'ref="A1:I2"', b'ref="A1:XFD1048576"').replace(
                    b"</sheetData>", b'<row r="1048576"><c r="A1048576"/></row></sheetData>'
                )
            archive.writestr(member.filename, data)

    assert words(one(held.getvalue())) == "Where?"
