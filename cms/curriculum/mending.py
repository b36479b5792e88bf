"""Puts the quotes that YAML needs: after uz:, ru: and en: everything to the end of the line is text."""

import re

LANGUAGE_LINE = re.compile(r"^(?P<key>\s*(?:- )*(?:uz|ru|en): +)(?P<text>\S.*?)\s*$")
WHOLE_QUOTED = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?:\s+#.*)?""")
BLOCK_SCALAR = re.compile(r"[>|][+-]?\d?(?:\s+#.*)?")
REFERENCE = re.compile(r"\*[\w-]+|&[\w-]+ .*")
COLLECTION = re.compile(r"\{.*|\[.*\]")
STUMBLING = re.compile(
    r""": | #|:$|^[-?:] |^[@`%!\[\]#,"'>|&*}]|^(?:yes|no|true|false|null|on|off|~)$""", re.IGNORECASE
)


def quoted(line):
    """Give the line with its text in quotes if YAML would stumble over it; any other line comes back unchanged."""
    found = LANGUAGE_LINE.match(line)
    if not found or is_yaml_already(found["text"]) or not STUMBLING.search(found["text"]):
        return line
    text = found["text"].replace("\\", "\\\\").replace('"', '\\"')
    return f'{found["key"]}"{text}"' + ("\n" if line.endswith("\n") else "")


def is_yaml_already(text):
    """Is this a quoted text, the beginning of a >- text, a *reference, or a { } or [ ]?"""
    return any(form.fullmatch(text) for form in (WHOLE_QUOTED, BLOCK_SCALAR, REFERENCE, COLLECTION))


def mended(text):
    """Give a whole YAML file with quotes where they are needed. Texts that go on over several lines are left alone."""
    lines = text.splitlines(keepends=True)
    result, inside = [], None
    for number, line in enumerate(lines):
        if inside is not None and line.strip() and indent_of(line) <= inside:
            inside = None
        following = next((later for later in lines[number + 1 :] if later.strip()), "")
        found = LANGUAGE_LINE.match(line)
        goes_on = found and indent_of(following) > indent_of(line) and following.strip()
        result.append(line if inside is not None or goes_on else quoted(line))
        if goes_on and inside is None:
            inside = indent_of(line)
    return "".join(result)


def indent_of(line):
    """How far in the key of a line stands; `- ` counts as part of the way."""
    return len(re.match(r"\s*(?:- )*", line)[0])
