"""The demonstration's addresses: the tests' own MODE has no /demo/."""

from django.urls import include, path

from config.urls import handler404, handler500, urlpatterns

__all__ = ["handler404", "handler500", "urlpatterns"]
urlpatterns = [path("demo/", include("accounts.demo_urls")), *urlpatterns]
