import copy
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pypdf
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from accounts import qr
from accounts.forms import clean_certificate_name
from certification import drawing, wording
from certification.drawing import MissingGlyph, draw, lay_out

ROOT = pathlib.Path(__file__).resolve().parents[2]

PAYLOAD = {
    "schema": 1,
    "number": "SBQ-2026-000417",
    "code": "7KQ4M9XRT2HK",
    "language": "uz",
    "holder": "Saidjalolova-Toʻlqinboyeva Gulchehra Abdugʻaffor qizi",
    "verify_url": "https://saboq.example/verify/7KQ4M9XRT2HK/",
    "issued_on": "2026-11-22",
    "hours": 36,
    "period": {"from": "2026-09-07", "to": "2026-11-16"},
    "order": {"number": "12-i", "date": "2026-11-20"},
    "course_code": "SEC",
    "demo": True,
    "words": {
        "uz": {
            "issuer": "Milliy dastur",
            "course": "Kiberxavfsizlik asoslari va kitobxon maʼlumotlarini himoya qilish",
            "modules": ["Hisoblar va parollar", "Kitobxon maʼlumotlari"],
            "legal_basis": "PQ-4354, 07.06.2019",
            "signatories": [
                {"name": "R. X. Sattorova", "post": "Dastur rahbari"},
                {"name": "M. A. Yusupova", "post": "Kurs muallifi, trener"},
            ],
        },
        "ru": {
            "issuer": "Национальная программа",
            "course": "Основы кибербезопасности и защита данных читателей",
            "modules": ["Учётные записи и пароли", "Данные читателей"],
            "legal_basis": "ПП-4354 от 07.06.2019",
            "signatories": [{"name": "Р. Х. Сатторова", "post": "Руководитель программы"}],
        },
        "en": {
            "issuer": "National programme",
            "course": "Cybersecurity and protection of reader data",
            "modules": [],
            "legal_basis": "",
            "signatories": [],
        },
    },
}


def make_payload(language="uz", words=None, **changes):
    payload = copy.deepcopy(PAYLOAD) | {"language": language} | changes
    payload["words"][language] |= words or {}
    return payload


LONG = make_payload(
    "ru",
    holder="Ғуломова-Абдурахмонходжаева Ҳилолахон Қобилжон-Мирзо қизи Ўктамжонова-Тўлқинбоеваходжаева",
    verify_url="https://sertifikat.kutubxonachi-malakasi.example.uz/verify/7KQ4M9XRT2HK/",
    period={"from": "2025-09-07", "to": "2026-11-16"},
    order={"number": "112/4-ош", "date": "2026-11-20"},
    words={
        "issuer": "Национальная программа повышения цифровой квалификации сотрудников информационно-библиотечных учреждений "
        * 2,
        "course": "Основы кибербезопасности, защита персональных данных читателей и безопасная работа на общих компьютерах "
        "информационно-библиотечных центров Узбекистана",
        "modules": [
            "Вы защищаете учётные записи, данные читателей, общие компьютеры и копии и верно действуете при инциденте"
        ]
        * 8,
        "legal_basis": "Постановление Президента Республики Узбекистан от 7 июня 2019 года № ПП-4354 " * 2,
        "signatories": [
            {
                "name": "Рахматуллаходжаева-Абдурахмонова Рахматжон Хамидуллаевич",
                "post": "Руководитель Национальной программы повышения цифровой квалификации сотрудников учреждений",
            }
        ]
        * 2,
    },
)
SAMPLES = {
    "uz": make_payload(),
    "ru": make_payload("ru"),
    "en": make_payload("en", order=None, demo=False),
    "long": LONG,
}


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def printed(pdf):
    return read(pdf).pages[0].extract_text()


# --- Facts ---------------------------------------------------------------------------------------


def test_facts_in_uzbek():
    assert wording.facts(PAYLOAD, "uz") == [
        ("issuer", "Kim bergan", "Milliy dastur"),
        ("holder", "Sertifikat egasi", "Saidjalolova-Toʻlqinboyeva Gulchehra Abdugʻaffor qizi"),
        ("course", "Yakunlangan kurs", "Kiberxavfsizlik asoslari va kitobxon maʼlumotlarini himoya qilish"),
        ("hours", "Hajmi", "36 akademik soat"),
        ("period", "Oʻqish davri", "2026-yil 7-sentabr – 16-noyabr"),
        ("order", "Buyruq", "12-i-son, 2026-yil 20-noyabr"),
        ("issued_on", "Berilgan sana", "2026-yil 22-noyabr"),
        ("modules", "Modullar", "Hisoblar va parollar · Kitobxon maʼlumotlari"),
        ("number", "Sertifikat raqami", "SBQ-2026-000417"),
        ("legal_basis", "Asos", "PQ-4354, 07.06.2019"),
        ("signatory", "Dastur rahbari", "R. X. Sattorova"),
        ("signatory", "Kurs muallifi, trener", "M. A. Yusupova"),
        ("code", "Tekshirish kodi", "7KQ4-M9XR-T2HK"),
        ("verify_url", "Tekshirish manzili", "saboq.example/verify"),
        ("demo", "Namuna", "Bu tizimni koʻrsatish uchun berilgan sertifikat: malakani tasdiqlamaydi."),
    ]


def test_facts_in_russian():
    assert wording.facts(PAYLOAD, "ru") == [
        ("issuer", "Кем выдан", "Национальная программа"),
        ("holder", "Владелец сертификата", "Saidjalolova-Toʻlqinboyeva Gulchehra Abdugʻaffor qizi"),
        ("course", "Завершённый курс", "Основы кибербезопасности и защита данных читателей"),
        ("hours", "Объём", "36 академических часов"),
        ("period", "Период обучения", "7 сентября – 16 ноября 2026 г."),
        ("order", "Приказ", "№ 12-i от 20 ноября 2026 г."),
        ("issued_on", "Дата выдачи", "22 ноября 2026 г."),
        ("modules", "Модули", "Учётные записи и пароли · Данные читателей"),
        ("number", "Номер сертификата", "SBQ-2026-000417"),
        ("legal_basis", "Основание", "ПП-4354 от 07.06.2019"),
        ("signatory", "Руководитель программы", "Р. Х. Сатторова"),
        ("code", "Код проверки", "7KQ4-M9XR-T2HK"),
        ("verify_url", "Адрес проверки", "saboq.example/verify"),
        ("demo", "Образец", "Сертификат выдан для показа системы и не подтверждает квалификацию."),
    ]


def test_facts_leave_out_what_is_not_given():
    assert wording.facts(SAMPLES["en"], "en") == [
        ("issuer", "Issued by", "National programme"),
        ("holder", "Holder", "Saidjalolova-Toʻlqinboyeva Gulchehra Abdugʻaffor qizi"),
        ("course", "Course completed", "Cybersecurity and protection of reader data"),
        ("hours", "Volume", "36 academic hours"),
        ("period", "Period of study", "7 September – 16 November 2026"),
        ("issued_on", "Issued on", "22 November 2026"),
        ("number", "Certificate number", "SBQ-2026-000417"),
        ("code", "Verification code", "7KQ4-M9XR-T2HK"),
        ("verify_url", "Address for verification", "saboq.example/verify"),
    ]


def test_every_label_is_there_in_every_language():
    assert wording.LABELS["uz"].keys() == wording.LABELS["ru"].keys() == wording.LABELS["en"].keys()
    assert all(text for labels in wording.LABELS.values() for text in labels.values())


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (1, "1 академический час"),
        (2, "2 академических часа"),
        (4, "4 академических часа"),
        (5, "5 академических часов"),
        (11, "11 академических часов"),
        (12, "12 академических часов"),
        (14, "14 академических часов"),
        (21, "21 академический час"),
        (22, "22 академических часа"),
        (36, "36 академических часов"),
        (36.5, "36,5 академического часа"),
        (111, "111 академических часов"),
        (112, "112 академических часов"),
        (144, "144 академических часа"),
    ],
)
def test_russian_hours(hours, text):
    assert wording.academic_hours(hours, "ru") == text


@pytest.mark.parametrize(
    ("hours", "lang", "text"),
    [
        (1, "uz", "1 akademik soat"),
        (36.5, "uz", "36,5 akademik soat"),
        (1, "en", "1 academic hour"),
        (36.5, "en", "36.5 academic hours"),
    ],
)
def test_other_hours(hours, lang, text):
    assert wording.academic_hours(hours, lang) == text


@pytest.mark.parametrize(
    ("first", "last", "uz", "ru", "en"),
    [
        ("2026-09-07", "2026-09-07", "2026-yil 7-sentabr", "7 сентября 2026 г.", "7 September 2026"),
        ("2026-09-07", "2026-09-16", "2026-yil 7–16-sentabr", "7–16 сентября 2026 г.", "7–16 September 2026"),
        (
            "2026-03-01",
            "2026-10-31",
            "2026-yil 1-mart – 31-oktabr",
            "1 марта – 31 октября 2026 г.",
            "1 March – 31 October 2026",
        ),
        (
            "2025-09-07",
            "2026-09-16",
            "2025-yil 7-sentabr – 2026-yil 16-sentabr",
            "7 сентября 2025 г. – 16 сентября 2026 г.",
            "7 September 2025 – 16 September 2026",
        ),
    ],
)
def test_period(first, last, uz, ru, en):
    assert [wording.period(first, last, lang) for lang in ("uz", "ru", "en")] == [uz, ru, en]


@pytest.mark.parametrize(
    "url", ["https://saboq.example/verify/7KQ4M9XRT2HK/", "https://saboq.example/verify/7KQ4M9XRT2HK"]
)
def test_address_is_where_the_code_is_typed(url):
    assert wording.address(make_payload(verify_url=url)) == "saboq.example/verify"


# --- The file ------------------------------------------------------------------------------------


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
    assert dict(pdf.metadata) | {"/Producer": None} == {
        "/Title": "Sertifikat SBQ-2026-000417: Saidjalolova-Toʻlqinboyeva Gulchehra Abdugʻaffor qizi",
        "/Author": "Milliy dastur",
        "/Subject": "Kiberxavfsizlik asoslari va kitobxon maʼlumotlarini himoya qilish",
        "/Creator": "Saboq",
        "/Producer": None,
        "/Keywords": "",
        "/Trapped": "/False",
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

    assert {font["/BaseFont"].partition("+")[2] for font in fonts} == set(drawing.FONTS)
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
    for font in set(drawing.FONTS) - {drawing.MONO}:
        assert {sign for sign in needed if ord(sign) not in pdfmetrics.getFont(font).face.charToGlyph} == set()


def test_every_name_that_can_be_confirmed_can_be_printed():
    """A letter that the form takes and the font lacks would hold up a certificate for ever."""
    taken = set().union(*(_taken(sign) for sign in map(chr, range(0x20, 0x20000)) if not sign.isspace()))
    known = {chr(sign) for sign in pdfmetrics.getFont(drawing.SERIF_BOLD).face.charToGlyph}

    assert taken - known == set()
    assert {"ʻ", "ʼ", "Ə", "ə", "Қ", "ў"} <= taken


def _taken(sign):
    """The signs of a name with this one, as it is kept; none where the form refuses it."""
    try:
        return set(clean_certificate_name(f"A{sign}a"))
    except ValidationError:
        return set()


# --- The page ------------------------------------------------------------------------------------


def kept_free(payload):
    """Boxes of everything that is not text and that text must not touch."""
    count = len(payload["words"][payload["language"]]["signatories"])
    rules = [drawing.RULE_Y] if count else drawing.BLANK_RULES_Y
    for x in drawing.RULES_AT[count]:
        for y in rules:
            yield x - drawing.RULE_LENGTH / 2, y - 0.15, x + drawing.RULE_LENGTH / 2, y + 0.15
    quiet = 4 * drawing.QR_SIDE / qr.runs(payload["verify_url"])[0]
    yield (
        drawing.QR_LEFT - quiet,
        drawing.QR_TOP - quiet,
        drawing.QR_LEFT + drawing.QR_SIDE + quiet,
        drawing.QR_TOP + drawing.QR_SIDE + quiet,
    )
    yield drawing.WAVE_LEFT, drawing.WAVE_Y - 0.8, drawing.WAVE_RIGHT, drawing.WAVE_Y + 0.8
    yield drawing.AXIS - 8, 22.5, drawing.AXIS + 8, 38.5


def assert_nothing_overlaps(payload):
    lines = lay_out(payload)
    seal = drawing.SEAL_AT[len(payload["words"][payload["language"]]["signatories"])]
    left, top, right, bottom = drawing.INNER
    for line in lines:
        assert line.left >= left and line.box[2] <= right and line.box[1] >= top and line.box[3] <= bottom, line
        for box in kept_free(payload):
            assert not overlap(line.box, box), (line, box)
        for x in (drawing.LEFT + drawing.CELL, drawing.WIDTH - drawing.LEFT - drawing.CELL):
            for y in (drawing.TOP + drawing.CELL, drawing.HEIGHT - drawing.TOP - drawing.CELL):
                assert distance(line.box, x, y) > 10.8, line  # the corners are round
        if line.text != wording.LABELS[payload["language"]]["seal"]:
            assert distance(line.box, seal, drawing.SEAL_Y) > 13.5, line
    for one, other in combinations(lines, 2):
        assert not overlap(one.box, other.box), (one, other)
    return lines


def overlap(a, b):
    touch = 0.01
    return a[0] < b[2] - touch and b[0] < a[2] - touch and a[1] < b[3] - touch and b[1] < a[3] - touch


def distance(box, x, y):
    dx, dy = max(box[0] - x, 0, x - box[2]), max(box[1] - y, 0, y - box[3])
    return (dx * dx + dy * dy) ** 0.5


def texts(most):
    words = st.text("aoʻqGʻЎҚйщШMil-.", min_size=1, max_size=most)
    return st.lists(words, min_size=1, max_size=15).map(" ".join)


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_overlaps(name):
    assert_nothing_overlaps(SAMPLES[name])


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_nothing_overlaps_whatever_the_length(data):
    signatories = data.draw(st.lists(st.fixed_dictionaries({"name": texts(12), "post": texts(15)}), max_size=2))
    assert_nothing_overlaps(
        make_payload(
            data.draw(st.sampled_from(["uz", "ru", "en"])),
            holder=data.draw(texts(25)),
            hours=data.draw(st.sampled_from([1, 36, 36.5, 1440])),
            period={"from": data.draw(st.sampled_from(["2026-09-07", "2025-12-31"])), "to": "2026-11-16"},
            order=data.draw(st.none() | st.builds(lambda number: {"number": number, "date": "2026-11-20"}, texts(8))),
            demo=data.draw(st.booleans()),
            words={
                "issuer": data.draw(texts(20)),
                "course": data.draw(texts(25)),
                "modules": data.draw(st.lists(texts(30), max_size=12)),
                "legal_basis": data.draw(texts(15) | st.just("")),
                "signatories": signatories,
            },
        )
    )


@pytest.mark.parametrize("word", ["Ш" * 90, "Ш" * 400])
def test_one_endless_word_overlaps_nothing(word):
    assert_nothing_overlaps(
        make_payload(
            holder=word,
            order={"number": word, "date": "2026-11-20"},
            words={
                "issuer": word,
                "course": word,
                "modules": [word],
                "legal_basis": word,
                "signatories": [{"name": word, "post": word}] * 2,
            },
        )
    )


def test_the_file_says_what_the_layout_says():
    """The overlap tests look at the layout: here its places and sizes are found again in the finished file."""
    placed = []

    def visit(text, cm, tm, font, size):
        placed.append((text.strip(), tm[4] / drawing.MM, tm[5] / drawing.MM, size / drawing.MM))

    read(draw(LONG)).pages[0].extract_text(visitor_text=visit)
    found = sorted(place for place in placed if place[0])
    expected = sorted((line.text, line.left, drawing.HEIGHT - line.y, line.size) for line in lay_out(LONG))
    assert [text for text, *_ in found] == [text for text, *_ in expected]
    assert [place[1:] for place in found] == [pytest.approx(place[1:], abs=0.01) for place in expected]


def test_the_title_is_spaced_and_centred():
    (title,) = [line for line in lay_out(PAYLOAD) if line.spacing]
    assert title.text == "SERTIFIKAT" and title.left + title.width / 2 == pytest.approx(drawing.AXIS)
    assert (
        f"{2.4 * drawing.MM:.5f}".rstrip("0").encode() + b" Tc"
        in read(draw(PAYLOAD)).pages[0].get_contents().get_data()
    )


def test_a_name_is_never_cut_and_goes_into_two_lines_below_7_mm():
    (name,) = [
        line
        for line in lay_out(make_payload(holder="Karimova Nigora"))
        if line.font == drawing.SERIF_BOLD and line.y < 96
    ]
    assert (name.text, name.size) == ("Karimova Nigora", 10)

    first, second = [line for line in lay_out(LONG) if line.font == drawing.SERIF_BOLD and line.y < 96]
    assert f"{first.text} {second.text}" == LONG["holder"]
    assert first.size == second.size and 5.5 < first.size <= 7
    assert (
        drawing.WAVE_Y - 0.8 - second.box[3] > 1.5
    )  # it does not sit on the rule below it, no less than a short name does


def test_long_texts_stay_legible():
    """Even texts longer than anybody should write: nothing but the microtext goes under 1.6 mm, name and course stay large."""
    assert min(line.size for line in lay_out(LONG)[:-1]) >= 1.6
    assert min(line.size for line in lay_out(LONG) if line.font == drawing.SERIF_BOLD) >= 4.7


def test_lines_of_modules_are_broken_between_the_titles():
    titles = [
        "Hisoblar va parollar", "Fishing va ijtimoiy injeneriya", "Kitobxon maʼlumotlari",
        "Qurilmalar, umumiy kompyuterlar, Wi-Fi", "Zaxira nusxa, hodisa, uzluksizlik",
    ]  # fmt: skip
    lines = [line.text for line in lay_out(make_payload(words={"modules": titles})) if 139 < line.y < 156]
    assert lines == [
        "Modullar: Hisoblar va parollar · Fishing va ijtimoiy injeneriya · Kitobxon maʼlumotlari ·",
        "Qurilmalar, umumiy kompyuterlar, Wi-Fi · Zaxira nusxa, hodisa, uzluksizlik",
    ]


def test_modules_are_cut_with_an_ellipsis_and_only_then():
    def modules(payload):
        return " ".join(line.text for line in lay_out(payload) if 139 < line.y < 156)

    assert modules(PAYLOAD) == "Modullar: Hisoblar va parollar · Kitobxon maʼlumotlari"
    assert modules(LONG).endswith("…")
    full = wording.facts(LONG, "ru")[7]
    assert f"{full.label}: {full.value}".startswith(modules(LONG)[:-1])


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


def test_the_last_line_is_the_warning_of_a_specimen():
    for lang, warning in (("uz", "NAMUNA. Bu"), ("ru", "ОБРАЗЕЦ. Сертификат"), ("en", "SPECIMEN. This")):
        lowest = max(lay_out(make_payload(lang)), key=lambda line: line.y)
        assert lowest.text.startswith(warning)
        assert lowest.text not in [line.text for line in lay_out(make_payload(lang, demo=False))]


def needs_pdftoppm():
    if shutil.which("pdftoppm") is None and not os.environ.get("CI"):
        pytest.skip("pdftoppm (package poppler-utils) is not installed: the picture of the page cannot be made")


@pytest.mark.parametrize("grey", [(), ("-gray",)])
@pytest.mark.parametrize("name", SAMPLES)
def test_qr_code_on_the_page_leads_to_the_verification_page(name, grey, tmp_path):
    needs_pdftoppm()
    import zxingcpp
    from PIL import Image

    payload = SAMPLES[name]
    (tmp_path / "page.pdf").write_bytes(draw(payload))
    ending = "pgm" if grey else "ppm"
    subprocess.run(
        ["pdftoppm", "-r", "110", "-singlefile", *grey, tmp_path / "page.pdf", tmp_path / "page"], check=True
    )

    (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / f"page.{ending}"))

    assert code.text == payload["verify_url"]
    middle = (code.position.top_left.x + code.position.bottom_right.x) / 2 / 110 * 25.4
    assert middle == pytest.approx(drawing.QR_LEFT + drawing.QR_SIDE / 2, abs=0.5)


@pytest.mark.parametrize("url", [PAYLOAD["verify_url"], LONG["verify_url"], PAYLOAD["verify_url"] + "12345"])
def test_qr_runs_are_the_matrix_at_correction_m(url):
    import segno

    side, found = qr.runs(url)
    dark = {(x + i, y) for x, y, width in found for i in range(width)}
    matrix = segno.make(url, error="m", micro=False).matrix
    assert side == len(matrix)
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert len(found) < len(dark) * 0.6
