"""Wagtail's choosers in the reader's language: words that it looks up once, when it is loaded, and labels that it has not.

Told once, by cms/wagtail_hooks.py, before the choosers' views and buttons are made of these classes.
"""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import choosers
from wagtail.admin.viewsets.chooser import ChooserViewSet

ONCE_FOR_ALL = {
    "choose_one_text": _("Choose"), "choose_another_text": _("Choose another"), "edit_item_text": _("Edit"),
    "search_tab_label": _("Search"), "create_action_label": _("Create"),
}  # fmt: skip
LABELS = {
    "link_text": _("Link text"), "email_address": _("Email address"), "subject": _("Subject"), "body": _("Text of the e-mail"),
    "phone_number": _("Phone number"),
}  # fmt: skip
LINKS = (
    choosers.ExternalLinkChooserForm, choosers.AnchorLinkChooserForm, choosers.EmailLinkChooserForm, choosers.PhoneLinkChooserForm,
)  # fmt: skip


def speak():
    for name, words in ONCE_FOR_ALL.items():
        setattr(ChooserViewSet, name, words)
    for form in LINKS:
        for name, field in form.base_fields.items():
            field.label = field.label or LABELS[name]
