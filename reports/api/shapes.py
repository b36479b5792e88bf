"""What a program reads: the shapes of people, completions and certificates, and how rows become them."""

from datetime import date, datetime
from typing import Literal

from django.conf import settings
from ninja import Field, Schema

State = Literal["valid", "expired", "revoked", "replaced"]


class Person(Schema):
    login: str = Field(description="Unique in the nation; never given to somebody else", examples=["TSH-0457"])
    personnel_number: str = Field(description="As the library's own records have it; may be empty")
    last_name: str
    first_name: str
    patronymic: str
    library: str | None = Field(description="Code of the library")
    position: str | None = Field(description="Code of the position")
    active: bool = Field(description="Whether the person works in the libraries")


class Completion(Schema):
    id: int = Field(description="Rises with each completion; give the last one as `after` to go on")
    login: str
    personnel_number: str
    course: str = Field(description="Code of the course", examples=["SEC"])
    titles: dict[str, str] = Field(description="Title of the course by language, as it was completed")
    completed_at: datetime


class Certificate(Schema):
    id: int = Field(description="Rises with each version issued; give the last one as `after` to go on")
    number: str = Field(examples=["SBQ-2026-000417"])
    code: str = Field(description="Code for verification; a corrected certificate has a new one")
    login: str
    personnel_number: str
    holder: str = Field(description="The name as printed")
    course: str
    issued_at: datetime
    valid_until: date | None
    state: State
    verify_url: str


def people(page):
    return [
        Person(
            login=row.username, personnel_number=row.personnel_number, last_name=row.last_name,
            first_name=row.first_name, patronymic=row.patronymic, library=row.library.code if row.library else None,
            position=row.position.code if row.position else None, active=row.is_active,
        )
        for row in page
    ]  # fmt: skip


def completion(row):
    learner, course = row.enrolment.learner, row.enrolment.course
    return Completion(
        id=row.pk, login=learner.username, personnel_number=learner.personnel_number, course=course.code or "",
        titles=row.syllabus["titles"], completed_at=row.completed_at,
    )  # fmt: skip


def certificate(row, today):
    enrolment = row.certificate.enrolment
    return Certificate(
        id=row.pk, number=row.certificate.number, code=row.code, login=enrolment.learner.username,
        personnel_number=enrolment.learner.personnel_number, holder=row.payload["holder"],
        course=enrolment.course.code or "", issued_at=row.issued_at, valid_until=row.expires_on,
        state=state(row, today), verify_url=f"{settings.VERIFY_BASE_URL}/verify/{row.code}/",
    )  # fmt: skip


def state(row, today):
    if not row.is_current:
        return "replaced"
    if row.certificate.revoked_at:
        return "revoked"
    return "expired" if row.expires_on and row.expires_on < today else "valid"
