"""A photo in a lesson tells what is on it, and neither where nor by whom it was taken."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.images.models import Filter

from courses.exchange import pictures
from courses.exchange.neutral import Draft
from courses.photographs import ORIENTATION, without_traces

OWNER, GPS = "Nigora Karimova", {1: "N", 2: (41.0, 18.0, 0.0), 3: "E", 4: (69.0, 16.0, 0.0)}
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Nigora Karimova, Toshkent</x:xmpmeta>"


def photograph(kind, **more):
    """Of a phone held upright: 60 x 40 dots, to be turned, with place and owner."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[0x013B] = 6, OWNER
    exif.get_ifd(0x8825).update(GPS)
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, kind, exif=exif, **more)
    return out.getvalue()


def told(data):
    """What a picture tells beside the way up."""
    with Image.open(io.BytesIO(data)) as picture:
        exif = picture.getexif()
        return {tag: exif[tag] for tag in exif if tag != ORIENTATION} | dict(exif.get_ifd(0x8825))


KINDS = [("JPEG", {"xmp": XMP, "comment": OWNER}), ("WEBP", {"xmp": XMP}), ("PNG", {}), ("AVIF", {"xmp": XMP})]


@pytest.mark.parametrize(("kind", "more"), KINDS)
def test_a_picture_loses_what_its_camera_wrote_and_stays_the_way_up(kind, more):
    given = photograph(kind, **more)
    assert told(given)

    kept = without_traces(given)

    assert told(kept) == {}
    assert b"Nigora" not in kept and b"Toshkent" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size, picture.getexif().get(ORIENTATION)) == (kind, (60, 40), 6)
        assert all(abs(a - b) < 12 for a, b in zip(picture.convert("RGB").getpixel((9, 9)), (0, 128, 128), strict=True))


def test_a_picture_without_such_words_stays_byte_for_byte():
    out = io.BytesIO()
    Image.new("RGB", (6, 4), "teal").save(out, "JPEG")

    given = out.getvalue()
    assert without_traces(given) is given


def test_what_the_library_keeps_and_what_learners_get_tells_nothing(base):
    form = get_image_form(get_image_model())(
        {"title": "Zal"}, {"file": SimpleUploadedFile("zal.jpg", photograph("JPEG"), "image/jpeg")}
    )
    assert form.errors.get("file") is None
    image = form.save(commit=False)
    image.save()

    with image.file.storage.open(image.file.name) as kept:
        assert told(kept.read()) == {}
    with image.generate_rendition_file(Filter(spec="max-30x30")) as shown:
        shown.seek(0)
        small = shown.read()
    assert (told(small), Image.open(io.BytesIO(small)).size) == ({}, (20, 30))  # upright
    image.file.close()


def test_nor_does_a_picture_that_came_with_questions():
    draft, given = Draft(1), photograph("JPEG")
    pictures.taken_out(draft, '<img src="@@PLUGINFILE@@/zal.jpg" alt="Zal">', {"zal.jpg": given}, "uz", wanted=True)

    assert [told(picture.data) for picture in draft.pictures] == [{}]
