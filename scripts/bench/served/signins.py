"""Monday at ten: three hundred people sign in within a minute, many of them behind one address, and all are to get in.

Each asks for the sign-in page and sends login and password, under the limits that production has. They come evenly, whether those
before them have got their answer or not; the clock of each runs from the moment when the page is wanted to the answer that lets in.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from . import filling
from .measuring import timed
from .visitor import Visitor

SECONDS = 60
BEHIND = (150, 75, 40, 20, 15)  # people behind each address: a nation's centre, a region's, three libraries
AT_MOST = 64  # that wait for an answer at once; whoever comes then waits too, by the clock
PAGE = "/accounts/login/"


def measure(server, clock, *, behind=BEHIND, seconds=SECONDS):
    """{people, addresses, in, refused: [words], seconds: [of each who got in], spent: {kind of process: CPU ms}}."""
    people = learners(sum(behind))
    visitors = [Visitor(server.port, address=address) for address in in_turn(behind)]
    clock.settle()
    before, began = clock.now(), time.perf_counter()

    def come(number):
        due = began + seconds * number / len(people)
        time.sleep(max(0, due - time.perf_counter()))
        late = time.perf_counter() - due
        try:
            return late + timed(sign_in(people[number]), visitors[number])
        except (AssertionError, OSError) as fault:
            return str(fault) or type(fault).__name__
        finally:
            visitors[number].close()

    with ThreadPoolExecutor(min(AT_MOST, len(people))) as pool:
        came = list(pool.map(come, range(len(people))))
    clock.settle()
    return {
        "people": len(people), "addresses": len(behind), "in": signed_in(people),
        "refused": [one for one in came if isinstance(one, str)], "seconds": [one for one in came if isinstance(one, float)],
        "spent": clock.between(before, clock.now()),
    }  # fmt: skip


def sign_in(person):
    def do(visitor):
        visitor.get(PAGE)
        where = visitor.post(PAGE, {"login": person.username, "password": filling.PASSWORD})
        assert where == "/learning/", f"led to {where}"

    return do


def learners(number):
    """So many people without a staff role who have the bench's password and no session; they are not those of the other cases."""
    from allauth.usersessions.models import UserSession
    from django.contrib.auth.hashers import make_password

    from accounts.models import User

    others = (filling.LEARNER, filling.GRADUATE)
    free = User.objects.filter(is_active=True, role_grants=None, is_superuser=False).exclude(username__in=others)
    people = list(free.order_by("-pk")[:number])
    assert len(people) == number, f"there are {len(people)} learners"
    keys = [one.pk for one in people]
    User.objects.filter(pk__in=keys).update(password=make_password(filling.PASSWORD))
    UserSession.objects.filter(user__in=keys).delete()
    return people


def signed_in(people):
    """How many of them have a session now, by the database."""
    from django.utils import timezone

    from accounts import devices

    return sum(bool(devices.of(person, timezone.now())) for person in fresh(people))


def fresh(people):
    """With the password that was given them, which their sessions carry."""
    from accounts.models import User

    return User.objects.filter(pk__in=[person.pk for person in people])


def in_turn(behind):
    """The address of each, those of a place spread over the whole minute."""
    places = [(n / number, f"198.51.100.{place}") for place, number in enumerate(behind, 1) for n in range(number)]
    return [address for _share, address in sorted(places)]


def table(results):
    """A row a database."""
    lines = [
        ["database", "people", "addresses", "got in", "p50 ms", "p95 ms", "CPU s", "web", "worker", "database", "Redis"]
    ]
    lines.append(["---", *["---:"] * (len(lines[0]) - 1)])
    for result in results:
        told = result["signins"]
        clock, spent = sorted(told["seconds"]), told["spent"]
        kinds = [spent[kind] / 1000 for kind in ("web", "worker", "database", "cache")]
        lines.append([
            result["database"], str(told["people"]), str(told["addresses"]),
            str(told["in"]) if told["in"] == told["people"] else f"**{told['in']}**",
            *(f"{1000 * one:,.0f}" for one in (statistics.median(clock), clock[int(0.95 * len(clock))])),
            *(f"{one:.1f}" for one in (sum(kinds), *kinds)),
        ])  # fmt: skip
    refused = [
        f"{result['database']}: {why}" for result in results for why in sorted(set(result["signins"]["refused"]))
    ]
    return lines, refused
