"""Our texts are collected without gettext, from Python and from templates, and merged without losing a translation."""

import polib
import pytest

from scripts import messages

PYTHON = """
label = _("Name")
title = gettext_lazy("One " "sentence")
count = ngettext("One module", "{n} modules", n)
month = pgettext("calendar", "May")
seats = translation.npgettext("hall", "One seat", "Many seats", n)
computed = _(label), _(f"no {label}"), _("")
"""
TEMPLATE = """
{% load i18n %}<h1>{% translate "Courses" %}</h1>{# Translators: nothing #}
{% translate "May" context "calendar" as may %}
{% blocktranslate trimmed count n=left with name=course.title %}
  One module of {{ name }}
{% plural %}
  {{ n }} modules of {{ name }}
{% endblocktranslate %}
{% include "part.html" with label=_("It's free") %}{{ value|default:_('none "yet"') }}
"""


def test_python_gives_every_literal_text():
    assert list(messages.from_python(PYTHON)) == [
        (None, "Name", None),
        (None, "One sentence", None),
        (None, "One module", "{n} modules"),
        ("calendar", "May", None),
        ("hall", "One seat", "Many seats"),
    ]


def test_templates_give_every_literal_text():
    assert list(messages.from_template(TEMPLATE)) == [
        (None, "Courses", None),
        ("calendar", "May", None),
        (None, "One module of %(name)s", "%(n)s modules of %(name)s"),
        (None, "It's free", None),
        (None, 'none "yet"', None),
    ]


@pytest.fixture
def locale(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    (tmp_path / "locale" / "parts").mkdir(parents=True)
    (tmp_path / "locale" / "ru" / "LC_MESSAGES").mkdir(parents=True)
    return tmp_path / "locale"


def texts(*entries):
    return {
        (None, singular): polib.POEntry(msgid=singular, msgid_plural=plural, occurrences=[("a.py", "")])
        for singular, plural in entries
    }


def write(path, *pairs):
    path.write_text("".join(f'msgid "{english}"\nmsgstr "{other}"\n\n' for english, other in pairs), encoding="utf-8")


def test_translations_are_kept_taken_over_and_dropped_with_their_text(locale):
    write(locale / "ru/LC_MESSAGES/django.po", ("Kept", "Осталось"), ("Gone", "Ушло"), ("Password", "Наш пароль"))
    write(locale / "parts/pages.ru.po", ("New", "Новое"))

    made = messages.catalogue("ru", texts(("Kept", ""), ("New", ""), ("Untold", "")))

    told = {entry.msgid: entry.msgstr for entry in made}
    assert told == {"Kept": "Осталось", "New": "Новое", "Untold": "", "Password": "Наш пароль"}  # a word of Django's


def test_every_fault_of_a_catalogue_is_told(locale):
    ours = texts(("Untold", ""), ("Day %(n)s", ""), ("%(n)s book", "%(n)s books"))
    write(locale / "ru/LC_MESSAGES/django.po", ("Day %(n)s", "День %(nomer)s"))

    assert messages.faults("ru", ours) == [
        "locale/ru/LC_MESSAGES/django.po: no translation of «%(n)s book» (a.py)",
        "locale/ru/LC_MESSAGES/django.po: no translation of «Untold» (a.py)",
        "locale/ru/LC_MESSAGES/django.po: «Day %(n)s» has other placeholders than its translation",
    ]


def test_a_text_that_is_said_with_a_plural_and_alone_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/many.html").write_text(
        "{% blocktranslate count n=n %}Take it{% plural %}Take all{% endblocktranslate %}{% translate 'Leave it' %}"
    )
    (tmp_path / "templates/one.html").write_text("{% translate 'Take it' %}")

    assert messages.torn(messages.collect()) == [
        "«Take it» is said with a plural and without one (templates/many.html, templates/one.html)"
    ]


def test_a_whole_catalogue_that_is_not_as_collected_is_stale(locale):
    write(locale / "ru/LC_MESSAGES/django.po", ("Name", "Имя"))
    ours = texts(("Name", ""))

    assert messages.faults("ru", ours) == ["locale/ru/LC_MESSAGES/django.po is stale: make messages"]

    (locale / "ru/LC_MESSAGES/django.po").write_text(str(messages.catalogue("ru", ours)), encoding="utf-8")
    assert messages.faults("ru", ours) == []


def test_only_what_changed_is_compiled(locale):
    write(locale / "ru/LC_MESSAGES/django.po", ("Name", "Имя"))

    assert [messages.compile_changed(), messages.compile_changed()] == [1, 0]
    assert polib.mofile(str(locale / "ru/LC_MESSAGES/django.mo"))[0].msgstr == "Имя"
