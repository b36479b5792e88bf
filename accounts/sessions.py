"""Sessions are rows, as Django keeps them; each request of a signed-in person reads one (SESSION_ENGINE)."""

from django.contrib.sessions.backends import db
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
