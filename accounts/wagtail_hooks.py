"""What of people is reached from Wagtail's admin: the consent text, and our page of staff imports."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .consent_views import edit
from .models import Role
from .roles import has_role


class ForAdministrators(MenuItem):
    def is_shown(self, request):
        return has_role(request.user, Role.ADMINISTRATOR)


@hooks.register("register_admin_urls")
def consent_texts():
    return [path("consent/", edit, name="consent_texts")]


@hooks.register("register_settings_menu_item")
def consent_item():
    return ForAdministrators(
        _("Consent text"), reverse("consent_texts"), name="consent", icon_name="doc-full", order=900
    )


@hooks.register("register_admin_menu_item")
def staff_import():
    return ForAdministrators(
        _("Staff import"), reverse("staff_imports"), name="staff-import", icon_name="upload", order=610
    )
