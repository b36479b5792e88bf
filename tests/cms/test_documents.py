"""Sound and video are given by parts; everything else whole."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

CLIP = Path(__file__).parent.parent / "media" / "clip.webm"
WHOLE = CLIP.read_bytes()


@pytest.fixture
def clip(base):
    return document("clip.webm")


def document(name, content=WHOLE):
    made = get_document_model()(title=name)
    made.file.save(name, ContentFile(content), save=False)
    made.file_size = made.file.size
    made.save()
    return made


def get(client, clip, **headers):
    response = client.get(clip.url, headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, len(WHOLE) - 1),
        ("bytes=0-1", 0, 1),
        ("bytes=100-199", 100, 199),
        ("bytes=-500", len(WHOLE) - 500, len(WHOLE) - 1),
        ("bytes=-999999", 0, len(WHOLE) - 1),
        (f"bytes=10-{len(WHOLE) + 5}", 10, len(WHOLE) - 1),
    ],
)
def test_a_video_is_given_by_parts(client, clip, asked, first, last):
    response, body = get(client, clip, Range=asked)

    assert response.status_code == 206
    assert body == WHOLE[first : last + 1]
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(WHOLE)}"
    assert response.headers["Content-Length"] == str(len(body))
    assert response.headers["Content-Type"] == "video/webm"


def test_a_part_is_not_packed(client, clip):
    response, body = get(client, clip, Range="bytes=0-999", accept_encoding="gzip")

    assert body == WHOLE[:1000]
    assert response.headers["Content-Encoding"] == "identity"


@pytest.mark.parametrize("asked", [f"bytes={len(WHOLE)}-", "bytes=-0", "bytes=5-2", "bytes=-"])
def test_a_part_that_is_not_there_is_refused(client, clip, asked):
    response, body = get(client, clip, Range=asked)

    assert (response.status_code, body) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{len(WHOLE)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=a-b", ""])
def test_what_is_no_single_range_gets_the_whole(client, clip, asked):
    response, body = get(client, clip, Range=asked)

    assert (response.status_code, body) == (200, WHOLE)


def test_the_rest_of_a_file_replaced_since_is_the_whole_new_one(client, clip):
    tag = get(client, clip, Range="bytes=0-9")[0].headers["ETag"]

    assert get(client, clip, Range="bytes=10-", **{"If-Range": tag})[0].status_code == 206
    assert get(client, clip, Range="bytes=10-", **{"If-Range": '"other"'})[0].status_code == 200


def test_other_documents_are_given_whole(client, base):
    table = document("jadval.xlsx", b"not really a table")

    response, body = get(client, table, Range="bytes=0-3")

    assert (response.status_code, body) == (200, b"not really a table")
    assert response.headers["Content-Type"].startswith("application/vnd.openxmlformats")


# --- In a lesson ----------------------------------------------------------------------------------------------------------


# Wagtail leaves the temporary file of a drawn picture to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_a_lesson_shows_picture_video_with_captions_sound_and_download(client, base):
    from io import BytesIO

    from PIL import Image
    from wagtail.images import get_image_model

    from cms.models import LessonPage
    from tests import making

    files = {
        name: document(name, (CLIP.parent / name).read_bytes()) for name in ("clip.webm", "clip.uz.vtt", "tone.ogg")
    }
    paper = document("varaqa.pdf", b"%PDF-1.4 x")
    drawn = BytesIO()
    Image.new("RGB", (640, 360), "teal").save(drawn, "PNG")
    image = get_image_model().objects.create(title="x", file=ContentFile(drawn.getvalue(), name="x.png"))
    values = {
        "picture": {"image": image.pk, "alt": "Koʻk maydon", "caption": "<p>Rasm <b>osti</b></p>"},
        "video": {"file": files["clip.webm"].pk, "captions": files["clip.uz.vtt"].pk, "poster": image.pk, "title": "Namuna video",
                  "transcript": "<p>Koʻk maydon.</p>"},
        "audio": {"file": files["tone.ogg"].pk, "title": "Namuna ohang", "transcript": "<p>Bir tekis ohang.</p>"},
        "download": {"file": paper.pk, "text": "<p>Chop eting</p>"},
    }  # fmt: skip
    page = LessonPage.objects.get(translation_key=making.row(making.course()).activities.get(kind="lesson").key)
    page.body = [{"type": kind, "value": value, "id": f"{kind:0<36}"} for kind, value in values.items()]
    making.publish(page)
    client.force_login(making.person())

    html = client.get(page.get_url()).text

    assert 'alt="Koʻk maydon"' in html and "Rasm <b>osti</b>" in html
    assert f'<source src="{files["clip.webm"].url}" type="video/webm">' in html
    assert f'<track kind="captions" src="{files["clip.uz.vtt"].url}" srclang="uz"' in html
    assert f'<audio controls preload="none" src="{files["tone.ogg"].url}" aria-label="Namuna ohang">' in html
    assert "Koʻk maydon." in html and "Bir tekis ohang." in html  # the transcripts
    assert f'<a href="{paper.url}" download>' in html and "Chop eting" in html
    _told, captions = get(client, files["clip.uz.vtt"])
    assert captions.startswith(b"WEBVTT")
    picture = client.get(html.split('srcset="')[1].split(" ")[0])
    assert (picture["Content-Type"], b"".join(picture.streaming_content)[8:12]) == ("image/webp", b"WEBP")
    picture.close()
