"""The button «copy this course»."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from courses import teaching

from . import copying


class CopyForm(forms.Form):
    code = forms.SlugField(label=gettext_lazy("Code of the new course"), max_length=20)
    pools = forms.ChoiceField(
        label=gettext_lazy("Questions"), widget=forms.RadioSelect, initial="shared",
        choices=[
            ("shared", gettext_lazy("Draw from the same pools: a mended question is mended in both courses")),
            ("copied", gettext_lazy("Copy the pools: the questions of the two courses go their own ways")),
        ],
    )  # fmt: skip

    def __init__(self, *args, trees, **kwargs):
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self.languages = [page.locale.language_code for page in trees]
        for page in trees:
            language = page.locale.language_code
            label = _("Title, %(language)s") % {"language": names.get(language, language)}
            self.fields[f"title_{language}"] = forms.CharField(label=label, max_length=255, initial=page.title)
        self.order_fields(["code", *(f"title_{language}" for language in self.languages), "pools"])

    def clean_code(self):
        code = self.cleaned_data["code"]
        if not copying.is_free(code):
            raise forms.ValidationError(_("Another course has this code or its address."))
        return code

    @property
    def titles(self):
        return {language: self.cleaned_data[f"title_{language}"] for language in self.languages}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request, pk):
    course = get_object_or_404(copying.may_copy(request.user), pk=pk)
    trees = copying.trees(course)
    if not trees:
        raise Http404
    form = CopyForm(request.POST if request.method == "POST" else None, trees=trees)
    if form.is_valid():
        try:
            made = copying.copy_course(
                course=course, code=form.cleaned_data["code"], titles=form.titles, by=request.user,
                copy_pools=form.cleaned_data["pools"] == "copied",
            )  # fmt: skip
        except copying.CodeTaken:  # pressed twice
            form.add_error("code", _("Another course has this code or its address."))
        else:
            messages.success(request, _("Copied. All its pages are drafts until they are published."))
            return redirect(reverse("wagtailadmin_explore", args=[copying.trees(made)[0].pk]))
    context = {"course": course, "form": form, "teaches": teaching.teaches(request.user)}
    return render(request, "cms/course_copy.html", context, status=422 if form.errors else 200)
