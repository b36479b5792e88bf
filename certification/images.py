"""Pictures that are printed on certificates, named by their content: what was printed once can be printed again, for ever.

They stand in the private storage (a scanned signature is nobody's to copy) and are never changed nor deleted.
"""

import hashlib
import io
import re

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_SIDE = 1_000  # pixels: 300 a inch at the widest place on the page
MOST_PIXELS = 40_000_000  # a photograph of the paper; more is no scan


class ImageLost(Exception):
    """A picture is gone from the storage, or is not what its name says."""


def keep(file, *, ink=False):
    """Keep an uploaded picture; returns its name, the SHA-256 of what is kept (PNG). Raises ValidationError.

    `ink`: a signature on white paper; the paper becomes transparent.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if file.size > LARGEST_FILE:
        raise ValidationError(_("The picture is larger than 5 MB."))
    try:
        with Image.open(file, formats=["PNG", "JPEG", "WEBP"]) as given:
            if given.width * given.height > MOST_PIXELS:
                raise ValidationError(_("The picture has too many pixels."))
            picture = ImageOps.exif_transpose(given).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(_("This is no picture that can be read: choose a PNG or JPEG file.")) from None
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    if ink and picture.getextrema()[3][0] == 255:
        picture.putalpha(ImageOps.invert(picture.convert("L")).point(lambda dark: min(255, max(0, dark - 24) * 2)))
    out = io.BytesIO()
    picture.save(out, "PNG")
    name = hashlib.sha256(out.getvalue()).hexdigest()
    if not storages["private"].exists(_path(name)):
        storages["private"].save(_path(name), ContentFile(out.getvalue()))
    return name


def exists(name):
    """Whether such a picture is kept. `name` may be anything."""
    return bool(re.fullmatch("[0-9a-f]{64}", name)) and storages["private"].exists(_path(name))


def read(name):
    """The bytes of a picture (PNG). Raises ImageLost."""
    try:
        with storages["private"].open(_path(name)) as file:
            found = file.read()
    except OSError as fault:
        raise ImageLost(f"{name}: {fault}") from None
    if hashlib.sha256(found).hexdigest() != name:
        raise ImageLost(f"{name}: the content is another")
    return found


def _path(name):
    return f"designs/{name}.png"
