"""A course's translation as a PO file, out and back in."""

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from wagtail.models import Locale
from wagtail_localize.models import Translation
from wagtail_localize.operations import translate_object

from accounts.given_files import BadFile
from accounts.models import AuditEntry, Job, Role
from accounts.roles import grant
from cms import teams
from cms.models import LessonPage, ModulePage, QuizDraw, QuizPage
from cms.translating import po
from courses import questions
from courses.models import Question
from seminars.models import Seminar
from tests import making
from tests.cms.test_translation_board import block, translated
from tests.kept import kept


@kept
def world(bedrock):
    """A course with a lesson written in Russian afresh, a module that wagtail-localize translates, two questions and a seminar."""
    page = making.course()
    trainer, editor = making.person("trainer"), making.person("editor")
    grant(person=trainer, role=Role.TRAINER)
    grant(person=editor, role=Role.EDITOR)
    row = making.row(page)
    teams.join(course=row, person=trainer)
    translated(page, "Курс", code=page.code, outcome="Итог")
    module = ModulePage.objects.child_of(page).get()
    translate_object(module, [Locale.objects.get(language_code="ru")])
    lesson = LessonPage.objects.child_of(module).get()
    copy = translated(lesson, "Урок", outcome="Итог", body=[block("<p>Текст d1</p>", key="r1")])
    pool = QuizDraw.objects.get(page=QuizPage.objects.child_of(module).get()).pool
    pool.course = row
    pool.save()
    Question.objects.filter(pk__in=[question.pk for question in pool.questions.order_by("pk")[1:]]).update(retired=True)
    teams.let_in(row)
    Seminar.objects.create(code="one-1", course=row, titles={"uz": "Mavzu", "ru": "Тема"}, results={"uz": "Natija"})
    return page, module, lesson, copy, pool.questions.order_by("pk").first(), trainer, editor


@pytest.fixture
def seen(client, world):
    client.force_login(world[5])
    return client


def row(world):
    return making.row(world[0])


def exported(world):
    return polib.pofile(po.export(row(world), "ru", world[5]))


def entry(file, end):
    return next(one for one in file if one.msgctxt.endswith(end))


def judged(world, file, user=None):
    course = row(world)
    entries = po.read(str(file).encode(), course, "ru")
    return po.judge(entries, course, "ru", user or world[5])


def verdicts(world, file):
    return {(one.verdict, one.why) for one in judged(world, file) if one.verdict not in ("same", "empty")}


def take(world, file, seminars=False):
    return po.take_in(judged(world, file), course=row(world), language="ru", by=world[5], seminars=seminars)


def test_a_file_holds_every_text_once_with_a_stable_context(world):
    file = exported(world)
    contexts = [one.msgctxt for one in file]

    assert len(set(contexts)) == len(contexts)
    key = world[2].translation_key
    assert [one.msgstr for one in file if one.msgctxt.startswith(f"page/{key}")] == ["Урок", "Итог", "<p>Текст d1</p>"]
    assert entry(file, f"question/{world[4].pk}/text").msgid == "Which? uz"
    assert entry(file, "seminar/one-1/titles").msgstr == "Тема"


def test_what_was_exported_and_given_back_unchanged_changes_nothing(world):
    file = exported(world)

    assert {one.verdict for one in judged(world, file)} == {"same", "empty"}
    assert take(world, file, seminars=True) == 0
    assert not AuditEntry.objects.filter(deed="translations taken in").exists()


def test_pages_and_questions_are_taken_in_as_drafts(world):
    _page, module, _lesson, copy, question, trainer, _editor = world
    file = exported(world)
    lesson = next(one for one in file if one.msgstr == "<p>Текст d1</p>")
    lesson.msgstr = "<p>Новый текст</p>"
    segment = next(one for one in file if one.msgctxt.endswith("/segment/title"))
    segment.msgstr = "Модуль один"
    entry(file, f"question/{question.pk}/text").msgstr = "Какой?"

    assert {one.verdict for one in judged(world, file)} == {"same", "empty", "new", "changed"}
    assert making.committed(lambda: take(world, file)) == 3

    copy.refresh_from_db()
    assert (str(copy.body[0].value), copy.live, copy.has_unpublished_changes) == ("<p>Текст d1</p>", True, True)
    draft = copy.get_latest_revision_as_object()
    assert (draft.body[0].value.source, draft.title) == ("<p>Новый текст</p>", "Урок")
    russian = ModulePage.objects.get(translation_key=module.translation_key, locale__language_code="ru")
    assert (russian.get_latest_revision_as_object().title, russian.live) == ("Модуль один", False)
    newest = questions.newest(question)
    assert (newest.content["text"]["ru"], newest.published_at, question.current.content["text"]["ru"]) == (
        "Какой?", None, "Which? ru",
    )  # fmt: skip
    logged = AuditEntry.objects.get(deed="translations taken in")
    assert (logged.actor, logged.details["total"]) == (trainer, 3)


def test_a_seminar_has_no_draft_and_is_written_only_where_that_was_said(world):
    file = exported(world)
    entry(file, "seminar/one-1/titles").msgstr = "Другая тема"

    rows = judged(world, file)
    assert po.take_in(rows, course=row(world), language="ru", by=world[5], seminars=False) == 0
    assert [bool(one.why) for one in rows if one.text == "Другая тема"] == [True]  # the report says so
    assert Seminar.objects.get(code="one-1").titles["ru"] == "Тема"
    assert take(world, file, seminars=True) == 1
    assert Seminar.objects.get(code="one-1").titles == {"uz": "Mavzu", "ru": "Другая тема"}


@pytest.mark.parametrize(("change", "why"), [
    ({"msgid": "<p>Eski</p>"}, "The original has changed since the file was exported."),
    ({"flags": ["fuzzy"]}, "It is marked as fuzzy."),
    ({"msgctxt": "page/x/y"}, "There is no such text in this course."),
    ({"msgstr": "<p>" + "я" * 60_001}, "Too long: 60004 characters, at most 60000."),
    ({"msgstr": "<script>1</script>"}, "Nothing is left of it after cleaning."),
])  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_reason(world, change, why):
    file = exported(world)
    one = next(one for one in file if one.msgstr == "<p>Текст d1</p>")
    one.msgstr = "<p>Иначе</p>"
    for name, value in change.items():
        setattr(one, name, value)

    with translation.override("en"):
        assert verdicts(world, file) == {("refused", why)}
        assert take(world, file) == 0


def test_markup_that_is_not_allowed_is_taken_out_and_said(world):
    file = exported(world)
    one = next(one for one in file if one.msgstr == "<p>Текст d1</p>")
    one.msgstr = '<p onclick="x()">Иначе</p><script>1</script>'

    found = [
        (one.verdict, one.text, bool(one.why)) for one in judged(world, file) if one.verdict != "same" and one.text
    ]
    assert found == [("changed", "<p>Иначе</p>", True)]


def test_a_question_translated_in_part_is_refused_wholly(world):
    question = world[4]
    choices = [choice | {"text": {"uz": "bir"}, "why": {"uz": "x"}} for choice in making.SINGLE["choices"]]
    content = {"text": {"uz": "Qaysi?"}, "feedback": {"uz": "Chunki."}, "choices": choices}
    questions.revise(question=question, kind="single", content=content)
    file = exported(world)
    assert {one.msgstr for one in file if one.msgctxt.startswith("question/")} == {""}
    entry(file, "/text").msgstr = "Какой?"

    assert {verdict for verdict, _why in verdicts(world, file)} == {"refused"}
    for one in file:
        if one.msgctxt.startswith("question/"):
            one.msgstr = "слова"
    assert {verdict for verdict, _why in verdicts(world, file)} == {"new"}


def test_a_page_that_is_locked_or_anothers_is_refused(world):
    file = exported(world)
    next(one for one in file if one.msgstr == "<p>Текст d1</p>").msgstr = "<p>Иначе</p>"
    stranger = making.person("stranger")

    assert "refused" in {one.verdict for one in judged(world, file, stranger)}
    assert {one.verdict for one in judged(world, file, world[6])} == {"same", "empty", "changed"}
    LessonPage.objects.filter(pk=world[3].pk).update(locked=True, locked_by=world[6])
    assert {one.verdict for one in judged(world, file)} == {"same", "empty", "refused"}


def test_nothing_is_half_taken_in(world):
    file = exported(world)
    next(one for one in file if one.msgstr == "<p>Текст d1</p>").msgstr = "<p>Иначе</p>"
    entry(file, f"question/{world[4].pk}/text").msgstr = "Какой?"
    rows = judged(world, file)
    next(one for one in rows if one.text == "Какой?").holder.take = lambda texts, by: 1 / 0

    with pytest.raises(ZeroDivisionError):
        po.take_in(rows, course=row(world), language="ru", by=world[5], seminars=False)
    assert (
        LessonPage.objects.get(pk=world[3].pk).get_latest_revision_as_object().body[0].value.source == "<p>Текст d1</p>"
    )


@pytest.mark.parametrize(("spoil", "why"), [
    (lambda text, course: text.replace(str(course.key), "another"), "This file is of another course, or was not exported here."),
    (lambda text, course: text.replace("Language: ru", "Language: en"), "This file is of another language."),
    (lambda text, course: text.replace('msgid "Natija"', 'msgid "Nat"ija"', 1), "The PO file is broken in line {line}."),
    (lambda text, course: "/etc/hostname", "This is no PO file."),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_with_words(seen, world, spoil, why):
    text = spoil(po.export(row(world), "ru", world[5]), row(world))

    line = text.partition('Nat"ija')[0].count("\n") + 1

    response = give(seen, world, text.encode())
    assert response.status_code == 422
    assert why.format(line=line) in response.text, response.context["form"].errors
    assert not Job.objects.exists()


def test_a_text_with_a_line_separator_comes_back_whole(world):
    """As it is pasted from other programs; Python's splitlines() would end the line there, and the rest would be lost."""
    world[2].outcome = "Bir\u2028ikki\x85uch"
    making.publish(world[2])
    text = po.export(row(world), "ru", world[5]).replace('msgstr "Итог"', 'msgstr "Раз\u2028два\x85три"')

    assert "Bir\u2028" in text and verdicts(world, text) == {("changed", "")}
    take(world, text)
    assert LessonPage.objects.get(pk=world[3].pk).get_latest_revision_as_object().outcome == "Раз\u2028два\x85три"


@pytest.mark.parametrize(
    ("said", "taken"), [("ru_RU", True), ("ru-RU", True), ("ru", True), ("uz", False), ("rus", False)]
)
def test_a_file_saved_by_an_editor_of_po_files_may_name_a_region(world, said, taken):
    text = po.export(row(world), "ru", world[5]).replace("Language: ru", f"Language: {said}")
    data = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()

    if taken:
        assert {one.verdict for one in po.judge(po.read(data, row(world), "ru"), row(world), "ru", world[5])} == {
            "same",
            "empty",
        }
    else:
        with pytest.raises(BadFile):
            po.read(data, row(world), "ru")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: setattr(one, "msgstr", "  \n "),
        lambda one: one.flags.append("fuzzy"),
        lambda one: setattr(one, "msgstr_plural", {0: "а", 1: "б"}) or setattr(one, "msgid_plural", "x"),
        lambda one: setattr(one, "obsolete", True),
    ],
)
def test_what_programs_make_of_an_entry_does_no_harm(world, spoil):
    file = exported(world)
    text = next(one for one in file if one.msgstr == "Урок")
    spoil(text)

    assert {one.verdict for one in judged(world, file)} <= {"same", "empty"}
    assert take(world, file) == 0


def give(client, world, data):
    where = f"/teach/courses/{row(world).pk}/translations/ru/po/?lang=en"
    return client.post(where, {"file": SimpleUploadedFile("x.po", data)})


def test_a_file_that_is_too_large_is_refused(seen, world):
    assert give(seen, world, b"x" * (po.MOST_BYTES + 1)).status_code == 422


def test_the_whole_way_by_the_pages(seen, world):
    where = f"/teach/courses/{row(world).pk}/translations/ru/"
    file = polib.pofile(seen.get(where + "export.po").content.decode())
    next(one for one in file if one.msgstr == "<p>Текст d1</p>").msgstr = "<p>Иначе</p>"

    report = give(seen, world, str(file).encode()).headers["Location"]
    html = seen.get(report).text
    assert '<html lang="en">' in html and '<html lang="en">' in seen.get(f"{where}po/?lang=en").text
    assert "&lt;p&gt;Иначе&lt;/p&gt;" in html and "Take in 1 text as a draft" in html
    taken = seen.post(report).headers["Location"]
    assert seen.post(report).headers["Location"] == taken  # pressed twice
    assert "1 text is taken in" in seen.get(taken).text
    assert LessonPage.objects.get(pk=world[3].pk).get_latest_revision_as_object().body[0].value.source == "<p>Иначе</p>"
    assert Translation.objects.count() == 1
