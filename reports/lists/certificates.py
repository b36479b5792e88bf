"""The register of certificates; those that are to be looked at; those of other issuers."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.roles import has_role, scope_of
from certification import looking
from certification.models import Certificate

from .. import certificates
from ..asking import external_in_state
from ..certificate_forms import RegisterForm
from .table import Listed, Table, below, name_of

AT_ONCE = 200  # certificates that are in memory: each holds every printed word


def _check(user):
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404


def register(user, query):
    _check(user)
    form = RegisterForm(query, libraries=scope_of(user, Role.HR))
    if not form.is_valid():
        raise Http404
    found = certificates.issued(user, form.asked)
    libraries = below(scope_of(user, Role.HR), form.asked.library)
    above = [list(pair) for pair in form.words]
    rows = found.iterator
    return Table(
        certificates.heads(), found, lambda: map(certificates.cells, rows(AT_ONCE)), libraries, above,
        certificates.SHEET_WIDTHS,
    )  # fmt: skip


def to_look_at(user, query):
    _check(user)
    found = looking.to_look_at(Certificate.objects.kept_by(user))
    found = found.select_related("certificate__enrolment__learner__library", "certificate__enrolment__course")
    found = found.order_by("cause", "certificate__enrolment__course", "certificate__number", "pk")
    head = [_("Certificate number"), _("Holder"), _("Login"), _("Library"), _("Course"), _("Cause"), _("Since")]

    def rows():
        for one in found.iterator(AT_ONCE):
            run = one.certificate.enrolment
            yield [
                one.certificate.number, name_of(run.learner), run.learner.username, str(run.learner.library or ""),
                str(run.course), str(one.get_cause_display()), timezone.localdate(one.made_at),
            ]  # fmt: skip

    return Table(head, found, rows, scope_of(user, Role.HR))


def external(user, query):
    _state, found = external_in_state(user, query)
    found = found.select_related("person__library", "decided_by")
    head = [
        _("Name"), _("Login"), _("Library"), _("What it certifies"), _("Issued by"), _("Issued on"), _("Valid until"),
        _("By machine"), _("Given in"), _("State"), _("Decided on"), _("Why"),
    ]  # fmt: skip

    def rows():
        for one in found.iterator(AT_ONCE):
            yield [
                name_of(one.person), one.person.username, str(one.person.library or ""), one.title, one.issuer,
                one.issued_on, one.expires_on, str(one.get_machine_display()), timezone.localdate(one.given_at),
                str(one.get_state_display()), one.decided_at and timezone.localdate(one.decided_at), one.reason,
            ]  # fmt: skip

    return Table(head, found, rows, scope_of(user, Role.HR))


LISTS = [
    Listed("certificates", "sertifikatlar", gettext_lazy("Register of certificates"), register),
    Listed("to-look-at", "korib-chiqish", gettext_lazy("Certificates to look at"), to_look_at),
    Listed("external", "tashqi-sertifikatlar", gettext_lazy("External certificates"), external),
]
