"""The dashboard's many alike lines: rows and bars of a table, nodes of the tree of libraries.

Tags that write HTML, and no loops of a template: a page has some forty lines of ten texts each, and a template spends ten times as
long on each (docs/bench.md). Whatever a person has written is escaped here, by `escape`.
"""

from html import escape

from django import template
from django.utils.formats import localize
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.templatetags.look import icon

register = template.Library()
LONGEST = 40  # signs of a label beside a bar
HEADS = ("of_staff", "of_begun", "of_done", "of_share", "of_overdue", "of_never", "too_few")


def _label(line):
    return line.label or "–"


def _html(pieces):
    return mark_safe("".join(pieces))  # of texts that were escaped  # nosec B308 B703


@register.simple_tag(takes_context=True)
def board_rows(context, lines):
    """The rows of a table (reports/board.py: Line); the names of its columns are in the context. A number leads to the people behind it."""
    said = {name: escape(context[name]) for name in HEADS}
    address, with_never = escape(context["list_address"]), context["table"]["name"] != "course"

    def cell(name, number, line, state):
        text, link = localize(number), line.link
        if number and link:
            text = f'<a class="tap" href="{address}?{escape(link)}&amp;state={state}">{text}</a>'
        return f'<td class="n" data-h="{said[name]}">{text}</td>'

    def row(line):
        if line.is_small:
            share = f'<span class="soft small">{said["too_few"]}</span>'
        else:
            share = f'<span class="barcell"><b class="num">{line.percent} %</b>{_bar(line.percent)}</span>'
        cells = [
            f'<tr><th scope="row">{_name(line)}</th><td class="n" data-h="{said["of_staff"]}">{localize(line.sums.staff)}</td>',
            cell("of_begun", line.sums.in_progress, line, "in_progress"),
            cell("of_done", line.done, line, "certificate" if line.in_any else "done"),
            f'<td data-h="{said["of_share"]}">{share}</td>',
            cell("of_overdue", line.sums.overdue, line, "overdue"),
        ]
        if with_never:
            cells.append(cell("of_never", line.sums.never, line, "never"))
        return "".join([*cells, "</tr>"])

    return _html(map(row, lines))


def _name(line):
    if line.is_itself:
        return _("%(name)s: the library itself") % {"name": escape(line.label)}
    if line.code:
        return f'<a class="tap" href="?{escape(line.link)}">{escape(line.label)}</a>'
    return escape(_label(line))


def _bar(percent):
    """As templates/components/bar.html."""
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{percent}" height="10"/></svg>'
    )


@register.simple_tag(takes_context=True)
def board_said(context, lines):
    """What the chart of the lines says, in words."""
    too_few = escape(context["too_few"])
    return _html(
        "; ".join(f"{escape(_label(one))}: {too_few if one.is_small else f'{one.percent} %'}" for one in lines)
    )


@register.simple_tag(takes_context=True)
def board_bars(context, lines):
    """The chart of the lines: a label and a bar each."""
    return _html(map(_drawn, lines, [escape(context["too_few"])] * len(lines)))


def _drawn(line, too_few):
    label = _label(line)
    label = escape(label if len(label) <= LONGEST else Truncator(label).chars(LONGEST))
    text = f'<text x="0" y="{line.y}" dy="4">{label}</text>'
    if line.is_small:
        return f'{text}<text x="0" y="{line.y}" dy="25">{too_few}</text>'
    return (
        f'{text}<path class="grid-line" d="M0 {line.y}m0 20h330"/>'
        f'<rect class="b1" x="0" y="{line.y}" transform="translate(0 11)" width="{line.width}" height="18"/>'
        f'<text class="v" x="{line.width}" y="{line.y}" dx="6" dy="25">{line.percent} %</text>'
    )


@register.simple_tag
def library_nodes(nodes, keep):
    """The tree of libraries (reports/tree.py: Node); `keep`: the rest of the question."""
    return _html(_nodes(nodes, escape(keep), ' role="list"'))


def _nodes(nodes, keep, role=""):
    yield f"<ul{role}>"
    for node in nodes:
        current = ' aria-current="true"' if node.is_current else ""
        yield f'<li><a href="?{keep}library={escape(node.library.code)}"{current}>'
        if node.library.numchild:
            yield icon("down" if node.is_open else "go")
        yield f"<span>{escape(str(node.library))}</span>"
        if node.people is not None:
            yield f'<span class="num">{localize(node.people)}</span>'
        yield "</a>"
        if node.is_open and node.children:
            yield from _nodes(node.children, keep)
        yield "</li>"
    yield "</ul>"
