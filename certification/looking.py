"""HR's list «to look at»: certificates whose grounds have changed since. It takes nothing: people decide, and say what.

Two causes: a regrade by which the test would not be passed any more (courses/regrading.py finds whose), and steps of the course
that are others than those that were completed. The sweep finds both in the rows; what was looked at once does not come back.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import audit
from courses.models import Course, Regrade

from .models import Certificate, CertificateVersion, CourseCompletion, Look
from .validity import syllabus_prints

REGRADES_OF = timedelta(days=30)
A_BATCH = 1000


def find(now=None):
    """Put what has changed on the list. Returns how many certificates came onto it."""
    now = now or timezone.now()
    return _of_regrades(now) + _of_syllabuses(now)


def _of_regrades(now):
    made = 0
    for regrade in Regrade.objects.filter(applied_at__gte=now - REGRADES_OF).exclude(changes=[]):
        lost = {row["certificate"] for row in regrade.changes if row["passed_before"] and not row["passed_after"]}
        made += _put(Certificate.objects.standing().filter(number__in=lost - {""}), Look.Cause.REGRADE, regrade.pk, now)
    return made


def _of_syllabuses(now):
    completed = CourseCompletion.objects.filter(enrolment__course=OuterRef("pk"))
    courses = list(
        Course.objects.live().filter(Exists(completed), missing=[])
    )  # one that is being changed is no news yet
    prints, made = syllabus_prints(courses), 0
    for course in courses:
        own = Look.objects.filter(certificate__enrolment__course=course, cause=Look.Cause.SYLLABUS, seen_at=None)
        own.exclude(about=prints[course.pk]).delete()  # the steps have changed again, or back
        valid = CertificateVersion.objects.in_force(timezone.localdate(now)).values("certificate")
        rows = Certificate.objects.filter(pk__in=valid, enrolment__course=course)
        rows = rows.exclude(enrolment__completion__syllabus__print=prints[course.pk])
        made += _put(rows, Look.Cause.SYLLABUS, prints[course.pk], now)
    return made


def _put(certificates, cause, about, now):
    there = Look.objects.filter(certificate=OuterRef("pk"), cause=cause, about=str(about))
    rows = [
        Look(certificate_id=pk, cause=cause, about=str(about), made_at=now)
        for pk in certificates.filter(~Exists(there)).order_by("pk").values_list("pk", flat=True)
    ]
    Look.objects.bulk_create(rows, A_BATCH, ignore_conflicts=True)
    return len(rows)


def to_look_at(certificates):
    """The Looks not looked at yet of these certificates (a queryset)."""
    rows = Look.objects.filter(seen_at=None, certificate__in=certificates)
    return rows.select_related("certificate__enrolment__course", "certificate__enrolment__learner__library")


def looked_at(*, looks, by, note, now=None):
    """Take these (a queryset) off the list; `note` says what was decided. Returns how many. Raises ValueError without a note."""
    if not note.strip():
        raise ValueError("looking at a certificate ends with a decision")
    with transaction.atomic():
        open_ones = Look.objects.filter(pk__in=looks.values("pk"), seen_at=None)
        pks = list(open_ones.values_list("pk", flat=True))
        rows = open_ones.values_list("certificate__number", "certificate__enrolment__learner")
        looked = list(rows.order_by("certificate__number").distinct())
        done = Look.objects.filter(pk__in=pks, seen_at=None).update(
            seen_at=now or timezone.now(), seen_by=by, note=note.strip()
        )
        for number, holder in looked if done else ():
            audit.record(
                actor=by, deed="certificate looked at", subject=f"certificate {number}", about=holder, reason=note
            )
    return done
