"""Sessions are rows, as Django keeps them; each request of a signed-in person reads one (SESSION_ENGINE).

At a shared PC nobody presses «Log out»: a session ends with the browser, and after SESSION_IDLE_MINUTES without a request. Who
said «my own device» stays signed in for SESSION_COOKIE_AGE. Either begins anew with a request, which is noted every RENEWED, but
no session is older than a working day, or than SESSION_LONGEST_DAYS on the own device.
"""

import json
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import CharField, DateTimeField, F, TextField
from django.utils import timezone
from django.utils.crypto import get_random_string

from .prepared import Given, Prepared, PreparedInsert, PreparedUpdate


def by_key():
    return Session.objects.filter(pk=Given("key", CharField()))


KEPT = Prepared(by_key)
MADE = PreparedInsert(Session, ignoring=True)
SAVED = PreparedUpdate(
    lambda: (
        by_key(),
        {"session_data": Given("data", TextField()), "expire_date": Given("until", DateTimeField())},
    )
)

RENEWED = timedelta(minutes=5)
A_DAY = timedelta(hours=12)  # the longest at a PC that is not the own
BEGAN = "began"  # in the session: when its person signed in, in seconds since 1970


class SessionStore(db.SessionStore):
    expires_at = None  # of the row that was read
    is_to_come = False  # it has a key, and no row yet

    def _validate_session_key(self, key):
        """What cannot be a key is asked of no database: a cookie in quotes may bring a NUL, which PostgreSQL takes for an error."""
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()

    def get_session_cookie_age(self):
        """Seconds without a request after which it ends; another number is in the session where the device is the person's own."""
        return settings.SESSION_IDLE_MINUTES * 60

    def is_worn_out(self, now):
        """Whether the person has to sign in again, however busy. A session that does not say when it began is worn out."""
        is_own_device = not self.get_expire_at_browser_close()
        longest = timedelta(days=settings.SESSION_LONGEST_DAYS) if is_own_device else A_DAY
        return self.get(BEGAN, 0) < (now - longest).timestamp()

    def is_to_renew(self, now):
        """Whether the request is the first since RENEWED: hardly a page writes."""
        if self.expires_at is None:
            return False
        return self.expires_at - now < timedelta(seconds=self.get_expiry_age()) - RENEWED

    def _get_session_from_db(self):
        row = KEPT.first(key=self.session_key)
        if row is None or row.expire_date <= timezone.now():
            self._session_key = None
            return None
        self.expires_at = row.expire_date
        return row

    def _get_new_session_key(self):
        """Not asked for beforehand: of 36 ** 32 keys none comes twice, and the database would refuse the second."""
        return get_random_string(32, VALID_KEY_CHARS)

    def cycle_key(self):
        """A new key for what is kept. Its row is written once, when the request is done and everything is in it (save).

        Who is signed in gets one where the secret that signs was changed (SECRET_KEY_FALLBACKS): it is the same device."""
        before, kept = self.session_key, self._session
        self._session_key = self._get_new_session_key()
        self._session_cache, self.is_to_come, self.modified = kept, True, True
        if before:
            self.delete(before)
        if before and SESSION_KEY in self:
            from allauth.usersessions.models import UserSession

            UserSession.objects.filter(session_key=before).update(session_key=self.session_key)

    def save(self, must_create=False):
        """One statement, which needs no transaction around it. Raises CreateError, UpdateError as Django's."""
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))
        if must_create or self.is_to_come:
            if not MADE.run(row):
                raise CreateError
            self.is_to_come = False
        elif not SAVED.run(key=row.pk, data=row.session_data, until=row.expire_date):
            raise UpdateError

    def delete(self, session_key=None):
        Session.objects.filter(pk=session_key or self.session_key or "").delete()

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


def listen():
    user_logged_in.connect(begin, dispatch_uid="accounts.sessions")


def begin(sender, request, user, **_more):
    request.session[BEGAN] = int(timezone.now().timestamp())


def renew(request):
    """The person is still there: the session goes on, and the list of devices says when it was."""
    from allauth.usersessions.models import UserSession

    request.session.modified = True
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def end_all(*, person, keep=None):
    """Sign a person out on every device at once. `keep`: the request whose own session goes on.

    Sessions carry the person's round (accounts/models/people.py), so that those end too which no list of devices knows."""
    from allauth.usersessions.models import UserSession

    from .models import User

    own = keep.session.session_key if keep else None
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
        person.refresh_from_db(fields=["session_round"])
        devices = UserSession.objects.filter(user=person).exclude(session_key=own or "")
        Session.objects.filter(pk__in=devices.values("session_key")).delete()
        devices.delete()
    if keep:
        keep.session[HASH_SESSION_KEY] = person.get_session_auth_hash()
