"""The lists of HR, directors and administrators as tables that can be taken along. Each is found again by who asks and the query of
its page alone: so a job that runs later, or a download on the next day, asks for the scope of that moment.

    LISTS["people"].asked(user, query)     # a Table, or Http404
"""

from . import board, certificates, people, records, requirements
from .table import Listed, Table

LISTS = {
    one.name: one for one in (*people.LISTS, *board.LISTS, *certificates.LISTS, *requirements.LISTS, *records.LISTS)
}

__all__ = ["LISTS", "Listed", "Table"]
