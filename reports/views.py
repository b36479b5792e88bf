"""HR's and directors' lists and records of people. Everything starts from the people in the reader's scope: somebody else's row is 404."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import Role, User
from accounts.refusing import as_key
from accounts.roles import has_role, people_let_in_by, tops_of

from . import people as progress
from .asking import Asked, keep, people_of
from .tree import tree

PEOPLE_A_PAGE = 50
MOST_COUNTED = 1_000  # people found are counted up to here: a nation is not counted for every page
LAST_PAGE = 2_000


@login_required
@require_safe
def people(request):
    """The list, a page at a time. The same number of queries for ten people and for a nation."""
    asked = Asked(request.user, request.GET)
    tops = tops_of(request.user, Role.HR, Role.DIRECTOR)
    number = min(_number(request.GET.get("page")), LAST_PAGE)
    first = (number - 1) * PEOPLE_A_PAGE
    rows, counted = _found(asked.people, first, asked.is_narrowed)
    context = {
        "form": asked.form,
        "library": asked.library,
        "top": tree(tops, asked.library),
        "course": asked.course,
        "is_narrowed": asked.is_narrowed,
        "number": number,
        "has_next": len(rows) > PEOPLE_A_PAGE,
        "counted": counted,
        "most_counted": MOST_COUNTED,
        "lines": progress.lines(rows[:PEOPLE_A_PAGE], asked.course),
        "keep": keep(request, "page"),
        "keep_in_tree": keep(request, "page", "library"),
    }
    return render(request, "reports/people.html", context)


def _found(people, first, is_narrowed):
    """(the people of a page and one more, how many there are, up to MOST_COUNTED and one more). Two queries.

    Whom a question means may be dear to find out, and is asked once: the keys of all who are counted, in their order."""
    last, shown = first + PEOPLE_A_PAGE + 1, people.select_related("library", "position")
    if not is_narrowed or last > MOST_COUNTED + 1:
        return list(shown[first:last]), people.order_by()[: MOST_COUNTED + 1].count()
    keys = list(people.values_list("pk", flat=True)[: MOST_COUNTED + 1])
    rows = User.objects.select_related("library", "position").in_bulk(keys[first:last])
    return [rows[key] for key in keys[first:last] if key in rows], len(keys)


def _number(text):
    return max(as_key(text), 1) if text and len(text) < 9 else 1


@login_required
@require_safe
def person(request, pk):
    """One person's record. No answers of tests."""
    found = get_object_or_404(people_of(request.user).select_related("library", "position"), pk=pk)
    audit.looked_up(by=request.user, person=found, what="record")
    entry = {
        "may_let_in": has_role(request.user, Role.HR, Role.ADMINISTRATOR)
        and people_let_in_by(request.user).filter(pk=found.pk).exists(),
        "may_free": has_role(request.user, Role.ADMINISTRATOR),
    }
    return render(request, "reports/person.html", {"person": found, **entry, **progress.record(found, request.user)})
