"""Payloads of certificates: what is printed in each language, at the shortest and at the longest."""

import copy
import io

import pypdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

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
JUDGED = SAMPLES | {
    "one letter": make_payload(holder="A", demo=False),
    "cyrillic": make_payload("ru", holder="Ғуломова Ҳилола Қобилжон қизи Ўктамова"),
    "html": make_payload("en", holder="<b>O'Neil & Co</b>", words={"course": '1 < 2 && "3" > ]]>'}),
    "by hand": make_payload(words={"signatories": []}),
}


def read(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def printed(pdf):
    return read(pdf).pages[0].extract_text()


def scribble(size=(600, 200), ground="white", ending="png"):
    """A picture as a browser sends it: a stroke on paper."""
    picture = Image.new("RGB", size, ground)
    ImageDraw.Draw(picture).line([(20, 150), (300, 40), (580, 120)], fill="#102060", width=9)
    out = io.BytesIO()
    picture.save(out, {"png": "PNG", "jpg": "JPEG", "gif": "GIF"}[ending])
    return SimpleUploadedFile(f"imzo.{ending}", out.getvalue())
