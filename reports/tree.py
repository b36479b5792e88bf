"""The libraries of one's scope as a tree with the numbers of their people."""

from dataclasses import dataclass, field

from django.db.models import Count

from accounts.models import Library


@dataclass
class Node:
    library: Library
    people: int = 0  # of the library with all below it
    is_current: bool = False
    is_open: bool = False
    children: list = field(default_factory=list)


def tree(libraries, people, current=None):
    """The topmost Nodes of `libraries` (all that are in scope, by path). Open: the topmost and those on the way to `current`.

    What lies below a closed node is one step further: so the page stays small for a whole nation. One query.
    """
    counts = dict(people.order_by().values_list("library").annotate(n=Count("pk")))
    nodes, top = {}, []
    for library in libraries:
        node = nodes[library.path] = Node(library, counts.get(library.pk, 0))
        if parent := nodes.get(library.path[: -Library.steplen]):
            parent.children.append(node)
        else:
            top.append(node)
    for path, node in sorted(nodes.items(), reverse=True):  # children before their parents
        parent = nodes.get(path[: -Library.steplen])
        if parent:
            parent.people += node.people
        node.is_current = current is not None and node.library.pk == current.pk
        node.is_open = parent is None or (current is not None and current.path.startswith(path))
    return top
