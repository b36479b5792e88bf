"""Figures: which SVG is allowed, cleaning it, and drawing it into a page with the words of one language."""

import re

from cms.curriculum.problems import Problem, did_you_mean
from cms.curriculum.svgtree import Node, SvgError, parse_svg, write_svg

NAMESPACE = "http://www.w3.org/2000/svg"
WORDY = frozenset({"title", "desc", "text", "tspan"})
SHAPES = frozenset({"rect", "circle", "ellipse", "line", "path", "polyline", "polygon"})
ELEMENTS = WORDY | SHAPES | {"svg", "g"}

IDENTIFIER = re.compile(r"[A-Za-z][\w-]*", re.ASCII)
IDENTIFIERS = re.compile(r"[A-Za-z][\w-]*(?: +[A-Za-z][\w-]*)*", re.ASCII)
COLOUR = re.compile(r"none|currentColor|[a-z]{3,20}|#[0-9A-Fa-f]{3,4}|#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{8}")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:%|px|em|rem)?")
NUMBERS = re.compile(r"[-+\d.,\seE%]+")
PATH = re.compile(r"[MmLlHhVvCcSsQqTtAaZzeE\d\s.,+-]*")
TRANSFORM = re.compile(r"(?:\s*(?:translate|rotate|scale|skewX|skewY|matrix)\([-+\d.,\seE]*\)\s*,?)*")
WORD = re.compile(r"[A-Za-z-]+")
WORDS = re.compile(r"[A-Za-z -]+")
FONTS = re.compile(r"[\w\s,'\"-]+")

LENGTHS = (
    "x y width height rx ry cx cy r x1 y1 x2 y2 dx dy font-size stroke-width stroke-miterlimit stroke-dashoffset "
    "opacity fill-opacity stroke-opacity letter-spacing textLength"
)
SINGLE_WORDS = (
    "stroke-linecap stroke-linejoin fill-rule text-anchor dominant-baseline alignment-baseline font-style role lang "
    "lengthAdjust aria-hidden"
)
VALUES = {  # attribute: what its whole value must look like; anything else is refused
    **dict.fromkeys(LENGTHS.split(), NUMBER),
    **dict.fromkeys(SINGLE_WORDS.split(), WORD),
    "fill": COLOUR,
    "stroke": COLOUR,
    "viewBox": NUMBERS,
    "points": NUMBERS,
    "id": IDENTIFIER,
    "class": IDENTIFIERS,
    "aria-labelledby": IDENTIFIERS,
    "d": PATH,
    "transform": TRANSFORM,
    "stroke-dasharray": re.compile(r"none|[\d.,\s]+"),
    "font-family": FONTS,
    "font-weight": re.compile(r"normal|bold|bolder|lighter|[1-9]00"),
    "preserveAspectRatio": WORDS,
    "xmlns": re.compile(re.escape(NAMESPACE)),
}


def check_svg(svg_text, name):
    """Give the problems of a drawing; `name` becomes their path (a file, relative to the curriculum's root)."""
    try:
        root = parse_svg(svg_text)
    except SvgError as error:
        return [Problem(name, error.line, str(error))]
    found = [*check_frame(root), *check_ids(root)]
    for node in root.walk():
        found += check_node(node)
    return [Problem(name, line, text) for line, text in sorted(set(found))]


def check_node(node):
    """Elements and attributes against the list of what is allowed; words belong in the .yaml."""
    if node.name not in ELEMENTS:
        yield node.line, f"element <{node.name}> is not allowed{did_you_mean(node.name, ELEMENTS)}"
        return
    for attribute, value in node.attributes.items():
        if attribute not in VALUES:
            yield node.line, f"attribute {attribute} is not allowed{did_you_mean(attribute, VALUES)}"
        elif not is_allowed(attribute, value):
            yield node.line, f"{attribute}=«{value[:40]}» is not allowed"
    text = node.text()
    if text and node.name not in WORDY:
        yield node.line, f"text stands loose in <{node.name}>: use <text>"
    elif any(letter.isalpha() for letter in text):
        yield node.line, f"words in the drawing: «{text}» belongs in the .yaml, by the id of this <{node.name}>"
    elif node.name in WORDY and not text and not node.nodes() and "id" not in node.attributes:
        yield node.line, f"an empty <{node.name}> needs an id, so that words can be put in"


def is_allowed(attribute, value):
    return attribute in VALUES and VALUES[attribute].fullmatch(value) is not None


def check_frame(root):
    """A drawing scales by its viewBox and speaks to screen readers by its title and desc."""
    view = root.attributes.get("viewBox", "").replace(",", " ").split()
    if len(view) != 4 or not all(NUMBER.fullmatch(part) for part in view):
        yield root.line, "the <svg> needs viewBox=«0 0 360 …»"
    if root.attributes.get("role") != "img":
        yield root.line, "the <svg> needs role=«img»"
    labels = root.attributes.get("aria-labelledby", "").split()
    for name in ("title", "desc"):
        ids = [node.attributes.get("id") for node in root.nodes() if node.name == name]
        if len(ids) != 1 or ids[0] not in labels:
            yield root.line, f"the <svg> needs one <{name} id=«…»>, named in aria-labelledby"


def check_ids(root):
    seen = set()
    for node in root.walk():
        key = node.attributes.get("id")
        if key in seen:
            yield node.line, f"id «{key}» stands twice in the drawing"
        if key is not None:
            seen.add(key)


def slots_of(svg_text):
    """Give the ids of the elements whose words stand in the .yaml, with their lines: {"own-row1": 12}."""
    return {node.attributes["id"]: node.line for node in parse_svg(svg_text).walk() if is_slot(node)}


def is_slot(node):
    return node.name in WORDY and "id" in node.attributes and not node.text() and not node.nodes()


def clean_svg(svg_text):
    """Give the drawing with everything dropped that is not allowed. Raises SvgError when it cannot be parsed safely."""
    return write_svg(cleaned(parse_svg(svg_text)))


def cleaned(node):
    """Give a copy of the node with allowed children and attributes only."""
    attributes = {name: value for name, value in node.attributes.items() if is_allowed(name, value)}
    children = []
    for child in node.children:
        if isinstance(child, Node):
            children += [cleaned(child)] if child.name in ELEMENTS else []
        elif node.name in WORDY:
            children.append(child)
    return Node(node.name, attributes, node.line, children)


def draw(svg, words, language, prefix):
    """Give an inline <svg> with the words of that language; every id gets the prefix, so figures never clash.

    `words` is {id: {language: text}}; a text without words stays empty. Raises SvgError when it cannot be parsed.
    """
    root = cleaned(parse_svg(svg))
    for node in root.walk():
        if is_slot(node):
            text = words.get(node.attributes["id"], {}).get(language, "")
            node.children = [text] if text else []
    for node in root.walk():
        if "id" in node.attributes:
            node.attributes["id"] = prefix + node.attributes["id"]
        if "aria-labelledby" in node.attributes:
            labels = node.attributes["aria-labelledby"].split()
            node.attributes["aria-labelledby"] = " ".join(prefix + label for label in labels)
    root.attributes.pop("xmlns", None)  # inside HTML the parser knows the namespace
    root.attributes = {"class": "figure-drawing", **root.attributes, "lang": language}
    return write_svg(root)
