"""A trainer on a weak link writes a lesson in /cms/. The way from the trainer to what learners read is in test_walk.py."""

from playwright.sync_api import expect

from cms.models import LessonPage

from .conftest import DESK
from .writing import TITLE, choose_in_footer, first_module, write_lesson


def test_a_page_sent_while_it_is_first_autosaved_is_made_once(visit, demonstration):
    """On a weak link the autosave of a new page is still under way when the trainer submits."""
    trainer = visit("trainer", viewport=DESK, watched=False)
    module = first_module(demonstration)
    address, held = f"/cms/pages/add/cms/lessonpage/{module.pk}/", []

    def slow_answer(route):
        if route.request.method == "POST" and not held:
            held.append((route, route.fetch()))  # the page is made; the browser does not know it yet
        else:
            route.continue_()

    trainer.route(f"**{address}", slow_answer)
    trainer.goto(address)
    write_lesson(trainer)
    for more in range(10):  # the editor sees a change only when it has looked at the form once, some time after loading
        if held:
            break
        trainer.locator("#id_outcome").fill(f"Faylga kim kirganini bilasiz, {more}.")
        trainer.wait_for_timeout(1_500)  # it saves when typing has paused

    choose_in_footer(trainer, "button[name=action-submit]", no_wait_after=True)
    route, answer = held[0]
    route.fulfill(response=answer)

    expect(trainer.locator(".messages .success")).to_be_visible()
    page = LessonPage.objects.get(title=TITLE)
    assert page.current_workflow_state is not None
