"""What the pages of item analysis show: shares, marks, the drawing of the answers."""

from django import template
from django.utils.formats import number_format

from courses import item_verdicts

register = template.Library()
MARKS = {item_verdicts.BAD: "bad", item_verdicts.LOOK: "due", item_verdicts.FEW: "todo", item_verdicts.GOOD: "done"}
LINE, LEFT, LONGEST = 30, 30, 268  # of the drawing, whose width is 400

register.filter("of_facility", item_verdicts.of_facility)
register.filter("of_discrimination", item_verdicts.of_discrimination)
register.filter("of_reliability", item_verdicts.of_reliability)


@register.filter
def percent(share):
    """0.725 as «73»; a dash for none."""
    return "–" if share is None else str(round(100 * share))


@register.filter
def two_places(number):
    """A correlation as it is read: 0.34; a dash for none."""
    return "–" if number is None else number_format(number, 2).replace("-", "−")


@register.filter
def mark_of(verdict):
    """The star of a verdict's state."""
    return MARKS[verdict.state]


@register.filter
def get(mapping, key):
    return mapping.get(key)


@register.inclusion_tag("courses/parts/answers_chart.html")
def answers_chart(item):
    """The answers as bars: filled the right ones, outlined the others; numbers as in the table beside it."""
    bars = [
        {
            "choice": choice,
            "number": number,
            "y": LINE * (number - 1) + 5,
            "text_y": LINE * (number - 1) + 20,
            "width": max(1, round(LONGEST * choice.share)),
            "value_x": LEFT + round(LONGEST * choice.share) + 8,
        }
        for number, choice in enumerate(item.choices, 1)
    ]
    return {"bars": bars, "height": LINE * len(bars), "left": LEFT}
