"""Views as plain as they can be; each asks for the session and the user. The bare quiz is in barequiz/."""

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import FileResponse
from django.shortcuts import render

from accounts.models import Library, User
from certification.models import Certificate
from courses.models import ActivityCompletion, Enrolment

FRAME = 220  # bytes of the template beside the words


@lru_cache
def words(size):
    """So many bytes of plain text."""
    return ("kutubxona " * (size // 10 + 1))[:size]


@login_required
def page(request, size):
    """A page of `size` bytes."""
    return render(request, "bare/page.html", {"words": words(max(size - FRAME, 0))}, using="bare")


@login_required
def file(request, name):
    """A stored file."""
    return FileResponse((settings.SCRATCH / "bare" / name).open("rb"), as_attachment=True, filename=name)


@login_required
def report(request):
    """A report as one writes it: 50 libraries with the totals of their staff, and those of all, counted as they are asked for."""
    libraries = list(Library.objects.order_by("path")[:50])
    keys = [one.pk for one in libraries]
    per = {
        "staff": User.objects.filter(library__in=keys).values_list("library").annotate(n=Count("pk")),
        "begun": Enrolment.objects.filter(learner__library__in=keys).values_list("learner__library").annotate(n=Count("pk")),
        "certified": Certificate.objects.filter(enrolment__learner__library__in=keys)
        .values_list("enrolment__learner__library")
        .annotate(n=Count("pk")),
    }  # fmt: skip
    counted = {name: dict(rows.order_by()) for name, rows in per.items()}
    rows = [(one, *(counts.get(one.pk, 0) for counts in counted.values())) for one in libraries]
    totals = (
        User.objects.count(),
        Enrolment.objects.count(),
        ActivityCompletion.objects.count(),
        Certificate.objects.count(),
    )
    return render(request, "bare/report.html", {"rows": rows, "totals": totals}, using="bare")
