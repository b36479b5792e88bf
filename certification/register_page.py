"""The page of a code: what the register says, in words. Of a certificate it is drawn once for each status and language, for none in
particular; the row, which each request reads, fills it in. So a revocation shows at once, and nothing of a certificate is kept.
"""

from datetime import UTC, datetime
from functools import lru_cache
from html import escape

from django.conf import settings
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from accounts import drawn

from . import codes, register, wording
from .forms import LONGEST, CodeForm

HTTP = {register.UNKNOWN: 404, register.MISTYPED: 404}
KINDS = {  # of the mark beside the proof; the others: none
    register.VALID: "ok",
    register.REVOKED: "bad",
    register.SUPERSEDED: "old",
    register.EXPIRED: "old",
}
TEMPLATE = "certification/result.html"
KEPT_AT = {"", *(f"lang={code}" for code, _name in settings.LANGUAGES)}
MOST_KEPT = 500
_kept = {}  # what the words depend on -> drawn.Drawn


def forget():
    """What was drawn is drawn anew."""
    _kept.clear()


def answer(request, finding, code):
    """The page for this Finding. `code` as it stands in the address."""
    if finding.version is None:
        return _nothing(request, finding, code)
    texts = _texts(finding)
    if request.META.get("QUERY_STRING", "") not in KEPT_AT:  # its words would stand in others' pages
        return render(request, TEMPLATE, _outline(finding, texts) | texts)
    reader = drawn.Somebody.like(request.user)
    key = drawn.site_of(request), request.GET.get("lang"), get_language(), reader, *_decides(finding, texts)
    page = _kept.get(key)
    if page is None:
        outline = _outline(finding, texts)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        places = {name: drawn.place(name) for name, text in texts.items() if text}
        path = request.path.replace(finding.code, drawn.place("code"))
        page = _kept[key] = drawn.draw(TEMPLATE, request, outline | places, reader, path=path)
    return drawn.answer(request, page, texts)


def _nothing(request, finding, code):
    context = {"status": finding.status, "kind": "none", "checked": _moment(timezone.now(), get_language())}
    mistyped = finding.status == register.MISTYPED
    context["form"] = CodeForm({"code": code[:LONGEST] if mistyped else codes.pretty(code)})
    return render(request, TEMPLATE, context, status=HTTP[finding.status])


def _decides(finding, texts):
    """What `_outline` follows from."""
    payload = finding.payload
    return finding.status, payload["language"], *payload["words"], *(bool(text) for text in texts.values())


def _outline(finding, texts):
    """What the page says apart from the certificate's own words: it is drawn once for each of these."""
    payload, names = finding.payload, dict(settings.LANGUAGES)
    language = finding.language(get_language())
    return {
        "status": finding.status,
        "kind": KINDS.get(finding.status, "none"),
        "words_in": language,
        "languages": [(code, name, code == language) for code, name in names.items() if code in payload["words"]],
        "paper": names.get(payload["language"], payload["language"]),
        "says": sorted(name for name, text in texts.items() if text),
    }


def _texts(finding):
    """The certificate's own words and days, as HTML; empty where there is nothing to say."""
    language, certificate = finding.language(get_language()), finding.certificate
    facts = wording.facts(finding.payload, language)
    demo = next((fact for fact in facts if fact.key == "demo"), None)
    newest = finding.current.code if finding.current else ""
    revoked_on, superseded_on = certificate.revoked_at, finding.following and finding.following.issued_at
    texts = {
        "code": finding.code,
        "sha": finding.version.sha256,
        "checked": _moment(timezone.now(), get_language()),
        "demo": mark_safe(f"<b>{escape(demo.label)}.</b> {escape(demo.value)}") if demo else "",  # nosec B703
        "facts": mark_safe("".join([_fact(fact) for fact in facts if fact is not demo])),  # nosec B703
        "revoked": revoked_on and wording.date(register.day_of(revoked_on), language),
        "ground": certificate.get_revocation_ground_display() if revoked_on else "",
        "expired": finding.status == register.EXPIRED and wording.date(finding.payload["expires_on"], language),
        "superseded": superseded_on and wording.date(register.day_of(superseded_on), language),
        "newest": newest,
        "newestpretty": codes.pretty(newest),
    }
    return {name: _html(text or "") for name, text in texts.items()}


def _fact(fact):
    """A row as HTML; both of its texts come from a person's hand."""
    value = escape(fact.value)
    value = f'<span class="code">{value}</span>' if fact.key == "code" else value
    return f"<div><dt>{escape(fact.label)}</dt><dd>{value}</dd></div>"


def _html(text):
    """As Django's conditional_escape, of what is a text already: a page has thirty of them."""
    return text if hasattr(text, "__html__") else mark_safe(escape(str(text)))  # nosec B703


def _moment(now, language):
    return _minute(int(now.timestamp()) // 60, language)


@lru_cache(16)
def _minute(minute, language):
    """When it was checked, to the minute, as people read it. `language` is the one that is active."""
    return formats.date_format(timezone.localtime(datetime.fromtimestamp(minute * 60, UTC)), "DATETIME_FORMAT")
