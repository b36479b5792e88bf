"""Whether a question's translations still say what its source language says. Pure functions.

`translated_of` of a version is {language: fingerprint}: of the source language the fingerprint of its words now, of every other
the fingerprint that the source's words had when that language was last written. Where the two differ, it is stale.
"""

import hashlib
import json

from django.conf import settings

SOURCE = settings.LANGUAGE_CODE
LANGUAGES = [code for code, _name in settings.LANGUAGES]
_NO_WORDS = {"id", "image", "file", "hash"}  # an image is walked by itself: its description alone is words


def words_of(content, language):
    """What a content says in one language: sorted [place, text]. Places go by ids, so another order of choices is the same."""
    return sorted(in_order(content, language))


def in_order(content, language):
    """The same in the order in which the content has them."""
    return list(_walk(content, language, ""))


def _walk(part, language, place):
    if isinstance(part, dict):
        if part and set(part) <= {*LANGUAGES, "all"}:
            if part.get(language):
                yield [place, part[language]] if isinstance(part[language], str) else [place, "\n".join(part[language])]
            return
        for key, inner in part.items():
            if key == "image":
                yield from _walk(inner["alt"], language, f"{place}/image")
            elif key not in _NO_WORDS:
                yield from _walk(inner, language, f"{place}/{key}")
    elif isinstance(part, list):
        for n, inner in enumerate(part):
            key = inner.get("id", n) if isinstance(inner, dict) else n
            yield from _walk(inner, language, f"{place}/{key}")


def with_words(part, language, words, place=""):
    """The content with `words` {place: text} in one language; places as `in_order` gives them. Lists are given line by line."""
    if isinstance(part, dict):
        if part and set(part) <= {*LANGUAGES, "all"}:
            if place not in words:
                return part
            is_list = any(isinstance(said, list) for said in part.values())
            return part | {language: words[place].splitlines() if is_list else words[place]}
        made = {}
        for key, inner in part.items():
            if key == "image":
                made[key] = inner | {"alt": with_words(inner["alt"], language, words, f"{place}/image")}
            else:
                made[key] = inner if key in _NO_WORDS else with_words(inner, language, words, f"{place}/{key}")
        return made
    if isinstance(part, list):
        return [
            with_words(inner, language, words, f"{place}/{inner.get('id', n) if isinstance(inner, dict) else n}")
            for n, inner in enumerate(part)
        ]
    return part


def fingerprint(words):
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()[:16]


def carried(before, translated_of, content, confirmed=()):
    """The `translated_of` of `content`, which comes after the content `before` (None: nothing) with its own `translated_of`.

    A language whose words have changed was written with the source's words of now; one in `confirmed` was found right as it is.
    """
    now = fingerprint(words_of(content, SOURCE))
    earlier = fingerprint(words_of(before, SOURCE)) if before else now
    made = {SOURCE: now}
    for language in LANGUAGES:
        words = words_of(content, language)
        if language == SOURCE or not words:
            continue
        touched = before is None or words != words_of(before, language)
        made[language] = now if touched or language in confirmed else translated_of.get(language, earlier)
    return made


def stale(translated_of):
    """The languages in which the question may say what its source said once."""
    now = translated_of.get(SOURCE)
    return [code for code in LANGUAGES if now and code != SOURCE and translated_of.get(code, now) != now]
