"""Where people are signed in: allauth's rows (UserSession), one a session, each with its browser and address.

allauth looks at every session of a person whenever that person signs in, one by one, and drops what has ended. Here a sign-in
writes its own row and looks at no other; the list is read in bulk, and what has ended is dropped by the sweep.
"""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils.crypto import constant_time_compare

from .prepared import PreparedInsert
from .sessions import SessionStore

NOTED = PreparedInsert(UserSession)
UNDER_WAY = timedelta(hours=1)  # a request that signs somebody in writes the device first and the session at its end
LONGEST_AGENT = UserSession._meta.get_field("user_agent").max_length


def note(sender, request, **_more):
    """Somebody has signed in. A receiver of allauth's signal."""
    if not request.session.is_to_come:  # signed in anew within a session that goes on: the row may be there
        UserSession.objects.create_from_request(request)
        return
    NOTED.run(UserSession(
        user=request.user, session_key=request.session.session_key, ip=get_adapter().get_client_ip(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT],
    ))  # fmt: skip


def of(person, now):
    """[UserSession] of the sessions by which the person is still let in, the oldest first. Two queries, however many there are."""
    listed = UserSession.objects.filter(user=person)
    rows = Session.objects.filter(pk__in=listed.values("session_key"), expire_date__gt=now)
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    open_to = {row.pk for row in rows if _lets_in(SessionStore().decode(row.session_data), person, hashes)}
    return [device for device in listed.order_by("created_at", "pk") if device.session_key in open_to]


def _lets_in(session, person, hashes):
    """Whether it is this person's, and of no earlier password or round (User._get_session_auth_hash)."""
    own = session.get(HASH_SESSION_KEY, "")
    return session.get(SESSION_KEY) == str(person.pk) and any(constant_time_compare(own, one) for one in hashes)


def drop_ended(now):
    """Drop the rows of sessions that are no more. Returns how many. One query."""
    ended = ~Exists(Session.objects.filter(pk=OuterRef("session_key")))
    return UserSession.objects.filter(ended, last_seen_at__lt=now - UNDER_WAY).delete()[0]
