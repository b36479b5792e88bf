"""PostgreSQL as Django has it, for connections out of a pool: each is looked at before a request gets it.

Django's own look (CONN_HEALTH_CHECKS) asks the empty question, which costs as much as a query of the page (docs/bench.md). A
server that was restarted or has thrown a connection out says so on the line, and of one that was asked nothing there is nothing else
to read.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        link = super().get_new_connection(conn_params)
        if pool := self.pool:
            for _another in range(pool.max_size):  # no more than these can have ended
                if not has_something_to_say(link):
                    break
                link.close()
                pool.putconn(link)  # which makes another one in its place
                link = super().get_new_connection(conn_params)
        return link


def has_something_to_say(link):
    """Whether the line holds what was not asked for: its end, as a rule."""
    line = select.poll()
    line.register(link.fileno(), select.POLLIN)
    return bool(line.poll(0))
