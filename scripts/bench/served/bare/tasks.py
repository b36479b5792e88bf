"""Bare reportlab and bare pyHanko in the worker: draw the same page, sign it, store the file."""

from functools import cache
from uuid import uuid4

from celery import shared_task
from django.conf import settings


@cache
def _tools():
    """What a process makes once."""
    from scripts.bench import paper
    from tests.certification.samples import PAYLOAD

    return paper.bare_reportlab(PAYLOAD), paper.bare_pyhanko()


@shared_task
def draw_and_sign():
    draw, sign = _tools()
    (settings.SCRATCH / "bare" / f"{uuid4()}.pdf").write_bytes(sign(draw()))
