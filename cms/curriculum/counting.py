"""How long a lesson takes to read. Formula of FORMAT.md: 850 characters a minute, plus time to look and to answer."""

import html
import re

CHARACTERS_A_MINUTE = 850
MINUTES_A_FIGURE = 1
MINUTES_A_TABLE = 1 / 2
MINUTES_A_QUESTION = 1 / 3
NOT_READ = frozenset({"terms", "deeper", "sources"})  # looked up, not read through


def characters(text):
    """Count the visible characters of a LessonText, without cells and notes: tables have time of their own."""
    return len(" ".join(filter(None, (visible(block) for block in text.blocks if block["type"] not in NOT_READ))))


def minutes(text):
    """Work out how many minutes the LessonText takes, as a float."""
    types = [block["type"] for block in text.blocks]
    questions = sum(len(block["value"]["questions"]) for block in text.blocks if block["type"] == "selfcheck")
    return (
        characters(text) / CHARACTERS_A_MINUTE
        + types.count("figure") * MINUTES_A_FIGURE
        + types.count("table") * MINUTES_A_TABLE
        + questions * MINUTES_A_QUESTION
    )


def visible(block):
    """Give the text of a block that a reader reads."""
    value = block["value"]
    if block["type"] == "table":
        return value["title"]
    if block["type"] == "heading":
        return value["text"]
    return without_tags(" ".join(strings(value)))


def strings(value):
    """Give every text inside a block's value, without names of files, figures and kinds."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    if isinstance(value, dict):
        inner = (item for key, item in value.items() if key not in ("figure", "file", "kind"))
        return [text for item in inner for text in strings(item)]
    return []


def without_tags(text):
    spaces = re.sub(r"</(?:p|li|ul|ol)>", " ", text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", spaces)).split())
