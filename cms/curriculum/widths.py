"""Does a text fit into its box? Estimated from average letter widths of a sans font (Noto Sans), without a browser."""

import re
from dataclasses import dataclass

from cms.curriculum.svgtree import parse_svg

# Width of a letter in parts of the font's size; letters of one width stand together.
LETTERS = {
    0.21: "ʻʼ’‘'",
    0.26: "!,.:;Jijl| \u00a0·",
    0.31: "()-`",
    0.35: '/I[\\]ft“”"',
    0.41: "r{}",
    0.46: "?_zг",
    0.51: "FLcsvyзстуэГ«»–",
    0.56: "$*+0123456789<=>ESTYZ^aekx~аеёкхяЕЁТқҳҒғ€×",
    0.61: "KPRVXbdghnopquбвдлопрчьБЗКРУХЎў",
    0.66: "#ABCийнцАВСЬЭЯҚҲ",
    0.71: "фъДЛЧЪ",
    0.76: "&DGHNUжмИЙНПЦ",
    0.81: "OQwыОФ…",
    0.86: "юЖЫ%",
    0.93: "@MшщМWm",
    1.02: "—№ШЩЮ",
}
WIDTHS = {letter: width for width, letters in LETTERS.items() for letter in letters}
OTHER = 0.7
BOLD = 1.075
FIXED = 0.6  # every letter of a monospaced font
TOLERANCE = 2  # units of the drawing: the estimate is not finer
FONT_SIZE = 16.0
MOVE = re.compile(r"\s*translate\(\s*([-\d.]+)(?:[\s,]+([-\d.]+))?\s*\)\s*")
INHERITED = ("font-size", "font-weight", "font-family", "text-anchor")


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x, y):
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def area(self):
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True)
class Place:
    """Where a text stands: its anchor point and its font."""

    key: str
    x: float
    y: float
    size: float
    bold: bool
    fixed: bool
    anchor: str


def estimate_width(text, size, bold=False, fixed=False):
    """Estimate how wide a text is drawn, in the units of `size`; `fixed` is a monospaced font."""
    if fixed:
        return len(text) * FIXED * size
    return sum(WIDTHS.get(letter, OTHER) for letter in text) * size * (BOLD if bold else 1)


def too_wide(svg_text, words, language):
    """Give (id, text) of every text that ends outside the drawing, or outside the rectangle in which it stands."""
    root = parse_svg(svg_text)
    places, boxes = [], []
    survey(root, {}, (0.0, 0.0), places, boxes)
    view = [number(part) for part in root.attributes.get("viewBox", "").replace(",", " ").split()]
    if len(view) != 4:
        return []
    drawing = Box(view[0], view[1], view[0] + view[2], view[1] + view[3])
    texts = [(place, words.get(place.key, {}).get(language, "")) for place in places]
    return [(place.key, text) for place, text in texts if text and not fits(place, text, [drawing, *boxes])]


def survey(node, above, offset, places, boxes):
    """Collect texts and rectangles. Turned or scaled parts are left out: their width shows only when drawn."""
    if "transform" in node.attributes:
        move = MOVE.fullmatch(node.attributes["transform"])
        if not move:
            return
        offset = (offset[0] + number(move[1]), offset[1] + number(move[2] or "0"))
    font = {**above, **{name: node.attributes[name] for name in INHERITED if name in node.attributes}}
    x, y = (offset[n] + number(node.attributes.get(name, "0")) for n, name in enumerate("xy"))
    if node.name == "rect":
        width, height = (number(node.attributes.get(name, "0")) for name in ("width", "height"))
        boxes.append(Box(x, y, x + width, y + height))
    if node.name in ("text", "tspan"):
        font["x"], font["y"] = (x, y) if "x" in node.attributes or "x" not in font else (font["x"], font["y"])
        if "id" in node.attributes:
            places.append(place_of(node, font))
    for child in node.nodes():
        survey(child, font, offset, places, boxes)


def place_of(node, font):
    size = number(font.get("font-size", ""), FONT_SIZE)
    bold = font.get("font-weight", "normal") in ("bold", "bolder", "600", "700", "800", "900")
    fixed = re.search("mono|courier", font.get("font-family", ""), re.IGNORECASE) is not None
    return Place(node.attributes["id"], font["x"], font["y"], size, bold, fixed, font.get("text-anchor", "start"))


def fits(place, text, boxes):
    """Does the text end inside the smallest box that holds its beginning?"""
    width = estimate_width(text, place.size, place.bold, place.fixed)
    left = place.x - {"middle": width / 2, "end": width}.get(place.anchor, 0)
    # y is the line the letters stand on: a third of the size above it is the middle of the letters
    around = [box for box in boxes if box.holds(place.x, place.y - place.size / 3)]
    if not around:
        return False
    box = min(around, key=Box.area)
    return left >= box.left - TOLERANCE and left + width <= box.right + TOLERANCE


def number(text, otherwise=0.0):
    """Give the number at the beginning of an attribute: «15px» is 15.0."""
    found = re.match(r"[-+]?(?:\d+\.?\d*|\.\d+)", text.strip())
    return float(found[0]) if found else otherwise
