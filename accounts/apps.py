from allauth.usersessions.apps import UserSessionsConfig
from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig

from . import log_triggers


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self):
        # the words of letters, for accounts.notices; what becomes of this room's rows when records are merged; how its jobs are done
        from . import access_log, invitations, merging_rules, people, sessions  # noqa: F401
        from .staff_import import working  # noqa: F401

        access_log.listen()
        people.listen()
        sessions.listen()
        post_migrate.connect(guard_the_log, sender=self, dispatch_uid="accounts.log_triggers")


class DevicesConfig(UserSessionsConfig):
    """allauth's list of devices; a sign-in is written down by accounts/devices.py."""

    def ready(self):
        super().ready()
        from allauth.account.signals import user_logged_in
        from allauth.usersessions.signals import on_user_logged_in

        from . import devices

        user_logged_in.disconnect(on_user_logged_in)
        user_logged_in.connect(devices.note, dispatch_uid="accounts.devices")


class AdminUsersConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.admin_people.PeopleViewSet"


def guard_the_log(*, using, apps, **kwargs):
    try:
        apps.get_model("accounts", "AuditLink")
    except LookupError:  # migrated to a state before there was one
        return
    log_triggers.install(connections[using])
