"""People of every role in two regions, and a course with its seminar."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import Role
from courses.models import CourseTrainer
from tests.kept import kept
from tests.seminars import making


@kept
def libraries(bedrock):
    nation = making.library("UZ", level="nation")
    region = making.library("SAM", nation, "region")
    return SimpleNamespace(
        nation=nation,
        region=region,
        district=making.library("SAM-URG", region),
        branch_less=making.library("SAM-KAT", region),
        other=making.library("TSH", nation, "region"),
    )


@kept
def sec(bedrock):
    return making.course("sec")


@kept
def people(libraries, sec):
    """One of each role by name; «2» is the same role in the other region or of another course."""
    here, there = libraries.region, libraries.other
    found = SimpleNamespace(
        learner=making.person("learner", library=libraries.district),
        trainer=making.person("trainer", library=here, role=Role.TRAINER, family="Yusupova", given="Malika"),
        trainer2=making.person("trainer2", library=there, role=Role.TRAINER),
        editor=making.person("editor", library=here, role=Role.EDITOR),
        hr=making.person("hr", library=here, role=Role.HR),
        hr2=making.person("hr2", library=there, role=Role.HR),
        director=making.person("director", library=libraries.district, role=Role.DIRECTOR),
        director2=making.person("director2", library=there, role=Role.DIRECTOR),
        admin=making.person("admin", library=libraries.nation, role=Role.ADMINISTRATOR),
    )
    CourseTrainer.objects.create(course=sec, person=found.trainer)
    CourseTrainer.objects.create(course=making.course("smm"), person=found.trainer2)
    return found


@kept
def rights(bedrock):
    """What cms/setup.py gives to the groups of those who plan runs."""
    names = [f"{deed}_{model}" for model in ("seminar", "seminarrun") for deed in ("view", "add", "change")]
    for group in Group.objects.filter(name__in=["Trainers", "Editors", "Administrators"]):
        group.permissions.add(*Permission.objects.filter(content_type__app_label="seminars", codename__in=names))


@kept
def topic(sec):
    return making.seminar("sec-1", course=sec)


@pytest.fixture
def as_user(client):
    """client for a person, or for nobody: as_user(None)."""

    def sign_in(person):
        client.logout()
        if person is not None:
            client.force_login(person)
        return client

    return sign_in


def said(response):
    """The messages that the page shows, with their kind."""
    return [(message.level_tag, str(message)) for message in response.context["messages"]]
