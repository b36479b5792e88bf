"""Questions in /cms/: typed in three languages side by side, kept as plain JSON, published by those who may."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from accounts.models import Library, Role
from accounts.roles import grant
from courses import question_form, questions
from courses.models import Question, QuestionPool
from courses.typed import html, plain
from tests import making
from tests.courses.bank.typing_in import ADD, LIST, choice, deed, draft, edit, gap, kept, parts, single, three, typed


@pytest.fixture
def elsewhere(base):
    """A pool of another course."""
    return making.pool(code="foreign", count=1, course=making.row(making.course(quiz=False)))


# --- What is typed and what is kept ---------------------------------------------------------------------------------------


def test_a_question_is_kept_as_a_draft_by_its_trainer(as_trainer, pool, trainer):
    response = as_trainer.post(ADD, single(pool, text=("Bu `sudo rm` nima?\nAyting", "", "")))

    version = kept()
    assert response.url == edit(version.question)
    assert (version.kind, version.created_by, version.published_at) == ("single", trainer, None)
    assert version.content == {
        "text": {"uz": "Bu <code>sudo rm</code> nima?<br>Ayting"},
        "feedback": {},
        "choices": [
            {"id": "p0", "text": {"uz": "Ha"}, "right": True, "why": {}},
            {"id": "p1", "text": {"uz": "Yoʻq"}, "right": False, "why": {}},
        ],
    }
    assert version.question.current is None
    assert version.question.note == "Bu `sudo rm` nima? Ayting"


@pytest.mark.parametrize(
    ("kind", "rest", "content"),
    [
        (
            "multiple",
            {"choices": parts(choice("a", True), choice("b", True), choice("d"))},
            {"choices": [(True, "a"), (True, "b"), (False, "d")]},
        ),
        ("true_false", {"answer": "false"}, {"answer": False}),
        ("numerical", {"answer": "1 000,5", "tolerance": ""}, {"answer": "1000.5", "tolerance": "0"}),
        ("ordering", {"steps": parts(three("bir"), three("ikki"))}, {"steps": ["bir", "ikki"]}),
        (
            "matching",
            {"pairs": parts({**three("a", prefix="left_"), **three("1", prefix="right_")}, {**three("b", prefix="left_"), **three("2", prefix="right_")})},
            {"pairs": [("a", "1"), ("b", "2")]},
        ),
        (
            "numerical",
            {"answer": "2", "tolerance": "5 %", "units": "GB\r\nMB = 0,0009765625\r\n"},
            {"answer": "2", "tolerance": "5", "percent": True, "units": [{"name": "GB", "factor": "1"}, {"name": "MB", "factor": "0.0009765625"}]},
        ),
        (
            "cloze",
            {"text": ("[[2]] va [[1]]", "", ""), "gaps": parts(gap("choose", uz="O'ng\r\nChap"), gap("type", all="a*\r\n b "), ids=["x", "y"])},
            {"gaps": [
                {"id": "x", "choices": [{"id": "x-1", "text": {"uz": "Oʻng"}, "right": True}, {"id": "x-2", "text": {"uz": "Chap"}, "right": False}]},
                {"id": "y", "accept": {"all": ["a*", "b"]}},
            ]},
        ),
        ("short_answer", {"accept": {"all": "parol\r\n maxfiy soʻz \r\n", "uz": "", "ru": "", "en": ""}}, {"accept": {"all": ["parol", "maxfiy soʻz"]}}),
    ],
)  # fmt: skip
def test_every_kind_is_kept(as_trainer, pool, kind, rest, content):
    as_trainer.post(ADD, typed(pool, kind, **rest))

    version = kept()
    told = {key: value for key, value in version.content.items() if key not in ("text", "feedback")}
    short = {
        "choices": lambda rows: [(row["right"], row["text"]["uz"]) for row in rows],
        "steps": lambda rows: [row["text"]["uz"] for row in rows],
        "pairs": lambda rows: [(row["left"]["uz"], row["right"]["uz"]) for row in rows],
    }
    assert version.kind == kind
    assert {key: short[key](value) if key in short else value for key, value in told.items()} == content


def test_what_is_opened_and_saved_unchanged_makes_no_version(as_trainer, pool):
    content = {
        "text": making.words("A &amp; b <code>c &lt; d</code><br>e"),
        "feedback": making.words("<p>Imported <strong>markup</strong></p>"),
        "pairs": [
            {"id": f"p{n}", "left": making.words(f"l{n}"), "right": making.words(f"<em>r{n}</em>")} for n in range(2)
        ],
    }
    question = making.question(pool, kind="matching", content=content)
    page = as_trainer.get(edit(question)).context["form"]
    value = page.initial["content"]

    kind, again = question_form.to_content(page.fields["content"].clean(value), content)

    assert (kind, again) == ("matching", content)
    as_trainer.post(edit(question), from_form(page))
    assert question.versions.count() == 1


def from_form(form):
    """What a browser would send of a form as it was opened."""
    block = form.fields["content"].block
    raw = block.get_prep_value(form.initial["content"])

    def fields(value):
        if isinstance(value, dict):
            return {key: fields(inner) for key, inner in value.items() if inner not in (False, None)}
        if isinstance(value, list):
            return parts(*[fields(one["value"]) for one in value], ids=[one["id"] for one in value])
        return "on" if value is True else value

    content = streamfield([(one["type"], fields(one["value"])) for one in raw])
    instance = form.instance
    return nested_form_data(
        {
            "pool": instance.pool_id,
            "note": instance.note,
            "lesson": instance.lesson or "",
            "level": instance.level,
            "content": content,
        }
    )


def test_a_published_version_is_frozen_and_the_next_saving_makes_a_draft(as_trainer, pool):
    question = making.question(pool)
    before = question.current.content

    as_trainer.post(edit(question), single(pool))

    question.refresh_from_db()
    assert question.current.content == before
    assert [(v.number, v.published_at is None) for v in question.versions.order_by("number")] == [(1, False), (2, True)]


def test_ids_of_answers_stay_and_forged_ones_are_replaced(as_trainer, pool):
    data = typed(pool, choices=parts(choice("a", True), choice("b"), choice("d"), ids=["same", "same", "x" * 99]))
    as_trainer.post(ADD, data)

    ids = [row["id"] for row in kept().content["choices"]]
    assert ids[0] == "same"
    assert len(set(ids)) == 3
    assert max(map(len, ids)) <= 36


def test_markup_that_is_typed_is_text(as_trainer, pool):
    as_trainer.post(ADD, single(pool, text=("<script>alert(1)</script> <b>va</b> & `<i>`", "", "")))

    assert (
        kept().content["text"]["uz"]
        == "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;va&lt;/b&gt; &amp; <code>&lt;i&gt;</code>"
    )


def test_uzbek_gets_its_own_signs_and_code_keeps_its_own():
    assert html("O'qing: `don't`", "uz") == "Oʻqing: <code>don't</code>"
    assert html("don't", "en") == "don't"


@pytest.mark.parametrize("text", ["a & b < d", "`rm -rf` va\nyana", "A`b", "«x» 5 > 4", "&amp;"])
def test_typing_and_reading_back_is_the_same(text):
    assert plain(html(text)) == text


# --- What must be true ----------------------------------------------------------------------------------------------------


def pair(left, right, ru=""):
    """One pair as the form sends it; in Russian too where its right side has words."""
    return {**three(left, left if ru else "", prefix="left_"), **three(right, ru, prefix="right_")}


WRONG = {
    "two right in single": ("single", {"choices": parts(choice("a", True), choice("b", True))}, "choices"),
    "none right in single": ("single", {"choices": parts(choice("a"), choice("b"))}, "choices"),
    "one answer alone": ("single", {"choices": parts(choice("a", True))}, "choices"),
    "one right in multiple": ("multiple", {"choices": parts(choice("a", True), choice("b"))}, "choices"),
    "all right in multiple": ("multiple", {"choices": parts(choice("a", True), choice("b", True))}, "choices"),
    "the same twice": ("single", {"choices": parts(choice("a", True), choice("A"))}, "choices"),
    "an answer left empty in the middle": ("single", {"choices": parts(choice("a", True), choice(""), choice("b"))}, "choices"),
    "half Russian": ("single", {"choices": parts(choice("a", True, ru="а"), choice("b"))}, "choices"),
    "Russian without Uzbek": ("single", {"choices": parts(choice("a", True), choice("b")), "feedback": ("", "Да", "")}, "feedback"),
    "no truth": ("true_false", {}, "answer"),
    "no number": ("numerical", {"answer": "ikki", "tolerance": ""}, "answer"),
    "a negative tolerance": ("numerical", {"answer": "2", "tolerance": "-1"}, "tolerance"),
    "one step": ("ordering", {"steps": parts(three("bir"))}, "steps"),
    "the same step twice": ("ordering", {"steps": parts(three("bir"), three("bir"))}, "steps"),
    "half a pair": ("matching", {"pairs": parts({**three("a", prefix="left_"), **three("", prefix="right_")}, {**three("b", prefix="left_"), **three("2", prefix="right_")})}, "pairs"),
    "one right side for all": ("matching", {"pairs": parts(pair("a", "1"), pair("b", "1"))}, "pairs"),
    "one right side in Uzbek, two in Russian": ("matching", {"text": ("Savol", "Вопрос", ""), "pairs": parts(pair("a", "1", "1"), pair("b", "1", "2"), pair("d", "2", "2"))}, "pairs"),
    "a gap that the text has not": ("cloze", {"gaps": parts(gap("type", all="a"))}, "text"),
    "a gap twice": ("cloze", {"text": ("[[1]] [[1]]", "", ""), "gaps": parts(gap("type", all="a"))}, "text"),
    "a gap too many": ("cloze", {"text": ("[[1]] [[2]]", "", ""), "gaps": parts(gap("type", all="a"))}, "text"),
    "no gap in Russian": ("cloze", {"text": ("[[1]]", "Слово", ""), "gaps": parts(gap("type", all="a"))}, "text"),
    "one choice alone": ("cloze", {"text": ("[[1]]", "", ""), "gaps": parts(gap("choose", all="a"))}, "gaps"),
    "the same choice twice": ("cloze", {"text": ("[[1]]", "", ""), "gaps": parts(gap("choose", uz="a\nA"))}, "gaps"),
    "a choice less in Russian": ("cloze", {"text": ("[[1]]", "[[1]]", ""), "gaps": parts(gap("choose", uz="a\nb\nd", ru="а\nб"))}, "gaps"),
    "a list for all and one more": ("cloze", {"text": ("[[1]]", "", ""), "gaps": parts(gap("choose", all="a\nb", uz="a\nb"))}, "gaps"),
    "nothing to type": ("cloze", {"text": ("[[1]]", "", ""), "gaps": parts(gap("type"))}, "gaps"),
    "a star alone in a gap": ("cloze", {"text": ("[[1]]", "", ""), "gaps": parts(gap("type", all="*"))}, "gaps"),
    "no gap at all": ("cloze", {"gaps": parts()}, "gaps"),
    "a unit without its factor": ("numerical", {"answer": "1", "tolerance": "", "units": "MB\nGB"}, "units"),
    "a unit of nothing": ("numerical", {"answer": "1", "tolerance": "", "units": "MB\nGB = 0"}, "units"),
    "a first unit that is two": ("numerical", {"answer": "1", "tolerance": "", "units": "MB = 2"}, "units"),
    "a unit twice": ("numerical", {"answer": "1", "tolerance": "", "units": "MB\nMB = 2"}, "units"),
    "stars accepted": ("short_answer", {"accept": {"all": "* *", "uz": "", "ru": "", "en": ""}}, "accept"),
    "nothing accepted": ("short_answer", {"accept": {"all": "", "uz": "", "ru": "", "en": ""}}, "accept"),
    "signs accepted": ("short_answer", {"accept": {"all": "--", "uz": "", "ru": "", "en": ""}}, "accept"),
    "no text": ("single", {"text": ("", "", ""), "choices": parts(choice("a", True), choice("b"))}, "text"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(as_trainer, pool, what):
    kind, rest, field = WRONG[what]
    data = typed(pool, kind, **rest)

    response = as_trainer.post(ADD, data)

    assert response.status_code == 200
    assert not Question.objects.exists()
    (error,) = response.context["form"].errors.as_data()["content"]
    (inside,) = error.block_errors.values()
    assert field in inside.block_errors
    value = response.context["form"]["content"].value()[0].value
    assert value["text"]["uz"] == dict(data)["content-0-value-text-uz"]
    if "choices" in rest:
        assert [part["uz"] for part in value["choices"]] == [
            rest["choices"][str(n)]["value"]["uz"] for n in range(rest["choices"]["count"])
        ]


def test_half_a_language_is_said_at_the_very_field(as_trainer, pool):
    response = as_trainer.post(
        ADD, typed(pool, text=("Bu?", "Это?", ""), choices=parts(choice("a", True, ru="а"), choice("b")))
    )

    (error,) = response.context["form"].errors.as_data()["content"]
    inside = error.block_errors[0].block_errors["choices"].block_errors
    assert {n: list(part.block_errors) for n, part in inside.items()} == {1: ["ru"]}


def test_a_language_that_is_wholly_there_is_kept(as_trainer, pool):
    as_trainer.post(
        ADD, typed(pool, text=("Bu?", "Это?", ""), choices=parts(choice("a", True, ru="а"), choice("b", ru="б")))
    )

    assert kept().content["text"] == {"uz": "Bu?", "ru": "Это?"}


def test_empty_answers_at_the_end_are_left_out(as_trainer, pool):
    as_trainer.post(ADD, typed(pool, choices=parts(choice("a", True), choice("b"), choice(""), choice(""))))

    assert len(kept().content["choices"]) == 2


def test_a_text_without_end_is_refused(as_trainer, pool):
    response = as_trainer.post(ADD, single(pool, text=("a" * 3001, "", "")))

    assert response.status_code == 200
    assert not Question.objects.exists()


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
        library = Library.add_root(code="TSH", kind="region", titles={"uz": "Toshkent"})
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
