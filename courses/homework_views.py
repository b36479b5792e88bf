"""Homework as its learner hands it in and its trainer grades it. The queryset is the permission: others get 404."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.roles import has_role

from . import homework, homework_page
from .homework_files import CONTENT_TYPES, BadFile, LimitedUpload
from .homework_forms import ALL, GradeForm, QueueForm
from .models import Activity, Assignment, Course, Enrolment, Submission, SubmissionFile

log = logging.getLogger(__name__)
A_PAGE = 20

# --- The learner ---------------------------------------------------------------------------------------------------------


@csrf_exempt  # only until the limits of the upload are known: looking for the token reads the whole form
def hand_in(request, pk):
    """Keep what was typed and the files; with the button «hand in» give it to the trainers."""
    if not request.user.is_authenticated or request.method != "POST":
        return _to_the_page(request, pk)
    live = Assignment.objects.filter(activity__archived=False, activity__course__archived=False)
    assignment = get_object_or_404(live.select_related("activity__course"), pk=pk)
    enrolment = get_object_or_404(Enrolment.objects.open(), learner=request.user, course=assignment.activity.course_id)
    limits = LimitedUpload(request, most_megabytes=assignment.most_megabytes, most_files=max(1, assignment.most_files))
    request.upload_handlers.insert(0, limits)
    return _hand_in(request, assignment, enrolment, limits)


@login_required
def _to_the_page(request, pk):
    """After signing in again, or from an address that was copied."""
    return redirect(get_object_or_404(Activity.objects.live(), pk=pk))


def _text(request):
    return request.POST.get("text", "").replace("\0", "")  # read too late for accounts/refusing.py


@csrf_protect
def _hand_in(request, assignment, enrolment, limits):
    now, go = timezone.now(), request.POST.get("go", "save")
    try:
        draft = homework.open_draft(enrolment=enrolment, assignment=assignment, now=now)
        try:
            homework.write(submission=draft, text=_text(request), now=now)
            refused = []
        except ValidationError as no:
            refused = no.messages
        if go.startswith("remove-"):
            _remove(draft, go, now)
        not_taken = limits.refused + _add_files(draft, request.FILES.getlist("files"), now)
        if go == "hand_in":  # the form comes once more after a line broke: what it brought is there
            not_taken = [no for no in not_taken if no.reason != "same"]
        refused += [no.say() for no in not_taken]
        if go == "hand_in" and not refused:
            homework.hand_in(submission=draft, now=now)
            messages.success(request, _("Handed in. Your trainer will read it; you will get a notice."))
            return redirect(assignment.activity)
    except homework.NotNow as no:
        if no.reason != "empty":
            messages.info(request, _why_not(no))
            return redirect(assignment.activity)
        refused = [_("There is nothing to hand in yet: write a text or add a file.")]
    if refused:
        return _refused(request, assignment, enrolment, refused)
    messages.success(request, _("Saved. It is not handed in yet."))
    return redirect(assignment.activity)


def _add_files(draft, uploads, now):
    refused = []
    for upload in uploads:
        try:
            homework.add_file(submission=draft, upload=upload, now=now)
        except BadFile as no:
            refused.append(no)
    return refused


def _remove(draft, go, now):
    number = go.removeprefix("remove-")
    if number.isdecimal() and len(number) < 19:
        homework.remove_file(submission=draft, file=int(number), now=now)


def _refused(request, assignment, enrolment, refused):
    """The form once more with everything that was typed, and what could not be taken."""
    activity = assignment.activity
    page = homework_page.of(activity=activity, enrolment=enrolment.pk, text=_text(request), refused=refused)
    context = {"homework": page, "activity": activity, "enrolled": True}
    return render(request, "courses/homework.html", context, status=422)


def _why_not(no):
    if no.reason == "closed":
        return _("This assignment cannot be handed in any more.")
    if no.reason == "handed_in":
        return _("Your work is with the trainer already. What you sent now was not taken.")
    return _("Your work has been graded already. What you sent now was not taken.")


@require_POST
@login_required
def comment(request, pk):
    """Words of the learner or of the trainer beside a submission."""
    rows = Submission.objects.select_related("enrolment", "assignment__activity")
    own = rows.handed_in().filter(enrolment__learner=request.user)
    row = own.filter(pk=pk).first() or get_object_or_404(rows.graded_by(request.user), pk=pk)
    try:
        homework.comment(submission=row, by=request.user, text=request.POST.get("text", ""), now=timezone.now())
    except ValidationError as no:
        messages.error(request, " ".join(no.messages))
    if row.enrolment.learner_id == request.user.pk:
        return redirect(row.assignment.activity)
    return redirect("courses:homework_grade", pk)


@login_required
@require_safe
def download(request, pk):
    """A file as it was handed in: always to be saved, never shown by the browser, kept by nobody on the way."""
    row = get_object_or_404(SubmissionFile.objects.readable_by(request.user), pk=pk)
    try:
        content = row.file.open()
    except FileNotFoundError:
        log.error("file %s of submission %s is lost", row.pk, row.submission_id)
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=True,
        filename=row.name,
        content_type=CONTENT_TYPES.get(row.kind, "application/octet-stream"),
    )
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Encoding"] = "identity"  # byte for byte: GZipMiddleware leaves it alone
    return response


# --- The trainer -----------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def queue(request):
    """What waits to be read, oldest first; by course and state."""
    if not has_role(request.user, Role.TRAINER, Role.ADMINISTRATOR):
        raise Http404
    mine = Submission.objects.graded_by(request.user)
    form = QueueForm(request.GET or None, courses=_courses_of(request.user))
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    state = asked.get("state") or Submission.State.HANDED_IN
    rows = mine if state == ALL else mine.filter(state=state)
    if course := asked.get("course"):
        rows = rows.filter(assignment__activity__course=course)
    rows = rows.select_related(
        "enrolment__learner__library", "assignment__activity__course", "taken_by", "graded_by"
    ).annotate(n_files=Count("files"))
    page = Paginator(rows.order_by("handed_in_at", "pk"), A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    for row in page:
        row.late = homework.is_late(row)
        row.reached = homework.total(row.assignment, row.points)
        row.claimed = row.taken_by if homework.claimed_by(row, now) else None
    kept = request.GET.copy()
    kept.pop("page", None)
    keep = f"{kept.urlencode()}&" if kept else ""
    context = {"page_obj": page, "form": form, "state": state, "keep": keep}
    return render(request, "courses/homework_queue.html", context)


def _courses_of(user):
    courses = Course.objects.live().filter(activities__assignment__isnull=False).distinct().order_by("code")
    return courses if has_role(user, Role.ADMINISTRATOR) else courses.filter(trainers__person=user)


def _one(request, pk):
    rows = Submission.objects.graded_by(request.user).select_related(
        "enrolment__learner__library", "assignment__activity__course", "taken_by", "graded_by"
    )
    return get_object_or_404(rows.prefetch_related("files", "comments__by"), pk=pk)


@require_POST
@login_required
def take(request, pk):
    row = _one(request, pk)
    try:
        homework.take(submission=row, by=request.user, now=timezone.now())
    except homework.Taken as no:
        messages.error(request, _taken(no))
    except homework.NotNow:
        messages.info(request, _("This has been graded meanwhile."))
    return redirect("courses:homework_grade", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def grade(request, pk):
    """One submission with its criteria. What was typed stays when the grade is refused."""
    row = _one(request, pk)
    form = GradeForm(request.POST if request.method == "POST" else None, assignment=row.assignment)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            homework.grade(
                submission=row, by=request.user, points=form.points, comment=form.cleaned_data["comment"],
                verdict=request.POST.get("go", ""), now=timezone.now(),
            )  # fmt: skip
        except homework.NotNow:
            refused = _("Nothing was saved: this has been graded meanwhile.")
            row = _one(request, pk)
        except homework.Taken as no:
            refused = _taken(no)
        except homework.BadGrade as no:
            refused = _why_no_grade(no, row.assignment)
        except ValidationError as no:
            refused = " ".join(no.messages)
        else:
            messages.success(request, _("Graded. The learner gets a notice."))
            return redirect("courses:homework_queue")
    claimed = homework.claimed_by(row, timezone.now())
    earlier = Submission.objects.handed_in().filter(
        enrolment=row.enrolment, assignment=row.assignment, number__lt=row.number
    )
    earlier = list(earlier.select_related("enrolment", "graded_by").prefetch_related("files", "comments__by"))
    for one in earlier:
        one.assignment = row.assignment
    context = {
        "submission": homework_page.tell(row),
        "earlier": [homework_page.tell(one) for one in reversed(earlier)],
        "form": form,
        "refused": refused,
        "mine": claimed == request.user.pk,
        "another": row.taken_by if claimed not in (None, request.user.pk) else None,
        "due_on": homework.due_on(row.assignment, row.enrolment.began_at),
    }
    return render(request, "courses/homework_grade.html", context, status=422 if refused or form.errors else 200)


def _taken(no):
    since = timezone.localtime(no.at)
    return _("%(name)s has been reading this since %(time)s. Nothing was changed.") % {
        "name": no.by.get_full_name() or no.by.username,
        "time": f"{since:%H:%M}",
    }


def _why_no_grade(no, assignment):
    if no.reason == "no_words":
        return _("Nothing was saved: say in words what is to be reworked.")
    if no.reason == "too_few":
        return _("Nothing was saved: to accept, %(n)s points are needed.") % {"n": assignment.pass_points}
    return _("Nothing was saved: to accept, each criterion needs points.")
