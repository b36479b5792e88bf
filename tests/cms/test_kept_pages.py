"""Kept lessons and course pages: whatever changes shows at the next request, and nobody sees what is another's."""

import gzip
import random
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from accounts import roles
from accounts.models import Role, User
from certification import award, life
from certification.conditions import conditions, facts_of
from cms import course_page, keeping, lessons
from cms.models import CoursePage, LessonPage, ModulePage
from courses import progress
from courses.models import Course, Enrolment
from seminars import attendance
from seminars.upcoming import all_seminars, seminars_of
from tests import making
from tests.certification import studying
from tests.kept import kept
from tests.seminars import making as rooms


@kept
def people(bedrock):
    confirmed = {"certificate_name_confirmed_at": timezone.now()}
    return [
        making.person("nodira", last_name="Birinchiyeva", certificate_name="Birinchiyeva Nodira", **confirmed),
        making.person("salima", last_name="Ikkinchiyeva", certificate_name="Ikkinchiyeva Salima", **confirmed),
    ]


@kept
def course(bedrock):
    return making.course(modules=3, lessons=2)


def browser(person=None, **headers):
    client = Client(headers=headers)
    if person:
        client.force_login(person)
    return client


def lessons_of(course):
    return list(making.row(course).activities.live().filter(kind="lesson").order_by("position"))


def page_of(activity):
    return LessonPage.objects.get(translation_key=activity.key, locale__language_code="uz")


def warm(client, address):
    client.get(address)
    assert client.get(address).status_code == 200
    return address


def states(text):
    """The band of tiles: d done, n now, - not yet."""
    band = re.search(r'<div class="seg" aria-hidden="true">(.*?)</div>', text)[1]
    return "".join((sign or "-") for sign in re.findall(r'<i class="([dn]?)(?: m)?"></i>', band))


def test_two_in_turns_see_their_own_marks_and_names_and_nothing_else(course, people):
    first, second = people
    one = making.enrol(first, course)
    making.enrol(second, course)
    steps = lessons_of(course)
    progress.mark_done(enrolment=one, activity=steps[0])
    clients = [browser(first), browser(second)]
    for address in (course.get_url(), steps[1].addresses["uz"]):
        for _round in range(3):
            texts = [client.get(address).text for client in clients]
            assert [states(text) for text in texts] == ["dn-------", "n--------"]
            assert [("Birinchiyeva" in text, "Ikkinchiyeva" in text) for text in texts] == [
                (True, False),
                (False, True),
            ]
        stranger = browser().get(course.get_url()).text
        assert "chiyeva" not in stranger and "csrfmiddlewaretoken" not in stranger
    tokens = {
        re.search(r'name="csrfmiddlewaretoken" value="(\w{64})"', client.get(address).text)[1] for client in clients
    }
    assert len(tokens) == 2


def test_what_is_kept_holds_no_name_and_no_token(course, people):
    making.enrol(people[0], course)
    client = browser(people[0])
    for address in (course.get_url(), lessons_of(course)[0].addresses["uz"]):
        assert "Birinchiyeva" in client.get(address).text
    kept = list(keeping._kept.values())
    said = [text for one in kept for page in one.pages.values() for text in page.texts]
    said += [part.text for one in kept for part in getattr(one, "parts", {}).values()]
    assert len(kept) == 2 and len(said) > 10
    token = client.cookies["csrftoken"].value
    assert [text for text in said if b"Birinchiyeva" in text or token.encode() in text or b"nodira" in text] == []


def test_progress_shows_at_once(course, people):
    enrolment = making.enrol(people[0], course)
    client, steps = browser(people[0]), lessons_of(course)
    addresses = [warm(client, course.get_url()), warm(client, steps[1].addresses["uz"])]

    progress.mark_done(enrolment=enrolment, activity=steps[0])
    assert [states(client.get(address).text) for address in addresses] == ["dn-------"] * 2
    assert "9 qadamdan 1 tasi bajarildi" in client.get(addresses[0]).text

    contents = re.search(r'<ol class="steps" role="list">(.*?)</ol>', client.get(addresses[0]).text, re.S)[1]
    assert (contents.count("mark--done"), contents.count("mark--now")) == (1, 1)

    progress.mark_done(enrolment=enrolment, activity=steps[1])
    assert [states(client.get(address).text) for address in addresses] == ["ddn------"] * 2
    assert f'action="/activities/{steps[1].pk}/done/"' not in client.get(addresses[1]).text

    Enrolment.objects.filter(pk=enrolment.pk).update(closed_at=timezone.now())
    assert 'class="seg"' not in client.get(addresses[0]).text  # nobody's course page


def test_new_words_of_a_course_page_show_at_once_and_a_draft_does_not(course, people):
    client = browser(people[0])
    address = warm(client, course.get_url())
    page = CoursePage.objects.get(pk=course.pk)
    page.outcome, page.about = "Butunlay yangi natija", "<p>Yangi <b>matn</b></p>"
    draft = page.save_revision()
    assert "yangi natija" not in client.get(address).text

    making.committed(draft.publish)
    text = client.get(address).text
    assert "Butunlay yangi natija" in text and "<p>Yangi <b>matn</b></p>" in text


def test_a_new_module_and_an_unpublished_one_show_at_once(course, people):
    client = browser(people[0])
    address, other = warm(client, course.get_url()), warm(client, lessons_of(course)[0].addresses["uz"])
    made = making.add(course, ModulePage(title="Modul yangi", slug="yangi", code="NEW", hours=7))
    making.lesson(made, "d9")
    assert "Modul yangi" in client.get(address).text

    making.committed(made.unpublish)
    assert "Modul yangi" not in client.get(address).text
    assert states(client.get(other).text) == "---------"


def test_an_unpublished_course_is_gone_at_once(course, people):
    client = browser(people[0])
    addresses = [warm(client, course.get_url()), warm(client, lessons_of(course)[0].addresses["uz"])]
    making.committed(CoursePage.objects.get(pk=course.pk).unpublish)

    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_a_moved_lesson_answers_at_its_new_place_alone(course, people):
    client = browser(people[0])
    step = lessons_of(course)[0]
    old = warm(client, step.addresses["uz"])
    target = course.get_children().get(title="Modul 2")
    moved = page_of(step)
    moved.slug = "kochgan"
    making.publish(moved)
    making.committed(lambda: page_of(step).move(Page.objects.get(pk=target.pk), pos="last-child"))

    step.refresh_from_db()
    assert step.addresses["uz"] == f"{course.get_url()}m2/kochgan/"
    assert client.get(step.addresses["uz"]).status_code == 200
    assert client.get(old).status_code in (301, 404)


def test_a_translation_shows_at_once_in_its_language_alone(course, people):
    client = browser(people[0])
    step = lessons_of(course)[0]
    address = warm(client, step.addresses["uz"])
    assert 'lang="ru"' not in re.search(r'<p class="small row row--s no-print">.*?</p>', client.get(address).text)[0]
    for page in (*page_of(step).get_ancestors().filter(depth__gt=3).specific(), page_of(step)):
        russian = page.copy_for_translation(Locale.objects.get(language_code="ru"))
        russian.title = f"Русский {page.pk}"
        making.publish(russian)

    here = client.get(address)
    assert f'href="{russian.get_url()}" lang="ru"' in here.text and "Русский " not in here.text
    there = client.get(warm(client, russian.get_url()))
    assert f"<h1>{russian.title}</h1>" in there.text
    assert (here["Content-Language"], there["Content-Language"]) == ("uz", "ru")
    russian.title = "Ещё новее"
    making.publish(russian)
    assert "<h1>Ещё новее</h1>" in client.get(russian.get_url()).text
    assert "Ещё новее" not in client.get(address).text


@pytest.mark.pure  # with SQLite alone, whose plan does not depend on how many rows there are
def test_how_the_reader_stands_is_asked_without_reading_all_pages(course):
    lesson = page_of(lessons_of(course)[0])

    with CaptureQueriesContext(connection) as asked:
        lessons.standing(User(pk=1), lesson.path, key=lesson.translation_key)
        course_page.standing(User(pk=1), course)
    with connection.cursor() as cursor:
        plans = []
        for one in asked:
            cursor.execute("EXPLAIN QUERY PLAN " + one["sql"])
            plans.append([row[3] for row in cursor.fetchall()])

    assert len(plans) == 2
    for plan in plans:
        assert [line for line in plan if line.startswith("SCAN") and "courses_course" not in line] == []
        assert [line for line in plan if "wagtailcore_page_1 (path=?)" in line]


def test_a_restriction_holds_at_once_and_ends_at_once(course, people):
    client = browser(people[0])
    addresses = [warm(client, course.get_url()), warm(client, lessons_of(course)[0].addresses["uz"])]
    set_ = PageViewRestriction.objects.create(page=Page.objects.get(pk=course.pk), restriction_type="groups")
    assert [client.get(address).status_code for address in addresses] == [302, 302]
    set_.delete()
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    PageViewRestriction.objects.create(page=making.course(modules=1).page_ptr, restriction_type="groups")
    assert [client.get(address).status_code for address in addresses] == [200, 200]


def test_a_role_shows_in_the_menu_at_once_and_to_nobody_else(course, people):
    address = course.get_url()
    clients = [browser(person) for person in people]
    for client in clients:
        warm(client, address)
    given = roles.grant(person=people[0], role=Role.TRAINER)
    assert ['href="/teach/"' in client.get(address).text for client in clients] == [True, False]
    roles.withdraw(grant=given, by=people[1])
    assert ['href="/teach/"' in client.get(address).text for client in clients] == [False, False]


def test_what_a_deed_said_is_shown_once_and_to_its_person_alone(course, people):
    clients = [browser(person) for person in people]
    row = making.row(course)
    Course.objects.filter(pk=row.pk).update(missing=["x"], version=row.version + 1)
    for client in clients:
        warm(client, course.get_url())
    assert clients[0].post(f"/courses/{row.pk}/begin/")["Location"] == course.get_url()
    counts = [[client.get(course.get_url()).text.count("notice--bad") for client in clients] for _round in range(2)]
    assert counts == [[1, 0], [0, 0]]


def test_a_seat_hours_and_a_date_show_at_once(course, people):
    client, person = browser(people[0]), people[0]
    making.enrol(person, course, now=timezone.now() - timedelta(days=3))
    topic = rooms.seminar("kept-1", course=making.row(course), hours=4)
    address = warm(client, course.get_url())
    assert "sana hali belgilanmagan" in client.get(address).text
    run = rooms.run(topic)
    assert "Zal" in client.get(address).text
    rooms.seat(run, person)
    assert '<span class="state state--done">' in client.get(address).text
    held = rooms.run(topic, days=-1)
    rooms.seat(held, person)
    attendance.mark(session=held.sessions.get(), person=person, mark="present", by=people[1])
    assert "2 / 2,4" in client.get(address).text
    assert seminars_as_asked_at_large(course, person)


def seminars_as_asked_at_large(course, user):
    """The few columns of the course page say what the page of all seminars says."""
    row = making.row(course)
    marks = attendance.MARKS.all(person=user.pk, course=row.pk) if user.is_authenticated else ()
    ours = [(one.pk, one.next, one.seat, one.earned) for one in seminars_of(row.pk, user, marks)]
    theirs = {
        view.seminar.pk: (
            view.seminar.pk, (view.runs[0].begins, view.runs[0].run.place) if view.runs else None,
            view.seat.state if view.seat else "", view.earned,
        )
        for view in all_seminars(user) if view.seminar.course_id == row.pk
    }  # fmt: skip
    assert ours == [theirs[one[0]] for one in ours] and len(ours) == len(theirs)
    return True


@pytest.mark.parametrize("seed", range(4))
def test_dates_seats_and_hours_are_those_of_the_other_pages(course, people, seed):
    chance, person = random.Random(seed), people[0]
    enrolment = making.enrol(person, course, now=timezone.now() - timedelta(days=3))
    for n in range(4):
        topic = rooms.seminar(f"s-{seed}-{n}", course=making.row(course), hours=chance.choice([2, 3]))
        for _ in range(chance.randint(0, 3)):
            run = rooms.run(topic, days=chance.choice([-6, -2, -1, 0, 3, 9]), sittings=chance.randint(1, 3))
            for session in run.sessions.all():
                if chance.random() < 0.2:
                    run.sessions.filter(pk=session.pk).update(cancelled_at=timezone.now())
            if chance.random() < 0.6:
                rooms.seat(run, person, state=chance.choice(["booked", "waiting", "cancelled"]))
            begun = [one for one in run.sessions.filter(cancelled_at=None) if one.starts_at < timezone.now()]
            if begun and run.seats.filter(state="booked").exists():
                mark = chance.choice(["present", "excused", "absent", "left_early"])
                attendance.mark(session=begun[0], person=person, mark=mark, by=people[1], reason="sabab")
    assert seminars_as_asked_at_large(course, person)
    needed = [
        (one.kind, one.have, one.need, one.planned, one.excused)
        for one in conditions(facts_of([enrolment])[enrolment.pk])
    ]
    shown = browser(person).get(course.get_url() + "?plain=1").context["course"]  # the way that is not kept
    assert shown == making.row(course)
    found = {one.pk: one.planned_hours for one in seminars_of(shown.pk, person)}
    marks = attendance.MARKS.all(person=person.pk, course=shown.pk)
    hours = attendance.hours_in(enrolment.began_at, found, marks, timezone.now())
    said = [(hours.earned, hours.needed(shown.seminar_share), hours.planned, hours.excused)]
    assert [one[1:] for one in needed if one[0] == "seminar_hours"] == (said if said[0][1] else [])


def test_a_certificate_its_correction_and_the_next_run_show_at_once(people):
    page, person = making.course(modules=1, lessons=1), people[0]
    enrolment = studying.enrol(page, person)
    client = browser(person)
    address = warm(client, page.get_url())
    studying.do(enrolment)
    award.consider(learner=person.pk, course=enrolment.course_id)
    first = award.issue(completion=enrolment.completion.pk)
    assert f'href="/certificates/{first.code}.pdf"' in client.get(address).text

    second = life.correct(
        certificate=first.certificate, holder="Birinchiyeva Nodira Olimovna", reason="xato", by=people[1]
    )
    text = client.get(address).text
    assert f'href="/certificates/{second.code}.pdf"' in text and first.code not in text
    assert "/certificates/" not in browser(people[1]).get(address).text


@pytest.mark.parametrize("person", [0, None])
def test_packed_pages_say_the_same_and_headers_are_right(course, people, person):
    course.open_reading = True
    making.publish(course)
    who = people[person] if person is not None else None
    plain, packed = browser(who), browser(who, **{"accept-encoding": "gzip, br"})
    for address in (course.get_url(), lessons_of(course)[0].addresses["uz"]):
        warm(plain, address)
        one, other = plain.get(address), packed.get(address)
        text = re.sub(r"\w{64}", "", gzip.decompress(other.content).decode())
        assert text == re.sub(r"\w{64}", "", one.text)
        assert (other["Content-Encoding"], other["Content-Length"]) == ("gzip", str(len(other.content)))
        assert "Content-Encoding" not in one
        for response in (one, other):
            assert {name.strip() for name in response["Vary"].split(",")} == {"Accept-Encoding", "Cookie"}
            assert response.get("Cache-Control") == ("no-store, private" if who else None)
            assert response["Content-Type"] == "text/html; charset=utf-8"
        assert plain.head(address).status_code == 200


def test_a_query_string_goes_the_whole_way(course, people):
    making.enrol(people[0], course)
    client = browser(people[0])
    for address in (course.get_url(), lessons_of(course)[0].addresses["uz"]):
        kept, whole = client.get(warm(client, address)), client.get(f"{address}?utm=1")
        strip = lambda text: re.sub(r"\w{64}|\s+", "", text)  # noqa: E731
        assert strip(kept.text) == strip(whole.text.replace("?utm=1", ""))


@pytest.mark.parametrize(("enrolled", "signed_in", "queries"), [(True, True, 6), (False, True, 6), (False, False, 2)])
def test_a_course_page_costs_so_many_queries(course, people, django_assert_num_queries, enrolled, signed_in, queries):
    if enrolled:
        making.enrol(people[0], course)
    client = browser(people[0] if signed_in else None)
    address = warm(client, course.get_url())
    with django_assert_num_queries(queries):  # session, user, standing, hours, seminars, roles
        client.get(address)
    topics = [rooms.seminar(f"q-{n}", course=making.row(course)) for n in range(3)]
    for topic in topics:
        rooms.run(topic)
    with django_assert_num_queries(queries + 1 + signed_in):  # dates, and seats
        client.get(address)
