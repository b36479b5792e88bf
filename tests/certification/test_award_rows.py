"""What the database itself keeps: each test writes a row that no rule of ours would write."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from certification.models import Certificate, CertificateVersion, CourseCompletion, NumberSeries
from tests import making

from . import studying


def refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
    return True


def copy(row, **changes):
    """Write the row once more, with changes."""
    fields = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row).objects.create(**(fields | changes))


def test_one_completion_and_one_certificate_an_enrolment(version):
    assert refused(lambda: copy(CourseCompletion.objects.get()))
    assert refused(lambda: copy(version.certificate, number="SBQ-2026-000777"))


def test_a_number_is_given_once(version, course_page):
    other = studying.finish(course_page)

    assert refused(lambda: copy(version.certificate, enrolment_id=other.pk))
    assert copy(version.certificate, enrolment_id=other.pk, number="SBQ-2026-000777").pk


def test_one_series_a_year(version):
    assert refused(lambda: NumberSeries.objects.create(year=2026, last=9))


def test_one_current_version(version):
    other = {"code": "2" * 12, "number": 2}

    assert refused(lambda: copy(version, **other))
    assert copy(version, **other, is_current=False).pk


def test_versions_are_numbered_and_codes_are_unique(version):
    assert refused(lambda: copy(version, is_current=False, code="2" * 12))
    assert refused(lambda: copy(version, is_current=False, number=2))


@pytest.mark.parametrize("fault", [{"sha256": ""}, {"pdf": ""}])
def test_a_file_has_its_hash_and_a_hash_its_file(version, fault):
    assert refused(lambda: CertificateVersion.objects.update(**fault))


@pytest.mark.parametrize("lacking", ["revoked_at", "revoked_by", "revocation_ground", "revocation_reason"])
def test_a_revocation_has_date_person_ground_and_reason(version, lacking):
    whole = {
        "revoked_at": timezone.now(), "revoked_by": making.person("hr"), "revocation_ground": "rules", "revocation_reason": "Sabab",
    }  # fmt: skip
    nothing = {"revoked_at": None, "revoked_by": None, "revocation_ground": "", "revocation_reason": ""}

    assert refused(lambda: Certificate.objects.update(**whole | {lacking: nothing[lacking]}))
    assert refused(lambda: Certificate.objects.update(**nothing | {lacking: whole[lacking]}))
    assert Certificate.objects.update(**whole) == Certificate.objects.update(**nothing) == 1


def test_a_certificate_has_an_enrolment_and_a_version_its_certificate(version):
    assert refused(lambda: copy(version.certificate, enrolment_id=None, number="SBQ-2026-000777"))
    assert refused(lambda: copy(version, certificate_id=None, code="2" * 12, number=2, is_current=False))
