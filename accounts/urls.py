from django.urls import path

from . import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("certificate-name/", views.certificate_name, name="certificate_name"),
    path("notices/<int:pk>/read/", views.read_notice, name="read_notice"),
]
