"""Sessions are rows, as Django keeps them; each request of a signed-in person reads one (SESSION_ENGINE)."""

import json
from functools import lru_cache

from django.contrib.sessions.backends import db
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import CharField
from django.utils import timezone

from .prepared import Given, Prepared

KEPT = Prepared(lambda: SessionStore.get_model_class().objects.filter(pk=Given("key", CharField())))


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        row = KEPT.first(key=self.session_key)
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return None
        return row

    def decode(self, session_data):
        """The same row says the same: its signature is checked once in a process, its content read each time."""
        try:
            return json.loads(_signed(session_data, self.key_salt))
        except (BadSignature, ValueError):
            return super().decode(session_data)  # says so in the log


class _Plain:
    @staticmethod
    def loads(data):
        return data.decode("latin-1")


@lru_cache(5_000)
def _signed(session_data, salt):
    """What is signed, as JSON (django.contrib.sessions.serializers). Raises BadSignature."""
    return TimestampSigner(salt=salt).unsign_object(session_data, serializer=_Plain)
