"""The transcript: for the person, and for HR of the person's library. Somebody else's is 404."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.roles import has_role, scope_of
from seminars.paper_views import file_answer

from . import transcript


@login_required
@require_safe
def own(request):
    return _answer(request.user)


@login_required
@require_safe
def of_person(request, pk):
    if not has_role(request.user, Role.HR, Role.ADMINISTRATOR):
        raise Http404
    people = User.objects.filter(library__in=scope_of(request.user, Role.HR))
    return _answer(get_object_or_404(people, pk=pk))


def _answer(person):
    return file_answer(transcript.file_of(person), "application/pdf", f"transcript-{person.username}.pdf")
