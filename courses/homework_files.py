"""What may be handed in: told by the content, never by the name. Nothing is unpacked to the disk, and nothing is shown in a browser.

A file is refused whole or kept byte for byte (the place and time in a photo's EXIF included: they are the learner's).
"""

import hashlib
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
ACCEPT = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.png,.jpg,.jpeg,.txt,.csv"
MAGIC = (("pdf", b"%PDF-"), ("png", b"\x89PNG\r\n\x1a\n"), ("jpg", b"\xff\xd8\xff"))
MEGABYTE = 1024 * 1024
MOST_PARTS = 5000  # of an office file
MOST_UNPACKED = 200 * MEGABYTE  # 0.7 s to read through
MOST_TYPES = MEGABYTE  # bytes of [Content_Types].xml: 200 parts take 20 KB
LONGEST_NAME = 100

REASONS = {
    "kind": gettext_noop("it is not a PDF, DOCX, XLSX, PPTX, ODT, ODS, PNG, JPEG, TXT or CSV file."),
    "picture_or_pdf": gettext_noop("it is neither a PDF nor a PNG or JPEG picture."),
    "too_large": gettext_noop("it is larger than %(most)s MB."),
    "empty": gettext_noop("it is empty."),
    "macros": gettext_noop("it holds macros. Save it without them."),
    "locked": gettext_noop("it is locked with a password. Save it without one."),
    "bomb": gettext_noop("it unpacks to far more than a document needs."),
    "damaged": gettext_noop("it is damaged: it cannot be opened."),
    "same": gettext_noop("this very file is here already."),
    "too_many": gettext_noop("%(most)s files at most."),
    "no_room": gettext_noop("it could not be kept just now. Add it again in a few minutes."),
}


class BadFile(Exception):
    """Refused; `reason` is a key of REASONS, `name` as it may be shown."""

    def __init__(self, reason, name="", **details):
        super().__init__(reason)
        self.reason, self.name, self.details = reason, name, details

    def say(self):
        """In the reader's language."""
        why = _(REASONS[self.reason]) % self.details
        return _("Not taken: %(name)s – %(why)s") % {"name": self.name, "why": why}


@dataclass(frozen=True)
class Examined:
    name: str
    kind: str
    size: int  # bytes
    sha256: str


def examine(upload, *, most_megabytes):
    """What an uploaded file is, by its content. Read in pieces; raises BadFile."""
    try:
        digest, size = hashlib.sha256(), 0
        for piece in upload.chunks():
            size += len(piece)
            if size > most_megabytes * MEGABYTE:
                raise BadFile("too_large", most=most_megabytes)
            digest.update(piece)
        if not size:
            raise BadFile("empty")
        upload.seek(0)
        kind = kind_of(upload, upload.name or "")
    except BadFile as no:
        no.name = clean_name(upload.name or "")
        raise
    upload.seek(0)
    return Examined(clean_name(upload.name or "", kind), kind, size, digest.hexdigest())


def kind_of(file, name=""):
    """The kind of an open binary file; its name only tells a table of text from other text. Raises BadFile."""
    head = file.read(8)
    for kind, magic in MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    file.seek(0)
    if _is_text(file):
        return "csv" if name.lower().endswith(".csv") else "txt"
    raise BadFile("kind")


# --- Text ----------------------------------------------------------------------------------------------------------------

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PROGRAM = re.compile(rb"\s*(<[!?a-z]|\{\\rtf|#!)", re.I)  # HTML, SVG, XML, RTF, a script: text, but not plain


def _is_text(file):
    """UTF-8, UTF-16 with its mark, or an 8-bit code such as Windows-1251: without control signs, and no markup."""
    start = file.read(1024)
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    plain = start.decode("utf-16", "replace").encode() if wide else start.removeprefix(b"\xef\xbb\xbf")
    if _PROGRAM.match(plain):
        return False
    if wide:
        return not _CONTROL.search(plain)
    piece = start
    while piece:
        if _CONTROL.search(piece):
            return False
        piece = file.read(64 * 1024)
    return True


# --- Office files: ZIP with a known inside ----------------------------------------------------------------------------------

_OOXML = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_ODF = {CONTENT_TYPES[kind].encode(): kind for kind in ("odt", "ods")}
_MACROS = re.compile(r"(^|/)(vbaproject|vbadata)|(^|/)macrosheets/|^basic/|^scripts/", re.I)  # VBA, Excel 4.0, ODF


def _office(file):
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if not {"[Content_Types].xml", "mimetype"} & set(names):
                raise BadFile("kind")
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise BadFile("bomb")
            if any(part.flag_bits & 1 for part in parts):
                raise BadFile("locked")
            if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
                raise BadFile("kind")
            kind = _odf(archive, names) if names[0] == "mimetype" else _ooxml(archive, names)
            if any(_MACROS.search(name.replace("\\", "/")) for name in names):
                raise BadFile("macros")
            if archive.testzip():  # a size that is a lie, too: reading stops at what was declared, the sum is wrong
                raise BadFile("damaged")
            return kind
    except BadFile:
        raise
    except Exception:  # zipfile, zlib and struct have many ways to say that the bytes are not what they should be
        raise BadFile("damaged") from None


def _odf(archive, names):
    with archive.open("mimetype") as part:
        kind = _ODF.get(part.read(200))
    if kind is None or "content.xml" not in names:
        raise BadFile("kind")
    return kind


def _ooxml(archive, names):
    """By the types that the file itself declares: Office goes by them, and not by the names of the parts."""
    from defusedxml.ElementTree import fromstring

    if names.count("[Content_Types].xml") != 1:
        raise BadFile("damaged")
    with archive.open("[Content_Types].xml") as part:
        text = part.read(MOST_TYPES + 1)
    if len(text) > MOST_TYPES:
        raise BadFile("bomb")
    types = {row.get("ContentType", "").strip().lower() for row in fromstring(text)}
    if any("macro" in one or "vba" in one for one in types):
        raise BadFile("macros")
    kinds = {_OOXML[one] for one in types if one in _OOXML}
    if len(kinds) != 1:
        raise BadFile("kind")
    return kinds.pop()


# --- Names ---------------------------------------------------------------------------------------------------------------

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')


def clean_name(name, kind=""):
    """A name that may be shown and downloaded under: no folders, no signs that turn the reading order; the ending by `kind`."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    path = PurePosixPath(_FORBIDDEN.sub(" ", name).strip(" ."))
    is_ending = re.fullmatch(r"\.[A-Za-z0-9]{1,5}", path.suffix)
    stem = path.stem if kind and is_ending else path.name
    stem = re.sub(r"\s+", " ", stem).strip(" .")[:LONGEST_NAME].strip() or "file"
    return f"{stem}.{kind}" if kind else stem


# --- While it comes in ------------------------------------------------------------------------------------------------------


class LimitedUpload(FileUploadHandler):
    """Lets go of a file as soon as it is larger than allowed, and of files beyond the number; the rest of the form is read on.

    What was let go of is listed in `refused` of the handler, as BadFile.
    """

    def __init__(self, request, *, most_megabytes, most_files):
        super().__init__(request)
        self.most_megabytes, self.most_files = most_megabytes, most_files
        self.seen, self.count, self.refused = 0, 0, []

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.seen, self.count = 0, self.count + 1

    def receive_data_chunk(self, raw_data, start):
        """Only here: a SkipFile from new_file would make Django close the file before it."""
        self.seen += len(raw_data)
        if self.count > self.most_files:
            self._refuse("too_many", self.most_files)
        if self.seen > self.most_megabytes * MEGABYTE:
            self.count -= 1
            self._refuse("too_large", self.most_megabytes)
        return raw_data

    def _refuse(self, reason, most):
        self.refused.append(BadFile(reason, clean_name(self.file_name or ""), most=most))
        raise SkipFile

    def file_complete(self, file_size):
        return None  # the handlers behind it keep the file
