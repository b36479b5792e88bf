"""Video and audio of a lesson, with a small clip of our own: shown, captioned, played under our CSP."""

import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect
from wagtail.documents import get_document_model

from cms.models import LessonPage
from tests.making import publish

MEDIA = Path(__file__).parent.parent / "media"
READY = "media => { media.preload = 'metadata'; media.load(); }"


def document(name):
    made = get_document_model()(title=name)
    made.file.save(name, ContentFile((MEDIA / name).read_bytes()), save=False)
    made.file_size = made.file.size
    made.save()
    return made


@pytest.fixture
def address(demonstration):
    """The path of a lesson with a video and a sound, in place of module 1's first lesson."""
    clip, captions, tone = document("clip.webm"), document("clip.uz.vtt"), document("tone.ogg")
    page = LessonPage.objects.get(translation_key=demonstration.lesson_rows()[0].key, locale__language_code="uz")
    words = "<p>Koʻk maydon va bir tekis ohang.</p>"
    video = {"file": clip.pk, "captions": captions.pk, "poster": None, "title": "Namuna video", "transcript": words}
    audio = {"file": tone.pk, "title": "Namuna ohang", "transcript": words}
    page.body = [
        {"type": "video", "value": video, "id": "00000000-0000-4000-8000-000000000001"},
        {"type": "audio", "value": audio, "id": "00000000-0000-4000-8000-000000000002"},
    ]
    publish(page)
    return page.get_url()


def until(media, state, seconds=30):
    """Wait for what the player says of itself. (Playwright's own waiting is an eval, which our CSP forbids.)"""
    end = time.monotonic() + seconds
    while not media.evaluate(state):
        assert time.monotonic() < end, state
        time.sleep(0.05)


def test_a_video_has_captions_and_plays(visit, address):
    page = visit("learner")
    page.goto(address)
    video = page.locator("video")
    expect(video).to_be_visible()
    track = video.locator("track[kind=captions]")
    assert track.get_attribute("srclang") == "uz"

    video.evaluate(READY)

    until(video, "v => v.readyState >= 1")
    assert video.evaluate("v => [v.videoWidth, v.videoHeight]") == [64, 36]
    assert video.evaluate("v => v.error") is None
    video.evaluate("v => { v.muted = true; return v.play(); }")
    until(video, "v => v.textTracks[0].cues?.length === 2")
    video.evaluate("v => { v.currentTime = 1.5; }")  # a player that may not ask for parts stays at the beginning
    until(video, "v => v.textTracks[0].activeCues[0]?.text.includes('ohang')")


def test_a_sound_plays(visit, address):
    page = visit("learner")
    page.goto(address)
    sound = page.locator("audio")
    expect(sound).to_be_visible()

    sound.evaluate(READY)

    until(sound, "a => a.readyState >= 1")
    assert 1.5 < sound.evaluate("a => a.duration") < 2.5


def test_nothing_of_them_is_fetched_before_it_is_asked_for(visit, address):
    page = visit("learner")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address, wait_until="networkidle")

    assert [url for url in asked if url.endswith((".webm", ".ogg"))] == []
