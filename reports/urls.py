from django.urls import path

from . import (
    attendance_views,
    certificate_views,
    external_views,
    invitation_views,
    learner_views,
    requirement_views,
    transcript_views,
    views,
)
from .api import views as api_views

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
    path("hr/invitations/", invitation_views.people, name="invitations"),
    path("hr/invitations/<int:pk>/", invitation_views.sheet, name="invitation_sheet"),
    path("hr/invitations/<int:pk>/sheet.pdf", invitation_views.sheet_file, name="invitation_sheet_file"),
    path("hr/api/", api_views.organisations, name="api_clients"),
    path("hr/api/<int:pk>/", api_views.organisation, name="api_client"),
    path("hr/api/<int:pk>/withdraw/", api_views.withdraw, name="api_withdraw"),
    path("hr/api/webhooks/<int:pk>/end/", api_views.tell_no_more, name="api_tell_no_more"),
    path("hr/api/messages/<int:pk>/again/", api_views.again, name="api_again"),
    path("hr/people/<int:pk>/", views.person, name="person"),
    path("hr/people/<int:pk>/code/", invitation_views.code, name="code"),
    path("hr/people/<int:pk>/code/withdraw/", invitation_views.withdraw_code, name="withdraw_code"),
    path("hr/people/<int:pk>/second-factor/", invitation_views.lost_second_factor, name="lost_second_factor"),
    path("hr/people/<int:pk>/transcript.pdf", transcript_views.of_person, name="transcript"),
    path("certificates/transcript.pdf", transcript_views.own, name="own_transcript"),
    path("hr/requirements/", requirement_views.requirements, name="requirements"),
    path("hr/requirements/<int:pk>/withdraw/", requirement_views.withdraw, name="withdraw"),
    path("teach/courses/<int:course>/people/<int:pk>/", learner_views.learner, name="learner"),
]
