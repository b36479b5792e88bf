"""A trainer's pages of item analysis: the quizzes of the own courses, the questions of one, the worst first. Others find nothing."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.roles import has_role

from . import item_analysis, questions
from .item_verdicts import BAD, LOOK, worst_first
from .models import AttemptQuestion, Question

QUESTIONS_A_PAGE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def quizzes(request):
    """The quizzes of the own courses, with how many attempts are graded."""
    if not has_role(request.user, Role.TRAINER, Role.EDITOR, Role.ADMINISTRATOR):
        raise Http404
    own = item_analysis.with_graded(item_analysis.quizzes_of(request.user).filter(activity__archived=False))
    rows = own.order_by("activity__course__code", "activity__course", "activity__position")
    teaches = has_role(request.user, Role.TRAINER, Role.ADMINISTRATOR)  # an editor has no page «Teaching»
    return render(request, "courses/quiz_list.html", {"quizzes": rows, "teaches": teaches})


@login_required
@require_safe
def analysis(request, pk):
    """The questions of a quiz, the worst first: ?attempts=all counts later attempts too, ?by=version takes versions apart."""
    found, asked = _analysed(request, pk)
    rows = worst_first(found.items)
    page = Paginator(rows, QUESTIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "analysis": found,
        "page_obj": page,
        "bad": sum(said[0].state == BAD for item, said in rows if item.is_current),
        "look": sum(said[0].state == LOOK for item, said in rows if item.is_current),
        "editors": _editors(request.user, [item.question.pk for item, _said in page]),
        **asked,
    }
    return render(request, "courses/quiz_analysis.html", context)


@login_required
@require_safe
def question(request, pk, question):
    """One question of a quiz: every version that was answered, and each answer with who gave it."""
    row = get_object_or_404(Question, pk=question)
    found, asked = _analysed(request, pk, question=row)
    if not found.items:
        raise Http404  # never answered in this quiz
    answered = AttemptQuestion.objects.filter(
        version__question=row, attempt__quiz=OuterRef("pk"), attempt__submitted_at__isnull=False
    )
    others = item_analysis.quizzes_of(request.user).filter(draws__pool=row.pool_id).exclude(pk=pk)
    context = {
        "analysis": found,
        "rows": worst_first(found.items),
        "question": found.items[-1],
        "others": others.filter(Exists(answered)).distinct().order_by("pk"),
        "editor": _editors(request.user, [row.pk]).get(row.pk),
        **asked,
    }
    return render(request, "courses/question_analysis.html", context)


@login_required
@require_safe
def sheet(request, pk):
    """The same as a spreadsheet."""
    from . import analysis_sheet

    found, _asked = _analysed(request, pk)
    response = HttpResponse(analysis_sheet.workbook(found), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="quiz-{pk}-{timezone.localdate():%Y-%m-%d}.xlsx"'
    return response


def _analysed(request, pk, **which):
    """The Analysis that the address asks for, and what was asked, for the links of the page."""
    quiz = get_object_or_404(item_analysis.quizzes_of(request.user), pk=pk)
    every, by_version = request.GET.get("attempts") == "all", request.GET.get("by") == "version"
    keep = "&".join(word for word, asked in (("attempts=all", every), ("by=version", by_version)) if asked)
    found = item_analysis.analyse(quiz, every=every, by_version=by_version, **which)
    return found, {"every": every, "by_version": by_version, "keep": keep}


def _editors(user, pks):
    """{question: the address of its editor in /cms/}, of those that the reader may change there."""
    if not user.has_perm("courses.change_question"):
        return {}
    may = questions.questions_of(user).filter(pk__in=pks).values_list("pk", flat=True)
    name = Question.snippet_viewset.get_url_name("edit")
    return {pk: reverse(name, args=[pk]) for pk in may}
