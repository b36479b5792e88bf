"""The way in with a one-time code: login and code, a password, the first steps. Forms alone: it works on any phone."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import entry_forms, limits, one_time_codes, people
from .forms import LanguageForm


class SignInView(LoginView):
    """allauth's, with our count of tries."""

    def dispatch(self, request, *args, **kwargs):
        if request.method == "POST" and not limits.take(request, "sign_in"):
            return respond_429(request)
        return super().dispatch(request, *args, **kwargs)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request):
    if request.user.is_authenticated:
        return redirect("/learning/")
    form = entry_forms.CodeForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST":
        if not limits.take(request, "sign_in"):
            return respond_429(request)
        if form.is_valid():
            entry_forms.keep(request, form.found)
            return redirect("code_password")
    return render(request, "accounts/code.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def code_password(request):
    """The password that takes the place of the code. Whoever has set it is signed in, by a second factor where there is one."""
    found = entry_forms.kept(request, timezone.now())
    if found is None:
        return redirect("code")
    form = entry_forms.NewPasswordForm(data=request.POST if request.method == "POST" else None, user=found.person)
    if request.method == "POST" and form.is_valid():
        try:
            person = one_time_codes.use(code=found, password=form.cleaned_data["password1"])
        except one_time_codes.CodeIsGone:
            messages.error(request, _("This code has been used meanwhile. Log in, or ask for a new one."))
            return redirect("code")
        return _enter(request, person, found)
    context = {"form": form, "person": found.person}
    return render(request, "accounts/code_password.html", context, status=422 if form.errors else 200)


def _enter(request, person, found):
    request.session.pop(entry_forms.KEPT, None)
    record_authentication(request, person, "password", username=person.username)
    invited = found.purpose == found.Purpose.INVITATION
    login = Login(user=person, redirect_url=reverse("first_steps") if invited else "/learning/")
    return perform_login(request, login)


@login_required
def first_steps(request):
    """What somebody who is here for the first time should know: the language, the name, where learning is, how to leave."""
    form = LanguageForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        people.choose_language(person=request.user, language=language)
        return redirect(f"{reverse('first_steps')}?lang={language}")  # the page goes on in it
    return render(request, "accounts/first_steps.html", {"form": form})
