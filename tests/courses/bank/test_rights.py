"""Whose questions are, who publishes and retires them, what the list and the preview say."""

import pytest
from django.urls import reverse

from accounts.models import Library, Role
from accounts.roles import grant
from courses import questions
from courses.models import Question, QuestionPool
from tests import making
from tests.courses.bank.typing_in import ADD, LIST, choice, deed, draft, edit, gap, parts, single, three, typed


@pytest.fixture
def elsewhere(base):
    """A pool of another course."""
    return making.pool(code="foreign", count=1, course=making.row(making.course(quiz=False)))


# --- Whose they are -------------------------------------------------------------------------------------------------------


def test_a_trainer_sees_only_questions_and_pools_of_own_courses(as_trainer, pool, elsewhere):
    own = making.question(pool)

    page = as_trainer.get(LIST)
    assert [row.pk for row in page.context["object_list"]] == [own.pk]
    assert [row.code for row in as_trainer.get("/cms/question-pools/").context["object_list"]] == ["own"]
    assert "foreign" not in page.content.decode()
    assert [p.code for p in as_trainer.get(ADD).context["form"].fields["pool"].queryset] == ["own"]


@pytest.mark.parametrize("view", ["edit", "history", "usage", "preview_on_edit", "delete"])
def test_a_question_of_another_course_is_not_found(as_trainer, elsewhere, view):
    question = elsewhere.questions.get()

    assert as_trainer.get(reverse(f"wagtailsnippets_courses_question:{view}", args=[question.pk])).status_code in (
        302,
        404,
    )
    assert as_trainer.post(edit(question), single(elsewhere)).status_code == 404


@pytest.mark.parametrize("view", ["edit", "history", "usage"])
def test_an_own_question_opens_in_every_view(as_trainer, pool, view):
    question = making.question(pool)
    as_trainer.post(edit(question), single(pool))  # so that there is a history

    assert as_trainer.get(reverse(f"wagtailsnippets_courses_question:{view}", args=[question.pk])).status_code == 200


def test_a_question_is_not_put_into_a_foreign_pool(as_trainer, elsewhere, pool):
    response = as_trainer.post(ADD, single(elsewhere))

    assert list(response.context["form"].errors) == ["pool"]
    assert Question.objects.count() == 1


@pytest.mark.parametrize("name", ["publish", "retire", "bring-back"])
def test_a_foreign_question_is_out_of_reach_for_every_deed(as_trainer, elsewhere, name):
    question = elsewhere.questions.get()

    response = as_trainer.post(deed(name, question))

    assert response.status_code in (302, 403)
    question.refresh_from_db()
    assert question.retired is False
    assert question.note not in response.content.decode()


@pytest.mark.parametrize("role", [Role.HR, Role.DIRECTOR, None])
def test_others_never_come_here(client, pool, role):
    person = making.person("other")
    if role:
        library = Library.add_root(code="TSH", level="region", titles={"uz": "Toshkent"})
        grant(person=person, role=role, library=library)
    client.force_login(person)

    for address in (LIST, ADD, "/cms/question-pools/", edit(making.question(pool))):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR])
def test_editors_and_administrators_see_all(client, pool, elsewhere, role):
    person = making.person("all")
    grant(person=person, role=role)
    client.force_login(person)
    making.question(pool)

    assert len(client.get(LIST).context["object_list"]) == Question.objects.count() == 2


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_deletes_a_question(client, pool, editor, is_superuser):
    question = making.question(pool)
    editor.is_superuser = is_superuser
    editor.save()
    client.force_login(editor)

    client.post(reverse("wagtailsnippets_courses_question:delete", args=[question.pk]))
    client.post(deed("delete", question))

    assert Question.objects.filter(pk=question.pk).exists()


def test_a_trainer_adds_a_pool_to_an_own_course_only(as_trainer, course_page, elsewhere):
    own, foreign = making.row(course_page), elsewhere.course
    fields = {"title_uz": "Parollar", "title_ru": "", "title_en": ""}

    as_trainer.post("/cms/question-pools/add/", {"code": "yangi", "course": own.pk, **fields})
    for course in (foreign.pk, ""):
        assert (
            as_trainer.post("/cms/question-pools/add/", {"code": "boshqa", "course": course, **fields}).status_code
            == 200
        )

    made = QuestionPool.objects.get(code="yangi")
    assert (made.titles, made.course) == ({"uz": "Parollar"}, own)
    assert not QuestionPool.objects.filter(code="boshqa").exists()


# --- Publishing and retiring ----------------------------------------------------------------------------------------------


def test_a_trainer_does_not_publish_where_the_course_asks_for_a_review(as_trainer, pool):
    page = as_trainer.get(edit(draft(pool)))
    assert "action-publish" not in page.content.decode()

    response = as_trainer.post(ADD, single(pool, text=("Mana bu?", "", "")) | {"action-publish": "1"})
    assert response.context["form"]["content"].value()[0].value["text"]["uz"] == "Mana bu?"
    assert not Question.objects.filter(note="Mana bu?").exists()
    assert as_trainer.post(deed("publish", draft(pool))).status_code in (200, 302)
    assert not Question.objects.filter(current__isnull=False, pool=pool).exists()


def test_a_trainer_publishes_where_the_course_asks_for_none(as_trainer, course_page, pool, trainer):
    course_page.review_required = False
    making.publish(course_page)

    as_trainer.post(ADD, single(pool) | {"action-publish": "1"})

    question = Question.objects.get(pool=pool)
    assert question.current.published_by == trainer


def test_an_editor_publishes_and_the_course_becomes_whole(client, editor, base):
    page = making.course(quiz=False)
    pool = making.pool(code="few", count=1, course=making.row(page))
    from cms.models import ModulePage, QuizDraw, QuizPage

    quiz = QuizPage(title="Test", slug="test")
    quiz.draws = [QuizDraw(pool=pool, count=2)]
    making.add(ModulePage.objects.child_of(page).get(), quiz)
    assert [one["what"] for one in making.row(page).missing] == ["few_questions"]
    question = draft(pool)
    client.force_login(editor)

    client.post(edit(question), single(pool) | {"action-publish": "1"})

    assert making.row(page).missing == []
    question.refresh_from_db()
    assert question.current.content["text"] == {"uz": "Qaysi biri?"}


def test_an_editor_publishes_and_retires_many_at_once(client, editor, pool):
    rows = [draft(pool), draft(pool)]
    client.force_login(editor)
    assert client.get(deed("publish", *rows)).status_code == 200
    assert not Question.objects.filter(pool=pool, current__isnull=False).exists()  # asking is no doing

    client.post(deed("publish", *rows))
    assert Question.objects.ready().filter(pool=pool).count() == 2
    client.post(deed("retire", rows[0]))
    assert Question.objects.ready().filter(pool=pool).count() == 1
    client.post(deed("bring-back", rows[0]))
    assert Question.objects.ready().filter(pool=pool).count() == 2


def test_a_trainer_does_not_retire_where_a_review_is_asked_for(as_trainer, pool):
    question = making.question(pool)
    as_trainer.post(deed("retire", question))
    question.refresh_from_db()
    assert question.retired is False


# --- The list -------------------------------------------------------------------------------------------------------------


def test_the_list_says_where_each_question_stands_and_filters_by_it(client, editor, pool):
    client.force_login(editor)
    rows = {name: making.question(pool) for name in ("published", "changed", "retired")} | {"draft": draft(pool)}
    changed = {**making.SINGLE, "feedback": {}}
    questions.revise(question=rows["changed"], kind="single", content=changed)
    questions.retire(question=rows["retired"], by=editor)

    for name, row in rows.items():
        page = client.get(LIST, {"state": name, "pool": pool.pk})
        assert [found.pk for found in page.context["object_list"]] == [row.pk], name


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, editor, pool, count, django_assert_max_num_queries):
    for _ in range(count):
        making.question(pool)
    client.force_login(editor)
    client.get(LIST)
    with django_assert_max_num_queries(28):
        client.get(LIST)


@pytest.mark.parametrize("wanted", ["oʻquv", "o'quv", "O‘QUV", "ўқув", "обучение", "oʻquv zali"])
def test_a_question_is_found_in_any_spelling_and_language(as_trainer, pool, wanted):
    content = {**making.SINGLE, "text": {"uz": "Oʻquv zalida nima qilinadi?", "ru": "Что такое обучение?"}}
    found = making.question(pool, content=content)
    making.question(pool)

    assert [row.pk for row in as_trainer.get(LIST, {"q": wanted}).context["object_list"]] == [found.pk]


def test_the_pool_filter_offers_own_pools_only(as_trainer, pool, elsewhere):
    response = as_trainer.get(LIST, {"pool": elsewhere.pk})
    assert elsewhere.questions.get() not in response.context["object_list"]


# --- The preview ----------------------------------------------------------------------------------------------------------


def preview_of(client, address, data, language="uz"):
    told = client.post(address, data).json()
    assert told == {"is_valid": True, "is_available": True}
    return client.get(address, {"mode": language, "in_preview_panel": "true"})


def test_the_preview_shows_what_is_typed_in_each_language_and_keeps_nothing(as_trainer, pool):
    question = making.question(pool)
    address = reverse("wagtailsnippets_courses_question:preview_on_edit", args=[question.pk])
    data = typed(
        pool, text=("Yangi savol", "Новый вопрос", ""),
        choices=parts(choice("Ha", True, ru="Да"), choice("Yoʻq", ru="Нет")),
    )  # fmt: skip

    uz, ru, en = (preview_of(as_trainer, address, data, language) for language in ("uz", "ru", "en"))

    assert "Yangi savol" in uz.content.decode()
    assert "Новый вопрос" in ru.content.decode() and 'lang="ru"' in ru.content.decode()
    assert "Yangi savol" in en.content.decode()
    assert question.versions.count() == 1
    assert "frame-ancestors 'self'" in uz.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "kind", ["single", "multiple", "true_false", "numerical", "ordering", "matching", "short_answer", "cloze"]
)
def test_a_question_hardly_begun_is_previewed_without_a_fault(as_trainer, pool, kind):
    empty = {"choices": parts(choice(""), choice("")), "steps": parts(three("")), "pairs": parts({**three("", prefix="left_"), **three("", prefix="right_")}), "answer": "", "tolerance": "", "units": "GB = x", "gaps": parts(gap("choose"), gap("type", all="a")), "accept": {"all": "", "uz": "", "ru": "", "en": ""}}  # fmt: skip
    response = preview_of(as_trainer, "/cms/questions/preview/", typed(pool, kind, text=("", "", ""), **empty))

    assert response.status_code == 200


def test_a_preview_leaves_the_readers_language_alone(as_trainer, pool):
    question = making.question(pool)
    address = reverse("wagtailsnippets_courses_question:preview_on_edit", args=[question.pk])

    response = preview_of(as_trainer, address, single(pool), "ru")

    assert "django_language" not in response.cookies


def test_a_question_that_loses_its_label_is_missed_by_the_test_that_draws_by_it(client, editor):
    page = making.course()
    draws = making.row(page).activities.get(kind="quiz").quiz.draws
    pool = draws.get().pool
    pool.questions.update(level="basic")
    draws.update(level="basic", count=4)
    client.force_login(editor)

    making.committed(lambda: client.post(edit(pool.questions.first()), single(pool)))

    assert [(one["what"], one["ready"]) for one in making.row(page).missing] == [("few_labelled", 3)]
