"""What both written formats share: several languages in one text, as Moodle's filter «multi-language content» marks them."""

from decimal import Decimal

from ..models import QuestionVersion
from .checks import spelled

LANGUAGE = "uz"  # what is not marked: readers take it for this language unless told otherwise


def marked(words, language=LANGUAGE):
    """One HTML of {language: HTML}. A text that is only in `language` needs no marks."""
    words = {code: text for code, text in (words or {}).items() if text}
    if set(words) <= {language}:
        return words.get(language, "")
    return marks(words)


def marks(words):
    """The same with marks around each; but «all» is what stands in every language."""
    if "all" in words:
        return words["all"]
    return "".join(f'<span lang="{code}" class="multilang">{text}</span>' for code, text in words.items())


def percent_of(content):
    """The tolerance of a number as other platforms know it: a number too."""
    if not content.get("percent"):
        return content["tolerance"]
    return spelled(abs(Decimal(content["answer"])) * Decimal(content["tolerance"]) / 100)


def versions_of(pool):
    """The newest version of every question of the pool that is not retired, drafts too; with their tags at hand."""
    rows = QuestionVersion.objects.filter(question__pool=pool, question__retired=False).order_by("question", "-number")
    newest = {}
    for version in rows.select_related("question").prefetch_related("question__tags"):
        newest.setdefault(version.question_id, version)
    return list(newest.values())


def file_of(pool, format):
    """(bytes, name, type of content) of the pool's questions in a format: gift or moodle-xml."""
    writer = _writer(format)
    return writer.write(versions_of(pool)), f"{pool.code}{writer.ENDING}", writer.TYPE


def left_out(pool, format):
    """The versions that the format cannot hold: they are not in the file, and whoever asks for it is told."""
    return [version for version in versions_of(pool) if not _writer(format).holds(version)]


def _writer(format):
    from . import gift_writing, moodle_xml_writing

    return gift_writing if format == "gift" else moodle_xml_writing
