"""What is written to the log, and what never is: a line is JSON or plain text, knows its request and tells of no person.

Messages of exceptions quote what people typed and what stood in the row; in both formats such parts are taken out of them, and
e-mails and long numbers (telephones, personnel numbers) out of every line. Read by gunicorn too, before there are settings.
"""

import logging
import re
import traceback
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

REQUEST_ID = ContextVar("request_id", default="")  # of the request, or of the task that came of it
TOLD = ("method", "route", "status", "ms", "language")  # extras of a record that are written; all others are not

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
NUMBER = re.compile(r"\+998[\d ()-]{9,14}|(?<![\w.-])\+?\d{9,}(?![\w.-])")
DETAIL = re.compile(r"\b(?:DETAIL|CONTEXT):.*", re.S)  # PostgreSQL's: the row itself
QUOTED = re.compile(r"""'[^'\n]*'|"[^"\n]*"|«[^»\n]*»|\([^()\n]*\)=\([^()\n]*\)""")


def discreet(text):
    """The text without e-mails and long numbers."""
    return NUMBER.sub("‹number›", EMAIL.sub("‹e-mail›", text))


def fault(exception):
    """An exception in one line, as «KeyError: '…'»: its kind, and its words without what they quote."""
    words = discreet(QUOTED.sub("'…'", DETAIL.sub("", str(exception)))).strip()
    return f"{type(exception).__qualname__}: {words}" if words else type(exception).__qualname__


class _Told:
    """An exception among the arguments of a message."""

    def __init__(self, exception):
        self.exception = exception

    def __str__(self):
        return fault(self.exception)

    __repr__ = __str__


def message(record):
    """What the record says."""
    if hasattr(record, "request") and hasattr(record, "status_code"):  # Django's own, which names the path
        return f"{record.args[0] if record.args else 'request'}: {route_of(record.request)}"
    if isinstance(record.args, tuple):
        args = tuple(_Told(one) if isinstance(one, BaseException) else one for one in record.args)
        return discreet(record.msg % args if args and isinstance(record.msg, str) else str(record.msg))
    return discreet(record.getMessage())


def trace(exception, seen=()):
    """The traceback of an exception and of those that led to it; its frames, and its words as in `fault`."""
    before = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    lines = [*trace(before, (*seen, exception)), "then:\n"] if before and before not in seen else []
    return [*lines, *traceback.format_tb(exception.__traceback__), f"{fault(exception)}\n"]


def route_of(request):
    """The address pattern that answers the request, such as `activities/<int:pk>/done/`: no value of it."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or match.route or "/") if match else "unmatched"


class _Discreet:
    def formatException(self, exc_info):
        return "".join(trace(exc_info[1])).rstrip() if exc_info[1] else ""

    def formatStack(self, stack_info):
        return ""


class JsonLines(_Discreet, JsonFormatter):
    """One JSON object a line; `time` is UTC in ISO 8601."""

    def __init__(self, *args, **kwargs):
        super().__init__("%(levelname)s", json_ensure_ascii=False)

    def add_fields(self, log_data, record, message_dict):
        log_data["time"] = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}Z"
        log_data |= {"level": record.levelname, "logger": record.name, "message": message(record)}
        if request_id := getattr(record, "request_id", "") or REQUEST_ID.get():
            log_data["request_id"] = request_id
        log_data |= {name: getattr(record, name) for name in TOLD if hasattr(record, name)}
        if trace := message_dict.get("exc_info"):
            log_data["exception"] = trace


class PlainLines(_Discreet, logging.Formatter):
    """For people at a console."""

    def __init__(self, *args, **kwargs):
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatMessage(self, record):
        request_id = getattr(record, "request_id", "") or REQUEST_ID.get()
        record.message = message(record) + (f" [{request_id[:8]}]" if request_id else "")
        return super().formatMessage(record)

    def format(self, record):
        record.exc_text = None  # of another formatter's making
        return super().format(record)


def formatter(kind):
    """For a dictConfig: `kind` is «json» or «text»."""
    return {"()": f"config.logs.{'JsonLines' if kind == 'json' else 'PlainLines'}"}


def configuration(*, kind, level):
    """Django's LOGGING: everything to the console; the system keeps it (journald, Docker)."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter(kind)},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},  # its own would tell a request's path
            "django.request": {"level": "ERROR"},
            "fontTools": {"level": "WARNING"},
            "pyhanko": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "boto3": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }


def of_gunicorn(*, kind, level):
    """Its `logconfig_dict`: its own lines (a worker begins, a worker was killed) in the same form."""
    own = {"level": level.upper(), "handlers": ["error_console"], "propagate": False}
    return {
        "root": {"level": level.upper(), "handlers": ["error_console"]},
        "formatters": {"generic": formatter(kind)},
        "loggers": {"gunicorn.error": own | {"qualname": "gunicorn.error"}},
    }
