"""The one doorbell between rooms: rung after the commit by courses and by seminars; certification alone listens.

And one question: whether anything above rests on a completion that is to be taken back.
"""

from django.db import transaction
from django.dispatch import Signal

progress_changed = Signal()  # learner, course: primary keys
# enrolment: its primary key. Asked inside the transaction; a listener raises progress.RestsOnIt to keep the completion.
completion_to_go = Signal()


def ring(*, learner, course):
    """After the commit, say that something of this learner in this course changed. A failing listener fails nobody's request."""

    def go():
        progress_changed.send_robust(sender=None, learner=learner, course=course)

    transaction.on_commit(go)
