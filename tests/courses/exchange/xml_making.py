"""Pieces of a Moodle XML file, made for tests."""

import base64
import io

from PIL import Image


def quiz(*questions):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(questions)}</quiz>'


def question(kind, inner="", text="<p>Where?</p>", files="", name="N"):
    return (
        f'<question type="{kind}"><name><text>{name}</text></name><questiontext format="html">'
        f"<text><![CDATA[{text}]]></text>{files}</questiontext>{inner}</question>\n"
    )


def answer(text, fraction, why="", rest=""):
    return f'<answer fraction="{fraction}" format="html"><text>{text}</text><feedback><text>{why}</text></feedback>{rest}</answer>'


def picture(kind="PNG", size=(3, 2)):
    held = io.BytesIO()
    Image.new("RGB", size, "teal").save(held, kind)
    return held.getvalue()


def file(data, name="a.png"):
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'
