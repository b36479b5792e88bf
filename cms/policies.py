"""Whose pictures and documents: what stands on a live page is changed by those who publish, as the page itself is."""

from django.contrib.contenttypes.models import ContentType
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import register_permission_policy

from courses.questions import writes_everywhere


def stands_on_live_pages(file):
    """The live pages that show this picture or offer this document."""
    pages = ReferenceIndex.get_references_to(file).filter(base_content_type=ContentType.objects.get_for_model(Page))
    return Page.objects.live().filter(pk__in=[int(pk) for pk in pages.values_list("object_id", flat=True)])


class LiveFilesPolicy(CollectionOwnershipPermissionPolicy):
    """As Wagtail's: whoever may add files changes and deletes the own ones. But not those that learners see already."""

    def user_has_permission_for_instance(self, user, action, instance):
        if not super().user_has_permission_for_instance(user, action, instance):
            return False
        if action not in ("change", "delete") or writes_everywhere(user):
            return True
        return all(page.permissions_for_user(user).can_publish() for page in stands_on_live_pages(instance))


def register():
    for model, auth in ((get_image_model(), "wagtailimages.Image"), (get_document_model(), "wagtaildocs.Document")):
        policy = LiveFilesPolicy(model, auth_model=auth, owner_field_name="uploaded_by_user")
        register_permission_policy(model, policy, exact_class=True)  # before Wagtail's own, which is for subclasses too
