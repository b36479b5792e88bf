"""Signs that are easily typed wrong: uz ʻ and ʼ, en ’, Latin letters in Russian words, spaces in numbers."""

import re

BACKTICKS = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s)>\]]+")
WRONG_SIGNS = "'`‘’´"  # what keyboards and word processors make of ʻ, ʼ and ’

# Names and words of other languages keep their apostrophe in an Uzbek text: O’Reilly, Google’s, don’t.
FOREIGN = re.compile(r"\bO’(?=[A-Z][a-z])|’s\b|n’t\b")
UZ_LETTER = re.compile(rf"\b\w*[oOgG][{WRONG_SIGNS}ʼ]\w*")
UZ_TUTUQ = re.compile(rf"\b\w*(?:[a-zA-Z][{WRONG_SIGNS}]|(?![oOgG])[a-zA-Z]ʻ)(?=[a-zA-Z])\w*")
EN_APOSTROPHE = re.compile(r"\b\w*(?:[A-Za-z]['`´]\w*|[A-Za-z]‘[A-Za-z]\w*|[A-Za-z]ʼs\b|nʼt\b)")
MIXED = re.compile(r"\b\w*(?:[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z])\w*")
THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")


def check_letters(text, language):
    """Give the messages for wrongly typed letters; what stands in backticks and in addresses is exempt."""
    prose = without_exempt(text)
    found = []
    if language == "uz":
        prose = FOREIGN.sub(" ", prose)
        found += [f"oʻ and gʻ need the sign ʻ (U+02BB): «{word}»" for word in UZ_LETTER.findall(prose)]
        found += [f"the tutuq sign is ʼ (U+02BC): «{word}»" for word in UZ_TUTUQ.findall(UZ_LETTER.sub(" ", prose))]
    if language == "en":
        found += [f"the apostrophe is ’ (U+2019): «{word}»" for word in EN_APOSTROPHE.findall(prose)]
    found += [f"Latin and Cyrillic letters in one word: «{word}»" for word in MIXED.findall(prose)]
    return list(dict.fromkeys(found))


def without_exempt(text):
    """Blank out what stands in backticks and the addresses of links."""
    return ADDRESS.sub(" ", BACKTICKS.sub(" ", text))


def check_http(text):
    """Give the messages for addresses that begin with http: rather than https:."""
    prose = BACKTICKS.sub(" ", text)
    return [f"bare http: in «{address}»: write https:" for address in re.findall(r"http://[\w.-]+", prose)]


def spaced(text, language):
    """Hold the thousands of a number together: 5 000 gets U+00A0 in uz and ru (en writes 5,000)."""
    if language not in ("uz", "ru"):
        return text
    return THOUSANDS.sub(lambda number: number[0].replace(" ", "\u00a0"), text)
