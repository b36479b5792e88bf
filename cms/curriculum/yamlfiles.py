"""YAML as plain dicts and lists that still know their lines, so that every problem can name one."""

import yaml

from cms.curriculum.files import UNPRINTABLE, invisible, read_text
from cms.curriculum.letters import spaced
from cms.curriculum.model import LANGUAGES

NODE_LIMIT = 50_000
HINT = "run make fix, or put the text in quotes"
# What YAML's reader says of the slips that people make, and what it means; the first that fits.
SLIPS = {
    "mapping values are not allowed": "a colon inside a text, or none after the key above; run make fix, or put the text in quotes",
    "found a tab character": "the line begins with a Tab; begin it with spaces alone",
    "cannot start any token": "a Tab before the text, or a text that begins with @, % or `; use spaces, and put the text in quotes",
    "did not find expected key": "other spaces than in the lines above, or a quotation mark inside a text in the same marks",
    "expected <block end>": "other spaces than in the lines above, or a quotation mark inside a text in the same marks",
    "unexpected end of stream": "a quotation mark is opened and not closed; close it",
    "expected ',' or": "a bracket is opened and not closed; close it",
}  # fmt: skip
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT = "tag:yaml.org,2002:str"
PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}


class Map(dict):
    """A mapping: `line` is where it begins, `lines[key]` where the key stands, `flow` whether it is written in { }."""

    line: int
    lines: dict[str, int]
    flow: bool


class List(list):
    """A list: `line` is where it begins, `lines[n]` where the item stands."""

    line: int
    lines: list[int]


def read_yaml(path, notes):
    """Give the file's content as Map, List and plain values, or None and a problem."""
    text = read_text(path, notes)
    return None if text is None else parse_yaml(text, notes)


def parse_yaml(text, notes):
    """Like read_yaml, from a text. Values under uz, ru and en are always texts: `en: yes` is "yes", not true."""
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        notes.error(mark.line + 1 if mark else 1, f"YAML cannot read this: {in_words(error.problem)}")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        notes.error(1, f"YAML cannot read this: {error}; {HINT}")
        return None
    if root is None:
        notes.error(1, "the file is empty")
        return None
    if not is_reasonable(root):
        notes.error(1, "too deep, or too many references (&name, *name) in this file")
        return None
    return Builder(notes).build(root)


def in_words(problem):
    """What to do about what YAML's reader says; its own words where nobody has foreseen them."""
    return next((told for said, told in SLIPS.items() if said in problem), f"{problem}; {HINT}")


def is_reasonable(root):
    """False when references go in circles or would unfold into a huge document."""
    sizes = {}

    def measure(node, above):
        if id(node) in above:
            return NODE_LIMIT
        if id(node) not in sizes:
            parts = []
            if isinstance(node, yaml.MappingNode):
                parts = [part for pair in node.value for part in pair]
            elif isinstance(node, yaml.SequenceNode):
                parts = node.value
            sizes[id(node)] = 1 + sum(measure(part, above | {id(node)}) for part in parts)
        return sizes[id(node)]

    try:
        return measure(root, frozenset()) < NODE_LIMIT
    except RecursionError:
        return False


class Builder:
    """Turns YAML's nodes into Map, List and values; what a safe file does not need becomes a problem."""

    def __init__(self, notes):
        self.notes = notes
        self.scalars = yaml.constructor.SafeConstructor()

    def build(self, node, as_text=False):
        if isinstance(node, yaml.MappingNode):
            return self.build_map(node, as_text)
        if isinstance(node, yaml.SequenceNode):
            built = List(self.build(item, as_text) for item in node.value)
            built.line = line_of(node)
            built.lines = [line_of(item) for item in node.value]
            return built
        return self.build_scalar(node, as_text)

    def build_map(self, node, as_text):
        built = Map()
        built.line, built.lines, built.flow = line_of(node), {}, bool(node.flow_style)
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.notes.error(line_of(key_node), f"YAML cannot read this: a key must be a word; {HINT}")
                continue
            key = key_node.value  # as written: 4.1 is a key of DigComp, not a number
            if key in built:
                self.notes.error(line_of(key_node), f"the key «{key}» stands here twice")
            # «accept» lists what people may type, so 1441 there is a text as well
            built[key] = self.build(value_node, as_text or key in LANGUAGES or key == "accept")
            built.lines[key] = line_of(key_node)
        return built

    def build_scalar(self, node, as_text):
        if node.tag not in PLAIN_TAGS:
            self.notes.error(line_of(node), f"YAML cannot read this: «{node.tag}» is not used here; {HINT}")
            return None
        if stray := UNPRINTABLE.search(node.value):  # written as "\0": the file itself has been looked through
            self.notes.error(line_of(node), invisible(stray[0]))
            return None
        if as_text or node.tag == TEXT:
            return node.value
        try:
            return self.scalars.construct_object(node)
        except ValueError:
            self.notes.error(line_of(node), f"«{node.value}» is no date or number: dates are written 2026-11-22")
            return None


def line_of(node):
    return node.start_mark.line + 1


def plain(value, language=""):
    """Give the same content as ordinary dicts and lists, thousands in uz and ru texts held together by U+00A0."""
    if isinstance(value, dict):
        return {key: plain(inner, key if key in LANGUAGES else language) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, language) for inner in value]
    return spaced(value, language) if isinstance(value, str) else value
