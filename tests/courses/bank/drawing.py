"""Pictures of a library, drawn for tests."""

import io

from django.core.files.images import ImageFile
from PIL import Image as Drawn
from wagtail.images import get_image_model

from tests import making


def drawing(colour="teal", size=(1440, 900)):
    data = io.BytesIO()
    Drawn.new("RGB", size, colour).save(data, "PNG")
    data.seek(0)
    return ImageFile(data, f"{colour}.png")


def in_library(colour="teal", **fields):
    return get_image_model().objects.create(title="Ekran", file=drawing(colour), **fields)


def with_image(image, **more):
    return {**making.SINGLE, "image": {"id": image.pk, "alt": making.words("screen")}, **more}
