"""The glossary page: every term once, in the order of the reader's alphabet, each word in its own language."""

import pytest
from bs4 import BeautifulSoup

from accounts.text import alphabetical
from cms.models import GlossaryTerm


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
        page = BeautifulSoup(client.get(f"/glossary/?lang={language}").content, "html.parser")
        return page.select("tbody th")

    assert [term.text for term in terms("uz")] == ["Sinov", "Zal", "Oʻlchov", "Shakl"]
    assert [term.text for term in terms("ru")] == ["Sinov", "Ёмкость", "Зал", "Форма"]
    assert [str(term.span) for term in terms("ru") if term.span] == ['<span lang="uz">Sinov</span>']
