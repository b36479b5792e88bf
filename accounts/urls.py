from django.urls import path

from . import consent_views, views

urlpatterns = [
    path("consent/", consent_views.consent, name="consent"),
    path("profile/", views.profile, name="profile"),
    path("certificate-name/", views.certificate_name, name="certificate_name"),
    path("notices/<int:pk>/read/", views.read_notice, name="read_notice"),
]
