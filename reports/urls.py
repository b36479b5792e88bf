from django.urls import path

from . import attendance_views, learner_views, requirement_views, views

app_name = "reports"
urlpatterns = [
    path("hr/", views.people, name="people"),
    path("hr/attendance/", attendance_views.report, name="attendance"),
    path("hr/attendance.xlsx", attendance_views.workbook, name="attendance_workbook"),
    path("hr/people/<int:pk>/", views.person, name="person"),
    path("hr/requirements/", requirement_views.requirements, name="requirements"),
    path("hr/requirements/<int:pk>/withdraw/", requirement_views.withdraw, name="withdraw"),
    path("teach/courses/<int:course>/people/<int:pk>/", learner_views.learner, name="learner"),
]
