"""Do the texts of a YAML file speak the languages they should, in the right letters?"""

import re
from itertools import groupby

from cms.curriculum.letters import check_http, check_letters
from cms.curriculum.model import LANGUAGES

# {en: "Owner, width: 24"} is read without complaint, but the width has become part of the text.
SWALLOWED = re.compile(r", (?:uz|ru|en|width|kind|choose|points|right|why): ")


def check_languages(texts, promised, notes):
    """Report missing languages in a file's `Texts`.

    What belongs to one owner (a question, or the file itself) is one unit. A language that a unit lacks wholly is a
    warning as long as the course does not promise it; a language that is half there, or promised, is an error.
    """
    for owner, group in groupby(sorted(texts, key=lambda text: text.owner), key=lambda text: text.owner):
        unit = list(group)
        for language in LANGUAGES:
            missing = [text for text in unit if not text.has(language)]
            if len(missing) == len(unit) and language not in promised:
                if not promised:
                    notes.warning(min(text.line for text in unit), with_owner(owner, f"nothing in {language} yet"))
                continue
            for text in missing:
                notes.error(text.line, with_owner(owner, f"no {text.name} in {language}"))


def with_owner(owner, text):
    return f"{owner}: {text}" if owner else text


def check_wording(texts, notes):
    """Report wrong letters, bare http: and keys lost inside quotes; a text that *references repeat, once."""
    seen = set()
    for text in texts:
        for language, (line, words) in text.words.items():
            if (line, language, words) in seen:
                continue
            seen.add((line, language, words))
            for message in check_letters(words, language) + check_http(words) + check_swallowed(words):
                notes.error(line, with_owner(text.owner, message))


def check_swallowed(words):
    return [
        f"«{found[0]}…» stands inside the quotes: close them before the comma" for found in SWALLOWED.finditer(words)
    ]
