"""Wagtail's jobs: each once a transaction, after it, and again after the next one."""

import pytest
from django_tasks.signals import task_finished

from cms.models import LessonPage
from tests import making


@pytest.fixture
def done(base):
    """The jobs that were done, as (name, arguments)."""
    told = []

    def note(sender, task_result, **kwargs):
        told.append((task_result.task.name, *task_result.args))

    task_finished.connect(note)
    yield told
    task_finished.disconnect(note)


def test_a_page_published_in_one_go_is_indexed_once_and_again_when_it_changes(base, done):
    page = LessonPage.objects.child_of(making.course(lessons=1, quiz=False).get_children().get()).get()
    of_page = [
        ("insert_or_update_object_task", "cms", "lessonpage", str(page.pk)),
        ("update_reference_index_task", "cms", "lessonpage", str(page.pk)),
    ]
    for title in ("Bir", "Ikki"):
        done.clear()
        page.title = title
        making.publish(page)
        assert [done.count(job) for job in of_page] == [1, 1]
        assert [found.pk for found in LessonPage.objects.search(title)] == [page.pk]
