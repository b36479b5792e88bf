"""Is this PDF the file that was issued? Untouched, altered and where, signed by somebody else, not ours; a bad file harms nobody."""

import io
import zlib

import pikepdf
import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from certification import award, codes, drawing, file_check, files, keys, misses, signing
from tests import making


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


def give(client, data, name="x.pdf", language="en"):
    return client.post(f"/verify/file/?lang={language}", {"file": SimpleUploadedFile(name, data)})


def told(response):
    """(the headline, the labels of what differs)"""
    page = page_of(response)
    return page.select_one(".proof h1").get_text(strip=True), [one.get_text() for one in page.select("dl.facts dt")]


def edited(pdf, change=lambda document: None, **saving):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(out, **saving)
    return out.getvalue()


def plain(text="A report"):
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(50, 500, text)
    canvas.save()
    return out.getvalue()


@pytest.fixture
def pdf(version):
    return files.file_of(version=version)


@pytest.fixture
def no_child(monkeypatch):
    """A test in which nothing may be parsed."""
    monkeypatch.setattr(file_check.subprocess, "run", lambda *a, **k: pytest.fail("a child was started"))


# --- Untouched -------------------------------------------------------------------------------------------------------------


def test_an_untouched_file_is_known_by_its_hash_alone_and_told_with_its_state(
    client, version, pdf, no_child, django_assert_num_queries
):
    with django_assert_num_queries(2):  # the hash, the code
        response = give(client, pdf)
    assert told(response) == ("Untouched, and valid", [])
    assert page_of(response).select_one("main a.btn")["href"] == f"/verify/{version.code}/"

    made = award.correct(certificate=version.certificate, holder="Yangi Ism", by=making.person("hr"), reason="x")
    assert told(give(client, pdf))[0] == "Untouched, but replaced by a newer version"
    award.revoke(certificate=version.certificate, by=making.person("hr"), ground="rules", reason="x")
    assert told(give(client, files.file_of(version=made)))[0] == "Untouched, but revoked"


# --- Altered ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "labels"), [
    ({"holder": "Boshqa Ism"}, ["Holder"]),
    ({"hours": 360, "issued_on": "2020-01-02"}, ["Volume", "Issued on"]),
    ({"number": "SBQ-2026-000999"}, ["Certificate number"]),
])  # fmt: skip
def test_words_that_were_altered_are_named_with_what_the_register_says(client, version, change, labels):
    """A forger who has our very program: only words differ."""
    forged = drawing.draw(version.payload | change)

    response = give(client, forged)

    assert told(response) == ("Altered", labels)
    assert "Do not accept it" in page_of(response).select_one(".proof").get_text()
    if "holder" in change:
        assert page_of(response).select_one("dl.facts dd").get_text() == version.payload["holder"]


@pytest.mark.parametrize("change", [lambda pdf: pdf + b" ", edited], ids=["one byte more", "saved by another program"])
def test_a_file_whose_words_are_the_same_is_altered_all_the_same(client, pdf, change):
    response = give(client, change(pdf))

    assert told(response) == ("Altered", [])
    assert "Something else was changed" in page_of(response).select_one(".proof").get_text()


def test_the_code_of_another_certificate_does_not_help(client, version, course_page):
    from . import studying

    other = studying.graduate(course_page, studying.learner("Boshqa Odam"))
    forged = drawing.draw(version.payload | {"code": other.code, "verify_url": other.payload["verify_url"]})

    headline, labels = told(give(client, forged))
    assert (headline, labels) == ("Altered", ["Holder", "Certificate number"])


def test_our_seal_without_a_readable_code_is_altered(client, pdf):
    def take_away(document):
        page = document.pages[0]
        page.Contents = document.make_stream(b"")
        del page.Annots

    response = give(client, edited(pdf, take_away))
    assert told(response) == ("Altered", [])
    assert "its code cannot be read" in page_of(response).select_one(".proof").get_text()


def test_a_transcript_is_another_paper_of_ours_until_it_is_altered(client, version):
    from reports import transcript

    paper = transcript.file_of(version.certificate.enrolment.learner)

    assert told(give(client, paper))[0] == "Another paper of ours, untouched"
    assert told(give(client, paper + b" "))[0] == "Altered"
    assert told(give(client, edited(paper)))[0] == "Altered"


# --- Of others -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger(settings, tmp_path):
    """Seals a file with the key of somebody else."""

    def seal(pdf):
        own = settings.SIGNING_DIR
        settings.SIGNING_DIR = str(tmp_path / "keys")
        if not (tmp_path / "keys").exists():
            keys.make(tmp_path / "keys")
        try:
            return signing.seal(pdf)
        finally:
            settings.SIGNING_DIR = own

    return seal


def test_a_file_that_somebody_else_has_signed_is_told_so(client, version, stranger):
    unknown = next(c for c in iter(codes.new_code, None) if c != version.code)
    theirs = stranger(
        drawing.draw(version.payload | {"code": unknown, "verify_url": f"https://x.example/verify/{unknown}/"})
    )
    response = give(client, theirs)
    assert told(response)[0] == "Signed by somebody else"

    resigned = give(client, stranger(drawing.draw(version.payload | {"hours": 720})))
    assert told(resigned) == ("Altered", ["Volume"])
    assert "names another signer" in page_of(resigned).select_one(".proof").get_text()


def test_what_has_nothing_of_ours_is_not_ours(client, db):
    assert told(give(client, plain()))[0] == "Not a certificate of ours"


# --- Bad files -------------------------------------------------------------------------------------------------------------


def bomb(size):
    """A small PDF whose page unpacks to so many bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"0 g " * 250_000) for _ in range(size // 1_000_000)) + packer.flush()

    def fill(document):
        document.pages[0].Contents = pikepdf.Stream(document, packed, Filter=pikepdf.Name.FlateDecode)

    return edited(plain(), fill)


@pytest.mark.parametrize(("make", "fault"), [
    (lambda: b"%PDF-1.7 nothing more", "It is damaged."),
    (lambda: plain()[:300], "It is damaged."),
    (lambda: b"PK\x03\x04", "It is not a PDF."),
    (lambda: b"<html>", "It is not a PDF."),
    (lambda: edited(plain(), encryption=pikepdf.Encryption(user="x", owner="y")), "It is locked with a password."),
    (lambda: plain() + b"0" * (5 * 1024 * 1024), "It is larger than 5 MB."),
    (lambda: bomb(1_000_000_000), "It is too complex to be checked: it was not read to its end."),  # it breaks at the limit of the memory
    (lambda: bomb(50_000_000), "It is too complex to be checked: it was not read to its end."),  # at that of the signs to be drawn
], ids=["headless", "cut", "zip", "html", "encrypted", "5 MB", "bomb", "smaller bomb"])  # fmt: skip
def test_a_bad_file_is_named_and_harms_nobody(client, db, make, fault):
    response = give(client, make())

    assert response.status_code == (413 if "5 MB" in fault else 200)  # then it is let go of while it comes in
    assert told(response)[0] == "The file cannot be read"
    assert fault in page_of(response).select_one(".proof").get_text()


def test_what_is_far_too_large_is_not_even_read(client, db):
    class Endless:
        def read(self, *size):
            raise AssertionError("it was read")

        readline = read

        def close(self):
            """Nothing to close."""

    response = client.generic(
        "POST", "/verify/file/?lang=en", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=200_000_000,
        **{"wsgi.input": Endless()},
    )  # fmt: skip
    assert (response.status_code, told(response)[0]) == (413, "The file cannot be read")


def test_without_a_file_it_is_asked_for(client, db):
    response = client.post("/verify/file/?lang=en", {})
    assert (response.status_code, page_of(response).select_one(".dropfile .error").get_text()) == (
        422,
        "Choose the file.",
    )


def test_nothing_is_kept_and_nothing_written(client, version, settings, tmp_path, django_assert_num_queries):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    with django_assert_num_queries(2):  # the hash; the code that it names
        response = give(client, drawing.draw(version.payload))
    assert list(tmp_path.iterdir()) == []
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_the_child_has_little_memory_and_time():
    """What it is held to stands in the child itself: a process that asks for more is stopped, and the answer is «too much»."""
    import subprocess
    import sys

    script = "import sys; sys.argv=['x']; import runpy; m = runpy.run_path(sys.stdin.readline().strip()); m['limit']();"
    deeds = {
        "print('alive')": 0,
        "bytearray(600 * 1024 * 1024)": 1,
        "import tempfile; tempfile.TemporaryFile().write(b'x' * 99999)": 1,
        "import resource as r; print(r.getrlimit(r.RLIMIT_CPU)); sys.exit(r.getrlimit(r.RLIMIT_CPU) != (10, 10))": 0,
    }
    for deed, code in deeds.items():
        done = subprocess.run(
            [sys.executable, "-c", script + deed],
            input=f"{file_check.CHILD}\n".encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, (deed, done.stderr)


def test_many_files_a_minute_have_to_wait_but_untouched_ones_are_answered(client, pdf, minute, monkeypatch):
    monkeypatch.setattr(misses, "MOST_FILES", 1)
    give(client, plain())

    assert give(client, plain()).status_code == 429
    assert told(give(client, pdf))[0] == "Untouched, and valid"


def test_when_all_children_are_at_work_it_is_said(client, db, monkeypatch):
    monkeypatch.setattr(file_check, "_children", type("None free", (), {"acquire": lambda self, timeout: False})())
    assert give(client, plain()).status_code == 429
