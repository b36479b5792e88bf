"""Which column holds what: headings in three languages, in any spelling and order, with or without points and spaces."""

from itertools import zip_longest

from ..text import fold

MUST = ("last_name", "first_name")
SPOKEN = {
    "login": ("login", "логин", "sign-in name", "foydalanuvchi nomi", "имя пользователя", "username", "kirish nomi"),
    "last_name": ("familiya", "familiyasi", "фамилия", "фамилияси", "family name", "last name", "surname", "fam"),
    "first_name": ("ism", "ismi", "исм", "исми", "имя", "given name", "first name", "name"),
    "patronymic": (
        "otasining ismi", "отасининг исми", "sharif", "sharifi", "шариф", "шарифи", "отчество", "patronymic", "middle name",
        "otasi", "fathers name",
    ),
    "full_name": (
        "f.i.sh.", "f.i.sh", "f.i.o.", "ф.и.о.", "фио", "ф.и.ш.", "full name", "to'liq ismi", "toʻliq ism", "тўлиқ исми",
        "familiya ism sharif", "familiyasi ismi sharifi", "familiya, ism, otasining ismi", "фамилия имя отчество",
        "фамилия, имя, отчество (ф.и.о.)", "familiya, ism, otasining ismi (F.I.Sh.)", "xodim", "сотрудник",
        "xodimning f.i.sh.", "ф.и.о. сотрудника", "employee", "xodimlarning f.i.sh.",
    ),
    "library": (
        "kutubxona", "kutubxonasi", "кутубхона", "библиотека", "library", "kutubxona kodi", "код библиотеки", "library code",
        "kutubxona nomi", "название библиотеки", "library name", "akm", "акм", "ибц", "ish joyi", "место работы", "workplace",
        "tashkilot", "организация", "organisation", "organization", "muassasa", "учреждение",
    ),
    "position": ("lavozim", "lavozimi", "лавозим", "лавозими", "должность", "position", "post", "job title"),
    "personnel_number": (
        "tabel raqami", "tabel", "табель рақами", "табельный номер", "табельный №", "таб. номер", "таб. №", "табель",
        "personnel number", "staff number", "employee number", "xodim raqami", "tabel №", "tab. raqami",
    ),
    "email": (
        "e-mail", "email", "elektron pochta", "электрон почта", "электронная почта", "эл. почта", "почта", "pochta", "mail",
        "e-mail address", "адрес электронной почты", "elektron manzil",
    ),
    "language": ("til", "тил", "язык", "language", "xat tili", "язык писем", "language of mails"),
}  # fmt: skip
NOT_KEPT = (
    "jshshir", "жшшир", "pinfl", "пинфл", "пинфл/jshshir", "passport", "pasport", "паспорт", "pasport raqami", "passport number",
    "серия паспорта", "pasport seriyasi", "номер паспорта", "паспортные данные", "pasport maʼlumotlari", "tugʻilgan sana",
    "tug'ilgan sanasi", "туғилган сана", "tugʻilgan yili", "дата рождения", "год рождения", "date of birth", "birth date",
    "birthday", "year of birth", "personal identification number", "inn", "инн", "manzil", "yashash manzili", "адрес",
    "домашний адрес", "home address", "address", "telefon", "telefon raqami", "телефон", "phone", "jinsi", "пол", "millati",
    "национальность", "gender", "id karta", "id-karta",
)  # fmt: skip


def key(text):
    """What of a heading counts. A list's mark of a column that must be filled in, «*», and what is in brackets do not."""
    return fold(text).replace(" ", "")


_FIELD_OF = {key(words): field for field, spellings in SPOKEN.items() for words in spellings}
_NOT_KEPT = {key(words) for words in NOT_KEPT}


def field_of(text):
    """The field of a heading, or None."""
    found = _FIELD_OF.get(key(text))
    if found is None and "(" in text:
        found = _FIELD_OF.get(key(text.partition("(")[0]))
    return found


def columns(cells, above=()):
    """({field: column}, unknown, not kept, named twice) of a row of headings; the last three are their words.

    `above`: the row before it. Headings in two rows have there what belongs to no group of columns."""
    found, unknown, not_kept, twice = {}, [], [], []
    higher = [text if field_of(text) else "" for text in above]
    for column, text in enumerate(map(_first, zip_longest(cells, higher, fillvalue=""))):
        field = field_of(text)
        if not key(text):
            continue
        if field is None:
            (not_kept if _is_not_kept(text) else unknown).append(text)
        elif field in found:
            twice.append(text)
        else:
            found[field] = column
    return found, unknown, not_kept, twice


def _first(texts):
    own, higher = texts
    return own if key(own) else higher


def _is_not_kept(text):
    return key(text) in _NOT_KEPT or key(text.partition("(")[0]) in _NOT_KEPT


def is_head(found):
    """Whether a row with these fields can be the one of the headings: it names people, and something beside."""
    names_people = "full_name" in found or all(name in found for name in MUST)
    return names_people and len(found) >= 2
