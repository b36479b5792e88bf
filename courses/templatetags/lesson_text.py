"""Question texts were cleaned when they were written (accounts/text.py, in courses/questions.py): they are shown as they are.

What a page shows ten or thirty times over is written by tags, and no loops of a template, which spends several times as long on
each (docs/bench.md). What a person has typed is escaped here.
"""

from html import escape, unescape

from django import template
from django.core.files.storage import default_storage
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.templatetags.look import icon, mark

from .. import pictures

register = template.Library()


@register.filter
def safe_words(html):
    return mark_safe(html or "")  # nosec B703  # cleaned when it was typed: courses/typed.py


@register.filter
def plain_words(html):
    """The text alone, for places that know no tags; escaped once, by the template."""
    return unescape(strip_tags(html or ""))


def _html(pieces):
    return mark_safe("".join(pieces))  # cleaned when it was typed, or escaped here  # nosec B308 B703


# --- Questions while they are open ----------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def asked(context, part):
    """One question with the fields of its answer: part (courses/quiz_page.py: Part)."""
    return _asked(context, part)


def _asked(context, part):
    """Choices, which most questions are, are written here; other kinds by templates/courses/parts/question.html."""
    question = part.question
    if question["kind"] not in ("single", "multiple"):
        with context.push(page=part):
            return context.template.engine.get_template("courses/parts/question.html").render(context)
    heading = "h2" if part.suffix else "h1"
    return _html([
        f'<fieldset class="stack"><legend><{heading} class="ask">{question["text"] or ""}</{heading}></legend>',
        _drawn(question["picture"]), choices(question, part.suffix), "</fieldset>",
    ])  # fmt: skip


@register.simple_tag(takes_context=True)
def all_asked(context, parts):
    """The questions of a page that shows all of them, each among the others."""
    said, untranslated = _("Question %(n)s of %(total)s"), _untranslated()

    def section(part):
        unopened = "" if part.row.opened_at else " data-unopened"
        yield (
            f'<section class="stack" id="q{part.slot}" data-slot="{part.slot}" data-sequence="{part.sequence}"{unopened}>'
            f"<p><b>{said % {'n': part.slot, 'total': len(parts)}}</b></p>"
            f'<input type="hidden" name="slot" value="{part.slot}">'
        )
        if part.seen is not None:
            yield f'<input type="hidden" name="seen{part.suffix}" value="{escape(part.seen)}" data-seen>'
        if part.other_language:
            yield untranslated
        yield _asked(context, part)
        yield "</section>"

    return _html(piece for part in parts for piece in section(part))


def _untranslated():
    said = _("This question is not yet translated; it is shown in the language in which it was written.")
    return f'<p class="notice">{icon("info")}<span>{said}</span></p>'


@register.simple_tag
def choices(asked, suffix):
    """The answers to be ticked, of which a page with all questions has dozens: `asked` as courses/kinds.py shows it."""
    return _html(_choices(asked, suffix))


def _choices(asked, suffix):
    kind = "radio" if asked["kind"] == "single" else "checkbox"
    if asked["kind"] == "multiple":
        yield f'<p class="hint">{_("Mark all that are right. Each right one counts, each wrong one takes one away.")}</p>'
    yield '<div class="options">'
    for option in asked["options"]:
        yield (
            f'<label class="option"><input type="{kind}" name="answer{suffix}" value="{option["value"]}"'
            f"{' checked' if option['chosen'] else ''}>"
            f"<span>{option['text'] or ''}{_drawn(option['picture'])}</span></label>"
        )
    yield "</div>"


# --- What is said of answers after grading --------------------------------------------------------------------------------


@register.simple_tag
def verdict_lines(verdicts):
    """What is said of each question (courses/quiz_page.py: verdicts)."""
    words = {
        "given": _("Your answer:"), "right": _("Right answer:"), True: _("True"), False: _("False"), "anew": _("graded anew"),
        "report": icon("flag") + _("Report a mistake in this question"),
        "done": _state("done", "done", _("Right")), "wrong": _state("bad", "bad", _("Wrong")),
        "left out": _state("bad", "bad", _("Not answered")),
    }  # fmt: skip
    return _html(piece for one in verdicts for piece in _verdict(one, words))


def _state(name, drawn, said):
    return f'<span class="state state--{name}">{mark(drawn)}{said}</span>'


def _verdict(one, words):
    is_right = one["score"] == 1
    yield f'<li class="verdict{"" if is_right else " verdict--bad"}"><p>{_judged(one, words)}'
    if one["anew"]:
        yield f' <span class="soft small">{words["anew"]}</span>'
    yield f"</p><h3>{one['text'] or ''}</h3>{_drawn(one['picture'])}"
    for n, given in enumerate(one["given"]):
        yield f"<p>{words['given'] + ' ' if n == 0 else ''}<b>{_given(given, words)}</b>"
        if given.get("why"):
            yield f'<br><span class="soft">{given["why"]}</span>'
        yield "</p>"
    if one.get("right") and not is_right:  # the key stands in it only where it may be seen
        yield f"<p>{words['right']} {'; '.join(f'<b>{_key(right, words)}</b>' for right in one['right'])}</p>"
    if one["feedback"]:
        yield f'<p class="soft">{one["feedback"]}</p>'
    yield f'<p class="no-print"><a class="tap small" href="../questions/{one["number"]}/report/">{words["report"]}</a></p></li>'


def _judged(one, words):
    if one["score"] == 1:
        return words["done"]
    if one["score"] > 0:
        return _state("due", "due", _("Partly right: %(percent)s %%") % {"percent": one["percent"]})
    return words["wrong" if one["answered"] else "left out"]


def _given(given, words):
    if "truth" in given:
        return words[bool(given["truth"])]
    return escape(given["typed"]) if "typed" in given else given["text"] or ""


def _key(right, words):
    return words[right] if isinstance(right, bool) else right or ""


# --- Images ---------------------------------------------------------------------------------------------------------------


def _drawn(shown):
    return conditional_escape(picture(shown)) if shown else ""


@register.simple_tag
def picture(shown):
    """The image of a question or a choice (courses/kinds.py: picture): its published copy, or the library's own before that."""
    if not shown:
        return ""
    alt = plain_words(shown["alt"])
    if "file" in shown:
        address, width, height = default_storage.url(shown["file"]), shown["width"], shown["height"]
    elif drawn := pictures.rendition(shown["library"]):
        address, width, height = drawn.url, drawn.width, drawn.height
    else:
        return alt
    return format_html(
        '<img class="asked" src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
        address,
        width,
        height,
        alt,
    )
