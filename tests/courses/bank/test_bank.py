"""The question bank: search, labels, many at once, translations that have grown old."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from accounts.models import AuditEntry
from courses import competences, questions, translations
from courses.models import Question
from tests import making
from tests.courses.bank.drawing import in_library
from tests.courses.bank.typing_in import ADD, LIST, as_typed, deed, draft, edit, single, typed

W = making.words


# --- Search ---------------------------------------------------------------------------------------------------------------


def test_search_asks_the_database_alone_and_reads_words_note_code_and_tags(pool, editor, django_assert_num_queries):
    content = {**making.SINGLE, "text": {"uz": "Oʻquv zali", "ru": "Читальный <strong>зал</strong> A &amp; B"}}
    question = draft(pool, content)
    questions.label(question=question, by=editor, add=["Toʻgarak"])
    other = draft(pool)

    def found(text):
        with django_assert_num_queries(1):
            return [row.pk for row in questions.search(Question.objects.order_by("pk"), text)]

    for text in ("ўқув", "O'QUV zali", "читальный", "qoralama togarak", "тўгарак", "ZAL chital"):
        assert found(text) in ([question.pk], [question.pk]), text
    assert found("oʻquv yoʻq") == []
    assert found("amp") == found("strong") == []
    assert found("!!!") == found("") == [question.pk, other.pk]
    assert found("qoralama " * 2000) == [question.pk, other.pk]
    assert found("%") == [question.pk, other.pk]  # no pattern, and no word


def test_what_is_found_follows_what_is_written(as_trainer, pool):
    question = draft(pool, {**making.SINGLE, "text": W("eski")})
    as_trainer.post(
        edit(question), single(pool, text=("Yangi savol", "", "")) | {"note": "Eslatma", "tags": '"Katta zal", telefon'}
    )

    folded = Question.objects.get(pk=question.pk).folded
    assert "eski" not in folded.split()
    assert {"yangi", "savol", "eslatma", "katta", "zal", "telefon"} <= set(folded.split())


# --- Labels ---------------------------------------------------------------------------------------------------------------


def test_the_competences_are_those_of_digcomp_in_three_languages():
    codes = competences.codes()
    assert (len(codes), codes[0], codes[-1]) == (21, "1.1", "5.4")
    with translation.override("ru"):
        assert competences.title("1.2") == "1.2 Оценка информации"
        assert str(competences.choices()[0][1][1][1]) == "1.2 Оценка информации"
    assert competences.title("1.2", "en") == "1.2 Evaluating information"
    assert (competences.title("9.9"), competences.title("")) == ("9.9", "")


def test_the_list_is_filtered_by_each_label(as_editor, editor, pool):
    one, other = draft(pool), draft(pool, making.CLOZE, "cloze")
    questions.label(question=one, by=editor, add=["Telefon"], level="basic", competence="4.2")
    tag = one.tags.get()

    def found(**wanted):
        return [row.pk for row in as_editor.get(LIST, {"pool": pool.pk, **wanted}).context["object_list"]]

    for wanted in ({"level": "basic"}, {"competence": "4.2"}, {"tag": tag.pk}, {"kind": "single"}, {"q": "telefon"}):
        assert found(**wanted) == [one.pk], wanted
    assert found(level="advanced") == found(competence="1.1") == found(translation="stale") == []
    assert found(kind="cloze") == [other.pk]


def test_a_trainer_filters_by_the_tags_of_own_questions_alone(as_trainer, pool, editor):
    foreign = draft(making.pool(count=0, course=making.row(making.course(quiz=False))))
    questions.label(question=foreign, by=editor, add=["sir"])
    questions.label(question=draft(pool), by=editor, add=["ochiq"])

    response = as_trainer.get(LIST, {"tag": foreign.tags.get().pk})

    assert foreign not in response.context["object_list"]
    assert [tag.name for tag in questions.tags_of(response.wsgi_request.user)] == ["ochiq"]


def test_tags_are_one_however_they_are_written():
    assert questions.tidy_tags([" O'quv  ZALI", "oʻquv zali", "", "  ", "x" * 120]) == ["oʻquv zali", "x" * 100]


def test_labels_of_what_is_published_change_with_the_right_to_publish(as_trainer, pool, course_page, trainer):
    question = making.question(pool)
    data = single(pool) | {"level": "basic", "competence": "4.2", "tags": "telefon"}

    response = as_trainer.post(edit(question), data)
    assert sorted(response.context["form"].errors) == ["competence", "level", "tags"]
    with pytest.raises(PermissionDenied):
        questions.label(question=question, by=trainer, level="basic")
    assert as_trainer.post(edit(question), single(pool)).status_code == 302

    course_page.review_required = False
    making.publish(course_page)
    assert as_trainer.post(edit(question), data).status_code == 302
    question.refresh_from_db()
    assert (question.level, question.competence, list(question.tags.names())) == ("basic", "4.2", ["telefon"])


@pytest.mark.parametrize("wrong", [{"level": "hard"}, {"competence": "9.9"}, {"competence": "4"}])
def test_a_label_that_no_list_has_is_refused(as_trainer, pool, wrong):
    response = as_trainer.post(ADD, single(pool) | wrong)

    assert list(response.context["form"].errors) == list(wrong)


# --- Many at once ---------------------------------------------------------------------------------------------------------


def test_many_are_labelled_tagged_and_moved_at_once_and_it_is_logged(as_trainer, pool, trainer):
    rows = [draft(pool), draft(pool)]
    target = making.pool(code="target", count=0, course=pool.course)
    for name, data in (
        ("add-tag", {"tags": "Telefon, zal"}),
        ("remove-tag", {"tags": ["zal"]}),
        ("label", {"level": "advanced", "competence": "4.2"}),
        ("label", {"level": "", "competence": "-"}),
        ("move", {"pool": target.pk}),
    ):
        assert as_trainer.get(deed(name, *rows)).status_code == 200
        assert as_trainer.post(deed(name, *rows), data).status_code == 302, name

    for row in rows:
        row.refresh_from_db()
        assert (list(row.tags.names()), row.level, row.competence, row.pool) == (["telefon"], "advanced", "", target)
    said = AuditEntry.objects.filter(subject=f"question {rows[0].pk}").order_by("pk").values_list("deed", "actor")
    assert list(said) == [("question labelled", trainer.pk)] * 4 + [("question moved", trainer.pk)]


DEEDS = {"add-tag": {"tags": "x"}, "remove-tag": {"tags": ["x"]}, "label": {"level": "basic"}, "move": {}}


@pytest.mark.parametrize("name", DEEDS)
def test_a_foreign_question_among_the_chosen_refuses_the_whole_deed(as_trainer, pool, editor, name):
    foreign = making.pool(count=1, course=making.row(making.course(quiz=False))).questions.get()
    own = draft(pool)
    questions.label(question=foreign, by=editor, add=["x"])
    address = deed(name, own, foreign)
    for response in (as_trainer.get(address), as_trainer.post(address, DEEDS[name] | {"pool": pool.pk})):
        assert response.status_code in (302, 403)
        assert "made for a test" not in response.content.decode()
    foreign.refresh_from_db()
    own.refresh_from_db()
    assert (foreign.level, list(foreign.tags.names()), foreign.pool == pool) == ("", ["x"], False)
    assert (own.level, list(own.tags.names())) == ("", [])


@pytest.mark.parametrize("name", DEEDS)
def test_what_is_published_in_a_course_with_a_review_is_left_out_and_named(as_trainer, pool, editor, name):
    public, own = making.question(pool), draft(pool)
    before = ["x"] if name == "remove-tag" else []
    for question in (public, own):
        questions.label(question=question, by=editor, add=before)
    target = making.pool(code="target", count=0, course=pool.course)
    assert "made for a test" in as_trainer.get(deed(name, public, own)).content.decode()

    as_trainer.post(deed(name, public, own), DEEDS[name] | {"pool": target.pk})

    public.refresh_from_db()
    assert (public.level, list(public.tags.names()), public.pool) == ("", before, pool)


def test_nothing_moves_into_another_course(as_editor, editor, pool):
    elsewhere = making.pool(code="foreign", count=0, course=making.row(making.course(quiz=False)))
    question, other = draft(pool), draft(elsewhere)

    response = as_editor.post(deed("move", question), {"pool": elsewhere.pk})
    mixed = as_editor.post(deed("move", question, other), {"pool": pool.pk})

    assert [list(one.context["form"].errors) for one in (response, mixed)] == [["pool"], ["pool"]]
    with pytest.raises(PermissionDenied):
        questions.move(question=question, pool=elsewhere, by=editor)
    question.refresh_from_db()
    assert question.pool == pool


def test_learners_and_strangers_do_nothing_to_questions(client, pool):
    question = making.question(pool)
    for person in (None, making.person()):
        if person:
            client.force_login(person)
        for name in DEEDS:
            assert client.post(deed(name, question), DEEDS[name]).status_code in (302, 403)
    question.refresh_from_db()
    assert (question.level, question.tags.count()) == ("", 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_drafts_with_tags_and_old_translations(
    as_editor, editor, pool, count, django_assert_num_queries
):
    for _ in range(count):
        question = draft(pool)
        questions.label(question=question, by=editor, add=["telefon"])
        questions.revise(
            question=question, kind="single", content={**making.SINGLE, "text": {**W("Which?"), "uz": "Boshqa"}}
        )
    as_editor.get(LIST)
    with django_assert_num_queries(14):
        page = as_editor.get(LIST)
    assert page.content.decode().count("Русский, English") == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_a_trainer_who_publishes_the_same(
    as_trainer, course_page, pool, count, django_assert_num_queries
):
    course_page.review_required = False
    making.publish(course_page)
    for _ in range(count):
        making.question(pool)
    as_trainer.get(LIST)
    with django_assert_num_queries(23):
        page = as_trainer.get(LIST)
    assert page.content.decode().count("/cms/bulk/courses/question/retire/?id=") == count


# --- Translations ---------------------------------------------------------------------------------------------------------


def changed(language, words="boshqa", content=making.SINGLE):
    return {**content, "text": {**content["text"], language: words}}


def stale(question):
    return translations.stale(questions.newest(question).translated_of)


def test_a_source_that_changes_makes_the_others_stale_until_they_are_written_anew(pool):
    question = draft(pool)
    assert stale(question) == []

    questions.revise(question=question, kind="single", content=changed("uz"))
    assert stale(question) == ["ru", "en"]
    questions.revise(question=question, kind="single", content=changed("ru", "другое", changed("uz")))
    assert stale(question) == ["en"]
    questions.publish(question=question)
    questions.revise(question=question, kind="single", content=changed("ru", "другое"))  # as at first, in Uzbek
    assert stale(question) == ["ru"]


def test_a_choice_an_image_or_an_accepted_answer_counts_and_the_order_of_choices_does_not(pool):
    turned = {**making.SINGLE, "choices": making.SINGLE["choices"][::-1]}
    question = draft(pool, turned)
    questions.revise(question=question, kind="single", content=making.SINGLE)
    assert stale(question) == []

    image = {"id": in_library().pk, "alt": W("screen")}
    for content in (
        {
            **making.SINGLE,
            "choices": [{**making.SINGLE["choices"][0], "why": W("no") | {"uz": "x"}}, *making.SINGLE["choices"][1:]],
        },
        {**making.SINGLE, "image": {**image, "alt": {"uz": "ekran"}}},
    ):
        question = draft(pool)
        questions.revise(question=question, kind="single", content=content)
        assert stale(question) == ["ru", "en"]


def test_a_language_that_comes_or_goes_is_not_stale(pool):
    uz = {key: {"uz": value["uz"]} for key, value in making.SINGLE.items() if key != "choices"} | {"choices": []}
    question = draft(pool, uz)
    questions.revise(question=question, kind="single", content=changed("uz", "x", uz))
    questions.revise(question=question, kind="single", content=making.SINGLE)
    assert stale(question) == []
    questions.revise(question=question, kind="single", content=uz)
    assert list(questions.newest(question).translated_of) == ["uz"]


def test_the_editor_says_what_is_stale_and_takes_that_it_is_right(as_trainer, pool):
    question = making.question(pool)
    questions.revise(question=question, kind="single", content=changed("uz"))
    questions.publish(question=question)
    form = as_trainer.get(edit(question)).context["form"]
    assert [name for name in form.fields if name.startswith("confirm_")] == ["confirm_ru", "confirm_en"]
    assert [row.pk for row in as_trainer.get(LIST, {"translation": "stale"}).context["object_list"]] == [question.pk]

    unchanged = typed(
        pool,
        text=("boshqa", "Which? ru", "Which? en"),
        feedback=W("Because.").values(),
        choices=as_typed(making.SINGLE),
    )
    as_trainer.post(edit(question), unchanged | {"confirm_ru": "on"})

    assert stale(question) == ["en"]
    assert question.versions.count() == 2  # the frozen one itself: no word of it has changed
    form = as_trainer.get(edit(question)).context["form"]
    assert [name for name in form.fields if name.startswith("confirm_")] == ["confirm_en"]


def test_a_forged_box_of_a_language_that_is_not_stale_confirms_nothing(as_trainer, pool):
    question = draft(pool)
    same = {"feedback": W("Because.").values(), "choices": as_typed(making.SINGLE)}
    as_trainer.post(
        edit(question), typed(pool, text=("yangi", "Which? ru", "Which? en"), **same) | {"confirm_ru": "on"}
    )

    assert stale(question) == ["ru", "en"]
