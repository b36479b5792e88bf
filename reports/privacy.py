"""What reports holds of people: exemptions from what is required, and what was told of them to other organisations' programs; else who has
set something, and nothing about anybody."""

from django.db.models import Q
from django.utils import timezone

from accounts.personal import Held, Rule, older
from certification.models import Certificate, CertificateVersion, CourseCompletion

from .models import Delivery

WORKED = "who worked on it: after depersonalising a row that names nobody"


def forget_told(person):
    """What was told to other organisations' programs names the person in its words."""
    own = {"enrolment__learner": person}
    completions = [str(key) for key in CourseCompletion.objects.filter(**own).values_list("pk", flat=True)]
    codes = CertificateVersion.objects.filter(certificate__enrolment__learner=person).values("code")
    about = Q(event=Delivery.Event.COMPLETED, subject__in=completions) | Q(
        event__in=[Delivery.Event.ISSUED, Delivery.Event.CORRECTED], subject__in=codes
    )
    for number in Certificate.objects.filter(**own).values_list("number", flat=True):
        about |= Q(event__in=[Delivery.Event.REVOKED, Delivery.Event.RESTORED], subject__startswith=f"{number} ")
    _empty(Delivery.objects.filter(about))


def _empty(rows):
    """That a message was made stays, so that it is not made twice; what was not delivered is not sent any more."""
    rows.filter(delivered_at=None, given_up_at=None).update(given_up_at=timezone.now(), next_try_at=None)
    return rows.update(payload={})


HELD = (
    Held("reports.Waiver", "person", ("requirement__course__code", "reason", "begins", "ends", "made_at", "withdrawn_at"),
        erase={"reason": "–"}),
    Held("reports.Delivery", "pk", erase=forget_told, why="found by its content, which is taken along as completions and certificates"),
)  # fmt: skip
NAMED = {
    f"reports.{column}": WORKED
    for column in (
        "Requirement.set_by", "Requirement.withdrawn_by", "Waiver.made_by", "Waiver.withdrawn_by", "ApiClient.made_by",
        "ApiClient.withdrawn_by",
    )
}  # fmt: skip


def empty_messages(now):
    rows = older("reports.Delivery", "made_at", 90, now).exclude(payload={})
    return _empty(Delivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True))))


RETENTION = (
    Rule(
        "messages to other organisations’ programs: what they said",
        90,
        "to see what was told, and to send it again",
        empty_messages,
    ),
)
