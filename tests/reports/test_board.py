"""HR's dashboard: numbers from the totals, each with the people behind it; the tables as files; the report on paper."""

from datetime import date, timedelta
from io import BytesIO
from subprocess import run

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from pypdf import PdfReader

from accounts import libraries as tree
from accounts.models import Library, Position, User
from certification import award
from certification.models import Certificate
from cms import growing, sweeping
from cms.growing.nation import NotEmpty
from courses.models import Enrolment
from reports import half_year, totals
from reports.board import Line
from reports.models import Counting, Requirement, Total
from reports.overdue import people_overdue
from reports.picture import Sums, picture
from tests.seminars import making

pytestmark = pytest.mark.django_db
ENDINGS = ["csv", "xlsx"]


@pytest.fixture
def staff(people, libraries, sec):
    """In the district five more people in all states; all of the region have until yesterday to complete the course."""
    found = {name: making.person(name, library=libraries.district) for name in ("new", "begun", "done", "awarded")}
    User.objects.filter(username__in=["begun", "done"]).update(last_login=timezone.now())
    making.enrol(found["begun"], sec, done=2)
    making.complete(making.enrol(found["done"], sec, done=3))
    making.certify(making.enrol(found["awarded"], sec, done=3), code="HERE000000000001")
    far = making.person("far", library=libraries.other)
    making.certify(making.enrol(far, sec, done=3), code="FAR0000000000001")
    yesterday = timezone.localdate() - timedelta(days=1)
    Requirement.objects.create(
        library=libraries.region, course=sec, due_on=yesterday, set_at=timezone.now(), set_by=people.hr
    )
    return found


def numbers(sums):
    return {name: getattr(sums, name) for name in totals.SUMS}


def names(response):
    return [line.person.username for line in response.context["lines"]]


HERE = {
    "staff": 6,
    "never": 4,
    "begun": 3,
    "in_progress": 1,
    "completed": 1,
    "certificates": 1,
    "expired": 0,
    "overdue": 4,
}


def test_a_region_sees_its_numbers_alone_and_as_of_when(as_user, people, staff):
    now = timezone.now()
    sweeping.sweep(now, (sweeping.hr_totals,))
    making.person("later", library=people.learner.library)

    response = as_user(people.hr).get("/hr/?course=sec&lang=en")

    assert numbers(response.context["board"].sums) == {**HERE, "staff": 9, "never": 7, "overdue": 7}
    assert response.context["board"].at == Counting.objects.get().at == now
    assert "As of " in response.content.decode()
    assert [line.code for line in response.context["board"].places] == ["SAM", "SAM-KAT", "SAM-URG"]


def test_before_the_first_sweep_it_is_counted_live(as_user, people, staff):
    response = as_user(people.hr).get("/hr/?library=SAM-URG&course=sec&lang=en")

    assert (numbers(response.context["board"].sums), response.context["board"].at) == (HERE, None)
    assert "Counted just now" in response.content.decode()


def test_the_totals_follow_the_facts_and_may_be_thrown_away(staff, libraries, sec):
    def of_district():
        return {
            one.course and one.course.code: numbers(one) for one in Total.objects.filter(library=libraries.district)
        }

    assert totals.recount() == Total.objects.count() > 0
    whole = of_district()
    assert whole == {None: HERE, "sec": {**HERE, "staff": 0, "never": 0}}
    assert totals.recount() == 0
    Total.objects.all().delete()
    totals.recount()
    assert of_district() == whole
    making.complete(Enrolment.objects.get(learner=staff["begun"]))
    assert totals.recount() == 4  # two rows taken away, two written
    assert of_district()["sec"] == {**HERE, "staff": 0, "never": 0, "in_progress": 0, "completed": 2, "overdue": 3}


def test_a_certificate_counts_until_it_expires_and_a_newer_run_begins(staff, libraries, sec):
    run_ = Enrolment.objects.get(learner=staff["awarded"])
    version = run_.certificate.versions.get()
    version.expires_on = timezone.localdate() - timedelta(days=1)
    version.save()
    totals.recount()
    counted = numbers(Total.objects.get(library=libraries.district, course=sec))
    assert (counted["completed"], counted["certificates"], counted["expired"]) == (1, 0, 1)
    Enrolment.objects.filter(pk=run_.pk).update(closed_at=timezone.now())
    making.enrol(staff["awarded"], sec, done=1, run_no=2)
    totals.recount()
    assert numbers(Total.objects.get(library=libraries.district, course=sec)) == {
        **HERE, "staff": 0, "never": 0, "in_progress": 2, "completed": 1, "certificates": 0, "overdue": 5
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("not_begun", ["director", "learner", "new"]),
        ("in_progress", ["begun"]),
        ("completed", ["done"]),
        ("certificate", ["awarded"]),
        ("done", ["awarded", "done"]),
        ("overdue", ["begun", "director", "learner", "new"]),
        ("never", ["awarded", "director", "learner", "new"]),
    ],
)
def test_every_number_leads_to_the_people_behind_it(as_user, people, staff, state, found):
    client, question = as_user(people.hr), f"library=SAM-URG&course=sec&state={state}"
    board = client.get("/hr/?library=SAM-URG&course=sec")

    assert sorted(names(client.get(f"/hr/people/?{question}"))) == found
    if state != "done":
        assert f'href="/hr/people/?{question.replace("&", "&amp;")}"' in board.content.decode()


def test_the_overdue_are_of_the_own_position_and_not_of_a_withdrawn_requirement(staff, people, libraries):
    everybody = User.objects.filter(library=libraries.district)
    assert people_overdue(everybody).count() == 4
    Requirement.objects.update(position=Position.objects.create(code="smm", titles=making.three("SMM")))
    assert people_overdue(everybody).count() == 0
    staff["new"].position = Position.objects.get(code="smm")
    staff["new"].save()
    assert [one.username for one in people_overdue(everybody)] == ["new"]
    Requirement.objects.update(withdrawn_at=timezone.now(), withdrawn_by=people.hr)
    assert people_overdue(everybody).count() == 0


@pytest.mark.parametrize(("size", "percent"), [(4, None), (5, 20)])
def test_a_group_of_fewer_than_five_is_not_compared(as_user, people, libraries, sec, size, percent):
    made = [making.person(library=libraries.branch_less) for _ in range(size)]
    making.certify(making.enrol(made[0], sec, done=3))

    response = as_user(people.hr).get("/hr/?course=sec&lang=en")

    line = next(one for one in response.context["board"].places if one.code == "SAM-KAT")
    row = response.content.decode().split('library=SAM-KAT">')[-1].split("</tr>")[0]
    assert line.percent == percent
    assert ("fewer than 5 people" in row, "20 %" in row) == (percent is None, percent is not None)


def test_a_library_that_was_merged_away_is_no_line_of_the_dashboard(as_user, people, staff, libraries):
    making.person(library=libraries.branch_less)
    tree.merge(library=libraries.branch_less, into=libraries.district, by=people.admin, reason="x")
    totals.recount()

    board = as_user(people.hr).get("/hr/").context["board"]

    assert [line.code for line in board.places] == ["SAM", "SAM-URG"]
    assert sum(line.sums.staff for line in board.places) == board.sums.staff


def test_nothing_of_the_neighbouring_region_is_said(as_user, people, staff):
    totals.recount()
    client = as_user(people.hr)

    assert "TSH" not in client.get("/hr/").content.decode().split("<main")[1].split("</main")[0]
    for address in (
        "/hr/?library=TSH",
        "/hr/report/?library=TSH",
    ):
        assert client.get(address).status_code == 404


def test_what_people_have_written_is_text_in_every_line(as_user, people, staff, sec):
    name = """<b class="x">O'tkir</b> & Co"""
    for one in (*Library.objects.all(), sec):
        type(one).objects.filter(pk=one.pk).update(titles=making.three(name))
    totals.recount()
    User.objects.update(position=Position.objects.create(code="smm", titles=making.three(name)))

    for question in ("", "library=SAM-URG&course=sec"):
        text = as_user(people.hr).get(f"/hr/?{question}&lang=en").content.decode()

        assert "&lt;b class=&quot;x&quot;&gt;O&#x27;tkir&lt;/b&gt; &amp; Co" in text
        assert '<b class="x"' not in text
        assert "O'tkir" not in text


def test_the_filters_keep_what_was_chosen(as_user, people, staff):
    page = BeautifulSoup(as_user(people.hr).get("/hr/?course=sec").content, "html.parser")
    chosen = {
        one["name"]: [o["value"] for o in one.select("option[selected]")] for one in page.select("form.filters select")
    }

    assert chosen == {"course": ["sec"], "position": [""]}
    assert page.select_one("form.filters label[for=id_course]") and page.select_one("select#id_course.input")


def test_the_charts_have_words_and_no_inline_style(as_user, people, staff):
    text = as_user(people.hr).get("/hr/?lang=en").content.decode()

    assert text.count('<svg class="chart"') == text.count("<desc id=") == 3
    assert "SAM-URG en: 16 %" in text
    assert " style=" not in text.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize("count", [10, 200])
@pytest.mark.parametrize(("who", "queries"), [("admin", 11), ("hr", 11)])
def test_the_dashboard_costs_a_fixed_number_of_queries(
    as_user, people, libraries, sec, django_assert_num_queries, count, who, queries
):
    for _ in range(count):
        making.certify(making.enrol(making.person(library=libraries.district), sec, done=3))
    totals.recount()
    client = as_user(getattr(people, who))

    with django_assert_num_queries(queries):
        response = client.get("/hr/?course=sec")

    assert response.context["board"].sums.certificates == count


# --- The report -----------------------------------------------------------------------------------------------------------------


def test_half_years_are_told_by_their_codes():
    today = date(2026, 11, 27)

    assert [half.code for half in half_year.halves(today)] == ["2026-2", "2026-1", "2025-2", "2025-1"]
    assert [half_year.parse(code, today) and half_year.parse(code, today).code for code in ("", "2026-1", "2027-1", "2026-3", "x", "20²6-1")] == [
        "2026-2", "2026-1", None, None, None, None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uz", ["Yarim yillik hisobot", "5 nafardan kam", "Qanday hisoblandi"]),
        ("ru", ["Полугодовой отчёт", "менее 5", "Как это посчитано"]),
        ("en", ["Half-yearly report", "fewer than 5", "How this was counted"]),
    ],
)
def test_the_report_is_made_in_three_languages(as_user, people, staff, libraries, language, words):
    making.person(library=libraries.branch_less)
    text = pdf_text(as_user(people.hr).get(f"/hr/report/?half=2026-1&lang={language}").content)

    assert [word in text for word in [*words, "Kutubxona SAM"]] == [True] * 4


@pytest.mark.parametrize(("staff", "silent"), [
    ([6, 1], {0, 1}), ([3, 3, 9], {0, 1}), ([9, 5, 2, 20], {1, 2}), ([5, 6], set()), ([0, 9], set()), ([2, 0], {0}), ([4], {0}),
])  # fmt: skip
def test_from_the_paper_nobody_reckons_the_numbers_of_fewer_than_five(staff, silent):
    lines = [Line(str(n), str(n), Sums(staff=n)) for n in staff]

    assert half_year.kept_silent(lines) == silent


def test_the_paper_tells_no_numbers_of_a_small_library(as_user, people, staff, libraries, sec):
    making.certify(making.enrol(making.person(library=libraries.branch_less), sec, done=3), code="KAT0000000000001")

    text = pdf_text(as_user(people.hr).get("/hr/report/?half=2026-1&lang=en").content)

    (row,) = [line.split() for line in text.splitlines() if "SAM-KAT" in line and "–" in line]
    assert row[3:] == ["1", "–", "–", "fewer", "than", "5", "–"]


def pdf_text(data):
    return run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


def test_the_report_counts_what_happened_in_the_half_year(staff, libraries, sec):
    first = half_year.parse("2026-1", date(2026, 11, 27))
    with translation.override("en"):
        assert half_year.facts(Library.objects.get(code="SAM-URG"), first) == {
            "begun": 3, "completed": 2, "certificates": 1, "hours": 0, "came": 0
        }  # fmt: skip


def test_the_cover_bears_the_mark_and_a_name_of_two_hundred_letters_stays_on_it(libraries):
    library = Library.objects.get(code="SAM-URG")
    library.titles = making.three("Axborot-kutubxona markazi " * 8)
    library.save()
    with translation.override("uz"):
        cover, numbers, *_rest = PdfReader(BytesIO(half_year.draw(library, half_year.Half(2026, 1)))).pages

    assert b".117647 .247059 .580392 rg" in cover.get_contents().get_data()  # the lapis of its star
    assert "Direktor" in cover.extract_text()
    assert "Yarim yil davomida" in numbers.extract_text()


def test_a_report_of_no_half_year_or_of_several_regions_is_refused(as_user, people, libraries):
    client = as_user(people.hr)

    assert client.get("/hr/report/?half=2090-1").status_code == 422


# --- A grown nation ----------------------------------------------------------------------------------------------------------------


def test_a_nation_grows_with_progress_in_a_few_queries_a_batch():
    User.objects.exclude(library=None).delete()
    growing.grow(300, seed=7)

    assert User.objects.filter(is_demo=True).count() > 300
    totals.recount()
    assert (
        sum(Total.objects.filter(course=None).values_list("staff", flat=True))
        == User.objects.exclude(library=None).count()
    )
    nation = picture([Library.objects.get(path="0001")])
    shares = nation.of(nation.whole, None)
    assert 150 < shares.begun < 270 and 80 < shares.certificates < 200 and shares.overdue > 0 and 0 < shares.never < 100
    given = Certificate.objects.count()
    assert award.next_number(timezone.localdate().year) == f"SBQ-{timezone.localdate().year}-{given + 1:06}"
    with pytest.raises(NotEmpty):
        growing.grow(5)


def test_only_a_scratch_database_is_filled():
    with pytest.raises(CommandError, match="only one whose name ends in _scratch is filled"):
        call_command("grow", "5")
