"""Which language a request is answered in; pages about a person stay out of caches; staff have a second factor; sessions end."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import http_date
from django.utils.translation import get_language_from_path

from . import sessions
from .roles import has_staff_role

CODES = {code for code, _ in settings.LANGUAGES}


def language_of(request):
    """The address says it (/ru/...), else «?lang=», else the cookie of this browser, else Uzbek.

    The browser's own languages are not asked: phones here often speak Russian or English to people who read Uzbek.
    """
    return (
        get_language_from_path(request.path_info)
        or (request.META.get("QUERY_STRING") and _known(request.GET.get("lang")))
        or _known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
        or settings.LANGUAGE_CODE
    )


def _known(code):
    return code if code in CODES else None


class LanguageMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        if (
            language != request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
            and response.status_code < 400
        ):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax", httponly=True,
                secure=settings.LANGUAGE_COOKIE_SECURE,
            )  # fmt: skip
        return response


class PolicyMiddleware(CSPMiddleware):
    """django-csp's, which composes the policy anew for each answer; what no view changed is composed once."""

    CHANGED = frozenset(
        f"_csp_{what}{kind}" for what in ("config", "update", "replace", "exempt") for kind in ("", "_ro")
    )

    @cached_property
    def policy(self):
        return build_policy()

    @cached_property
    def elsewhere(self):
        return tuple(settings.CONTENT_SECURITY_POLICY["EXCLUDE_URL_PREFIXES"])

    def process_response(self, request, response):
        is_plain = self.CHANGED.isdisjoint(vars(response)) and not hasattr(request, "_csp_nonce")
        if not is_plain or (settings.DEBUG and response.status_code in (404, 500)):
            return super().process_response(request, response)
        if not request.path_info.startswith(self.elsewhere):
            response.headers.setdefault(HEADER, self.policy)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class PrivatePagesMiddleware:
    """What a signed-in person sees is kept by nobody: the next one at a shared PC presses «back» in vain.

    Pictures of lessons (cms/views.py: media), which are the same for everybody and never change, are kept by who has seen them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "immutable" in response.headers.get("Cache-Control", ""):
            return response
        if request.user.is_authenticated or request.path.startswith("/accounts/"):
            response.headers.setdefault("Expires", http_date())
            response.headers["Cache-Control"] = "no-store, private"
        return response


class IdleMiddleware:
    """Whoever goes on asking for pages stays signed in, for a working day (accounts/sessions.py)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.user = get_user(request)  # asked for here in any case: no proxy before each word about the person
        if request.user.is_authenticated and request.session.is_worn_out(timezone.now()):
            logout(request)
        response = self.get_response(request)
        if request.user.is_authenticated and request.session.is_to_renew(timezone.now()):
            sessions.renew(request)
        return response


class ConsentMiddleware:
    """Who has to accept the consent text (User.consent_due) reaches only its page, the data to take along and the way out.

    An attempt under way goes on: its clock does not wait for a text.
    """

    OPEN = (
        "/accounts/consent/", "/accounts/data/", "/accounts/logout/", "/accounts/login/", "/accounts/2fa/", "/accounts/reauthenticate/",
        "/attempts/", "/static/", "/verify/",
    )  # fmt: skip

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and request.user.consent_due and not request.path.startswith(self.OPEN):
            return redirect("consent")
        return self.get_response(request)


class SecondFactorMiddleware:
    """Where REQUIRE_MFA is on, a staff role without a second factor reaches only its set-up pages.

    In /cms/ that holds for whoever may open it: groups are also given there, by hand and without a role.
    """

    OPEN = (
        "/accounts/2fa/", "/accounts/login/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/password/",
        "/accounts/confirm-email/", "/static/", "/verify/",
    )  # fmt: skip

    CLOSED_AGAIN = ("/verify/batch/",)  # within what is open

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_open = request.path.startswith(self.OPEN) and not request.path.startswith(self.CLOSED_AGAIN)
        if settings.REQUIRE_MFA and not is_open and self.is_staff(request):
            from allauth.mfa.utils import is_mfa_enabled

            if not is_mfa_enabled(request.user):
                return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def is_staff(request):
        user = request.user
        known = getattr(user, "holds_role", None)  # came along with the person (accounts/backends.py)
        if has_staff_role(user) if known is None else known or user.is_superuser:
            return True
        return request.path.startswith("/cms/") and request.user.has_perm("wagtailadmin.access_admin")
