"""The same people and libraries as in tests/seminars."""

from tests.seminars.conftest import as_user, libraries, people, sec  # noqa: F401
