"""From a form that came without a sign-in, through the sign-in, to its answers being saved: courses/kept_forms.py."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.text import in_language

from . import kept_forms
from .models import Attempt


def keeps_answers(view):
    """In place of login_required, for the page of an attempt: what a form brings is kept until who gave it has signed in."""

    @wraps(view)
    def led(request, pk):
        if not request.user.is_authenticated:
            is_form = request.method == "POST"
            return redirect_to_login(_kept(request, pk) if is_form else request.get_full_path())
        if kept_forms.KEY not in request.session:
            return view(request, pk)
        if request.method != "POST":
            waits = kept_forms.of(session=request.session, person=request.user, now=timezone.now(), attempt=pk)
            return redirect("courses:kept") if waits else view(request, pk)
        response = view(request, pk)
        kept_forms.drop(session=request.session, at=request.POST.get("kept"))  # answered, whatever the answer was
        return response

    return led


def _kept(request, pk):
    """Where to go on after the sign-in."""
    attempt = reverse("courses:attempt", args=[pk])
    try:
        if not limits.take(request, "kept_answers"):
            raise kept_forms.TooMuch
        kept_forms.keep(session=request.session, attempt=pk, form=request.POST, now=timezone.now())
    except Attempt.DoesNotExist:
        return attempt  # nothing to answer there
    except kept_forms.TooMuch:
        messages.error(
            request, _("Your sign-in had ended, and these answers could not be kept. Please give them again.")
        )
        return attempt
    return reverse("courses:kept")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request):
    """What waits for this person, with the form that sends it once more. By POST it is given up."""
    now = timezone.now()
    one = kept_forms.of(session=request.session, person=request.user, now=now)
    attempt = one and _attempt(request.user, one)
    if not attempt:
        return redirect("/learning/")
    if request.method == "POST":
        kept_forms.drop(session=request.session, at=request.POST.get("kept"))
        return redirect("courses:attempt", attempt.pk)
    activity = attempt.quiz.activity
    handed_in = attempt.submitted_at and attempt.submitted_at < attempt.closes_at  # else the time was over
    context = {
        "attempt": attempt,
        "waiting": kept_forms.Waiting(attempt, one),
        "handed_in": handed_in,
        "is_over": not handed_in and attempt.is_over(now),
        "title": in_language(activity.titles),
        "course_title": in_language(activity.course.titles),
    }
    return render(request, "courses/kept.html", context)


def _attempt(person, one):
    own = Attempt.objects.filter(enrolment__learner=person).select_related("quiz__activity__course")
    return own.filter(pk=one["attempt"]).first()
