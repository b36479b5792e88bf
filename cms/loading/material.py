"""Drawings, files and terms that lessons refer to."""

import csv
from dataclasses import asdict

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection

from accounts.text import in_language

from ..curriculum.figures import clean_svg
from ..curriculum.tables import maker, workbook_bytes
from ..models import Drawing, GlossaryTerm
from .notes import fingerprint, known, note

COLLECTION = "Curriculum"


def _collection():
    return Collection.objects.filter(name=COLLECTION).first() or Collection.get_first_root_node().add_child(
        name=COLLECTION
    )


def load_glossary(path):
    """Terms of glossary.csv by key; a term somebody has changed is renewed: the file is their one home."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            titles = {language: row[language] for language in ("uz", "ru", "en") if row.get(language)}
            GlossaryTerm.objects.update_or_create(
                key=row["key"], defaults={"titles": titles, "note": (row.get("note") or "")[:300]}
            )


class Material:
    """Finds the primary keys of what a lesson names."""

    def __init__(self, place, language, drawings, files, terms):
        self.place, self.language = place, language
        self._drawings, self._files, self._terms = drawings, files, terms

    def drawing(self, name):
        return self._drawings[name]

    def file(self, name):
        return self._files[name, self.language]

    def term(self, key):
        return self._terms[key]


def put_drawings(place, figures):
    """{name: primary key} of a lesson's figures."""
    found = {}
    for name, figure in figures.items():
        drawing, _ = Drawing.objects.update_or_create(
            key=f"{place}/{name}",
            defaults={
                "svg": clean_svg(figure.svg), "words": figure.words,
                "own": {language: clean_svg(svg) for language, svg in figure.own.items()},
            },
        )  # fmt: skip
        found[name] = drawing.pk
    return found


def put_files(report, place, tables, languages):
    """{(name, language): primary key} of the documents made of a module's tables to download."""
    documents = get_document_model()
    collection = _collection()
    found = {}
    for name, table in tables.items():
        for language in languages:
            key = f"{place}/files/{name}"
            print_ = fingerprint([asdict(table), maker()])
            item = known(key, language)
            document = documents.objects.filter(pk=item.made).first() if item else None
            if document is None or item.fingerprint != print_:
                content = workbook_bytes(table, language)
                document = document or documents(collection=collection)
                document.title = in_language(table.title, language)
                document.file = ContentFile(content, name=f"{name}.{language}.xlsx")
                document.file_size, document.file_hash = len(content), ""
                document.save()
                note(key, language, print_, document.pk)
                report.made += 1
            found[name, language] = document.pk
    return found


def picture(place, path):
    """The primary key of the image in the library made of a file; of another file of that name another image is made."""
    images = get_image_model()
    key, data = f"{place}/{path.parent.name}/{path.name}", path.read_bytes()
    print_ = fingerprint(data.hex())
    item = known(key)
    if item and item.fingerprint == print_ and images.objects.filter(pk=item.made).exists():
        return item.made
    image = images(collection=_collection(), title=path.stem, file=ContentFile(data, name=path.name))
    image.save()
    note(key, "", print_, image.pk)
    return image.pk
