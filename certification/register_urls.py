"""Verification, open to all (/verify/)."""

from django.urls import path

from . import check_views, views

urlpatterns = [
    path("", views.verify, name="verify"),
    path("file/", check_views.check_file, name="verify_file"),
    path("batch/", check_views.check_batch, name="verify_batch"),
    path("batch/<int:pk>/", check_views.batch_one, name="verify_batch_one"),
    path("batch/<int:pk>/result.xlsx", check_views.batch_result, name="verify_batch_result"),
    path("<str:code>.json", views.result_json, name="verify_json"),
    path("<str:code>/", views.result, name="verify_result"),
]
