"""A course and one language as a PO file, and back: what each text of a file would do, then all of it or nothing.

A text is known by its context, and it is taken only if its original still says what the file says.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import polib
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.given_files import BadFile, decoded
from accounts.text import clean_html

from ..blocks import MAX_PROSE
from . import holders

MOST_BYTES = 5 * 1024 * 1024
MOST_TEXTS = 20_000
NEW, CHANGED, SAME, EMPTY, REFUSED = "new", "changed", "same", "empty", "refused"
VERDICTS = {
    NEW: gettext_lazy("new"), CHANGED: gettext_lazy("changed"), SAME: gettext_lazy("as it is"),
    EMPTY: gettext_lazy("left empty"), REFUSED: gettext_lazy("refused"),
}  # fmt: skip
COURSE, LANGUAGE = "X-Saboq-Course", "Language"
_TAG = re.compile(r"<[^<>]*>")
# Where str.splitlines(), by which polib reads, would cut a text of ours in two: given to it as signs that nobody uses, and back.
_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_HIDE = {ord(sign): 0xF0000 + n for n, sign in enumerate(_BREAKS)}
_SHOW = {hidden: sign for sign, hidden in _HIDE.items()}
_GAP = re.compile(r"\[\[\d+\]\]")


@dataclass
class Judged:
    line: int
    where: str
    verdict: str
    text: str
    why: str = ""
    holder: object = None
    place: object = None

    def as_row(self):
        return {name: getattr(self, name) for name in ("line", "where", "verdict", "text", "why")}


# --- Out ------------------------------------------------------------------------------------------------------------------


def export(course, language, user):
    """The file as text."""
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Project-Id-Version": f"Saboq {course.code or course.key}",
        "POT-Creation-Date": timezone.now().strftime("%Y-%m-%d %H:%M%z"),
        COURSE: str(course.key), LANGUAGE: language, "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
    }  # fmt: skip
    found, _missing = holders.of_course(course, language, user)
    for holder in found:
        file += [
            polib.POEntry(msgctxt=unit.context, msgid=unit.source, msgstr=unit.current, comment=unit.where)
            for unit in holder.units()
        ]
    return str(file)


# --- In -------------------------------------------------------------------------------------------------------------------


def read(data, course, language):
    """The entries of a file. Raises BadFile: too large, no PO file (with the line), of another course or language."""
    if len(data) > MOST_BYTES:
        raise BadFile(_("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024 // 1024})
    text, _signs = decoded(data)
    if "msgid" not in text:
        raise BadFile(_("This is no PO file."))
    try:
        file = polib.pofile(
            text.translate(_HIDE) + "\n\n"
        )  # with its line ends it is never taken for the name of a file
    except (OSError, ValueError, IndexError) as fault:
        line = re.search(r"line (\d+)", str(fault))
        raise BadFile(
            _("The PO file is broken in line %(line)s.") % {"line": line[1]} if line else _("This is no PO file.")
        ) from None
    if file.metadata.get(COURSE) != str(course.key):
        raise BadFile(_("This file is of another course, or was not exported here."))
    if not re.fullmatch(
        rf"{language}([_-]([A-Z]{{2}}|Latn))*", file.metadata.get(LANGUAGE, "")
    ):  # editors write ru_RU too
        raise BadFile(_("This file is of another language."))
    if len(file) > MOST_TEXTS:
        raise BadFile(_("The file has more than %(n)d texts.") % {"n": MOST_TEXTS})
    entries = [entry for entry in file if not entry.obsolete]
    for entry in entries:
        entry.msgid, entry.msgstr = entry.msgid.translate(_SHOW), entry.msgstr.translate(_SHOW)
    return entries


def judge(entries, course, language, user):
    """What each text of the file would do: [Judged], in the order of the file. Changes nothing."""
    found, missing = holders.of_course(course, language, user)
    units = {unit.context: (holder, unit) for holder in found for unit in holder.units()}
    may = {}
    judged, seen = [], set()
    for entry in entries:
        holder, unit = units.get(entry.msgctxt, (None, None))
        one = Judged(entry.linenum, unit.where if unit else entry.msgctxt or "", REFUSED, entry.msgstr)
        judged.append(one)
        if entry.msgctxt in seen:
            one.why = _("The same text stands in the file twice.")
        elif unit is None:
            one.why = _unknown(entry.msgctxt or "", missing)
        elif not entry.msgstr.strip():
            one.verdict = EMPTY
        elif entry.msgstr == unit.current and entry.msgid == unit.source:
            one.verdict = SAME
        elif not _may(holder, user, may):
            one.why = _("You may not change it, or somebody has locked it.")
        else:
            one.holder, one.place = holder, unit.place
            _look_at(one, entry, unit)
        seen.add(entry.msgctxt)
    _whole_questions(judged)
    return judged


def _may(holder, user, known):
    """Asked once of a page, however many of its texts have changed."""
    if holder not in known:
        known[holder] = holder.may(user)
    return known[holder]


def _unknown(context, missing):
    kind, _slash, rest = context.partition("/")
    if kind == "page" and rest.partition("/")[0] in missing:
        return _("There is no page in this language yet: begin the translation on the board first.")
    return _("There is no such text in this course.")


def _look_at(one, entry, unit):
    if "fuzzy" in entry.flags:
        one.why = _("It is marked as fuzzy.")
    elif entry.msgid != unit.source:
        one.why = _("The original has changed since the file was exported.")
    elif sorted(_GAP.findall(entry.msgstr)) != sorted(_GAP.findall(entry.msgid)):
        one.why = _("The gaps [[1]] are not those of the original.")
    elif unit.is_segment and not _has_markup_of(entry.msgid, entry.msgstr):
        one.why = _("The markup is not that of the original.")
    elif len(entry.msgstr) > unit.limit:
        one.why = _("Too long: %(n)d characters, at most %(limit)d.") % {"n": len(entry.msgstr), "limit": unit.limit}
    else:
        one.verdict = CHANGED if unit.current else NEW
        if unit.is_html and not _has_known_markup(entry.msgstr, unit):
            _clean(one)


def _has_markup_of(source, text):
    return Counter(_TAG.findall(text)) == Counter(_TAG.findall(source)) and "<" not in _TAG.sub("", text)


def _has_known_markup(text, unit):
    """Only tags that stand in the original or in the present translation: those of links within the site are among them."""
    known = {*_TAG.findall(unit.source), *_TAG.findall(unit.current)}
    return set(_TAG.findall(text)) <= known and "<" not in _TAG.sub("", text)


def _clean(one):
    try:
        cleaned = clean_html(one.text, limit=MAX_PROSE)
    except ValidationError as fault:
        one.verdict, one.why = REFUSED, " ".join(fault.messages)
        return
    if not cleaned.strip():
        one.verdict, one.why = REFUSED, _("Nothing is left of it after cleaning.")
    elif cleaned != one.text:
        one.text, one.why = cleaned, _("Markup that is not allowed was taken out.")


def _whole_questions(judged):
    """A question is there in a language wholly or not at all: one of which a part would lack is refused."""
    for holder, rows in _by_holder(judged).items():
        if isinstance(holder, holders.WordsOfQuestion) and holder.lacks({row.place: row.text for row in rows}):
            for row in rows:
                row.verdict, row.why = REFUSED, _("The question would be translated in part alone.")


def _by_holder(judged):
    found = defaultdict(list)
    for one in judged:
        if one.verdict in (NEW, CHANGED):
            found[one.holder].append(one)
    return found


def leave_seminars_out(judged):
    for one in judged:
        if one.verdict in (NEW, CHANGED) and not one.holder.is_draft:
            one.verdict, one.why = REFUSED, _("Seminars were not to be taken in.")


def take_in(judged, *, course, language, by, seminars):
    """Write what was judged new or changed as drafts, all of it or nothing; with `seminars` their texts too, which have no drafts.

    Returns the number of texts. Raises ValidationError where a page does not take what the file says.
    """
    if not seminars:
        leave_seminars_out(judged)
    n = 0
    with transaction.atomic():
        for holder, rows in _by_holder(judged).items():
            holder.take({row.place: row.text for row in rows}, by)
            n += len(rows)
        if n:
            audit.record(
                actor=by, deed="translations taken in", subject=f"course {course.pk}", language=language, total=n
            )
    return n


def counts(judged):
    found = Counter(one.verdict for one in judged)
    return {verdict: found[verdict] for verdict in VERDICTS}
