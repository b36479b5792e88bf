"""Checking many certificates at once: a table of codes, or an archive of files. A Job with its progress; the answer is a workbook.

What was given is private, and is deleted when the job ends, however it ends (accounts/jobs.py: forgets).
"""

import csv
import io
import zipfile
from collections import Counter

from django.core.exceptions import ValidationError
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import jobs
from accounts.given_files import check_archive
from accounts.models import Job
from accounts.text import fold
from accounts.text_cells import row_of
from courses.exchange import BadFile, reading
from courses.homework_files import clean_name

from . import codes, file_check, register
from .forms import read_code

JOB = "verify batch"
MOST_ROWS = 1_000
MOST_MEGABYTES = 100  # of what is given
MOST_UNPACKED = 500 * 1024 * 1024  # bytes of an archive's files together
MOST_COLUMNS = 30
A_BATCH = 100
HEADS = {fold(word) for word in (
    "code", "verification code", "kod", "tekshirish kodi", "код", "код проверки", "sertifikat kodi", "код сертификата",
)}  # fmt: skip
STATES = {
    register.VALID: gettext_lazy("Valid"),
    register.EXPIRED: gettext_lazy("Expired"),
    register.REVOKED: gettext_lazy("Revoked"),
    register.SUPERSEDED: gettext_lazy("Replaced by a newer version"),
    register.UNKNOWN: gettext_lazy("No such certificate"),
    register.MISTYPED: gettext_lazy("The code is mistyped"),
    file_check.SEALED: gettext_lazy("Another paper of ours"),
    file_check.ALTERED: gettext_lazy("Altered"),
    file_check.FOREIGN: gettext_lazy("Signed by somebody else"),
    file_check.NOT_OURS: gettext_lazy("Not ours"),
    file_check.UNREADABLE: gettext_lazy("Cannot be read"),
}
FAULTS = {
    "not_pdf": gettext_lazy("It is not a PDF."),
    "too_large": gettext_lazy("It is larger than 5 MB."),
    "encrypted": gettext_lazy("It is locked with a password."),
    "broken": gettext_lazy("It is damaged."),
    "too_much": gettext_lazy("It is too complex to be checked: it was not read to its end."),
}


def ask(*, upload, by):
    """The Job that checks what was given (an uploaded file). Raises BadFile for what is neither of the three, in words."""
    head = upload.read(8)
    upload.seek(0)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFile(_("This is an old Excel file (XLS). Save it as XLSX or CSV."))
    if head.startswith(b"%PDF"):
        raise BadFile(_("This is a single PDF: check it on the page for one file, or give a ZIP of several."))
    if upload.size > MOST_MEGABYTES * 1024 * 1024:
        raise BadFile(_("The file is larger than %(n)s MB.") % {"n": MOST_MEGABYTES})
    return jobs.ask(kind=JOB, by=by, given=upload, given_name=clean_name(upload.name or ""))


def jobs_of(user):
    return Job.objects.filter(kind=JOB, made_by=user)


@jobs.runner(JOB, forgets=True)
def run(job):
    """Check it all; returns {"counts": {state: how many}}."""
    with job.given.open() as given:
        try:
            rows = list(_checked(job, given))
        except BadFile as no:
            raise jobs.JobFailed(str(no)) from None
    if not rows:
        raise jobs.JobFailed(_("There is no code and no PDF in the file."))
    jobs.keep_file(job, workbook(rows), f"{timezone.localdate():%Y-%m-%d}-{job.pk}.xlsx")
    return {"counts": dict(Counter(state for _number, _given, state, *_rest in rows))}


def _checked(job, given):
    """(line or number, what was given, state, Finding or None, reason) of each row, with the progress told on the way."""
    head = given.read(4)
    given.seek(0)
    if head == b"PK\x03\x04" and not _is_workbook(given):
        yield from _files(job, given)
        return
    rows = _codes(given.read(reading.MOST_BYTES + 1), is_workbook=head == b"PK\x03\x04")
    jobs.progress(job, 0, len(rows))
    for start in range(0, len(rows), A_BATCH):
        batch = [(number, text, *_read(text)) for number, text in rows[start : start + A_BATCH]]
        found = register.find_many({code for _number, _text, code, _why in batch if code})
        for number, text, code, why in batch:
            finding = found.get(code)
            state = finding.status if finding else register.MISTYPED
            yield number, text, state, finding, why or _why(finding)
        jobs.progress(job, start + len(batch))


def _read(text):
    """(code, "") or ("", what is wrong with it)"""
    if not text:
        return "", _("There is no code in this row.")
    try:
        return read_code(text[:300]), ""
    except ValidationError as no:
        return "", " ".join(no.messages)


def _why(finding):
    if finding.status == register.REVOKED:
        return _("Revoked on %(when)s: %(ground)s") % {
            "when": formats.date_format(timezone.localdate(finding.certificate.revoked_at)),
            "ground": finding.certificate.get_revocation_ground_display(),
        }  # fmt: skip
    if finding.status == register.SUPERSEDED and finding.current:
        return _("The newer version has the code %(code)s.") % {"code": codes.pretty(finding.current.code)}
    if finding.status == register.UNKNOWN:
        return _("The code is well formed, but it is not in our register: we have not issued it.")
    return ""


# --- A table of codes -------------------------------------------------------------------------------------------------------


def _is_workbook(given):
    try:
        with zipfile.ZipFile(given) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, EOFError, OverflowError):
        raise BadFile(_("The archive is damaged.")) from None
    finally:
        given.seek(0)


def _codes(data, is_workbook):
    """[(line, text)] of the column that holds the codes: the one that is called so, else the one with the most of them."""
    if len(data) > reading.MOST_BYTES:
        raise reading.too_large()
    lines = _workbook_lines(data) if is_workbook else _csv_lines(data)
    lines = [(number, row) for number, row in lines if any(row)]
    if not lines:
        return []
    width = max(len(row) for _number, row in lines)
    lines = [(number, row + [""] * (width - len(row))) for number, row in lines]
    heads = [fold(cell) in HEADS for cell in lines[0][1]]
    if any(heads):
        column, lines = heads.index(True), lines[1:]
    else:
        column = max(
            range(width), key=lambda n: sum(codes.is_well_formed(codes.normalise(row[n])) for _line, row in lines)
        )
        first = lines[0][1][column]
        if not any(sign.isdigit() for sign in first) and not codes.is_well_formed(codes.normalise(first)):
            lines = lines[1:]  # some other heading
    if len(lines) > MOST_ROWS:
        raise BadFile(_("The file has more than %(n)s rows. Divide it.") % {"n": MOST_ROWS})
    return [(number, row[column]) for number, row in lines]


def _workbook_lines(data):
    check_archive(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS * 2, values_only=True)
        lines = [(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]
        book.close()
    except Exception:  # openpyxl raises whatever a broken part makes it stumble over
        raise BadFile(_("The workbook is damaged.")) from None
    return lines


def _text(cell):
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()[:1000]


def _csv_lines(data):
    text, _signs = reading.decoded(data)
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [
            (n, [cell.strip()[:1000] for cell in row[:MOST_COLUMNS]])
            for n, row in enumerate(rows, 1)
            if n <= MOST_ROWS * 2
        ]
    except csv.Error as error:
        raise BadFile(_("The table cannot be read: %(why)s.") % {"why": error}) from None


# --- An archive of files ------------------------------------------------------------------------------------------------------


def _files(job, given):
    with zipfile.ZipFile(given) as archive:
        parts = [
            part for part in archive.infolist()
            if not part.is_dir() and "__MACOSX" not in part.filename and not part.filename.endswith(".DS_Store")
        ]  # fmt: skip
        if len(parts) > MOST_ROWS:
            raise BadFile(_("The archive has more than %(n)s files. Divide it.") % {"n": MOST_ROWS})
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise BadFile(
                _("The archive unpacks to more than %(n)s MB: it is refused.") % {"n": MOST_UNPACKED // 1024 // 1024}
            )
        jobs.progress(job, 0, len(parts))
        for number, part in enumerate(parts, 1):
            yield (number, clean_name(part.filename), *_of_file(_bytes_of(archive, part)))
            if number % 10 == 0 or number == len(parts):
                jobs.progress(job, number)


def _bytes_of(archive, part):
    """The bytes, never more than one file may have and one more; None where the archive lies or is locked."""
    try:
        with archive.open(part) as packed:
            return packed.read(file_check.MOST_BYTES + 1)
    except Exception:  # zipfile, zlib and the codecs have many ways to say it
        return None


def _of_file(data):
    """(state, Finding or None, reason)"""
    if data is None:
        return file_check.UNREADABLE, None, str(FAULTS["broken"])
    verdict = file_check.check(data, wait=600)
    if verdict.outcome == file_check.UNTOUCHED:
        return verdict.status, verdict.finding, _why(verdict.finding)
    return verdict.outcome, verdict.finding, say(verdict)


def say(verdict):
    """Why a file is not as it was issued, in words."""
    if verdict.fault:
        return str(FAULTS[verdict.fault])
    told = []
    if verdict.differs:
        told.append(
            _("Not as in the register: %(facts)s.") % {"facts": ", ".join(fact.label for fact in verdict.differs)}
        )
    elif verdict.outcome == file_check.ALTERED:
        told.append(_("The file is not the one that was issued, though its words are the same.") if verdict.finding else
                    _("It carries our seal, but its code cannot be read."))  # fmt: skip
    if verdict.signers:
        told.append(_("It names another signer: %(who)s.") % {"who": ", ".join(verdict.signers)})
    return " ".join(told)


# --- The answer -----------------------------------------------------------------------------------------------------------


def workbook(rows):
    """The bytes of the XLSX file: texts stay texts. Holder, course and dates are the register's, in the reader's language."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(_("Checked certificates"))
    page.freeze_panes = "A2"
    for letter, width in zip("BCEFL", (24, 24, 40, 44, 60), strict=True):
        page.column_dimensions[letter].width = width
    page.append(row_of(page, [
        _("Row"), _("Given"), _("State"), _("Verification code"), _("Holder"), _("Course"), _("Academic hours"), _("Issued on"),
        _("Valid until"), _("Certificate number"), _("Checked"), _("Reason"),
    ]))  # fmt: skip
    checked = formats.date_format(timezone.localtime(), "SHORT_DATETIME_FORMAT")
    for number, given, state, finding, why in rows:
        page.append(row_of(page, [number, given, str(STATES[state]), *_facts(finding), checked, why]))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _facts(finding):
    if finding is None or finding.version is None:
        return [codes.pretty(finding.code) if finding else "", "", "", "", "", "", ""]
    payload = finding.payload
    return [
        codes.pretty(finding.code), payload["holder"], finding.version.title, payload["hours"], payload["issued_on"],
        payload.get("expires_on") or "", payload["number"],
    ]  # fmt: skip
