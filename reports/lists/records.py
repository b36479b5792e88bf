"""The tree of libraries, and the log of deeds."""

from collections import Counter

from django.db.models import Count
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import log_export
from accounts.models import Library, Role
from accounts.roles import has_role, scope_of

from ..asking import people_of
from ..log_form import LogForm
from .table import AT_ONCE, Listed, Table


def libraries(user, query):
    """Those in use, each below the one that it belongs to, with the people whose main workplace it is."""
    working, found = people_of(user).filter(is_active=True), scope_of(user, Role.HR, Role.DIRECTOR).in_use()
    head = [
        _("Code"), _("Library"), _("Level"), _("Type of library"), _("Belongs to"), _("Staff"),
        _("Staff with all below it"),
    ]  # fmt: skip

    def rows():
        here = dict(working.order_by().values_list("library__path").annotate(n=Count("pk")))
        whole = Counter()
        for path, n in here.items():
            whole.update(dict.fromkeys(_above(path), n))
        codes = dict(Library.objects.order_by().values_list("path", "code"))
        for one in found.iterator(AT_ONCE):
            yield [
                one.code, str(one), str(one.get_level_display()), str(one.get_type_display()),
                codes.get(one.path[: -Library.steplen], ""), here.get(one.path, 0), whole[one.path],
            ]  # fmt: skip

    return Table(head, found, rows, scope_of(user, Role.HR, Role.DIRECTOR), widths=(14, 48))


def _above(path):
    """The paths on the way to a library (its own too); none of who works nowhere."""
    return [path[:end] for end in range(Library.steplen, len(path or "") + 1, Library.steplen)]


def log(user, query):
    """For machines too: the head in English, commas."""
    form = LogForm(query)
    if not has_role(user, Role.ADMINISTRATOR) or not form.is_valid():
        raise Http404
    found = log_export.find(**form.cleaned_data)
    return Table(
        list(log_export.HEADS), found, lambda: log_export.lines(found), None, delimiter=",",
        about=form.cleaned_data["person"],
    )  # fmt: skip


LISTS = [
    Listed("libraries", "kutubxonalar", gettext_lazy("Libraries"), libraries),
    Listed("log", "log", gettext_lazy("Log"), log, "log downloaded"),
]
