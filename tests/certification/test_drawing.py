"""The file as it is drawn and tagged: equal bytes, every fact, every letter, the QR code."""

import copy
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from reportlab.pdfbase import pdfmetrics

from accounts.forms import clean_certificate_name
from certification import layout, wording
from certification.drawing import MissingGlyph, draw
from certification.layout import lay_out
from scripts.machine import ROOT

from .judges import poppler
from .samples import LONG, PAYLOAD, SAMPLES, make_payload, printed, read


def test_same_payload_same_bytes():
    assert draw(PAYLOAD) == draw(copy.deepcopy(PAYLOAD))


def test_same_bytes_in_another_process_on_another_day():
    program = "import sys, certification.drawing as d, json; sys.stdout.buffer.write(d.draw(json.load(sys.stdin)))"
    for seed, epoch in (("1", "0"), ("2", "1700000000")):
        other = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(PAYLOAD).encode(),
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": epoch},
        )
        assert other.stdout == draw(PAYLOAD)


def test_same_bytes_from_four_threads_at_once():
    payloads = list(SAMPLES.values()) * 6
    expected = [draw(payload) for payload in payloads]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(draw, payloads)) == expected
    finally:
        sys.setswitchinterval(before)


def test_another_fact_other_bytes_and_another_identity():
    one, other = read(draw(PAYLOAD)), read(draw(make_payload(hours=37)))
    assert one.trailer["/ID"] != other.trailer["/ID"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_fact_is_printed(name):
    payload = SAMPLES[name]
    text = " ".join(printed(draw(payload)).split())

    for fact in wording.facts(payload, payload["language"]):
        if fact.key == "modules" and name == "long":  # the only one that may be cut
            assert fact.value[:200] in text and "…" in text
        else:
            assert " ".join(fact.value.split()) in text
        if fact.key in (
            "holder",
            "course",
            "hours",
            "period",
            "order",
            "issued_on",
            "modules",
            "legal_basis",
            "signatory",
        ):
            assert " ".join(fact.label.split()) in text


@pytest.mark.parametrize(
    "holder",
    [
        "Toʻlqinboyeva Gʻunchaxon Maʼrufovna",
        "Ғуломова Ҳилола Қобилжон қизи Ўктамова",
        "Ғўзал Ҳақиқат Қўшшаева",
        "Ájiniyazova Gúljaxan Ǵárezsizlik",
        "Müller-Ångström Željko O’Neil",
    ],
)
def test_names_of_the_country_come_out_of_the_file_as_they_went_in(holder):
    pdf = draw(make_payload(holder=holder))

    assert holder in printed(pdf)
    assert read(pdf).metadata.title == f"Sertifikat SBQ-2026-000417: {holder}"


def test_an_accent_typed_apart_is_printed_as_one_letter():
    assert "Андрей Ёлкин" in printed(draw(make_payload(holder="Андреи\u0306 Е\u0308лкин")))


def test_no_grade_and_no_seminars():
    words = " ".join(label for labels in wording.LABELS.values() for label in labels.values()).casefold()
    for word in ("ball", "балл", "grade", "score", "%", "seminar", "семинар", "test", "тест"):
        assert word not in words


def test_metadata():
    pdf = read(draw(PAYLOAD))
    assert dict(pdf.metadata) == {
        "/Title": "Sertifikat SBQ-2026-000417: Saidjalolova-Toʻlqinboyeva Gulchehra Abdugʻaffor qizi",
        "/Author": "Milliy dastur",
        "/Subject": "Kiberxavfsizlik asoslari va kitobxon maʼlumotlarini himoya qilish",
        "/Creator": "Saboq",
        "/Producer": "Saboq",
        "/CreationDate": "D:20261122000000Z",
        "/ModDate": "D:20261122000000Z",
    }
    assert pdf.trailer["/Root"]["/Lang"] == "uz"
    assert [float(v) for v in pdf.pages[0].mediabox] == pytest.approx([0, 0, 841.89, 595.28], abs=0.01)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_font_is_embedded(name):
    pdf = draw(SAMPLES[name])
    page = read(pdf).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]

    assert {font["/BaseFont"].partition("+")[2] for font in fonts} == set(layout.FONTS)
    assert all("/FontFile2" in font["/FontDescriptor"] and "/ToUnicode" in font for font in fonts)
    assert b"Helvetica" not in pdf


@pytest.mark.parametrize("name", SAMPLES)
def test_small(name):
    assert len(draw(SAMPLES[name])) < 60_000


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Ali 李", "李"),
        ("نور", "ن"),
        ("Ali\u00adyev", "\u00ad"),
        ("Ali\u202eyev", "\u202e"),
        ("Ali 😀", "😀"),
    ],
)
def test_a_sign_without_a_glyph_is_refused_by_name(text, sign):
    with pytest.raises(MissingGlyph, match=f"U\\+{ord(sign):04X}") as refused:
        draw(make_payload(holder=text))
    assert refused.value.sign == sign


@pytest.mark.parametrize(
    "words",
    [
        {"issuer": "李"},
        {"course": "李"},
        {"modules": ["ok", "李"]},
        {"legal_basis": "李"},
        {"signatories": [{"name": "李", "post": "ok"}]},
        {"signatories": [{"name": "ok", "post": "李"}]},
    ],
)
def test_no_text_escapes_the_check_for_glyphs(words):
    with pytest.raises(MissingGlyph):
        draw(make_payload(words=words))


def test_the_fonts_have_the_letters_of_all_three_languages():
    needed = set(
        "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяҚқҒғҲҳЎўӘәҢңӨөҮүІіƏə"
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÁáǴǵÍıÓóÚúŃńÖöÜüÇçŞşĞğ0123456789ʻʼ‘’“”«»„–—…№·×%/()&+@"
    )
    for font in set(layout.FONTS) - {layout.MONO}:
        assert {sign for sign in needed if ord(sign) not in pdfmetrics.getFont(font).face.charToGlyph} == set()


def test_every_name_that_can_be_confirmed_can_be_printed():
    """A letter that the form takes and the font lacks would hold up a certificate for ever."""
    taken = set().union(*(_taken(sign) for sign in map(chr, range(0x20, 0x20000)) if not sign.isspace()))
    known = {chr(sign) for sign in pdfmetrics.getFont(layout.SERIF_BOLD).face.charToGlyph}

    assert taken - known == set()
    assert {"ʻ", "ʼ", "Ə", "ə", "Қ", "ў"} <= taken


def _taken(sign):
    """The signs of a name with this one, as it is kept; none where the form refuses it."""
    try:
        return set(clean_certificate_name(f"A{sign}a"))
    except ValidationError:
        return set()


def test_the_file_says_what_the_layout_says():
    """The overlap tests look at the layout: here its places and sizes are found again in the finished file."""
    placed = []

    def visit(text, cm, tm, font, size):
        placed.append((text.strip(), tm[4] / layout.MM, tm[5] / layout.MM, size / layout.MM))

    read(draw(LONG)).pages[0].extract_text(visitor_text=visit)
    found = sorted(place for place in placed if place[0])
    expected = sorted((line.text, line.left, layout.HEIGHT - line.y, line.size) for line in lay_out(LONG))
    assert [text for text, *_ in found] == [text for text, *_ in expected]
    assert [place[1:] for place in found] == [pytest.approx(place[1:], abs=0.01) for place in expected]


def test_the_title_is_spaced_and_centred():
    (title,) = [line for line in lay_out(PAYLOAD) if line.spacing]
    assert title.text == "SERTIFIKAT" and title.left + title.width / 2 == pytest.approx(layout.AXIS)
    assert (
        f"{2.4 * layout.MM:.5f}".rstrip("0").encode() + b" Tc" in read(draw(PAYLOAD)).pages[0].get_contents().get_data()
    )


@pytest.mark.parametrize(
    ("lang", "first", "second"),
    [
        ("uz", "Rahbar (imzo)", "F.I.Sh., lavozimi"),
        ("ru", "Руководитель (подпись)", "Ф.И.О., должность"),
        ("en", "Head (signature)", "full name, position"),
    ],
)
@pytest.mark.parametrize("signatories", [[], [{"name": "", "post": "Direktor"}]])
def test_without_a_signatory_there_is_room_for_a_name_by_hand(lang, first, second, signatories):
    payload = make_payload(lang, words={"signatories": signatories})

    text = printed(draw(payload))

    assert first in text and second in text and "Direktor" not in text


@pytest.mark.parametrize("grey", [(), ("-gray",)])
@pytest.mark.parametrize("name", SAMPLES)
def test_qr_code_on_the_page_leads_to_the_verification_page(name, grey, tmp_path):
    import zxingcpp
    from PIL import Image

    payload = SAMPLES[name]
    (tmp_path / "page.pdf").write_bytes(draw(payload))
    ending = "pgm" if grey else "ppm"
    poppler("pdftoppm", "-r", "110", "-singlefile", *grey, tmp_path / "page.pdf", tmp_path / "page")

    (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / f"page.{ending}"))

    assert code.text == payload["verify_url"]
    middle = (code.position.top_left.x + code.position.bottom_right.x) / 2 / 110 * 25.4
    assert middle == pytest.approx(layout.QR_LEFT + layout.QR_SIDE / 2, abs=0.5)
