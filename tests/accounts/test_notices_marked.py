"""A mail that has gone is noted, also when the database goes away at that very moment."""

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from accounts import notices
from accounts.models import Notice
from tests import making


class EndsTheConnection(EmailBackend):
    """Takes the mail; meanwhile the server ends the connection of whoever sends it."""

    def send_messages(self, messages):
        pid = connection.connection.info.backend_pid
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return super().send_messages(messages)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_mail_is_marked_as_sent_though_the_database_goes_away_while_it_is_sent(settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{__name__}.EndsTheConnection"
    notice = notices.tell(
        person=making.person(), kind="certificate_issued", subject="x", mail=True, code="x", course={}
    )

    assert notices.deliver_one(notice.pk) is True

    assert Notice.objects.get().mailed_at is not None
    assert (notices.deliver(), len(mailoutbox)) == (0, 1)
