"""The ways in: login with a password or a one-time code, and the password that is set with a code."""

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import derive_login_method
from django import forms
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from . import one_time_codes


def code_of(request, login, text):
    """The open one-time code that fits. Wrong ones count as wrong passwords do: so many a login, and many more an address.

    Raises ValidationError when there were too many."""
    adapter = get_adapter()
    adapter.pre_authenticate(request, **{derive_login_method(login).value: login})
    found = one_time_codes.find(login, text)
    if found:
        adapter._rollback_login_failed_rl_usage()
    return found


class LoginForm(allauth_forms.LoginForm):
    """allauth's; who has a one-time code types it where the password goes."""

    one_time_code = None

    def _clean_with_password(self, credentials):
        if one_time_codes.normalise(credentials["password"]):
            self.one_time_code = code_of(self.request, self.cleaned_data["login"], credentials["password"])
            if self.one_time_code:
                return self.cleaned_data
        return super()._clean_with_password(credentials)

    def login(self, request, redirect_url=None):
        if self.one_time_code:
            keep(request, self.one_time_code)
            return redirect("code_password")
        return super().login(request, redirect_url)


class CodeForm(forms.Form):
    login = forms.CharField(
        label=_("Login"),
        help_text=_("It stands on the slip that you were given. Such as: TSH-0457"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("16 signs in four groups. Small or capital letters, with or without hyphens."),
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "code",
            }
        ),
    )
    found = None

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_login(self):
        return self.cleaned_data["login"].strip()

    def clean_code(self):
        """That it cannot be a code says nothing about any account."""
        if not one_time_codes.normalise(self.cleaned_data["code"]):
            raise forms.ValidationError(_("A code has 16 signs, letters and digits. Look once more at each of them."))
        return self.cleaned_data["code"]

    def clean(self):
        if self.errors:
            return
        self.found = code_of(self.request, self.cleaned_data["login"], self.cleaned_data["code"])
        if self.found is None:
            raise forms.ValidationError(
                _(
                    "Login and code do not fit together, or the code was used, replaced by a newer one, or is older than 30 days."
                )
            )


class AddEmailForm(allauth_forms.AddEmailForm):
    """The e-mail that holds goes on holding until the new one is confirmed. allauth takes one that was never confirmed, as those that
    the HR department brings in, for a change asked for before, and drops it."""

    def save(self, request):
        from .models import User

        holds = self.user.email
        made = super().save(request)
        if holds:
            User.objects.filter(pk=self.user.pk, email=None).update(email=holds)
        return made


class NewPasswordForm(allauth_forms.SetPasswordForm):
    """`user` is whose code it is; nothing is saved here: accounts/one_time_codes.py: use."""


# --- Between the code and the password: the browser keeps which code was typed, nobody is signed in yet --------------------

KEPT = "one_time_code"


def keep(request, code):
    """Under a new key: whoever knows the one that this browser had, as at a shared PC, sets no password with another's code."""
    request.session.cycle_key()
    request.session[KEPT] = code.pk


def kept(request, now):
    """The code that was typed in this browser, while it is open; else None."""
    from .models import OneTimeCode

    found = OneTimeCode.objects.open(now).filter(pk=request.session.get(KEPT), person__is_active=True)
    return found.select_related("person").first()
