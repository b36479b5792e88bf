"""Beginning a course, marking a step done, taking a quiz. A view finds, calls one rule, answers; another's row is 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.text import in_language

from . import attempt_log, attempt_rows, attempts, enrolments, kept_forms, kinds, progress, regrading
from .attempt_log import device_of, moment
from .kept_form_views import keeps_answers
from .models import Activity, Attempt, AttemptQuestion, Course, Enrolment
from .quiz_page import Overview, QuestionPage, WholePage, graded_rows, verdicts


@require_POST
@login_required
def begin(request, pk):
    course = get_object_or_404(Course.objects.live(), pk=pk)
    try:
        enrolments.begin(learner=request.user, course=course)
    except enrolments.CourseNotOpen:
        messages.error(request, _("This course is still being prepared. It cannot be begun yet."))
        return redirect(_course_address(course))
    first = course.activities.live().order_by("position").first()
    return redirect(first or _course_address(course))


def _course_address(course):
    return course.addresses.get(get_language()) or next(iter(course.addresses.values()), "/")


@require_POST
@login_required
def mark_done(request, pk):
    activity = get_object_or_404(Activity.objects.live().select_related("course"), pk=pk)
    enrolment = get_object_or_404(Enrolment.objects.open(), learner=request.user, course=activity.course_id)
    try:
        progress.mark_done(enrolment=enrolment, activity=activity)
    except progress.NotMarkable:
        raise Http404 from None
    following = _following(activity)
    return redirect(following or _course_address(activity.course))


def _following(activity):
    """The step after this one: by module, a course's final test last."""
    rows = sorted(activity.course.activities.live(), key=lambda row: (row.module_id is None, row.position))
    here = next(
        (n for n, row in enumerate(rows) if row.pk == activity.pk), len(rows)
    )  # archived since: nothing follows
    return rows[here + 1] if here + 1 < len(rows) else None


@require_POST
@login_required
def start(request, pk):
    """Leads to the attempt; a page with a script is given it at once, and says itself where it stands (static/js/waiting.js)."""
    quiz = attempt_rows.QUIZ.first(pk=pk)
    enrolment = quiz and attempt_rows.OPEN_ENROLMENT.first(learner=request.user.pk, course=quiz.activity.course_id)
    if not enrolment:
        raise Http404
    enrolment.learner = request.user
    try:
        made = attempts.start(
            enrolment=enrolment,
            quiz=quiz,
            now=timezone.now(),
            code=request.POST.get("code", ""),
            device=device_of(request),
        )
    except attempts.NoAttemptNow as no:
        messages.error(request, _why_not(no))
        return redirect(quiz.activity)
    if "at-once" not in request.POST or kept_forms.KEY in request.session:
        return redirect("courses:attempt", made.pk)
    quiz.activity.course, made.quiz = enrolment.course, quiz
    stands_at, rows = reverse("courses:attempt", args=[made.pk]), getattr(made, "asked", None)
    return _show_attempt(request, made, timezone.now(), stands_at, rows)


def _why_not(no):
    when = formats.date_format(timezone.localtime(no.until), "DATETIME_FORMAT") if no.until else ""
    if no.reason == "wait":
        return _("The next attempt is possible from %(when)s.") % {"when": when}
    if no.reason == "not_open":
        return _("This test opens on %(when)s.") % {"when": when}
    if no.reason == "closed":
        return _("This test closed on %(when)s.") % {"when": when}
    if no.reason == "none_left":
        return _("No attempts are left. Ask your trainer.")
    if no.reason == "wrong_code":
        return _("This room code does not open the test. Look at the code that the trainer shows and type it again.")
    if no.reason == "too_many_codes":
        return _("Too many wrong room codes. Try again in an hour, or speak to the trainer.")
    return _("This test is being changed and cannot be taken just now.")


def _own(request, pk, rows=attempt_rows.OWN):
    """The attempt of this learner; `rows`: with what of it is shown, read in the same query. Another's is 404, and is logged."""
    own = rows.first(pk=pk, learner=request.user.pk)
    if own is None:
        if request.method == "POST":  # a GET writes nothing
            _refuse(request, pk, "foreign")
        raise Http404
    return own


def _refuse(request, pk, reason, slot=None):
    """Into the log of the attempt, after what was begun in the database has been given up."""
    return attempt_log.refuse(attempt=pk, reason=reason, person=request.user, slot=slot, now=timezone.now())


@keeps_answers
def attempt(request, pk):
    """One question on a page, or all. Without JavaScript the buttons save and move; with it answers are saved as they are given."""
    own = _own(request, pk, attempt_rows.OWN if request.method == "POST" else attempt_rows.OWN_SHOWN)
    if own.submitted_at:
        if request.method == "POST":
            _refuse(request, pk, "handed_in")
        return redirect("courses:result", own.pk)
    now = timezone.now()
    if request.method == "POST":
        return _save_page(request, own, now) if "page" in request.POST else _save_and_move(request, own, now)
    return _show_attempt(request, own, now)


def _show_attempt(request, own, now, stands_at=None, rows=None):
    """Its questions, in `rows` if known. `stands_at`: the address of this page where another one was asked, which a GET does not answer."""
    if now >= own.closes_at:  # what is on its way in the grace is taken; nothing more is shown
        return redirect("courses:finish", own.pk)
    if own.quiz.one_page:
        page, template = WholePage(own, get_language(), rows), "courses/attempt_page.html"
    else:
        is_alone = request.GET.get("alone") == "1"
        page = QuestionPage(own, _number(request.GET.get("q")), get_language(), rows, is_alone)
        template = "courses/attempt.html"
    return render(request, template, {"page": page, "attempt": own, "now": now, "stands_at": stands_at})


def _number(text, otherwise=1):
    return int(text) if text and text.isdecimal() and len(text) < 4 else otherwise


def _save_and_move(request, own, now):
    slot = _number(request.POST.get("slot"), otherwise=0)  # no slot is none of the attempt's: 404
    if len(request.POST.getlist("slot")) > 1:
        _refuse(request, own.pk, "repeated", slot)
        raise Http404
    go = request.POST.get("go", "next")
    values = request.POST.getlist("answer")
    try:
        if go.startswith(("up-", "down-")):
            values = moved(values, go)
        if request.POST.get("seen") != "|".join(values):  # else untouched: what another page saved meanwhile stays
            device = device_of(request)
            attempts.save_answer(
                attempt=own, slot=slot, values=values, sequence=_sequence(request), flagged="flag" in request.POST,
                device=device, now=now,
            )  # fmt: skip
        else:
            attempts.flag(attempt=own, slot=slot, flagged="flag" in request.POST, now=now)
    except AttemptQuestion.DoesNotExist:
        _refuse(request, own.pk, "not_drawn", slot)
        raise Http404 from None
    except kinds.BadAnswer:
        _refuse(request, own.pk, "unreadable", slot)
        messages.error(request, _("This answer could not be read. It was not saved; please answer once more."))
        go = "stay"
    except attempts.AttemptClosed as closed:  # submitted in another tab, or the last second has passed
        _refuse(request, own.pk, closed.reason, slot)
        return redirect("courses:finish", own.pk)
    if go == "submit":
        return redirect("courses:finish", own.pk)
    if go == "report":
        return redirect("courses:report_mistake", own.pk, slot)
    step = {"next": 1, "prev": -1}.get(go, 0)
    target = max(1, _number(go[3:]) if go.startswith("to-") else slot + step)
    # This deed leads to the question: a GET writes nothing. With a script its page tells what was reached without one.
    attempts.note_shown(attempt=own, slot=target, now=now)
    # A script would have numbered the form: who has none is not sent the other questions each time.
    return redirect(f"{request.path}?q={target}" + ("" if request.POST.get("sequence") else "&alone=1"))


def _save_page(request, own, now):
    """The form with all questions: what was not touched since it was shown stays as it is, whatever another page saved meanwhile."""
    go = request.POST.get("go", "stay")
    sent = [_number(text, otherwise=0) for text in request.POST.getlist("slot")]
    slots = set(sent)
    if not slots or len(slots) < len(sent):  # no form of ours
        _refuse(request, own.pk, "repeated" if slots else "unreadable")
        raise Http404
    button, _dash, slot_moved = go.rpartition("-") if go.startswith(("up-", "down-")) else ("", "", "")
    given, unread = {}, []
    for slot in slots:
        values, seen = request.POST.getlist(f"answer-{slot}"), request.POST.get(f"seen-{slot}")
        if slot == _number(slot_moved, otherwise=-1):
            try:
                given[slot] = moved(values, button)
            except kinds.BadAnswer:
                unread.append(slot)
        elif seen is None or seen != "|".join(values):
            given[slot] = values
    device = device_of(request)
    try:
        unread += attempts.save_answers(attempt=own, given=given, sequence=_sequence(request), device=device, now=now)
    except AttemptQuestion.DoesNotExist:
        _refuse(request, own.pk, "not_drawn")
        raise Http404 from None
    except kinds.BadAnswer:  # the number of the form, and so all of it
        unread = sorted(slots)
    except attempts.AttemptClosed as closed:
        _refuse(request, own.pk, closed.reason)
        return redirect("courses:finish", own.pk)
    if unread:
        _refuse(request, own.pk, "unreadable", min(unread))
        messages.error(
            request,
            _("These answers could not be read and were not saved; please answer once more: %(numbers)s")
            % {"numbers": ", ".join(map(str, sorted(unread)))},
        )
    elif go == "submit":
        return redirect("courses:finish", own.pk)
    return redirect(f"{request.path}#q{slot_moved}" if slot_moved.isdecimal() else request.path)


def moved(values, go):
    """The order after the button «up-2» or «down-2» was pressed (0-based row). Raises BadAnswer."""
    direction, _dash, row = go.partition("-")
    if not row.isdecimal() or len(row) > 3 or int(row) >= len(values):
        raise kinds.BadAnswer(go)
    one, other = int(row), int(row) + (-1 if direction == "up" else 1)
    if 0 <= other < len(values):
        values[one], values[other] = values[other], values[one]
    return values


def _sequence(request):
    """The number that the browser gave the answers of this form, or None: then it is the next one."""
    return _read_number(request.POST.get("sequence"))


def _read_number(text):
    if not text:
        return None
    if not text.isdecimal() or len(text) > 16:
        raise kinds.BadAnswer("sequence")
    return int(text)


@require_POST
def save(request, pk, slot):
    """One answer, from the page's script. 200 with the newest state, 401, 404, 400 for what cannot be read, 409 when closed."""
    if not request.user.is_authenticated:
        return _signed_out()
    told = _save_one(request, pk, slot, "", timezone.now())
    if told["status"] == 404:
        raise Http404
    return JsonResponse(told, status=told.pop("status"))


@require_POST
def save_several(request, pk):
    """Answers that had to wait, in one request: each `slot` with its answer-N, sequence-N, ago-N, flag-N. Each is kept or refused alone.

    200 with {"answers": [what `save` says of each, its slot, its status]}; 401 and 404 as there, 400 for a slot sent twice or too many.
    """
    if not request.user.is_authenticated:
        return _signed_out()
    slots = request.POST.getlist("slot")
    numbers = [_number(text, otherwise=0) for text in slots]
    if not numbers or len(set(numbers)) < len(numbers) or len(numbers) > MOST_AT_ONCE:
        _refuse(request, pk, "repeated" if numbers else "unreadable")
        return JsonResponse({"error": _("This answer could not be read.")}, status=400)
    now, told = timezone.now(), []
    for slot in numbers:
        told.append({"slot": slot} | _save_one(request, pk, slot, f"-{slot}", now))
        if told[-1]["status"] == 409 or told[-1].pop("foreign", False):  # and so are all that follow
            break
    if all(one["status"] == 404 for one in told):
        raise Http404
    return JsonResponse({"answers": told})


MOST_AT_ONCE = 200


def _is_anothers(event):
    return event is not None and event.details["reason"] == "foreign"


def _signed_out():
    return JsonResponse(
        {"error": _("Please sign in again. Your answer is kept on this device until then.")}, status=401
    )


def _save_one(request, pk, slot, suffix, now):
    """Keep one answer, or the mark alone where none comes along. Returns what the script is told, with its `status`."""
    flag = {"0": False, "1": True}.get(request.POST.get(f"flag{suffix}"))
    sequence = request.POST.get(f"sequence{suffix}")
    try:
        if not sequence and flag is not None:
            attempts.flag(attempt=pk, slot=slot, flagged=flag, learner=request.user, now=now)
            return {"status": 200}
        number = _read_number(sequence)
        if number is None:  # the script numbers every answer: a body without is no form, and empties no answer
            raise kinds.BadAnswer("sequence")
        row = attempts.save_answer(
            attempt=pk, slot=slot, values=request.POST.getlist(f"answer{suffix}"), sequence=number, flagged=flag,
            opened_at=moment(request.POST.get(f"ago{suffix}"), now), learner=request.user, device=device_of(request), now=now,
        )  # fmt: skip
    except AttemptQuestion.DoesNotExist:
        return {"status": 404, "foreign": _is_anothers(_refuse(request, pk, "not_drawn", slot))}
    except kinds.BadAnswer:
        if _is_anothers(_refuse(request, pk, "unreadable", slot)):
            return {"status": 404, "foreign": True}
        return {"status": 400, "error": _("This answer could not be read.")}
    except attempts.AttemptClosed as closed:
        _refuse(request, pk, closed.reason, slot)
        return {"status": 409, "error": _("The attempt is closed. This answer does not count.")}
    saved = timezone.localtime(row.saved_at or now)
    return {
        "status": 200, "sequence": row.sequence, "saved": f"{saved:%H:%M}", "answered": row.answer is not None,
    }  # fmt: skip


@login_required
def finish(request, pk):
    """Look once more at what is answered, then submit by POST. After the deadline there is nothing left but that."""
    now = timezone.now()
    if request.method == "POST":
        return _hand_in(request, pk, now)
    own = _own(request, pk, attempt_rows.OWN_SHOWN)
    if own.submitted_at:
        return redirect("courses:result", own.pk)
    context = {"page": Overview(own, get_language()), "attempt": own, "is_over": now >= own.closes_at}
    return render(request, "courses/finish.html", context)


def _hand_in(request, pk, now):
    """Leads to the result; a page with a script is given it at once, and says itself where it stands (static/js/waiting.js)."""
    try:
        own = attempts.submit(attempt=pk, learner=request.user, device=device_of(request), now=now)
    except Attempt.DoesNotExist:
        _refuse(request, pk, "foreign")
        raise Http404 from None
    if own.submitted_at == own.closes_at:
        messages.info(request, _("The time is over. What you had answered was counted."))
    elif "at-once" in request.POST:
        return _show_result(request, own, now)
    return redirect("courses:result", own.pk)


@login_required
def result(request, pk):
    own = _own(request, pk, attempt_rows.OWN_GRADED)
    if not own.submitted_at:
        return redirect("courses:attempt", own.pk)
    return _show_result(request, own, timezone.now())


def _show_result(request, own, now):
    stand = attempts.standing(enrolment=own.enrolment_id, quiz=own.quiz, now=now)
    shown = attempts.shown(attempt=own, stand=stand, now=now)
    rows = getattr(own, "asked", None) or graded_rows(own)
    told = verdicts(rows, get_language(), with_key=shown.key)
    activity = own.quiz.activity
    return render(
        request,
        "courses/result.html",
        {
            "attempt": own,
            "stand": stand,
            "activity": activity,
            "shown": shown,
            "verdicts": told,
            "graded_anew": regrading.graded_anew(own, rows),
            "wrong": sum(one["answered"] and one["score"] == 0 for one in told),
            "right": sum(one["score"] == 1 for one in told),
            "course_url": _course_address(activity.course),
            "course_title": in_language(activity.course.titles),
            "title": in_language(activity.titles),
            "next": _following(activity) if own.passed else None,
        },
    )
