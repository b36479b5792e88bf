"""Geometry of the certificate's ornament: girih stars (Hankin's method), the rosette, guilloche, the mark.

Pure functions of plain numbers. They return SVG path data (M, L, C, Z with absolute coordinates), so that one drawing
serves the PDF, a page of the site and a test alike. Units are the caller's; angles are radians, y points down.
`painted` turns path data into operators of PDF.
"""

import re
from math import cos, pi, radians, sin, sqrt

LAPIS = "#1e3f94"  # the colour of title, mark and frame where a design names no other
HANKIN_ANGLE = radians(67.5)  # the angle at which the 4.8.8 tiling gives the regular khatim

# The mark (an opened book that is also a reader with raised arms, a spark above) in a field of 48 x 48
MARK_BOOK = "M12.5 32.5L12.5 18.2L24 25.4L35.5 18.2L35.5 32.5"
MARK_SPARK = "M24 10.2L27.6 14.6L24 19L20.4 14.6Z"


def path(points):
    """A closed path through the points."""
    return "M" + "L".join(map(_pair, points)) + "Z"


def rectangle(x, y, width, height):
    return path([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def circle(cx, cy, radius):
    """A circle as four cubics."""
    k, out = radius * 0.5523, "M" + _pair((cx + radius, cy))
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):  # the quarter from (dx, dy) to (-dy, dx)
        out += "C" + " ".join(
            map(
                _pair,
                (
                    (cx + radius * dx - k * dy, cy + radius * dy + k * dx),
                    (cx - radius * dy + k * dx, cy + radius * dx + k * dy),
                    (cx - radius * dy, cy + radius * dx),
                ),
            )
        )
    return out + "Z"


def khatim(cx, cy, radius):
    """The eight-pointed star made of two squares turned by 45 degrees; `radius` to its points."""
    inner = radius * cos(pi / 4) / cos(pi / 8)
    return path([_polar(cx, cy, inner if i % 2 else radius, -pi / 2 + pi * i / 8) for i in range(16)])


def girih_star(side):
    """The eight-pointed star in an octagon of this side, about the origin."""
    return path(_hankin(_regular(8, side, pi / 8)))


def girih_knot(side):
    """The four-pointed star in the square between four such octagons, about the origin."""
    return path(_hankin(_regular(4, side, 0)))


def girih_side(period):
    """The octagon's side in a 4.8.8 tiling whose stars stand `period` apart."""
    return period / (1 + sqrt(2))


def border(columns, rows):
    """Places of a border one cell wide round a field of columns x rows cells, in units of one cell from its corner.

    Returns (stars, knots): centres of cells without the four corner cells, and corners of cells.
    """
    stars = [
        (c + 0.5, r + 0.5)
        for r in range(rows)
        for c in range(columns)
        if (c in (0, columns - 1)) != (r in (0, rows - 1))
    ]
    knots = [
        (c, r)
        for r in range(rows + 1)
        for c in range(columns + 1)
        if c in (0, 1, columns - 1, columns) or r in (0, 1, rows - 1, rows)
    ]
    return stars, knots


def rosette(cx, cy, count, radius):
    """A gul: `count` six-cornered petals round a star. Returns (the star, [a petal, ...]).

    Up to six petals are drawn slimmer towards the centre, so that they still look like petals.
    """
    half = pi / count
    inner, tip, wide = (0.25, 0.50, 0.50) if count <= 6 else (0.37, 0.56, 0.66)
    shoulder, star, petals = 0.80, [], []
    for i in range(count):
        a = -pi / 2 + 2 * half * i

        def at(share, turn, a=a):
            return _polar(cx, cy, radius * share, a + turn)

        star += [at(inner, 0), at(tip, half)]
        petals.append(
            path(
                [
                    at(inner, 0),
                    at(tip, half),
                    at(shoulder, half * wide),
                    at(1, 0),
                    at(shoulder, -half * wide),
                    at(tip, -half),
                ]
            )
        )
    return path(star), petals


def guilloche_ring(radius, amplitude, waves, phase=0.0):
    """One closed line about the origin: a sine of `waves` periods round a circle, two cubics a period."""
    step = pi / waves
    out = ["M" + _pair(_polar(0, 0, radius, phase))]
    for i in range(2 * waves):
        a, swing = phase + i * step, amplitude * _BULGE * (-1) ** i
        out.append(
            "C"
            + " ".join(
                _pair(_polar(0, 0, r, a + step * share))
                for r, share in ((radius + swing, _NEAR), (radius + swing, _FAR), (radius, 1))
            )
        )
    return "".join(out) + "Z"


def guilloche_line(x0, x1, y, amplitude, period, phase=0.0):
    """One open line: a sine from `x0` to at least `x1`; `phase` from 0 to 1 moves its start to the left of `x0`."""
    half, x, swing = period / 2, x0 - period * (1 - phase), amplitude * _BULGE
    out = ["M" + _pair((x, y))]
    while x < x1:
        out.append(
            "C" + " ".join(map(_pair, ((x + half * _NEAR, y + swing), (x + half * _FAR, y + swing), (x + half, y))))
        )
        x, swing = x + half, -swing
    return "".join(out)


def painted(data, *, fill=None, stroke=None, line=0.0):
    """PDF operators that fill and stroke SVG path data in colours such as #1e3f94; `line` is the thickness of the stroke."""
    paint = {(True, True): "B", (True, False): "f", (False, True): "S"}[bool(fill), bool(stroke)]
    colours = (f"{_rgb(fill)} rg " if fill else "") + (f"{_rgb(stroke)} RG {line} w " if stroke else "")
    return f"{colours}{operators(data)} {paint} "


def operators(data):
    """SVG path data of absolute M, L, C and Z as the operators of a PDF path, not yet painted."""
    return " ".join(f"{numbers}{_OPERATOR[command]}" for command, numbers in _COMMAND.findall(data))


def tint(colour, strength):
    """A colour as it looks on white at this strength (0 to 1): no transparency in the file."""
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02x}" for part in bytes.fromhex(colour[1:]))


def _rgb(colour):
    return " ".join(f"{part / 255:.4g}" for part in bytes.fromhex(colour[1:]))


_COMMAND = re.compile(r"([MLCZ])([^MLCZ]*)")
_OPERATOR = {"M": " m", "L": " l", "C": " c", "Z": "h"}

# A half wave of a sine as one cubic: where its two handles stand, and how far they reach beyond the crest
_NEAR, _FAR, _BULGE = 0.3642, 0.6358, 1.3


def _pair(point):
    return " ".join(f"{round(v, 2) + 0:g}" for v in point)  # + 0 turns -0 into 0


def _polar(cx, cy, radius, angle):
    return cx + radius * cos(angle), cy + radius * sin(angle)


def _regular(sides, side, turn):
    return [_polar(0, 0, side / 2 / sin(pi / sides), turn + 2 * pi * i / sides) for i in range(sides)]


def _hankin(polygon):
    """The star inside a polygon: from the middle of each edge two rays at the angle to the edge, until they meet."""
    out, count = [], len(polygon)
    for i in range(count):
        a, b, c = polygon[i], polygon[(i + 1) % count], polygon[(i + 2) % count]
        here, there = _middle(a, b), _middle(b, c)
        u = _turned((b[0] - a[0], b[1] - a[1]), HANKIN_ANGLE)
        v = _turned((b[0] - c[0], b[1] - c[1]), -HANKIN_ANGLE)
        reach = ((there[0] - here[0]) * v[1] - (there[1] - here[1]) * v[0]) / (u[0] * v[1] - u[1] * v[0])
        out += [here, (here[0] + u[0] * reach, here[1] + u[1] * reach)]
    return out


def _middle(a, b):
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _turned(vector, angle):
    x, y = vector
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)
