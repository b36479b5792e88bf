"""Who never came in, and the printed sheets by which they do. A sheet holds codes in clear: it is the only place, and soon deleted."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import invitations, jobs, one_time_codes
from accounts.models import Job, Notice, OneTimeCode, User
from accounts.roles import people_let_in_by

from . import invitation_sheet

JOB = "invitation sheet"
AT_ONCE = 40  # people whose sheet is the answer to the request; of more it is a Job
MOST = 2_000  # people a sheet
STAYS = timedelta(days=1)  # a Job's sheet, after it was made


@dataclass(frozen=True)
class Line:
    person: User
    code: OneTimeCode | None  # open
    letter: Notice | None  # the last invitation by mail


def waiting(user):
    """The people whom the reader may let in and who never signed in."""
    return people_let_in_by(user).filter(last_login=None)


def lines(people):
    """A Line of each of `people` (a list). Two queries."""
    now = timezone.now()
    codes = {code.person_id: code for code in OneTimeCode.objects.open(now).filter(person__in=people)}
    letters = Notice.objects.filter(person__in=people, kind="invitation").order_by("created_at")
    letters = {notice.person_id: notice for notice in letters}
    return [Line(person, codes.get(person.pk), letters.get(person.pk)) for person in people]


def sheet(*, people, by, progress=lambda done: None):
    """The PDF as bytes, with a new code for each of `people` (a queryset): those given before open nothing any more."""
    invitations.call_off(people=people)
    people = people.select_related("library").order_by("library__path", "folded", "pk")
    slips = []
    for number, person in enumerate(people, 1):
        row, code = one_time_codes.give(person=person, by=by)
        slips.append(invitation_sheet.Slip(person, one_time_codes.pretty(code), row.expires_at))
        if number % 25 == 0:
            progress(number)
    progress(len(slips))
    return invitation_sheet.draw(slips, by=by)


def ask(*, people, by):
    """The Job that makes the sheet of many."""
    return jobs.ask(kind=JOB, by=by, people=sorted(people.values_list("pk", flat=True)))


def jobs_of(user):
    return Job.objects.filter(kind=JOB, made_by=user)


@jobs.runner(JOB, stays=STAYS)
def run(job):
    """Whoever has left, moved or come in meanwhile gets no slip; nor does anybody, if the scope has gone."""
    people = waiting(job.made_by).filter(pk__in=job.params["people"])
    count = people.count()
    if not count:
        raise jobs.JobFailed(_("Nobody of those chosen is waiting for an invitation any more."))
    jobs.progress(job, 0, count)
    data = sheet(people=people, by=job.made_by, progress=lambda done: jobs.progress(job, done))
    jobs.keep_file(job, data, name())
    return {"people": count}


def name():
    return f"taklifnoma-{timezone.localdate():%Y-%m-%d}.pdf"
