"""What of people is reached from Wagtail's admin: our pages, not screens of Wagtail's."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .models import Role
from .roles import has_role


class AdministratorsItem(MenuItem):
    def is_shown(self, request):
        return has_role(request.user, Role.ADMINISTRATOR)


@hooks.register("register_admin_menu_item")
def staff_import():
    return AdministratorsItem(
        _("Staff import"), reverse("staff_imports"), name="staff-import", icon_name="upload", order=610
    )
