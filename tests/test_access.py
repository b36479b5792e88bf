"""Every address of ours as every role, and as the same role of another course, library or region, GET and POST.

An address without a row makes a test fail. The rooms' own tests look closer; here nothing is forgotten.
"""

import re
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, resolve
from django.urls.resolvers import URLResolver

from accounts.models import User
from tests import world as worlds
from tests.look.test_templates import INLINE
from tests.world import WHO

# What is answered: a status; «in» is the way to sign in, «door» that of /cms/, «no» Wagtail's refusal, «to» another
# address: after a deed, or a page that leads on. POSTs carry DATA alone; what they then do is a deed all the same.
# All rows are `learner`'s or of `trainer`'s course (tests/world.py).
DATA = "slot=1&sequence=1"  # which answer of an attempt: without them the owner too would be answered 404
TABLE = """
#                                              nob. lear lea2 trai tra2 edit   hr  hr2  dir dir2  adm
GET  /                                           to   to   to   to   to   to   to   to   to   to   to
POST /                                           to   to   to   to   to   to   to   to   to   to   to
GET  /healthz                                   200  200  200  200  200  200  200  200  200  200  200
POST /healthz                                   200  200  200  200  200  200  200  200  200  200  200
GET  /readyz                                    200  200  200  200  200  200  200  200  200  200  200
POST /readyz                                    200  200  200  200  200  200  200  200  200  200  200
GET  /glossary/                                 200  200  200  200  200  200  200  200  200  200  200
POST /glossary/                                 200  200  200  200  200  200  200  200  200  200  200
GET  /go/{lesson}/                               to   to   to   to   to   to   to   to   to   to   to
POST /go/{lesson}/                               to   to   to   to   to   to   to   to   to   to   to
GET  /media/{media}                             200  200  200  200  200  200  200  200  200  200  200
POST /media/{media}                             200  200  200  200  200  200  200  200  200  200  200
GET  /learning/                                  in  200  200  200  200  200  200  200  200  200  200
POST /learning/                                  in  200  200  200  200  200  200  200  200  200  200
GET  /documents/{document}/fayl.pdf             200  200  200  200  200  200  200  200  200  200  200
POST /documents/{document}/fayl.pdf             200  200  200  200  200  200  200  200  200  200  200
GET  /documents/{document}/a/b.pdf              404  404  404  404  404  404  404  404  404  404  404
POST /documents/{document}/a/b.pdf              404  404  404  404  404  404  404  404  404  404  404
GET  /documents/authenticate_with_password/1/   404  404  404  404  404  404  404  404  404  404  404
POST /documents/authenticate_with_password/1/   404  404  404  404  404  404  404  404  404  404  404
GET  /uz/                                       200  200  200  200  200  200  200  200  200  200  200
POST /uz/                                       200  200  200  200  200  200  200  200  200  200  200
GET  /uz/kurslar/one/                           200  200  200  200  200  200  200  200  200  200  200
POST /uz/kurslar/one/                           200  200  200  200  200  200  200  200  200  200  200
GET  /uz/kurslar/one/m1/d1/                      in  200  200  200  200  200  200  200  200  200  200
POST /uz/kurslar/one/m1/d1/                      in  200  200  200  200  200  200  200  200  200  200
GET  /uz/kurslar/one/m1/test/                    in  200  200  200  200  200  200  200  200  200  200
POST /uz/kurslar/one/m1/test/                    in  200  200  200  200  200  200  200  200  200  200
GET  /uz/_util/login/                            in   in   in   in   in   in   in   in   in   in   in
POST /uz/_util/login/                            in   in   in   in   in   in   in   in   in   in   in
GET  /uz/_util/authenticate_with_password/1/1/  404  404  404  404  404  404  404  404  404  404  404
POST /uz/_util/authenticate_with_password/1/1/  404  404  404  404  404  404  404  404  404  404  404
GET  /uz/_util/x/                               404  404  404  404  404  404  404  404  404  404  404
POST /uz/_util/x/                               404  404  404  404  404  404  404  404  404  404  404
GET  /courses/{course}/begin/                   405  405  405  405  405  405  405  405  405  405  405
POST /courses/{course}/begin/                    in   to   to   to   to   to   to   to   to   to   to
GET  /activities/{lesson}/done/                 405  405  405  405  405  405  405  405  405  405  405
POST /activities/{lesson}/done/                  in   to  404  404  404  404  404  404  404  404  404
GET  /quizzes/{quiz}/start/                     405  405  405  405  405  405  405  405  405  405  405
POST /quizzes/{quiz}/start/                      in   to  404  404  404  404  404  404  404  404  404
GET  /attempts/{attempt}/                        in  200  404  404  404  404  404  404  404  404  404
POST /attempts/{attempt}/                        in   to  404  404  404  404  404  404  404  404  404
GET  /attempts/{attempt}/answers/1/             405  405  405  405  405  405  405  405  405  405  405
POST /attempts/{attempt}/answers/1/             401  200  404  404  404  404  404  404  404  404  404
GET  /attempts/{attempt}/answers/               405  405  405  405  405  405  405  405  405  405  405
POST /attempts/{attempt}/answers/               401  200  404  404  404  404  404  404  404  404  404
GET  /attempts/kept/                             in   to   to   to   to   to   to   to   to   to   to
POST /attempts/kept/                             in   to   to   to   to   to   to   to   to   to   to
GET  /attempts/{attempt}/finish/                 in  200  404  404  404  404  404  404  404  404  404
POST /attempts/{attempt}/finish/                 in   to  404  404  404  404  404  404  404  404  404
GET  /attempts/{closed}/result/                  in  200  404  404  404  404  404  404  404  404  404
POST /attempts/{closed}/result/                  in  200  404  404  404  404  404  404  404  404  404
GET  /seminars/                                 200  200  200  200  200  200  200  200  200  200  200
POST /seminars/                                 405  405  405  405  405  405  405  405  405  405  405
GET  /seminars/{seminar}/                       200  200  200  200  200  200  200  200  200  200  200
POST /seminars/{seminar}/                       405  405  405  405  405  405  405  405  405  405  405
GET  /seminars/{seminar}/book/                  405  405  405  405  405  405  405  405  405  405  405
POST /seminars/{seminar}/book/                   in   to   to   to   to   to   to   to   to   to   to
GET  /seminars/runs/{run}/book/                 405  405  405  405  405  405  405  405  405  405  405
POST /seminars/runs/{run}/book/                  in   to   to   to   to   to   to   to   to   to   to
GET  /seminars/runs/{run}/cancel/               405  405  405  405  405  405  405  405  405  405  405
POST /seminars/runs/{run}/cancel/                in   to  404  404  404  404  404  404  404  404  404
GET  /seminars/runs/{run}/people/                in  404  404  200  404  404  200  200  404  404  200
POST /seminars/runs/{run}/people/                in  404  404  422  404  404  422  422  404  404  422
GET  /seminars/runs/{run}/people/{learner}/cancel/   in  405  405  405  405  405  405  405  405  405  405
POST /seminars/runs/{run}/people/{learner}/cancel/   in  404  404   to  404  404   to   to  404  404   to
GET  /seminars/runs/{held}/feedback/             in  200  404  404  404  404  404  404  404  404  404
POST /seminars/runs/{held}/feedback/             in  422  404  404  404  404  404  404  404  404  404
GET  /seminars/sessions/{session}.ics           200  200  200  200  200  200  200  200  200  200  200
POST /seminars/sessions/{session}.ics           405  405  405  405  405  405  405  405  405  405  405
GET  /seminars/calendar/                         in  200  200  200  200  200  200  200  200  200  200
POST /seminars/calendar/                         in  405  405  405  405  405  405  405  405  405  405
GET  /seminars/calendar/change/                  in  405  405  405  405  405  405  405  405  405  405
POST /seminars/calendar/change/                  in   to   to   to   to   to   to   to   to   to   to
GET  /calendar/{secret}.ics                     200  200  200  200  200  200  200  200  200  200  200
POST /calendar/{secret}.ics                     405  405  405  405  405  405  405  405  405  405  405
GET  /teach/                                     in  404  404  200  200  404  404  404  404  404  200
POST /teach/                                     in  405  405  405  405  405  405  405  405  405  405
GET  /teach/runs/{held}/report/                  in  404  404  200  404  404  404  404  404  404  200
POST /teach/runs/{held}/report/                  in  405  405  405  405  405  405  405  405  405  405
GET  /teach/runs/{held}/report.xlsx              in  404  404  200  404  404  404  404  404  404  200
POST /teach/runs/{held}/report.xlsx              in  405  405  405  405  405  405  405  405  405  405
GET  /teach/runs/{held}/report.pdf               in  404  404  200  404  404  404  404  404  404  200
POST /teach/runs/{held}/report.pdf               in  405  405  405  405  405  405  405  405  405  405
GET  /teach/sessions/{session}/                  in  404  404  200  404  404  404  404  404  404  200
POST /teach/sessions/{session}/                  in  404  404   to  404  404  404  404  404  404   to
GET  /checkin/                                   in   to   to   to   to   to   to   to   to   to   to
POST /checkin/                                   in   to   to   to   to   to   to   to   to   to   to
GET  /checkin/1-1-aaaa/                         404  404  404  404  404  404  404  404  404  404  404
POST /checkin/1-1-aaaa/                         405  405  405  405  405  405  405  405  405  405  405
GET  /checkin/sessions/{session}/                in  200  200  404  404  404  404  404  404  404  404
POST /checkin/sessions/{session}/                in  405  405  405  405  405  405  405  405  405  405
GET  /pin/                                       in  200  200  200  200  200  200  200  200  200  200
POST /pin/                                       in  422  422  422  422  422  422  422  422  422  422
GET  /teach/sessions/{session}/checkin/          in  404  404  200  404  404  404  404  404  404  200
POST /teach/sessions/{session}/checkin/          in  405  405  405  405  405  405  405  405  405  405
GET  /teach/sessions/{session}/history/          in  404  404  200  404  404  404  404  404  404  200
POST /teach/sessions/{session}/history/          in  405  405  405  405  405  405  405  405  405  405
GET  /teach/sessions/{session}/sheet.pdf         in  404  404  200  404  404  404  404  404  404  200
POST /teach/sessions/{session}/sheet.pdf         in  405  405  405  405  405  405  405  405  405  405
GET  /teach/sessions/{session}/marks.xlsx        in  404  404  200  404  404  404  404  404  404  200
POST /teach/sessions/{session}/marks.xlsx        in  405  405  405  405  405  405  405  405  405  405
GET  /teach/sessions/{session}/import/           in  404  404  200  404  404  404  404  404  404  200
POST /teach/sessions/{session}/import/           in  404  404  422  404  404  404  404  404  404  422
GET  /teach/offline/                            200  200  200  200  200  200  200  200  200  200  200
POST /teach/offline/                            405  405  405  405  405  405  405  405  405  405  405
GET  /teach/offline/worker.js                   200  200  200  200  200  200  200  200  200  200  200
POST /teach/offline/worker.js                   405  405  405  405  405  405  405  405  405  405  405
GET  /teach/offline/sessions/{session}/         401  404  404  200  404  404  404  404  404  404  200
POST /teach/offline/sessions/{session}/         405  405  405  405  405  405  405  405  405  405  405
GET  /teach/offline/marks/                      405  405  405  405  405  405  405  405  405  405  405
POST /teach/offline/marks/                      401  404  404  400  400  404  404  404  404  404  400
GET  /teach/stray-marks/                         in  404  404  200  200  404  404  404  404  404  200
POST /teach/stray-marks/                         in  405  405  405  405  405  405  405  405  405  405
GET  /teach/stray-marks/{stray}/                 in  405  405  405  405  405  405  405  405  405  405
POST /teach/stray-marks/{stray}/                 in  404  404   to  404  404  404  404  404  404  404
GET  /teach/walk-ins/{walk_in}/                  in  405  405  405  405  405  405  405  405  405  405
POST /teach/walk-ins/{walk_in}/                  in  404  404   to  404  404  404  404  404  404   to
GET  /verify/                                   200  200  200  200  200  200  200  200  200  200  200
POST /verify/                                   405  405  405  405  405  405  405  405  405  405  405
GET  /verify/{code}/                            200  200  200  200  200  200  200  200  200  200  200
POST /verify/{code}/                            405  405  405  405  405  405  405  405  405  405  405
GET  /verify/{code}.json                        200  200  200  200  200  200  200  200  200  200  200
POST /verify/{code}.json                        405  405  405  405  405  405  405  405  405  405  405
GET  /certificates/{code}.pdf                    in  200  404  404  404  404  200  404  404  404  200
POST /certificates/{code}.pdf                    in  405  405  405  405  405  405  405  405  405  405
GET  /hr/                                        in  404  404  404  404  404  200  200  200  200  200
POST /hr/                                        in  405  405  405  405  405  405  405  405  405  405
GET  /hr/attendance/                             in  404  404  404  404  404  200  200  200  200  200
POST /hr/attendance/                             in  405  405  405  405  405  405  405  405  405  405
GET  /hr/attendance.xlsx                         in  404  404  404  404  404  200  200  200  200  200
POST /hr/attendance.xlsx                         in  405  405  405  405  405  405  405  405  405  405
GET  /hr/people/{learner}/                       in  404  404  404  404  404  200  404  200  404  200
POST /hr/people/{learner}/                       in  405  405  405  405  405  405  405  405  405  405
GET  /verify/file/                              200  200  200  200  200  200  200  200  200  200  200
POST /verify/file/                              422  422  422  422  422  422  422  422  422  422  422
GET  /verify/batch/                              in  404  404  404  404  404  200  200  404  404  200
POST /verify/batch/                              in  404  404  404  404  404  422  422  404  404  422
GET  /verify/batch/{batch}/                      in  404  404  404  404  404  200  404  404  404  404
POST /verify/batch/{batch}/                      in  405  405  405  405  405  405  405  405  405  405
GET  /verify/batch/{batch}/result.xlsx           in  404  404  404  404  404  200  404  404  404  404
POST /verify/batch/{batch}/result.xlsx           in  405  405  405  405  405  405  405  405  405  405
GET  /share/{code}/                             200  200  200  200  200  200  200  200  200  200  200
POST /share/{code}/                             405  405  405  405  405  405  405  405  405  405  405
GET  /badges/{code}.json                        200  200  200  200  200  200  200  200  200  200  200
POST /badges/{code}.json                        405  405  405  405  405  405  405  405  405  405  405
GET  /badges/{code}.png                         200  200  200  200  200  200  200  200  200  200  200
POST /badges/{code}.png                         405  405  405  405  405  405  405  405  405  405  405
GET  /badges/{code}.svg                         200  200  200  200  200  200  200  200  200  200  200
POST /badges/{code}.svg                         405  405  405  405  405  405  405  405  405  405  405
GET  /badges/status/0.json                      200  200  200  200  200  200  200  200  200  200  200
POST /badges/status/0.json                      405  405  405  405  405  405  405  405  405  405  405
GET  /.well-known/did.json                      200  200  200  200  200  200  200  200  200  200  200
POST /.well-known/did.json                      405  405  405  405  405  405  405  405  405  405  405
GET  /certificates/                              in  200  200  200  200  200  200  200  200  200  200
POST /certificates/                              in  405  405  405  405  405  405  405  405  405  405
GET  /certificates/transcript.pdf                in  200  200  200  200  200  200  200  200  200  200
POST /certificates/transcript.pdf                in  405  405  405  405  405  405  405  405  405  405
GET  /certificates/{number}/share/               in  405  405  405  405  405  405  405  405  405  405
POST /certificates/{number}/share/               in   to  404  404  404  404  404  404  404  404  404
GET  /certificates/{number}/renew/               in  405  405  405  405  405  405  405  405  405  405
POST /certificates/{number}/renew/               in  404  404  404  404  404  404  404  404  404  404
GET  /certificates/external/new/                 in  200  200  200  200  200  200  200  200  200  200
POST /certificates/external/new/                 in  422  422  422  422  422  422  422  422  422  422
GET  /certificates/external/{external}/remove/   in  405  405  405  405  405  405  405  405  405  405
POST /certificates/external/{external}/remove/   in   to  404  404  404  404  404  404  404  404  404
GET  /certificates/external/{external}/file/     in  200  404  404  404  404  200  404  404  404  200
POST /certificates/external/{external}/file/     in  405  405  405  405  405  405  405  405  405  405
GET  /hr/certificates/                           in  404  404  404  404  404  200  200  404  404  200
POST /hr/certificates/                           in  405  405  405  405  405  405  405  405  405  405
GET  /hr/certificates.xlsx                       in  404  404  404  404  404  200  200  404  404  200
POST /hr/certificates.xlsx                       in  405  405  405  405  405  405  405  405  405  405
GET  /hr/certificates.pdf                        in  404  404  404  404  404  200  200  404  404  200
POST /hr/certificates.pdf                        in  405  405  405  405  405  405  405  405  405  405
GET  /hr/certificates.zip                        in  405  405  405  405  405  405  405  405  405  405
POST /hr/certificates.zip                        in  404  404  404  404  404  200  200  404  404  200
GET  /hr/certificates/to-look-at/                in  404  404  404  404  404  200  200  404  404  200
POST /hr/certificates/to-look-at/                in  404  404  404  404  404  404  404  404  404  404
GET  /hr/certificates/{number}/                  in  404  404  404  404  404  200  404  404  404  200
POST /hr/certificates/{number}/                  in  404  404  404  404  404  200  404  404  404  200
GET  /hr/external/                               in  404  404  404  404  404  200  200  404  404  200
POST /hr/external/                               in  405  405  405  405  405  405  405  405  405  405
GET  /hr/external/{external}/                    in  404  404  404  404  404  200  404  404  404  200
POST /hr/external/{external}/                    in  404  404  404  404  404  422  404  404  404  422
GET  /hr/people/{learner}/transcript.pdf         in  404  404  404  404  404  200  404  404  404  200
POST /hr/people/{learner}/transcript.pdf         in  405  405  405  405  405  405  405  405  405  405
GET  /hr/requirements/                           in  404  404  404  404  404  200  200  404  404  200
POST /hr/requirements/                           in  404  404  404  404  404  422  422  404  404  422
GET  /hr/requirements/{requirement}/withdraw/    in  405  405  405  405  405  405  405  405  405  405
POST /hr/requirements/{requirement}/withdraw/    in  404  404  404  404  404   to  404  404  404   to
GET  /accounts/profile/                          in  200  200  200  200  200  200  200  200  200  200
POST /accounts/profile/                          in  200  200  200  200  200  200  200  200  200  200
GET  /accounts/certificate-name/                 in  200  200  200  200  200  200  200  200  200  200
POST /accounts/certificate-name/                 in  200  200  200  200  200  200  200  200  200  200
GET  /accounts/notices/{notice}/read/            in  405  405  405  405  405  405  405  405  405  405
POST /accounts/notices/{notice}/read/            in   to  404  404  404  404  404  404  404  404  404
GET  /cms/login/                                 in  403  403  403  403  403  403  403  403  403  403
POST /cms/login/                                 in  403  403  403  403  403  403  403  403  403  403
GET  /cms/logout/                                to   to   to   to   to   to   to   to   to   to   to
POST /cms/logout/                                to   to   to   to   to   to   to   to   to   to   to
GET  /cms/password_reset/                        to   to   to   to   to   to   to   to   to   to   to
POST /cms/password_reset/                        to   to   to   to   to   to   to   to   to   to   to
GET  /announcements/{announcement}/               in  200  404  404  404  404  404  404  404  404  404
POST /announcements/{announcement}/               in  405  405  405  405  405  405  405  405  405  405
GET  /assignments/{assignment}/homework/          in   to   to   to   to   to   to   to   to   to   to
POST /assignments/{assignment}/homework/          in   to  404  404  404  404  404  404  404  404  404
GET  /attempts/{closed}/questions/1/report/       in  200  404  404  404  404  404  404  404  404  404
POST /attempts/{closed}/questions/1/report/       in  200  404  404  404  404  404  404  404  404  404
GET  /homework/{submission}/comments/            405  405  405  405  405  405  405  405  405  405  405
POST /homework/{submission}/comments/             in   to  404   to  404  404  404  404  404  404   to
GET  /homework/files/{file}/                      in  200  404  200  404  404  404  404  404  404  200
POST /homework/files/{file}/                      in  405  405  405  405  405  405  405  405  405  405
GET  /teach/cohorts/                              in  404  404  200  200  404  404  404  404  404  200
POST /teach/cohorts/                              in  405  405  405  405  405  405  405  405  405  405
GET  /teach/cohorts/{cohort}/                     in  404  404  200  404  404  404  404  404  404  200
POST /teach/cohorts/{cohort}/                     in  405  405  405  405  405  405  405  405  405  405
GET  /teach/cohorts/{cohort}/announce/            in  405  405  405  405  405  405  405  405  405  405
POST /teach/cohorts/{cohort}/announce/            in  404  404  422  404  404  404  404  404  404  422
GET  /teach/cohorts/{cohort}/archive/             in  405  405  405  405  405  405  405  405  405  405
POST /teach/cohorts/{cohort}/archive/             in  404  404   to  404  404  404  404  404  404   to
GET  /teach/cohorts/{cohort}/change/              in  404  404  200  404  404  404  404  404  404  200
POST /teach/cohorts/{cohort}/change/              in  404  404  422  404  404  404  404  404  404  422
GET  /teach/cohorts/{cohort}/enrol/               in  405  405  405  405  405  405  405  405  405  405
POST /teach/cohorts/{cohort}/enrol/               in  404  404  422  404  404  404  404  404  404  422
GET  /teach/cohorts/{cohort}/people/              in  405  405  405  405  405  405  405  405  405  405
POST /teach/cohorts/{cohort}/people/              in  404  404   to  404  404  404  404  404  404   to
GET  /teach/cohorts/{cohort}/people/{enrolment}/remove/  in  405  405  405  405  405  405  405  405  405  405
POST /teach/cohorts/{cohort}/people/{enrolment}/remove/  in  404  404   to  404  404  404  404  404  404   to
GET  /teach/courses/                              in  404  404  200  200  404  404  404  404  404  200
POST /teach/courses/                              in  405  405  405  405  405  405  405  405  405  405
GET  /teach/courses/{course}/                     in  404  404  200  404  404  404  404  404  404  200
POST /teach/courses/{course}/                     in  405  405  405  405  405  405  405  405  405  405
GET  /teach/courses/{course}/people/{enrolment}/  in  404  404  200  404  404  404  404  404  404  200
POST /teach/courses/{course}/people/{enrolment}/  in  404  404  200  404  404  404  404  404  404  200
GET  /teach/courses/{course}/cohorts/new/         in  404  404  200  404  404  404  404  404  404  200
POST /teach/courses/{course}/cohorts/new/         in  404  404  422  404  404  404  404  404  404  422
GET  /teach/courses/{course}/copy/                in  404  404  200  404  200  404  404  404  404  200
POST /teach/courses/{course}/copy/                in  404  404  422  404  422  404  404  404  404  422
GET  /teach/courses/{course}/progress.xlsx        in  404  404  200  404  404  404  404  404  404  200
POST /teach/courses/{course}/progress.xlsx        in  405  405  405  405  405  405  405  405  405  405
GET  /teach/homework/                             in  404  404  200  200  404  404  404  404  404  200
POST /teach/homework/                             in  405  405  405  405  405  405  405  405  405  405
GET  /teach/homework/{submission}/                in  404  404  200  404  404  404  404  404  404  200
POST /teach/homework/{submission}/                in  404  404  422  404  404  404  404  404  404  422
GET  /teach/homework/{submission}/take/          405  405  405  405  405  405  405  405  405  405  405
POST /teach/homework/{submission}/take/           in  404  404   to  404  404  404  404  404  404   to
GET  /teach/quizzes/                              in  404  404  200  200  200  404  404  404  404  200
POST /teach/quizzes/                              in  405  405  405  405  405  405  405  405  405  405
GET  /teach/quizzes/{quiz}/analysis/              in  404  404  200  404  200  404  404  404  404  200
POST /teach/quizzes/{quiz}/analysis/              in  405  405  405  405  405  405  405  405  405  405
GET  /teach/quizzes/{quiz}/analysis/{asked}/      in  404  404  200  404  200  404  404  404  404  200
POST /teach/quizzes/{quiz}/analysis/{asked}/      in  405  405  405  405  405  405  405  405  405  405
GET  /teach/quizzes/{quiz}/analysis.xlsx          in  404  404  200  404  200  404  404  404  404  200
POST /teach/quizzes/{quiz}/analysis.xlsx          in  405  405  405  405  405  405  405  405  405  405
GET  /teach/quizzes/{quiz}/room/                  in  404  404  200  404  200  404  404  404  404  200
POST /teach/quizzes/{quiz}/room/                  in  404  404  422  404  422  404  404  404  404  422
GET  /teach/quizzes/{quiz}/room/end/             405  405  405  405  405  405  405  405  405  405  405
POST /teach/quizzes/{quiz}/room/end/              in  404  404   to  404   to  404  404  404  404   to
GET  /teach/reports/                              in  404  404  200  200  200  404  404  404  404  200
POST /teach/reports/                              in  405  405  405  405  405  405  405  405  405  405
GET  /teach/reports/{report}/                     in  404  404  200  404  200  404  404  404  404  200
POST /teach/reports/{report}/                     in  404  404  422  404  422  404  404  404  404  422
GET  /attempts/token/                            401  200  200  200  200  200  200  200  200  200  200
POST /attempts/token/                            405  405  405  405  405  405  405  405  405  405  405
GET  /attempts/{attempt}/events/                 405  405  405  405  405  405  405  405  405  405  405
POST /attempts/{attempt}/events/                 401  400  404  404  404  404  404  404  404  404  404
GET  /teach/attempts/{attempt}/                   in  404  404  200  404  404  404  404  404  404  200
POST /teach/attempts/{attempt}/                   in  405  405  405  405  405  405  405  405  405  405
"""

# allauth asks for no role: whoever is signed in is answered alike.
ACCOUNT = """
#                                           nob.   in
GET  /accounts/login/                        200   to
POST /accounts/login/                        200   to
GET  /accounts/logout/                        to  200
POST /accounts/logout/                        to   to
GET  /accounts/inactive/                     200  200
POST /accounts/inactive/                     405  405
GET  /accounts/signup/                       200   to
POST /accounts/signup/                       200   to
GET  /accounts/reauthenticate/                in  200
POST /accounts/reauthenticate/                in  200
GET  /accounts/email/                         in  200
POST /accounts/email/                         in   to
GET  /accounts/confirm-email/                200  200
POST /accounts/confirm-email/                405  405
GET  /accounts/confirm-email/x/              200  200
POST /accounts/confirm-email/x/              404  404
GET  /accounts/password/change/               in  200
POST /accounts/password/change/               in  200
GET  /accounts/password/set/                  in   to
POST /accounts/password/set/                  in   to
GET  /accounts/password/reset/               200  200
POST /accounts/password/reset/               200  200
GET  /accounts/password/reset/done/          200  200
POST /accounts/password/reset/done/          405  405
GET  /accounts/password/reset/key/1-x/       200  200
POST /accounts/password/reset/key/1-x/       200  200
GET  /accounts/password/reset/key/done/      200  200
POST /accounts/password/reset/key/done/      405  405
GET  /accounts/login/code/confirm/            in   to
POST /accounts/login/code/confirm/            in   to
GET  /accounts/2fa/                           in  200
POST /accounts/2fa/                           in  405
GET  /accounts/2fa/authenticate/              in   to
POST /accounts/2fa/authenticate/              in   to
GET  /accounts/2fa/reauthenticate/            in   to
POST /accounts/2fa/reauthenticate/            in   to
GET  /accounts/2fa/totp/activate/             in   to
POST /accounts/2fa/totp/activate/             in   to
GET  /accounts/2fa/totp/deactivate/           in  404
POST /accounts/2fa/totp/deactivate/           in  404
GET  /accounts/2fa/recovery-codes/            in  404
POST /accounts/2fa/recovery-codes/            in  405
GET  /accounts/2fa/recovery-codes/generate/   in   to
POST /accounts/2fa/recovery-codes/generate/   in   to
GET  /accounts/2fa/recovery-codes/download/   in  404
POST /accounts/2fa/recovery-codes/download/   in  404
GET  /accounts/2fa/webauthn/                  in  200
POST /accounts/2fa/webauthn/                  in  405
GET  /accounts/2fa/webauthn/add/              in   to
POST /accounts/2fa/webauthn/add/              in   to
GET  /accounts/2fa/webauthn/reauthenticate/   in   to
POST /accounts/2fa/webauthn/reauthenticate/   in   to
GET  /accounts/2fa/webauthn/keys/1/remove/    in   to
POST /accounts/2fa/webauthn/keys/1/remove/    in   to
GET  /accounts/2fa/webauthn/keys/1/edit/      in   to
POST /accounts/2fa/webauthn/keys/1/edit/      in   to
"""

# Wagtail's admin: all our own screens, and those of its own through which another's pages could be reached. «others» have
# no business there: nobody, a learner, HR, a director; «door/403» is answered to nobody/to them.
ADMIN = """
#                                                         others trainertrainer2  editor   admin
GET  /cms/                                                  door     200     200     200     200
GET  /cms/pages/{coursepage}/                               door     200      to     200     200
GET  /cms/pages/{lessonpage}/edit/                          door     200      no     200     200
GET  /cms/pages/{lessonpage}/view_draft/                    door     200      no     200     200
GET  /cms/pages/{lessonpage}/history/                       door     200      no     200     200
GET  /cms/pages/{lessonpage}/usage/                         door     200      no     200     200
GET  /cms/pages/{lessonpage}/revisions/{revision}/view/     door     200      no     200     200
GET  /cms/pages/{coursepage}/add_subpage/                   door     200      no     200     200
GET  /cms/pages/{lessonpage}/copy/                          door     200      no     200     200
POST /cms/pages/{lessonpage}/delete/                        door      no      no      to      to
POST /cms/pages/{lessonpage}/unpublish/                     door      no      no      to      to
POST /cms/pages/{lessonpage}/move/{coursepage}/confirm/     door      no      no      no      no
POST /cms/pages/{lessonpage}/lock/                          door      no      no      to      to
POST /cms/pages/{lessonpage}/privacy/                       door      no      no     200     200
GET  /cms/api/main/pages/{lessonpage}/                      door     200     404     200     200
GET  /cms/reports/site-history/                         door/403     403     403     200     200
GET  /cms/localize/reports/translations/                door/403     403     403     200     200
GET  /cms/localize/submit/page/{lessonpage}/                door      no      no     200     200
GET  /cms/users/                                            door      no      no      no     200
GET  /cms/users/edit/{learner}/                             door      no      no      no     200
GET  /cms/users/delete/{learner}/                           door      no      no      no     200
GET  /cms/groups/                                           door      no      no      no     200
POST /cms/groups/delete/{group}/                            door      no      no      no      to
GET  /cms/sites/                                            door      no      no      no     200
GET  /cms/locales/                                          door      no      no      no     200
GET  /cms/collections/                                      door      no      no      no     200
GET  /cms/workflows/list/                                   door      no      no      no     200
GET  /cms/workflows/tasks/index/                            door      no      no      no     200
GET  /cms/redirects/                                        door      no      no      no     200
GET  /cms/images/{picture}/                                 door      no      no     200     200
POST /cms/images/{picture}/delete/                          door      no      no      to      to
GET  /cms/documents/edit/{document}/                        door      no      no     200     200
POST /cms/documents/delete/{document}/                      door      no      no      to      to
GET  /cms/figures/                                          door     200     200     200     200
GET  /cms/figures/results/                                  door     200     200     200     200
GET  /cms/figures/inspect/{drawing}/                        door     200     200     200     200
POST /cms/figures/add/                                      door      no      no      no      no
POST /cms/figures/edit/{drawing}/                           door      no      no      no      no
POST /cms/figures/delete/{drawing}/                         door      no      no      no      no
GET  /cms/snippets/choose/cms/drawing/                      door     200     200     200     200
GET  /cms/snippets/choose/cms/drawing/results/              door     200     200     200     200
GET  /cms/glossary/                                         door     200     200     200     200
GET  /cms/glossary/results/                                 door     200     200     200     200
GET  /cms/glossary/edit/{term}/                             door      no      no     200     200
POST /cms/glossary/delete/{term}/                           door      no      no      no      to
GET  /cms/snippets/choose/cms/glossaryterm/                 door     200     200     200     200
GET  /cms/snippets/choose/cms/glossaryterm/results/         door     200     200     200     200
GET  /cms/questions/                                        door     200     200     200     200
GET  /cms/questions/results/                                door     200     200     200     200
GET  /cms/questions/add/                                    door     200     200     200     200
GET  /cms/questions/edit/{question}/                        door     200     404     200     200
POST /cms/questions/delete/{question}/                      door      no     404      no      no
GET  /cms/questions/usage/{question}/                       door     200     404     200     200
GET  /cms/questions/history/{question}/                     door     200     404     200     200
GET  /cms/questions/history-results/{question}/             door     200     404     200     200
GET  /cms/questions/preview/{question}/                     door     200      no     200     200
GET  /cms/bulk/courses/question/publish/?id={question}      door     200      no     200     200
POST /cms/bulk/courses/question/retire/?id={question}       door      to      no      to      to
GET  /cms/question-pools/                                   door     200     200     200     200
GET  /cms/question-pools/results/                           door     200     200     200     200
GET  /cms/question-pools/edit/{pool}/                       door     200     404     200     200
POST /cms/question-pools/edit/{pool}/                       door     200     404     200     200
POST /cms/question-pools/delete/{pool}/                     door      no     404      no      no
GET  /cms/question-pools/usage/{pool}/                      door     200     404     200     200
GET  /cms/question-pools/history/{pool}/                    door     200     404     200     200
GET  /cms/question-pools/history-results/{pool}/            door     200     404     200     200
GET  /cms/runs/                                             door     200     200     200     200
GET  /cms/runs/results/                                     door     200     200     200     200
GET  /cms/runs/new/                                         door     200     200     200     200
GET  /cms/runs/edit/{run}/                                  door     200     404     200     200
GET  /cms/runs/sessions/{session}/                          door     200     404     200     200
POST /cms/runs/sessions/{session}/                          door     422     404     422     422
GET  /cms/seminar-topics/                                   door     200     200     200     200
GET  /cms/seminar-topics/results/                           door     200     200     200     200
GET  /cms/seminar-topics/new/                               door     200     200     200     200
GET  /cms/seminar-topics/edit/{seminar}/                    door     200     404     200     200
POST /cms/seminar-topics/edit/{seminar}/                    door     200     404     200     200
GET  /cms/designs/                                          door      no      no      no     200
GET  /cms/designs/results/                                  door      no      no      no     200
GET  /cms/designs/add/                                      door      no      no      no     200
GET  /cms/designs/edit/{design}/                            door      no      no      no     200
POST /cms/designs/edit/{design}/                            door      no      no      no     200
POST /cms/designs/delete/{design}/                          door      no      no      no      no
GET  /cms/designs/usage/{design}/                           door      no      no      no     200
GET  /cms/designs/history/{design}/                         door      no      no      no     200
GET  /cms/designs/history-results/{design}/                 door      no      no      no     200
GET  /cms/designs/preview/                                  door      no      no      no     200
POST /cms/designs/preview/                                  door      no      no      no     200
GET  /cms/designs/preview/{design}/                         door      no      no      no     200
POST /cms/designs/preview/{design}/                         door      no      no      no     200
GET  /cms/no/such/page/                                     door     404     404     404     404
GET  /cms/question-export/{pool}/gift/                      door     200     404     200     200
POST /cms/question-export/{pool}/gift/                      door     405     405     405     405
GET  /cms/question-export/{pool}/moodle-xml/                door     200     404     200     200
POST /cms/question-export/{pool}/moodle-xml/                door     405     405     405     405
GET  /cms/question-import/                                  door     200     200     200     200
POST /cms/question-import/                                  door     422     422     422     422
GET  /cms/question-import/template.xlsx                     door     200     200     200     200
POST /cms/question-import/template.xlsx                     door     405     405     405     405
GET  /cms/question-import/{import}/                         door     200     404     404     404
POST /cms/question-import/{import}/                         door     404     404     404     404
GET  /cms/question-import/{import}/report.xlsx              door     404     404     404     404
POST /cms/question-import/{import}/report.xlsx              door     405     405     405     405
GET  /cms/questions/regrade/{question}/                     door      no     404     200     200
POST /cms/questions/regrade/{question}/                     door      no     404     200     200
GET  /cms/questions/regrade/{asked}/{regrade}/              door      no     404     200     200
POST /cms/questions/regrade/{asked}/{regrade}/              door     405     405     405     405
"""
OTHERS, INSIDERS = ("nobody", "learner", "hr", "director"), ("trainer", "trainer2", "editor", "admin")
OF_EVERYBODY = {"/cms/sprite/", "/cms/jsi18n/"}  # icons and words of Wagtail's scripts: the same for all
LEADS_OUT = {"/cms/login/", "/cms/logout/", "/cms/password_reset/"}
OURS = ("accounts.", "courses.", "seminars.", "certification.", "reports.", "cms.")

# What a look may write: sessions, Wagtail's note of who has a page open (and follows it), and pictures made small. And what
# is refused in somebody's attempt is written into its log.
NOTES = {
    "django_session", "wagtailadmin_editingsession", "wagtailcore_pagesubscription", "wagtailimages_rendition",
    "wagtailusers_userprofile", "courses_attemptevent",
}  # fmt: skip
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) \W?(\w+)")


# --- The world is made once; what a request does to it is rolled back -------------------------------------------------


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        django_db_setup.restore()
        yield worlds.build()
        django_db_setup.restore()


@pytest.fixture
def world(built, db):
    return built


@contextmanager
def undone():
    """The tables that are written to in the block; then it is as if nothing had been."""
    written = set()

    def watch(execute, sql, params, many, context):
        if found := WRITES.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(watch):
        yield written
        transaction.set_rollback(True)


_client = Client()  # one for all: a new one sets up every middleware anew


def as_user(world, who):
    _client.cookies.clear()
    if who != "nobody":
        _client.cookies["sessionid"] = world.sessions[who]
    return _client


def ask(world, who, method, address):
    """(what was answered, the tables that were written to)."""
    client = as_user(world, who)
    with undone() as written:
        form = {"data": DATA, "content_type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        response = client.generic(method, address, **form)
        if response.streaming:
            b"".join(response.streaming_content)
            for close in response._resource_closers:  # the file; response.close() would end the request's database too
                close()
    return said(response), written


def said(response):
    if response.status_code not in (301, 302):
        return str(response.status_code)
    target = response.headers["Location"].split("?")[0]
    return {"/accounts/login/": "in", "/cms/login/": "door", "/cms/": "no"}.get(target, "to")


def rows(table):
    """[(method, address with {names}, [what is answered])]."""
    lines = [line.split() for line in table.strip().splitlines() if line and not line.startswith("#")]
    return [(method, address, answers) for method, address, *answers in lines]


def identify(row):
    return " ".join(row[:2])


@pytest.mark.parametrize("row", rows(TABLE), ids=identify)
def test_who_may_open_what(world, row):
    method, address, expected = row
    answers = {who: ask(world, who, method, address.format(**world.keys)) for who in WHO}

    assert {who: answer for who, (answer, _written) in answers.items()} == dict(zip(WHO, expected, strict=True))
    check_writes(method, answers)


@pytest.mark.parametrize("row", rows(ACCOUNT), ids=identify)
def test_what_is_answered_alike_to_all_who_are_signed_in(world, row):
    method, address, (nobody, signed_in) = row
    answers = {who: ask(world, who, method, address) for who in ("nobody", "learner", "admin")}

    assert [answer for answer, _written in answers.values()] == [nobody, signed_in, signed_in]
    check_writes(method, answers)


@pytest.mark.filterwarnings("ignore:Pagination may yield inconsistent results")  # wagtail-localize's report
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")  # Wagtail makes pictures small
@pytest.mark.parametrize("row", rows(ADMIN), ids=identify)
def test_who_may_open_what_in_the_admin(world, row):
    method, address, (others, *expected) = row
    answers = {who: ask(world, who, method, address.format(**world.keys)) for who in (*OTHERS, *INSIDERS)}
    nobody, *signed_in = others.split("/")
    wanted = [nobody, *[signed_in[0] if signed_in else nobody] * (len(OTHERS) - 1), *expected]

    assert {who: answer for who, (answer, _written) in answers.items()} == dict(
        zip((*OTHERS, *INSIDERS), wanted, strict=True)
    )
    check_writes(method, answers)


def check_writes(method, answers):
    """A look writes nothing; a refused deed neither."""
    refused = ("in", "door", "no", "401", "403", "404", "405")
    wrote = {who: written - NOTES for who, (answer, written) in answers.items() if method == "GET" or answer in refused}
    assert {who: tables for who, tables in wrote.items() if tables} == {}


# --- Nothing is left out ----------------------------------------------------------------------------------------------


def addresses(resolver=None, before=""):
    """(pattern as text, view) of every address that the platform answers."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern).removeprefix("^")  # as ResolverMatch.route joins them
        if isinstance(entry, URLResolver):
            yield from addresses(entry, pattern)
        else:
            yield pattern, entry.callback


def module(view):
    return getattr(view, "view_class", view).__module__


def shown(table, world):
    return {resolve(address.format(**world.keys).split("?")[0]).route for _method, address, _answers in rows(table)}


def test_every_address_has_its_rows(world):
    ours = {pattern for pattern, view in addresses() if not pattern.startswith("cms/")}
    ours |= {pattern for pattern, view in addresses() if pattern.startswith("cms/") and module(view).startswith(OURS)}
    assert ours - shown(TABLE + ACCOUNT + ADMIN, world) == set()
    assert len(ours) > 90


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_row_is_asked_by_get_and_by_post(method):
    other = {"GET": "POST", "POST": "GET"}[method]
    asked = {address for asked, address, _answers in rows(TABLE + ACCOUNT) if asked == method}

    assert {address for asked, address, _answers in rows(TABLE + ACCOUNT) if asked == other} == asked


FILLED = [(re.compile(pattern), value) for pattern, value in [
    (r"\(\?P<(?:revision_id_.)>[^)]*\)", "live"), (r"\(\?P<pk>[^)]*\)|<int:\w+>|<str:pk>|<str:object_id>", "1"),
    (r"<(?:slug|str):(?:content_type_app_name|app_label|app_name)>", "cms"),
    (r"<(?:slug|str):(?:content_type_model_name|model_name)>", "lessonpage"), (r"<[^>]*>", "x"), (r"[\^$\\]", ""),
]]  # fmt: skip


def admin_addresses():
    for pattern, _view in addresses():
        if pattern.startswith("cms/") and not pattern.endswith(".*/$"):
            for part, value in FILLED:
                pattern = part.sub(value, pattern)
            yield f"/{pattern}"


def test_all_of_the_admin_is_closed_to_those_without_a_role_for_it(world):
    """All of Wagtail's own screens too: some hundreds, whoever adds one."""
    seen = sorted(set(admin_addresses()) - OF_EVERYBODY - LEADS_OUT)
    answers = {(who, method, address): ask(world, who, method, address)
               for address in seen for who, method in (("nobody", "GET"), ("hr", "POST"))}  # fmt: skip

    assert len(seen) > 200
    let_in = {asked: answer for asked, (answer, _written) in answers.items() if answer not in ("door", "403", "404")}
    assert let_in == {}
    assert {asked: written for asked, (_answer, written) in answers.items() if written - NOTES} == {}


# --- A second factor --------------------------------------------------------------------------------------------------


OPEN_TO_ALL = re.compile(
    r"/(accounts/(2fa|login|logout|reauthenticate|password|confirm-email)/|verify/(?!batch/)|healthz|readyz)"
)


def test_without_a_second_factor_staff_reach_only_its_set_up(world, settings):
    settings.REQUIRE_MFA = True
    seen = [address for method, address, _answers in rows(TABLE + ACCOUNT + ADMIN) if method == "GET"]
    closed = [address.format(**world.keys) for address in seen if not OPEN_TO_ALL.match(address)]
    client = as_user(world, "hr")

    assert {client.get(address).headers.get("Location") for address in closed} == {"/accounts/2fa/"}
    assert client.get("/accounts/2fa/").status_code == 200


@pytest.mark.parametrize("who", ["trainer", "editor", "hr", "director", "admin"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_staff_role_needs_a_second_factor(world, settings, who, method):
    settings.REQUIRE_MFA = True

    assert as_user(world, who).generic(method, "/learning/").headers["Location"] == "/accounts/2fa/"


def test_a_learner_needs_no_second_factor(world, settings):
    settings.REQUIRE_MFA = True

    assert ask(world, "learner", "GET", "/learning/") == ("200", set())


def test_a_group_given_by_hand_opens_the_admin_to_nobody_without_a_second_factor(world, settings):
    """Groups are also given in /cms/users/, and that makes no role of ours."""
    settings.REQUIRE_MFA = True
    User.objects.get(pk=world.keys["learner"]).groups.add(Group.objects.get(name="Editors"))

    assert as_user(world, "learner").get("/cms/").headers["Location"] == "/accounts/2fa/"


# --- What the pages may do --------------------------------------------------------------------------------------------


FORBIDDEN = {
    what: pattern for what, pattern in INLINE.items() if "host" not in what
}  # rel=alternate names the whole address


def test_every_page_outside_of_the_admin_has_the_strict_policy_and_nothing_that_it_forbids(world, settings):
    strict = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "base-uri": "'none'"}
    pages, faults = 0, {}
    for who in ("nobody", "learner", "trainer", "admin"):
        for method, address, _answers in rows(TABLE + ACCOUNT):
            if method == "POST" or address.startswith("/cms/"):
                continue
            with undone():
                response = as_user(world, who).get(address.format(**world.keys))
                if response.streaming:
                    b"".join(response.streaming_content)
                    continue
            if not response.headers["Content-Type"].startswith("text/html") or not response.content:
                continue
            policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
            found = [what for what, pattern in FORBIDDEN.items() if pattern.search(response.text)]
            pages += 1
            if found or {name: policy.get(name) for name in strict} != strict:
                faults[who, address] = found, policy

    assert faults == {}
    assert pages > 100
