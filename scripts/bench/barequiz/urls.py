from django.urls import path

from . import views

urlpatterns = [
    path("quizzes/<int:pk>/start/", views.start),
    path("attempts/<int:pk>/", views.page, name="bare_page"),
    path("attempts/<int:pk>/<int:number>/", views.question, name="bare_question"),
    path("attempts/<int:pk>/<int:number>/save/", views.save),
    path("attempts/<int:pk>/finish/", views.finish, name="bare_finish"),
    path("attempts/<int:pk>/result/", views.result, name="bare_result"),
]
