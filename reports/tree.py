"""The libraries of one's scope as a tree with the numbers of their people: those on the way to the chosen one, and its children."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Length, Substr

from accounts.models import Library


@dataclass
class Node:
    library: Library
    people: int | None = None  # of the library with all below it; None: not counted for this page
    is_current: bool = False
    is_open: bool = False
    children: list = field(default_factory=list)


def _tops_of(scope):
    """The topmost libraries of a scope (a queryset by path). One query, as large as the number of grants."""
    return list(scope.exclude(pk__in=_below_another(scope)))


def _below_another(scope):
    steps = Library.steplen
    above = scope.order_by().filter(path=Substr(OuterRef("path"), 1, Length(OuterRef("path")) - steps))
    return scope.order_by().filter(Exists(above)).values("pk")


def tree(tops, current=None, numbers=None):
    """Nodes of `tops`; open: those on the way to `current`, and the only one. One query.

    What lies below a closed node is one step further: so the page is as small for a nation as for a district.
    `numbers`: {path: people} of those that are counted.
    """
    numbers = numbers or {}
    opened = {top.path for top in tops} if len(tops) == 1 else set()
    if current:
        start = next(top for top in tops if current.path.startswith(top.path))
        opened |= {current.path[:end] for end in range(len(start.path), len(current.path) + 1, Library.steplen)}
    shown = _children(opened)
    nodes, roots = {}, []
    for library in sorted([*tops, *shown], key=lambda one: one.path):
        if library.path in nodes:
            continue
        is_current = current is not None and library.pk == current.pk
        node = Node(library, numbers.get(library.path, 0 if numbers else None), is_current, library.path in opened)
        nodes[library.path] = node
        parent = nodes.get(library.path[: -Library.steplen])
        (parent.children if parent else roots).append(node)
    return roots


def _children(paths):
    """The libraries right below these paths."""
    found = Q()
    for path in paths:
        found |= Q(path__startswith=path, depth=len(path) // Library.steplen + 1)
    return Library.objects.filter(found).in_use() if paths else []


def counted_tree(scope, people, current=None):
    """The tree of a scope (a queryset) with how many of `people` have their main workplace in each library and below it."""
    numbers = Counter()
    people = people.exclude(library=None)  # an administrator sees them too
    for path, n in people.order_by().values_list("library__path").annotate(n=Count("pk")):
        numbers.update(dict.fromkeys((path[:end] for end in range(Library.steplen, len(path) + 1, Library.steplen)), n))
    return tree(_tops_of(scope.in_use()), current, numbers)
