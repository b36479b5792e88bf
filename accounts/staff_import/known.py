"""The people whom the rows of a file could mean. Only those in the importer's scope are looked at, so nothing is told of others;
that an e-mail is taken elsewhere is the one exception, as it cannot be given twice.

A nation of 100,000 is walked through once, and who resembles no row is let go of at once.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils import timezone

from ..logins import REGION_DEPTH
from ..models import Library, RoleGrant, User
from . import likeness

COLUMNS = (
    "pk", "username", "email", "personnel_number", "last_name", "first_name", "patronymic", "library_id", "library__path",
    "position_id", "language", "is_active", "is_superuser",
)  # fmt: skip
REGION = Library.steplen * REGION_DEPTH


def number_key(text):
    """00123 and 123 are one number; letters in any spelling."""
    return likeness.plain(text).lstrip("0")


@dataclass(eq=False, slots=True)
class Someone:
    """A person on record, or a row of the file (`line`) that would become one."""

    pk: int | None
    login: str
    email: str
    number: str
    last_name: str
    first_name: str
    patronymic: str
    library: int | None
    region: str
    position: int | None = None
    language: str = ""
    is_active: bool = True
    has_role: bool = False
    line: int | None = None

    @property
    def name(self):
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    def plain(self):
        return likeness.plain(self.last_name), likeness.plain(self.first_name)


class Crowd:
    """People found by what a row may know of them."""

    def __init__(self, people=()):
        self.by_pk, self.by_login, self.by_email = {}, {}, {}
        self.by_number, self.by_name = defaultdict(list), defaultdict(list)
        for one in people:
            self.add(one)

    def add(self, one):
        if one.pk:
            self.by_pk[one.pk] = one
        if one.login:
            self.by_login[one.login.lower()] = one
        if one.email:
            self.by_email.setdefault(one.email.lower(), one)
        if one.number:
            self.by_number[one.region, number_key(one.number)].append(one)
        for key in likeness.near_keys(*one.plain()):
            self.by_name[key].append(one)

    def numbered(self, region, number):
        return self.by_number.get((region, number_key(number)), [])

    def near(self, last, first):
        """Those whose names are the same or nearly so; of plain names."""
        keys = likeness.near_keys(last, first)
        return list(dict.fromkeys(one for key in keys for one in self.by_name.get(key, ())))


class Wanted:
    """What the rows of a file ask for, so that the others may be let go of."""

    def __init__(self, wishes):
        self.logins = {wish.login.lower() for wish in wishes if wish.login}
        self.emails = {wish.email.lower() for wish in wishes if wish.email}
        self.numbers = {(wish.region, number_key(wish.number)) for wish in wishes if wish.number}
        self.names = {key for wish in wishes for key in likeness.near_keys(*wish.plain())}
        self.heard = {likeness.sound(name) for wish in wishes for name in wish.plain()}

    def __contains__(self, one):
        if one.login.lower() in self.logins or one.email.lower() in self.emails:
            return True
        if one.number and (one.region, number_key(one.number)) in self.numbers:
            return True
        names = one.plain()
        if not any(likeness.sound(name) in self.heard for name in names):
            return False
        return not self.names.isdisjoint(likeness.near_keys(*names))


def people(users):
    """Someone of each of these users, one after the other."""
    given = RoleGrant.objects.exclude(ends_on__lt=timezone.localdate())  # as accounts/roles.py: learners_alone
    grants = Exists(given.filter(person=OuterRef("pk")))
    groups = Exists(User.groups.through.objects.filter(user=OuterRef("pk")))
    rows = users.annotate(granted=grants, grouped=groups).order_by("pk")
    for row in rows.values_list(*COLUMNS, "granted", "grouped").iterator(2000):
        yield _someone(row)


def _someone(row):
    pk, login, email, number, last, first, patronymic, library, path, position, language, active, *powers = row
    return Someone(
        pk, login, email or "", number, last, first, patronymic, library, (path or "")[:REGION], position, language, active, any(powers)
    )  # fmt: skip


def crowd_of(wishes, users):
    """The Crowd of those of the users whom the wishes (Someone of each row) may mean."""
    wanted = Wanted(wishes)
    return Crowd(one for one in people(users) if one in wanted)


def emails_elsewhere(wishes, crowd):
    """Those of the wished e-mails, in small letters, that somebody outside of the crowd has."""
    asked = sorted({wish.email.lower() for wish in wishes if wish.email} - set(crowd.by_email))
    found = set()
    for start in range(0, len(asked), 500):
        rows = User.objects.annotate(small=Lower("email")).filter(small__in=asked[start : start + 500])
        found |= set(rows.values_list("small", flat=True))
    return found
