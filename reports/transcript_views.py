"""The transcript: for the person, and for HR of the person's library. Somebody else's is 404."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import Role
from accounts.roles import has_role, people_in_scope_of
from certification import keys
from seminars.paper_views import file_answer

from . import transcript

log = logging.getLogger(__name__)


@login_required
@require_safe
def own(request):
    return _answer(request, request.user, "my_certificates")


@login_required
@require_safe
def of_person(request, pk):
    if not has_role(request.user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    person = get_object_or_404(people_in_scope_of(request.user, Role.HR), pk=pk)
    audit.looked_up(by=request.user, person=person, what="transcript")
    return _answer(request, person, "reports:person", pk)


def _answer(request, person, *back):
    try:
        data = transcript.file_of(person)
    except keys.NoKeys as fault:
        log.error("no transcript: %s", fault)
        messages.error(
            request, _("The transcript cannot be sealed just now. Those in charge of the site have been told.")
        )
        return redirect(*back)
    return file_answer(data, "application/pdf", f"transcript-{person.username}.pdf")
