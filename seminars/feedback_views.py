"""The form that asks who came what they think of a run. Who did not come is answered 404."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.words import WordsField

from . import feedback
from .feedback_models import MOST_SIGNS, FeedbackAnswer
from .models import SeminarRun

ONE_TO_FIVE = [(str(n), str(n)) for n in range(1, 6)]


def _field(name):
    return FeedbackAnswer._meta.get_field(name).verbose_name


class FeedbackForm(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in FeedbackAnswer.SCALES:
            self.fields[name] = forms.TypedChoiceField(
                label=_field(name), choices=ONE_TO_FIVE, coerce=int, widget=forms.RadioSelect,
                error_messages={"required": _("Choose a number from 1 to 5.")},
            )  # fmt: skip
        for name in ("good", "better"):
            self.fields[name] = WordsField(label=_field(name), required=False, max_length=MOST_SIGNS, rows=3)

    @property
    def scales(self):
        return [self[name] for name in FeedbackAnswer.SCALES]

    @property
    def texts(self):
        return [self["good"], self["better"]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request, pk):
    """The form; when it was sent, thanks; when the time is over, that."""
    run = get_object_or_404(SeminarRun.objects.select_related("seminar"), pk=pk if 0 < pk < 2**63 else 0)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    try:
        open_one = feedback.refuse(run=run, person=request.user)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            feedback.answer(
                run=run, person=request.user, good=values["good"], better=values["better"],
                scales={name: values[name] for name in FeedbackAnswer.SCALES},
            )  # fmt: skip
            return redirect("seminars:feedback", pk)
    except feedback.NotOpen as no:
        if no.reason == "not_there":
            raise Http404 from None
        context = {"run": run, "given": no.reason == "given"}
        status = 422 if request.method == "POST" and not context["given"] else 200
        return render(request, "seminars/feedback_closed.html", context, status=status)
    context = {"run": run, "form": form, "feedback": open_one, "fewest": feedback.FEWEST}
    return render(request, "seminars/feedback.html", context, status=422 if form.errors else 200)
