"""Sound and video by parts (RFC 9110, 14): players seek, and iPhones play nothing that is not given so."""

import re

from django.http import HttpResponse, StreamingHttpResponse
from wagtail.documents.views.serve import serve as wagtail_serve

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})$")  # one range; of several, as of none, the whole file is the answer
PIECE = 64 * 1024
PLAYED = ("audio/", "video/")


def serve(request, document_id, document_filename):
    """A document as Wagtail gives it, after its own look at who may have it; of a sound or video the part asked for."""
    response = wagtail_serve(request, document_id, document_filename)
    file = getattr(response, "file_to_stream", None)
    if request.method != "GET" or file is None or not response.headers["Content-Type"].startswith(PLAYED):
        return response
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Encoding"] = "identity"  # packed already: GZipMiddleware leaves it alone
    wanted = RANGE.match(request.headers.get("Range", ""))
    tag = response.headers.get("ETag")
    if not wanted or request.headers.get("If-Range", tag) != tag:  # If-Range: the rest of a file replaced since
        return response
    size = int(response.headers["Content-Length"])
    first, last = bounds(*wanted.groups(), size)
    if first >= size or last < first:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = dict(response.headers) | {
        "Content-Range": f"bytes {first}-{last}/{size}",
        "Content-Length": str(last - first + 1),
    }
    part = StreamingHttpResponse(_read(file, first, last), status=206, headers=headers)
    part._resource_closers.append(response.close)  # as HttpResponseBase keeps what is to be closed after it
    return part


def bounds(first, last, size):
    """First and last byte of «bytes=FIRST-LAST», the last one included; «-500» is the last 500 bytes."""
    if not first:
        return max(0, size - int(last or 0)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _read(file, first, last):
    file.seek(first)
    left = last - first + 1
    while left and (piece := file.read(min(PIECE, left))):
        left -= len(piece)
        yield piece
