"""A report as one writes it in an afternoon: fifty people, how far each is, and their totals, counted when it is asked for.

No scope, no filter, no chart, no translation. The tables are the platform's own.
"""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.shortcuts import render

from accounts.models import User

ROWS = 50
VALID = Q(enrolments__certificate__revoked_at=None, enrolments__certificate__versions__is_current=True)
NUMBERS = {
    "begun": Count("enrolments", distinct=True),
    "done": Count("enrolments__completion", distinct=True),
    "certified": Count("enrolments__certificate", filter=VALID, distinct=True),
}


@login_required
def report(request):
    rows = list(User.objects.select_related("library", "position").order_by("folded", "pk")[:ROWS])
    shown = User.objects.filter(pk__in=[one.pk for one in rows]).order_by()
    numbers = {one["pk"]: one for one in shown.values("pk").annotate(**NUMBERS)}
    lines = [(one, numbers[one.pk]) for one in rows]
    context = {"lines": lines, "totals": shown.aggregate(**NUMBERS)}
    return render(request, "barereport/page.html", context, using="bare")
