"""A person's own data to take along; HR's depersonalising of who has left."""

import tempfile

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Job, Role, User
from accounts.roles import has_role, has_staff_role, scope_of
from accounts.words import WordsField

from . import privacy


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def own_data(request):
    """What is held, and the archive by a POST: at once, or by a job where the files are large. The password is asked again."""
    own = Job.objects.filter(made_by=request.user, kind=privacy.JOB)
    if request.method == "POST":
        if privacy.size_of(request.user.pk) > privacy.AT_ONCE:
            if not own.filter(finished_at=None).exists():
                privacy.ask(request.user)
            messages.success(request, _("Your files are large: the archive is being made. Come back in some minutes."))
            return redirect("own_data")
        privacy.note(request.user)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
        privacy.pack(request.user.pk, file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename="data.zip", content_type="application/zip")
    return render(request, "cms/own_data.html", {"jobs": own.order_by("-pk")[:5]})


@login_required
@require_safe
@reauthentication_required
def own_archive(request, pk):
    job = get_object_or_404(Job, made_by=request.user, kind=privacy.JOB, pk=pk)
    if not job.made:
        raise Http404
    return FileResponse(job.made.open(), as_attachment=True, filename="data.zip", content_type="application/zip")


class DepersonaliseForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("For example: the person's letter of such a day."),
    )
    sure = forms.BooleanField(label=gettext_lazy("I know that this cannot be undone"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def depersonalise(request, pk):
    """For HR of the person's library and administrators. Staff roles: administrators alone."""
    if not has_role(request.user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    people = User.objects.filter(library__in=scope_of(request.user, Role.HR)).exclude(pk=request.user.pk)
    person = get_object_or_404(people.select_related("library"), pk=pk)
    if has_staff_role(person) and not has_role(request.user, Role.ADMINISTRATOR):
        raise Http404
    possible = not person.is_active and person.depersonalised_at is None
    form = DepersonaliseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and possible and form.is_valid():
        privacy.depersonalise(person=person, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Done. The certificates stay in the register."))
        return redirect("reports:person", pk)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "cms/depersonalise.html", {"person": person, "form": form, "possible": possible}, status=status
    )
