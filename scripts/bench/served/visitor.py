"""A browser's part of HTTP: one connection that is kept, cookies, the CSRF token, gzip. Beside it the proxy that ended TLS."""

import gzip
import http.client
import itertools
import secrets
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from .counting import ASKS, TELLS
from .place import HOST

_addresses = itertools.count(1)


class Answer:
    def __init__(self, raw, body):
        self.status, self.headers, self.body = raw.status, raw.headers, body
        self.queries = int(raw.headers.get(TELLS, 0))

    @property
    def content(self):
        return gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body

    @property
    def size(self):
        """Bytes on the wire: head and body."""
        return len(self.body) + sum(len(name) + len(value) + 4 for name, value in self.headers.items())


class Visitor:
    """`person` is signed in already. Each visitor comes from an address of its own, so that no limit stops the bench, or from `address`."""

    def __init__(self, port, person=None, counting=False, address=None):
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.token = secrets.token_hex(16)
        self.cookies = {"__Host-csrftoken": self.token}
        if person:
            self.cookies["__Host-sessionid"] = session_of(person)
        number = next(_addresses)
        self.head = {
            "Host": HOST, "Accept-Encoding": "gzip", "X-Forwarded-Proto": "https", "User-Agent": "bench",
            "X-Forwarded-For": address or f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        }  # fmt: skip
        self.counting, self.queries, self.size, self.requests = counting, 0, 0, 0

    def ask(self, method, address, data=None, status=200):
        """Raises AssertionError when the answer has another status, or none of several."""
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        head = self.head | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            body = urlencode(data or {}, doseq=True)
            head |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": self.token,
                "Origin": f"https://{HOST}",
            }
        if self.counting:
            head[ASKS] = "1"
        self.link.request(method, path, body, head)
        with self.link.getresponse() as raw:
            answer = Answer(raw, raw.read())
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        self.token = self.cookies["__Host-csrftoken"]
        self.queries += answer.queries
        self.size += answer.size
        self.requests += 1
        wanted = status if isinstance(status, tuple) else (status,)
        assert answer.status in wanted, f"{method} {path}: {answer.status} {answer.headers.get('Location', '')}"
        return answer

    def get(self, address, status=200):
        return self.ask("GET", address, status=status)

    def post(self, address, data=None, status=302):
        """A form: answered by a redirect. Returns where it leads."""
        return self.ask("POST", address, data, status).headers.get("Location", "")

    def close(self):
        self.link.close()


def session_of(person):
    """The key of a new session, as the sign-in makes it; the row is written here, and so nothing of it is measured."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.sessions import BEGAN, SessionStore

    session = SessionStore()
    session[BEGAN] = int(time.time())
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key
