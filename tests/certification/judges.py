"""Judges from outside: veraPDF of PDF/A and PDF/UA, pyHanko and poppler of the signature."""

import asyncio
import io
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts import machine
from tests.conftest import lacking

QUICK = [
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
]  # it runs for seconds: what Java would learn of itself never pays
FLAVOURS = {"PDFA_2_A", "PDFUA_1"}


def verapdf(files):
    """{(path, flavour): [fault, ...]} of all files in one run: starting Java costs more than judging."""
    java = machine.verapdf() or lacking("Java, which runs veraPDF")
    script = Path(__file__).with_name("verapdf.js")
    done = subprocess.run([java[0], *QUICK, *java[1:], script, *files], capture_output=True, text=True, check=True)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(one["passed"] == (not one["faults"]) for one in said)
    return {(Path(one["file"]), one["flavour"]): one["faults"] for one in said}


def poppler(program, *arguments):
    """What a program of poppler-utils says."""
    found = machine.program(program) or lacking(f"{program}, which is in poppler-utils")
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=True).stdout


def hanko(pdf, roots, clocks=()):
    """pyHanko's status of the one signature in the file, trusting these certificates (of cryptography) and nobody else."""
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    contexts = [
        ValidationContext(
            trust_roots=[Certificate.load(one.public_bytes(Encoding.DER)) for one in trusted], allow_fetching=False
        )
        for trusted in (roots, clocks)
    ]
    # in a thread of its own: a browser test before this one leaves its loop running
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(async_validate_pdf_signature(signature, *contexts))).result()
