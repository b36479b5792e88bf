"""Words as the search compares them: one form for every spelling, and in Russian and English one for every ending.

Oʻquv, O'quv, O‘quv, oquv, ўқув and öquv are all «oquv» (accounts/text.py: fold); «пароль», «паролями» and parol are all «parol».
Stems are Snowball's, for both databases alike. Uzbek adds its endings to an unchanged stem: there the beginning of a word finds it,
and what is typed with endings is asked for without them where no page has it so (shortened). What a hyphen joins is found written
together too: e-mail as email.
"""

import re
from functools import lru_cache

import snowballstemmer

from accounts.text import APOSTROPHES, fold

STEMMERS = {"ru": "russian", "en": "english"}
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{APOSTROPHES}](?=[^\W_]))*")
HYPHENS = re.compile("[-‐‑]")
COMPOUND = re.compile(rf"{WORD.pattern}(?:{HYPHENS.pattern}{WORD.pattern})*")  # a word too
PLAIN_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))  # the one that Snowball knows: learner's
FORM = 2  # counted up when words come out otherwise than before: then the sweep makes every entry anew
SHORT = 3  # letters: a shorter word is not taken for the beginning of a longer one
MOST_WORDS = 12  # of one query
# Words that stand in every text and mean little by themselves, folded: asked for only where there is nothing else.
_SMALL = """
uz va bilan uchun bu shu ham yoki qanday nima nega emas deb esa ammo lekin
ru i a v vo na s so k ko o ob ot do po za iz u dlya kak chto eto ne no ili li je bi pri pod nad mne moy
en a an the and or of to in on for with is are be do does how what why can i my your this that from by at
""".strip().splitlines()
SMALL = {language: frozenset(words) for language, *words in map(str.split, _SMALL)}


# Of an Uzbek word, from its end, folded: the case, whose it is, the plural. Each once at most.
ENDINGS = tuple(
    group.split() for group in ("gacha dagi ning dan ni ga ka qa da", "imiz ingiz miz ngiz im ing si i", "lar")
)
STEM = 3  # letters that stay


def words_of(text, language):
    """The words of a text as they are compared, with a space on both sides of each: the form that the columns have."""
    found = (compared(word.casefold(), language) for word in [*WORD.findall(text), *_together(text)])
    return f" {' '.join(word for word in found if word)} "


def _together(text):
    """What hyphens join in a text, without them."""
    for match in COMPOUND.finditer(text):
        if (whole := HYPHENS.sub("", match[0])) != match[0] and whole[0].isalpha():
            yield whole


def asked_for(query, language):
    """The words of a query, in the form they would have in a text of `language`; each once, at most MOST_WORDS."""
    typed = [match[0].casefold() for match in WORD.finditer(query)]
    meant = [word for word in typed if fold(word) not in SMALL.get(language, ())] or typed
    return list(dict.fromkeys(word for word in (compared(word, language) for word in meant) if word))[:MOST_WORDS]


def shortened(words, language):
    """What is asked for in Uzbek without its endings: parollarimizni is parol. In the other languages words are stems already."""
    return [_without_endings(word) for word in words] if language == "uz" else words


def _without_endings(word):
    for group in ENDINGS:
        ending = next((one for one in group if word.endswith(one) and len(word) - len(one) >= STEM), "")
        word = word.removesuffix(ending)
    return word


def is_beginning(word):
    """Whether longer words that begin like this one are meant too."""
    return len(word) >= SHORT


@lru_cache(maxsize=50_000)
def compared(word, language):
    stemmer = STEMMERS.get(language)
    return fold(_stem(stemmer, word) if stemmer else word).replace(" ", "")


def _stem(name, word):
    return _stemmer(name).stemWord(word.replace("ё", "е").translate(PLAIN_APOSTROPHE))


@lru_cache
def _stemmer(name):
    return snowballstemmer.stemmer(name)
