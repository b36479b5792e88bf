"""The glossary: many terms, found by the letter they begin with."""

import pytest
from bs4 import BeautifulSoup

from cms.models import GlossaryTerm


def page(client):
    return BeautifulSoup(client.get("/glossary/?lang=uz").content, "html.parser").main


@pytest.mark.django_db
def test_each_letter_leads_to_the_first_term_that_begins_with_it(client):
    for key, term in (("seat", "oʻrin"), ("world", "Olam"), ("term", "atama"), ("growth", "oʻsish"), ("fruit", "olma")):
        GlossaryTerm.objects.create(key=key, titles={"uz": term, "ru": term, "en": term})

    links = {link.text: link["href"] for link in page(client).nav.select("a")}

    assert links == {"A": "#term", "O": "#world", "Oʻ": "#seat"}


@pytest.mark.django_db
def test_a_glossary_without_terms_says_so_instead_of_an_empty_table(client):
    main = page(client)

    assert (main.table, main.nav) == (None, None)
    assert "Hozircha atama yoʻq." in main.text
