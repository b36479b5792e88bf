from django.urls import path

from . import copy_views, views

urlpatterns = [
    path("learning/", views.learning, name="learning"),
    path("go/<int:pk>/", views.go, name="go"),
    path("glossary/", views.glossary, name="glossary"),
    path("teach/courses/<int:pk>/copy/", copy_views.copy, name="course_copy"),
    path("media/<path:name>", views.media, name="media"),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
]
