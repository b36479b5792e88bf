from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SeminarsConfig(AppConfig):
    name = "seminars"
    verbose_name = _("Seminars")

    def ready(self):
        from accounts import notices

        from . import invitations, merging, receivers  # noqa: F401  (rules of merging; listeners)

        notices.ATTACHING |= dict.fromkeys(invitations.KINDS, invitations.attach)
