"""A nation of any size in a scratch database, to measure on: `manage.py grow N`. Every person is marked as a demonstration."""

from .nation import grow

__all__ = ["grow"]
