"""Every page type once, with something on it: {who sees it: {page: address, or {language: address}}}."""

from datetime import timedelta

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import jobs, notices
from accounts.demo import kept
from certification import award, batch, codes, external
from certification.models import Certificate, Look
from cms import demo
from courses import attempts, enrolments, homework, progress
from courses.models import Submission
from seminars import attendance, feedback
from seminars.models import Feedback, Seminar, Session
from tests import demonstration
from tests.making import person
from tests.seminars import making

FILES = "django.core.mail.backends.filebased.EmailBackend"


def addresses():
    now = timezone.now()
    learner, course = demonstration.person("learner"), demonstration.course()
    lessons, tests = demonstration.lesson_rows(), demonstration.test_rows()
    enrolment = enrolments.begin(learner=learner, course=course)
    progress.mark_done(enrolment=enrolment, activity=lessons[0])
    code = demonstration.certificate_of("graduate").code
    session = Session.objects.filter(run__seats__person__email="graduate@example.org").first()
    coming = Session.objects.filter(starts_at__gt=now).first()
    demonstration.untranslate(lessons[4], "ru")
    graded = half_right(enrolment, tests[0].quiz, now)
    return {
        None: {
            "home": {language: f"/{language}/" for language in ("uz", "ru", "en")},
            "catalogue": {language: f"/{language}/kurslar/" for language in ("uz", "ru", "en")},
            "course, a stranger's": course.addresses,
            "seminars, a stranger's": "/seminars/",
            "glossary": "/glossary/",
            "sign-in": "/accounts/login/",
            "password reset": "/accounts/password/reset/",
            "one-time code": "/accounts/code/",
            "verify": "/verify/",
            "verify, mistyped": "/verify/?code=AAAA",
            "valid": f"/verify/{code}/",
            "check a file": "/verify/file/",
            "share page": f"/share/{code}/",
            "unknown": f"/verify/{codes.new_code()}/",
            "mistyped": f"/verify/{code[:-1]}{'2' if code[-1] != '2' else '3'}/",
            "revoked": f"/verify/{revoked_code()}/",
            "404": "/uz/yoq/",
        },
        "learner": {
            "My learning": "/learning/",
            "course": course.addresses,
            "lesson done": lessons[0].addresses,
            "lesson": lessons[1].addresses,
            "lesson, module 2": lessons[3].addresses,
            "not translated": f"/go/{lessons[4].pk}/?lang=ru",
            "quiz": tests[0].addresses,
            "quiz not taken": tests[1].addresses,
            "result": f"/attempts/{graded.pk}/result/",
            "seminars": "/seminars/",
            "seminar": f"/seminars/{Seminar.objects.filter(course=course).first().pk}/",
            "PIN": "/pin/",
            "profile": "/accounts/profile/",
            "certificate name": "/accounts/certificate-name/",
            "log out": "/accounts/logout/",
            "e-mail": "/accounts/email/",
            "password": "/accounts/password/change/",
            "second factor": "/accounts/2fa/",
            "first steps": "/accounts/first-steps/",
            "devices": "/accounts/sessions/",
            "a notice": f"/accounts/notices/{a_notice(demonstration.person('learner'))}/",
            **questions(enrolment),
            **homework_of(enrolment, now),
        },
        "graduate": {
            "My learning, done": "/learning/",
            "course, done": course.addresses,
            "my certificates": "/certificates/",
            "give in a certificate": "/certificates/external/new/",
            "feedback": f"/seminars/runs/{just_over(now).pk}/feedback/",
        },
        "trainer": {
            "check-in screen": f"/teach/sessions/{session.pk}/checkin/",
            "all marks": f"/teach/sessions/{session.pk}/history/",
            "marks from a spreadsheet": f"/teach/sessions/{session.pk}/import/",
            "roster without network": "/teach/offline/",
            "marks without a place": "/teach/stray-marks/",
            "courses taught": "/teach/courses/",
            "progress table": f"/teach/courses/{course.pk}/",
            "a learner's page": f"/teach/courses/{course.pk}/people/{enrolment.pk}/",
            "a copy": f"/teach/courses/{course.pk}/copy/",
            "cohorts": "/teach/cohorts/",
            "a new cohort": f"/teach/courses/{course.pk}/cohorts/new/",
            "reports of mistakes": "/teach/reports/",
            "quizzes": "/teach/quizzes/",
            "item analysis": f"/teach/quizzes/{tests[0].quiz.pk}/analysis/",
            "log of an attempt": f"/teach/attempts/{graded.pk}/",
            "teaching": "/teach/",
            "teaching, past": "/teach/?when=past",
            "roster": f"/teach/sessions/{session.pk}/",
            "report of a run": f"/teach/runs/{held(session).pk}/report/",
            "book for others": f"/seminars/runs/{coming.run_id}/people/",
            "homework": "/teach/homework/?state=all",
            **grading(now),
            "roster, to come": f"/teach/sessions/{coming.pk}/",
        },
        "hr": {
            "HR": "/hr/",
            "record": f"/hr/people/{demonstration.person('graduate').pk}/",
            "requirements": "/hr/requirements/",
            "invitations": "/hr/invitations/",
            "a new code": f"/hr/people/{demonstration.person('graduate').pk}/code/",
            "attendance of seminars": "/hr/attendance/?by=seminar",
            **after_the_issue(now),
        },
        "admin": mails(now),
    }


def a_notice(person):
    return notices.tell(person=person, kind="password_set", subject="x").pk


def after_the_issue(now):
    """HR's pages of certificates: one is to be looked at and shared, one from elsewhere waits, many were checked."""
    version, hr = demonstration.certificate_of("graduate"), demonstration.person("hr")
    Certificate.objects.filter(pk=version.certificate_id).update(shared=True)
    Look.objects.create(certificate=version.certificate, cause=Look.Cause.SYLLABUS, about="x", made_at=now)
    given = external.give_in(
        person=demonstration.person("graduate"), issuer="Boshqa tashkilot", title="Maʼlumotlar bazasi",
        issued_on=timezone.localdate(now), link="https://example.org/",
    )  # fmt: skip
    job = batch.ask(upload=SimpleUploadedFile("kodlar.csv", version.code.encode()), by=hr)
    jobs.run_one(job.pk)
    return {
        "register of certificates": "/hr/certificates/",
        "certificate": f"/hr/certificates/{version.payload['number']}/",
        "to look at": "/hr/certificates/to-look-at/",
        "external certificates": "/hr/external/",
        "external certificate": f"/hr/external/{given.pk}/",
        "check many": "/verify/batch/",
        "checked many": f"/verify/batch/{job.pk}/",
    }


def held(session):
    """The run of this session with all that its report can show: a correction, a walk-in's kind of mark, closed feedback."""
    trainer, now = demonstration.person("trainer"), timezone.now()
    for n in range(feedback.FEWEST):
        making.seat(session.run, visitor := person(f"visitor{n}"))
        attendance.mark(session=session, person=visitor, mark="excused", by=trainer)
        attendance.mark(session=session, person=visitor, mark="late", by=trainer, reason="Kechikib keldi")
    over = Feedback.objects.create(run=session.run, opened_at=now, closes_at=now + timedelta(days=1))
    for entry in session.attendance.filter(mark="late"):
        scales = {"useful": 5, "clear": 4, "pace": 2, "place": 4}
        feedback.answer(run=session.run, person=entry.person, scales=scales, good="Amaliy mashq", better="Koʻproq vaqt")
    Feedback.objects.filter(pk=over.pk).update(opened_at=now - timedelta(days=2), closes_at=now)
    return session.run


def just_over(now):
    """A run that the graduate attended an hour ago, and is asked about."""
    topic, trainer, graduate = (
        Seminar.objects.first(),
        demonstration.person("trainer"),
        demonstration.person("graduate"),
    )
    run = making.run(topic, begins=now - timedelta(hours=3), trainer=trainer)
    making.seat(run, graduate)
    attendance.mark(session=run.sessions.get(), person=graduate, mark="present", by=trainer)
    feedback.ask(now)
    return run


def half_right(enrolment, quiz, now):
    attempt = attempts.start(enrolment=enrolment, quiz=quiz, now=now)
    for row in attempt.questions.select_related("version")[:4]:
        attempts.save_answer(attempt=attempt, slot=row.slot, values=demo.right_values(row), now=now)
    return attempts.submit(attempt=attempt, now=now)


def homework_of(enrolment, now):
    """Homework in every state: returned with points and words, handed in with a file, not begun."""
    returned, sent, new = demonstration.steps("assignment")[:3]
    for activity in (returned, sent):
        draft = homework.open_draft(enrolment=enrolment, assignment=activity.assignment, now=now)
        homework.write(submission=draft, text="Reyestr tuzildi.\n\nIlovada jadval.", now=now)
        table = SimpleUploadedFile(
            "Reyestr va direktor bilan suhbat qaydlari, 2026-yil.csv", b"tizim;egasi\nkatalog;1\n"
        )
        homework.add_file(submission=draft, upload=table, now=now)
        homework.hand_in(submission=draft, now=now)
    points = {row["id"]: row["levels"][1]["points"] for row in homework.criteria(returned.assignment)}
    homework.grade(
        submission=enrolment.submissions.get(assignment=returned.pk), by=demonstration.person("trainer"), points=points,
        comment="Ikkinchi jadvalda egalari yoʻq.", verdict=homework.RETURN, now=now,
    )  # fmt: skip
    homework.open_draft(enrolment=enrolment, assignment=returned.assignment, now=now)
    return {
        "homework returned": returned.addresses,
        "homework handed in": sent.addresses["uz"],
        "homework, new": new.addresses["uz"],
    }


def grading(now):
    """Handed in and taken by the trainer: by the same learner, so it comes after homework_of."""
    submission = Submission.objects.waiting().get()
    homework.take(submission=submission, by=demonstration.person("trainer"), now=now)
    return {"grading": f"/teach/homework/{submission.pk}/"}


def revoked_code():
    holder = person("revoked")
    demo.graduate(holder, demonstration.person("trainer"))
    certificate = Certificate.objects.get(enrolment__learner=holder)
    award.revoke(certificate=certificate, by=holder, ground=Certificate.Ground.HOLDER, reason="by a test")
    return certificate.versions.get().code


def questions(enrolment):
    """An open attempt that shows each of the seven kinds, one answered; and the page that asks whether to finish."""
    attempt = demonstration.attempt_of_each_kind(enrolment)
    rows = list(attempt.questions.select_related("version"))
    attempts.save_answer(attempt=attempt, slot=1, values=demo.right_values(rows[0]), now=timezone.now())
    attempts.flag(attempt=attempt, slot=2, flagged=True, now=timezone.now())
    found = {row.version.kind: f"/attempts/{attempt.pk}/?q={row.slot}" for row in rows}
    return {**found, "finish": f"/attempts/{attempt.pk}/finish/"}


def mails(now):
    """The letters of the demonstration, kept as files as `make run` keeps them."""
    notices.deliver(now)
    with mail.get_connection(FILES) as connection:
        connection.send_messages(mail.outbox)
    return {"mails": "/demo/mail/", "mail": f"/demo/mail/{kept()[0].key}/"}
