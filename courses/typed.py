"""Questions and homework are typed as plain text with `as typed` in backticks, and kept as clean HTML.

Files and the editor come this way alike.
"""

import re
from html import escape, unescape

from accounts.text import clean_html, normalise_uzbek
from accounts.words import refuse_pinfl

_CODE = re.compile(r"`([^`\n]+)`")


def html(text, language=""):
    """The clean HTML of a typed text. Uzbek gets its own signs. Raises ValidationError when it is too long."""
    text = str(text).replace("\r\n", "\n").strip()
    if language == "uz":
        text = "".join(
            part if part.startswith("`") else normalise_uzbek(part) for part in re.split(r"(`[^`\n]+`)", text)
        )
    return clean_html(_CODE.sub(r"<code>\1</code>", escape(text, quote=False)).replace("\n", "<br>"))


def words(text):
    """The same of what somebody writes about people or their own work. Raises ValidationError for a PINFL too."""
    refuse_pinfl(str(text))
    return html(text)


def plain(html):
    """What one would type for this HTML. Other tags than these two are left out: the editor keeps what nobody touched."""
    text = re.sub(r"<br\s*/?>", "\n", html or "")
    text = re.sub(r"</?code>", "`", text)
    text = re.sub(r"</(p|li|pre|blockquote|tr|h\d)>", "\n", text)
    return unescape(re.sub(r"<[^>]*>", "", text)).strip()
