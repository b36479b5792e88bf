"""The translation board: courses, one course, one thing side by side. What one may write in is the permission: else 404."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from courses import questions, teaching

from .translating import board, side

NAMES = dict(settings.LANGUAGES)


class BoardForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    todo = forms.BooleanField(label=gettext_lazy("Only what is to be done"), required=False)

    def __init__(self, *args, languages, **kwargs):
        super().__init__(*args, **kwargs)
        everything = [("", gettext_lazy("All languages"))]
        self.fields["language"].choices = everything + [(code, NAMES[code]) for code in languages]


def own_course(user, pk):
    return get_object_or_404(questions.courses_of(user), pk=pk)


@login_required
@require_safe
def courses(request):
    """The courses that one translates."""
    own = questions.courses_of(request.user)
    found = list(own.order_by("code", "pk"))
    if not found and not (teaching.teaches(request.user) or questions.writes_everywhere(request.user)):
        raise Http404
    context = {"courses": found, "teaches": teaching.teaches(request.user)}
    return render(request, "cms/translations.html", context)


@login_required
@require_safe
def course(request, pk):
    """A course step by step: ?language=ru shows one language, ?todo=on only what is to be done. Anything else is 404."""
    found = own_course(request.user, pk)
    others = board.languages_of(found)[1:]
    form = BoardForm(request.GET, languages=others)
    if not form.is_valid():
        raise Http404
    language, todo = form.cleaned_data["language"], form.cleaned_data["todo"]
    rows, counts = board.read(found, request.user)
    context = {
        "course": found,
        "form": form,
        "counts": [(code, NAMES[code], count) for code, count in counts.items()],
        "languages": [
            (code, NAMES[code]) for code in [found.source, *others] if language in ("", code) or code == found.source
        ],
        "names": NAMES,
        "rows": board.narrowed(rows, language, todo),
        "total": len(rows),
        "todo": todo,
    }
    return render(request, "cms/translation_board.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request, pk, language, kind, key):
    """Source and translation beside each other; POST says that the translation is in step with what was looked at."""
    found = own_course(request.user, pk)
    if language not in NAMES:
        raise Http404
    shown = side.find(user=request.user, course=found, language=language, kind=kind, key=key)
    status = 200
    if request.method == "POST":
        try:
            side.mark_in_step(shown, seen=request.POST.get("seen", ""), by=request.user)
        except side.ChangedMeanwhile:
            messages.error(request, _("The original has changed meanwhile. Look at it once more."))
            status = 409
        else:
            messages.success(request, _("Noted: the translation says what the original says now."))
            return redirect(f"{reverse('translation_board', args=[pk])}?language={language}")
    context = {
        "course": found,
        "side": shown,
        "language_name": NAMES[language],
        "source_name": NAMES.get(shown.source_language, shown.source_language),
        "changed": [(n, line) for n, line in enumerate(shown.lines, 1) if line.is_marked],
    }
    return render(request, "cms/translation_side.html", context, status=status)
