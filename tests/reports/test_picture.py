"""The kept sums of all below a library say what adding up each library's totals says, and never those of another tree."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import libraries
from accounts.models import Library, Position, Role, User
from accounts.roles import grant, scope_of, tops_of
from courses.models import Course
from reports import totals
from reports.board import board
from reports.forms import offered
from reports.models import Counting, Requirement, Total, TotalBelow
from reports.picture import picture
from tests.kept import kept
from tests.seminars import making

pytestmark = pytest.mark.django_db
DEED = {"reason": "reform"}


@kept
def admin(bedrock):
    return making.person("admin", role=Role.ADMINISTRATOR)


@kept
def nation(admin):
    """Three regions with districts and libraries; people at random, also in the regions themselves, three positions and two courses."""
    dice = random.Random(20261127)
    top = making.library("UZ", level="nation")
    places = [top]
    for region in "ABC":
        places.append(made := making.library(region, top, "region"))
        for district in range(3):
            places.append(below := making.library(f"{region}{district}", made))
            places += [making.library(f"{region}{district}{n}", below, "library") for n in range(dice.randrange(3))]
    courses = [making.course(code) for code in ("sec", "web")]
    posts = [None, *(Position.objects.create(code=code, titles=making.three(code)) for code in ("smm", "web"))]
    for n in range(70):
        person = making.person(f"N{n:02d}", library=dice.choice(places))
        since = timezone.now() if dice.random() < 0.4 else None
        User.objects.filter(pk=person.pk).update(position=dice.choice(posts), last_login=since)
        for course in courses:
            deed = dice.choice([None, making.enrol, enrol_and_complete, enrol_and_certify])
            if deed:
                deed(person, course)
    yesterday = timezone.localdate() - timedelta(days=1)
    Requirement.objects.create(
        library=places[1], course=courses[0], due_on=yesterday, set_at=timezone.now(), set_by=admin
    )
    totals.recount()
    return places


def enrol_and_complete(person, course):
    making.complete(making.enrol(person, course))


def enrol_and_certify(person, course):
    making.certify(making.enrol(person, course))


def at(code):
    return Library.objects.get(code=code)


def shown(library):
    """The places of a page of this library."""
    return [library, *library.get_children()]


def numbers(found):
    """A Picture without what is 0."""
    return found.whole, found.positions, found.places


def pages():
    """[(the places of a page, its library)]: of each library, and of somebody who has two regions and a district."""
    alone = [(shown(one), one) for one in Library.objects.all()]
    return [*alone, ([at("A"), at("B1"), at("C")], None)]


def questions():
    courses = [None, *Course.objects.values_list("pk", flat=True)]
    return [(course, post) for course in courses for post in [None, *Position.objects.values_list("pk", flat=True)]]


def everything():
    return [numbers(picture(*page, *question)) for page in pages() for question in questions()]


def test_the_kept_sums_say_what_each_librarys_totals_say_and_the_facts(nation):
    assert Counting.objects.get().tree == 0
    told = everything()

    Counting.objects.update(tree=-1)  # as if the tree had changed since
    assert everything() == told
    Counting.objects.all().delete()
    assert everything() == told
    whole = picture(shown(at("UZ")), at("UZ")).whole
    assert (whole[None].staff, len(whole)) == (70, 3)
    assert {name for name in totals.SUMS if getattr(whole[None], name)} == {*totals.SUMS} - {"expired"}


def test_a_page_narrowed_to_a_position_counts_its_people_alone(nation):
    for post in Position.objects.all():
        for places, current in pages():
            tops = [current] if current else places
            found = picture(places, current, position=post.pk)
            people = User.objects.filter(library__in=Library.objects.below(*tops), position=post).count()
            told = found.whole[None].staff if found.whole else 0
            assert (told, sum(one[None].staff for one in found.places.values())) == (people, people)


def test_the_topmost_libraries_of_a_reader_are_those_of_the_scope(nation, admin):
    reader = making.person("reader")
    for role, codes in ((Role.HR, ("B1", "A")), (Role.DIRECTOR, ("A1", "B1")), (Role.TRAINER, ("C",))):
        for code in codes:
            grant(person=reader, role=role, library=at(code))

    found = tops_of(reader, Role.HR, Role.DIRECTOR)

    assert [one.code for one in found] == ["A", "B1"]
    assert set(Library.objects.below(*found)) == set(scope_of(reader, Role.HR, Role.DIRECTOR))
    assert [one.code for one in tops_of(admin, Role.HR)] == ["UZ"]
    assert tops_of(making.person("nobody"), Role.HR) == []


def test_only_the_rows_of_the_places_shown_and_of_those_below_them_are_read(nation, django_assert_num_queries):
    place, places = at("UZ"), shown(at("UZ"))
    was = numbers(picture(places, place))
    Total.objects.filter(library__depth__gt=2).update(staff=1000, begun=1000)
    TotalBelow.objects.filter(library__depth__gt=2).delete()

    with django_assert_num_queries(2):
        found = picture(places, place)

    assert numbers(found) == was


def staff_of(library):
    found = board([at("UZ")], at(library), **offered())
    return found.sums.staff, {line.code: line.sums.staff for line in found.places}


def people_below(library):
    return User.objects.filter(library__path__startswith=at(library).path).count()


def test_a_library_that_is_moved_is_seen_where_it_is_now_before_and_after_it_is_counted_again(nation, admin):
    moved = people_below("A1")
    was = {region: people_below(region) for region in "ABC"}
    now = {"A": was["A"] - moved, "B": was["B"] + moved, "C": was["C"]}
    assert moved and {code: staff_of("UZ")[1][code] for code in "ABC"} == was

    libraries.move(library=at("A1"), to=at("B"), by=admin, **DEED)

    for _count in range(2):
        whole, places = staff_of("UZ")
        assert (whole, {code: places[code] for code in "ABC"}) == (70, now)
        assert [staff_of(code)[0] for code in "ABC"] == [*now.values()]
        assert "A1" in staff_of("B")[1] and "A1" not in staff_of("A")[1]
        totals.recount()
    assert everything() == made_anew()


def made_anew():
    Counting.objects.update(tree=-1)
    return everything()


def test_the_libraries_of_one_that_is_merged_are_seen_below_the_other(nation, admin):
    libraries.merge(library=at("A"), into=at("C"), by=admin, **DEED)
    own = User.objects.filter(library=at("C")).count()

    totals.recount()

    whole, places = staff_of("C")
    assert (whole, places["C"], staff_of("A")[0]) == (people_below("C"), own, 0)
    assert everything() == made_anew()


def test_sums_of_a_tree_before_the_newest_deed_are_not_read(nation, admin):
    """A move was committed while the nation was counted: what is kept may be of either tree."""
    before = Counting.objects.get().tree
    libraries.move(library=at("A1"), to=at("B"), by=admin, **DEED)
    totals.recount()
    TotalBelow.objects.update(staff=1000)
    assert staff_of("UZ")[0] > 1000

    Counting.objects.update(tree=before)

    assert [staff_of(code)[0] for code in ("UZ", "A", "B")] == [people_below(code) for code in ("UZ", "A", "B")]
