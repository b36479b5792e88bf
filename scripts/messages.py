"""Translation catalogues without gettext on the machine.

    python -m scripts.messages collect    our texts into locale/*/LC_MESSAGES/django.po; translations are kept
    python -m scripts.messages compile    .po to .mo, what has changed
    python -m scripts.messages check      exit 1 when a text of ours lacks a translation or a catalogue is stale

Our texts are those in _() and its like in the rooms' Python and in templates/. A catalogue also holds words of Django, Wagtail and allauth
that ours replace; they are known by standing in one of those packages' own catalogues. Words of their scripts are in djangojs.po,
which nothing rewrites. `locale/parts/NAME.LANG.po` are hand-written translations, taken over by collect; they win over what is there.
"""

import ast
import os
import re
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
ROOMS = ("accounts", "courses", "seminars", "certification", "reports", "cms", "config")
LANGUAGES = ("uz", "ru")
PLURALS = {
    "uz": "nplurals=1; plural=0;",  # as in Django's own Uzbek: a noun after a number stays as it is
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
}
# Where the words stand in a call: (context, singular, plural), as positions of arguments.
CALLS = {
    "_": (None, 0, None), "gettext": (None, 0, None), "gettext_lazy": (None, 0, None), "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1), "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None), "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2), "npgettext_lazy": (0, 1, 2),
}  # fmt: skip
STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
# What Django's templatize makes of a template, such as « ngettext('One', 'Many', count) ».
TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*{STRING}(?:\s*,\s*{STRING})?(?:\s*,\s*{STRING})?")


# --- Collecting -------------------------------------------------------------------------------------------------------


def collect():
    """Our texts: {(context, singular): polib.POEntry without translation}, in the order of the files."""
    found = {}
    for path in sources():
        reader = from_python if path.suffix == ".py" else from_template
        for context, singular, plural in reader(path.read_text(encoding="utf-8")):
            entry = found.setdefault((context, singular), polib.POEntry(msgid=singular, msgctxt=context))
            entry.msgid_plural = entry.msgid_plural or plural or ""
            entry.said = getattr(entry, "said", set()) | {bool(plural)}
            if (place := (path.relative_to(ROOT).as_posix(), "")) not in entry.occurrences:
                entry.occurrences.append(place)
            if "%(" in singular and "python-format" not in entry.flags:
                entry.flags.append("python-format")
    return found


def sources():
    """The Python files of the rooms and all templates, ours only."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for folder in ("templates", *(f"{room}/templates" for room in ROOMS)):
        for ending in ("*.html", "*.txt", "*.svg"):
            yield from sorted((ROOT / folder).rglob(ending))


def from_python(source):
    """Yield (context, singular, plural) of every gettext call whose words are literal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CALLS:
                words = [part.value if isinstance(part, ast.Constant) else None for part in node.args]
                yield from _words(name, words)


def from_template(source):
    """Yield the same of a template, by Django's own reading of it."""
    from django.utils.translation.template import templatize

    for call in TEMPLATE_CALL.finditer(templatize(source)):
        name, *strings = call.groups()
        yield from _words(name, [ast.literal_eval(string) for string in strings if string])


def _words(name, words):
    picked = [words[at] if at is not None and at < len(words) else None for at in CALLS[name]]
    if isinstance(picked[1], str) and picked[1]:
        yield tuple(picked)


# --- Merging ----------------------------------------------------------------------------------------------------------


def catalogue(language, ours):
    """The catalogue of `language` as it should be: our texts, then replaced words of packages; what nobody uses is dropped."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    there = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile()
    known = {(entry.msgctxt, entry.msgid): entry for entry in there if not entry.obsolete}
    for part in sorted((LOCALE / "parts").glob(f"*.{language}.po")):
        for entry in polib.pofile(str(part)):
            if entry.translated() or (entry.msgctxt, entry.msgid) not in known:
                known[entry.msgctxt, entry.msgid] = entry
    made = polib.POFile(wrapwidth=0)
    made.metadata = {
        "Project-Id-Version": "Saboq", "Language": language, "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit", "Plural-Forms": PLURALS[language],
    }  # fmt: skip
    for key, text in sorted(ours.items(), key=lambda item: (item[1].occurrences[0], item[0][1], item[0][0] or "")):
        made.append(_translated(text, known.pop(key, None), language))
    theirs = foreign_texts() if known else {}
    for key, entry in sorted(known.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        if key in theirs and entry.translated():
            text = polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, msgid_plural=theirs[key])
            text.flags = [flag for flag in entry.flags if flag != "fuzzy"]
            made.append(_translated(text, entry, language))
    return made


def _translated(text, known, language):
    """A new entry for `text` with the translation of `known`, in the number of plural forms that the language has."""
    entry = polib.POEntry(
        msgid=text.msgid,
        msgctxt=text.msgctxt,
        msgid_plural=text.msgid_plural,
        flags=sorted(text.flags),
        occurrences=text.occurrences,
    )
    if known and known.fuzzy:
        entry.flags.append("fuzzy")
    entry.tcomment = known.tcomment if known else ""
    if not text.msgid_plural:
        entry.msgstr = (known.msgstr or known.msgstr_plural.get(0, "")) if known else ""
        return entry
    forms = (known.msgstr_plural or {0: known.msgstr}) if known else {}
    count = int(re.search(r"nplurals=(\d)", PLURALS[language])[1])
    entry.msgstr_plural = {form: forms.get(form, "") for form in range(count)}
    return entry


def foreign_texts():
    """Texts of the installed packages: {(context, singular): plural}, from their English sources and Russian catalogues."""
    import django

    texts = {}
    packages = Path(django.__file__).parent.parent
    for path in sorted(packages.glob("**/locale/ru/LC_MESSAGES/*.mo")):
        for entry in polib.mofile(str(path)):
            texts[entry.msgctxt, entry.msgid] = entry.msgid_plural or ""
    for path in sorted(packages.glob("**/locale/en/LC_MESSAGES/django.po")):  # what nobody has put into Russian yet
        for entry in polib.pofile(str(path)):
            texts.setdefault((entry.msgctxt, entry.msgid), entry.msgid_plural or "")
    return texts


# --- Checking ---------------------------------------------------------------------------------------------------------


def faults(language, ours):
    """What is wrong with a catalogue, one line each."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    name = path.relative_to(ROOT)
    if not path.exists():
        return [f"{name} is not there: make messages"]
    made = catalogue(language, ours)
    told = [
        f"{name}: no translation of «{e.msgid}» ({', '.join(o[0] for o in e.occurrences)})"
        for e in made
        if not _whole(e)
    ]
    told += [
        f"{name}: «{e.msgid}» has other placeholders than its translation"
        for e in made
        if _whole(e) and not _same_places(e)
    ]
    if not told and str(made) != path.read_text(encoding="utf-8"):
        told.append(f"{name} is stale: make messages")
    return told


def torn(ours):
    """Texts said with a plural in one place and alone in another, one line each: alone they are not found, and English is shown."""
    return [
        f"«{e.msgid}» is said with a plural and without one ({', '.join(o[0] for o in e.occurrences)})"
        for e in ours.values()
        if len(e.said) > 1
    ]


def _whole(entry):
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return not entry.fuzzy and all(forms)


PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")


def _same_places(entry):
    """Every placeholder of a translation stands in the English; the English ones that are missing may only be numbers of a plural."""
    english = {place[0] for place in PLACE.finditer(entry.msgid + entry.msgid_plural)}
    if entry.msgid_plural:
        return all({place[0] for place in PLACE.finditer(text)} <= english for text in entry.msgstr_plural.values())
    return {place[0] for place in PLACE.finditer(entry.msgstr)} == english


# --- Compiling --------------------------------------------------------------------------------------------------------


def compile_changed():
    """Write each .mo that is older than its .po. Returns how many."""
    written = 0
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            new = target.with_suffix(f".{os.getpid()}")  # two processes may compile at once
            polib.pofile(str(source)).save_as_mofile(str(new))
            new.replace(target)
            written += 1
    return written


def main(deed):
    if deed == "compile":
        compile_changed()
        return 0
    ours = collect()
    if deed == "collect":
        for language in LANGUAGES:
            path = LOCALE / language / "LC_MESSAGES" / "django.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(catalogue(language, ours)), encoding="utf-8")
        compile_changed()
    told = torn(ours) + [line for language in LANGUAGES for line in faults(language, ours)]
    print(
        "\n".join([*told, f"{len(ours)} texts, {len(told)} faults" if told else f"{len(ours)} texts, all translated"])
    )
    return 1 if told and deed == "check" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
