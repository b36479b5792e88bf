"""A small nation for tests/access/: one of each role, and the same role elsewhere, with one of each row.

The first course is `trainer`'s, the library TSH-01 is `director`'s, the region TSH is `hr`'s; `learner` is its staff and has
everything a learner can have. «2» is the same role of another course, library or region.
"""

import uuid
from datetime import timedelta
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, Locale, Site, Workflow

from accounts import jobs, merging, notices
from accounts.models import Job, Role
from accounts.roles import grant
from accounts.staff_import import working as staff_imports
from certification import award, batch, designs, external
from certification.badges import trusted
from certification.models import Certificate, Design, Look, TrustedIssuer
from cms import teams
from cms.models import Drawing, GlossaryTerm, LessonPage
from cms.translating import po, po_jobs
from courses import announcing, attempts
from courses.exchange import working
from courses.models import (
    Activity,
    Assignment,
    Cohort,
    Enrolment,
    Question,
    QuestionPool,
    QuestionReport,
    Quiz,
    Regrade,
    Submission,
    SubmissionFile,
)
from reports import exports, invitations, requirements
from reports.api import clients
from reports.lists import LISTS
from reports.models import Webhook
from seminars import attendance, feedback, feeds
from seminars.models import StrayMark, WalkIn
from tests import making
from tests.certification import studying
from tests.seminars import making as rooms

PASSWORD = "uzun-parol-ibora"  # what tests.making.person sets
NAMED = {"certificate_name": "Namunayeva Nigora", "certificate_name_confirmed_at": timezone.now()}
WHO = (
    "nobody", "learner", "learner2", "trainer", "trainer2", "editor", "hr", "hr2", "director", "director2", "admin"
)  # fmt: skip


def build():
    """Make it all; returns {name of a row: its key as it stands in an address} and the people's keys by name."""
    nation = rooms.library("UZ", level="nation")
    here, there = rooms.library("TSH", nation, "region"), rooms.library("SAM", nation, "region")
    library, library2 = rooms.library("TSH-01", here), rooms.library("SAM-01", there)
    people = SimpleNamespace(
        learner=making.person("learner", library=library, **NAMED),
        learner2=making.person("learner2", library=library2),
        trainer=staff("trainer", Role.TRAINER, nation),
        trainer2=staff("trainer2", Role.TRAINER, nation),
        editor=staff("editor", Role.EDITOR, nation),
        hr=staff("hr", Role.HR, here),
        hr2=staff("hr2", Role.HR, there),
        director=staff("director", Role.DIRECTOR, library),
        director2=staff("director2", Role.DIRECTOR, library2),
        admin=staff("admin", Role.ADMINISTRATOR, nation, is_superuser=True),
    )
    page, page2 = making.course(code="ONE"), making.course(code="TWO", quiz=False)
    teams.join(course=making.row(page), person=people.trainer)
    teams.join(course=making.row(page2), person=people.trainer2)
    return SimpleNamespace(
        keys=keys(page, people), sessions={name: sign_in(person) for name, person in vars(people).items()}
    )


def design(by):
    made = Design.objects.create(title="Asosiy", is_default=True)
    designs.revise(design=made, content=designs.PLAIN, courses=[], by=by)
    return made


def badge_issuer(by):
    key = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    return trusted.keep(issuer=TrustedIssuer(name="Boshqa", identifier="did:web:x.example", public_keys=key), by=by)


def staff(name, role, library, **fields):
    person = making.person(name, library=library, **fields)
    grant(person=person, role=role, library=library if role in rooms.SCOPED else None)
    return person


def sign_in(person):
    """The cookie of a session, so that no request of the table has to sign in."""
    client = Client()
    assert client.post("/accounts/login/", {"login": person.username, "password": PASSWORD}).status_code == 302
    return client.cookies["sessionid"].value


def po_file(course, trainer):
    """The job that has read a PO file of the course."""
    data = po.export(course, "ru", trainer).encode()
    return po_jobs.ask_to_read(course=course, language="ru", data=data, name="ONE-ru.po", by=trainer).pk


def keys(page, people):
    """{name of a row: what stands for it in an address}. All of them are `learner`'s, or of the first course."""
    now, course = timezone.now(), making.row(page)
    lesson, test = course.activities.live().order_by("position")
    enrolment = studying.enrol(page, people.learner)
    studying.do(enrolment)
    award.consider(learner=people.learner.pk, course=course.pk, now=now)
    version = award.issue(completion=enrolment.completion.pk, now=now)
    closed = attempts.start(enrolment=enrolment, quiz=test.quiz, now=now - timedelta(days=9))
    attempts.submit(attempt=closed, now=now - timedelta(days=9))
    attempt = attempts.start(enrolment=enrolment, quiz=test.quiz, now=now)
    topic = rooms.seminar("one-1", course=course)
    past, coming = rooms.run(topic, days=-1, trainer=people.trainer), rooms.run(topic, trainer=people.trainer)
    rooms.seat(past, people.learner)
    rooms.seat(coming, people.learner)
    held = rooms.run(topic, days=-2, trainer=people.trainer)  # over, and the learner was there: asked what it was like
    rooms.seat(held, people.learner)
    attendance.mark(session=held.sessions.get(), person=people.learner, mark="present", by=people.trainer)
    feedback.ask()
    QuestionPool.objects.update(course=course)
    question = Question.objects.first()
    document = get_document_model()(title="Fayl")
    document.file.storage.delete("documents/fayl.pdf")  # of another test: this one would get another name
    document.file.save("fayl.pdf", ContentFile(b"%PDF-1.7"))
    document.get_file_size(), document.get_file_hash()  # else Wagtail notes them when it shows the document
    picture = making.picture()
    picture.get_file_hash()
    picture.file.close()
    required = requirements.require(
        library=people.director.library, course=course, due_on=now.date() + timedelta(days=30), by=people.hr
    )
    lesson_page = LessonPage.objects.get(translation_key=lesson.key)
    return taught(course, test, enrolment, closed, people) | {
        "course": course.pk,
        "lesson": lesson.pk,
        "test": test.pk,
        "quiz": test.quiz.pk,
        "attempt": attempt.pk,
        "closed": closed.pk,
        "code": version.code,
        "number": version.payload["number"],
        **after_the_issue(version, people),
        **asked_by_program(people),
        "notice": notices.tell(person=people.learner, kind="name_wanted", subject="x", course=making.words("x")).pk,
        "seminar": topic.pk,
        "run": coming.pk,
        "held": held.pk,
        "session": past.sessions.get().pk,
        "secret": feeds.change(person=people.learner),
        **without_a_place(past.sessions.get(), people),
        "learner": people.learner.pk,
        "trained": people.trainer.pk,
        "led": people.director.pk,
        "role": people.director.role_grants.get().pk,
        "sheet": sheet(people),
        "export": taken_along(people),
        "po": po_file(course, people.trainer),
        "requirement": required.pk,
        **twice(people),
        "document": document.pk,
        "picture": picture.pk,
        "media": picture.file.name,
        "question": question.pk,
        "pool": question.pool_id,
        "lessonpage": lesson_page.pk,
        "revision": lesson_page.latest_revision_id,
        "coursepage": page.pk,
        "drawing": Drawing.objects.create(key="one/x", svg="<svg/>", words={}).pk,
        "design": design(people.admin).pk,
        "badge_issuer": badge_issuer(people.admin).pk,
        "term": GlossaryTerm.objects.create(key="soz", titles=making.words("soz")).pk,
        "workflow": Workflow.objects.get(active=True).pk,
        "task": teams.review_workflow().tasks.get().pk,
        "collection": Collection.get_first_root_node().add_child(name="x").pk,
        "locale": Locale.objects.first().pk,
        "site": Site.objects.get().pk,
        "group": people.trainer.groups.first().pk,
    }


def twice(people):
    """The library of `learner`; records beside the own one: to be merged, of another region, merged already."""
    library = people.director.library
    double, gone = making.person("double", library=library), making.person("gone", library=library)
    record = merging.merge(kept=people.learner, gone=gone, by=people.hr, reason="x")
    return {"library": library.code, "double": double.pk, "far": people.learner2.pk, "merge": record.pk}


def after_the_issue(version, people):
    """The certificate is shared; somebody else's one was given in; HR has checked many, and has the answer."""
    Certificate.objects.filter(pk=version.certificate_id).update(shared=True)
    look = Look.objects.create(certificate_id=version.certificate_id, cause="syllabus", made_at=timezone.now())
    given = external.give_in(
        person=people.learner, issuer="Boshqa", title="Kurs", issued_on=timezone.localdate(),
        upload=SimpleUploadedFile("kurs.pdf", b"%PDF-1.7"),
    )  # fmt: skip
    given.file.close()
    job = jobs.ask(kind=batch.JOB, by=people.hr)
    jobs.keep_file(job, b"PK", "x.xlsx")
    job.made.close()
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, finished_at=timezone.now())
    staff = b"Familiya,Ism,Kutubxona\nValiyev,Ali,TSH-01\n"
    read = staff_imports.ask_to_read(data=staff, name="xodimlar.csv", by=people.hr)
    return {
        "number": version.payload["number"],
        "external": given.pk,
        "batch": job.pk,
        "staff_import": read.pk,
        "look": look.pk,
    }


def sheet(people):
    """A sheet of invitations that HR has had made."""
    job = jobs.ask(kind=invitations.JOB, by=people.hr, people=[])
    jobs.keep_file(job, b"%PDF-1.7", "x.pdf")
    job.made.close()
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, finished_at=timezone.now(), result={"people": 1})
    return job.pk


def taken_along(people):
    """A list that HR has had made."""
    listed = LISTS["people"]
    table = listed.asked(people.hr, QueryDict())
    job = exports.ask(by=people.hr, listed=listed, ending="csv", query=QueryDict(), table=table)
    jobs.run_one(job.pk)
    return job.pk


def asked_by_program(people):
    """An organisation with a token, an address that is told, a message to it."""
    organisation, _token = clients.make(organisation="Kadrlar", library=people.director.library, by=people.admin)
    webhook = Webhook.objects.create(client=organisation, address="https://x.example/", made_at=timezone.now())
    message = webhook.deliveries.create(event="completion.created", subject="1", payload={}, made_at=timezone.now())
    return {"organisation": organisation.pk, "webhook": webhook.pk, "message": message.pk}


def without_a_place(session, people):
    """Somebody who asks to be let in, and a mark from the trainer's device that found no place."""
    now = timezone.now()
    stray = StrayMark.objects.create(
        key=uuid.uuid4(),
        by=people.trainer,
        why="gone",
        session_number=1,
        person_number=1,
        mark="late",
        at=now,
        received_at=now,
    )
    walk_in = WalkIn.objects.create(session=session, person=people.learner2, asked_at=now)
    return {"stray": stray.pk, "walk_in": walk_in.pk}


def taught(course, test, enrolment, closed, people):
    """What a trainer does beside writing, in the first course: homework, a cohort, a report of a mistake, a regrade, an import."""
    now, trainer = timezone.now(), people.trainer
    step = Activity.objects.create(
        course=course, module=test.module, key=uuid.uuid4(), kind=Activity.Kind.ASSIGNMENT, position=9,
        titles=making.words("Topshiriq"), addresses={"uz": "/uz/kurslar/one/m1/test/"},
    )  # fmt: skip
    rubric = [{"id": "all", "points": 100, "name": making.words("Hammasi"), "levels": []}]
    assignment = Assignment.objects.create(activity=step, rubric=rubric)
    sent = Submission.objects.create(
        enrolment=enrolment, assignment=assignment, number=1, state=Submission.State.HANDED_IN, changed_at=now,
        handed_in_at=now, text="<p>Ish</p>",
    )  # fmt: skip
    file = SubmissionFile(submission=sent, name="ish.pdf", kind="pdf", size=8, sha256="0" * 64)
    file.file.save("ish.pdf", ContentFile(b"%PDF-1.7"))
    file.file.close()
    cohort = Cohort.objects.create(course=course, title="Guruh", trainer=trainer, begins_on=now.date())
    Enrolment.objects.filter(pk=enrolment.pk).update(cohort=cohort)
    told = announcing.announce(cohort=cohort, title="Salom", text="x", by=trainer)
    Quiz.objects.update(invigilated=True)
    version = closed.questions.first().version
    reading = jobs.ask(
        kind=working.READ,
        by=trainer,
        given=b"::q:: 2+2 {=4 ~5}",
        pool=version.question.pool_id,
        format="gift",
        language="uz",
    )
    reading.given.close()
    return {
        "assignment": step.pk,
        "submission": sent.pk,
        "file": file.pk,
        "cohort": cohort.pk,
        "announcement": told.pk,
        "enrolment": enrolment.pk,
        "report": QuestionReport.objects.create(version=version, by=people.learner, text="xato", at=now).pk,
        "asked": version.question_id,
        "regrade": Regrade.objects.create(
            question=version.question, version=version, reason="xato", applied_at=now, applied_by=people.editor
        ).pk,
        "import": reading.pk,
    }  # fmt: skip
