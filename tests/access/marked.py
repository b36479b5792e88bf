"""A language that marks what is translated, and what a page says outside of its marks.

Its catalogue is made in memory: each text of ours, of Django, allauth and Wagtail is given back as ⟦text⟧, in English.
"""

import re
from html.parser import HTMLParser

import pytest
from django.utils.translation import trans_real

from accounts.templatetags import kept
from tests import conftest

LANGUAGE = "uz"  # which this one stands for, with its dates and plurals
SAID = ("title", "alt", "aria-label", "aria-description", "placeholder", "data-confirm", "label")
UNSEEN = ("script", "style", "code", "kbd", "template", "svg")
EMPTY = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
# Addresses, files, codes and digests.
NO_WORDS = r"\S*[/@]\S*|\w+\.(?:csv|pdf|po|xlsx)|[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2,4}|SBQ-\d{4}-\d{6}|[0-9a-f]{64}"
WORD = re.compile(r"[^\W\d_]{2,}")


class Catalogue:
    """As django.utils.translation.trans_real.DjangoTranslation; the plural and the names are those of `behind`."""

    def __init__(self, behind):
        self.behind = behind

    def __getattr__(self, name):
        return getattr(self.behind, name)

    def gettext(self, text):
        return f"⟦{text.rpartition(trans_real.CONTEXT_SEPARATOR)[2]}⟧"

    def ngettext(self, one, many, number):
        return self.gettext(one if number == 1 else many)


class language:
    """What is rendered within the block is in the marking language."""

    def __enter__(self):
        self.patch = pytest.MonkeyPatch()
        self.patch.setitem(trans_real._translations, LANGUAGE, Catalogue(trans_real.translation(LANGUAGE)))
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

    def handle_endtag(self, tag):
        if tag in self.left_out:
            while self.left_out.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.left_out:
            self.text.append(data)


def unmarked(html, data=()):
    """The lines of a page that nobody has translated, without what is `data`."""
    texts = "|".join(re.escape(text) for text in sorted(data, key=len, reverse=True))
    known = re.compile(rf"(?<!\w)(?:{NO_WORDS}|{texts})(?!\w)")
    page = Page(html)
    for text in ["".join(page.text), *page.said]:
        while MARKED.search(text):  # marks stand within marks, where a text holds another
            text = MARKED.sub("\n", text)
        for line in text.split("\n"):
            left = " ".join(known.sub(" ", line).split())
            if WORD.search(left):
                yield left
