"""The staff of a grown nation and what they did, a batch of people at a time: memory does not grow with their number."""

import os
import random
from bisect import bisect
from datetime import timedelta
from itertools import accumulate

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Library, Role, User
from accounts.roles import grant
from accounts.text import fold

from . import facts, places

NO_PASSWORD = "!"  # noqa: S105  # nosec B105  # what Django writes where there is none
AT_ONCE = 2_000  # people whose facts are held at a time
NEVER_SIGNED_IN = 0.17
FAMILIES = (
    "Abdullayeva", "Ahmedova", "Aliyeva", "Azimova", "Boʻriyeva", "Ergasheva", "Gʻaniyeva", "Hamidova", "Ismoilova",
    "Joʻrayeva", "Karimova", "Mahmudova", "Mirzayeva", "Nazarova", "Normatova", "Oʻrinova", "Qodirova", "Rahimova",
    "Saidova", "Tosheva", "Umarova", "Xolmatova", "Yoʻldosheva", "Yusupova", "Zokirova",
)  # fmt: skip
GIVEN = (
    "Aziza", "Barno", "Dildora", "Feruza", "Gulnora", "Hilola", "Iroda", "Kamola", "Lola", "Madina", "Nigora", "Oydin",
    "Rano", "Sevara", "Shahnoza", "Umida", "Zarina", "Zilola",
)  # fmt: skip


class NotEmpty(Exception):
    """There are libraries already: a nation grows from nothing."""


def grow(people, *, seed=1, now=None, told=lambda done: None):
    """Fill the database with so many people and their facts. The same seed gives the same nation, but for codes and passwords.

    `told(done)` hears after each batch. Raises NotEmpty.
    """
    if Library.objects.exists():
        raise NotEmpty
    now, dice = now or timezone.now(), random.Random(seed)  # noqa: S311  # nosec B311  # nothing secret hangs on it
    libraries, positions, courses = places.libraries(people), places.positions(), places.courses()
    regions = [one for one in libraries if one.level == "region"]
    admin = _staff("UZ-000001", libraries[0], Role.ADMINISTRATOR)
    sittings = places.sessions(regions, courses, now)
    places.requirements(libraries[0], regions, courses, positions, admin, now)
    writer = facts.Writer(dice, courses, sittings, positions, admin, now)
    work_in = _weighed(libraries, dice)
    for first in range(0, people, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, people))
        writer.write(_people(numbers, work_in, positions, dice, now))
        told(numbers[-1] + 1)
    for region in regions:
        _staff(f"{region.code}-HR", region, Role.HR)
    for district in [one for one in libraries if one.level == "district"][::10]:
        _staff(f"{district.code}-DIR", district, Role.DIRECTOR)


def _staff(login, library, role):
    """Somebody with a role, who signs in with DEMO_PASSWORD where it is given."""
    password = os.environ.get("DEMO_PASSWORD")
    made = User(
        username=login, last_name="Namunayev", first_name=login, library=library, is_demo=True,
        is_superuser=role == Role.ADMINISTRATOR, last_login=timezone.now(), password=make_password(password),
    )  # fmt: skip
    made.save()
    grant(person=made, role=role, library=library if role in (Role.HR, Role.DIRECTOR) else None)
    return made


def _weighed(libraries, dice):
    """A way to draw a library: the larger ones have more people, some fewer than five."""
    most = {"nation": 20, "region": 60, "district": 40, "library": 18}
    sums = list(accumulate(most[one.level] * (0.1 + dice.random()) for one in libraries))
    return lambda: libraries[bisect(sums, dice.random() * sums[-1])]


def _people(numbers, work_in, positions, dice, now):
    shares = [share for share, _words in places.POSITIONS.values()]
    rows = []
    for number in numbers:
        library, family, given = work_in(), dice.choice(FAMILIES), dice.choice(GIVEN)
        login = f"{library.code[:3]}-{number + 10:06d}"
        seen = None if dice.random() < NEVER_SIGNED_IN else now - timedelta(minutes=dice.randrange(60 * 24 * 200))
        rows.append(
            User(
                username=login, last_name=family, first_name=given, library=library, is_demo=True, password=NO_PASSWORD,
                position=dice.choices(positions, shares)[0], last_login=seen, folded=fold(f"{family} {given}  {login}"),
                folded_name=fold(f"{family} {given}"),
                date_joined=now - timedelta(days=400), placed_on=(now - timedelta(days=400)).date(),
                certificate_name=f"{family} {given}" if seen else "", certificate_name_confirmed_at=seen,
            )
        )  # fmt: skip
    return User.objects.bulk_create(rows, places.AT_ONCE)
