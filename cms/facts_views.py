"""The list of pages whose facts are due: what trainers and editors look through before others rely on it."""

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from courses import questions, teaching

from . import facts

PAGES_A_PAGE = 50


class FactsForm(forms.Form):
    course = forms.ModelChoiceField(
        None, label=gettext_lazy("Course"), required=False, empty_label=gettext_lazy("All courses")
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("All languages")), *settings.LANGUAGES],
    )

    def __init__(self, *args, courses, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses.order_by("code", "pk")


@login_required
@require_safe
def due(request):
    """?course= and ?language= narrow it. What is not known, or not one's own, is 404."""
    user = request.user
    if not (teaching.teaches(user) or questions.writes_everywhere(user)):
        raise Http404
    form = FactsForm(request.GET, courses=questions.courses_of(user))
    if not form.is_valid():
        raise Http404
    page = Paginator(facts.due(user, **form.cleaned_data).select_related("locale"), PAGES_A_PAGE).get_page(
        request.GET.get("page")
    )
    query = request.GET.copy()
    for name in ("page", "lang"):
        query.pop(name, None)
    context = {
        "form": form,
        "page_obj": page,
        "rows": facts.rows(page.object_list),
        "days": facts.SOON.days,
        "keep": f"{query.urlencode()}&" if query else "",
        "teaches": teaching.teaches(user),
    }
    return render(request, "cms/facts_due.html", context)
