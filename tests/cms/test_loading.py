"""load_curriculum: everything or nothing; twice is once; what a trainer has edited since is left alone."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from cms.loading import load
from cms.models import CoursePage, LessonPage, LoadedItem, QuizPage
from courses.models import Activity, Course, Question, QuestionPool, QuestionVersion
from seminars.models import Seminar
from tests import making
from tests.kept import kept

SAMPLE = Path(__file__).parent.parent.parent / "curriculum"


@pytest.fixture
def folder(tmp_path):
    """The curriculum's first module alone."""
    return laid_out(tmp_path / "curriculum")


@kept
def loaded(bedrock, tmp_path_factory):
    """What `folder` holds is loaded already."""
    run(laid_out(tmp_path_factory.mktemp("loaded") / "curriculum"))


def laid_out(target):
    shutil.copytree(SAMPLE / "sec" / "1-accounts", target / "sec" / "1-accounts")
    for name in ("glossary.csv", "figures.css"):
        shutil.copy(SAMPLE / name, target / name)
    course = (SAMPLE / "sec" / "course.yaml").read_text(encoding="utf-8")
    lines = ["modules: [1-accounts]" if line.startswith("modules:") else line for line in course.splitlines()]
    (target / "sec" / "course.yaml").write_text("\n".join(lines), encoding="utf-8")
    return target


def run(folder):
    return making.committed(lambda: load(folder))


def counts():
    return [model.objects.count() for model in (Page, Question, QuestionVersion, Seminar, Activity, LoadedItem)]


def test_a_module_becomes_pages_questions_and_a_seminar(loaded, folder):
    course = Course.objects.get(code="SEC")
    assert course.missing == []
    assert [row.kind for row in course.activities.live().order_by("position")] == [
        "lesson",
        "lesson",
        "lesson",
        "quiz",
        "assignment",
        "quiz",
    ]
    assert course.activities.get(position=1).addresses == {
        code: f"/{code}/kurslar/sec/1-accounts/1-passwords/" for code in ("uz", "ru", "en")
    }
    assert [draw.count for draw in course.activities.get(kind="quiz", position=4).quiz.draws.all()] == [8]
    assert Question.objects.ready().filter(pool__code="SEC-1").count() == 12
    assert Seminar.objects.get().planned_hours == 2
    assert Seminar.objects.get().module.code == "SEC-1"


def final_test():
    return Course.objects.get(code="SEC").activities.live().get(kind="quiz", module=None)


def test_the_final_test_is_drawn_over_the_pools_of_the_course(loaded, folder):
    final, course = final_test(), Course.objects.get(code="SEC")
    assert final.titles == {"uz": "Yakuniy test", "ru": "Итоговый тест", "en": "Final test"}
    assert final.addresses["ru"] == "/ru/kurslar/sec/yakuniy-test/"
    assert final.position == 6
    rules = final.quiz
    assert (rules.pass_mark, rules.attempts, rules.wait_hours, rules.time_limit) == (70, 2, 24, 60)
    assert (rules.penalty, rules.one_page, rules.invigilated, rules.shows) == (0, False, False, "when_done")
    assert [(draw.pool.code, draw.count) for draw in rules.draws.all()] == [("SEC-1", 6)]
    assert course.hours == course.modules.get().hours + 1


def test_the_final_tests_rules_stand_in_the_file_of_the_course(loaded, folder):
    path = folder / "sec" / "course.yaml"
    text = path.read_text(encoding="utf-8")
    more = "{draw_per_module: 5, pass_mark: 80, hours: 2, attempts: 1, wait_hours: 0, time_limit: 45}"
    path.write_text(re.sub(r"(?m)^final_test: .*$", f"final_test: {more}", text), encoding="utf-8")

    report = run(folder)

    rules = final_test().quiz
    assert (rules.pass_mark, rules.attempts, rules.wait_hours, rules.time_limit) == (80, 1, 0, 45)
    assert [draw.count for draw in rules.draws.all()] == [5]
    assert Course.objects.get(code="SEC").hours == Course.objects.get(code="SEC").modules.get().hours + 2
    assert (report.made, report.changed, report.left) == (0, 6, [])  # course and final test, in three languages


def test_a_final_test_that_a_trainer_has_changed_stays_so(loaded, folder):
    page = QuizPage.objects.get(slug="yakuniy-test", locale__language_code="uz")
    page.invigilated, page.pass_mark = True, 85
    making.publish(page)

    report = run(folder)

    assert (final_test().quiz.invigilated, final_test().quiz.pass_mark) == (True, 85)
    assert (report.made, report.changed) == (0, 0)
    assert report.left == ["sec/final-test uz: edited since"]


def test_loading_twice_changes_nothing(loaded, folder):
    before, version = counts(), list(LessonPage.objects.order_by("pk").values_list("pk", "latest_revision"))

    report = run(folder)

    assert (counts(), list(LessonPage.objects.order_by("pk").values_list("pk", "latest_revision"))) == (before, version)
    assert (report.made, report.changed) == (0, 0)


def test_a_changed_file_changes_its_page_alone(loaded, folder):
    path = folder / "sec" / "1-accounts" / "1-passwords" / "uz.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("title: Parol va parol menejeri", "title: Parollar"), encoding="utf-8"
    )

    report = run(folder)

    assert (report.made, report.changed) == (0, 1)
    assert Activity.objects.get(position=1).titles["uz"] == "Parollar"


def test_what_a_trainer_has_edited_since_is_left_alone(loaded, folder):
    page = LessonPage.objects.get(slug="1-passwords", locale__language_code="uz")
    page.title = "Trener yozgan"
    making.committed(lambda: page.save_revision())  # a draft is enough
    question = Question.objects.get(code="sec1-q01")
    from courses.questions import revise

    revise(
        question=question,
        kind="single",
        content={**question.current.content, "feedback": {"uz": "Trenerniki"}},
        by=making.person(),
    )
    for name, old, new in (
        ("1-passwords/uz.md", "title: Parol va", "title: Yangi"),
        ("quiz.yaml", "Qaysi parolni", "Qanday parolni"),
    ):
        path = folder / "sec" / "1-accounts" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    report = run(folder)

    page.refresh_from_db()
    assert page.get_latest_revision_as_object().title == "Trener yozgan"
    assert sorted(report.left) == ["sec/1-accounts/1-passwords uz: edited since", "sec1-q01: edited since"]
    assert question.versions.order_by("-number").first().content["feedback"] == {"uz": "Trenerniki"}


def rewrite(folder, name, old, new):
    path = folder / "sec" / "1-accounts" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_question_whose_uzbek_alone_changed_in_the_files_is_not_stale_and_is_found_by_its_new_words(loaded, folder):
    rewrite(folder, "quiz.yaml", "Qaysi parolni", "Qanaqa parolni")

    run(folder)

    question = Question.objects.get(code="sec1-q01")
    assert "qanaqa parolni" in question.folded
    assert len(set(question.current.translated_of.values())) == 1 < len(question.current.translated_of)


def test_a_question_that_was_moved_and_a_pool_that_was_renamed_stay_so(loaded, folder):
    moved, pool = Question.objects.get(code="sec1-q01"), QuestionPool.objects.get(code="SEC-1")
    moved.pool, moved.level = QuestionPool.objects.create(code="other", titles={"uz": "Boshqa"}), "hard"
    moved.save()
    pool.code, pool.titles = "PAROLLAR", {"uz": "Trenerniki"}
    pool.save()
    before = counts()

    report = run(folder)

    moved.refresh_from_db()
    pool.refresh_from_db()
    assert (moved.pool.code, moved.level) == ("other", "hard")
    assert (pool.code, pool.titles, pool.questions.count()) == ("PAROLLAR", {"uz": "Trenerniki"}, 11)
    assert sorted(report.left) == ["SEC-1: edited since", "sec1-q01: edited since"]
    assert counts() == before


def test_a_seminar_that_was_edited_is_left_alone_and_an_untouched_one_is_renewed(loaded, folder):
    seminar = Seminar.objects.get()
    rewrite(folder, "seminar.yaml", seminar.titles["uz"], "Yangi nom")
    run(folder)
    seminar.refresh_from_db()
    assert seminar.titles["uz"] == "Yangi nom"

    seminar.titles = seminar.titles | {"uz": "Trenerniki"}
    seminar.save()
    rewrite(folder, "seminar.yaml", "Yangi nom", "Yana yangi nom")
    report = run(folder)

    seminar.refresh_from_db()
    assert seminar.titles["uz"] == "Trenerniki"
    assert report.left == [f"{seminar.code}: edited since"]


def test_a_seminar_that_was_there_before_the_files_is_not_taken_over(base, folder):
    made = Seminar.objects.create(code="sec1-seminar", titles={"uz": "Oʻzimniki"}, planned_hours=9)
    code = next(
        line for line in (folder / "sec/1-accounts/seminar.yaml").read_text().splitlines() if line.startswith("id:")
    )
    Seminar.objects.filter(pk=made.pk).update(code=code.removeprefix("id:").strip())

    run(folder)

    made.refresh_from_db()
    assert (made.titles, made.planned_hours) == ({"uz": "Oʻzimniki"}, 9)


def test_the_order_into_which_somebody_has_dragged_the_lessons_stays(loaded, folder):
    first = LessonPage.objects.get(slug="1-passwords", locale__language_code="uz")
    third = LessonPage.objects.get(slug="3-shared-accounts", locale__language_code="uz")
    making.committed(lambda: third.move(Page.objects.get(pk=first.pk), pos="left"))
    making.committed(lambda: LessonPage.objects.get(slug="2-two-step", locale__language_code="uz").delete())

    run(folder)

    steps = Course.objects.get(code="SEC").activities.live().order_by("position")
    assert [row.addresses["uz"].split("/")[-2] for row in steps][:2] == ["3-shared-accounts", "1-passwords"]


def test_what_an_editor_has_unpublished_does_not_go_live_again(loaded, folder):
    page = LessonPage.objects.get(slug="1-passwords", locale__language_code="uz")
    making.committed(page.unpublish)
    rewrite(folder, "1-passwords/uz.md", "title: Parol va", "title: Yangi")

    report = run(folder)

    page.refresh_from_db()
    assert page.live is False
    assert report.left == ["sec/1-accounts/1-passwords uz: edited since"]


BROKEN = {
    "lesson": ("1-passwords/uz.md", b"\xff\xfe"), "no text at all": ("1-passwords/uz.md", b""), "quiz": ("quiz.yaml", b"questions: ["),
    "quiz in another script": ("quiz.yaml", "савол".encode("cp1251")), "seminar": ("seminar.yaml", b"id: x\n  y: ]"),
    "assignment": ("assignment.yaml", b"- a\nb: c"), "module": ("module.yaml", b"\t"),
    "course": ("../course.yaml", b"key: sec\nmodules: {"), "glossary": ("../../glossary.csv", b"a;b\nc"),
    "a term without a key": ("../../glossary.csv", b"+,Word,Soz,Slovo,\n"),
    "a key that is none": ("../../glossary.csv", "+so z ʻ,Word,Soz,Slovo,\n".encode()),
    "a key too long": ("../../glossary.csv", b"+" + b"k" * 61 + b",Word,Soz,Slovo,\n"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_is_named_with_file_and_line_and_nothing_is_loaded(base, folder, what):
    name, content = BROKEN[what]
    path = (folder / "sec" / "1-accounts" / name).resolve()
    path.write_bytes(path.read_bytes() + content[1:] if content.startswith(b"+") else content)  # «+»: one line more
    before = counts()

    with pytest.raises(CommandError) as error:
        call_command("load_curriculum", str(folder))

    place = path.relative_to(folder.resolve()).as_posix()
    assert re.search(rf"(?m)^{re.escape(place)}:\d+: \S", str(error.value)), str(error.value)[:400]
    assert counts() == before


def test_two_courses_do_not_take_each_others_questions(base, folder):
    shutil.copytree(folder / "sec", folder / "twin")
    before = counts()

    with pytest.raises(CommandError) as error:
        call_command("load_curriculum", str(folder))

    assert "twin/course.yaml: code SEC is that of sec/course.yaml too" in str(error.value)
    assert "twin/1-accounts/quiz.yaml: question sec1-q01 is that of sec/1-accounts/quiz.yaml too" in str(error.value)
    assert counts() == before


def test_a_folder_without_a_course_is_no_curriculum(base, folder):
    with pytest.raises(CommandError, match="no folder here has a course"):
        call_command("load_curriculum", str(folder / "sec"))


def test_a_page_that_a_trainer_has_deleted_does_not_come_back(loaded, folder):
    making.committed(lambda: LessonPage.objects.get(slug="3-shared-accounts", locale__language_code="uz").delete())

    report = run(folder)

    assert "sec/1-accounts/3-shared-accounts uz: deleted" in report.left
    assert not LessonPage.objects.filter(slug="3-shared-accounts", locale__language_code="uz").exists()


def test_an_error_names_file_and_line_and_loads_nothing_half(base, folder, capsys):
    path = folder / "sec" / "1-accounts" / "2-two-step" / "uz.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("::: callout"))
    lines[number - 1] = "::: ogohlantirish Nomi"
    path.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(CommandError) as error:
        call_command("load_curriculum", str(folder))

    assert f"sec/1-accounts/2-two-step/uz.md:{number}: unknown block «ogohlantirish»" in str(error.value)
    assert not CoursePage.objects.exists()
    assert not Question.objects.exists()


def test_lessons_of_three_languages_have_their_own_words(loaded, folder, client):
    client.force_login(making.person())

    shown = {code: client.get(f"/{code}/kurslar/sec/1-accounts/1-passwords/").text for code in ("uz", "ru", "en")}

    assert "Dilnoza opa" in shown["uz"]
    assert "Дилноза Каримовна" in shown["ru"]
    assert "The five-book method" in shown["en"]
    assert all("<svg" in text and 'class="lesson-figure"' in text and ".xlsx" in text for text in shown.values())
