"""A page that is drawn once for nobody, and filled in for each reader: Drawn, place(), Somebody.

What all readers see alike is drawn by its template once, without request, session and person: nothing of a person can be in it,
because none was there. Where something of the reader belongs, it has a place; an answer puts the reader's own texts there. The
parts between the places are packed once too (docs/decisions/0031-drawn-for-nobody.md).
"""

import re
import secrets
import zlib
from dataclasses import dataclass
from functools import cached_property

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django.utils.safestring import mark_safe

from .context import site

_SIGN = secrets.token_hex(8)  # no text that a person wrote can be a place
_PLACE = re.compile(rf"x{_SIGN}-([a-z]+)-x")
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # RFC 1952: deflate, no name, no time, any system
_END = b"\x03\x00"  # an empty last block
_SMALL = 300  # bytes that are not worth packing


def place(name):
    """Where `name` (small letters) is filled in, as text that templates leave alone."""
    return mark_safe(f"x{_SIGN}-{name}-x")  # nothing that escaping or quoting would change  # nosec B703


@dataclass(frozen=True)
class Somebody:
    """The person for whom a page is drawn that is drawn for nobody: signed in or not, with these staff roles. No name, no key."""

    is_authenticated: bool = True
    is_superuser: bool = False
    _roles: frozenset = frozenset()

    @classmethod
    def like(cls, user, roles=frozenset()):
        return cls(user.is_authenticated, user.is_authenticated and user.is_superuser, frozenset(roles))

    def get_full_name(self):
        return place("name")

    username = property(get_full_name)

    def has_perm(self, perm):
        return False


class Drawn:
    """HTML with places. `filled` puts texts there, `packed` does it in gzip's format."""

    def __init__(self, html):
        parts = _PLACE.split(html)
        self.texts = [text.encode() for text in parts[::2]]
        self.names = parts[1::2]

    @cached_property
    def blocks(self):
        """The texts, each packed without a look at the others."""
        return [_deflated(text) for text in self.texts]

    def filled(self, texts):
        """The page as bytes; `texts`: {name of a place: HTML, as text, a Part, or a list of Parts}."""
        own = {name: b"".join(part.text for part in _parts(texts[name])) for name in set(self.names)}
        return b"".join(self._between(self.texts, own))

    def packed(self, texts):
        """The same in gzip's format. What is filled in is packed apart from everything else: how long it becomes betrays nothing."""
        own = {name: _parts(texts[name]) for name in set(self.names)}  # a name stands in more than one place
        page = b"".join(self._between(self.texts, {name: b"".join([part.text for part in own[name]]) for name in own}))
        blocks = self._between(self.blocks, {name: b"".join([part.block for part in own[name]]) for name in own})
        ending = _END, zlib.crc32(page).to_bytes(4, "little"), (len(page) % 2**32).to_bytes(4, "little")
        return b"".join((_HEAD, *blocks, *ending))

    def _between(self, pieces, own):
        """The pieces of the page with the reader's own between them."""
        whole = [pieces[0]] * (2 * len(pieces) - 1)
        whole[2::2] = pieces[1:]
        whole[1::2] = [own[name] for name in self.names]
        return whole


class Part:
    """HTML that is filled into more than one page: it is packed once."""

    def __init__(self, html):
        self.html, self.text = mark_safe(html), html.encode()  # nosec B703

    def __str__(self):
        return self.html  # templates take the text of a value, and then ask whether it is safe

    @cached_property
    def block(self):
        return _deflated(self.text) if len(self.text) > _SMALL else _stored(self.text)


def _parts(value):
    if isinstance(value, Part):
        return (value,)
    return value if isinstance(value, list) else (Part(str(value)),)


def _deflated(text):
    """Blocks of deflate (RFC 1951) that end at a byte and refer to nothing before them."""
    window, memory = (-12, 6) if len(text) <= 4096 else (-15, 8)  # a small one is made in a quarter of the time
    packer = zlib.compressobj(6, zlib.DEFLATED, window, memory)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH) if text else b""


def _stored(text):
    """A block that is not packed: three bits of kind to the end of the byte, the length and its complement."""
    return b"\x00" + len(text).to_bytes(2, "little") + (len(text) ^ 0xFFFF).to_bytes(2, "little") + text


def draw(template, request, context, reader, path=None):
    """A Drawn of the template in the language that is active, for a reader who is Somebody; of the request it is told the address alone.

    `path`: another one than the request's, with a place in it.
    """
    said = {
        "request": Asked(request, path or request.path),
        "user": reader,
        "said": place("said"),
        "csrf_token": place("token"),
    }
    return Drawn(render_to_string(template, {**site(request), **said, **context}))


def answer(request, drawn, texts=None, *, status=200):
    """The page for this reader. Beside `texts` it knows what every page needs: the name, the token of its forms, the last message."""
    texts = {**_own(request, drawn.names), **(texts or {})}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(drawn.packed(texts), status=status, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(drawn.filled(texts), status=status)
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _own(request, names):
    user, own = request.user if "name" in names else None, {}
    if user is not None:
        own["name"] = escape(user.get_full_name() or user.username)
    if "token" in names:
        own["token"] = get_token(request)
    if "said" in names:
        messages = get_messages(request)
        own["said"] = render_to_string("components/messages.html", {"messages": messages}) if messages else ""
    return own


class Asked(HttpRequest):
    """What a page drawn for nobody may know of the request: its address, and nothing that a browser brought along."""

    def __init__(self, request, path):
        super().__init__()
        self.method = "GET"
        self.path = self.path_info = path
        self.META = {"QUERY_STRING": request.META.get("QUERY_STRING", "")}
        self.GET, self.user = request.GET, Somebody(False)
        self._scheme, self._host = request.scheme, request.get_host()

    def get_host(self):
        return self._host

    def _get_scheme(self):
        return self._scheme


def site_of(request):
    """Where the address begins: what is drawn for one host or scheme is for no other."""
    return request.scheme, request.get_host()
