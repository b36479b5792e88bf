"""Administrators' pages of the organisations that may ask by program: tokens, addresses that are told, what was told."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import outgoing
from accounts.models import Library, Role
from accounts.roles import has_role
from reports.forms import DAY, choose_libraries
from reports.models import ApiClient, Delivery, Webhook

from . import clients, webhooks

MESSAGES_A_PAGE = 50


class ClientForm(forms.Form):
    organisation = forms.CharField(label=gettext_lazy("Organisation"), max_length=120)
    library = forms.ModelChoiceField(
        label=gettext_lazy("Reads the people of this library and all below it"), queryset=Library.objects.none()
    )
    expires_on = forms.DateField(label=gettext_lazy("The token is valid until"), widget=DAY)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choose_libraries(self.fields["library"], Library.objects.all())
        self.fields["expires_on"].initial = timezone.localdate() + clients.ABOUT_A_YEAR

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return day


class WebhookForm(forms.Form):
    address = forms.URLField(label=gettext_lazy("Address that is told"), max_length=300, assume_scheme="https")

    def clean_address(self):
        address = self.cleaned_data["address"]
        if urlsplit(address).scheme != "https" and not settings.OUTGOING_PRIVATE_NETWORK:
            raise forms.ValidationError(_("The address must begin with https://"))
        return address


def _administrator(request):
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise Http404


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisations(request):
    """The list, and a form for one more. The token stands in the answer to the form and nowhere else."""
    _administrator(request)
    form = ClientForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        client, token = clients.make(by=request.user, **form.cleaned_data)
        return render(request, "reports/api_secret.html", {"client": client, "token": token})
    rows = ApiClient.objects.select_related("library")
    context = {"form": form, "rows": rows, "today": timezone.localdate()}
    return render(request, "reports/api_clients.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request, pk):
    """One organisation: its addresses and what they were told; a form for one more address."""
    _administrator(request)
    client = get_object_or_404(ApiClient.objects.select_related("library", "made_by", "withdrawn_by"), pk=pk)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if client.withdrawn_at is None and form.is_valid():
        try:
            made = clients.tell(client=client, address=form.cleaned_data["address"], by=request.user)
        except outgoing.NotAllowed:
            form.add_error(
                "address", _("This host may not be called. Who runs the server names it in OUTGOING_HOSTS first.")
            )
        except clients.AlreadyTold:
            form.add_error("address", _("This address is told already."))
        else:
            return render(request, "reports/api_secret.html", {"client": client, "webhook": made})
    told = Delivery.objects.filter(webhook__client=client).select_related("webhook")
    context = {
        "client": client, "form": form, "webhooks": client.webhooks.filter(withdrawn_at=None),
        "page_obj": Paginator(told, MESSAGES_A_PAGE).get_page(request.GET.get("page")), "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "reports/api_client.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def withdraw(request, pk):
    _administrator(request)
    clients.withdraw(client=get_object_or_404(ApiClient, pk=pk), by=request.user)
    messages.success(request, _("The token is withdrawn. It opens nothing any more."))
    return redirect("reports:api_client", pk)


@require_POST
@login_required
def tell_no_more(request, pk):
    _administrator(request)
    webhook = get_object_or_404(Webhook, pk=pk)
    clients.tell_no_more(webhook=webhook, by=request.user)
    messages.success(request, _("This address is told nothing any more."))
    return redirect("reports:api_client", webhook.client_id)


@require_POST
@login_required
def again(request, pk):
    _administrator(request)
    delivery = get_object_or_404(Delivery.objects.select_related("webhook"), pk=pk)
    webhooks.again(delivery=delivery)
    messages.success(request, _("The message is sent again within a minute."))
    return redirect("reports:api_client", delivery.webhook.client_id)
