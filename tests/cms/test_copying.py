"""Copying a course: a deep copy as drafts in every language; the original is untouched, the copy counts once it is published."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from wagtail.models import GroupPagePermission, Locale, Page

from accounts.models import AuditEntry, Library, Role
from accounts.roles import grant
from cms import copying, teams, tree
from cms.models import CoursePage, LessonPage, ModulePage, QuizPage
from courses import draws, questions
from courses.models import Activity, Course, Draw, Module, Question, QuestionPool
from tests import making
from tests.kept import kept


@kept
def original(bedrock):
    """A course in Uzbek and Russian, with a final test, a draft lesson and an alias; its pool is the course's own."""
    made = making.course(code="SEC")
    course = making.row(made)
    QuestionPool.objects.update(course=course)
    russian = Locale.objects.get(language_code="ru")
    for one in [made, *made.get_descendants().specific().order_by("path")]:
        copy = making.committed(lambda one=one: one.copy_for_translation(russian))
        copy.title = f"ru {one.title}"
        making.publish(copy)
    return made


@kept
def course(original):
    return making.row(original)


@kept
def trainer(course):
    person = making.person("trainer")
    grant(person=person, role=Role.TRAINER)
    teams.join(course=course, person=person)
    return person


def copy(course, by, **fields):
    fields = {"code": "NEW", "titles": {"uz": "Yangi", "ru": "Новый"}} | fields
    return making.committed(lambda: copying.copy_course(course=course, by=by, **fields))


def shape(tree_page):
    """(type, slug, live, title) of the pages below, in order."""
    return [
        (type(one), one.slug, one.live, one.title) for one in tree_page.get_descendants().specific().order_by("path")
    ]


def everything(course):
    """What the syllabus says of the course."""
    return [
        list(Course.objects.filter(pk=course.pk).values()),
        list(Module.objects.filter(course=course).order_by("pk").values()),
        list(Activity.objects.filter(course=course).order_by("pk").values()),
        list(Draw.objects.filter(quiz__activity__course=course).order_by("pk").values()),
    ]


def publish_all(made):
    for language in ("uz", "ru"):
        top = CoursePage.objects.get(translation_key=made.key, locale__language_code=language)
        for one in [top, *top.get_descendants().specific().order_by("path")]:
            making.publish(one.get_latest_revision_as_object())


def test_all_pages_are_copied_as_drafts_in_every_language_with_common_keys(original, course, trainer):
    made = copy(course, trainer)

    copies = {one.locale.language_code: one for one in copying.trees(made)}
    assert [(one.code, one.slug, one.title, one.live) for one in copies.values()] == [
        ("NEW", "new", "Yangi", False), ("NEW", "new", "Новый", False)
    ]  # fmt: skip
    originals = {one.locale.language_code: one for one in copying.trees(course)}
    for language, one in copies.items():
        assert shape(one) == [(kind, slug, False, title) for kind, slug, _live, title in shape(originals[language])]
    keys = [[row.translation_key for row in one.get_descendants().order_by("path")] for one in copies.values()]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0]) == 3
    assert not set(keys[0]) & set(original.get_descendants().values_list("translation_key", flat=True))
    assert list(ModulePage.objects.descendant_of(copies["uz"]).values_list("code", flat=True)) == ["NEW-1"]
    lesson = LessonPage.objects.descendant_of(copies["uz"]).first()
    assert lesson.body[0].value.source == "<p>Matn d1</p>"
    assert lesson.owner == trainer
    assert Page.find_problems() == ([], [], [], [], [])


def test_the_original_and_its_syllabus_are_untouched(original, course, trainer):
    before = everything(course)
    pages_before = list(Page.objects.descendant_of(original, inclusive=True).order_by("path").values())
    activities = Activity.objects.count()

    made = copy(course, trainer)
    tree.sync_all()

    assert everything(course) == before
    assert list(Page.objects.descendant_of(original, inclusive=True).order_by("path").values()) == pages_before
    assert Activity.objects.count() == activities  # the copy has none yet
    made.refresh_from_db()
    assert (made.code, made.archived, made.version) == ("NEW", True, 0)


def test_the_copys_syllabus_comes_to_be_when_it_is_published(original, course, trainer):
    before = everything(course)
    made = copy(course, trainer)

    publish_all(made)

    made.refresh_from_db()
    assert (made.code, made.archived, made.missing, made.titles) == ("NEW", False, [], {"uz": "Yangi", "ru": "Новый"})
    told = [(row.kind, row.titles, row.module.code) for row in made.activities.live().order_by("position")]
    assert told == [
        (row.kind, row.titles, row.module.code.replace("SEC", "NEW"))
        for row in course.activities.live().order_by("position")
    ]
    assert everything(course) == before
    learner = making.person()
    enrolment = making.enrol(learner, CoursePage.objects.get(code="NEW", locale__language_code="uz"))
    quiz = made.activities.filter(kind="quiz").first().quiz
    assert draws.draw(quiz)
    assert enrolment.course == made


def test_by_default_the_pools_are_shared(original, course, trainer):
    pools, asked = QuestionPool.objects.count(), Question.objects.count()
    made = copy(course, trainer)
    publish_all(made)

    assert (QuestionPool.objects.count(), Question.objects.count()) == (pools, asked)
    drawn = Draw.objects.filter(quiz__activity__course=made).values_list("pool__code", "count")
    assert list(drawn) == [("sec-1", 2)]


def test_copied_pools_have_the_questions_with_their_current_versions(original, course, trainer):
    pool = QuestionPool.objects.get(code="sec-1")
    first, second, third, _fourth = pool.questions.order_by("pk")
    changed = {**making.SINGLE, "text": making.words("Changed?")}
    questions.revise(question=first, kind="single", content=changed)
    questions.publish(question=first)
    questions.revise(question=first, kind="single", content={**changed, "feedback": {}})  # a draft: not copied
    questions.retire(question=second, by=None)
    Question.objects.filter(pk=third.pk).update(code="q3", level="hard", competence="4.2", lesson=2)
    third.tags.add("parol")
    before = [list(Question.objects.values()), list(pool.questions.model.current.field.related_model.objects.values())]

    made = copy(course, trainer, copy_pools=True)
    publish_all(made)

    copied = QuestionPool.objects.get(course=made, code="new-1")
    rows = list(copied.questions.select_related("current").order_by("pk"))
    assert [row.current.content["text"]["en"] for row in rows] == ["Changed? en", "Which? en", "Which? en"]
    assert [(row.code, row.level, row.competence, row.lesson, list(row.tags.names())) for row in rows][1] == (
        None, "hard", "4.2", 2, ["parol"]
    )  # fmt: skip
    assert {(row.current.number, row.versions.count(), row.current.published_by) for row in rows} == {(1, 1, trainer)}
    drawn = Draw.objects.filter(quiz__activity__course=made).values_list("pool__code", flat=True)
    assert list(drawn) == ["new-1"]
    olds = {row["id"]: row for row in Question.objects.values()}
    assert [olds[row["id"]] for row in before[0]] == before[0]
    for quiz in QuizPage.objects.filter(draws__pool=copied):  # the newest draft says so too
        assert quiz.get_latest_revision_as_object().draws.first().pool == copied


def test_drafts_are_copied_with_their_newest_words_and_unpublished_changes_are_not(original, course, trainer):
    live = LessonPage.objects.descendant_of(original).first()
    live.title = "Hali nashr etilmagan"
    live.save_revision()
    module = ModulePage.objects.descendant_of(original).first()
    draft = Page.objects.get(pk=module.pk).add_child(
        instance=LessonPage(title="Eski", slug="qoralama", outcome="x", body=[], live=False, locale=original.locale)
    )
    draft.title = "Yangi qoralama"
    draft.save_revision()

    made = copying.trees(copy(course, trainer))[0]

    copies = {one.slug: one for one in LessonPage.objects.descendant_of(made)}
    assert copies["qoralama"].title == "Yangi qoralama"
    assert copies["qoralama"].get_latest_revision_as_object().title == "Yangi qoralama"
    assert "Hali nashr etilmagan" not in [one.title for one in copies.values()]


def test_an_alias_was_no_step_and_is_not_copied(original, course, trainer):
    lesson = LessonPage.objects.descendant_of(original).get()
    making.committed(lambda: lesson.create_alias(update_slug="taxallus"))

    made = copying.trees(copy(course, trainer))[0]

    assert not made.get_descendants().filter(slug="taxallus").exists()
    assert made.get_descendants().count() == 3
    assert Page.find_problems() == ([], [], [], [], [])


def test_who_copies_is_its_trainer_and_its_team_writes_in_it_at_once(client, original, course, trainer):
    made = copy(course, trainer, copy_pools=True)

    assert list(made.trainers.values_list("person", flat=True)) == [trainer.pk]
    group = Group.objects.get(name="Course team NEW")
    assert set(GroupPagePermission.objects.filter(group=group).values_list("page", "permission__codename")) == {
        (one.pk, codename) for one in copying.trees(made) for codename in ("add_page", "change_page")
    }
    assert group in trainer.groups.all()
    client.force_login(trainer)
    lesson = LessonPage.objects.descendant_of(copying.trees(made)[0]).first()
    assert client.get(f"/cms/pages/{lesson.pk}/edit/").status_code == 200
    assert questions.pools_of(trainer).filter(course=made).count() == 1
    (entry,) = AuditEntry.objects.filter(deed="course copied")
    assert (entry.actor, entry.subject, entry.details["source"]) == (trainer, f"course {made.pk}", course.pk)


def test_a_colleague_of_the_original_has_nothing_to_do_with_the_copy(original, course, trainer):
    colleague = making.person("colleague")
    grant(person=colleague, role=Role.TRAINER)
    teams.join(course=course, person=colleague)

    made = copy(course, trainer)

    assert not copying.trees(made)[0].permissions_for_user(colleague).can_edit()
    assert made not in questions.courses_of(colleague)


def everything_there():
    return [model.objects.count() for model in (Page, Course, QuestionPool, Question, Group, AuditEntry)]


def test_a_code_that_is_taken_copies_nothing(original, course, trainer):
    before = everything_there()
    for code in ("SEC", "sec", "Sec"):
        with pytest.raises(copying.CodeTaken):
            copy(course, trainer, code=code)
    assert everything_there() == before


def test_a_copy_that_fails_on_the_way_leaves_nothing(original, course, trainer):
    before = everything_there()
    with pytest.raises(ValidationError):  # the Uzbek tree is copied by then
        copying.copy_course(
            course=course, code="NEW", titles={"uz": "Yangi", "ru": "x" * 300}, by=trainer, copy_pools=True
        )
    assert everything_there() == before
    assert Page.find_problems() == ([], [], [], [], [])


def test_a_copy_is_copied_no_earlier_than_it_is_published(original, course, trainer):
    made = copy(course, trainer)
    assert list(copying.may_copy(trainer)) == [course]
    publish_all(made)
    assert set(copying.may_copy(trainer)) == {course, made}


# --- The page ------------------------------------------------------------------------------------------------------------


FIELDS = {"code": "NEW", "title_uz": "Yangi", "title_ru": "Новый", "pools": "shared"}


def test_the_button_copies_and_leads_to_the_copy(client, original, course, trainer):
    client.force_login(trainer)
    form = client.get(f"/teach/courses/{course.pk}/copy/").context["form"]
    assert list(form.fields) == ["code", "title_uz", "title_ru", "pools"]

    response = making.committed(lambda: client.post(f"/teach/courses/{course.pk}/copy/", FIELDS))

    made = CoursePage.objects.get(code="NEW", locale__language_code="uz")
    assert response["Location"] == f"/cms/pages/{made.pk}/"
    assert client.get(response["Location"]).status_code == 200
    again = client.post(f"/teach/courses/{course.pk}/copy/", FIELDS)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["code"])
    assert CoursePage.objects.filter(code="NEW").count() == 2


def test_what_cannot_be_copies_nothing(client, original, course, trainer):
    client.force_login(trainer)
    for name, value in {"code": "", "title_uz": " ", "title_ru": "x" * 256, "pools": "burnt"}.items():
        response = client.post(f"/teach/courses/{course.pk}/copy/", FIELDS | {name: value})
        assert (response.status_code, list(response.context["form"].errors)) == (422, [name])
    for code in ("a b", "x" * 21, "sec", "<b>"):
        response = client.post(f"/teach/courses/{course.pk}/copy/", FIELDS | {"code": code})
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["code"])
    assert Course.objects.count() == 1


def test_the_admins_own_button_leads_there(client, original, course):
    editor = making.person("editor")
    grant(person=editor, role=Role.EDITOR)
    client.force_login(editor)
    lesson = LessonPage.objects.descendant_of(original).get()

    assert client.get(f"/cms/pages/{original.pk}/copy/")["Location"] == f"/teach/courses/{course.pk}/copy/"
    assert client.get(f"/cms/pages/{lesson.pk}/copy/").status_code == 200
    assert "/teach/reports/" in client.get("/cms/").text  # the menu


ROLES = {
    "nobody": 302,
    "learner": 404,
    "own": 200,
    "other": 404,
    "editor": 200,
    "hr": 404,
    "director": 404,
    "administrator": 200,
}


def test_who_may_copy(client, original, course, trainer):
    told = {}
    for who in ROLES:
        person = trainer if who == "own" else making.person(who)
        if who in ("hr", "director"):
            there = Library.objects.filter(code="sam").first()
            grant(person=person, role=who, library=there or Library.add_root(code="sam", titles={}, level="region"))
        elif who in Role.values or who == "other":
            grant(person=person, role=Role.TRAINER if who == "other" else who)
        client.logout()
        if who != "nobody":
            client.force_login(person)
        address = f"/teach/courses/{course.pk}/copy/"
        told[who] = client.get(address).status_code
        assert client.post(address).status_code == (422 if told[who] == 200 else told[who])
    assert told == ROLES
    assert Course.objects.count() == 1
