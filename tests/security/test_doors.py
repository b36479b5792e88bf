"""What an attacker sends: signs that no database keeps, keys that no row has, endless nesting, files in the clothes of others."""

import io
import re
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from accounts.models import Role
from accounts.roles import grant
from accounts.text import clean_html
from cms import teams
from cms.document_form import DocumentForm
from cms.templatetags.lesson import inline
from tests import making
from tests.courses.homework_making import DOCX, PDF, PNG, ooxml

ROOT = Path(__file__).parent.parent.parent
CLIP = Path(__file__).parent.parent / "media" / "clip.webm"
OURS = ("accounts", "courses", "seminars", "certification", "reports", "cms", "config")
HTML = b"<html><script>alert(1)</script>"

# --- Addresses and forms --------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(client, base):
    person = making.person("admin")
    grant(person=person, role=Role.ADMINISTRATOR)
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/hr/people/?q=%00", 400), ("/hr/?library=x%00", 400), ("/hr/certificates/%00/", 404), ("/media/images/%00", 404), ("/uz/a%00/b/", 404),
        (f"/hr/people/{'9' * 30}/", 404), (f"/go/{2**63}/", 404), (f"/attempts/{'9' * 19}/", 404), ("/hr/people/?q=%01", 200),
    ],
)  # fmt: skip
def test_an_address_with_what_no_row_can_have_is_refused(admin, address, status):
    assert admin.get(address).status_code == status


@pytest.mark.parametrize(
    "address",
    ["/media/designs/x.png", "/media/documents/a.pdf", "/media/images/../documents/a.pdf", "/media/images/%2e%2e/documents/a.pdf",
     "/media/images/./../documents/a.pdf", "/media/images/..%2fdocuments/a.pdf", "/media//images/a.png", "/media/..%2fprivate/x", "/media/",
     "/media/images/../../manage.py", "/media/images/%2e%2e/%2e%2e/manage.py", "/.env", "/static/../manage.py"],
)  # fmt: skip
def test_what_is_private_is_not_found_by_guessing(client, base, private_files, address):
    assert client.get(address).status_code in (400, 404)


def test_a_picture_beside_what_is_private_is_served(client, base, private_files):
    assert b"".join(client.get("/media/images/a.png")) == b"picture"


@pytest.fixture
def private_files(settings):
    """They are there: what is absent is not found in any case."""
    names = ("designs/x.png", "documents/a.pdf", "private/x", "images/a.png")
    for name in names:
        path = Path(settings.MEDIA_ROOT, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"picture")
    yield
    for name in names:
        Path(settings.MEDIA_ROOT, name).unlink()


def test_a_form_with_a_nul_is_refused(admin):
    assert admin.post("/accounts/profile/", {"language": "ru"}).status_code == 302
    assert admin.post("/accounts/profile/", {"language": "ru", "note": "a\0b"}).status_code == 400


def test_marks_in_endless_brackets_are_refused_as_any_that_cannot_be_read(client, base):
    person = making.person("trainer")
    grant(person=person, role=Role.TRAINER)
    client.force_login(person)

    answer = client.post("/teach/offline/marks/", "[" * 100_000, content_type="application/json")

    assert answer.status_code == 400


def test_no_other_view_than_these_takes_a_post_without_a_token():
    """Each looks for it by itself, once the limits of its upload are known; to check a file changes nothing and asks for no account."""
    found = {view for view in views(get_resolver()) if getattr(view, "csrf_exempt", False)}
    ours = {f"{view.__module__}.{view.__name__}" for view in found if view.__module__.split(".")[0] in OURS}

    assert ours == {
        "certification.check_views.check_file", "certification.check_views.check_batch", "certification.holder_views.give_in",
        "courses.homework_views.hand_in", "courses.exchange_views.give", "accounts.staff_import_views.imports",
        "cms.translation_po_views.give",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("role", "address", "else_told"),
    [
        (Role.ADMINISTRATOR, "/verify/batch/", 302), (None, "/certificates/external/new/", 422), (Role.TRAINER, "/cms/question-import/", 422),
        (Role.ADMINISTRATOR, "/hr/import/", 302), (Role.ADMINISTRATOR, "/teach/courses/{course}/translations/ru/po/", 422),
    ],
)  # fmt: skip
def test_and_each_of_these_looks_for_it(base, role, address, else_told):
    """Homework: courses/test_homework_files.py::test_the_form_needs_its_token"""
    course, person = making.row(making.course()), making.person()
    if role:
        grant(person=person, role=role)
    if role == Role.TRAINER:
        teams.join(course=course, person=person)
    answers = []
    for strict in (True, False):
        client = Client(enforce_csrf_checks=strict)
        client.force_login(person)
        answers.append(
            client.post(address.format(course=course.pk), {"file": SimpleUploadedFile("a.txt", b"x")}).status_code
        )

    assert answers == [403, else_told]


def views(resolver):
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from views(one)
        else:
            yield one.callback


# --- The database -----------------------------------------------------------------------------------------------------------

SPEAKS_SQL = {  # texts of our own, with parameters; a new one belongs into this list, on purpose
    "accounts/prepared.py", "accounts/log_triggers.py", "cms/backups/databases.py", "cms/readiness.py", "cms/schema.py", "cms/search.py",
    "cms/search_index.py", "courses/item_sums.py", "reports/changed.py", "reports/picture.py", "reports/totals.py",
}  # fmt: skip


def test_who_speaks_sql_is_known():
    speaks = re.compile(r"connection[\w.\[\]]*\.cursor\(|cursor\.execute\(|RawSQL\(|\.raw\(|\.extra\(")
    code = [path for room in OURS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]

    assert {path.relative_to(ROOT).as_posix() for path in code if speaks.search(path.read_text("utf-8"))} == SPEAKS_SQL


# --- Typed HTML -----------------------------------------------------------------------------------------------------------

LONG = 60_000  # what a block of prose may have
A_TENTH = 400_000  # texts that a quiet machine makes in a tenth of a second of CPU


def slowness():
    """How many times dearer CPU is just now, at least 1: what shares a processor with others is told more of it than it had."""
    began = time.process_time()
    dict.fromkeys(map(str, range(A_TENTH)))
    return max(1, (time.process_time() - began) / 0.1)


@pytest.mark.parametrize(
    "piece",
    [
        "<div>", "<b></i>", "<b><!--</b>-->", '<b x="</b>">', "<b><script></b></script>", "<b><i x=%d></b>", "<ul></x><li>",
        "<b><p></b><p>", "<a href=%d><p></a>", "<a <", "</a ", "<p '", "<table><tr><td>", "<", "&", "<p>", "<td></tr>",
    ],
)  # fmt: skip
def test_no_text_costs_more_than_a_second(piece):
    text, n = "", 0
    while len(text) < LONG - 50:
        text, n = text + piece.replace("%d", str(n)), n + 1

    began = time.process_time()
    try:
        clean_html(text, limit=LONG)
    except ValidationError:
        pass
    spent = time.process_time() - began
    assert spent < 2 or spent < 2 * slowness()  # a second where nothing else runs


def test_endless_blanks_are_shown_at_once():
    """A pattern that begins with blanks looks for its end from each of them: a line of 32,000 cost a second at every look."""
    began = time.process_time()
    shown = inline(f"<p>bir{' ' * 32_000}ikki</p> <p>uch</p>")

    spent = time.process_time() - began
    assert spent < 0.5 or spent < 0.5 * slowness()
    assert shown.startswith("bir ") and shown.endswith(" ikki<br>uch")


def test_one_tag_of_endless_attributes_is_refused():
    with pytest.raises(ValidationError):
        clean_html("<p " + " ".join(f"a{n}" for n in range(9_000)) + ">", limit=LONG)


def test_a_nest_of_100_kb_is_refused_at_once():
    began = time.process_time()
    with pytest.raises(ValidationError):
        clean_html("<b>" * 34_000, limit=LONG)
    spent = time.process_time() - began
    assert spent < 0.1 or spent < 0.1 * slowness()


@pytest.mark.parametrize("text", [
    "<table><tbody>" + "<tr><td>1<td>2</tr>" * 60 + "</tbody></table>",
    "<p>2 < 3 and 3 > 2</p>" + "<p><b>x</b></p>" * 100,
    "<!-- from Word -->" + '<p><a href="https://example.org/?a=1&amp;b=2" title=\'x\'>y</a><br/></p>' * 100,
    "<ul>" + "<li>one <em>two</em></li>" * 100 + "</ul>",
])  # fmt: skip
def test_long_texts_as_people_write_them_are_taken(text):
    clean_html(text)


# --- Files of the CMS -----------------------------------------------------------------------------------------------------

MACROS = ooxml("application/vnd.ms-word.document.macroEnabled.main+xml")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", HTML), ("a.txt", HTML), ("a.csv", PDF), ("a.pdf", PNG), ("a.docx", PDF), ("a.docx", MACROS), ("a.webm", HTML),
        ("a.mp4", PDF), ("a.mp3", HTML), ("a.vtt", HTML), ("a.xlsx", ooxml(DOCX)), ("a.ogg", b""), ("a.pdf", b"MZ\x90\x00%PDF-"),
    ],
)  # fmt: skip
def test_a_document_in_the_clothes_of_another_is_refused(name, content):
    with pytest.raises(ValidationError):
        DocumentForm.check(SimpleUploadedFile(name, content), name.rpartition(".")[2])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF), ("a.docx", ooxml(DOCX)), ("a.csv", b"a;b\n1;2\n"), ("a.txt", b"matn"), ("a.vtt", b"WEBVTT\n\n"),
        ("a.webm", CLIP.read_bytes()), ("a.mp4", CLIP.with_suffix(".mp4").read_bytes()), ("a.ogg", b"OggS\0"), ("a.mp3", b"ID3\4"),
    ],
)  # fmt: skip
def test_a_document_that_is_what_it_says_is_taken(name, content):
    DocumentForm.check(SimpleUploadedFile(name, content), name.rpartition(".")[2])


@pytest.mark.parametrize("way", ["add", "multiple/add"])
def test_the_cms_asks_that_of_every_document(admin, way):
    def given(data):
        field = "file" if way == "add" else "files[]"
        form = {"title": "x", "collection": 1, "tags": "", field: SimpleUploadedFile("a.pdf", data)}
        answer = admin.post(f"/cms/documents/{way}/?lang=en", form, headers={"x-requested-with": "XMLHttpRequest"})
        return answer.content.decode(), get_document_model().objects.count()

    said, count = given(HTML)
    assert count == 0 and "This is no .pdf file: its content is of another kind." in said
    assert given(PDF)[1] == 1


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn(admin):
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (7_000, 6_000)).save(out, "PNG")
    assert len(out.getvalue()) < 20_000

    def given(data):
        admin.post(
            "/cms/images/add/", {"title": "x", "file": SimpleUploadedFile("a.png", data), "collection": 1, "tags": ""}
        )
        return get_image_model().objects.count()

    assert given(out.getvalue()) == 0
    small = io.BytesIO()
    Image.new("1", (70, 60)).save(small, "PNG")
    assert given(small.getvalue()) == 1
