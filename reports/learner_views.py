"""A trainer's page of one learner of the own course, and what the trainer gives by hand. Somebody else's learner is 404."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from courses import allowances, progress, teaching

from .learner import learner as facts
from .learner_forms import FORMS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def learner(request, course, pk):
    """One enrolment. A POST names its deed: «more» (an allowance), «give» or «take_back» (a step by hand)."""
    rows = teaching.enrolments_taught(request.user).select_related(
        "course", "learner__library", "learner__position", "cohort", "completion"
    )
    enrolment = get_object_or_404(rows, course=course, pk=pk)
    is_own = enrolment.learner_id == request.user.pk
    may_give = not is_own and enrolment.closed_at is None
    asked = request.POST.get("deed") if request.method == "POST" else None
    if asked is not None and (not may_give or asked not in {form.deed for form in FORMS}):
        raise Http404
    forms = {
        form.deed: form(request.POST if form.deed == asked else None, enrolment=enrolment) for form in FORMS
    }  # fmt: skip
    if asked is not None and forms[asked].is_valid():
        said, done = _do(asked, enrolment, forms[asked].cleaned_data, request.user)
        messages.add_message(request, messages.SUCCESS if done else messages.ERROR, said)
        return redirect("reports:learner", course, pk)
    if asked is None:
        audit.looked_up(by=request.user, person=enrolment.learner_id, what="progress")
    context = {
        "enrolment": enrolment,
        "person": enrolment.learner,
        "course": enrolment.course,
        "forms": forms if may_give else {},
        "is_own": is_own,
        **facts(enrolment),
    }
    return render(request, "reports/learner.html", context, status=200 if asked is None else 422)


def _do(deed, enrolment, values, by):
    """(what to say, whether it was done)"""
    if deed == "more":
        allowances.give(enrolment=enrolment, by=by, **values)
        return _("Given. The learner sees it on the page of the test."), True
    if deed == "give":
        progress.give(enrolment=enrolment, by=by, **values)
        return _("The step is done, by hand."), True
    try:
        progress.take_back(by=by, **values)
    except progress.RestsOnIt:
        return _("The course has been completed with this step: it stays."), False
    except progress.NotMarkable:
        return _("It was taken back already."), False
    return _("Taken back."), True
