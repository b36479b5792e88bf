"""Sign-in by allauth: registration is closed unless a setting opens it; people are brought in by HR."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.core import context
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from . import audit, consent, sessions


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return settings.REGISTRATION_OPEN

    def send_mail(self, template_prefix, email, context):
        """In the language of the person who will read it; whoever pressed the button may read another."""
        with translation.override(getattr(context.get("user"), "language", None) or translation.get_language()):
            super().send_mail(template_prefix, email, context)

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email or None
        if commit:
            user.save()
        return user

    def post_login(self, request, user, **kwargs):
        """allauth's row of the e-mail is made here, by a POST: else its e-mail page would make it when it is looked at."""
        sync_user_email_address(user)
        response = super().post_login(request, user, **kwargs)
        if consent.asked_at_sign_in(user) and response.status_code == 302:
            return redirect(f"{reverse('consent')}?{urlencode({'next': response.url})}")
        return response


class DevicesAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions_to_end):
        """«Sign out everywhere else»: also there where no row knows of it."""
        request = context.request
        sessions.end_all(person=request.user, keep=request)
        audit.record(actor=request.user, deed="signed out elsewhere", subject=f"person {request.user.pk}")
