from django.urls import path

from . import copy_views, facts_views, privacy_views, search_views, translation_po_views, translation_views, views

urlpatterns = [
    path("learning/", views.learning, name="learning"),
    path("go/<int:pk>/", views.go, name="go"),
    path("accounts/data/", privacy_views.own_data, name="own_data"),
    path("accounts/data/files/<int:pk>/", privacy_views.own_archive, name="own_archive"),
    path("hr/people/<int:pk>/depersonalise/", privacy_views.depersonalise, name="depersonalise"),
    path("search/", search_views.search, name="search"),
    path("glossary/", views.glossary, name="glossary"),
    path("teach/courses/<int:pk>/copy/", copy_views.copy, name="course_copy"),
    path("teach/facts/", facts_views.due, name="facts_due"),
    path("teach/translations/", translation_views.courses, name="translations"),
    path("teach/courses/<int:pk>/translations/", translation_views.course, name="translation_board"),
    path("teach/courses/<int:pk>/translations/<slug:language>/po/", translation_po_views.give, name="translation_po"),
    path(
        "teach/courses/<int:pk>/translations/<slug:language>/export.po",
        translation_po_views.export,
        name="translation_export",
    ),
    path("teach/courses/<int:pk>/translations/files/<int:job>/", translation_po_views.one, name="translation_po_one"),
    path(
        "teach/courses/<int:pk>/translations/<slug:language>/<slug:kind>/<int:key>/",
        translation_views.one,
        name="translation_side",
    ),
    path("media/<path:name>", views.media, name="media"),
]
