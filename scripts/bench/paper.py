"""What a certificate's file costs, step by step, beside bare reportlab drawing the same page and bare pyHanko signing it."""

import io
import tempfile
import time
from pathlib import Path

from scripts.bench import _scratch
from scripts.bench._measure import Deed, measure, table

ROOM = 8192  # digits of the signature


def main():
    from django.conf import settings

    if not settings.configured:
        _scratch.make()
    from certification import drawing, signing, tagging
    from tests.certification.samples import PAYLOAD

    page, parts = drawing.bare(PAYLOAD)
    drawn = drawing.draw(PAYLOAD)
    replayed, sign = bare_reportlab(PAYLOAD), bare_pyhanko()
    bare = [
        Deed("bare reportlab: the same text and paths, laid out beforehand", lambda _: replayed(), times=5),
        Deed("bare pyHanko: signing that page, its own defaults", lambda _: sign(page), times=3),
    ]
    roomy = Deed("the same, told how much room to keep", lambda _: sign(page, bytes_reserved=ROOM), times=3)
    ours = [
        Deed("drawn: laid out, checked for glyphs, drawn with marks", lambda _: drawing.bare(PAYLOAD)[0], times=5),
        Deed(
            "tagged: structure, metadata, PDF/A by pikepdf",
            lambda _: tagging.finish(page, parts, drawing.about(PAYLOAD)),
            times=5,
        ),
        Deed("sealed: PAdES B-B", lambda _: signing.seal(drawn), times=3),
    ]
    whole = Deed("the whole file", lambda _: signing.seal(drawing.draw(PAYLOAD)), times=3)
    shown = measure([*bare, roomy, *ours, whole])
    total = sum(deed.median for deed in bare)
    head = f"Measured on {time.strftime('%Y-%m-%d')}, 2 cores, shared machine; trust the ratios."
    least = bare[0].median + roomy.median
    told = (
        f"The whole file costs {whole.median / total:.2f} of bare drawing and bare signing together ({total:.1f} ms), "
        f"{whole.median / least:.2f} of them where pyHanko is told the room ({least:.1f} ms). The goal is at most 1.5."
    )
    return f"{head}\n\n{table(shown)}\n\n{told}"


def bare_reportlab(payload):
    """Draws the page from what our layout worked out: no fitting of text, no check, no marks, no structure."""
    from reportlab.pdfgen.canvas import Canvas

    from certification import art
    from certification.layout import HEIGHT, MM, WIDTH, lay_out

    lines = [
        (line.font, line.size * MM, line.colour, line.left * MM, (HEIGHT - line.y) * MM, line.text, line.spacing * MM)
        for line in lay_out(payload)
    ]

    def draw():
        canvas = Canvas("", pagesize=(WIDTH * MM, HEIGHT * MM), pageCompression=1, initialFontName=lines[0][0])
        art.define_forms(canvas)
        art.draw_art(canvas, payload)
        art.draw_qr(canvas, payload["verify_url"])
        for font, size, colour, x, y, text, spacing in lines:
            canvas.setFont(font, size)
            canvas.setFillColor(colour)
            canvas.drawString(x, y, text, charSpace=spacing)
        canvas.showPage()
        return canvas.getpdfdata()

    return draw


def bare_pyhanko():
    """As pyHanko's own first example does it, with our key in a file: a signer is made once, its key is read by it."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    from certification import keys

    here = keys.folder()
    own, *above = (here / keys.SEAL_CHAIN).read_text().split("-----END CERTIFICATE-----\n")[:-1]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / "own.pem", Path(folder) / "above.pem"]
        for file, pem in zip(files, (own, *above), strict=True):
            file.write_text(pem + "-----END CERTIFICATE-----\n")
        signer = signers.SimpleSigner.load(here / keys.SEAL_KEY, files[0], ca_chain_files=files[1:])
    about = signers.PdfSignatureMetadata(field_name="Seal", subfilter=SigSeedSubFilter.PADES, certify=True)

    def sign(pdf, **how):
        return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer, **how).getvalue()

    return sign
