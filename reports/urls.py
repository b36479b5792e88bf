from django.urls import path

from . import (
    attendance_views,
    certificate_views,
    external_views,
    learner_views,
    requirement_people_views,
    requirement_views,
    transcript_views,
    views,
)

app_name = "reports"
urlpatterns = [
    path("hr/", views.people, name="people"),
    path("hr/attendance/", attendance_views.report, name="attendance"),
    path("hr/attendance.xlsx", attendance_views.workbook, name="attendance_workbook"),
    path("hr/certificates/", certificate_views.register, name="certificates"),
    path("hr/certificates.xlsx", certificate_views.workbook, name="certificates_workbook"),
    path("hr/certificates.pdf", certificate_views.paper, name="certificates_paper"),
    path("hr/certificates.zip", certificate_views.archive, name="certificates_archive"),
    path("hr/certificates/to-look-at/", certificate_views.to_look_at, name="to_look_at"),
    path("hr/certificates/<str:number>/", certificate_views.certificate, name="certificate"),
    path("hr/external/", external_views.queue, name="external_queue"),
    path("hr/external/<int:pk>/", external_views.one, name="external"),
    path("hr/people/<int:pk>/", views.person, name="person"),
    path("hr/people/<int:pk>/transcript.pdf", transcript_views.of_person, name="transcript"),
    path("certificates/transcript.pdf", transcript_views.own, name="own_transcript"),
    path("hr/requirements/", requirement_views.requirements, name="requirements"),
    path("hr/requirements/new/", requirement_views.new, name="new_requirement"),
    path("hr/requirements/people/", requirement_people_views.people, name="required_people"),
    path("hr/requirements/<int:pk>/", requirement_people_views.requirement, name="requirement"),
    path("hr/requirements/<int:pk>.xlsx", requirement_people_views.workbook, name="requirement_workbook"),
    path("hr/requirements/<int:pk>/edit/", requirement_views.edit, name="edit_requirement"),
    path("hr/requirements/<int:pk>/remind/", requirement_people_views.remind, name="remind"),
    path("hr/requirements/<int:pk>/people/<int:person>/", requirement_people_views.person, name="requirement_person"),
    path("requirements/<int:course>/begin-again/", requirement_views.begin_again, name="begin_again"),
    path("hr/requirements/<int:pk>/withdraw/", requirement_views.withdraw, name="withdraw"),
    path("teach/courses/<int:course>/people/<int:pk>/", learner_views.learner, name="learner"),
]
