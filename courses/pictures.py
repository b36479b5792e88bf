"""The images of questions and choices. Publishing copies them: what attempts show survives whatever happens to the library's own.

`image` in a content is {id, alt: Words} of the library, and once it is published also {hash, file, width, height}: the hash of
the library's file that was copied, and the copy, at most MOST pixels wide and high, as WebP, named after what is in it.
"""

import hashlib

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext
from wagtail.images import get_image_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError
from wagtail.permissions import policy_registry

MOST = 720  # pixels
FILTER = f"max-{MOST}x{MOST}|format-webp|webpquality-75"
COPIED = ("hash", "file", "width", "height")


def of(content):
    """Every image of a content, as it stands there."""
    parts = [part for value in content.values() if isinstance(value, list) for part in value if isinstance(part, dict)]
    return [part["image"] for part in (content, *parts) if part.get("image")]


def choosable(user, pks):
    """Those of the ids that are images of collections from which `user` may choose."""
    if not pks:
        return set()
    images = policy_registry.get_by_type(get_image_model()).instances_user_has_any_permission_for(user, ["choose"])
    return set(images.filter(pk__in=pks).values_list("pk", flat=True))


def rendition(pk):
    """The library's own image as a page shows it; None when it or its file is gone. Draws and keeps it at the first call."""
    image = get_image_model().objects.filter(pk=pk).first()
    try:
        return image and image.get_rendition(FILTER)
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        return None


def copies(content):
    """{id: what a copy adds} for the images that have none yet. Reads and draws: not within a transaction.

    Raises PermissionDenied, with words, when the library has lost one.
    """
    return {image["id"]: _copy(image["id"]) for image in of(content) if "file" not in image}


def _copy(pk):
    drawn = rendition(pk)
    if drawn is None:
        raise PermissionDenied(gettext("The file of a picture is lost. Choose the picture anew."))
    with drawn.file.storage.open(drawn.file.name) as file:
        data = file.read()
    name = f"questions/{hashlib.sha256(data).hexdigest()[:40]}.webp"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(data))
    return {"hash": drawn.image.file_hash, "file": name, "width": drawn.width, "height": drawn.height}


def with_copies(content, made):
    """The content with its images' copies, those in `made` and, for what came in between, new ones."""
    for image in of(content):
        if "file" not in image:
            image |= made.get(image["id"]) or _copy(image["id"])
    return content
