"""What is asked for in an address, within the reader's scope: what is not in it, or not known, is 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Role
from accounts.roles import has_role, people_in_scope_of, scope_of, tops_of
from certification.models import ExternalCertificate

from . import invitations
from . import people as progress
from .board import board
from .forms import AskForm, BoardForm, offered


def refuse_others(user):
    """Raises Http404 for who is neither HR, director nor administrator."""
    if not has_role(user, Role.HR, Role.DIRECTOR, Role.ADMINISTRATOR):
        raise Http404


def people_of(user):
    """The people whose progress the reader may see. Raises Http404 as above."""
    refuse_others(user)
    return people_in_scope_of(user)


def library_of(user, code):
    """The library of this code in the reader's scope; None without a code. Raises Http404."""
    return get_object_or_404(scope_of(user, Role.HR, Role.DIRECTOR), code=code) if code else None


class Asked:
    """The people that a question means: ?library=CODE&course=CODE&position=CODE&state=STATE&q=WORDS. What is not in scope
    or not known is 404."""

    def __init__(self, user, query):
        found = people_of(user).filter(is_active=True)  # who has left has a record, and is on no list
        self.library = library_of(user, query.get("library"))
        self.form = AskForm(query)
        if not self.form.is_valid():
            raise Http404
        values = self.form.cleaned_data
        self.course, self.state = values["course"], values["state"]
        if self.library:
            found = found.filter(library=self.library) if values["alone"] else found.below(self.library)
        if values["position"]:
            found = found.filter(position=values["position"])
        if self.state:
            found = progress.in_state(found, self.state, self.course)
        if values["q"]:
            found = found.matching(values["q"])
        self.is_narrowed = any(values.values())
        self.people = found.order_by("folded", "pk")


class AskedBoard:
    """The dashboard that a question means: ?library=CODE&course=CODE&position=CODE"""

    def __init__(self, user, query):
        refuse_others(user)
        self.library = library_of(user, query.get("library"))
        told = offered()
        self.form = BoardForm(query, **told)
        if not self.form.is_valid():
            raise Http404
        self.tops = tops_of(user, Role.HR, Role.DIRECTOR)
        if self.library is None and len(self.tops) == 1:
            self.library = self.tops[0]
        self.board = board(self.tops, self.library, **told, **self.form.cleaned_data)


def external_rows(user):
    """The certificates of others that the reader may decide on. Raises Http404 for who is neither HR nor administrator."""
    if not has_role(user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    return ExternalCertificate.objects.decided_by(user).select_related("person__library")


def external_in_state(user, query):
    """(state, rows): ?state=waiting|approved|returned; the oldest first."""
    state = query.get("state", ExternalCertificate.State.WAITING)
    if state not in ExternalCertificate.State.values:
        raise Http404
    return state, external_rows(user).filter(state=state).order_by("given_at", "pk")


class AskedInvitations:
    """Who never signed in and may be let in by the reader: ?library=CODE&q=NAME. `scope`: before they are narrowed."""

    def __init__(self, user, query):
        if not has_role(user, Role.HR, Role.ADMINISTRATOR):
            raise Http404
        self.libraries = scope_of(user, Role.HR)
        code = query.get("library")
        self.library = get_object_or_404(self.libraries, code=code) if code else None
        self.scope = self.people = invitations.waiting(user)
        self.words = query.get("q", "").strip()[:80]
        if self.library:
            self.people = self.people.below(self.library)
        if self.words:
            self.people = self.people.matching(self.words)


def keep(request, *dropped):
    """The present question as the beginning of a query string, without some of its parts: «course=sec&»."""
    query = request.GET.copy()
    for name in (*dropped, "lang"):
        query.pop(name, None)
    return f"{query.urlencode()}&" if query else ""
