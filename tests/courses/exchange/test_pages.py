"""Import and export in /cms/: who may, what is shown, what is written; and the two commands."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation
from wagtail.users.models import UserProfile

from accounts import jobs
from accounts.models import Job, Library, Role, User
from accounts.roles import grant
from cms import teams
from courses import exchange_views
from courses.exchange import reading
from courses.models import Question, QuestionPool
from tests import making
from tests.kept import kept

pytestmark = pytest.mark.django_db
IMPORT = "/cms/question-import/"
THREE = "::Desk::Where?{=desk ~roof}\n\nPaper burns.{T}\n\nTell!{}"
WHO = ["nobody", "learner", "trainer", "trainer2", "idle", "editor", "hr", "director", "admin"]


@kept
def people(bedrock):
    """A trainer of a course with a pool of its own, one of another course, one of none, and everybody else."""
    made = {name: making.person(name) for name in WHO[1:]}
    library = Library.add_root(code="L")
    for name, role in (
        ("trainer", Role.TRAINER), ("trainer2", Role.TRAINER), ("idle", Role.TRAINER), ("editor", Role.EDITOR),
        ("hr", Role.HR), ("director", Role.DIRECTOR), ("admin", Role.ADMINISTRATOR),
    ):  # fmt: skip
        grant(person=made[name], role=role, library=library if name in ("hr", "director") else None)
    for name in ("trainer", "trainer2"):
        row = making.row(making.course(quiz=False))
        teams.join(course=row, person=made[name])
        making.pool(code=f"of-{name}", count=0, course=row)
    User.objects.update(language="en")
    for person in made.values():
        UserProfile.objects.create(user=person, preferred_language="en")
    for person in made.values():
        person.refresh_from_db()
    return made


@kept
def pool(people):
    return QuestionPool.objects.get(code="of-trainer")


@kept
def acting(people):
    def signed_in(name):
        client = Client()
        if name != "nobody":
            client.force_login(people[name])
        return client

    return signed_in


def give(client, pool, data=THREE, name="a.txt", **more):
    data = data if isinstance(data, bytes) else data.encode()
    fields = {
        "pool": getattr(pool, "pk", pool),
        "format": "auto",
        "language": "en",
        "file": SimpleUploadedFile(name, data),
        **more,
    }
    return client.post(IMPORT, fields)


@pytest.fixture
def job(acting, pool):
    """A file of three questions, read by the trainer."""
    give(acting("trainer"), pool)
    return Job.objects.get()


# --- Who may --------------------------------------------------------------------------------------------------------------


def only(nobody=302, refused=302, **others):
    """/cms/ sends whom it does not know to the sign-in, and whom it refuses to its first page or away."""
    return {who: others.get(who, nobody if who == "nobody" else refused) for who in WHO}


EVERY_TEAM = {"trainer": 200, "trainer2": 200, "editor": 200, "admin": 200}
OWN_POOL = {"trainer": 200, "trainer2": 404, "editor": 200, "admin": 200}
OWN_JOB = {"trainer": 200, "trainer2": 404, "editor": 404, "admin": 404, "idle": 404}
ELSE = {"trainer2": 404, "editor": 404, "admin": 404, "idle": 404}
NO_POST = dict.fromkeys(("trainer", "trainer2", "idle", "editor", "admin"), 405)
TABLE = {
    ("question_import", "GET"): only(**EVERY_TEAM),
    ("question_import", "POST"): only(**dict.fromkeys(EVERY_TEAM, 422)),
    ("question_import_template", "GET"): only(**EVERY_TEAM),
    ("question_import_template", "POST"): only(**NO_POST),
    ("question_import_one", "GET"): only(**OWN_JOB),
    ("question_import_one", "POST"): only(trainer=302, **ELSE),
    ("question_import_report", "GET"): only(**OWN_JOB),
    ("question_import_report", "POST"): only(**NO_POST),
    ("question_export_gift", "GET"): only(**OWN_POOL),
    ("question_export_gift", "POST"): only(**NO_POST),
    ("question_export_moodle_xml", "GET"): only(**OWN_POOL),
    ("question_export_moodle_xml", "POST"): only(**NO_POST),
}


@pytest.mark.parametrize(("name", "method"), TABLE)
def test_who_may_open_what(acting, pool, job, name, method):
    from django.urls import reverse

    args = [job.pk] if "one" in name or "report" in name else [pool.pk] if "export" in name else []
    found = {who: acting(who).generic(method, reverse(name, args=args)).status_code for who in WHO}

    assert found == TABLE[name, method]


def test_every_address_has_its_row():
    assert {pattern.name for pattern in exchange_views.urlpatterns} == {name for name, _method in TABLE}


def test_a_pool_of_another_course_is_not_found(acting, pool):
    assert give(acting("trainer2"), pool).status_code == 404
    assert give(acting("trainer2"), "x").status_code == 404
    assert Job.objects.count() == 0


def test_a_pool_that_was_taken_away_is_not_found_any_more(acting, people, pool, job):
    pool.course.trainers.filter(person=people["trainer"]).delete()
    making.row(making.course(quiz=False)).trainers.create(person=people["trainer"])

    assert acting("trainer").post(f"{IMPORT}{job.pk}/").status_code == 404


def test_another_job_is_no_import(acting, people):
    other = jobs.ask(kind="something else", by=people["trainer"], pool=1)

    assert acting("trainer").get(f"{IMPORT}{other.pk}/").status_code == 404


def test_the_form_asks_for_its_token(people, pool):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["trainer"])

    assert give(client, pool).status_code == 403


# --- Giving a file --------------------------------------------------------------------------------------------------------


def test_a_small_file_is_read_at_once_and_nothing_is_written(acting, pool):
    response = give(acting("trainer"), pool)

    job = Job.objects.get()
    assert response.url == f"{IMPORT}{job.pk}/"
    assert (job.state, job.result["counts"]) == ("done", {"accepted": 2, "repaired": 0, "duplicate": 0, "refused": 1})
    assert Question.objects.count() == 0
    page = acting("trainer").get(response.url)
    with translation.override("en"):  # the request has left its own language behind
        told = [(row.line, str(row.told), row.notes) for row in page.context["rows"]]
    assert told == [
        (1, "In order", []),
        (3, "In order", []),
        (5, "Refused", ["This is an essay: it belongs to assignments, where a trainer reads it."]),
    ]
    assert "Take in 2 questions" in page.text


def test_a_large_file_waits_for_its_turn(acting, pool):
    response = give(acting("trainer"), pool, "\n\n".join(f"Q{n}?{{T}}" for n in range(201)))

    page = acting("trainer").get(response.url)
    assert (page["Refresh"], "Waiting for its turn" in page.text) == ("3", True)
    assert jobs.run_due() == 1
    page = acting("trainer").get(response.url)
    assert (page.context["total"], len(page.context["rows"]), page.has_header("Refresh")) == (201, 50, False)
    assert acting("trainer").get(f"{response.url}?p=5").context["rows"][0].line == 401


def test_a_file_that_cannot_be_read_is_told_beside_its_field(acting, pool):
    response = give(acting("trainer"), pool, "Dear colleagues")

    assert (response.status_code, Job.objects.count()) == (422, 0)
    assert response.context["form"].errors == {"file": ["The format of the file is not recognised. Choose it."]}


def test_a_large_file_that_cannot_be_read_is_told_by_its_job(acting, pool):
    response = give(acting("trainer"), pool, b"Dear colleagues " * 40_000)
    jobs.run_due()

    assert "The format of the file is not recognised. Choose it." in acting("trainer").get(response.url).text


class Unread(io.RawIOBase):
    def read(self, *args):
        raise AssertionError("the body was read")


def test_200_mb_are_refused_unread(acting):
    response = acting("trainer").generic(
        "POST",
        IMPORT,
        CONTENT_LENGTH=str(200 * 1024 * 1024),
        CONTENT_TYPE="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread()},
    )

    assert response.status_code == 413
    assert "The file is larger than 20 MB. Divide it." in response.text


def test_a_file_just_too_large_is_refused(acting, pool, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 10)

    assert give(acting("trainer"), pool).context["form"].errors["file"] == ["The file is larger than 0 MB. Divide it."]


# --- Taking in ------------------------------------------------------------------------------------------------------------


def test_taking_in_writes_once(acting, people, pool, job):
    client = acting("trainer")
    first, second = client.post(f"{IMPORT}{job.pk}/"), client.post(f"{IMPORT}{job.pk}/")

    assert first.url == second.url
    assert [(row.pool, row.current, row.versions.get().created_by) for row in Question.objects.all()] == [
        (pool, None, people["trainer"])
    ] * 2
    page = client.get(first.url)
    assert "2 questions are taken in as drafts." in page.text
    assert client.post(first.url).status_code == 404


def test_a_trainer_publishes_where_no_review_is_asked_for(acting, pool, job):
    pool.course.review_required = False
    pool.course.save()
    assert "Publish them at once" in acting("trainer").get(f"{IMPORT}{job.pk}/").text

    acting("trainer").post(f"{IMPORT}{job.pk}/", {"publish": "on"})

    assert Question.objects.ready().count() == 2


def test_where_a_review_is_asked_for_the_box_is_not_there_and_does_nothing(acting, pool, job):
    pool.course.review_required = True
    pool.course.save()
    assert "Publish them at once" not in acting("trainer").get(f"{IMPORT}{job.pk}/").text

    acting("trainer").post(f"{IMPORT}{job.pk}/", {"publish": "on"})

    assert (Question.objects.count(), Question.objects.ready().count()) == (2, 0)


def test_the_second_import_has_nothing_to_take_in(acting, pool, job):
    acting("trainer").post(f"{IMPORT}{job.pk}/")
    page = acting("trainer").get(give(acting("trainer"), pool).url)

    assert "There is nothing to take in." in page.text
    assert job.pk != Job.objects.first().pk


def test_the_verdicts_filter(acting, job):
    page = acting("trainer").get(f"{IMPORT}{job.pk}/?verdict=refused")

    assert [row.line for row in page.context["rows"]] == [5]
    assert [(one["key"], one["n"], one["current"]) for one in page.context["verdicts"]] == [
        ("accepted", 2, False), ("repaired", 0, False), ("duplicate", 0, False), ("refused", 1, True),
    ]  # fmt: skip


def test_the_preview_draws_no_markup_that_acts(acting, pool):
    response = give(
        acting("trainer"),
        pool,
        "[html]<script>alert(1)</script><b>Where?</b>{=<img src\\=x onerror\\=y>a ~<i>b</i>}\n\n<script>x{}",
    )
    text = acting("trainer").get(response.url).text

    assert "<b>Where?</b>" in text and "<i>b</i>" in text
    assert "alert(1)" not in text and "onerror" not in text and "<script>x" not in text


@pytest.mark.parametrize("questions", [1, 3])
def test_a_preview_costs_the_same_for_one_and_for_three(acting, pool, django_assert_num_queries, questions):
    client = acting("trainer")
    address = give(client, pool, "\n\n".join(f"Q{n}?{{T}}" for n in range(questions))).url
    client.get(address)

    with django_assert_num_queries(QUERIES):
        client.get(address)


QUERIES = 17  # Wagtail's frame around it among them


def test_the_report_names_every_question(acting, job):
    response = acting("trainer").get(f"{IMPORT}{job.pk}/report.xlsx")

    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert response["Content-Disposition"] == f'attachment; filename="of-trainer-import-{job.pk}.xlsx"'
    assert rows == [
        ("Line", "Question", "Kind", "Result", "Why"),
        (1, "Desk", "One right answer", "In order", None),
        (3, "Paper burns.", "True or false", "In order", None),
        (5, "Tell!", None, "Refused", "This is an essay: it belongs to assignments, where a trainer reads it."),
    ]


def test_reasons_are_in_the_language_of_the_page_on_which_it_was_asked(acting, people, pool):
    User.objects.filter(pk=people["trainer"].pk).update(language="uz")
    UserProfile.objects.filter(user=people["trainer"]).update(preferred_language="ru")
    give(acting("trainer"), pool, f"[html]{'<b>' * 60}x{{T}}")

    assert jobs.rows_of(Job.objects.get())[0]["notes"] == [
        "В тексте слишком много вложенных частей. Вставьте его без форматирования."
    ]


def test_the_lists_lead_to_import_and_export(acting, pool):
    pools = acting("trainer").get("/cms/question-pools/").text

    assert f"{IMPORT}?pool={pool.pk}" in pools
    assert f"/cms/question-export/{pool.pk}/gift/" in pools and f"/cms/question-export/{pool.pk}/moodle-xml/" in pools
    assert IMPORT in acting("trainer").get("/cms/questions/").text
    assert acting("trainer").get(f"{IMPORT}?pool={pool.pk}").context["form"]["pool"].value() == str(pool.pk)


def test_an_export_is_a_file(acting, pool):
    making.question(pool)

    response = acting("trainer").get(f"/cms/question-export/{pool.pk}/moodle-xml/")

    assert response["Content-Disposition"] == 'attachment; filename="of-trainer.xml"'
    assert response.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>')


def test_what_gift_cannot_hold_is_named_before_and_in_the_file(acting, pool):
    making.question(pool)
    making.question(pool, kind="cloze", content=making.CLOZE)
    Question.objects.filter(current__kind="cloze").update(note="Two <gaps>")
    address = f"/cms/question-export/{pool.pk}/gift/"

    told = acting("trainer").get(address)
    file = acting("trainer").get(f"{address}?anyway=1").content.decode()

    assert "GIFT cannot hold 1 question of this pool" in told.text and "<li>Two &lt;gaps&gt;</li>" in told.text
    assert file.count("\n}\n") == 1
    assert file.endswith("// Not in this file, because GIFT knows one gap a question: Two <gaps>\n")
    assert "Which? uz" in file


def test_gaps_and_units_in_the_preview(acting, pool):
    text = "// [unit:MB] [unit:GB = 1024]\nSize?{#5:10%}\n\nA book is {=read ~eaten} by all.\n\nA {=<b> =c*} of it."
    page = acting("trainer").get(give(acting("trainer"), pool, text).url)

    assert "<b>5 ± 10 % (MB; GB = 1024)</b>" in page.text
    assert "A book is [1] by all." in page.text
    rows = page.context["rows"]
    assert rows[1].parts == [{"text": "[1] read", "right": True}, {"text": "[1] eaten", "right": False}]
    assert rows[2].parts == [{"text": "[1] &lt;b&gt; / c*", "right": True}]


# --- Commands -------------------------------------------------------------------------------------------------------------


def command(*args, **kwargs):
    out = io.StringIO()
    call_command(*args, stdout=out, **kwargs)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(THREE)
    return path


def test_import_questions(pool, file):
    dry = command("import_questions", str(file), pool=pool.code, language="en", dry_run=True)
    assert Question.objects.count() == 0
    wet = command("import_questions", str(file), pool=pool.code, language="en")

    assert dry == wet
    assert Question.objects.count() == 2
    command("import_questions", str(file), pool=pool.code, language="en", publish=True)
    assert (Question.objects.count(), Question.objects.ready().count()) == (2, 0)


def test_import_questions_says_what_is_refused(pool, file):
    with translation.override("en"):
        told = command("import_questions", str(file), pool=pool.code, language="en")

    assert told.splitlines() == [
        "5: Refused: 'Tell!': This is an essay: it belongs to assignments, where a trainer reads it.",
        "GIFT: In order: 2, Repaired: 0, There already: 0, Refused: 1",
    ]


@pytest.mark.parametrize(("path", "code"), [("none.txt", "of-trainer"), ("a.txt", "none"), (".", "of-trainer")])
def test_import_questions_without_its_file_or_pool(pool, file, path, code):
    with pytest.raises(CommandError):
        command("import_questions", str(file.parent / path), pool=code)


def test_export_questions(pool, file, tmp_path):
    command("import_questions", str(file), pool=pool.code, language="uz")

    said = command("export_questions", pool=pool.code, format="gift")
    command("export_questions", pool=pool.code, format="moodle-xml", output=str(tmp_path / "b.xml"))

    assert said.startswith("::Desk::[html]Where?{\n=[html]desk\n~[html]roof\n}\n")
    assert Path(tmp_path / "b.xml").read_text().count("<question ") == 2
    with pytest.raises(CommandError):
        command("export_questions", pool="none", format="gift")


def test_export_questions_says_what_is_left_out(pool):
    making.question(pool, kind="cloze", content=making.CLOZE)
    heard = io.StringIO()

    command("export_questions", pool=pool.code, format="gift", stderr=heard)
    command("export_questions", pool=pool.code, format="moodle-xml", stderr=heard)

    assert heard.getvalue().splitlines() == [
        "not in the file: made for a test",
        "1 questions have several gaps, which gift cannot hold; moodle-xml can",
    ]
