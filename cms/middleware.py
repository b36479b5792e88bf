"""What holds for /cms/ alone: nobody else frames it, its site-wide reports are for those who work site-wide, facts stay."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.questions import writes_everywhere

# Wagtail's admin has inline scripts and styles; nothing of it may come from elsewhere, go elsewhere or be framed by others.
POLICY = "; ".join([
    "default-src 'none'", "script-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
    "font-src 'self'", "connect-src 'self'", "media-src 'self'", "frame-src 'self'", "manifest-src 'self'", "form-action 'self'",
    "frame-ancestors 'self'", "base-uri 'self'", "object-src 'none'",
])  # fmt: skip
SITE_WIDE = "wagtailadmin_reports"  # a namespace
REPORTS = (  # and pages of one type: drafts of every course are among them
    "translations_report", "translations_report_results",  # wagtail-localize's
    "type_use", "type_use_results",
)  # fmt: skip
ALIASES = ("convert_alias", "convert_to_alias")  # Wagtail's and wagtail-localize's: both ask only who may edit


class AdminMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith("/cms/"):
            response.headers.setdefault("Content-Security-Policy", POLICY)  # a preview brings its own, the strict one
            response.cookies.pop(settings.LANGUAGE_COOKIE_NAME, None)  # and the language of its page: not the trainer's
        return response

    def process_view(self, request, view, args, kwargs):
        """Reports know no scope: they name pages and people of every course. Turning an alias changes what is live."""
        if not request.path.startswith("/cms/") or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        if (SITE_WIDE in match.namespaces or match.url_name in REPORTS) and not writes_everywhere(request.user):
            raise PermissionDenied
        if match.url_name in ALIASES:
            page = get_object_or_404(Page, pk=kwargs["page_id"])
            if not page.permissions_for_user(request.user).can_publish():
                raise PermissionDenied
        if request.method == "POST" and "delete" in (match.url_name, kwargs.get("action")):
            return self.delete(request, view, args, kwargs)
        return None

    def delete(self, request, view, args, kwargs):
        """Wagtail's «Delete» knows nothing of our facts, and writes its log first: all of it or nothing."""
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except ProtectedError:
            messages.error(request, _("This cannot be deleted: enrolments, seats or other records hang on it."))
            return redirect("wagtailadmin_home")
