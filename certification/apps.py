from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    name = "certification"
    verbose_name = _("Certification")

    def ready(self):
        from courses import impact
        from courses import merging as courses_merging

        from . import (
            batch,  # noqa: F401  (a runner of accounts.jobs: workers import nothing else of it)
            merging,  # noqa: F401  (its rules)
            receivers,  # noqa: F401  (the one listener to courses.signals.progress_changed)
        )
        from .models import Certificate, CourseCompletion

        impact.register_certificates(Certificate.objects.standing)
        courses_merging.register_completed(lambda: CourseCompletion.objects.values("enrolment"))
