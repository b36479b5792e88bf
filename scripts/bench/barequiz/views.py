"""Its views: no lock, no deadline, no log, no translation, one kind of question. The key stays on the server."""

from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from .models import Answer, Attempt, Quiz


def shown(request, template, context):
    return render(request, f"barequiz/{template}.html", context, using="bare")


@require_POST
@login_required
def start(request, pk):
    quiz = get_object_or_404(Quiz, pk=pk)
    attempt = Attempt.objects.create(quiz=quiz, learner=request.user)
    for number, question in enumerate(quiz.questions.order_by("?")[: quiz.count], 1):
        Answer.objects.create(attempt=attempt, question=question, number=number)
    if request.POST.get("shape") == "page":
        return redirect("bare_page", attempt.pk)
    return redirect("bare_question", attempt.pk, 1)


def own(request, pk):
    return get_object_or_404(Attempt, pk=pk, learner=request.user)


@login_required
def question(request, pk, number):
    attempt = own(request, pk)
    answer = get_object_or_404(Answer, attempt=attempt, number=number)
    total = attempt.answers.count()
    if request.method == "POST" and attempt.submitted_at is None:
        answer.option = get_object_or_404(answer.question.options, pk=request.POST.get("option"))
        answer.save()
        return redirect("bare_finish", attempt.pk) if number == total else redirect("bare_question", pk, number + 1)
    return shown(request, "question", {"attempt": attempt, "answer": answer, "total": total})


@require_POST
@login_required
def save(request, pk, number):
    """One answer as a script would send it. No walk through the bare quiz does; alone it says what that costs at least."""
    answer = get_object_or_404(Answer, attempt=pk, attempt__learner=request.user, number=number)
    answer.option_id = request.POST.get("option")
    answer.save(update_fields=["option"])
    return JsonResponse({"saved": True})


@login_required
def page(request, pk):
    attempt = own(request, pk)
    answers = attempt.answers.select_related("question").prefetch_related("question__options")
    if request.method == "POST" and attempt.submitted_at is None:
        for answer in answers:
            chosen = request.POST.get(f"option-{answer.number}")
            if chosen:
                answer.option = get_object_or_404(answer.question.options, pk=chosen)
                answer.save()
        return grade(attempt)
    return shown(request, "page", {"attempt": attempt, "answers": answers})


@login_required
def finish(request, pk):
    attempt = own(request, pk)
    if request.method == "POST" and attempt.submitted_at is None:
        return grade(attempt)
    answers = attempt.answers.all()
    given = sum(1 for answer in answers if answer.option_id)
    return shown(request, "finish", {"attempt": attempt, "total": len(answers), "given": given})


def grade(attempt):
    answers = attempt.answers.select_related("option")
    right = sum(1 for answer in answers if answer.option and answer.option.right)
    attempt.score = Decimal(100 * right) / len(answers)
    attempt.submitted_at = timezone.now()
    attempt.save()
    return redirect("bare_result", attempt.pk)


@login_required
def result(request, pk):
    attempt = own(request, pk)
    answers = attempt.answers.select_related("question", "option").prefetch_related("question__options")
    return shown(request, "result", {"attempt": attempt, "answers": answers})
