"""A person's browser, as far as the drill needs it: cookies, forms, broken lines; and the ledger of what the server has said."""

import contextlib
import http.client
import io
import json
import re
import secrets
import threading
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Trouble(Exception):
    """No answer, or one of the server's own faults: `status`, 0 where the line broke."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class SignedOut(Trouble):
    """Asked to sign in anew: what was signed in while the clock was wrong has ended when it is right."""


class Unexpected(Exception):
    """An answer that a browser would not get where nothing is wrong with the platform."""


class Ledger:
    """Lines of JSON, each written at once: what was asked, and what the server has acknowledged."""

    def __init__(self, path):
        self.file, self.lock = open(path, "a", encoding="utf-8"), threading.Lock()  # noqa: SIM115  (closed with the process)

    def note(self, what, **details):
        line = json.dumps({"what": what, "at": time.time()} | details) + "\n"
        with self.lock:
            self.file.write(line)
            self.file.flush()


class Lines(io.BufferedReader):
    """Of an answer's head: over TLS no browser takes one that was cut; http.client takes what came for all of it, half a cookie too."""

    def readline(self, size=-1):
        line = super().readline(size)
        if not line.endswith(b"\n"):
            raise http.client.IncompleteRead(line)
        return line


class Response(http.client.HTTPResponse):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.fp = Lines(self.fp.detach())


class Connection(http.client.HTTPConnection):
    response_class = Response


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def path(self):
        """Where it leads to."""
        return urlsplit(self.headers.get("Location", "")).path

    def json(self):
        return json.loads(self.body)


class Browser:
    """Speaks to the web server as a proxy with TLS in front of it would pass it on, from the network address of this person."""

    def __init__(self, port, network, ledger):
        self.port, self.network, self.ledger = port, network, ledger
        self.cookies, self.token, self.link, self.skew = {}, "", None, 0.0

    def ask(self, kind, method, path, body=None, **headers):
        """One request. Raises Trouble."""
        began, status = time.time(), 0
        try:
            answer = self._send(method, path, body, headers)
            status = answer.status
        except (
            OSError,
            http.client.HTTPException,
            ValueError,
        ):  # ValueError: of a head that was cut in the middle of a line
            self.close()
            raise Trouble(0) from None
        finally:
            self.ledger.note("request", kind=kind, status=status, seconds=round(time.time() - began, 3), began=began)
        if status >= 500:
            self.close()
            raise Trouble(status)
        return answer

    def _send(self, method, path, body, headers):
        self.link = self.link or Connection("127.0.0.1", self.port, timeout=30)
        own = {
            "Host": f"127.0.0.1:{self.port}", "X-Forwarded-For": self.network, "X-Forwarded-Proto": "https",
            "Origin": f"https://127.0.0.1:{self.port}", "Referer": f"https://127.0.0.1:{self.port}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        self.link.request(method, path, body, own | headers)
        response = self.link.getresponse()
        answer = Answer(response, response.read())
        self._keep(response)
        return answer

    def _keep(self, response):
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0].strip('"')
            if value and "Max-Age=0" not in rest:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        if date := response.headers.get("Date"):
            self.skew = parsedate_to_datetime(date).timestamp() - time.time()
        if response.will_close:
            self.close()

    def close(self):
        if self.link:
            with contextlib.suppress(OSError):
                self.link.close()
        self.link = None

    def get(self, kind, path):
        answer = self.ask(kind, "GET", path)
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    def post(self, kind, path, fields=(), **headers):
        body = urlencode([*dict(fields).items(), ("csrfmiddlewaretoken", self.token)])
        return self.ask(kind, "POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def script(self, kind, path, fields):
        """As static/js/waiting.js sends answers: pairs, without the form's token."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token}
        return self.ask(kind, "POST", path, urlencode(fields), **headers)

    def upload(self, kind, path, fields, name, content):
        mark = secrets.token_hex(16)
        pairs = {"csrfmiddlewaretoken": self.token} | fields
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in pairs.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.ask(kind, "POST", path, body, **{"Content-Type": f"multipart/form-data; boundary={mark}"})
