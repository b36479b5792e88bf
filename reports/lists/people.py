"""The list of people; who never signed in; records that may be one person's; merges of records."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role
from accounts.roles import scope_of

from .. import invitations, people_sheet, staff
from ..asking import Asked, AskedInvitations
from .table import AT_ONCE, Listed, Table, below, name_of


def people(user, query):
    asked = Asked(user, query)
    found = people_sheet.asked(asked.people, asked.course)
    libraries = below(scope_of(user, Role.HR, Role.DIRECTOR), asked.library)
    return Table(people_sheet.head(), found, lambda: people_sheet.lines(asked.people, asked.course), libraries)


def invited(user, query):
    """No codes: they stand on slips alone."""
    asked = AskedInvitations(user, query)
    found = asked.people.select_related("library", "position").order_by("library__path", "folded", "pk")
    head = [_("Name"), _("Login"), _("Library"), _("Position"), _("E-mail"), _("Invited"), _("Code valid until")]

    def rows():
        for person in found.iterator(AT_ONCE):
            pieces.append(person)
            if len(pieces) == AT_ONCE:
                yield from map(_line, invitations.lines(pieces))
                pieces.clear()
        yield from map(_line, invitations.lines(pieces))

    pieces = []
    return Table(head, found, rows, below(asked.libraries, asked.library))


def _line(line):
    person, code = line.person, line.code
    mail = _("yes") if person.email else _("none")
    made, until = (timezone.localdate(code.made_at), timezone.localdate(code.expires_at)) if code else (None, None)
    return [
        name_of(person), person.username, str(person.library or ""), str(person.position or ""), mail, made, until,
    ]  # fmt: skip


def duplicates(user, query):
    groups = staff.duplicates(staff.people_kept_by(user))
    found = [(number, person) for number, group in enumerate(groups, 1) for person in group]
    head = [_("Group"), _("Name"), _("Login"), _("Library"), _("Position"), _("Personnel number")]

    def rows():
        for number, person in found:
            library, position = str(person.library or ""), str(person.position or "")
            yield [number, name_of(person), person.username, library, position, person.personnel_number]

    return Table(head, found, rows, scope_of(user, Role.HR))


def merges(user, query):
    found = staff.merge_records(user).order_by("-pk")
    head = [
        _("Record kept"), _("Login"), _("Record closed"), _("Login"), _("Merged on"), _("Merged by"), _("Why"), _("Undone on"),
        _("Undone by"),
    ]  # fmt: skip

    def rows():
        for one in found.iterator(AT_ONCE):
            yield [
                name_of(one.kept), one.kept.username, name_of(one.gone), one.gone.username, timezone.localdate(one.at),
                name_of(one.by), one.reason, one.undone_at and timezone.localdate(one.undone_at),
                one.undone_by and name_of(one.undone_by),
            ]  # fmt: skip

    return Table(head, found, rows, scope_of(user, Role.HR))


LISTS = [
    Listed("people", "xodimlar", gettext_lazy("List of people"), people),
    Listed("invitations", "kirmaganlar", gettext_lazy("Never signed in"), invited),
    Listed("duplicates", "takrorlar", gettext_lazy("Probably the same person"), duplicates),
    Listed("merges", "birlashtirishlar", gettext_lazy("Merged records"), merges),
]
