from django.urls import include, path, re_path
from django.views.generic import RedirectView

from . import consent_views, entry_views, oidc_views, views

urlpatterns = [
    path("login/", entry_views.SignInView.as_view(), name="account_login"),
    # As allauth writes it: its address, with our page before the provider's.
    re_path(r"^oidc/(?P<provider_id>[^/]+)/", include([path("login/", oidc_views.login, name="openid_connect_login")])),
    path("consent/", consent_views.consent, name="consent"),
    path("profile/", views.profile, name="profile"),
    path("certificate-name/", views.certificate_name, name="certificate_name"),
    path("code/", entry_views.code, name="code"),
    path("code/password/", entry_views.code_password, name="code_password"),
    path("sessions/", views.DevicesView.as_view(), name="usersessions_list"),
    path("first-steps/", entry_views.first_steps, name="first_steps"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/read/", views.read_notice, name="read_notice"),
    # Accounts of an identity provider are matched at each sign-in and kept nowhere: nothing to connect, nobody signs up by it.
    path("3rdparty/", RedirectView.as_view(pattern_name="profile")),
    path("3rdparty/signup/", RedirectView.as_view(pattern_name="account_login")),
]
