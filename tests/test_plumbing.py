"""The tests' own floor: every test finds the base and nothing of the test before."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Page, Site


def untouched():
    return not Group.objects.filter(name="left over").exists() and Site.objects.get().root_page.slug == "home"


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_leaves_nothing_behind(turn):
    assert untouched()

    Group.objects.create(name="left over")
    Page.objects.filter(depth__gt=1).delete()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_is_rolled_back_leaves_nothing_behind(base, turn):
    assert untouched()
    assert sorted(base) == ["en", "ru", "uz"]

    Group.objects.create(name="left over")
