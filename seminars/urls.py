from django.urls import path

from . import (
    booking_views,
    calendar_views,
    checkin_views,
    offline_views,
    others_views,
    paper_views,
    teaching_views,
)

app_name = "seminars"
urlpatterns = [
    path("seminars/", booking_views.seminars, name="list"),
    path("seminars/<int:pk>/", booking_views.seminar, name="seminar"),
    path("seminars/<int:pk>/book/", booking_views.book_chosen, name="book_chosen"),
    path("seminars/runs/<int:pk>/book/", booking_views.book, name="book"),
    path("seminars/runs/<int:pk>/cancel/", booking_views.cancel, name="cancel"),
    path("seminars/runs/<int:pk>/people/", others_views.people, name="run_people"),
    path("seminars/runs/<int:pk>/people/<int:person>/cancel/", others_views.take_off, name="take_off"),
    path("seminars/sessions/<int:pk>.ics", calendar_views.session_file, name="session_file"),
    path("seminars/calendar/", calendar_views.my_calendar, name="my_calendar"),
    path("seminars/calendar/change/", calendar_views.change_address, name="change_address"),
    path("calendar/<str:secret>.ics", calendar_views.feed, name="feed"),
    path("checkin/", checkin_views.check_in, name="check_in"),
    path("checkin/<slug:code>/", checkin_views.scanned, name="scanned"),
    path("checkin/sessions/<int:pk>/", checkin_views.checked_in, name="checked_in"),
    path("pin/", checkin_views.pin, name="pin"),
    path("teach/", teaching_views.teaching, name="teaching"),
    path("teach/sessions/<int:pk>/", teaching_views.roster, name="roster"),
    path("teach/sessions/<int:pk>/checkin/", checkin_views.screen, name="checkin_screen"),
    path("teach/sessions/<int:pk>/history/", teaching_views.history, name="history"),
    path("teach/sessions/<int:pk>/sheet.pdf", paper_views.sheet, name="sheet"),
    path("teach/sessions/<int:pk>/marks.xlsx", paper_views.workbook, name="marks_workbook"),
    path("teach/sessions/<int:pk>/import/", paper_views.take_in, name="marks_import"),
    path("teach/offline/", offline_views.page, name="offline"),
    path("teach/offline/worker.js", offline_views.worker, name="offline_worker"),
    path("teach/offline/sessions/<int:pk>/", offline_views.download, name="offline_download"),
    path("teach/offline/marks/", offline_views.take_in, name="offline_marks"),
    path("teach/stray-marks/", offline_views.strays, name="strays"),
    path("teach/stray-marks/<int:pk>/", offline_views.settle_stray, name="settle_stray"),
    path("teach/walk-ins/<int:pk>/", checkin_views.walk_in, name="walk_in"),
]
