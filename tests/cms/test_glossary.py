"""The glossary page: every term once, in the order of the reader's alphabet, found by the letter it begins with."""

import pytest
from bs4 import BeautifulSoup

from accounts.text import alphabetical
from cms.models import GlossaryTerm


def page(client, language="uz"):
    return BeautifulSoup(client.get(f"/glossary/?lang={language}").content, "html.parser").main


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uz", "A/B sinov|daftar|hisob|kalit|narx|orzu|ota|qator|sabab|suʼniy|zal|oʻlchov|gʻoya|shakl|chek|chiziq"),
        ("ru", "KPI|Еда|Ёлка|Если|Жалоба|чек|шаг|я"),
        ("en", "2FA|A/B test|account|Backup|UTM tag|zone"),
    ],
)
def test_words_stand_as_in_the_alphabet_of_their_language(language, words):
    expected = words.split("|")

    found = sorted(set(expected), key=lambda word: alphabetical(word, language))
    assert found == expected


def test_the_page_follows_the_readers_alphabet_and_marks_a_word_of_another_language(client, db):
    for key, uz, ru in (("a", "Shakl", "Форма"), ("b", "Zal", "Зал"), ("c", "Oʻlchov", "Ёмкость"), ("d", "Sinov", "")):
        GlossaryTerm.objects.create(key=key, titles={"uz": uz, "ru": ru, "en": key})

    def terms(language):
        return page(client, language).select("tbody th")

    assert [term.text for term in terms("uz")] == ["Sinov", "Zal", "Oʻlchov", "Shakl"]
    assert [term.text for term in terms("ru")] == ["Sinov", "Ёмкость", "Зал", "Форма"]
    assert [str(term.span) for term in terms("ru") if term.span] == ['<span lang="uz">Sinov</span>']


def test_each_letter_of_the_alphabet_leads_to_the_first_term_that_begins_with_it(client, db):
    terms = (
        ("seat", "oʻrin", "место"),
        ("world", "Olam", "мир"),
        ("term", "atama", "ёлка"),
        ("growth", "oʻsish", "ель"),
    )
    for key, uz, ru in (*terms, ("form", "shakl", "форма"), ("number", "son", "2FA")):
        GlossaryTerm.objects.create(key=key, titles={"uz": uz, "ru": ru, "en": key})

    def links(language):
        return {link.text: link["href"] for link in page(client, language).nav.select("a")}

    assert list(links("uz").items()) == [
        ("A", "#term"), ("O", "#world"), ("S", "#number"), ("Oʻ", "#seat"), ("Sh", "#form"),
    ]  # fmt: skip
    assert list(links("ru").items()) == [("2", "#number"), ("Е", "#term"), ("М", "#seat"), ("Ф", "#form")]


def test_a_glossary_without_terms_says_so_instead_of_an_empty_table(client, db):
    main = page(client)

    assert (main.table, main.nav) == (None, None)
    assert "Hozircha atama yoʻq." in main.text
