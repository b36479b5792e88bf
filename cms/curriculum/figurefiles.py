"""Reads a lesson's folder `figures/`: drawings, their words, and drawings of single languages."""

from dataclasses import replace

from cms.curriculum.figures import check_svg, slots_of
from cms.curriculum.files import is_name, read_text
from cms.curriculum.languages import check_wording
from cms.curriculum.model import LANGUAGES, Figure
from cms.curriculum.problems import did_you_mean
from cms.curriculum.shapes import Spot, a_text_in_languages
from cms.curriculum.widths import too_wide
from cms.curriculum.yamlfiles import Map, plain, read_yaml


def read_figures(folder, languages, notes):
    """Give {name: Figure} of a folder. Every word must be there in `languages`, those of the lesson's texts."""
    drawings = sorted(folder.glob("*.svg")) if folder.is_dir() else []
    names = sorted({drawing.name.split(".")[0] for drawing in drawings})
    for words in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        if words.stem not in names:
            notes.inside(words.name).error(0, f"no drawing {words.stem}.svg{did_you_mean(words.stem, names)}")
    figures = {name: read_figure(folder, name, languages, notes) for name in names}
    return {name: figure for name, figure in figures.items() if figure is not None}


def read_figure(folder, name, languages, notes):
    """Give the Figure, or None when it cannot be used."""
    if not is_name(name):
        notes.inside(f"{name}.svg").error(0, f"«{name}» is no name: use a-z, 0-9 and hyphens")
        return None
    svg = read_drawing(folder / f"{name}.svg", notes)
    own = {}
    for path in sorted(folder.glob(f"{name}.*.svg")):
        language = path.name.split(".")[1]
        if language not in LANGUAGES or path.name.count(".") != 2:
            notes.inside(path.name).error(0, f"a drawing is called {name}.svg or {name}.ru.svg")
        elif (drawing := read_drawing(path, notes)) is not None:
            own[language] = drawing
    words_notes = notes.inside(f"{name}.yaml")
    words = read_yaml(folder / f"{name}.yaml", words_notes)
    if svg is None or words is None:
        return None
    if not isinstance(words, Map):
        words_notes.error(1, "the file must have the ids of the drawing's texts, each with uz, ru and en")
        return None
    texts = read_words(words, words_notes)
    check_words(words, texts, {language: own.get(language, svg) for language in LANGUAGES}, languages, words_notes)
    figure = Figure(key=name, svg=svg, words=plain(words), own=own)
    if len(texts) == len(words):
        check_widths(figure, words, languages, words_notes)
    return figure


def read_drawing(path, notes):
    """Give the SVG's text, or None when it has problems."""
    svg_notes = notes.inside(path.name)
    svg = read_text(path, svg_notes)
    found = [] if svg is None else check_svg(svg, svg_notes.path)
    notes.problems.extend(found)
    return None if found else svg


def read_words(words, notes):
    """Check the form of every entry; give {id: Texts} of the good ones."""
    found = {}
    for key, value in words.items():
        spot = Spot(notes, line=words.lines[key], name=f"«{key}»")
        a_text_in_languages(value, spot)
        if spot.texts:
            found[key] = replace(spot.texts[0], name=key)
    return found


def check_words(words, texts, drawings, languages, notes):
    """Every text of the drawing has words in every language of the lesson, and no words are left over."""
    slots = {language: slots_of(svg) for language, svg in drawings.items()}
    known = {key for keys in slots.values() for key in keys}
    for key in sorted(known - words.keys()):
        notes.error(1, f"no words for «{key}»{did_you_mean(key, words.keys() - known)}")
    for key in words:
        if key not in known:
            notes.error(words.lines[key], f"«{key}» is not in the drawing{did_you_mean(key, known - words.keys())}")
    for key, text in texts.items():
        for language in LANGUAGES:
            half = any(other.has(language) for other in texts.values())
            if key in slots[language] and not text.has(language) and (half or language in languages):
                notes.error(text.line, f"«{key}» has no {language}")
    check_wording(texts.values(), notes)


def check_widths(figure, words, languages, notes):
    for language in languages:
        for key, text in too_wide(figure.drawing_in(language), figure.words, language):
            line = words.lines[key]
            notes.error(line, f"«{text}» is wider than its box: shorten the {language} words of {key}")
