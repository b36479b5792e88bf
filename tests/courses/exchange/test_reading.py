"""Files as they come: large ones, odd signs, other formats than they say."""

import io
import zipfile

import pytest

from courses.exchange import BadFile, reading
from tests.courses.exchange.conftest import words

UZ = "Oʻquv zali qayerda?{T}"
CYRILLIC = "Что такое «пароль»? Ўқиш{T}"


def refused(data, format="auto"):
    with pytest.raises(BadFile) as fault:
        reading.drafts(data, format, "en")
    return str(fault.value)


# --- Size -----------------------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """A file of 200 MB that counts what is read of it."""

    size, given = 200 * 1024 * 1024, 0

    def readable(self):
        return True

    def read(self, n=-1):
        wanted = self.size if n < 0 else min(n, self.size - self.given)
        self.given += wanted
        return b"a" * wanted


def test_a_file_of_200_mb_is_refused_and_not_read_whole():
    file = Endless()

    with pytest.raises(BadFile, match="larger than 20 MB"):
        reading.bytes_of(file)
    assert file.given == 20 * 1024 * 1024 + 1


def test_5000_questions_are_read(read):
    drafts = read("\n\n".join(f"::Q{n}::What is {n} + 1?{{={n + 1} ~{n} ~{n + 2}#Too much}}" for n in range(5000)))

    assert len(drafts) == 5000
    assert not any(draft.problems or draft.repairs for draft in drafts)
    assert drafts[-1].line == 9999


def test_more_than_are_allowed_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_QUESTIONS", 2)

    assert refused(b"a{T}\n\nb{T}\n\nc{T}") == "The file holds more than 2 questions. Divide it."


@pytest.mark.parametrize("data", [b"", b" \r\n\t "])
def test_an_empty_file(data):
    assert refused(data) == "The file is empty."


def test_a_file_without_questions():
    assert refused(b"// only a comment with {", "gift") == "There is no question in the file."


# --- Signs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [UZ, CYRILLIC])
@pytest.mark.parametrize("signs", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_form_of_unicode(one, text, signs):
    assert words(one(text.encode(signs))) == text[:-3]


def test_utf16_with_a_mark_of_the_other_order(one):
    assert words(one(b"\xfe\xff" + UZ.encode("utf-16-be"))) == UZ[:-3]


@pytest.mark.parametrize(
    ("text", "signs", "named"),
    [
        ("Где хранят книги? «Ёлка» и ёж{=там ~тут}", "cp1251", "Windows-1251"),
        ("Ёж{T}", "cp1251", "Windows-1251"),
        ("Ўзбекистон пойтахти{=Тошкент ~x}", "cp1251", "Windows-1251"),
        ("Où est le café? C’est déjà là{T}", "cp1252", "Windows-1252"),
        ("Une idée créée à Noël, déjà{T}", "cp1252", "Windows-1252"),
        ("O‘quv zali “shu yerda”{T}", "cp1252", "Windows-1252"),
    ],
)
def test_the_signs_of_windows(text, signs, named):
    _format, notes, (draft,) = reading.drafts(text.encode(signs))

    assert draft.text.raw == text[: text.index("{")]
    assert notes == [f"The file is read as {named}."]


def test_the_signs_that_an_xml_file_names(one):
    text = '<?xml version="1.0" encoding="windows-1251"?><quiz><question type="truefalse"><questiontext><text>Да?</text></questiontext><answer fraction="100"><text>true</text></answer></question></quiz>'

    assert words(one(text.encode("cp1251"))) == "Да?"


def test_an_xml_file_that_names_the_wrong_signs(one):
    text = '<?xml version="1.0" encoding="ascii"?><quiz><question type="truefalse"><questiontext><text>Да?</text></questiontext><answer fraction="100"><text>true</text></answer></question></quiz>'

    assert words(one(text.encode())) == "Да?"


def test_signs_that_are_none():
    assert refused(b"\x00\x01\x02\x81\x8d\x98{T}\xff") == "The signs of the file cannot be read. Save it as UTF-8."


def test_half_a_sign_behind_a_mark():
    assert refused(b"\xef\xbb\xbfA{T}\xff") == "The signs of the file cannot be read. Save it as UTF-8."


# --- Format ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("Where?{T}", "gift"),
        ("::A::Where?\n{=x}", "gift"),
        ("Where?\nA. Here\nB. There\nANSWER: A", "aiken"),
        ("Where is {x}?\nA) Here\nB) There\nANSWER: B", "aiken"),
        ("\n<?xml version='1.0'?><quiz><question type='essay'/></quiz>", "moodle-xml"),
        ("<quiz><question type='essay'/></quiz>", "moodle-xml"),
        ("question;a;b;right\nWhere?;x;y;a", "csv"),
        ('"question"\t"a"\t"right"\nWhere?\tx\ta', "csv"),
    ],
)
def test_the_format_is_found_by_what_is_written(text, format):
    assert reading.drafts(text.encode())[0] == format


def test_a_format_that_is_none():
    assert refused(b"Dear colleagues, please find attached") == "The format of the file is not recognised. Choose it."


def test_old_excel_is_named():
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100) == (
        "This is an old Excel file (XLS). Save it as XLSX or CSV."
    )


def test_another_format_than_was_chosen():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a", "b")

    assert refused(held.getvalue(), "gift") == "The file is not in the format that was chosen."
    assert refused(b"Where?{T}", "xlsx") == "The file is not in the format that was chosen."


# --- Text -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("O'quv zali va g`oya, ma’lumot, san'at{T}", "Oʻquv zali va gʻoya, maʼlumot, sanʼat"),
        ("[html]O&rsquo;quv <a href='https://o.uz/o%27q'>ma&#39;no</a>{T}".replace("='", "\\='").replace("s:", "s\\:").replace("&#", "&\\#"), 'Oʻquv <a href="https://o.uz/o%27q">maʼno</a>'),
        ("[html]<code>print('o'x')</code> o'z{T}", "<code>print('o'x')</code> oʻz"),
    ],
)  # fmt: skip
def test_apostrophes_become_uzbek_signs(one, typed, shown):
    draft = one(typed, language="uz")

    assert draft.content["text"]["uz"] == shown
    assert draft.repairs == ["Apostrophes have become the signs that Uzbek has: oʻ, gʻ, ʼ."]


def test_right_signs_are_no_repair(one):
    assert one("Oʻquv maʼlumoti{=gʻoya}", language="uz").repairs == []


def test_accepted_answers_get_the_signs_too(one):
    assert one("Nima?{=o'quv}", language="uz").content["accept"] == {"all": ["oʻquv"]}


def test_other_languages_keep_their_apostrophes(one):
    draft = one("Who's there?{T}")

    assert (words(draft), draft.repairs) == ("Who's there?", [])


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<script>alert(1)</script>Where?", "Where?"),
        ("<b onclick\\=x()>Where?</b>", "<b>Where?</b>"),
        ("<a href\\=\"javascript\\:x\">Where?</a>", "<a>Where?</a>"),
        ("<iframe src\\=\"//x\"></iframe>Where?", "Where?"),
    ],
)  # fmt: skip
def test_what_could_act_is_removed_and_told(one, typed, shown):
    draft = one(f"[html]{typed}{{T}}")

    assert words(draft) == shown
    assert draft.repairs[0].startswith("Markup that no question may hold is removed: ")


def test_what_editors_leave_behind_goes_without_a_word(one):
    draft = one('[html]<div dir\\="ltr"><p style\\="color\\:red"><span>Where?</span><br></p></div><p>&nbsp;</p>{T}')

    assert (words(draft), draft.repairs) == ("Where?", [])


def test_paragraphs_stay_where_there_are_several(one):
    assert words(one("[html]<div>One</div><div>Two</div>{T}")) == "<p>One</p><p>Two</p>"


def test_html_that_is_nested_too_deeply_is_refused(one):
    assert one(f"[html]{'<b>' * 60}x{{T}}").problems == ["The text is nested too deeply. Paste it without formatting."]


def test_signs_that_control_go(one):
    assert words(one("Wh\x01e\x1bre\x0f?{T}")) == "Where?"


@pytest.mark.parametrize(
    "hostile",
    [
        "\n",
        "ANSWER: " + " " * 5_000_000 + "x\n",
        "// [tag:" * 500_000,
        "{" * 3_000_000,
        "a{=" * 1_000_000,
        "::" * 2_000_000,
    ],
)
def test_megabytes_of_nothing_are_answered(hostile):
    try:
        drafts = reading.drafts((hostile * 2).encode() + b"\nA. b\nANSWER: x")[2]
    except BadFile:
        return
    assert all(draft.problems for draft in reading.settled(drafts, "en"))
