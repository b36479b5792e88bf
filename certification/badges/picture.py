"""The picture of a badge, 1200 x 630 as social networks want it, with the credential inside: a baked badge.

https://www.imsglobal.org/spec/ob/v3p0/#baked-badge : in a PNG an iTXt chunk, in an SVG an element. Pillow comes with Wagtail.
"""

import base64
import functools
import io
import math
from pathlib import Path
from xml.sax.saxutils import escape

from .. import wording
from ..ornament import LAPIS

WIDTH, HEIGHT, BAND, EDGE = 1200, 630, 250, 64
KEYWORD, NAMESPACE = "openbadgecredential", "https://purl.imsglobal.org/ob/v3p0"
LOOK = 1  # another look of the picture: another number, so that kept copies are asked for again
INK, SOFT, GOLD, PAPER = "#1a2233", "#545047", "#8a6412", "#ffffff"
BRIGHT = "#d9b45b"  # gold on the band
_FONTS = Path(__file__).parents[1] / "fonts"


def png(payload, credential):
    """The picture as a PNG; `credential` is the signed JSON text."""
    from PIL.PngImagePlugin import PngInfo

    inside = PngInfo()
    inside.add_itxt(KEYWORD, credential)
    return _saved(payload, pnginfo=inside)


def svg(payload, credential):
    """The same picture in an SVG: its letters look alike on every machine."""
    image = base64.b64encode(_saved(payload)).decode()
    name = escape(payload["words"][payload["language"]]["course"])
    inside = credential.replace("]]>", "]]\\u003e")  # as JSON the same, and no end of a CDATA section
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<title>{name}</title><openbadges:credential><![CDATA[{inside}]]></openbadges:credential>"
        f'<image width="{WIDTH}" height="{HEIGHT}" href="data:image/png;base64,{image}"/></svg>'
    ).encode()


def _saved(payload, **options):
    from PIL.Image import Dither, Quantize

    out = io.BytesIO()
    few = _draw(payload).quantize(64, Quantize.FASTOCTREE, dither=Dither.NONE)
    few.save(out, "PNG", compress_level=9, **options)
    return out.getvalue()


def _draw(payload):
    from PIL import ImageDraw

    language = payload["language"]
    words, labels = payload["words"][language], wording.LABELS[language]
    accent = payload.get("design", {}).get("accent", LAPIS)
    image = _ground(accent).copy()
    brush = ImageDraw.Draw(image)
    left, room = BAND + EDGE, WIDTH - BAND - 2 * EDGE
    y = 56
    y = _lines(brush, words["issuer"], left, y, room, "NotoSans-Regular", (26, 22), 2, SOFT) + 26
    if payload["demo"]:
        y = _lines(brush, labels["demo"].upper(), left, y, room, "NotoSans-Bold", (24,), 1, GOLD) + 8
    y = _lines(brush, words["course"], left, y, room, "NotoSerif-Bold", (54, 46, 38, 32), 4, accent) + 28
    _lines(brush, payload["holder"], left, y, room, "NotoSans-Bold", (38, 32, 26, 22), 2, INK)
    facts = f"{wording.academic_hours(payload['hours'], language)} · {wording.date(payload['issued_on'], language)}"
    _lines(brush, facts, left, HEIGHT - 116, room, "NotoSans-Regular", (26, 22), 1, INK)
    where = f"{payload['number']} · {wording.address(payload)}"
    _lines(brush, where, left, HEIGHT - 76, room, "NotoSans-Regular", (22, 18, 14), 1, SOFT)
    return image


def _lines(brush, text, x, y, room, font, sizes, most, fill):
    """Write `text` in the largest of `sizes` in which it fits into `most` lines, cut in the smallest. Returns the y below it."""
    for size in sizes:
        letters = _font(font, size)
        lines = _broken(text, letters, room)
        if len(lines) <= most:
            break
    else:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    for line in lines:
        brush.text((x, y), line, fill, letters)
        y += round(size * 1.3)
    return y


def _broken(text, letters, room):
    """The lines of `text`, broken at spaces; a word that is wider than the room is broken anywhere."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if letters.getlength(longer) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for sign in word:
            if letters.getlength(lines[-1] + sign) > room:
                lines.append("")
            lines[-1] += sign
    return lines


@functools.cache
def _font(name, size):
    from PIL import ImageFont

    return ImageFont.truetype(_FONTS / f"{name}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(16)
def _ground(accent):
    """Paper, and a band of eight-pointed stars, drawn four times as large because Pillow's lines have no soft edges."""
    from PIL import Image, ImageColor, ImageDraw

    fine = 4
    deep = tuple(part * 3 // 4 for part in ImageColor.getrgb(accent))
    band = Image.new("RGB", (BAND * fine, HEIGHT * fine), accent)
    brush = ImageDraw.Draw(band)
    step = BAND * fine / 2
    for row in range(-1, 7):
        for column in range(-1, 4):
            middle = (column * step, row * step + 20 * fine)
            brush.polygon(_star(middle, step * 0.46), outline=BRIGHT, fill=deep, width=fine * 2)
            brush.polygon(_star(middle, step * 0.24), outline=BRIGHT, width=fine)
    ground = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    ground.paste(band.resize((BAND, HEIGHT), Image.Resampling.LANCZOS), (0, 0))
    ImageDraw.Draw(ground).rectangle((BAND, 0, BAND + 5, HEIGHT), fill=BRIGHT)
    return ground


def _star(middle, reach):
    """The outline of two squares laid over each other."""
    inner = reach * math.sqrt(2 - math.sqrt(2))
    return [
        (
            middle[0] + (inner if n % 2 else reach) * math.cos(math.pi * n / 8),
            middle[1] + (inner if n % 2 else reach) * math.sin(math.pi * n / 8),
        )
        for n in range(16)
    ]
