"""SVG as a small tree that knows its lines. Parsed by defusedxml: no doctype, no entities, nothing from outside."""

from dataclasses import dataclass, field
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

DEPTH_LIMIT = 50


class SvgError(ValueError):
    """The text is not an SVG that may be read at all; `line` says where."""

    def __init__(self, message, line=1):
        super().__init__(message)
        self.line = line


@dataclass
class Node:
    """An element: children are nodes and texts, in order."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list = field(default_factory=list)

    def walk(self):
        """Give this node and all nodes below, in the order of the file."""
        yield self
        for child in self.nodes():
            yield from child.walk()

    def nodes(self):
        return [child for child in self.children if isinstance(child, Node)]

    def text(self):
        """Give the text that stands directly in this element."""
        return "".join(child for child in self.children if isinstance(child, str)).strip()


class Planter(ContentHandler):
    """Builds the tree while the parser reads."""

    def __init__(self):
        super().__init__()
        self.root, self.open, self.locator = None, [], None

    def setDocumentLocator(self, locator):
        self.locator = locator

    def startElement(self, name, attrs):
        node = Node(name, dict(attrs.items()), self.locator.getLineNumber())
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)
        if len(self.open) > DEPTH_LIMIT:
            raise SvgError("the elements are nested too deep", node.line)

    def endElement(self, name):
        self.open.pop()

    def characters(self, content):
        if self.open:
            self.open[-1].children.append(content)

    def processingInstruction(self, target, data):
        raise SvgError(f"<?{target} …?> is not allowed", self.locator.getLineNumber())


def parse_svg(svg_text):
    """Give the root Node. Raises SvgError for broken XML, a doctype, entities or another root than <svg>."""
    planter = Planter()
    try:
        parseString(svg_text.encode(), planter, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SvgError("no doctype and no entities in a drawing", planter.locator.getLineNumber()) from error
    except SAXParseException as error:
        raise SvgError(f"this is not XML: {error.getMessage()}", error.getLineNumber() or 1) from error
    except (SAXException, UnicodeError, LookupError) as error:
        raise SvgError(f"this is not XML: {error}") from error
    if planter.root.name != "svg":
        raise SvgError(f"the drawing must be an <svg>, not <{planter.root.name}>", planter.root.line)
    return planter.root


def write_svg(node):
    """Give a Node as text, without XML declaration, comments and white space between elements."""
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    inside = "".join(
        write_svg(child) if isinstance(child, Node) else escape(child)
        for child in node.children
        if isinstance(child, Node) or child.strip()
    )
    return f"<{node.name}{attributes}>{inside}</{node.name}>" if inside else f"<{node.name}{attributes}/>"
