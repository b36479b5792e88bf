"""The consent text: read and accepted by everybody, edited in /cms/ by administrators."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from . import consent as deeds
from .models import ConsentVersion, Role
from .roles import has_role


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request):
    """The text as it is now. A POST accepts the version that was read (`version`): another one in between is shown first."""
    version, given = deeds.standing(request.user)
    onwards = _safe(request.POST.get("next") or request.GET.get("next"), request)
    if request.method == "POST" and version and not given and request.POST.get("version") == str(version.number):
        deeds.accept(person=request.user, version=version)
        messages.success(request, _("Thank you. You find the text in your profile at any time."))
        return redirect(onwards or "profile")
    context = {"version": version, "given": given, "next": onwards}
    status = 422 if request.method == "POST" and not given else 200
    return render(request, "accounts/consent.html", context, status=status)


def _safe(address, request):
    if address and url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return ""


class ConsentForm(forms.Form):
    must = forms.BooleanField(
        label=gettext_lazy("Everybody has to accept it before going on"), required=False,
        help_text=gettext_lazy("Without the tick a new text stops nobody from learning: it waits in the profile."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        must = self.fields.pop("must")
        for code, name in settings.LANGUAGES:
            self.fields[code] = forms.CharField(
                label=name, widget=forms.Textarea(attrs={"rows": 12, "lang": code}), max_length=20_000
            )
        self.fields["must"] = must


def edit(request):
    """/cms/consent/: the versions, and the form of the next."""
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise PermissionDenied
    now = deeds.current()
    form = ConsentForm(request.POST if request.method == "POST" else None, initial=now.texts if now else None)
    if request.method == "POST" and form.is_valid():
        texts = {code: form.cleaned_data[code] for code, _name in settings.LANGUAGES}
        deeds.publish(texts=texts, must=form.cleaned_data["must"], by=request.user)
        messages.success(request, _("Published as a new version. Earlier ones are kept."))
        return redirect("consent_texts")
    versions = ConsentVersion.objects.order_by("-number").select_related("made_by")
    context = {"form": form, "versions": versions, "page_title": _("Consent text"), "header_icon": "doc-full"}
    return render(request, "accounts/cms/consent.html", context, status=422 if form.errors else 200)
