"""What a camera writes into a picture beside the picture: the place, the time, the owner. Lessons are read by everybody."""

import io

ORIENTATION = 0x0112  # the one tag of EXIF without which a picture lies on its side
TRACES = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Raw profile type exif", "Raw profile type iptc"}
SAVED = {"JPEG": {"quality": "keep", "comment": b""}, "MPO": {"quality": 92, "comment": b""}, "WEBP": {"quality": 90}}


def without_traces(data):
    """The bytes of a picture that can be drawn, without EXIF but for the way up, XMP, IPTC and comments; `data` itself if it has none."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        if TRACES.isdisjoint(picture.info):
            return data
        kept, way_up = Image.Exif(), picture.getexif().get(ORIENTATION)
        if way_up in range(2, 9):
            kept[ORIENTATION] = way_up
        kind = "JPEG" if picture.format == "MPO" else picture.format  # a phone's two pictures in one
        several = {"save_all": True} if getattr(picture, "is_animated", False) and kind != "JPEG" else {}
        out, profile = io.BytesIO(), picture.info.get("icc_profile")
        picture.save(out, kind, exif=kept, xmp=b"", icc_profile=profile, **SAVED.get(picture.format, {}), **several)
    return out.getvalue()
