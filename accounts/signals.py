"""What people did that rooms above want to know of. Sent after the commit; a failing listener fails nobody's request."""

from django.dispatch import Signal

name_confirmed = Signal()  # person: primary key
