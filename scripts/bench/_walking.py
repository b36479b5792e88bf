"""Walking through pages within one process: a browser, the server's side with a clock around it, and what it costs."""

import gzip
import os
import time

BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]  # as startproject writes it


class Clock:
    """CPU milliseconds of this process, and of the database server's process that serves it (SQLite runs in this one)."""

    def __init__(self):
        from django.db import connection

        self.server = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                path = f"/proc/{cursor.fetchone()[0]}/schedstat"
            self.server = path if os.path.exists(path) else None  # the server may stand on another machine

    def now(self):
        server = 0.0
        if self.server:
            with open(self.server) as told:
                server = (
                    int(told.read().split()[0]) / 1e6
                )  # nanoseconds on the CPU (Documentation/scheduler/sched-stats)
        return 1000 * time.process_time(), server


class Walker:
    """A browser that is signed in: keeps cookies, sends the CSRF token with each POST, takes gzip."""

    def __init__(self, person, handler):
        from django.test import Client

        self.client = Client(headers={"accept-encoding": "gzip"})
        self.client.handler = handler
        self.client.force_login(person)
        self.token = get_random_token()
        self.client.cookies["csrftoken"] = self.token
        self.counting, self.queries, self.requests = False, {}, 0

    def ask(self, step, method, address, data=None, status=200):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        more = {"headers": {"x-csrftoken": self.token}} if method == "post" else {}
        if isinstance(data, str):  # as fetch sends URLSearchParams
            more["content_type"] = "application/x-www-form-urlencoded"
        send = getattr(self.client, method)
        if not self.counting:
            answer = send(address, data, **more)
        else:
            with CaptureQueriesContext(connection) as seen:
                answer = send(address, data, **more)
            self.queries[step] = self.queries.get(step, 0) + len(seen)
            self.requests += 1
        assert answer.status_code == status, f"{step}: {answer.status_code} {address}"
        return answer

    def get(self, step, address):
        answer = self.ask(step, "get", address)
        return gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content

    def post(self, step, address, data=None):
        """A form: answered by a redirect. Returns where it leads."""
        return self.ask(step, "post", address, data or {}, status=302).url


def timed_handler():
    """The server's side: what answers an environment, with a clock around it."""
    from django.test.client import ClientHandler

    class TimedHandler(ClientHandler):
        clock, spent = None, None

        def __call__(self, environ):
            if not self.clock:
                return super().__call__(environ)
            began, began_server = self.clock.now()
            answer = super().__call__(environ)
            ended, ended_server = self.clock.now()
            self.spent[0] += ended - began
            self.spent[1] += ended_server - began_server
            return answer

    made = TimedHandler(enforce_csrf_checks=True)
    made.load_middleware()
    return made


def get_random_token():
    from django.middleware.csrf import _get_new_csrf_string

    return _get_new_csrf_string()


def drawn(lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
