"""Sign-in by allauth: registration is closed unless a setting opens it; people are brought in by HR."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.internal.httpkit import clean_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import CharField
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from . import audit, consent, limits, notices, sessions
from .prepared import Given, PreparedValues

log = logging.getLogger(__name__)
WAITED_FOR = {  # letters of allauth, of which none goes on by itself; to unknown addresses too, which are answered alike
    f"account/email/{name}"
    for name in ("password_reset_key", "unknown_account", "email_confirmation", "email_confirmation_signup")
}
OWN_ADDRESS = PreparedValues(
    lambda: EmailAddress.objects.filter(user=Given("person"), email=Given("email", CharField())).values_list("pk")
)
FACTORS = PreparedValues(lambda: Authenticator.objects.filter(user=Given("person")).values_list("type"))


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return settings.REGISTRATION_OPEN

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """allauth tells its letters whose account it is, but not these."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def get_client_ip(self, request):
        """The address that the farthest trusted proxy saw (TRUSTED_PROXY_COUNT).

        Where fewer have spoken than are counted on, or what they said is no address, it is that of whoever is connected: such a sign-in
        is counted together with its neighbours', but nobody is turned away.
        """
        try:
            return super().get_client_ip(request)
        except (PermissionDenied, ImproperlyConfigured):
            said = request.headers.get("X-Forwarded-For", "")
            if said:
                proxies, heard = settings.ALLAUTH_TRUSTED_PROXY_COUNT, len(said.split(","))
                log.warning("TRUSTED_PROXY_COUNT is %s, X-Forwarded-For had %s", proxies, heard)
            return clean_client_ip(request.META.get("REMOTE_ADDR", "")) or "0.0.0.0"  # noqa: S104  # nosec B104  # a socket of this machine

    def send_mail(self, template_prefix, email, context):
        """In the language of the person who will read it; whoever pressed the button may read another.

        While the mail server is away what was done stays done. Who waits for the letter is told.
        """
        try:
            with translation.override(getattr(context.get("user"), "language", None) or translation.get_language()):
                super().send_mail(template_prefix, email, context)
        except OSError as fault:  # of sockets, and all of smtplib
            log.warning("a letter of the sign-in could not be sent: %s", fault)
            if template_prefix in WAITED_FOR:
                no = _("The letter could not be sent: the mail server does not answer. Try again in some minutes.")
                messages.error(self.request, no)

    def render_mail(self, template_prefix, email, context, headers=None):
        """In the form of our letters: greeted by name, and as HTML too, where the one address that it is about is a button."""
        context = {**context, "person": context.get("user"), **notices.sender(translation.get_language())}
        mail = super().render_mail(template_prefix, email, context, headers)
        context |= {"subject": mail.subject, "text_template": f"{template_prefix}_message.txt", "framed": True}
        mail.attach_alternative(render_to_string("account/email/letter.html", context), "text/html")
        return mail

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email or None
        if commit:
            user.save()
        return user

    def pre_authenticate(self, request, **credentials):
        """Counted as wrong until it is known to be right (allauth takes it back then): nobody is ahead of the count."""
        key = self._get_login_attempts_cache_key(request, **credentials)
        self._login_failed_rl_usage = limits.take(request, "login_failed", key)
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def _delete_login_attempts_cached_email(self, request, **credentials):
        """A new password begins with no wrong ones."""
        limits.clear(request, "login_failed", self._get_login_attempts_cache_key(request, **credentials))

    def post_login(self, request, user, **kwargs):
        """allauth's row of the e-mail is made here, by a POST: else its e-mail page would make it when it is looked at."""
        if user.email and not OWN_ADDRESS.first(person=user.pk, email=user.email.lower()):
            sync_user_email_address(user)
        response = super().post_login(request, user, **kwargs)
        if consent.asked_at_sign_in(user) and response.status_code == 302:
            return redirect(f"{reverse('consent')}?{urlencode({'next': response.url})}")
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    def is_mfa_enabled(self, user, types=None):
        """allauth's question in one prepared query: it is asked at every sign-in, and of staff at every request."""
        if user.is_anonymous:
            return False
        kinds = {kind for (kind,) in FACTORS.all(person=user.pk)}
        return bool(kinds if types is None else kinds.intersection(types))


class DevicesAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions_to_end):
        """«Sign out everywhere else»: also there where no row knows of it."""
        request = context.request
        sessions.end_all(person=request.user, keep=request)
        audit.record(actor=request.user, deed="signed out elsewhere", subject=f"person {request.user.pk}")
