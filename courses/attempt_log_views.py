"""What the page of an attempt tells about itself, and the trainer's page of the log. Another's attempt is 404."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.text import in_language

from . import attempt_log, attempts
from .models import Attempt, AttemptEvent, AttemptQuestion


@never_cache
@require_safe
def token(request):
    """Who is signed in now, and a form token of this sign-in: for a page that was left open while somebody signed in elsewhere."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


@require_POST
def event(request, pk):
    """Left, seen again, or questions shown (`slot`, several), by the page's script (sendBeacon).

    204; 400 for anything else, 401, 404 for another's attempt or a question that was not drawn, 409 when it is closed.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    now, kind = timezone.now(), request.POST.get("kind")
    own = Attempt.objects.filter(enrolment__learner=request.user, pk=pk).first() if pk < 2**63 else None
    if own is None:
        attempt_log.refuse(attempt=pk, reason="foreign", person=request.user, now=now)
        raise Http404
    try:
        if kind == AttemptEvent.Kind.OPENED:
            attempts.open_questions(attempt=own, shown=_shown(request, now), now=now)
        else:
            attempt_log.come_and_go(attempt=own, kind=kind, now=now)
    except ValueError:
        attempt_log.refuse(attempt=own, reason="unreadable", now=now)
        return HttpResponse(status=400)
    except AttemptQuestion.DoesNotExist:
        attempt_log.refuse(attempt=own, reason="not_drawn", now=now)
        raise Http404 from None
    except attempts.AttemptClosed as closed:
        attempt_log.refuse(attempt=own, reason=closed.reason, now=now)
        return HttpResponse(status=409)
    return HttpResponse(status=204)


def _shown(request, now):
    """{slot: moment} of the questions that the page showed. Raises ValueError."""
    sent = request.POST.getlist("slot")
    if not sent or not all(text.isdecimal() and len(text) < 4 for text in sent):
        raise ValueError("slot")
    return {int(text): attempt_log.moment(request.POST.get(f"ago-{text}"), now) or now for text in sent}


@login_required
@require_safe
def log(request, pk):
    """The log of one attempt, for the trainers of its course and administrators."""
    if not 0 < pk < 2**63:
        raise Http404
    attempt = get_object_or_404(attempt_log.readable_by(request.user), pk=pk)
    audit.looked_up(by=request.user, person=attempt.enrolment.learner_id, what="attempt")
    activity = attempt.quiz.activity
    context = {
        "attempt": attempt,
        "lines": attempt_log.lines(attempt),
        "title": in_language(activity.titles),
        "course_title": in_language(activity.course.titles),
    }
    return render(request, "courses/attempt_log.html", context)
