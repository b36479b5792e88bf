"""No template holds a word that cannot be translated: with every translatable text taken out, no words are left."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Comment, Declaration, Doctype
from django.conf import settings
from django.template.base import Lexer, TokenType

TEMPLATES = [
    path.relative_to(settings.BASE_DIR)
    for folder in ("templates", "cms/templates")
    for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*"))
    if path.suffix in (".html", ".txt", ".svg")
    and path.name != "button.html"  # that one puts a tag together and says nothing
]
SAID = ("alt", "title", "aria-label", "aria-description", "placeholder", "content", "data-confirm", "label")
ADDRESS = re.compile(r"\S*/\S*")
WORD = re.compile(r"[^\W\d_]{2,}")
# Written alike in every language.
NAMES = frozenset(
    [
        "Saboq",
        "XLSX",
        "CSV",
        "PDF",
        "JSON",
        "SVG",
        "PNG",
        "ZIP",
        "API",
        "Webhook",
        "OpenAPI",
        "QR",
        "DigComp",
        "Oʻzbekcha",
        "Русский",
        "English",
        "OʻZ",
        "РУ",
        "EN",
        "PIN",
    ]
)

pytestmark = pytest.mark.pure


def untranslatable(source, html=True):
    """The words of a template that stand outside of {% translate %}, {% blocktranslate %} and every other tag."""
    kept, inside = [], None
    for token in Lexer(source).tokenize():
        name = token.contents.split(maxsplit=1)[0] if token.token_type == TokenType.BLOCK else ""
        if inside:
            inside = None if name == f"end{inside}" else inside
        elif name in ("blocktranslate", "blocktrans", "comment") or (
            name == "block" and token.contents.endswith("_class")
        ):
            inside = name
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        elif token.token_type != TokenType.COMMENT:
            kept.append("\N{OBJECT REPLACEMENT CHARACTER}")  # something stands there, so that attributes stay whole
    text = "".join(kept)
    said = list(texts(BeautifulSoup(text, "html.parser"))) if html else [text]
    return [word for one in said for word in WORD.findall(ADDRESS.sub("", one)) if word not in NAMES]


def texts(page):
    for unseen in page(["script", "style", "code", "kbd"]):
        unseen.decompose()
    for node in page.find_all(string=True):
        if not isinstance(node, Comment | Declaration | Doctype):
            yield str(node)
    for element in page.find_all(True):
        for name in SAID:
            if name != "content" or element.get("name") == "description":
                yield element.get(name) or ""


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_every_word_of_a_template_can_be_translated(path):
    source = (Path(settings.BASE_DIR) / path).read_text(encoding="utf-8")

    assert untranslatable(source, html=path.suffix != ".txt") == []


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ('<p>{% translate "Save" %}</p>', []),
        ("<p>{% blocktranslate count n=n %}One book{% plural %}{{ n }} books{% endblocktranslate %}</p>", []),
        ("{# for newcomers #}{% comment %}why{% endcomment %}<!-- seen --><b>{{ name }}</b>", []),
        ('<p class="note">Save it</p>', ["Save", "it"]),
        ('<img alt="A house" src="{{ url }}">', ["house"]),
        ('<a aria-label="{% translate "Open" %}" title="Open">{{ x }}</a>', ["Open"]),
        ("<p>{{ site }}/accounts/login/ now</p>", ["now"]),
        ("{% if a %}yes{% else %}no{% endif %}", ["yes", "no"]),
    ],
)
def test_what_is_found(source, left):
    assert untranslatable(source) == left
