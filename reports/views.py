"""HR's and directors' pages. Everything starts from the people in the reader's scope: somebody else's row is 404."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import Role
from accounts.roles import has_role, people_in_scope_of, people_let_in_by, scope_of

from . import people as progress
from .forms import AskForm
from .tree import tree

PEOPLE_A_PAGE = 50


def people_of(user):
    """The people whose progress the reader may see. Raises Http404 for who is neither HR, director nor administrator."""
    if not has_role(user, Role.HR, Role.DIRECTOR, Role.ADMINISTRATOR):
        raise Http404
    return people_in_scope_of(user)


@login_required
@require_safe
def people(request):
    """The people of the own libraries: ?library=CODE&course=CODE&state=STATE&q=NAME. What is not in scope or not known is 404."""
    scope = found = people_of(request.user).filter(is_active=True)  # who has left has a record, and is on no list
    libraries = list(scope_of(request.user, Role.HR, Role.DIRECTOR))
    library = _chosen(libraries, request.GET.get("library"))
    form = AskForm(request.GET)
    if not form.is_valid():
        raise Http404
    course, state, words = (form.cleaned_data[name] for name in ("course", "state", "q"))
    if library:
        found = found.below(library)
    numbers = progress.ledger(found, course)
    if state:
        found = progress.in_state(found, state, course)
    if words:
        found = found.matching(words)
    found = found.select_related("library", "position").order_by("folded", "pk")
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "library": library,
        "top": tree([one for one in libraries if one.closed_at is None], scope, library),
        "numbers": numbers,
        "may_require": has_role(request.user, Role.HR, Role.ADMINISTRATOR),
        "may_read_log": has_role(request.user, Role.ADMINISTRATOR),
        "course": course,
        "is_narrowed": bool(state or words),
        "page_obj": page,
        "lines": progress.lines(list(page), course),
        "keep": keep(request, "page"),
        "keep_in_tree": keep(request, "page", "library"),
    }
    return render(request, "reports/people.html", context)


def _chosen(libraries, code):
    if not code:
        return None
    library = next((library for library in libraries if library.code == code), None)
    if library is None:
        raise Http404
    return library


def keep(request, *dropped):
    """The present question as the beginning of a query string, without some of its parts: «course=sec&»."""
    query = request.GET.copy()
    for name in (*dropped, "lang"):
        query.pop(name, None)
    return f"{query.urlencode()}&" if query else ""


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
