"""The same people, libraries and rows as in tests/seminars."""

from tests.seminars.conftest import as_user, libraries, people, sec, topic  # noqa: F401
