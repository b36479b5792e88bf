"""What people did that rooms above want to know of. Sent after the commit; a failing listener fails nobody's request."""

from django.dispatch import Signal

name_confirmed = Signal()  # person: primary key
# person (a User), by (a User). Inside the transaction of accounts.employment.leave: rooms give back what was to come.
person_left = Signal()
# kept, gone (Users). Inside the transaction of accounts.merging.merge, when all rows hang on `kept`.
records_merged = Signal()
