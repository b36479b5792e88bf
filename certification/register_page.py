"""The page of a code: what the register says, in words. Of a certificate it is drawn once for each status and language, for none in
particular; the row, which each request reads, fills it in. So a revocation shows at once, and nothing of a certificate is kept.
"""

from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
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


def answer(request, finding, code):
    """The page for this Finding. `code` as it stands in the address."""
    if finding.version is None:
        return _nothing(request, finding, code)
    texts = _texts(finding)
    outline = _outline(request, finding, texts)
    if request.META.get("QUERY_STRING", "") not in KEPT_AT:
        return render(
            request, TEMPLATE, outline | texts
        )  # an address of one's own: its words would stand in others' pages
    reader = drawn.Somebody.like(request.user)
    key = drawn.site_of(request), request.GET.get("lang"), get_language(), reader, *map(str, outline.values())
    page = _kept.get(key)
    if page is None:
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


def _outline(request, finding, texts):
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
        "demo": format_html("<b>{}.</b> {}", demo.label, demo.value) if demo else "",
        "facts": format_html_join(
            "", "<div><dt>{}</dt><dd>{}</dd></div>", map(_fact, (f for f in facts if f is not demo))
        ),
        "revoked": revoked_on and wording.date(register.day_of(revoked_on), language),
        "ground": certificate.get_revocation_ground_display() if revoked_on else "",
        "expired": finding.status == register.EXPIRED and wording.date(finding.payload["expires_on"], language),
        "superseded": superseded_on and wording.date(register.day_of(superseded_on), language),
        "newest": newest,
        "newestpretty": codes.pretty(newest),
    }
    return {name: conditional_escape(text or "") for name, text in texts.items()}


def _fact(fact):
    return fact.label, format_html('<span class="code">{}</span>', fact.value) if fact.key == "code" else fact.value


def _moment(now, language):
    return _minute(int(now.timestamp()) // 60, language)


@lru_cache(16)
def _minute(minute, language):
    """When it was checked, to the minute, as people read it. `language` is the one that is active."""
    return formats.date_format(timezone.localtime(datetime.fromtimestamp(minute * 60, UTC)), "DATETIME_FORMAT")
