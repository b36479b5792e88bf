"""What every test stands on: a database with the set-up done, a browser, brokers; nothing left over from the test before.

How rows are made stands in each room's own conftest.
"""

import gc
import os
from pathlib import Path

import pytest
from django.conf import settings

from scripts import machine, messages

FOLDERS = {"browser": "browser", "jobs": "jobs", "drills": "drill"}  # tests/browser/... carry the mark «browser»
ASK_THE_DATABASE = {"db", "transactional_db", "live_server"}
ONLY_WHEN_NAMED = ("drill", "full_cross")
ON_THE_DEMONSTRATION = ("tests/browser/", "tests/walk/")


def pytest_itemcollected(item):
    """A test on rows that are kept (tests/kept.py) has its own transaction on top of them."""
    if "bedrock" in item.fixturenames and not item.get_closest_marker("django_db"):
        item.add_marker("django_db")


def commits(item):
    asked = item.get_closest_marker("django_db")
    return {"transactional_db", "live_server"} & set(item.fixturenames) or (asked and asked.kwargs.get("transaction"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if commits(item):
        from tests import kept

        kept.take_bedrock_away()


@pytest.hookimpl(optionalhook=True)  # pytest runs without xdist too
def pytest_xdist_make_scheduler(config, log):
    """A module's tests stay in one process, so that what is dear to them is made once.

    Those on the demonstration's rows are in two: the walks, and the other pages in a browser. Both begin first, as they
    mostly wait for the browser.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            module = nodeid.split("::")[0]
            if not module.startswith(ON_THE_DEMONSTRATION):
                return module
            return "walks" if is_walk(Path(module)) else "pages"

    config.option.loadscopereorder = False  # the longest first, which is not the one with the most tests
    return ByModule(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    mark(items)
    leave_out(config, items)
    yield  # the other plugins choose among them by -m and -k, and order them their way
    put_in_order(items)


def mark(items):
    here = Path(__file__).parent
    for item in items:
        if folder := FOLDERS.get(item.path.relative_to(here).parts[0]):
            item.add_marker(folder)
        if is_walk(item.path):
            item.add_marker("walk")
        if not item.get_closest_marker("django_db") and not ASK_THE_DATABASE & set(item.fixturenames):
            item.add_marker("pure")


def is_walk(module):
    return module.name.startswith("test_walk")


def leave_out(config, items):
    asked = config.option.markexpr
    waiting = {mark for mark in ONLY_WHEN_NAMED if mark not in asked}
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        waiting.add("postgres")
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in waiting)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def put_in_order(items):
    """Module by module, the demonstration's first; in each those on kept rows after those without, and those that commit last."""
    place = {path: n for n, path in enumerate(sorted({item.path for item in items}))}
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith(ON_THE_DEMONSTRATION),
            not is_walk(item.path),
            place[item.path],
            bool(commits(item)),
            "bedrock" in item.fixturenames,
        )
    )


def pytest_collection_finish(session):
    """Python's collector walks only over what the tests make, not over the million objects of Django, Wagtail and pytest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_configure(config):
    if not hasattr(config, "workerinput") and messages.compile_changed():
        from django.utils.translation.reloader import translation_file_changed

        translation_file_changed(None, Path("django.mo"))  # Django has read those from before


def pytest_unconfigure(config):
    """The processes are gone; what they shared goes too."""
    if not hasattr(config, "workerinput"):
        from django.db import connection
        from pytest_django.plugin import blocking_manager_key

        from tests import databases

        with config.stash[blocking_manager_key].unblock():
            databases.of(connection).drop_shared()


def lacking(what):
    """Skip the test because the machine lacks something; where CI=true that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI lacks {what}")
    pytest.skip(f"no {what} here")


# --- The database -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """The migrated database with cms.setup.set_up() done. A test that commits is followed by its restoration."""
    from django.db import connection
    from django.test import TransactionTestCase

    from tests import databases

    with django_db_blocker.unblock():
        database = databases.make(connection)
        flush = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = lambda self: database.restore()
    yield database
    with django_db_blocker.unblock():
        TransactionTestCase._fixture_teardown = flush
        database.drop()


@pytest.fixture(scope="module")
def bedrock(django_db_setup, django_db_blocker):
    """One transaction beneath all tests of a module: see tests/kept.py. It is rolled back after the last of them."""
    from django.utils import translation

    from tests import kept

    with django_db_blocker.unblock():
        forget()
        translation.activate(settings.LANGUAGE_CODE)
        kept.lay_bedrock()
        yield
        kept.take_bedrock_away()


@pytest.fixture
def base(db):
    """What every installation has (home pages, catalogues, groups, workflow): {language: catalogue page}."""
    from cms.models import CataloguePage

    return {page.locale.language_code: page for page in CataloguePage.objects.select_related("locale")}


@pytest.fixture
def demonstration(transactional_db, django_db_setup, fresh):
    """What `make run` shows, with one course of it: the demo people, dates of seminars. Loaded once a session and shared."""
    from tests import demonstration

    django_db_setup.once("demonstration", demonstration.fill)
    demonstration.forget()
    return demonstration


@pytest.fixture(autouse=True)
def fresh():
    """Nothing kept in the process from the test before; Uzbek, as a request without a wish gets it."""
    from django.utils import translation

    from tests import kept

    forget()
    translation.activate(settings.LANGUAGE_CODE)
    kept.bring_back()


def forget():
    from django.core.cache import cache

    from certification import register_page
    from cms import lessons

    lessons.forget()
    register_page.forget()
    cache.clear()


# --- Brokers ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["redis", "rabbitmq"])
def broker(request):
    """The address of a real broker, once each; its kind is `broker.kind`."""
    found = machine.brokers().get(request.param)
    return found or lacking(request.param)


# --- The browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": machine.chromium() or lacking("Chromium"),
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ],
    }  # fmt: skip
