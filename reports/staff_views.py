"""One person's record by form: brought in, changed; workplaces and roles, with the deeds on them. Others' people are 404."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import employment, people, roles
from accounts.models import MergeRecord, Role, RoleGrant
from accounts.roles import people_in_scope_of

from . import staff_forms as forms
from .staff import is_administrator, libraries_kept_by, may_change, may_decide, may_end, people_kept_by, people_seen_by

REFUSALS = (employment.Refused, roles.NotToBeGiven)


@dataclass
class Asked:
    """What the forms of one page choose from."""

    libraries: object
    grants: object


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """?library=CODE chooses where."""
    people_kept_by(request.user)
    initial = {"library": request.GET.get("library"), "language": "uz"}
    form = forms.RecordForm(
        request.POST if request.method == "POST" else None, libraries=libraries_kept_by(request.user), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = people.add(by=request.user, **form.cleaned_data)
        except IntegrityError:
            form.add_error("email", _("Somebody else has this e-mail."))
        else:
            messages.success(request, _("The person is added. The login is %(login)s.") % {"login": made.username})
            return redirect("reports:person", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/record_form.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    person = get_object_or_404(people_kept_by(request.user).select_related("library", "position"), pk=pk)
    has_email = may_decide(request.user, person)
    form = forms.RecordForm(
        request.POST if request.method == "POST" else None,
        person=person,
        has_email=has_email,
        initial=forms.RecordForm.filled(person),
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = people.change(person=person, by=request.user, **form.cleaned_data)
        except IntegrityError:
            form.add_error("email", _("Somebody else has this e-mail."))
        else:
            messages.success(request, _("The record is changed.") if changed else _("Nothing was different."))
            return redirect("reports:person", pk)
    context = {"form": form, "person": person, "has_email": has_email}
    return render(request, "reports/record_form.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def work(request, pk):
    """Workplaces and roles of a person. A POST names its deed; what the reader may not do is 404."""
    found = people_seen_by(request.user).select_related("library", "position", "merged_into")
    person = get_object_or_404(found, pk=pk)
    table = _forms(request, person)
    if request.method == "POST":
        deed = request.POST.get("deed")
        if deed in ("end_second", "withdraw"):
            return _end(request, person, deed)
        if deed not in table:
            raise Http404
        if said := _done(table[deed], deed, person, request.user):
            messages.success(request, said)
            return redirect("reports:work", pk)
    grants = RoleGrant.objects.filter(person=person) | RoleGrant.objects.filter(deputy_for=person)
    context = {
        "person": person,
        "workplaces": employment.history(person),
        "grants": grants.in_force().select_related("person", "library", "deputy_for").order_by("pk"),
        "forms": table,
        "may_change": may_change(request.user, person),
        "may_decide": may_decide(request.user, person),
        "is_administrator": is_administrator(request.user),
        "merges": MergeRecord.objects.filter(kept=person) | MergeRecord.objects.filter(gone=person),
    }
    return render(request, "reports/work.html", context, status=422 if request.method == "POST" else 200)


def _forms(request, person):
    """{deed: form} of what the reader may do with this person."""
    user, data = request.user, {request.POST.get("deed"): request.POST} if request.method == "POST" else {}
    grants = person.role_grants.own().filter(role__in=[Role.HR, Role.DIRECTOR]).select_related("library")
    kinds = []
    if may_change(user, person) and not person.merged_into_id:
        if person.is_active:
            kinds = [forms.TransferForm]
        if may_decide(user, person):
            kinds += [forms.SecondForm, forms.LeaveForm] if person.is_active else [forms.ReturnForm]
    if grants and (is_administrator(user) or user.pk == person.pk):
        kinds += [forms.DeputyForm]
    if grants and is_administrator(user):
        kinds += [forms.HandOverForm]
    libraries = libraries_kept_by(user) if kinds else None
    asked = Asked(libraries, grants)
    start = {"library": person.library and person.library.code, "position": person.position and person.position.code}
    return {kind.deed: kind(data.get(kind.deed), asked=asked, initial=start) for kind in kinds}


def _done(form, deed, person, by):
    """What to say; None where the form, or the rule, does not let it: the form then says why."""
    if not form.is_valid():
        return None
    values = form.cleaned_data
    try:
        return _do(deed, person, values, by)
    except REFUSALS as fault:
        form.add_error(None, forms.REASONS[fault.why])
    return None


def _do(deed, person, values, by):
    if deed == "transfer":
        people.change(person=person, by=by, **values)
        return _("The person is transferred.")
    if deed == "second":
        employment.add_second(
            person=person, by=by, library=values["library"], position=values["position"], since=values["on"]
        )
        return _("The second workplace is added.")
    if deed == "leave":
        employment.leave(person=person, by=by, **values)
        return _("The work has ended. The person can no longer sign in; certificates stay.")
    if deed == "return":
        employment.come_back(person=person, by=by, **values)
        return _("The person is back. The login is the same.")
    other = _named(values.pop("person"), by)
    if deed == "deputy":
        roles.deputise(person=other, by=by, **values)
        return _("The deputy is named.")
    roles.hand_over(person=person, to=other, by=by, **values)
    return _("The roles are handed over.")


def _named(login, by):
    """Somebody in the reader's scope by login. Raises NotToBeGiven for who is not there: who exists elsewhere is not told."""
    found = people_in_scope_of(by).filter(username__iexact=login.strip()).first()
    if found is None:
        raise roles.NotToBeGiven("unknown")
    return found


def _end(request, person, deed):
    """A button beside a row: a second workplace ends, a role is withdrawn."""
    user = request.user
    if deed == "end_second":
        workplace = get_object_or_404(person.employments.second().select_related("person"), pk=_key(request))
        if not may_end(user, workplace):
            raise Http404
        employment.end_second(workplace=workplace, by=user)
        messages.success(request, _("The second workplace has ended."))
    else:
        mine = RoleGrant.objects.filter(person=person) | RoleGrant.objects.filter(deputy_for=person)
        grant = get_object_or_404(mine.select_related("person", "library"), pk=_key(request))
        if not is_administrator(user) and grant.deputy_for_id != user.pk:
            raise Http404
        roles.withdraw(grant=grant, by=user)
        messages.success(request, _("The role is withdrawn."))
    return redirect("reports:work", person.pk)


def _key(request):
    key = request.POST.get("row", "")
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    return int(key)
