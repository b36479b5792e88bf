"""The words of the certificate in its three languages, and the facts printed on it.

The PDF and the public page both take their facts from `facts`, so that they cannot disagree. The words stand here and not
in the message catalogues: what is printed once must not change when a translation does, and one page may need all three.
"""

import datetime
from typing import NamedTuple

from .codes import pretty

LANGUAGES = ("uz", "ru", "en")

LABELS = {
    "uz": {
        "title": "Sertifikat",
        "subtitle": "malaka oshirish toʻgʻrisida",
        "issuer": "Kim bergan",
        "holder": "Sertifikat egasi",
        "course": "Yakunlangan kurs",
        "hours": "Hajmi",
        "period": "Oʻqish davri",
        "order": "Buyruq",
        "issued_on": "Berilgan sana",
        "expires_on": "Amal qilish muddati",
        "modules": "Modullar",
        "number": "Sertifikat raqami",
        "number_sign": "№",
        "legal_basis": "Asos",
        "signatory": "Rahbar",
        "signature": "imzo",
        "name_and_post": "F.I.Sh., lavozimi",
        "seal": "M.Oʻ.",
        "code": "Tekshirish kodi",
        "verify_url": "Tekshirish manzili",
        "how_to_verify": "Haqiqiyligini QR-kod yoki kod orqali istalgan kishi bepul tekshira oladi.",
        "demo": "Namuna",
        "demo_warning": "Amalda qoʻllanmaydi: tizimni koʻrsatish uchun, malakani tasdiqlamaydi.",
        "qr": "Tekshirish QR-kodi",
        "electronic_seal": "Elektron muhr",
    },
    "ru": {
        "title": "Сертификат",
        "subtitle": "о повышении квалификации",
        "issuer": "Кем выдан",
        "holder": "Владелец сертификата",
        "course": "Завершённый курс",
        "hours": "Объём",
        "period": "Период обучения",
        "order": "Приказ",
        "issued_on": "Дата выдачи",
        "expires_on": "Действителен до",
        "modules": "Модули",
        "number": "Номер сертификата",
        "number_sign": "№",
        "legal_basis": "Основание",
        "signatory": "Руководитель",
        "signature": "подпись",
        "name_and_post": "Ф.И.О., должность",
        "seal": "М.П.",
        "code": "Код проверки",
        "verify_url": "Адрес проверки",
        "how_to_verify": "Подлинность может бесплатно проверить каждый: по QR-коду или по коду.",
        "demo": "Образец",
        "demo_warning": "Не для применения: показ системы, квалификацию не подтверждает.",
        "qr": "QR-код проверки",
        "electronic_seal": "Электронная печать",
    },
    "en": {
        "title": "Certificate",
        "subtitle": "of professional development",
        "issuer": "Issued by",
        "holder": "Holder",
        "course": "Course completed",
        "hours": "Volume",
        "period": "Period of study",
        "order": "Order",
        "issued_on": "Issued on",
        "expires_on": "Valid until",
        "modules": "Modules",
        "number": "Certificate number",
        "number_sign": "No.",
        "legal_basis": "Legal basis",
        "signatory": "Head",
        "signature": "signature",
        "name_and_post": "full name, position",
        "seal": "Seal",
        "code": "Verification code",
        "verify_url": "Address for verification",
        "how_to_verify": "Anyone can check this certificate free of charge by the QR code or the code.",
        "demo": "Specimen",
        "demo_warning": "Not for production: shows the system, confirms no qualification.",
        "qr": "QR code for verification",
        "electronic_seal": "Electronic seal",
    },
}

MONTHS = {
    "uz": [
        "yanvar",
        "fevral",
        "mart",
        "aprel",
        "may",
        "iyun",
        "iyul",
        "avgust",
        "sentabr",
        "oktabr",
        "noyabr",
        "dekabr",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}

# A date or a period: the parts that both ends share are written once
_DATE = {"uz": "{y}-yil {d}-{m}", "ru": "{d} {m} {y} г.", "en": "{d} {m} {y}"}
_SAME_MONTH = {"uz": "{y}-yil {d0}–{d}-{m}", "ru": "{d0}–{d} {m} {y} г.", "en": "{d0}–{d} {m} {y}"}
_SAME_YEAR = {"uz": "{y}-yil {d0}-{m0} – {d}-{m}", "ru": "{d0} {m0} – {d} {m} {y} г.", "en": "{d0} {m0} – {d} {m} {y}"}
_ORDER = {"uz": "{number}-son, {date}", "ru": "№ {number} от {date}", "en": "No. {number} of {date}"}


class Fact(NamedTuple):
    key: str
    label: str
    value: str


def facts(payload, lang):
    """Every printed fact of a certificate in the order of print, as (key, label, value) in the language `lang`.

    Keys: issuer, holder, course, hours, period, order (where given), issued_on, expires_on (where there is one), modules (where
    given), number, legal_basis (where given),
    signatory (none, one or two; the label is the post), code, verify_url, demo (where it is one).
    The shape of the payload stands in certification/drawing.py.
    """
    labels, words = LABELS[lang], payload["words"][lang]
    order = payload["order"]
    found = [
        ("issuer", words["issuer"]),
        ("holder", payload["holder"]),
        ("course", words["course"]),
        ("hours", academic_hours(payload["hours"], lang)),
        ("period", period(payload["period"]["from"], payload["period"]["to"], lang)),
        ("order", order and _ORDER[lang].format(number=order["number"], date=date(order["date"], lang))),
        ("issued_on", date(payload["issued_on"], lang)),
        ("expires_on", (last := payload.get("expires_on")) and date(last, lang)),
        ("modules", " · ".join(words["modules"])),
        ("number", payload["number"]),
        ("legal_basis", words["legal_basis"]),
    ]
    out = [Fact(key, labels[key], value) for key, value in found if value]
    # a post without a name is no signatory: the PDF then leaves room for both
    out += [
        Fact("signatory", one["post"] or labels["signatory"], one["name"])
        for one in words["signatories"]
        if one["name"]
    ]
    out += [
        Fact("code", labels["code"], pretty(payload["code"])),
        Fact("verify_url", labels["verify_url"], address(payload)),
    ]
    if payload["demo"]:
        out.append(Fact("demo", labels["demo"], labels["demo_warning"]))
    return out


def date(iso, lang):
    """2026-yil 22-noyabr, 22 ноября 2026 г., 22 November 2026, from an ISO date."""
    day = datetime.date.fromisoformat(iso)
    return _DATE[lang].format(y=day.year, m=MONTHS[lang][day.month - 1], d=day.day)


def period(first, last, lang):
    """A period between two ISO dates: 2026-yil 7-sentabr – 16-noyabr. One day is written as a date."""
    if first == last:
        return date(first, lang)
    start, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    if start.year != end.year:
        return f"{date(first, lang)} – {date(last, lang)}"
    pattern = _SAME_MONTH if start.month == end.month else _SAME_YEAR
    months = MONTHS[lang]
    return pattern[lang].format(
        y=end.year, d0=start.day, m0=months[start.month - 1], d=end.day, m=months[end.month - 1]
    )


def academic_hours(hours, lang):
    """36 akademik soat, 36 академических часов, 36 academic hours. Halves are possible: 36,5 (36.5 in English)."""
    figure = f"{hours:g}" if lang == "en" else f"{hours:g}".replace(".", ",")
    if lang == "uz":
        return f"{figure} akademik soat"
    if lang == "en":
        return f"{figure} academic hour{'' if hours == 1 else 's'}"
    if hours != int(hours):
        return f"{figure} академического часа"
    if hours % 10 == 1 and hours % 100 != 11:
        return f"{figure} академический час"
    if hours % 10 in (2, 3, 4) and hours % 100 not in (12, 13, 14):
        return f"{figure} академических часа"
    return f"{figure} академических часов"


def address(payload):
    """Where to type the code in: the address of verification without its scheme and the code (saboq.example/verify)."""
    return payload["verify_url"].split("://")[-1].rstrip("/").removesuffix(payload["code"]).rstrip("/")
