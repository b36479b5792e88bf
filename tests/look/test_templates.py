"""What every template and style must be, whoever wrote it."""

import gzip
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.base import Node
from django.template.defaulttags import URLNode
from django.templatetags.static import StaticNode
from django.urls import get_resolver

from config.static import ORDER, JoinedStylesheetFinder, bare

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
MAILS = TEMPLATES / "notices"  # a mail brings its own styles: mail programs fetch nothing
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if MAILS not in path.parents)
ALL = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".txt"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
CATALOGUES = sorted((ROOT / "locale").rglob("*.uz.po")) + sorted((ROOT / "locale/uz").rglob("*.po"))
MOST_CSS = 11 * 1024  # bytes, gzipped: all styles of the site

INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.I),
    "a script without src or type=application/json": re.compile(
        r"<script(?![^>]*(\bsrc=|type=\"application/json\"))", re.I
    ),
    "something from another host": re.compile(
        r"<(script|link|img|source|iframe|use)[^>]*(src|href)=\"(https?:)?//", re.I
    ),
}
WRONG_SIGN = re.compile(r"[oOgG]['`´‘’ʼ]|(?<=[A-Za-z])['`´‘’ʻ](?<![oOgG]ʻ)(?=[A-Za-z])")


def name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_nothing_that_the_content_security_policy_forbids(path):
    text = path.read_text()

    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_template_names_only_addresses_and_files_that_exist(path):
    nodes = engines["django"].engine.from_string(path.read_text()).nodelist.get_nodes_by_type(Node)
    known = {key for key in get_resolver().reverse_dict if isinstance(key, str)} | {
        "demo_mails",
        "demo_mail",
        "demo_mail_html",
    }
    named = {
        str(node.view_name.var) for node in nodes if isinstance(node, URLNode) and isinstance(node.view_name.var, str)
    }
    files = {str(node.path.var) for node in nodes if isinstance(node, StaticNode) and isinstance(node.path.var, str)}

    assert {address for address in named if ":" not in address} - known == set()
    assert [file for file in files if not finders.find(file)] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_drawing_of_the_sprite_is_there(path):
    text = path.read_text()
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (TEMPLATES / "components/sprite.html").read_text()))
    used = {f"i-{icon}" for icon in re.findall(r'{% icon "([^"]+)"', text)}
    used |= {f"m-{mark}" for mark in re.findall(r'{% mark "([^"]+)"', text)}

    assert used - sprite == set()


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_template_says_no_uzbek_or_russian_word_by_itself(path):
    own = re.sub(r"{#.*?#}|Oʻzbekcha|Русский|OʻZ|РУ", "", path.read_text(), flags=re.S)

    assert re.findall(r"[А-Яа-яЁё]+|\w*[oOgG]ʻ\w*", own) == []


@pytest.mark.parametrize("path", CATALOGUES, ids=name)
def test_uzbek_words_have_their_own_signs(path):
    wrong = [
        text
        for entry in polib.pofile(str(path))
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if WRONG_SIGN.search(re.sub(r"<[^>]*>|%\(\w+\)s", "", text))
    ]

    assert wrong == []


def test_the_sign_test_finds_every_wrong_sign():
    wrong = ["o'quv", "o‘quv", "o’quv", "gʼoya", "ma'lumot", "ma’lumot", "maʻlumot", "e`lon"]

    assert [word for word in wrong if not WRONG_SIGN.search(word)] == []
    assert [word for word in ("oʻquv", "gʻoya", "maʼlumot", "eʼlon", "Oʻzbek") if WRONG_SIGN.search(word)] == []


def test_all_styles_together_are_small():
    sent = "\n".join(bare(path.read_text()) if path.name in ORDER else path.read_text() for path in STYLES)
    assert len(gzip.compress(sent.encode(), mtime=0)) < MOST_CSS


def test_no_comment_of_a_style_is_sent_and_every_rule_is():
    joined = JoinedStylesheetFinder().join().read_text()

    assert "/*" not in joined
    assert [name for name in ORDER if bare((ROOT / "static/css" / name).read_text()) not in joined] == []


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_a_style_names_only_files_that_exist(path):
    """Addresses are as seen from /static/site.css, into which the styles are joined."""
    named = re.findall(r'url\("?([^")]+)"?\)', path.read_text())

    assert [file for file in named if not (ROOT / "static" / file).exists()] == []


def test_the_lesson_figures_have_the_same_style_here_and_in_the_curriculum():
    def rules(path):
        return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S).split()

    assert rules(ROOT / "static/css/figures.css") == rules(ROOT / "curriculum/figures.css")
