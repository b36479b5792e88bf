"""A course with homework by its pages, people, and files as they come from a form."""

import io
import uuid
import zipfile
from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone  # noqa: F401

from accounts.models import Role
from accounts.roles import grant
from cms.models import AssignmentPage
from courses import enrolments, homework
from courses.models import Activity, Assignment, Course, CourseTrainer, Module
from tests import making

BEGAN = datetime(2026, 9, 7, 5, tzinfo=UTC)
NOW = datetime(2026, 9, 10, 5, tzinfo=UTC)
LEVELS = {"plan": (60, 40, 0), "talk": (40, 0)}
FULL = {"plan": 60, "talk": 40}


def rubric(language="uz", levels=LEVELS):
    return [
        {"type": "criterion", "id": name, "value": {
            "name": f"{name} {language}", "points": points[0],
            "levels": [
                {"type": "item", "id": f"{name}-{one}", "value": {"points": one, "text": f"{one} {language}"}}
                for one in points
            ],
        }}
        for name, points in levels.items()
    ]  # fmt: skip


def page(course=None, **fields):
    """An assignment's page in the first module of a course (its page), published."""
    module = (course or making.course()).get_children().first()
    fields = {"title": "Topshiriq", "slug": "uy-ishi", "purpose": "Mashq", "rubric": rubric()} | fields
    return making.add(module, AssignmentPage(**fields))


def assignment(**fields):
    """The rows alone, as publishing would make them: for tests to which pages are nothing."""
    number = Course.objects.count() + 1
    course = Course.objects.create(
        key=uuid.uuid4(), code=f"H{number}", source="uz", titles={"uz": "Kurs"}, addresses={"uz": "/uz/x/"}
    )
    module = Module.objects.create(course=course, key=uuid.uuid4(), position=1, titles={"uz": "Modul"})
    activity = Activity.objects.create(
        course=course, module=module, key=uuid.uuid4(), kind="assignment", position=1, titles={"uz": "Topshiriq"},
        addresses={"uz": "/uz/x/topshiriq/"},
    )  # fmt: skip
    criteria = [
        {"id": name, "points": points[0], "name": {"uz": f"{name} uz"},
         "levels": [{"points": one, "uz": f"{one} uz"} for one in points]}
        for name, points in LEVELS.items()
    ]  # fmt: skip
    return Assignment.objects.create(activity=activity, **{"rubric": criteria} | fields)


def enrolment(assignment, **fields):
    return enrolments.begin(learner=making.person(**fields), course=assignment.activity.course, now=BEGAN)


def row(assignment_page):
    return Assignment.objects.select_related("activity__course").get(activity__key=assignment_page.translation_key)


def trainer(assignment, **fields):
    person = making.person("trainer", **fields)
    grant(person=person, role=Role.TRAINER)
    CourseTrainer.objects.create(course=assignment.activity.course, person=person)
    return person


def draft(enrolment, assignment, text="Ish tayyor", now=NOW):
    made = homework.open_draft(enrolment=enrolment, assignment=assignment, now=now)
    return homework.write(submission=made, text=text, now=now)


def handed_in(enrolment, assignment, text="Ish tayyor", now=NOW):
    return homework.hand_in(submission=draft(enrolment, assignment, text, now), now=now)


def graded(submission, by, verdict=homework.ACCEPT, points=FULL, comment="Yaxshi", now=NOW):
    return making.committed(
        lambda: homework.grade(submission=submission, by=by, points=points, comment=comment, verdict=verdict, now=now)
    )


# --- Files -------------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00" + b"\x00" * 40
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def upload(content, name="hisobot.pdf"):
    return SimpleUploadedFile(name, content)


def packed(parts, stored=()):
    """A ZIP of {name: bytes}, in this order; the parts named in `stored` are not compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name in stored else None)
    return file.getvalue()


def ooxml(main=DOCX, types=(), **parts):
    overrides = "".join(f'<Override PartName="/x{n}" ContentType="{one}"/>' for n, one in enumerate([main, *types]))
    declared = f'<?xml version="1.0"?><Types xmlns="x">{overrides}</Types>'
    return packed({"[Content_Types].xml": declared, "word/document.xml": "<w/>", **parts})


def odf(kind="text", **parts):
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return packed({"mimetype": mimetype, "content.xml": "<office/>", **parts}, stored=["mimetype"])
