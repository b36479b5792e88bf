from django.urls import path

from . import views

urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>.json", views.result_json, name="verify_json"),
    path("verify/<str:code>/", views.result, name="verify_result"),
    path("certificates/<str:code>.pdf", views.download, name="certificate_file"),
]
