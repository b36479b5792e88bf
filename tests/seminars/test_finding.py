"""The public list: by region, course and language."""

import pytest

from seminars.models import SeminarRun
from tests.seminars import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def dates(topic, libraries):
    """{name: run}: one in a district of the first region, one in the other region, one on-line and free-standing."""
    made = {
        "here": making.run(topic),
        "there": making.run(making.seminar("smm-1", course=making.course("smm")), days=8),
        "online": making.run(making.seminar("free"), days=9, online=True),
    }
    for name, fields in {
        "here": {"library": libraries.district, "language": "uz"},
        "there": {"library": libraries.other, "language": "ru"},
        "online": {"language": "ru"},
    }.items():
        SeminarRun.objects.filter(pk=made[name].pk).update(**fields)
    return made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["here", "there", "online"]),
        ("region=SAM", ["here"]),
        ("region=TSH", ["there"]),
        ("region=online", ["online"]),
        ("course=smm", ["there"]),
        ("language=ru", ["there", "online"]),
        ("region=TSH&language=uz", []),
        ("region=x&course=y&language=z", ["here", "there", "online"]),  # what is not understood is left out
        ("region=SAM&course=y", ["here"]),
    ],
)
def test_dates_are_found_by_region_course_and_language(client, dates, asked, found):
    response = client.get(f"/seminars/?lang=en&{asked}")

    runs = [one.run for view in response.context["seminars"] for one in view.runs]
    assert runs == [dates[name] for name in found]
    assert ("No date is found." in response.content.decode()) == (not found)


def test_the_lists_offer_regions_and_courses_by_name(client, dates):
    form = client.get("/seminars/?lang=en").context["form"]

    assert [code for code, _ in form.fields["region"].choices] == ["", "online", "SAM", "TSH"]
    assert [code for code, _ in form.fields["course"].choices] == ["", "sec", "smm"]


def test_what_was_chosen_stays_chosen(client, dates):
    page = client.get("/seminars/?region=SAM&language=uz").content.decode()

    assert '<option value="SAM" selected>' in page
    assert '<option value="uz" selected>' in page
