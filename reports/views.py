"""HR's and directors' lists and records of people. Everything starts from the people in the reader's scope: somebody else's row is 404."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import Role
from accounts.roles import has_role, people_in_scope_of, people_let_in_by, scope_of, tops_of

from . import people as progress
from . import people_sheet, sheets
from .forms import AskForm
from .tree import tree

PEOPLE_A_PAGE = 50
MOST_COUNTED = 1_000  # people found are counted up to here: a nation is not counted for every page
LAST_PAGE = 2_000


def refuse_others(user):
    """Raises Http404 for who is neither HR, director nor administrator."""
    if not has_role(user, Role.HR, Role.DIRECTOR, Role.ADMINISTRATOR):
        raise Http404


def people_of(user):
    """The people whose progress the reader may see. Raises Http404 as above."""
    refuse_others(user)
    return people_in_scope_of(user)


def library_of(user, code):
    """The library of this code in the reader's scope; None without a code. Raises Http404."""
    return get_object_or_404(scope_of(user, Role.HR, Role.DIRECTOR), code=code) if code else None


class Asked:
    """The people that a question means: ?library=CODE&course=CODE&position=CODE&state=STATE&q=WORDS. What is not in scope
    or not known is 404."""

    def __init__(self, request):
        found = people_of(request.user).filter(is_active=True)  # who has left has a record, and is on no list
        self.library = library_of(request.user, request.GET.get("library"))
        self.form = AskForm(request.GET)
        if not self.form.is_valid():
            raise Http404
        values = self.form.cleaned_data
        self.course, self.state = values["course"], values["state"]
        if self.library:
            found = found.filter(library=self.library) if values["alone"] else found.below(self.library)
        if values["position"]:
            found = found.filter(position=values["position"])
        if self.state:
            found = progress.in_state(found, self.state, self.course)
        if values["q"]:
            found = found.matching(values["q"])
        self.is_narrowed = any(values.values())
        self.people = found.order_by("folded", "pk")


@login_required
@require_safe
def people(request):
    """The list, a page at a time. The same number of queries for ten people and for a nation."""
    asked = Asked(request)
    tops = tops_of(request.user, Role.HR, Role.DIRECTOR)
    number = min(_number(request.GET.get("page")), LAST_PAGE)
    first = (number - 1) * PEOPLE_A_PAGE
    rows = list(asked.people.select_related("library", "position")[first : first + PEOPLE_A_PAGE + 1])
    counted = asked.people.order_by()[: MOST_COUNTED + 1].count()
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


def _number(text):
    return max(int(text), 1) if text and text.isascii() and text.isdecimal() else 1


@login_required
@require_safe
def sheet(request, ending):
    """The whole list as CSV or XLSX, sent while it is read from the database."""
    if ending not in sheets.TYPES:
        raise Http404
    asked = Asked(request)
    name = f"xodimlar-{timezone.localdate():%Y-%m-%d}.{ending}"
    return people_sheet.answer(asked.people, asked.course, ending, name)


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
