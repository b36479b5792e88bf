"""What the children of the job tests run: the site, or a worker, with queues of their own. Nothing here is known to the product.

JOBS_QUEUE names the queue of this test, so that nothing foreign is consumed. JOBS_STOP_AT names a file: the first drawing of a
certificate writes its process there and then takes for ever, so that the test can kill it in the middle of its work.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from config.celery import app
from config.wsgi import application  # noqa: F401  (gunicorn tests.jobs.child:application)

QUEUE = os.environ["JOBS_QUEUE"]
app.conf.update(task_default_queue=QUEUE, task_default_exchange=QUEUE, task_default_routing_key=QUEUE)
if (app.conf.broker_url or "").startswith("redis"):  # there what is not acknowledged is common to all queues
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "global_keyprefix": f"{QUEUE}:"}


def stop_at_the_first_drawing(path):
    from certification import drawing

    draw = drawing.draw

    def stopping(payload):
        try:
            with path.open("x") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            return draw(payload)  # the second try
        return time.sleep(600)

    drawing.draw = stopping


if __name__ == "__main__":
    if path := os.environ.get("JOBS_STOP_AT"):
        stop_at_the_first_drawing(Path(path))
    app.worker_main([
        "worker", "--concurrency=1", f"--hostname={QUEUE}@%h", "--loglevel=INFO",
        "--without-gossip", "--without-mingle", "--without-heartbeat", *sys.argv[1:],
    ])  # fmt: skip
