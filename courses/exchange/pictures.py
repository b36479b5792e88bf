"""Pictures that come inside of files: looked at by their bytes, never by their names, and kept as Wagtail's images."""

import base64
import binascii
import hashlib
import io
import re
import warnings
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

from django.core.files.images import ImageFile
from django.utils.translation import gettext as _

from courses.photographs import without_traces

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
_IMG = re.compile(r"<img\b([^<>]*)>", re.I)
_FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}


@dataclass
class Picture:
    name: str
    data: bytes
    ending: str
    alt: dict = field(default_factory=dict)  # {language: what is to be seen}

    @property
    def sha1(self):
        return hashlib.sha1(self.data, usedforsecurity=False).hexdigest()  # as Wagtail's Image.file_hash


def decoded(text):
    """The bytes of a base64 text, or None if it is none. Longer ones than a picture may be are not decoded at all."""
    text = re.sub(r"\s+", "", text or "")
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        return b"\0" * (MOST_BYTES + 1)  # `sniffed` says that it is too large
    try:
        return base64.b64decode(text, validate=True) or None
    except (binascii.Error, ValueError):
        return None


def sniffed(data):
    """(file ending, None) of the bytes of a PNG, JPEG, WebP or GIF that can be drawn, or (None, why not)."""
    from PIL import Image

    if data is None:
        return None, _("it is damaged")
    if len(data) > MOST_BYTES:
        return None, _("it is larger than %(n)s MB") % {"n": MOST_BYTES // 1024 // 1024}
    known = data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"))
    if not known and not (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return None, _("it is no PNG, JPEG, WebP or GIF")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=list(_FORMATS))
            if image.width * image.height > MOST_PIXELS:
                return None, _("it is too large: %(w)s × %(h)s dots") % {"w": image.width, "h": image.height}
            image.verify()  # checks the sums, and closes the file
            Image.open(io.BytesIO(data), formats=[image.format]).load()
    except Exception:  # whatever a decoder raises for damaged bytes
        return None, _("it is damaged")
    return _FORMATS[image.format], None


def taken_out(draft, html, files, language, *, wanted):
    """`html` without its pictures. Those of a question's own text (`wanted`) become the draft's pictures."""

    def take(match):
        said = {
            name.lower(): unescape(a or b)
            for name, a, b in re.findall(r"""(?<![a-zA-Z-])([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", match[1])
        }
        source = said.get("src", "").strip()
        name = unquote(source.split("@@PLUGINFILE@@/")[-1]).split("?")[0]
        name = name.rsplit("/", 1)[-1][:100]
        if name not in files:
            draft.repaired(_("A picture is left out, because it is not in the file: %(name)s") % {"name": source[:100]})
            return ""
        data = files[name]
        if not wanted:
            draft.repaired(
                _("A picture in an answer or in what is shown after it is left out: %(name)s") % {"name": name}
            )
            return ""
        ending, fault = sniffed(data)
        if fault:
            draft.refuse(_("The picture %(name)s cannot be taken in: %(why)s.") % {"name": name, "why": fault})
            return ""
        data = without_traces(data)
        picture = next((one for one in draft.pictures if one.data == data), None)
        if picture is None:
            picture = Picture(name, data, ending)
            draft.pictures.append(picture)
        if alt := re.sub(r"\s+", " ", said.get("alt", "")).strip()[:300]:
            picture.alt[language] = alt
        elif not picture.alt:
            draft.repaired(_("The picture %(name)s has no description: write one.") % {"name": name})
        return ""

    return _IMG.sub(take, html)


def keep(picture, by):
    """The pk of the image that holds these bytes; made if there is none. Returns (pk, the image if it was made)."""
    from wagtail.images import get_image_model

    Image = get_image_model()
    if found := Image.objects.filter(file_hash=picture.sha1).values_list("pk", flat=True).first():
        return found, None
    alt = next(iter(picture.alt.values()), "")
    file = ImageFile(io.BytesIO(picture.data), name=f"{picture.sha1[:12]}.{picture.ending}")
    image = Image(title=(alt or picture.name)[:255], file=file, uploaded_by_user=by, file_hash=picture.sha1)
    image.file_size = len(picture.data)
    image.save()
    return image.pk, image
