"""Moodle XML: pictures inside of a file, and what a file as a whole may be."""

import base64

import pytest

from courses.exchange import BadFile, reading
from tests.courses.exchange.conftest import words
from tests.courses.exchange.xml_making import answer, file, picture, question, quiz

# --- Pictures -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")])
def test_a_picture_is_known_by_its_bytes(one, kind, ending):
    text = '<p>Where?</p><img src="@@PLUGINFILE@@/the%20desk.txt" alt="The  desk">'
    draft = one(quiz(question("truefalse", answer("true", 100), text=text, files=file(picture(kind), "the desk.txt"))))

    (found,) = draft.pictures
    assert (found.ending, found.data, found.alt) == (ending, picture(kind), {"en": "The desk"})
    assert (words(draft), draft.repairs) == ("Where?", [])


def test_two_pictures_are_refused(one):
    text = 'Where?<img src="@@PLUGINFILE@@/a.png" alt="x"><img src="@@PLUGINFILE@@/b.png" alt="y">'
    files = file(picture()) + file(picture(size=(4, 4)), "b.png")

    assert one(quiz(question("truefalse", answer("true", 100), text=text, files=files))).problems == [
        "The question has several pictures: only one is possible."
    ]


def test_a_picture_inside_of_its_address(one):
    text = f'Where?<img src="data:image/png;base64,{base64.b64encode(picture()).decode()}">'
    draft = one(quiz(question("truefalse", answer("true", 100), text=text)))

    assert [found.ending for found in draft.pictures] == ["png"]
    assert draft.repairs == ["The picture picture-1 has no description: write one."]


def test_a_picture_of_moodle_1_9(one):
    inner = answer("true", 100) + f"<image_base64>\n{base64.b64encode(picture()).decode()}\n</image_base64>"

    assert [found.ending for found in one(quiz(question("truefalse", inner))).pictures] == ["png"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "it is no PNG, JPEG, WebP or GIF"),
        (b"MZ\x90\x00", "it is no PNG, JPEG, WebP or GIF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "it is damaged"),
        (picture()[:-20], "it is damaged"),
        (picture("GIF")[:10], "it is damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (5 * 1024 * 1024), "it is larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_picture_refuses_its_question(one, data, why):
    text = 'Where?<img src="@@PLUGINFILE@@/a.png" alt="x">'
    draft = one(quiz(question("truefalse", answer("true", 100), text=text, files=file(data))))

    assert draft.problems == [f"The picture a.png cannot be taken in: {why}."]


def test_a_picture_of_too_many_dots(one, monkeypatch):
    monkeypatch.setattr("courses.exchange.pictures.MOST_PIXELS", 5)
    text = 'Where?<img src="@@PLUGINFILE@@/a.png" alt="x">'
    draft = one(quiz(question("truefalse", answer("true", 100), text=text, files=file(picture()))))

    assert draft.problems == ["The picture a.png cannot be taken in: it is too large: 3 × 2 dots."]


def test_broken_base64(one):
    text = 'Where?<img src="@@PLUGINFILE@@/a.png" alt="x">'
    broken = '<file name="a.png" encoding="base64">iVBOR*w0KGgo=</file>'
    draft = one(quiz(question("truefalse", answer("true", 100), text=text, files=broken)))

    assert draft.problems == ["The picture a.png cannot be taken in: it is damaged."]


def test_pictures_from_elsewhere_are_left_out(one):
    text = 'Where?<img src="https://example.org/x.png"><img src="@@PLUGINFILE@@/gone.png">'

    assert one(quiz(question("truefalse", answer("true", 100), text=text))).repairs == [
        "A picture is left out, because it is not in the file: https://example.org/x.png",
        "A picture is left out, because it is not in the file: @@PLUGINFILE@@/gone.png",
    ]


def test_an_answer_that_is_only_a_picture_is_refused(one):
    shown = (
        '<answer fraction="100" format="html"><text>&lt;img src="@@PLUGINFILE@@/a.png"&gt;</text>'
        + file(picture())
        + "</answer>"
    )
    draft = one(quiz(question("multichoice", shown + answer("b", 0))))

    assert draft.problems == ["An answer has no words."]


def test_other_files_are_left_out(one):
    text = '<a href="@@PLUGINFILE@@/a.mp3">Listen</a>'
    draft = one(quiz(question("truefalse", answer("true", 100), text=text, files=file(b"ID3", "a.mp3"))))

    assert (words(draft), draft.repairs) == ("<a>Listen</a>", ["Attached files that are no pictures are left out."])


# --- XML ------------------------------------------------------------------------------------------------------------------


ENTITIES = "The file has entities or refers to other files. Questions need none: it is refused."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay"><name><text>&x;</text></name></question></quiz>', ENTITIES),
        ('<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><quiz>&b;</quiz>', ENTITIES),
        ('<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://localhost:1/x"> %x;]><quiz/>', ENTITIES),
        ("<quiz><question></quiz>", "The file is no well-formed XML (line 1)."),
        ("<quiz>\n\n<question type='essay'>", "The file is no well-formed XML (line 3)."),
        ("<!-- a --><html><body/></html>", "This is no Moodle XML: it begins with <html>, not with <quiz>."),
        ("<quiz></quiz>", "There is no question in the file."),
    ],
)  # fmt: skip
def test_files_that_are_refused_whole(text, why):
    with pytest.raises(BadFile) as fault:
        reading.drafts(text.encode(), "moodle-xml")

    assert str(fault.value) == why


@pytest.mark.parametrize("hostile", ["<", "<a <img", '<span class="multilang" lang="uz">', "{1:SA:", "<p>"])
@pytest.mark.parametrize("kind", ["multianswer", "truefalse"])
def test_megabytes_of_half_a_tag_are_refused_unlooked_at(one, kind, hostile):
    text = hostile * (2_000_000 // len(hostile))
    draft = one(quiz(question(kind, answer("true", 100), text=text, name="N" + "&lt;" * 100_000)))

    assert draft.problems[-1] == f"The text is too long: {len(text)} characters, at most 3000."


def test_a_large_picture_inside_of_a_text_is_no_long_text(one):
    data = base64.b64encode(picture("PNG", (900, 900)) + b"\0" * 30_000).decode()
    draft = one(
        quiz(question("truefalse", answer("true", 100), text=f'Where?<img alt="x" src="data:image/png;base64,{data}">'))
    )

    assert (words(draft), len(draft.pictures), draft.problems) == ("Where?", 1, [])


def test_elements_within_elements_without_end_do_no_harm():
    text = "<quiz>" + "<a>" * 100_000 + "</a>" * 100_000 + question("essay") + "</quiz>"

    assert len(reading.drafts(text.encode())[2]) == 1
