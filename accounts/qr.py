"""The QR code of an address, as runs of dark modules: one path of some 250 rectangles draws it in a fraction of a millisecond."""


def runs(text):
    """Returns (modules a side, [(x, y, width), ...]): every run of dark modules in a row, x and y from the upper left.

    Error correction M, raised as far as the same size allows; the quiet zone (4 modules) is the caller's.
    """
    import segno  # slow to import, and only the drawing needs it

    out = []
    matrix = segno.make(text, error="m", micro=False).matrix
    for y, row in enumerate(matrix):
        edges = [
            x for x, (before, dark) in enumerate(zip((0, *row), (*row, 0), strict=True)) if bool(before) != bool(dark)
        ]
        out += [(start, y, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return len(matrix), out
