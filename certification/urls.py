from django.urls import path

from . import badge_views, check_views, holder_views, views

urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/file/", check_views.check_file, name="verify_file"),
    path("verify/batch/", check_views.check_batch, name="verify_batch"),
    path("verify/batch/<int:pk>/", check_views.batch_one, name="verify_batch_one"),
    path("verify/batch/<int:pk>/result.xlsx", check_views.batch_result, name="verify_batch_result"),
    path("verify/<str:code>.json", views.result_json, name="verify_json"),
    path("verify/<str:code>/", views.result, name="verify_result"),
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
    path("certificates/<str:code>.pdf", views.download, name="certificate_file"),
]
