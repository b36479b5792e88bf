from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self):
        # a runner of accounts.jobs: workers import nothing else of it; what becomes of rows when libraries or records are merged
        from . import exports, invitations, merging, requirements  # noqa: F401
