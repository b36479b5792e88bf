"""Records of people, made and changed by others than themselves."""

import pytest
from allauth.account.models import EmailAddress

from accounts import audit, logins, people
from accounts.models import AuditEntry, Library, User
from tests.making import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def nation():
    nation = Library.add_root(code="uz", level="nation", titles={"en": "Nation"})
    region = nation.add_child(code="tsh", level="region", titles={"en": "Region"})
    return nation, region, region.add_child(code="tsh-1", titles={"en": "District"})


@pytest.fixture
def hr():
    return person("hr")


def test_a_login_has_the_letters_of_the_region(nation, hr):
    added = [people.add(by=hr, library=place, last_name="Namunayeva", first_name="Namuna") for place in nation]

    assert [one.username for one in added] == ["UZ-0001", "TSH-0001", "TSH-0002"]
    assert people.add(by=hr, library=None, last_name="A", first_name="B").username == "SBQ-0001"
    assert not added[0].has_usable_password()


def test_a_login_that_somebody_has_is_skipped_in_any_case(nation, hr):
    person("one", username="tsh-0002")

    assert logins.reserve("TSH", 3) == ["TSH-0001", "TSH-0003", "TSH-0004"]
    assert logins.reserve("TSH") == ["TSH-0005"]


def test_what_differs_is_changed_and_logged_without_its_values(nation, hr):
    one = people.add(by=hr, library=nation[2], last_name="Namunayeva", first_name="Namuna")
    changed = people.change(person=one, by=hr, last_name="O'rinova", first_name="Namuna", library=nation[1])

    assert changed == ["last_name", "library"]
    assert User.objects.get(pk=one.pk).last_name == "Oʻrinova"
    entries = AuditEntry.objects.filter(subject=f"person {one.pk}").order_by("pk")
    digests = [entry.details.pop("digests", None) for entry in entries]
    assert [(entry.deed, entry.details) for entry in entries] == [
        ("person added", {"fields": ["username"], "library": "tsh-1"}),
        ("person transferred", {"before": "tsh-1", "after": "tsh"}),
        ("person changed", {"fields": ["last_name"]}),
    ]
    salt = audit.salt_of(one.pk)
    names = [audit.digest(salt, "last_name", name) for name in ("Namunayeva", "Oʻrinova")]
    assert digests == [digests[0], None, {"last_name": names}]
    assert people.change(person=one, by=hr, last_name="O‘rinova") == []


def test_an_old_email_is_no_way_in_any_more(nation, hr):
    one = person("one", email="old@example.org", library=nation[1])
    for address in ("old@example.org", "new@example.org"):
        EmailAddress.objects.create(user=one, email=address, verified=address.startswith("old"))

    people.change(person=one, by=hr, email="new@example.org")
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.org", False)]

    people.change(person=one, by=hr, email=None)
    assert not EmailAddress.objects.exists()


def test_a_role_is_no_part_of_a_record(nation, hr):
    with pytest.raises(TypeError, match="is_superuser"):
        people.change(person=hr, by=hr, is_superuser=True)
