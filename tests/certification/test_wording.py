"""The facts that are printed, in three languages; the page of verification shows the same."""

import pytest

from certification import wording

from .samples import PAYLOAD, SAMPLES, make_payload


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
        ("demo", "Namuna", "Amalda qoʻllanmaydi: tizimni koʻrsatish uchun, malakani tasdiqlamaydi."),
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
        ("demo", "Образец", "Не для применения: показ системы, квалификацию не подтверждает."),
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
