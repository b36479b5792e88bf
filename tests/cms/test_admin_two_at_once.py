"""Two editors publish at the same moment: neither is turned away.

Inside of the page's transaction Wagtail's search index would lock rows of other pages: without config/tasks.AfterCommit
this test deadlocks in most runs.
"""

import threading

import pytest
from django.db import connection
from modelsearch.models import IndexEntry

from cms.models import LessonPage
from tests import making

ROUNDS = 15


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_editors_publish_at_once_and_neither_deadlocks():
    lessons = [
        LessonPage.objects.descendant_of(making.course(lessons=5, quiz=False)).order_by("path").first()
        for _ in range(2)
    ]
    start, wrong = threading.Barrier(len(lessons)), []

    def publish(pk):
        try:
            for n in range(ROUNDS):
                if pk == lessons[0].pk:
                    IndexEntry.objects.update(title_norm=1.0)  # as after a rebuild: each then wants to update all
                start.wait(30)  # each round at the same moment
                page = LessonPage.objects.get(pk=pk)
                page.title = f"Dars {n}"
                page.save_revision().publish()
        except Exception as error:  # a thread's own fault would be lost
            wrong.append(repr(error))
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=[lesson.pk]) for lesson in lessons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    for lesson in lessons:
        lesson.refresh_from_db()
        course = lesson.get_parent().get_parent()
        assert (lesson.title, lesson.live) == (f"Dars {ROUNDS - 1}", True)
        assert making.row(course).activities.get(key=lesson.translation_key).titles == {"uz": lesson.title}
