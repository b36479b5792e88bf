"""One letter a week: to whom there is something to say, in the own language, once; HR and directors hear who is newly overdue."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts import notices
from accounts.models import Notice, Role, RoleGrant, User
from accounts.roles import grant
from cms import sweeping
from reports import digests, requirements, waivers
from reports.models import DigestWeek, Requirement
from tests.seminars import making

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)  # eight in the morning in Tashkent
TODAY = MONDAY.date()
DAY = timedelta(days=1)


@pytest.fixture
def require(people, sec, libraries):
    """Required since long, of people who have been there for long."""
    User.objects.update(placed_on=TODAY - 400 * DAY)

    def make(due_on, library=None, course=sec, set_at=MONDAY - 100 * DAY, **rules):
        return requirements.require(
            library=library or libraries.region, course=course, due_on=due_on, by=people.hr, now=set_at, **rules
        )

    return make


def told():
    return dict(Notice.objects.filter(kind=digests.KIND).values_list("person__username", "details"))


def own(name):
    return [(one["titles"]["uz"], one["state"]) for one in told()[name]["courses"]]


def test_it_goes_out_on_monday_morning_and_never_twice_a_week(require):
    require(TODAY + 3 * DAY)
    minute = timedelta(minutes=1)

    assert digests.weekly(MONDAY - minute) == 0
    assert not Notice.objects.exists()
    assert [digests.weekly(MONDAY + n * minute) for n in range(3)] == [5, 0, 0]
    assert digests.weekly(MONDAY + DAY) == 0
    assert own("learner") == [("Kurs sec", "due")]
    assert digests.weekly(MONDAY + 7 * DAY) == 5
    unread = Notice.objects.filter(kind=digests.KIND, read_at=None)
    assert set(unread.values_list("subject", flat=True)) == {"week 2026-12-07"}  # the newest says it all


@pytest.mark.parametrize(("after", "n"), [(timedelta(hours=39), 5), (timedelta(hours=40), 0)])
def test_a_sweep_that_was_away_makes_up_for_it_until_the_end_of_tuesday(require, after, n):
    require(TODAY + 3 * DAY)

    assert digests.weekly(MONDAY + after) == n


def test_two_sweeps_at_once_tell_everybody_once(require):
    require(TODAY + 3 * DAY)
    digests.weekly(MONDAY)
    DigestWeek.objects.update(finished_at=None)  # the other process has not finished either

    assert digests.weekly(MONDAY) == 0
    assert Notice.objects.count() == 5
    people = {person: {} for person in User.objects.all()}
    notices.tell_each(kind=digests.KIND, subject="week 2026-11-30", details=people)  # it has looked before we wrote
    assert Notice.objects.filter(person__username="learner").count() == 1


def test_it_is_sent_by_the_sweep(require):
    require(TODAY + 3 * DAY)

    done = sweeping.sweep(MONDAY, (sweeping.weekly_letters,))

    assert done == {"weekly_letters": 5}


def test_what_is_due_much_later_is_told_once_when_it_is_new(people, libraries, require):
    require(TODAY + 200 * DAY)
    digests.weekly(MONDAY)
    assert told() == {}

    new = require(TODAY + 200 * DAY, course=making.course("new"), set_at=MONDAY - 3 * DAY)
    digests.tell_week(TODAY, TODAY, MONDAY)
    assert own("learner") == [("Kurs new", "due"), ("Kurs sec", "due")] or own("learner") == [
        ("Kurs sec", "due"), ("Kurs new", "due"),
    ]  # fmt: skip
    Requirement.objects.filter(pk=new.pk).update(set_at=MONDAY - 8 * DAY)
    assert digests.tell_week(TODAY + 7 * DAY, TODAY, MONDAY) == 0


def test_the_last_thirty_days_the_days_of_grace_and_afterwards_are_told_every_week(require):
    row = require(TODAY + 31 * DAY, grace_days=3)
    states = {}
    for left in (30, 29, -1, -4):  # 30: due on the thirtieth day, that day included
        Requirement.objects.filter(pk=row.pk).update(due_on=TODAY + left * DAY)
        Notice.objects.all().delete()
        digests.tell_week(TODAY, TODAY, MONDAY)
        states[left] = told().get("learner", {"courses": [{"state": None}]})["courses"][0]["state"]

    assert states == {30: None, 29: "due", -1: None, -4: None} | {29: "due", -1: "grace", -4: "overdue"}


def test_it_is_quiet_for_who_has_left_is_exempt_or_has_met_it_and_when_the_course_is_archived(people, sec, require):
    row = require(TODAY - 3 * DAY)
    User.objects.filter(pk=people.trainer.pk).update(is_active=False)
    waivers.waive(requirement=row, person=people.editor, reason="x", by=people.hr, begins=TODAY)
    making.complete(making.enrol(people.director, sec))

    digests.tell_week(TODAY, TODAY, MONDAY)
    assert {name for name, details in told().items() if details["courses"]} == {"learner", "hr"}

    Notice.objects.all().delete()
    sec.archived = True
    sec.save()
    assert digests.tell_week(TODAY, TODAY, MONDAY) == 0


def test_hr_and_directors_hear_who_is_newly_overdue_in_the_own_libraries(people, libraries, sec, require):
    making.complete(making.enrol(people.trainer, sec))
    old = require(TODAY - 60 * DAY, course=making.course("old"), library=libraries.branch_less)
    late = making.person("late", library=libraries.branch_less)
    User.objects.filter(pk=late.pk).update(placed_on=TODAY - 400 * DAY)
    require(TODAY - 3 * DAY)
    gone = making.person("gone", library=libraries.district, role=Role.DIRECTOR)
    User.objects.filter(pk=gone.pk).update(is_active=False, placed_on=TODAY - 400 * DAY)

    digests.tell_week(TODAY, TODAY, MONDAY)

    sam, urg = told()["hr"]["area"], told()["director"]["area"]
    assert (sam["overdue"], sam["grace"], sam["due"], sam["new"]) == (5, 0, 0, 5)
    assert [(one["titles"]["uz"], one["n"]) for one in sam["newly"]] == [("Kurs sec", 5)]
    assert set(sam["newly"][0]["people"]) == {
        people.learner.pk, people.editor.pk, people.hr.pk, people.director.pk, late.pk,
    }  # fmt: skip
    assert (urg["overdue"], set(urg["newly"][0]["people"])) == (2, {people.learner.pk, people.director.pk})
    assert told()["learner"]["area"] is None
    assert not {"hr2", "director2", "gone", "admin"} & set(told())
    assert old.course.code == "old"


def test_what_was_overdue_a_week_ago_is_counted_and_no_more_named(people, require):
    require(TODAY - 8 * DAY)

    digests.tell_week(TODAY, TODAY, MONDAY)

    assert told()["hr"]["area"] == {"overdue": 5, "grace": 0, "due": 0, "newly": [], "new": 0}


def test_hr_of_two_regions_gets_one_letter_of_both(people, libraries, require):
    grant(person=people.hr, role=Role.HR, library=libraries.other)
    require(TODAY - DAY, library=libraries.nation)

    digests.tell_week(TODAY, TODAY, MONDAY)

    assert Notice.objects.filter(person=people.hr).count() == 1
    assert told()["hr"]["area"]["overdue"] == 8
    assert told()["hr2"]["area"]["overdue"] == 3


def test_a_deputy_hears_of_the_libraries_in_the_own_days_alone(people, libraries, require):
    require(TODAY - DAY)
    days = {people.learner: (-30, 0), people.trainer: (-30, -1), people.editor: (1, 9)}
    for deputy, (first, last) in days.items():
        RoleGrant.objects.create(
            person=deputy, role=Role.HR, library=libraries.region, deputy_for=people.hr, begins_on=TODAY + first * DAY,
            ends_on=TODAY + last * DAY,
        )  # fmt: skip

    digests.tell_week(TODAY, TODAY, MONDAY)

    assert [bool(told()[name]["area"]) for name in ("learner", "trainer", "editor")] == [True, False, False]


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("uz", "Sizdan talab qilinadi: 2 ta kursni yakunlash",
         ["Muddati oʻtgan: 2026-yil 29-noyabr.", "Yakunlash muddati: 2026-yil 3-dekabr.", "Muddati oʻtgan: 5",
          "Shu hafta muddati oʻtganlar:", "Karimova Nigora"]),
        ("ru", "Вам нужно пройти 2 курса",
         ["Срок истёк: 29 ноября 2026 г.", "Пройдите до 3 декабря 2026", "Просрочено: 5", "Новые просрочки за неделю:"]),
        ("en", "Required of you: 2 courses to complete",
         ["It was due on", "Complete it by", "Overdue: 5", "Newly overdue this week:"]),
    ],
)  # fmt: skip
def test_the_mail_is_in_the_persons_language(people, require, language, subject, words):
    require(TODAY - DAY)
    require(TODAY + 3 * DAY, course=making.course("smm2"))
    User.objects.filter(pk=people.hr.pk).update(language=language, email="hr@example.org")
    digests.tell_week(TODAY, TODAY, MONDAY)

    assert notices.deliver() == 1  # the others have no address: they see the notice

    sent = mail.outbox[0]
    assert sent.subject == subject
    assert [line for line in words if line not in sent.body] == []
    assert [line for line in words[2:3] if line.split(": ")[0] not in sent.alternatives[0].content] == []
    assert "/hr/requirements/people/?state=overdue" in sent.body


def test_who_left_after_the_letter_was_made_is_not_named_and_the_letter_keeps_no_name(people, require):
    require(TODAY - DAY)
    User.objects.filter(pk=people.hr.pk).update(email="hr@example.org")
    User.objects.filter(pk=people.trainer.pk).update(last_name="Yusupova")
    digests.tell_week(TODAY, TODAY, MONDAY)
    assert "Yusupova" not in str(told())
    User.objects.filter(pk=people.trainer.pk).update(is_active=False)

    notices.deliver()

    assert "Yusupova" not in mail.outbox[0].body
    assert "Karimova Nigora" in mail.outbox[0].body


def test_the_notice_stands_in_my_learning(as_user, people, require):
    require(timezone.localdate() - DAY)
    digests.tell_week(TODAY, timezone.localdate(), MONDAY)

    assert "Sizdan talab qilinadi: 1 ta kursni yakunlash" in as_user(people.learner).get("/learning/").text
    assert notices.deliver() == 0
