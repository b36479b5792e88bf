"""Whether a draft says anything new.

Wagtail's editor saves by itself, and on a slow machine it takes its own tidying of a long page (keys of paragraphs, <b> for
<strong>) for somebody's edit: the page would have «unpublished changes» because somebody has looked at it, and
load_curriculum would take it for edited.
"""

import json
import re

STATE = {  # of the page in its tree and its history, not its words
    "path", "depth", "numchild", "url_path", "content_type", "live", "has_unpublished_changes", "first_published_at",
    "last_published_at", "live_revision", "latest_revision", "latest_revision_created_at", "draft_title", "locked", "locked_at",
    "locked_by", "expired", "owner",
}  # fmt: skip
_TIDIED = (
    (re.compile(r' data-block-key="[^"]*"'), ""),
    (re.compile(r"<(/?)strong>"), r"<\1b>"),
    (re.compile(r"<(/?)em>"), r"<\1i>"),
    (re.compile(r"<br ?/?>"), "<br/>"),
)
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.S)


def says_the_same(one, other):
    """Whether two contents of revisions say the same, whoever's markup it is."""
    return _plain(one) == _plain(other)


def _plain(content):
    said = {}
    for name, value in content.items():
        if name in STATE:
            continue
        if isinstance(value, str) and value[:1] in "[{":
            try:
                value = json.loads(value)  # a StreamField
            except ValueError:
                pass
        said[name] = tidy(value)
    return said


def tidy(value):
    """A value of a revision without what Wagtail's editor alone puts into its markup."""
    if isinstance(value, dict):
        return {key: tidy(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [tidy(inner) for inner in value]
    if isinstance(value, str):
        for what, instead in _TIDIED:
            value = what.sub(instead, value)
        whole = _ONE_PARAGRAPH.fullmatch(value.strip())
        return whole[1] if whole else value
    return "" if value is None else value
