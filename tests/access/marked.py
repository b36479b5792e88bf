"""A language that marks what is translated, and what a page says outside of its marks.

Its catalogue is made in memory: each text of ours, of Django, allauth and Wagtail is given back as ⟦text⟧, in English. On paper,
whose fonts have no such signs, as ‹text›.
"""

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import trans_real
from pypdf import PdfReader

from accounts.templatetags import kept
from courses import competences
from reports.lists import LISTS
from tests import conftest

LANGUAGE = "uz"  # which this one stands for, with its dates and plurals
SAID = ("title", "alt", "aria-label", "aria-description", "placeholder", "data-confirm", "label")
UNSEEN = ("script", "style", "code", "kbd", "template", "svg")
OF_WAGTAIL = re.compile(r"\bw-|[{\[]")  # names of its scripts, JSON
EMPTY = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
# Of Wagtail's admin what a trainer meets most: the explorer, lists, editors, history.
MET_IN_THE_ADMIN = [
    "/cms/", "/cms/pages/{coursepage}/", "/cms/pages/{lessonpage}/edit/", "/cms/pages/{lessonpage}/history/",
    "/cms/pages/{coursepage}/add_subpage/", "/cms/glossary/", "/cms/questions/", "/cms/questions/edit/{question}/",
    "/cms/question-import/", "/cms/question-import/{import}/", "/cms/runs/new/", "/cms/runs/sessions/{session}/",
    "/cms/seminar-topics/edit/{seminar}/",
]  # fmt: skip
# The heads of the log's file and of a file of questions are the same in every language: programs read them.
FILES = [
    ("GET", "learner", "/certificates/transcript.pdf"), ("GET", "hr", "/hr/certificates.pdf"), ("GET", "hr", "/hr/report/?half=2026-2"),
    ("GET", "trainer", "/teach/runs/{held}/report.pdf"), ("GET", "trainer", "/teach/sessions/{session}/sheet.pdf"),
    ("GET", "trainer", "/teach/runs/{held}/report.xlsx"), ("GET", "trainer", "/teach/sessions/{session}/marks.xlsx"),
    ("GET", "trainer", "/teach/courses/{course}/progress.xlsx"), ("GET", "trainer", "/teach/quizzes/{quiz}/analysis.xlsx"),
    ("GET", "hr", "/hr/import/template.xlsx"), ("GET", "hr", "/hr/import/{staff_import}/report.xlsx"),
    ("GET", "nobody", "/seminars/sessions/{session}.ics"), ("GET", "nobody", "/calendar/{secret}.ics"),
    *(("POST", "admin", f"/hr/lists/{name}.xlsx?requirement={{requirement}}") for name in LISTS if name != "log"),
]  # fmt: skip
# What stands there and is nobody's to translate: rows of tests/world.py, names, file formats, DigComp's own words.
DATA = Path(__file__).with_name("data.txt").read_text().splitlines()
for area, titles in competences.choices():
    DATA += [str(area), *(str(title) for _code, title in titles)]
CELLS = ["Namunayeva", "Learner", "Learner2", "Trainer", "Trainer2", "Editor", "Hr", "Hr2", "Director", "Director2", "Admin",
         "Double", "Nigora", "Valiyev", "Ali", "ru", "en"]  # fmt: skip
MARKED = re.compile(r"⟦[^⟦⟧]*⟧|‹[^‹›]*›")
# Addresses, files, codes and digests.
NO_WORDS = r"\S*[/@]\S*|\w+\.(?:csv|pdf|po|xlsx)|[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2,4}|SBQ-\d{4}-\d{6}|[0-9a-f]{64}"
WORD = re.compile(r"[^\W\d_]{2,}")


class Catalogue:
    """As django.utils.translation.trans_real.DjangoTranslation; the plural and the names are those of `behind`."""

    def __init__(self, behind, marks):
        self.behind, self.marks = behind, marks

    def __getattr__(self, name):
        return getattr(self.behind, name)

    def gettext(self, text):
        return self.marks.replace("-", text.rpartition(trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, one, many, number):
        return self.gettext(one if number == 1 else many)


class language:
    """What is rendered within the block is in the marking language."""

    def __init__(self, marks="⟦-⟧"):
        self.marks = marks

    def __enter__(self):
        self.patch = pytest.MonkeyPatch()
        self.patch.setitem(trans_real._translations, LANGUAGE, Catalogue(trans_real.translation(LANGUAGE), self.marks))
        trans_real.activate(LANGUAGE)  # the active one is an object, not a name
        self.forget()

    def __exit__(self, *_fault):
        self.patch.undo()
        trans_real.activate(LANGUAGE)
        self.forget()

    def forget(self):
        """What was said in the language before."""
        conftest.forget()
        kept.forget()


class Page(HTMLParser):
    """What a person sees or hears of a page: `texts`, those inside of an element with a `lang` of its own left out."""

    def __init__(self, html):
        super().__init__()
        self.text, self.said, self.left_out = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if self.left_out or tag in UNSEEN or "hidden" in attributes or ("lang" in attributes and tag != "html"):
            if tag not in EMPTY:
                self.left_out.append(tag)
        else:
            self.text.append("\n")
            self.said += [attributes[name] for name in SAID if attributes.get(name)]
            self.said += [
                text  # for scripts to say
                for name, text in attributes.items()
                if name.startswith("data-") and text and " " in text and not OF_WAGTAIL.search(text)
            ]

    def handle_endtag(self, tag):
        if tag in self.left_out:
            while self.left_out.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.left_out:
            self.text.append(data)


def unmarked(html, data=()):
    """The lines of a page that nobody has translated, without what is `data`."""
    page = Page(html)
    return unmarked_texts(["".join(page.text), *page.said], data)


def unmarked_texts(texts, data=()):
    said = "|".join(re.escape(text) for text in sorted(data, key=len, reverse=True))
    known = re.compile(rf"(?<!\w)(?:{NO_WORDS}|{said})(?!\w)")
    for text in texts:
        while MARKED.search(text):  # marks stand within marks, where a text holds another
            text = MARKED.sub("\n", text)
        for line in text.split("\n"):
            left = " ".join(known.sub(" ", line).split())
            if WORD.search(left):
                yield left


def texts_of(content):
    """The texts of a PDF file, a workbook or a calendar."""
    if content.startswith(b"%PDF"):
        return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    if content.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [*book.sheetnames, *(str(cell) for sheet in book for row in sheet.values for cell in row if cell)]
    lines = content.decode().replace("\r\n ", "").split("\r\n")  # RFC 5545 folds them
    return [
        line.partition(":")[2]
        for line in lines
        if line.startswith(("SUMMARY", "DESCRIPTION", "LOCATION", "X-WR-CALNAME"))
    ]
