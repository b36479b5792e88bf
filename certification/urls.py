from django.urls import path

from . import badge_views, holder_views, views

urlpatterns = [
    path("badges/status/<int:which>.json", badge_views.status_list, name="badge_status"),
    path("badges/<str:code>.png", badge_views.png, name="badge_png"),
    path("badges/<str:code>.svg", badge_views.svg, name="badge_svg"),
    path("badges/<str:code>.json", badge_views.credential, name="badge"),
    path(".well-known/did.json", badge_views.issuer_document, name="did"),
    path("share/<str:code>/", views.shared, name="share_page"),
    path("certificates/", holder_views.mine, name="my_certificates"),
    path("certificates/<str:number>/share/", holder_views.share, name="share"),
    path("certificates/<str:number>/renew/", holder_views.renew, name="renew"),
    path("certificates/external/new/", holder_views.give_in, name="external_new"),
    path("certificates/external/<int:pk>/remove/", holder_views.remove, name="external_remove"),
    path("certificates/external/<int:pk>/file/", holder_views.external_file, name="external_file"),
]
