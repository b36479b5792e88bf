from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        from . import invitations  # noqa: F401  (a runner of accounts.jobs: workers import nothing else of it)
