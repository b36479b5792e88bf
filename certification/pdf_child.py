"""Reads a stranger's PDF in a process of its own, which has little memory, little time and nothing to write to.

    python -I pdf_child.py SHA256 ... < file.pdf     prints JSON: {"text": ..., "links": [...], "signers": [{"name", "sha256"}, ...],
                                                     "sealed": bool} or {"fault": "encrypted" | "broken" | "too_much"}

Run by certification/file_check.py and by nobody else; it knows neither Django nor the database. Signers are those whose
certificates the file names: whether others have really signed it is not found out here. `sealed`: one of the certificates whose
SHA-256 are given has signed the whole file as it is.
"""

import contextlib
import hashlib
import io
import json
import re
import resource
import sys

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 10  # of CPU
MOST_PAGES = 20
MOST_TEXT = 200_000  # characters
MOST_OPERATORS = 200_000  # of all content
DEEPEST = 6  # forms within forms


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def out_of_memory():
    """Whether it was the limit of memory that made the reading fail: qpdf, which unpacks, only says that it failed. A damaged
    file of 5 MB takes less than a fifth of the memory.
    """
    try:
        with open("/proc/self/status") as told:  # the peak of this program; getrusage has that of who started it
            peak = next(int(line.split()[1]) * 1024 for line in told if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return False
    return peak > MEMORY // 3


class TooMuch(Exception):
    """More pages, text or drawing than a certificate has."""


def look(data, ours=frozenset()):
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            if len(document.pages) > MOST_PAGES:
                raise TooMuch
            reader = Reader(pikepdf)
            for page in document.pages:
                reader.read(page.obj, page.obj.get("/Resources"))
                reader.annotations(page.obj)
            found = signers(document)
        told = {"text": "".join(reader.text), "links": reader.links[:50], "signers": found}
        return told | {"sealed": bool(ours & {one["sha256"] for one in found}) and sealed(data, ours)}
    except pikepdf.PasswordError:
        return {"fault": "encrypted"}


class Reader:
    """The text of pages in the order in which it is drawn, by the fonts' own ToUnicode tables (ISO 32000-1 §9.10)."""

    def __init__(self, pikepdf):
        self.pikepdf = pikepdf
        self.text, self.links, self.length, self.operators = [], [], 0, 0
        self.tables = {}

    def read(self, content, resources, depth=0):
        font, fonts = None, {}
        if resources is not None and "/Font" in resources:
            fonts = resources["/Font"]
        for operands, operator in self.pikepdf.parse_content_stream(content):
            self.operators += 1
            if self.operators > MOST_OPERATORS:
                raise TooMuch
            name = str(operator)
            if name == "Tf" and len(operands) == 2:
                font = self.table_of(fonts.get(str(operands[0])) if fonts else None)
            elif name in ("Tj", "'", '"') and operands:
                self.say(font, [operands[-1]])
            elif name == "TJ" and operands:
                self.say(font, [one for one in operands[0] if isinstance(one, self.pikepdf.String)])
            elif name == "Do" and operands and depth < DEEPEST and resources is not None:
                form = resources.get("/XObject", {}).get(str(operands[0]))
                if form is not None and str(form.get("/Subtype")) == "/Form":
                    self.read(form, form.get("/Resources", resources), depth + 1)

    def say(self, table, strings):
        width, signs = table or (1, {})
        for one in strings:
            raw = bytes(one)
            for at in range(0, len(raw), width):
                code = int.from_bytes(raw[at : at + width], "big")
                said = signs.get(code, chr(code) if width == 1 else "")
                self.length += len(said)
                if self.length > MOST_TEXT:
                    raise TooMuch
                self.text.append(said)
        self.text.append("\n")

    def table_of(self, font):
        """(bytes of a code, {code: text}) of a font."""
        if font is None:
            return None
        key = font.objgen if font.is_indirect else id(font)
        if key not in self.tables:
            width = 2 if str(font.get("/Subtype")) == "/Type0" else 1
            table = font.get("/ToUnicode")
            self.tables[key] = width, (to_unicode(table.read_bytes()) if isinstance(table, self.pikepdf.Stream) else {})
        return self.tables[key]

    def annotations(self, page):
        """What is laid over the page: text in notes and stamps, and where its links lead."""
        for one in page.get("/Annots", []):
            action = one.get("/A")
            if action is not None and "/URI" in action:
                self.links.append(str(action["/URI"])[:300])
            look = one.get("/AP", {}).get("/N")
            if isinstance(look, self.pikepdf.Stream):
                self.read(look, look.get("/Resources"))


BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.S)
HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
RANGE = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(<[0-9A-Fa-f\s]*>|\[[^\]]*\])")


def to_unicode(table):
    found = {}
    for kind, body in BLOCK.findall(table[:2_000_000]):
        if kind == b"bfchar":
            codes = HEX.findall(body)
            for code, said in zip(codes[::2], codes[1::2], strict=False):
                found[number(code)] = utf16(said)
        else:
            for first, last, target in RANGE.findall(body):
                span = range(number(first), min(number(last), number(first) + 65_535) + 1)
                if target.startswith(b"["):
                    found |= dict(zip(span, map(utf16, HEX.findall(target)), strict=False))
                elif begin := utf16(target[1:-1]):
                    with contextlib.suppress(ValueError):
                        found |= {code: begin[:-1] + chr(ord(begin[-1]) + n) for n, code in enumerate(span)}
    return found


def number(digits):
    return int(b"".join(digits.split()), 16)


def utf16(digits):
    digits = b"".join(digits.split()).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2)).decode("utf-16-be", "replace")


def signers(document):
    """Whom the file's signatures name: [{"name", "sha256" of the certificate}]."""
    form = document.Root.get("/AcroForm")
    found = []
    for field in (form.get("/Fields", []) if form is not None else [])[:20]:
        value = field.get("/V")
        if str(field.get("/FT")) == "/Sig" and value is not None and "/Contents" in value:
            found.append(signer(bytes(value["/Contents"])))
    return [one for one in found if one]


def signer(contents):
    from asn1crypto import cms

    try:
        signed = cms.ContentInfo.load(contents)["content"]
        wanted = signed["signer_infos"][0]["sid"].chosen
        certificates = [one.chosen for one in signed["certificates"]]
        serial = wanted["serial_number"].native if isinstance(wanted, cms.IssuerAndSerialNumber) else None
        own = next((one for one in certificates if one.serial_number == serial), certificates[0])
        name = own.subject.native.get("common_name") or own.subject.human_friendly
        return {"name": str(name)[:120], "sha256": hashlib.sha256(own.dump()).hexdigest()}
    except Exception:  # asn1crypto raises what a broken part makes it stumble over
        return {"name": "?", "sha256": ""}


def sealed(data, ours):
    """Whether one of `ours` has signed all of the file: the digest, the signature, and nothing after them."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    for one in PdfFileReader(io.BytesIO(data)).embedded_signatures[:20]:
        if hashlib.sha256(one.signer_cert.dump()).hexdigest() not in ours:
            continue
        digest = one.compute_digest()
        intact, valid = validate_sig_integrity(one.signer_info, one.signer_cert, "data", digest)
        whole = one.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
        if intact and valid and whole:
            return True
    return False


def main():
    limit()
    try:
        told = look(sys.stdin.buffer.read(), set(sys.argv[1:]))
    except (TooMuch, MemoryError, RecursionError):
        told = {"fault": "too_much"}
    except Exception:  # a broken file has as many ways to be broken as there are files
        told = {"fault": "too_much" if out_of_memory() else "broken"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
