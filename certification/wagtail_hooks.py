"""Designs of certificates, and issuers whose badges are checked, in Wagtail's admin: for administrators, who alone speak for the issuer."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views import snippets
from wagtail.snippets.views.chooser import SnippetChooserViewSet

from accounts.models import Role
from accounts.roles import has_role

from .badges import public_keys, trusted
from .design_form import OF_A_SIGNATORY, PLACES, TEXTS, DesignForm, with_pictures_kept
from .models import Design, TrustedIssuer


class IssuersPolicy(ModelPermissionPolicy):
    """Administrators add and change; nobody deletes: certificates name the versions."""

    def user_has_permission(self, user, action):
        return action in ("add", "change", "view") and user.is_active and has_role(user, Role.ADMINISTRATOR)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


register_permission_policy(Design, IssuersPolicy(Design))


class DesignIndexView(snippets.IndexView):
    def get_base_queryset(self):
        counts = {"n_courses": Count("courses", distinct=True), "number": Max("versions__number")}
        return Design.objects.annotate(**counts)

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        return [
            title("title", label=capfirst(_("name")), get_url=self.get_edit_url),
            Column("number", label=_("Version")),
            Column("is_default", label=_("Courses"), accessor=_courses),
        ]


def _courses(design):
    own = ngettext("%(n)d course", "%(n)d courses", design.n_courses) % {"n": design.n_courses}
    return _("%(courses)s, and all without a design") % {"courses": own} if design.is_default else own


class WholeForm:
    """What belongs together, and its line in the log, is kept together or not at all."""

    def post(self, request, *args, **kwargs):
        with transaction.atomic():
            return super().post(request, *args, **kwargs)


class AddView(WholeForm, snippets.CreateView):
    pass


class EditView(WholeForm, snippets.EditView):
    pass


class WithPictures:
    def post(self, request, *args, **kwargs):
        request.POST = with_pictures_kept(request.POST, request.FILES)
        return super().post(request, *args, **kwargs)


class PreviewOnAdd(WithPictures, snippets.PreviewOnCreateView):
    pass


class PreviewOnEdit(WithPictures, snippets.PreviewOnEditView):
    pass


class NoChooser(SnippetChooserViewSet):
    """Nothing chooses designs so."""

    def get_urlpatterns(self):
        return []


def _in_all_languages(name):
    return FieldRowPanel([FieldPanel(f"{name}_{code}") for code, _name in settings.LANGUAGES])


def _picture(name):
    return [
        FieldRowPanel([FieldPanel(name), FieldPanel(f"{name}_gone")]),
        FieldPanel(f"{name}_kept", classname="w-hidden"),
    ]


class DesignViewSet(snippets.SnippetViewSet):
    model = Design
    icon = "doc-full"
    menu_label, menu_name, menu_order, add_to_admin_menu = _("Certificate designs"), "designs", 340, True
    base_url_path = "designs"
    index_view_class, add_view_class, edit_view_class = DesignIndexView, AddView, EditView
    preview_on_add_view_class, preview_on_edit_view_class = PreviewOnAdd, PreviewOnEdit
    chooser_viewset_class = NoChooser
    copy_view_enabled = False
    add_to_reference_index = False
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            FieldPanel("is_default", heading=_("For all other courses")),
            FieldPanel("courses"),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("border"), FieldPanel("accent")]), *_picture("logo")], heading=_("Look")
            ),
            *(MultiFieldPanel([_in_all_languages(text)], heading=label) for text, label in TEXTS.items()),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("order_number"), FieldPanel("order_date")])], heading=_("Order")
            ),
            *(
                MultiFieldPanel(
                    [*(_in_all_languages(f"{text}_{place}") for text in OF_A_SIGNATORY), *_picture(f"scan_{place}")],
                    heading=_("First signatory") if place == 1 else _("Second signatory"),
                )
                for place in PLACES
            ),
        ],
        base_form_class=DesignForm,
    )


register_snippet(DesignViewSet)


# --- Issuers of badges -----------------------------------------------------------------------------------------------------


register_permission_policy(TrustedIssuer, IssuersPolicy(TrustedIssuer))


class TrustedIssuerForm(WagtailAdminModelForm):
    """Keys are read before anything is kept; the log says who entered them."""

    def clean_public_keys(self):
        text = self.cleaned_data["public_keys"].strip()
        try:
            public_keys.read(text)
        except ValueError as fault:
            raise ValidationError(trusted.why(fault)) from None
        return text

    def save(self, commit=True):
        issuer = super().save(commit=False)
        if commit:
            trusted.keep(issuer=issuer, by=self.for_user)
        return issuer


class TrustedIssuerViewSet(snippets.SnippetViewSet):
    model = TrustedIssuer
    icon = "key"
    menu_label, menu_name, menu_order, add_to_admin_menu = _("Issuers of badges"), "badge-issuers", 341, True
    base_url_path = "badge-issuers"
    list_display = ["name", "identifier", "trusted_from", "trusted_until"]
    add_view_class, edit_view_class = AddView, EditView
    chooser_viewset_class = NoChooser
    copy_view_enabled = False
    add_to_reference_index = False
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("identifier"),
            FieldPanel("public_keys"),
            FieldRowPanel([FieldPanel("trusted_from"), FieldPanel("trusted_until")]),
        ],
        base_form_class=TrustedIssuerForm,
    )


register_snippet(TrustedIssuerViewSet)
