from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    name = "certification"
    verbose_name = _("Certification")

    def ready(self):
        from courses import impact

        from . import (
            batch,  # noqa: F401  (a runner of accounts.jobs: workers import nothing else of it)
            receivers,  # noqa: F401  (the one listener to courses.signals.progress_changed)
        )
        from .models import Certificate

        impact.register_certificates(Certificate.objects.standing)
