"""Wagtail's own small jobs (search index, references) run after the commit, each once.

Inside the page's transaction two trainers who publish at once deadlock on PostgreSQL (docs/decisions/0009-jobs-after-commit.md).
Wagtail asks for the same job at every save of a row, and publishing saves a page several times.
"""

import itertools
import threading
from functools import partial

from django.db import transaction
from django_tasks.backends.immediate import ImmediateBackend

MOST = 10_000  # jobs whose last time is kept; without it a job is merely done again
_clock = itertools.count()
_last = threading.local()  # as the connection: of this thread alone


class AfterCommit(ImmediateBackend):
    def _execute_task(self, task_result):
        from cms import admin_search  # here: it needs the models

        if admin_search.gather(task_result):
            return
        transaction.on_commit(partial(self._once, task_result, next(_clock)))

    def _once(self, task_result, asked):
        """One that has been done since it was asked for has read all that its transaction wrote: that was after the commit too."""
        times = vars(_last).setdefault("times", {})
        job = (task_result.task.module_path, repr(task_result.args), repr(task_result.kwargs))
        if times.get(job, -1) > asked:
            return
        if len(times) > MOST:
            times.clear()
        times[job] = next(_clock)  # before it begins: what is asked for while it runs is done anew
        super()._execute_task(task_result)
