"""SQLite as Django has it, for connections that stay open from one request to the next (CONN_MAX_AGE).

Opening one costs more than all that a saved answer asks of it (docs/bench.md). But a name can come to mean another file, after
`manage.py restore` above all, and what is written into the one before is lost: so each request looks (CONN_HEALTH_CHECKS).
"""

import os

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    file = None  # which one is open

    def get_new_connection(self, conn_params):
        self.file = self._file()
        return super().get_new_connection(conn_params)

    def is_usable(self):
        """Whether nothing went wrong with it and the open file still bears its name; one that it made itself is opened anew."""
        return not self.errors_occurred and self.file is not None and self.file == self._file()

    def _file(self):
        try:
            found = os.stat(self.settings_dict["NAME"])
        except OSError:
            return None
        return found.st_dev, found.st_ino
