"""The trainer's page of a room: the code, large, for those who sit there, and who began with it. Of the own courses alone: else 404."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Role
from accounts.roles import has_role
from accounts.text import in_language

from . import room_codes
from .models import Attempt, Quiz
from .questions import courses_of


def invigilated_by(user):
    """The quizzes whose room codes `user` makes."""
    return Quiz.objects.filter(invigilated=True, activity__archived=False, activity__course__in=courses_of(user))


def _lengths():
    return [(n, ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}) for n in room_codes.MINUTES]


class RoomForm(forms.Form):
    minutes = forms.TypedChoiceField(label=gettext_lazy("The code holds for"), coerce=int, initial=60, choices=_lengths)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def room(request, pk):
    quiz = _own(request, pk)
    form = RoomForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        room_codes.make(quiz=quiz, by=request.user, minutes=form.cleaned_data["minutes"])
        return redirect("courses:room", pk)
    now = timezone.now()
    code = room_codes.holding(quiz, now).filter(made_by=request.user).first()
    begun = Attempt.objects.filter(room_code=code) if code else Attempt.objects.none()
    context = {
        "quiz": quiz,
        "title": in_language(quiz.activity.titles),
        "course_title": in_language(quiz.activity.course.titles),
        "form": form,
        "code": code,
        "others": room_codes.holding(quiz, now).exclude(made_by=request.user).count(),
        "reads_logs": has_role(request.user, Role.TRAINER, Role.ADMINISTRATOR),
        "begun": begun.select_related("enrolment__learner__library").order_by("-pk"),
    }
    return render(request, "courses/room.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def end(request, pk):
    quiz = _own(request, pk)
    room_codes.end(quiz=quiz, by=request.user)
    messages.success(request, _("The code opens nothing any more. Attempts that were begun with it go on."))
    return redirect("courses:room", pk)


def _own(request, pk):
    if not 0 < pk < 2**63:
        raise Http404
    return get_object_or_404(invigilated_by(request.user).select_related("activity__course"), pk=pk)
