"""The tree of libraries and the page of one: history, staff, deeds. Directors read; a library out of scope is 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import libraries as rules
from accounts.models import Employment, Library, Role, RoleGrant, User
from accounts.roles import has_role, scope_of

from .asking import people_of
from .library_forms import REASONS, AddForm, ChangeForm, CloseForm, MergeForm, MoveForm
from .staff import is_administrator
from .tree import counted_tree

LEFT_SHOWN = 50


def _working(user):
    return people_of(user).filter(is_active=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def libraries(request):
    """The topmost of the own libraries. An administrator adds the nation here."""
    people = _working(request.user)
    if request.method == "POST" and not is_administrator(request.user):
        raise Http404
    form = None
    if is_administrator(request.user):
        form = AddForm(request.POST if request.method == "POST" else None, initial={"level": Library.Level.NATION})
        form.title = _("Add a national programme")
        if request.method == "POST" and (made := _done(form, lambda values: rules.add(by=request.user, **values))):
            messages.success(request, _("The library is added."))
            return redirect("reports:library", made.code)
    nodes = counted_tree(scope_of(request.user, Role.HR, Role.DIRECTOR), people)
    context = {
        "top": nodes,
        "form": form if form and (form.errors or not nodes) else None,
        "links": _links(request.user),
    }
    return render(request, "reports/libraries.html", context, status=422 if form and form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def library(request, code):
    """One library. A POST names its deed: add (one below), change, move, merge, close."""
    people, own = _working(request.user), scope_of(request.user, Role.HR, Role.DIRECTOR)
    found = get_object_or_404(own.select_related("merged_into"), code=code)
    forms = _forms(request, found)
    asked = request.POST.get("deed") if request.method == "POST" else None
    if asked is not None and asked not in forms:
        raise Http404
    if request.method == "POST" and asked is None:
        raise Http404
    if asked and (made := _done(forms[asked], lambda values: _do(asked, found, values, request.user))):
        messages.success(request, _said(asked))
        return redirect("reports:library", made.code)
    context = {
        "library": found,
        "above": [one for one in own.filter(depth__lt=found.depth) if found.path.startswith(one.path)],
        "into_is_own": bool(found.merged_into_id) and own.filter(pk=found.merged_into_id).exists(),
        "top": counted_tree(own, people, found),
        "forms": forms,
        "staff": people.working_in(Library.objects.filter(pk=found.pk)).select_related("position").order_by("folded", "pk"),
        "with_all": people.below(found).count(),
        "children": _children(found),
        "left": _left(found),
        "roles": RoleGrant.objects.in_force().filter(library=found).select_related("person", "deputy_for").order_by("role", "pk"),
        "history": found.history.select_related("by"),
        "links": _links(request.user),
    }  # fmt: skip
    return render(request, "reports/library.html", context, status=422 if asked else 200)


def _links(user):
    return has_role(user, Role.HR, Role.ADMINISTRATOR)


def _children(found):
    """What belongs to it, with the number of those who work there. One query."""
    return (
        found.get_children().in_use().annotate(n_staff=Count("staff", filter=Q(staff__is_active=True))).order_by("path")
    )


def _left(found):
    """Those who worked here and do so no more: moved on or left. [Employment], the last first."""
    here_now = User.objects.filter(is_active=True).working_in(Library.objects.filter(pk=found.pk))
    rows = Employment.objects.filter(library=found, until__isnull=False).exclude(person__in=here_now)
    return rows.select_related("person", "position").order_by("-until", "-pk")[:LEFT_SHOWN]


def _forms(request, found):
    """{deed: form} of what the reader may do here."""
    user = request.user
    own = scope_of(user, Role.HR).in_use()
    if found.closed_at or not has_role(user, Role.HR, Role.ADMINISTRATOR) or not own.filter(pk=found.pk).exists():
        return {}
    data = {request.POST.get("deed"): request.POST} if request.method == "POST" else {}
    levels = Library.Level.values
    next_level = levels[min(levels.index(found.level) + 1, len(levels) - 1)]
    forms = [
        AddForm(data.get("add"), initial={"level": next_level, "type": found.type}),
        ChangeForm(data.get("change"), initial=ChangeForm.named(found)),
    ]
    parent = found.get_parent()
    if parent and own.filter(pk=parent.pk).exists():  # the topmost of a scope is somebody else's to move
        others = own.exclude(path__startswith=found.path)
        forms += [
            MoveForm(data.get("move"), libraries=others),
            MergeForm(data.get("merge"), libraries=others),
            CloseForm(data.get("close")),
        ]
    return {form.deed: form for form in forms}


def _do(deed, found, values, by):
    if deed == "add":
        return rules.add(parent=found, by=by, **values)
    if deed == "change":
        rules.change(library=found, by=by, **values)
        return found
    if deed == "move":
        return rules.move(library=found, to=values["other"], by=by, reason=values["reason"])
    if deed == "merge":
        return rules.merge(library=found, into=values["other"], by=by, reason=values["reason"])
    return rules.close(library=found, by=by, reason=values["reason"])


def _done(form, deed):
    """What the deed returns; None where the form, or the rule, does not let it: the form then says why."""
    if not form.is_valid():
        return None
    try:
        return deed(form.cleaned_data)
    except rules.Refused as fault:
        form.add_error(None, REASONS[fault.why])
        return None


def _said(deed):
    return {
        "add": _("The library is added."),
        "change": _("The change is saved."),
        "move": _("The library is moved, with its people, roles and requirements."),
        "merge": _("The libraries are merged. Old codes lead here."),
        "close": _("The library is closed."),
    }[deed]
