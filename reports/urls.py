from django.urls import path

from . import (
    attendance_views,
    board_views,
    certificate_views,
    external_views,
    learner_views,
    requirement_views,
    transcript_views,
    views,
)

app_name = "reports"
urlpatterns = [
    path("hr/", board_views.dashboard, name="board"),
    path("hr/libraries.<str:ending>", board_views.board_sheet, name="board_sheet"),
    path("hr/report/", board_views.report, name="half_year"),
    path("hr/people/", views.people, name="people"),
    path("hr/people.<str:ending>", views.sheet, name="people_sheet"),
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
    path("hr/requirements/<int:pk>/withdraw/", requirement_views.withdraw, name="withdraw"),
    path("teach/courses/<int:course>/people/<int:pk>/", learner_views.learner, name="learner"),
]
