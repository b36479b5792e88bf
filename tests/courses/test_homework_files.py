"""What may be handed in is told by the content: kinds, hostile files, names, limits while it comes in, downloads."""

import hashlib
import io
import struct
import tracemalloc
import zipfile

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from courses import homework
from courses.homework_files import CONTENT_TYPES, MEGABYTE, BadFile, clean_name, examine, kind_of
from courses.models import Submission, SubmissionFile
from tests.courses import homework_making as making_homework
from tests.courses.homework_making import DOCX, JPEG, NOW, PDF, PNG, PPTX, XLSX, odf, ooxml, packed, upload

KINDS = {
    "pdf": PDF, "png": PNG, "jpg": JPEG, "docx": ooxml(), "xlsx": ooxml(XLSX), "pptx": ooxml(PPTX), "odt": odf(),
    "ods": odf("spreadsheet"), "txt": "Oʻquv reja\r\n\tmatn".encode(), "csv": b"a;b\n1;2\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_each_kind_is_known_by_its_content_and_gets_its_own_ending(kind):
    name = "hisobot.csv" if kind == "csv" else "hisobot.exe"

    found = examine(upload(KINDS[kind], name), most_megabytes=1)

    assert (found.kind, found.name) == (kind, f"hisobot.{kind}")
    assert (found.size, found.sha256) == (len(KINDS[kind]), hashlib.sha256(KINDS[kind]).hexdigest())


@pytest.mark.parametrize(
    "text", ["Матн".encode("cp1251"), "\ufeffMatn".encode(), "Matn".encode("utf-16"), b"\x0c page \x1b"[:7]]
)
def test_text_in_any_code_is_text(text):
    assert kind_of(io.BytesIO(text)) == "txt"


def refusal(content, name="hisobot.pdf", most=1):
    try:
        examine(upload(content, name), most_megabytes=most)
    except BadFile as no:
        assert no.name
        return no.reason
    return "taken"


def patched(archive, find, put, count):
    """The bytes of an archive with `find` replaced in its headers, `count` times at least."""
    assert archive.count(find) >= count
    return archive.replace(find, put)


def lying(size):
    """An office file whose part says it unpacks to less than it does."""
    archive = bytearray(ooxml(**{"word/big.xml": b"0" * 50_000}))
    while (at := archive.find(struct.pack("<L", 50_000))) >= 0:
        archive[at : at + 4] = struct.pack("<L", size)
    return bytes(archive)


def locked():
    file = bytearray(ooxml())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        where = file.find(magic)
        while where >= 0:
            file[where + at] |= 1
            where = file.find(magic, where + 4)
    return bytes(file)


def many_parts():
    return ooxml(**{f"word/{n}.xml": b"" for n in range(5001)})


MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
VBA = "application/vnd.ms-office.vbaProject"
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Types><Override ContentType="&a;"/></Types>'
HOSTILE = {
    "nothing": (b"", "empty"),
    "a program of Windows": (b"MZ\x90\x00" + b"\x00" * 99, "kind"),
    "a program of Linux": (b"\x7fELF\x02\x01" + b"\x00" * 99, "kind"),
    "an old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "kind"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "kind"),
    "HTML after spaces": (b"\n\n  <ScRiPt>alert(1)</script>", "kind"),
    "HTML behind a mark": (b"\xef\xbb\xbf<html>", "kind"),
    "HTML in UTF-16": ("<html>".encode("utf-16"), "kind"),
    "SVG": (b'<?xml version="1.0"?><svg onload="x"/>', "kind"),
    "RTF": (b"{\\rtf1 x}", "kind"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "kind"),
    "text with a zero": (b"matn\x00matn", "kind"),
    "text with a zero far behind": (b"matn " * 20_000 + b"\x00", "kind"),
    "a GIF": (b"GIF89a" + b"\x00" * 20, "kind"),
    "a plain ZIP": (packed({"a.txt": "x"}), "kind"),
    "a ZIP with a mimetype of another kind": (odf("presentation"), "kind"),
    "a JAR": (packed({"META-INF/MANIFEST.MF": "x", "a.class": "x"}), "kind"),
    "an ODT without content": (packed({"mimetype": CONTENT_TYPES["odt"]}, ["mimetype"]), "kind"),
    "an office file of two kinds": (ooxml(DOCX, [XLSX]), "kind"),
    "an office file of no kind": (ooxml("text/xml"), "kind"),
    "a document with macros": (ooxml(MACRO), "macros"),
    "a document that hides its macros' kind": (ooxml(DOCX, [MACRO]), "macros"),
    "macros under another name": (ooxml(DOCX, [VBA], **{"word/picture.bin": b"x"}), "macros"),
    "a macro type in entities": (ooxml(DOCX, ["application/vnd.ms-office.&#118;ba&#80;roject"]), "macros"),
    "macros that nobody declares": (ooxml(**{"word/vbaProject.bin": b"x"}), "macros"),
    "macros in capitals": (ooxml(**{"WORD/VBAPROJECT.BIN": b"x"}), "macros"),
    "macros with Windows' slashes": (ooxml(**{"word\\vbaProject.bin": b"x"}), "macros"),
    "Excel 4.0 macros": (ooxml(XLSX, **{"xl/macrosheets/sheet1.xml": "<x/>"}), "macros"),
    "ODF Basic": (odf(**{"Basic/Standard/script-lb.xml": "<x/>"}), "macros"),
    "ODF scripts": (odf(**{"Scripts/python/x.py": "x"}), "macros"),
    "types with entities": (packed({"[Content_Types].xml": ENTITY}), "damaged"),
    "types that are no XML": (packed({"[Content_Types].xml": "<Types"}), "damaged"),
    "types of 2 MB": (packed({"[Content_Types].xml": b" " * (2 * MEGABYTE)}), "bomb"),
    "a bomb": (ooxml(**{"word/bomb.xml": b"0" * (201 * MEGABYTE)}), "bomb"),
    "too many parts": (many_parts(), "bomb"),
    "a size that is a lie": (lying(10), "damaged"),
    "half of a file": (ooxml()[:-60], "damaged"),
    "a changed byte": (
        patched(odf(**{"x.xml": "abcdefgh" * 9}), b"<office/>"[:0] or b"PK\x01\x02", b"PK\x01\x09", 1),
        "damaged",
    ),
    "locked with a password": (locked(), "locked"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_whatever_its_name(what):
    content, reason = HOSTILE[what]

    assert [refusal(content, f"hisobot.{ending}") for ending in ("docx", "pdf", "txt", "csv")] == [reason] * 4


def test_a_bomb_is_refused_without_unpacking_it():
    content, _reason = HOSTILE["a bomb"]
    tracemalloc.start()
    refusal(content)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5 * MEGABYTE


def test_other_packing_than_office_uses_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")

    assert refusal(file.getvalue()) == "kind"


@pytest.mark.parametrize(("size", "reason"), [(MEGABYTE, "taken"), (MEGABYTE + 1, "too_large")])
def test_the_limit_is_exact(size, reason):
    assert refusal(PDF.ljust(size, b"\n"), most=1) == reason


@given(st.binary(max_size=300))
def test_any_bytes_have_a_kind_or_a_reason(content):
    for start in (b"", b"PK\x03\x04", b"PK\x03\x04\x14\x00\x00\x00"):
        assert refusal(start + content) in {"taken", "kind", "empty", "damaged", "macros", "bomb", "locked"}


NAMES = [
    ("hisobot.pdf", "hisobot.pdf"),
    ("../../etc/passwd", "passwd.pdf"),
    ("C:\\Users\\x\\hisobot.pdf", "hisobot.pdf"),
    ("hisobot.pdf.exe", "hisobot.pdf.pdf"),
    ("a\u202efdp.exe", "afdp.pdf"),
    ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
    ('<img src=x onerror="alert(1)">.pdf', "img src=x onerror= alert(1).pdf"),
    ("  .. ", "file.pdf"),
    ("", "file.pdf"),
    (".htaccess", "htaccess.pdf"),
    ("Oʻquv reja 2026.docx", "Oʻquv reja 2026.pdf"),
    ("Ҳисобот №1.pdf", "Ҳисобот №1.pdf"),
    ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ("CON\x00.pdf", "CON.pdf"),
]


@pytest.mark.parametrize(("given", "shown"), NAMES)
def test_a_name_is_cleaned_and_ends_as_the_content_says(given, shown):
    assert clean_name(given, "pdf") == shown


@given(st.text(max_size=200))
def test_a_clean_name_stays_and_has_no_folder(name):
    cleaned = clean_name(name, "pdf")

    assert clean_name(cleaned, "pdf") == cleaned
    assert not set('<>:"/\\|?*\r\n\x00') & set(cleaned)
    assert len(cleaned) <= 104


# --- In a draft ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def assignment(db):
    return making_homework.assignment(most_files=2, most_megabytes=1)


@pytest.fixture
def enrolment(assignment):
    return making_homework.enrolment(assignment)


@pytest.fixture
def draft(enrolment, assignment):
    return making_homework.draft(enrolment, assignment)


def stored():
    """The names of all files of homework in the private storage."""
    private = storages["private"]
    return {f"homework/{name}" for name in private.listdir("homework")[1]} if private.exists("homework") else set()


def test_a_file_is_stored_privately_under_a_name_of_ours(draft):
    before = stored()
    row = homework.add_file(submission=draft, upload=upload(PDF, "../../hisobot.exe"), now=NOW)

    assert stored() - before == {row.file.name}
    assert len(row.file.name.removeprefix("homework/")) == 32
    assert (row.name, row.kind, row.size) == ("hisobot.pdf", "pdf", len(PDF))


def test_the_same_file_and_one_too_many_are_refused_and_leave_nothing_behind(draft):
    homework.add_file(submission=draft, upload=upload(PDF), now=NOW)
    with pytest.raises(BadFile) as no:
        homework.add_file(submission=draft, upload=upload(PDF, "boshqa nom.pdf"), now=NOW)
    assert no.value.say() == "Olinmadi: boshqa nom.pdf – aynan shu fayl allaqachon qoʻshilgan."
    homework.add_file(submission=draft, upload=upload(PNG, "rasm.png"), now=NOW)
    before = stored()
    with pytest.raises(BadFile) as no:
        homework.add_file(submission=draft, upload=upload(JPEG, "rasm2.jpg"), now=NOW)

    assert (no.value.reason, no.value.details) == ("too_many", {"most": 2})
    assert stored() == before
    assert list(draft.files.values_list("name", flat=True)) == ["hisobot.pdf", "rasm.png"]


def test_a_removed_file_is_gone_from_the_storage(draft, django_capture_on_commit_callbacks):
    row = homework.add_file(submission=draft, upload=upload(PDF), now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        homework.remove_file(submission=draft, file=row.pk, now=NOW)
        homework.remove_file(submission=draft, file=row.pk, now=NOW)

    assert row.file.name not in stored()
    assert not draft.files.exists()


def test_nobody_elses_file_is_removed(draft, assignment):
    other = making_homework.draft(making_homework.enrolment(assignment), assignment)
    theirs = homework.add_file(submission=other, upload=upload(PDF), now=NOW)

    homework.remove_file(submission=draft, file=theirs.pk, now=NOW)

    assert other.files.get() == theirs


# --- By the form ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def send(client, enrolment, assignment):
    client.force_login(enrolment.learner)

    def send(*files, **fields):
        fields = {"text": "Matn", "go": "save"} | fields
        return client.post(f"/assignments/{assignment.pk}/homework/", {**fields, "files": list(files)})

    return send


def test_a_refused_file_leaves_the_text_and_the_others_and_is_not_handed_in(send):
    response = send(upload(PDF), upload(b"MZ\x00", "virus.pdf"), text="Juda muhim matn", go="hand_in")

    assert response.status_code == 422
    assert "Olinmadi: virus.pdf – bu PDF, DOCX" in response.text
    assert "Juda muhim matn</textarea>" in response.text
    row = Submission.objects.get()
    assert (row.state, row.text, [one.name for one in row.files.all()]) == ("draft", "Juda muhim matn", ["hisobot.pdf"])


def test_a_large_file_is_let_go_of_while_it_comes_in(send):
    large = SimpleUploadedFile("katta.pdf", PDF.ljust(3 * MEGABYTE, b"\n"))

    response = send(upload(PNG, "bir.png"), large, upload(JPEG, "ikki.jpg"))

    assert response.status_code == 422
    assert response.text.count("Olinmadi: katta.pdf – hajmi 1 MB dan katta.") == 1
    assert list(SubmissionFile.objects.values_list("name", "size")) == [("bir.png", len(PNG)), ("ikki.jpg", len(JPEG))]


def test_files_beyond_the_number_are_let_go_of(send):
    response = send(*(upload(PDF + bytes([65 + n]), f"f{n}.pdf") for n in range(5)))

    assert response.status_code == 422
    assert list(SubmissionFile.objects.values_list("name", flat=True)) == ["f0.pdf", "f1.pdf"]
    assert [f"f{n}.pdf – koʻpi bilan 2 ta fayl." in response.text for n in range(5)] == [False, False, True, True, True]


def test_a_text_too_long_comes_back_as_it_was_typed(send):
    response = send(text="x" * 20_001, go="hand_in")

    assert response.status_code == 422
    assert "x" * 20_001 + "</textarea>" in response.text
    assert Submission.objects.get().state == "draft"


def test_typed_markup_is_shown_as_typed(send, client, assignment):
    send(text="<script>alert(1)</script> & `kod`", go="save")
    response = send(upload(b"MZ\x00"), text="</textarea><script>alert(1)</script>")

    assert "<script>alert" not in response.text
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>" in response.text


def test_remove_by_the_button(send):
    send(upload(PDF))
    row = SubmissionFile.objects.get()
    for forged in ("remove-x", "remove-", f"remove-{row.pk + 1}", "remove-" + "9" * 30):
        assert send(go=forged).status_code == 302
    assert SubmissionFile.objects.exists()

    assert send(go=f"remove-{row.pk}").status_code == 302
    assert not SubmissionFile.objects.exists()


def test_the_form_needs_its_token(enrolment, assignment):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(enrolment.learner)

    response = strict.post(f"/assignments/{assignment.pk}/homework/", {"text": "x", "files": [upload(PDF)]})

    assert response.status_code == 403
    assert not Submission.objects.exists()


# --- Downloads ------------------------------------------------------------------------------------------------------------


def test_a_download_is_saved_never_shown_and_kept_by_nobody(client, enrolment, draft):
    row = homework.add_file(submission=draft, upload=upload(PDF, "Oʻquv reja.pdf"), now=NOW)
    client.force_login(enrolment.learner)

    response = client.get(f"/homework/files/{row.pk}/", headers={"Accept-Encoding": "gzip"})

    assert response.getvalue() == PDF
    assert {name: response.headers[name] for name in (
        "Content-Type", "Content-Disposition", "Cache-Control", "X-Content-Type-Options", "Content-Length",
    )} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=utf-8''O%CA%BBquv%20reja.pdf",
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(len(PDF)),
    }  # fmt: skip
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_lost_file_is_404_and_logged(client, enrolment, draft, caplog):
    row = homework.add_file(submission=draft, upload=upload(PDF), now=NOW)
    row.file.storage.delete(row.file.name)
    client.force_login(enrolment.learner)

    assert client.get(f"/homework/files/{row.pk}/").status_code == 404
    assert f"file {row.pk} of submission {draft.pk} is lost" in caplog.text
