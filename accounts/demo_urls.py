from django.urls import path

from . import demo

urlpatterns = [
    path("mail/", demo.mails, name="demo_mails"),
    path("mail/<str:key>/", demo.mail, name="demo_mail"),
    path("mail/<str:key>/html/", demo.mail_html, name="demo_mail_html"),
]
