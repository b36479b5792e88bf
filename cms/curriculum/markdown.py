"""Markdown of lessons: parsed by markdown-it, written as HTML by us, so that only what we name can come out."""

import html
import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from cms.curriculum.letters import spaced
from cms.curriculum.problems import Notes

# HTML and images stay switched on in the parser only to be noticed and refused: the writer below does not know them.
PARSER = MarkdownIt("commonmark", {"html": True}).enable("table").disable(["reference", "lheading", "autolink"])

PROSE = frozenset({"paragraph", "heading", "bullet_list", "ordered_list", "list_item"})
INLINE = frozenset({"inline", "text", "softbreak", "hardbreak", "strong", "em", "code_inline", "link"})
TABLE = frozenset({"table", "thead", "tbody", "tr", "th", "td"})
NO_HTML = "no HTML here: write **bold**, *italic*, `as typed`, [link](https://…)"
REFUSED = {
    "html_block": NO_HTML,
    "html_inline": NO_HTML,
    "image": "no images in the text: use ::: figure",
    "fence": "no ``` blocks: write `as typed` within a line",
    "code_block": "this line is indented too far: it would become computer code",
    "hr": "a line of dashes has no place in a lesson: use a heading",
    "table": "a table stands in a block: begin it with ::: table Title",
    "blockquote": "lines with > stand under the answers of ::: selfcheck only",
    "heading": "no headings inside a block",
}
TAGS = {"paragraph": "p", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "strong": "strong", "em": "em"}


@dataclass(frozen=True)
class Body:
    """Some lines of a lesson, as written and parsed; `first_line` is where they begin in the file."""

    lines: list[str]
    nodes: list[SyntaxTreeNode]
    first_line: int
    language: str
    notes: Notes

    def line_of(self, node):
        while node.map is None and node.parent is not None:
            node = node.parent
        return self.first_line + (node.map[0] if node.map else 0)

    def say(self, node, text):
        self.notes.error(self.line_of(node), text)

    def html(self, nodes):
        """Write nodes as HTML: p, ul, ol, li, strong, em, code and a, nothing else."""
        return "".join(write(node, self.language) for node in nodes)

    def plain(self, node):
        """Write a node as text without any markup, for headings and titles."""
        return spaced(plain_text(node), self.language).strip()

    def inline(self, node):
        """Write what stands inside a paragraph or cell as HTML without <p>."""
        return "".join(write(part, self.language) for part in inline_parts(node)).strip()


def parse(lines, first_line, language, notes, allowed=PROSE):
    """Parse lines into a Body and report everything in them that is not allowed there."""
    tree = SyntaxTreeNode(PARSER.parse("\n".join(lines) + "\n"))
    body = Body(lines, tree.children, first_line, language, notes)
    for node in body.nodes:
        check_allowed(node, allowed, body)
    return body


def check_allowed(node, allowed, body):
    if node.type not in allowed and node.type not in INLINE:
        body.say(node, REFUSED.get(node.type, f"«{node.type}» has no place here"))
        return
    if node.type == "heading" and node.tag not in ("h2", "h3"):
        body.say(node, "headings begin with ## or ###")
    if node.type == "ordered_list" and node.attrs.get("start", 1) != 1:
        body.say(node, "a numbered list begins with 1")
    if node.type == "link" and not str(node.attrs.get("href", "")).startswith(("https://", "http://")):
        body.say(node, f"this link leads nowhere: «{node.attrs.get('href', '')}»: write [text](https://…)")
    if node.type == "text":
        check_leftovers(node, body)
    for child in node.children:
        check_allowed(child, allowed, body)


def check_leftovers(node, body):
    """Signs that the parser left as they are were meant for something."""
    if "**" in node.content:
        body.say(node, "** was not read as bold: no spaces inside, and close it before the paragraph ends")
    if re.search(r"\]\(", node.content):
        body.say(node, "this link was not read: write [text](https://…) without spaces in the address")


def write(node, language):
    """Write one node as HTML; unknown nodes leave only their text behind, escaped."""
    if node.type == "text":
        return html.escape(spaced(node.content, language), quote=False)
    if node.type == "code_inline":
        return f"<code>{html.escape(node.content, quote=False)}</code>"
    if node.type in ("softbreak", "hardbreak"):
        return " "
    inside = "".join(write(child, language) for child in node.children)
    if node.type == "link":
        href = str(node.attrs.get("href", ""))
        return f'<a href="{html.escape(href)}">{inside}</a>' if href.startswith("https://") else inside
    tag = TAGS.get(node.type)
    if tag is None or (node.type == "paragraph" and node.hidden):
        return inside
    return f"<{tag}>{inside}</{tag}>"


def inline_parts(node):
    """Give the inline nodes of a paragraph, heading or cell."""
    return [part for child in node.children if child.type == "inline" for part in child.children]


def plain_text(node):
    """Give a node's text without any markup."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(plain_text(child) for child in node.children)
