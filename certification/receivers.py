"""The doorbell rings: ask for a judgement, sooner by Celery; without a broker the sweep does it."""

from django.dispatch import receiver

from accounts import jobs
from accounts.signals import name_confirmed
from courses.progress import RestsOnIt
from courses.signals import completion_to_go, progress_changed


@receiver(progress_changed)
def look(sender, learner, course, **kwargs):
    from .tasks import consider

    jobs.send(consider, learner, course)


@receiver(name_confirmed)
def look_at_all(sender, person, **kwargs):
    """One message for all courses of the person: a broker that is away is waited for once."""
    from .tasks import consider_all

    jobs.send(consider_all, person)


@receiver(completion_to_go)
def what_was_completed_stays(sender, enrolment, **kwargs):
    from .models import CourseCompletion

    if CourseCompletion.objects.filter(enrolment=enrolment).exists():
        raise RestsOnIt(enrolment)
