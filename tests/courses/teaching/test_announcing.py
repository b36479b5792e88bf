"""An announcement: once to each member, by notice and mail, as clean text; nobody else reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import notices
from accounts.models import AuditEntry, Notice
from courses import announcing, cohorts
from courses.models import Announcement
from tests.courses.teaching.conftest import put
from tests.seminars import making

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
TEXT = "Ertaga dars bor.\n\nManzil: https://example.org/?a=1&b=2 <script>alert(1)</script>"


def announce(cohort, by, now=NOW, **fields):
    return announcing.announce(cohort=cohort, by=by, now=now, **({"title": "Dars", "text": TEXT} | fields))


def told():
    return list(Notice.objects.order_by("person").values_list("person__username", "kind", "mail_wanted"))


def test_each_member_is_told_once_however_often_it_is_pressed(people, sec, cohort, member):
    put(making.enrol(people.learner, sec), cohort)  # without an address
    making.enrol(people.hr, sec)  # not in the cohort

    first = announce(cohort, people.trainer)
    again = announce(cohort, people.trainer, now=NOW + timedelta(minutes=9))

    assert again == first
    assert told() == [("learner", "announcement", False), ("member", "announcement", True)]
    (entry,) = AuditEntry.objects.filter(deed="announcement made")
    assert (entry.deed, entry.actor, entry.details["people"]) == ("announcement made", people.trainer, 2)


def test_other_words_or_the_same_ones_later_are_another_announcement(people, cohort, member):
    made = [
        announce(cohort, people.trainer),
        announce(cohort, people.trainer, text="Boshqa"),
        announce(cohort, people.trainer, title="Boshqa"),
        announce(cohort, people.trainer, now=NOW + timedelta(minutes=10)),
    ]
    assert len({one.pk for one in made}) == Notice.objects.count() == 4


def test_the_text_is_clean_and_the_mail_says_it(people, cohort, member):
    made = announce(cohort, people.trainer)

    assert made.text == (
        '<p>Ertaga dars bor.</p>\n\n<p>Manzil: <a href="https://example.org/?a=1&amp;b=2">https://example.org/?a=1&amp;b=2</a> '
        "&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )
    mail = notices.message(Notice.objects.get())
    assert mail.subject == "Dars · Kurs sec"
    assert "Ertaga dars bor.\n\nManzil: https://example.org/?a=1&b=2 <script>" in mail.body
    assert f"/announcements/{made.pk}/" in mail.body
    html = mail.alternatives[0].content
    assert made.text in html
    assert "<script>" not in html


def test_a_line_break_in_the_title_adds_no_header(as_user, people, cohort, member):
    as_user(people.trainer).post(
        f"/teach/cohorts/{cohort.pk}/announce/", {"title": "Dars\r\nBcc: x@example.org", "text": "Matn"}
    )
    (notice,) = Notice.objects.all()
    message = notices.message(notice)

    assert message.subject == "Dars Bcc: x@example.org · Kurs sec"
    assert message.message()["Bcc"] is None


def test_who_was_told_reads_it_and_nobody_else(as_user, people, sec, cohort, member):
    made = announce(cohort, people.trainer)
    late = put(making.enrol(people.learner, sec), cohort)
    address = f"/announcements/{made.pk}/"

    response = as_user(member.learner).get(address)
    assert made.text in response.text
    assert f'href="{address}"' in as_user(member.learner).get("/learning/").text
    assert f'href="{address}"' in as_user(member.learner).get("/accounts/profile/").text
    assert as_user(late.learner).get(address).status_code == 404  # joined later
    assert as_user(people.hr).get(address).status_code == 404
    assert as_user(None).get(address).status_code == 302


def test_the_page_says_how_many_were_told(as_user, people, cohort, member):
    made = announce(cohort, people.trainer)

    response = as_user(people.trainer).get(f"/teach/cohorts/{cohort.pk}/")

    assert response.context["announcements"] == [(made, 1)]


def test_a_trainer_of_a_region_tells_that_region_alone(bound, sec, cohort, member, libraries):
    put(making.enrol(making.person("far", library=libraries.other), sec), cohort)

    announce(cohort, bound)

    assert told() == [("member", "announcement", True)]


def test_an_archived_an_empty_and_a_closed_account_are_not_told(people, sec, cohort, member):
    member.learner.is_active = False
    member.learner.save()
    with pytest.raises(announcing.NobodyToTell):
        announce(cohort, people.trainer)
    member.learner.is_active = True
    member.learner.save()
    cohorts.archive(cohort=cohort, by=people.trainer)
    with pytest.raises(cohorts.CohortClosed):
        announce(cohort, people.trainer)
    assert (Announcement.objects.count(), Notice.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"title": ""}, "title"), ({"text": " \n "}, "text"), ({"text": "x" * 5001}, "text")],
)
def test_what_cannot_be_is_refused_and_keeps_what_was_typed(as_user, people, cohort, member, fields, field):
    sent = {"title": "Dars", "text": "Matn"} | fields

    response = as_user(people.trainer).post(f"/teach/cohorts/{cohort.pk}/announce/", sent)

    assert (response.status_code, list(response.context["announcement"].errors)) == (422, [field])
    assert not Announcement.objects.exists()


def test_an_empty_cohort_says_that_there_is_nobody_to_tell(as_user, people, cohort):
    response = as_user(people.trainer).post(f"/teach/cohorts/{cohort.pk}/announce/", {"title": "Dars", "text": "Matn"})
    assert response.status_code == 422
    assert len(response.context["announcement"].non_field_errors()) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_telling_costs_the_same_for_one_and_for_three(people, sec, cohort, django_assert_num_queries, count):
    for n in range(count):
        put(making.enrol(making.person(f"n{n}"), sec), cohort)
    assert people.trainer.role_grants.exists()

    with django_assert_num_queries(10):
        announce(cohort, people.trainer)

    assert Notice.objects.count() == count
