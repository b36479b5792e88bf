"""The translation board: what is translated, what has changed since, both side by side."""

import pytest
from django.utils import timezone
from wagtail.models import Locale, ModelLogEntry, Page, PageLogEntry
from wagtail_localize.models import Translation
from wagtail_localize.operations import translate_object

from accounts.models import AuditEntry, Role
from accounts.roles import grant
from cms import teams
from cms.models import LessonPage, ModulePage, QuizDraw, QuizPage
from cms.translating import board, texts
from courses import questions
from courses.models import Question
from courses.translations import fingerprint
from seminars.models import Seminar
from tests import making
from tests.kept import kept


def block(text, kind="text", key="b1"):
    return {"type": kind, "value": text, "id": key}


def translated(page, title, **fields):
    """A page in Russian made as the curriculum's files make it: of its own, with the source's key."""
    russian = Locale.objects.get(language_code="ru")
    parent = type(page.get_parent().specific).objects.filter(translation_key=page.get_parent().translation_key)
    fields = {"slug": page.slug, "translation_key": page.translation_key, **fields}
    return making.add(parent.get(locale=russian), type(page)(title=title, **fields))


@kept
def world(bedrock):
    """A course of one module with a lesson, a test of two questions and a seminar; all but the test in Russian too."""
    page = making.course()
    trainer, stranger, editor = (making.person(name) for name in ("trainer", "stranger", "editor"))
    for person in (trainer, stranger):
        grant(person=person, role=Role.TRAINER)
    grant(person=editor, role=Role.EDITOR)
    row = making.row(page)
    teams.join(course=row, person=trainer)
    russian = translated(page, "Курс", code=page.code, outcome="Итог")
    module = ModulePage.objects.child_of(page).get()
    translated(module, "Модуль")
    lesson = LessonPage.objects.child_of(module).get()
    copy = translated(lesson, "Урок", outcome="Итог", body=[block("<p>Текст d1</p>", key="r1")])
    test = QuizPage.objects.child_of(module).get()
    pool = QuizDraw.objects.get(page=test).pool
    pool.course = row
    pool.save()
    Question.objects.filter(pk__in=[question.pk for question in pool.questions.order_by("pk")[2:]]).update(retired=True)
    seminar = Seminar.objects.create(
        code="one-1",
        course=row,
        module=row.modules.get(),
        titles={"uz": "Mavzu", "ru": "Тема"},
        results={"uz": "Natija"},
    )
    return page, lesson, copy, test, seminar, trainer, stranger, editor, russian


@pytest.fixture
def seen(client, world):
    client.force_login(world[5])
    return client


def row(world):
    return making.row(world[0])


def address(world, tail=""):
    return f"/teach/courses/{row(world).pk}/translations/{tail}"


def states(world, language="ru"):
    rows, _counts = board.read(row(world), world[5])
    return [(r.kind, next(c.state for c in r.cells if c.language == language)) for r in rows]


IN_STEP = [
    ("coursepage", "translated"), ("modulepage", "translated"), ("lessonpage", "translated"), ("quizpage", "missing"),
    ("question", "translated"), ("question", "translated"), ("seminar", "translated"),
]  # fmt: skip


def rewrite(lesson, text="<p>Boshqa matn d1</p>", **fields):
    for name, value in fields.items():
        setattr(lesson, name, value)
    lesson.body = [block(text, key=lesson.body[0].id)]
    return making.publish(lesson)


# --- What the board says ------------------------------------------------------------------------------------------------


def test_the_board_follows_the_course_and_counts(world):
    rows, counts = board.read(row(world), world[5])

    assert states(world) == IN_STEP
    ru, en = counts["ru"], counts["en"]
    assert (ru.total, ru.translated, ru.changed, ru.draft, ru.missing) == (7, 6, 0, 0, 1)
    assert (en.total, en.translated, en.missing) == (7, 2, 5)  # the questions
    assert [cell.language for cell in rows[0].cells] == ["uz", "ru", "en"]


def test_a_source_published_with_other_words_makes_the_translation_changed_since(world):
    rewrite(world[1])

    assert [pair for pair in states(world) if pair[0] == "lessonpage"] == [("lessonpage", "changed")]
    making.publish(world[2])  # the same words once more: whoever publishes it has looked
    changed = world[2]
    changed.title = "Урок один"
    making.publish(changed)
    assert states(world) == IN_STEP


def test_rules_drafts_and_the_same_words_are_no_change(world):
    lesson = world[1]
    lesson.minutes = 33
    making.publish(lesson)
    lesson.title = "Qoralama"
    lesson.save_revision()

    assert states(world) == IN_STEP
    rows, _counts = board.read(row(world), world[5])
    assert [cell.more for cell in rows[2].cells] == [True, False, False]


def test_a_translation_that_is_not_live_is_a_draft(world):
    world[2].unpublish()

    assert [pair for pair in states(world) if pair[0] == "lessonpage"] == [("lessonpage", "draft")]


def test_where_wagtail_localize_holds_it_publishing_alone_puts_nothing_in_step(world):
    page, english = world[0], Locale.objects.get(language_code="en")
    translate_object(page, [english])
    held = Translation.objects.get(target_locale=english)
    making.committed(lambda: held.save_target(publish=True))
    assert states(world, "en")[0] == ("coursepage", "translated")

    page.title = "Boshqa nom"
    making.publish(page)
    making.committed(lambda: held.save_target(publish=True))  # with the texts of before
    assert states(world, "en")[0] == ("coursepage", "changed")

    held.source.update_from_db()
    making.committed(lambda: held.save_target(publish=True))
    assert states(world, "en")[0] == ("coursepage", "translated")


def test_a_translation_published_before_its_source_speaks_for_the_draft_of_that_time(world):
    module = ModulePage.objects.child_of(world[0]).get()
    draft = LessonPage(
        title="Yangi", slug="yangi", outcome="Natija", body=[block("<p>a</p>")], live=False, locale=module.locale
    )
    lesson = Page.objects.get(pk=module.pk).add_child(instance=draft)
    lesson.save_revision()
    translated(lesson, "Новый", outcome="Итог", body=[block("<p>а</p>")])

    making.publish(lesson)
    assert states(world)[6] == ("lessonpage", "translated")
    rewrite(lesson)
    assert states(world)[6] == ("lessonpage", "changed")


def test_a_question_and_a_seminar_tell_it_too(world):
    question = Question.objects.filter(retired=False, pool__course=row(world)).first()
    content = making.SINGLE | {"text": making.SINGLE["text"] | {"uz": "Qaysi biri?"}}
    questions.revise(question=question, kind="single", content=content, by=world[5])
    questions.publish(question=question)

    assert [state for kind, state in states(world) if kind == "question"] == ["changed", "translated"]


# --- Side by side, and «in step» ----------------------------------------------------------------------------------------


def test_side_by_side_shows_both_and_marks_the_words_that_changed(seen, world):
    rewrite(world[1])

    html = seen.get(address(world, f"ru/page/{world[1].pk}/")).text

    assert "<del>Matn </del>" in html.replace("\n", "") and "<ins>Boshqa matn </ins>" in html
    assert "Текст d1" in html and "Урок" in html
    assert "1 place is marked" in seen.get(address(world, f"ru/page/{world[1].pk}/?lang=en")).text


def test_marked_as_in_step_is_kept_and_logged_until_the_source_changes_again(seen, world):
    lesson = rewrite(world[1])
    where = address(world, f"ru/page/{lesson.pk}/")
    assert seen.post(where, {"seen": "1"}).status_code == 409  # looked at something older
    assert [pair for pair in states(world) if pair[0] == "lessonpage"] == [("lessonpage", "changed")]

    assert seen.post(where, {"seen": lesson.live_revision_id}).status_code == 302

    assert states(world) == IN_STEP
    entry = PageLogEntry.objects.get(action="saboq.translation_in_step")
    assert (entry.page_id, entry.user, entry.data) == (
        world[2].pk,
        world[5],
        {"source_revision": lesson.live_revision_id},
    )
    logged = AuditEntry.objects.get(deed="translation found in step")
    assert (logged.actor, logged.subject) == (world[5], f"page {world[2].pk}")
    rewrite(lesson, "<p>Uchinchi matn</p>")
    assert [pair for pair in states(world) if pair[0] == "lessonpage"] == [("lessonpage", "changed")]


def test_a_question_is_marked_in_step_by_its_own_note(seen, world):
    question = Question.objects.filter(retired=False, pool__course=row(world)).first()
    content = making.SINGLE | {"text": making.SINGLE["text"] | {"uz": "Qaysi biri?"}}
    questions.revise(question=question, kind="single", content=content, by=world[5])
    questions.publish(question=question)
    where = address(world, f"ru/question/{question.pk}/")
    html = seen.get(where).text
    assert "<del>Which? uz</del>" in html and "<ins>Qaysi biri?</ins>" in html

    newest = questions.newest(question)
    assert seen.post(where, {"seen": newest.translated_of["uz"]}).status_code == 302
    assert states(world) == IN_STEP
    assert questions.newest(question).translated_of["en"] != newest.translated_of["uz"]  # English was not looked at


def test_a_seminar_changed_in_its_form_is_changed_since_and_marked_in_step(seen, world):
    seminar = world[4]
    data = {
        "title_uz": "Yangi mavzu", "title_ru": "Тема", "code": "one-1", "course": seminar.course_id, "module": seminar.module_id,
        "planned_hours": "2", "result_uz": "Natija", "materials-count": "0",
    }  # fmt: skip
    assert seen.post(f"/cms/seminar-topics/edit/{seminar.pk}/", data).status_code == 302
    assert states(world)[-1] == ("seminar", "changed")

    where = address(world, f"ru/seminar/{seminar.pk}/")
    html = seen.get(where).text
    assert "<del>Mavzu</del>" in html and "<ins>Yangi mavzu</ins>" in html
    now = ModelLogEntry.objects.get(action="saboq.seminar_words").data["translated_of"]["uz"]
    assert now == fingerprint([["/results", "Natija"], ["/titles", "Yangi mavzu"]])
    assert seen.post(where, {"seen": now}).status_code == 302
    assert states(world) == IN_STEP


# --- Who, which, what it costs ------------------------------------------------------------------------------------------


def test_only_who_writes_in_the_course_sees_its_board(client, world):
    found = {}
    for name, person in (
        ("trainer", world[5]),
        ("stranger", world[6]),
        ("editor", world[7]),
        ("learner", making.person()),
    ):
        client.force_login(person)
        found[name] = [
            client.get(where).status_code
            for where in (
                address(world),
                address(world, f"ru/page/{world[1].pk}/"),
                address(world, f"ru/page/{world[3].pk}/"),
            )
        ]

    assert found == {
        "trainer": [200, 200, 404], "editor": [200, 200, 404], "stranger": [404, 404, 404], "learner": [404, 404, 404],
    }  # fmt: skip


def test_a_page_of_another_course_is_not_found_here(seen, world):
    other = making.course()

    assert seen.get(address(world, f"ru/page/{other.pk}/")).status_code == 404


def test_a_filter_in_the_address_leaves_what_is_to_be_done(seen, world):
    rewrite(world[1])

    html = seen.get(address(world, "?language=ru&todo=on&lang=en")).text
    assert html.count('<th scope="row"') == 2  # the lesson that changed, the test that is missing
    assert "6 of 7 translated, changed since: 1, missing: 1" in " ".join(html.split())
    assert seen.get(address(world, "?language=xx")).status_code == 404


def test_an_editor_begins_a_missing_translation_a_trainer_is_told_who_does(client, seen, world):
    begin = f"/cms/localize/submit/page/{world[3].pk}/"
    assert begin not in seen.get(address(world)).text
    client.force_login(world[7])
    assert begin in client.get(address(world)).text


def test_a_big_course_costs_no_more_queries(seen, base, world, django_assert_num_queries):
    """15 lessons, 60 questions, three languages; some of it changed since."""
    page = making.course(modules=5, lessons=3)
    below = list(Page.objects.descendant_of(page, inclusive=True).order_by("path").specific())
    for code in ("ru", "en"):
        for one in below:
            one.copy_for_translation(Locale.objects.get(language_code=code))
    copies = Page.objects.filter(translation_key__in=[one.translation_key for one in below]).exclude(live=True)
    copies.update(live=True, last_published_at=timezone.now())  # 52 publishings would take seconds
    for lesson in LessonPage.objects.descendant_of(page)[:2]:
        rewrite(lesson)
    teams.join(course=making.row(page), person=world[5])
    for draw in QuizDraw.objects.filter(page__path__startswith=page.path).select_related("pool"):
        for _ in range(8):
            question = making.question(draw.pool)
    newer = making.SINGLE | {"text": making.SINGLE["text"] | {"uz": "Qaysi biri?"}}
    questions.revise(question=question, kind="single", content=newer)
    where = f"/teach/courses/{making.row(page).pk}/translations/"
    seen.get(where)

    with django_assert_num_queries(15):
        html = seen.get(where).text
    assert html.count('<th scope="row"') == 1 + 5 + 15 + 5 + 60


# --- Texts, pure --------------------------------------------------------------------------------------------------------


def test_blocks_written_afresh_stand_beside_those_of_their_kind():
    def parts(*blocks):
        return texts.parts_of({"body": [block(text, kind, key) for kind, key, text in blocks]})

    source = parts(("text", "a", "bir"), ("deeper", "b", "ikki"), ("text", "c", "uch"))
    other = parts(("text", "x", "раз"), ("text", "y", "три"))
    made = [(one and one.texts[0][1], two and two.texts[0][1]) for one, two in texts.beside(source, other)]

    assert made == [("bir", "раз"), ("ikki", None), ("uch", "три")]


def test_what_holds_no_words_is_left_out():
    value = {
        "drawing": "7",
        "level": "h2",
        "text": "a",
        "steps": [{"type": "item", "id": "x", "value": {"what": "b", "right": True}}],
    }

    assert list(texts.walk(value)) == [("text", "a"), ("steps/0/what", "b")]
