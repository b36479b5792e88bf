"""Addresses. What outsiders rely on stands in docs/addresses.md."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from certification import views as certificates
from cms import documents, lessons
from cms import views as cms
from reports.api.endpoints import api

pages = i18n_patterns(
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),  # no way past allauth
    re_path(
        r"^((?!_util/)(?:[\w\-]+/)*)$", lessons.serve
    ),  # lessons in few queries; everything else goes on to Wagtail
    path("", include(wagtail_urls)),
)

urlpatterns = [
    # Before forty others: what strangers ask, and a certificate's file (the transcript is made in reports).
    path("verify/", include("certification.register_urls")),
    re_path(r"certificates/(?P<code>(?!transcript)[^/]+)\.pdf$", certificates.download, name="certificate_file"),
    path("", include("courses.urls")),  # saved answers are most of all requests: found next
    *pages,  # then pages; nothing else begins with a language
    path("", cms.to_home),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("cms/login/", cms.to_sign_in),
    path("cms/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("cms/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<str:document_filename>", documents.serve),  # by parts; the rest is Wagtail's own
    path("documents/", include(wagtaildocs_urls)),
    path("api/", RedirectView.as_view(pattern_name="api:openapi-json")),
    path("api/v1/", api.urls),
    path("", include("cms.urls")),
    path("", include("seminars.urls")),
    path("hr/import/", include("accounts.staff_import_views")),
    path("", include("reports.urls")),
    path("", include("certification.urls")),
]
if settings.MODE == "demo":
    urlpatterns.append(path("demo/", include("accounts.demo_urls")))

handler400 = "cms.views.bad_request"
handler404 = "cms.views.not_found"
handler500 = "cms.views.server_error"
