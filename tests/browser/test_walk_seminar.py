"""A whole seminar in one go: planned as a series, booked out, a seat handed on, attendance by code, without network and from
paper, the hours on the learner's page, the certificate because of them, and at the end what people say of it."""

import io
from datetime import timedelta

from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts import qr
from cms.sweeping import sweep
from courses import enrolments
from seminars import booking, checkin_codes
from seminars.models import Attendance, AttendanceEntry, FeedbackAnswer, Seat, Seminar, SeminarRun, Session
from tests import making
from tests.certification import studying

from .conftest import DESK, says
from .walking import Learner

SEATS, WITHOUT_NETWORK = 20, 2


def test_a_seminar_from_its_planning_to_the_certificate_and_the_feedback(visit, demonstration):
    first, second, topic, *_rest = Seminar.objects.filter(course=demonstration.course()).order_by("code")
    learner = all_but_two_hours(visit, demonstration, first, second)
    trainer = visit("trainer", viewport=DESK, watched=False)

    run = plan_a_series(trainer, topic)
    book_out(run, demonstration.person("graduate"))
    wait_for_a_seat(learner, topic)
    give_a_seat_back(visit("graduate"), topic)
    see_the_seat(learner, run)

    session = let_it_begin(run)
    check_in(visit("trainer"), learner, session)
    mark_without_network(visit("trainer"), session)
    bring_the_paper(trainer, session)
    expect(trainer.locator("main")).to_contain_text(says("%(marked)s of %(total)s marked", marked=20, total=20))

    learner.page.goto(demonstration.course().addresses["uz"])
    assert "6 / 6" in learner.needs().values()
    assert -1 not in sweep().values()
    learner.page.goto("/learning/")
    learner.page.locator(f"a[href='/verify/{demonstration.certificate_of('learner').code}/']").first.click()
    expect(learner.page.locator("h1")).to_have_text(says("Valid"))

    Session.objects.filter(pk=session.pk).update(ends_at=timezone.now())
    assert -1 not in sweep().values()
    say_how_it_was(learner, run)
    see_the_report(trainer, run)


def all_but_two_hours(visit, demonstration, *attended):
    """The learner has done the whole course, and has four hours of the six from two other seminars."""
    person, course = demonstration.person("learner"), demonstration.course()
    began = timezone.now() - timedelta(days=60)
    person.certificate_name, person.certificate_name_confirmed_at = "Namunayeva Tinglovchi Namuna qizi", began
    person.save()
    studying.do(enrolments.begin(learner=person, course=course, now=began), now=began)
    for topic in attended:
        studying.attend(person, topic, 2, when=began + timedelta(days=9))
    learner = Learner(visit("learner"))
    learner.page.goto(course.addresses["uz"])
    assert "4 / 6" in learner.needs().values()
    return learner


# --- Planned, booked -------------------------------------------------------------------------------------------------------


def plan_a_series(page, topic):
    """Three weekly runs with seats of their own, in one go. Returns the first."""
    page.goto("/cms/runs/new/")
    begins = timezone.localtime() + timedelta(days=9)
    page.locator("#id_seminar").select_option(str(topic.pk))
    for name, moment in (("starts_at", begins), ("ends_at", begins + timedelta(minutes=90))):
        page.locator(f"#id_sessions-0-{name}").fill(f"{moment:%Y-%m-%d %H:%M}")
        page.keyboard.press("Escape")  # the picker would lie over the next field
    page.locator("#id_sessions-0-hours").fill("2")
    page.locator("#id_every").select_option("week")
    page.locator("#id_times").fill("3")
    page.locator("[name=repeats][value=runs]").check()
    page.locator("#id_place_uz").fill("Samarqand viloyati AKM, 2-qavat (namuna)")
    page.locator("#id_capacity").fill(str(SEATS))
    page.locator("footer button[type=submit]").first.click()
    expect(page.locator(".messages .success")).to_be_visible()
    runs = SeminarRun.objects.filter(series__isnull=False).order_by("sessions__starts_at")
    assert [run.capacity for run in runs] == [SEATS] * 3
    days = [session.starts_at for session in Session.objects.filter(run__in=runs).order_by("starts_at")]
    assert [day - days[0] for day in days] == [timedelta(weeks=n) for n in range(3)]
    return runs[0]


def book_out(run, graduate):
    people = [graduate, *(making.person(f"other{n:02}") for n in range(SEATS - 1))]
    outcomes = booking.book_many(run=run, people=people, by=graduate)
    assert set(outcomes.values()) == {booking.Outcome.BOOKED}


def wait_for_a_seat(learner, topic):
    learner.page.goto(f"/seminars/{topic.pk}/")
    own = learner.page.locator("label.option", has_text="Samarqand").first
    expect(own).to_contain_text(says("No seats. On the waiting list: %(n)s", n=0))
    own.locator("input").check()
    learner.press("Book a seat")
    expect(learner.page.locator("main")).to_contain_text(
        says("You are on the waiting list: %(number)s of %(total)s", number=1, total=1)
    )


def give_a_seat_back(page, topic):
    page.goto(f"/seminars/{topic.pk}/")
    Learner(page).press("Cancel my seat")
    expect(page.locator(".messages, main").first).to_be_visible()


def see_the_seat(learner, run):
    assert run.seats.booked().count() == SEATS
    learner.page.goto("/learning/")
    expect(learner.page.locator("[aria-labelledby=news]")).to_contain_text(
        says("A seat has become free for you: %(seminar)s", seminar=run.seminar.titles["uz"])
    )
    assert Seat.objects.get(run=run, person__email="learner@example.org").state == "booked"


# --- Held --------------------------------------------------------------------------------------------------------------------


def let_it_begin(run):
    """The day has come: the session began five minutes ago."""
    now = timezone.now()
    run.sessions.update(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=85))
    return run.sessions.get()


def check_in(screen, learner, session):
    screen.goto(f"/teach/sessions/{session.pk}/checkin/")
    learner.page.goto(scanned(screen, session))
    learner.press("I am here")
    expect(learner.page.locator("main .state--done")).to_contain_text(says("Present"))
    entry = AttendanceEntry.objects.get(session=session)
    assert (entry.how, entry.person.email) == ("code", "learner@example.org")


def scanned(screen, session):
    """The address in the QR code: of those that may stand on the screen now, the one whose drawing it is."""
    drawn, host = screen.locator(".qr path").get_attribute("d"), screen.url.partition("/teach/")[0]
    for ago in range(3):
        code = checkin_codes.code(session.pk, timezone.now() - timedelta(seconds=checkin_codes.STEP * ago))
        address = f"{host}/checkin/{code}/"
        if "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in qr.runs(address)[1]) == drawn:
            return address
    raise AssertionError("the screen shows no code of this session")


def mark_without_network(page, session):
    """The roster is taken along; the network goes; two are marked by keyboard; it comes back, and the marks go by themselves."""
    page.goto(f"/teach/offline/#{session.pk}")
    expect(page.locator("#list .person")).to_have_count(SEATS)
    expect(page.locator("#ready")).to_be_visible()
    page.context.set_offline(True)
    page.locator("#list fieldset:not(:has(:checked))").first.locator("input").first.focus()
    page.keyboard.press("2")
    page.keyboard.press("3")
    expect(page.locator("#state")).to_contain_text(says("Marks that wait on this device:"))
    assert not AttendanceEntry.objects.filter(how="offline").exists()
    page.context.set_offline(False)
    expect(page.locator("#state .state--done")).to_be_visible()
    marks = AttendanceEntry.objects.filter(session=session, how="offline").values_list("mark", flat=True)
    assert sorted(marks) == ["late", "left_early"]


def bring_the_paper(page, session):
    """The spreadsheet as it is given out, with a plus for everybody who signed and is not marked yet."""
    page.goto(f"/teach/sessions/{session.pk}/")
    with page.expect_download() as download:
        page.get_by_role("link", name=says("Spreadsheet to be filled in (XLSX)")).click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    for row in book.active.iter_rows(min_row=2):
        row[3].value = row[3].value or "+"
    filled = io.BytesIO()
    book.save(filled)
    page.get_by_role("link", name=says("Bring the filled-in spreadsheet")).click()
    file = {"name": "davomat.xlsx", "mimeType": "application/octet-stream", "buffer": filled.getvalue()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name=says("Look at it")).click()
    left = SEATS - 1 - WITHOUT_NETWORK
    expect(page.locator("tbody .state--done")).to_have_count(left)
    assert Attendance.objects.filter(session=session).count() == SEATS - left
    page.locator("main form button").click()
    expect(page).to_have_url(f"{page.url.partition('/teach/')[0]}/teach/sessions/{session.pk}/")
    assert AttendanceEntry.objects.filter(session=session, how="import").count() == left


# --- After it ------------------------------------------------------------------------------------------------------------------


def say_how_it_was(learner, run):
    page = learner.page
    page.goto("/learning/")
    page.get_by_role("link", name=says("How was it? %(seminar)s", seminar=run.seminar.titles["uz"]), exact=True).click()
    for group in page.locator("main fieldset").all():
        group.get_by_role("radio", name="4", exact=True).check()
    page.get_by_label(says("What helped you most?")).fill("Amaliy mashq")
    learner.press("Send without my name")
    expect(page.locator("h1")).to_have_text(says("Thank you"))
    assert FeedbackAnswer.objects.get().good == "Amaliy mashq"


def see_the_report(page, run):
    """Everybody with what became of them; of the one answer so far, only that it is there."""
    page.goto("/teach/?when=past")
    page.get_by_role("link", name=says("Report of the run")).first.click()
    expect(page.locator("main tbody tr")).to_have_count(SEATS)
    expect(page.locator("main dd").first).to_have_text(str(SEATS))
    expect(page.locator("#feedback ~ .notice")).to_contain_text("1")
    expect(page.locator("main")).not_to_contain_text("Amaliy mashq")
