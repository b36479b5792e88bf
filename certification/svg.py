"""A certificate as SVG, to look at while its design is made: the same layout, art and text as in the file, on another canvas.

The operators of PDF that certification/art.py writes are few; what is not known here is an error and not left out.
"""

import base64
import functools
import pathlib
import re
from xml.sax.saxutils import escape, quoteattr

from .drawing import about, paint
from .layout import FONTS, HEIGHT, MM, WIDTH, lay_out

TOKEN = re.compile(r"\[[^\]]*\]|<<.*?>>|/\S+|[A-Za-z*]+|-?[\d.]+")
UNSEEN = {"BMC", "BDC", "EMC", "d0", "i", "J", "j", "M"}  # marks and details


def draw(payload, prefix=""):
    """The page as one SVG element. `prefix` keeps apart the names of two on one page. Raises MissingGlyph, images.ImageLost."""
    canvas = _Canvas(prefix)
    paint(canvas, payload, lay_out(payload))
    width, height = WIDTH * MM, HEIGHT * MM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.2f} {height:.2f}" role="img" text-rendering="geometricPrecision" '
        f"aria-label={quoteattr(about(payload).title)}>"
        f'<g transform="matrix(1 0 0 -1 0 {height:.2f})">{"".join(canvas.out)}</g></svg>'
    )


@functools.cache
def fonts():
    """@font-face rules with the fonts in them: half a megabyte, from no other address."""
    folder = pathlib.Path(__file__).parent / "fonts"
    return "".join(
        f"@font-face{{font-family:{name};src:url(data:font/ttf;base64,"
        f"{base64.b64encode((folder / f'{name}.ttf').read_bytes()).decode()})}}"
        for name in FONTS
    )


class _Canvas:
    """As much of reportlab's canvas as the certificate uses."""

    def __init__(self, prefix):
        self.prefix, self.out, self.kept, self.clips = prefix, [], None, 0
        self.state = {"fill": "#000", "stroke": "#000", "line": "1", "dash": ""}
        self.stack, self.path, self.clipping, self.font = [], "", False, None

    # --- What the text and the forms are drawn with ---

    def beginForm(self, name, *box):
        self.kept, self.out = self.out, []
        self.out.append(f'<defs><g id="{self.prefix}{name}">')

    def endForm(self):
        self.kept.extend([*self.out, "</g></defs>"])
        self.out, self.kept = self.kept, None

    def doForm(self, name):
        self.out.append(f'<use href="#{self.prefix}{name}"/>')

    def setFont(self, name, size):
        self.font = name, size

    def setFillColor(self, colour):
        self.state["fill"] = colour

    def drawString(self, x, y, text, charSpace=0):
        name, size = self.font
        self.out.append(
            f'<text transform="matrix(1 0 0 -1 {x:.2f} {y:.2f})" font-family="{name}" font-size="{size:.3f}" '
            f'letter-spacing="{charSpace:.3f}" fill="{self.state["fill"]}">{escape(text)}</text>'
        )

    def picture(self, data, left, bottom, width, height):
        self.out.append(
            f'<image transform="matrix(1 0 0 -1 {left} {bottom + height})" width="{width}" height="{height}" '
            f'href="data:image/png;base64,{base64.b64encode(data).decode()}"/>'
        )

    # --- Literal operators ---

    def addLiteral(self, operators):
        given = []
        for token in TOKEN.findall(operators):
            if re.match(r"[-\d.\[/<]", token):
                given.append(token)
            else:
                if token not in UNSEEN:
                    self.operate(token, given)
                given = []

    def operate(self, name, given):
        numbers = " ".join(given)
        if name in ("m", "l", "c"):
            self.path += f"{name.upper()}{numbers}"
        elif name == "h":
            self.path += "Z"
        elif name == "re":
            x, y, width, height = given
            self.path += f"M{x} {y}h{width}v{height}h-{width}Z"
        elif name in ("f", "S", "B"):
            self.paint(fill=name != "S", stroke=name != "f")
        elif name in ("W", "W*"):
            self.clipping = "evenodd" if name == "W*" else "nonzero"
        elif name == "n":
            self.clip()
        elif name in ("rg", "RG", "g"):
            parts = given * 3 if name == "g" else given
            colour = "#" + "".join(f"{round(float(part) * 255):02x}" for part in parts)
            self.state["stroke" if name == "RG" else "fill"] = colour
        elif name == "w":
            self.state["line"] = numbers
        elif name == "d":
            self.state["dash"] = given[0].strip("[] ")
        elif name == "q":
            self.stack.append((dict(self.state), []))
        elif name == "Q":
            self.state, opened = self.stack.pop()
            self.out += opened
        elif name == "cm":
            self.open(f'<g transform="matrix({numbers})">')
        else:
            raise ValueError(f"an operator that is not drawn here: {name}")

    def open(self, tag):
        self.out.append(tag)
        self.stack[-1][1].append("</g>")

    def paint(self, fill, stroke):
        state = self.state
        line = f' stroke="{state["stroke"]}" stroke-width="{state["line"]}"' if stroke else ""
        dash = f' stroke-dasharray="{state["dash"]}"' if stroke and state["dash"] else ""
        self.out.append(f'<path d="{self.path}" fill="{state["fill"] if fill else "none"}"{line}{dash}/>')
        self.path = ""

    def clip(self):
        if self.clipping:
            self.clips += 1
            name = f"{self.prefix}clip{self.clips}"
            self.out.append(f'<clipPath id="{name}"><path d="{self.path}" clip-rule="{self.clipping}"/></clipPath>')
            self.open(f'<g clip-path="url(#{name})">')
        self.path, self.clipping = "", False
