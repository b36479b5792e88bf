"""Designs: per course, default, none; each change is a new version; what was printed stays; edited and looked at in /cms/."""

import base64
import io
import re
from xml.etree import ElementTree

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import AuditEntry, Role
from accounts.roles import grant
from certification import award, designs, drawing, files, images, layout, svg
from certification.design_form import contrast_to_white
from certification.models import CertificateVersion, Design, DesignVersion
from tests import making

from . import studying
from .samples import scribble


def content(**changes):
    return designs.PLAIN | {"issuer": {"uz": "Toshkent markazi", "ru": "Ташкентский центр"}} | changes


def design(title="Asosiy", *, courses=(), default=False, by=None, **changes):
    made = Design.objects.create(title=title, is_default=default)
    designs.revise(design=made, content=content(**changes), courses=courses, by=by or making.person("admin"))
    return made


@pytest.fixture
def course(course_page):
    return making.row(course_page)


@pytest.fixture
def administrator(client, base):
    person = making.person("admin")
    grant(person=person, role=Role.ADMINISTRATOR)
    client.force_login(person)
    return person


# --- Which one, and what it freezes --------------------------------------------------------------------------------------


def test_a_courses_own_design_then_the_default_then_the_settings(course, settings):
    settings.SIGNATORIES = [{"name": "R. Sattorova", "post": {"uz": "Rahbar"}}]
    assert designs.content_for(course.pk) == designs.of_settings()
    assert designs.of_settings()["signatories"] == [
        {"name": {"uz": "R. Sattorova"}, "post": {"uz": "Rahbar"}, "scan": ""}
    ]

    general = design(default=True)
    assert designs.content_for(course.pk)["version"] == [general.pk, 1]

    own = design("Kursniki", courses=[course], border="plain")
    designs.revise(design=general, content=content(accent="#7a1020"), courses=[], by=making.person())
    assert designs.content_for(course.pk) == content(border="plain") | {"version": [own.pk, 1]}


def test_one_query_finds_it(course, django_assert_num_queries):
    design(default=True)
    design("Kursniki", courses=[course])
    with django_assert_num_queries(1):
        designs.content_for(course.pk)


def test_a_change_makes_a_version_and_no_change_makes_none(course):
    made = design(default=True)
    by = making.person("admin")

    designs.revise(design=made, content=content(), courses=[course], by=by)
    assert made.versions.count() == 1
    designs.revise(design=made, content=content(border="guilloche"), courses=[course], by=by)

    assert list(made.versions.values_list("number", "content__border", "made_by"))[1:] == [(2, "guilloche", by.pk)]
    entry = AuditEntry.objects.filter(deed="certificate design revised").latest("pk")
    assert (entry.actor, entry.details) == (by, {"version": 2})


def test_a_course_has_one_design_the_last_that_took_it(course):
    one, other = design("Bir", courses=[course]), design("Ikki", courses=[course])

    assert (one.courses.count(), other.courses.count()) == (0, 1)


def test_what_is_printed_is_frozen_whatever_becomes_of_the_design(course_page, course):
    scan = images.keep(scribble(), ink=True)
    signed = [{"name": {"uz": "R. Sattorova", "ru": "Р. Сатторова"}, "post": {"uz": "Rahbar"}, "scan": scan}]
    made = design(courses=[course], signatories=signed, subtitle={"uz": "ustozlar uchun"}, logo=images.keep(scribble()))

    version = studying.graduate(course_page)

    frozen = version.payload
    assert frozen["design"] == {
        "border": "girih",
        "accent": "#1e3f94",
        "logo": made.versions.get().content["logo"],
        "version": [made.pk, 1],
    }
    assert frozen["words"]["ru"]["signatories"] == [{"name": "Р. Сатторова", "post": "Rahbar", "scan": scan}]
    assert [frozen["words"][code]["subtitle"] for code in ("uz", "ru")] == ["ustozlar uchun", ""]
    assert [frozen["words"][code]["issuer"] for code in ("uz", "ru", "en")] == [
        "Toshkent markazi",
        "Ташкентский центр",
        "Toshkent markazi",
    ]
    pdf = files.file_of(version=version)
    assert "ustozlar uchun" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()

    designs.revise(design=made, content=content(border="plain"), courses=[], by=making.person())
    version.pdf.storage.delete(version.pdf.name)

    assert CertificateVersion.objects.get().payload == frozen
    assert files.file_of(version=version) == pdf


def test_a_lost_picture_holds_the_certificate_up_and_is_told(course_page, course):
    logo = images.keep(scribble())
    design(courses=[course], logo=logo)
    storages["private"].delete(f"designs/{logo}.png")

    completion = studying.finish(course_page).completion.pk

    with pytest.raises(images.ImageLost, match=logo):
        award.issue(completion=completion, now=studying.ISSUED)

    assert CertificateVersion.objects.get().sha256 == ""
    assert images.keep(scribble()) == logo
    award.CourseCompletion.objects.update(tried_at=None)
    assert award.heal()["issued"] == 1


@pytest.mark.parametrize("border", ["girih", "guilloche", "plain"])
def test_border_and_accent_are_drawn(border):
    sample = designs.sample(content(border=border, accent="#7a1020"), "uz", designs.SHORTEST)
    drawn = pypdf.PdfReader(io.BytesIO(drawing.bare(sample)[0])).pages[0].get_contents().get_data()

    assert (b".4784 .06275 .1255" in drawn) or (b"0.4784 0.06275 0.1255" in drawn)
    assert (b"FormXob" in drawn, drawn.count(b"Do") > 100) == (True, border == "girih")


# --- Pictures ------------------------------------------------------------------------------------------------------------


def test_one_picture_has_one_name_and_the_paper_of_a_signature_is_see_through():
    plain, ink = images.keep(scribble()), images.keep(scribble(), ink=True)

    assert images.keep(scribble()) == plain != ink
    pixels = {name: Image.open(io.BytesIO(images.read(name))).convert("RGBA") for name in (plain, ink)}
    assert (pixels[plain].getpixel((5, 5)), pixels[ink].getpixel((5, 5))[3]) == ((255, 255, 255, 255), 0)
    assert pixels[ink].getpixel((300, 40))[3] == 255
    assert images.exists(ink) and not images.exists("../" + ink) and not images.exists("0" * 64)


def test_a_large_scan_is_made_smaller():
    kept = Image.open(io.BytesIO(images.read(images.keep(scribble((3000, 1500), ending="jpg")))))

    assert kept.size == (1000, 500)


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n nonsense"),
        SimpleUploadedFile("a.png", b""),
        SimpleUploadedFile("a.png", b"\x89PNG" + b"0" * images.LARGEST_FILE),
        scribble(ending="gif"),
        scribble((9000, 5000)),
    ],
    ids=["svg", "broken", "empty", "large", "gif", "pixels"],
)
def test_what_is_no_picture_or_too_large_is_refused(file):
    with pytest.raises(ValidationError):
        images.keep(file)


def test_a_picture_that_was_touched_is_not_printed():
    name = images.keep(scribble((300, 100)))
    storages["private"].delete(f"designs/{name}.png")
    storages["private"].save(f"designs/{name}.png", scribble((301, 100)))

    with pytest.raises(images.ImageLost, match="another"):
        images.read(name)


# --- In /cms/ ------------------------------------------------------------------------------------------------------------


def typed(**changes):
    return {
        "title": "Asosiy",
        "border": "girih",
        "accent": "#1e3f94",
        "issuer_uz": "Markaz",
        "issuer_ru": "Центр",
    } | changes


def test_an_administrator_makes_a_design_and_changes_it(client, administrator, course):
    data = typed(courses=[course.pk], name_1_uz="R. Sattorova", post_1_uz="O'qituvchi", scan_1=scribble())
    response = client.post("/cms/designs/add/", data)
    assert (response.status_code, response.headers.get("Location")) == (302, "/cms/designs/")
    made = Design.objects.get()
    first = made.versions.get().content
    assert first["signatories"] == [
        {"name": {"uz": "R. Sattorova"}, "post": {"uz": "Oʻqituvchi"}, "scan": images.keep(scribble(), ink=True)}
    ]
    assert (made.versions.get().made_by, designs.content_for(course.pk)["version"]) == (administrator, [made.pk, 1])

    shown = client.get(f"/cms/designs/edit/{made.pk}/").content.decode()
    assert first["signatories"][0]["scan"] in shown and "Oʻqituvchi" in shown

    kept = typed(
        courses=[course.pk],
        name_1_uz="R. Sattorova",
        post_1_uz="Oʻqituvchi",
        scan_1_kept=first["signatories"][0]["scan"],
    )
    client.post(f"/cms/designs/edit/{made.pk}/", kept)
    assert made.versions.count() == 1
    client.post(f"/cms/designs/edit/{made.pk}/", kept | {"scan_1_gone": "on", "border": "plain"})
    assert made.versions.count() == 2
    assert designs.newest(made).content == first | {
        "border": "plain",
        "signatories": [{"name": {"uz": "R. Sattorova"}, "post": {"uz": "Oʻqituvchi"}, "scan": ""}],
    }


def test_the_order_is_given_with_the_design_frozen_and_printed(client, administrator, course_page, course):
    data = typed(courses=[course.pk], order_number="12-i", order_date="2026-11-20")
    assert client.post("/cms/designs/add/", data).status_code == 302
    made = Design.objects.get()
    assert 'value="2026-11-20"' in client.get(f"/cms/designs/edit/{made.pk}/").content.decode()

    version = studying.graduate(course_page)
    client.post(f"/cms/designs/edit/{made.pk}/", data | {"order_number": "13-i"})

    version.refresh_from_db()
    assert version.payload["order"] == {"number": "12-i", "date": "2026-11-20"}
    with version.pdf.open() as file:
        printed = pypdf.PdfReader(io.BytesIO(file.read())).pages[0].extract_text()
    assert "12-i" in printed
    assert designs.content_for(course.pk)["order"] == {"number": "13-i", "date": "2026-11-20"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accent": "#ffee00"}, "accent"),
        ({"accent": "red"}, "accent"),
        ({"border": "dragons"}, "border"),
        ({"post_2_ru": "Директор"}, "name_2_uz"),
        ({"issuer_en": "李"}, "__all__"),
        ({"order_number": "12-i"}, "order_date"),
        ({"order_date": "2026-11-20"}, "order_date"),
        ({"order_number": "李", "order_date": "2026-11-20"}, "__all__"),
        ({"logo": SimpleUploadedFile("a.svg", b"<svg/>")}, "logo"),
        ({"scan_1_kept": "0" * 64, "name_1_uz": "A"}, "scan_1"),
    ],
)
def test_what_cannot_be_printed_is_told_at_its_field(client, administrator, changes, field):
    response = client.post("/cms/designs/add/", typed(**changes))

    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert not Design.objects.exists() and not DesignVersion.objects.exists()


def test_a_second_default_is_refused_with_words(client, administrator):
    design(default=True)

    response = client.post("/cms/designs/add/", typed(title="Boshqa", is_default="on"))

    assert response.status_code == 200
    assert Design.objects.count() == 1


def test_the_preview_shows_the_longest_and_the_shortest_name_and_keeps_nothing_but_the_picture(client, administrator):
    answer = client.post("/cms/designs/preview/", typed(name_1_uz="R. Sattorova", scan_1=scribble()))
    assert answer.json() == {"is_valid": True, "is_available": True}

    page = client.get("/cms/designs/preview/?mode=ru").content.decode()

    papers = [base64.b64decode(found) for found in re.findall('data:application/pdf;base64,([^"]+)', page)]
    said = [" ".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split()) for pdf in papers]
    assert [name in text for name, text in zip((designs.LONGEST, designs.SHORTEST), said, strict=True)] == [True, True]
    assert all("Центр" in text and "R. Sattorova" in text for text in said)
    assert [len(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].images) for pdf in papers] == [1, 1]
    assert page.count("<svg ") == page.count("<image ") == 2
    assert not Design.objects.exists()


def test_the_picture_on_the_screen_has_every_line_of_the_file_in_its_place():
    sample = designs.sample(content(border="guilloche"), "ru", designs.LONGEST)
    tree = ElementTree.fromstring(svg.draw(sample))

    shown = [
        (one.text, one.get("font-family"), one.get("transform"))
        for one in tree.iter("{http://www.w3.org/2000/svg}text")
    ]
    assert shown == [
        (
            line.text,
            line.font,
            f"matrix(1 0 0 -1 {line.left * layout.MM:.2f} {(layout.HEIGHT - line.y) * layout.MM:.2f})",
        )
        for line in layout.lay_out(sample)
    ]
    assert tree.get("aria-label").endswith(designs.LONGEST)


def test_an_operator_that_the_screen_does_not_know_is_no_silent_gap():
    with pytest.raises(ValueError, match="not drawn here: sh"):
        svg._Canvas("").addLiteral("/S1 sh")


@pytest.mark.parametrize("role", [Role.TRAINER, Role.EDITOR])
def test_others_do_not_speak_for_the_issuer(client, base, role):
    made = design()
    person = making.person()
    grant(person=person, role=role)
    client.force_login(person)

    for address in ("/cms/designs/", "/cms/designs/add/", f"/cms/designs/edit/{made.pk}/"):
        assert client.get(address).status_code in (302, 403)
    client.post(f"/cms/designs/edit/{made.pk}/", typed(title="Soxta"))
    assert (Design.objects.get().title, DesignVersion.objects.count()) == ("Asosiy", 1)


def test_nobody_deletes_a_design(client, administrator):
    made = design()

    client.post(f"/cms/designs/delete/{made.pk}/")

    assert Design.objects.get() == made


def test_contrast():
    assert [round(contrast_to_white(colour), 1) for colour in ("#ffffff", "#000000", "#1e3f94", "#767676")] == [
        1.0,
        21.0,
        9.6,
        4.5,
    ]
    assert len(designs.LONGEST) == 120
