"""The bank as a whole: pictures that stay, labels, search, what is done to many at once, translations that have grown old."""

import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import translation
from PIL import Image as Drawn
from wagtail.images import get_image_model
from wagtail.models import Collection

from accounts.models import AuditEntry
from courses import competences, kinds, pictures, question_form, questions, translations
from courses.models import Question, VersionImage
from tests import making
from tests.courses.bank.typing_in import ADD, LIST, choice, deed, draft, edit, kept, parts, single, three, typed

W = making.words
# Wagtail leaves the file of a picture that it has just drawn to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)


def drawing(colour="teal", size=(1440, 900)):
    data = io.BytesIO()
    Drawn.new("RGB", size, colour).save(data, "PNG")
    data.seek(0)
    return ImageFile(data, f"{colour}.png")


def in_library(colour="teal", **fields):
    return get_image_model().objects.create(title="Ekran", file=drawing(colour), **fields)


def with_image(image, **more):
    return {**making.SINGLE, "image": {"id": image.pk, "alt": W("screen")}, **more}


# --- Pictures -------------------------------------------------------------------------------------------------------------


def test_a_picture_is_kept_with_its_words_and_for_the_page_as_light_webp(as_trainer, pool):
    image = in_library()
    picture = {"image": str(image.pk), **three("Ekran", prefix="alt_")}
    choices = parts(choice("Ha", right=True) | {"picture": picture}, choice("Yoʻq"))
    as_trainer.post(ADD, typed(pool, choices=choices, picture=picture))

    content = kept().content
    assert content["image"] == content["choices"][0]["image"] == {"id": image.pk, "alt": {"uz": "Ekran"}}
    assert "image" not in content["choices"][1]
    question = Question.objects.get()
    assert [row.image for row in question.versions.get().images.all()] == [image]

    questions.publish(question=question)
    shown = kinds.shown("single", Question.objects.get().current.content, ["p0", "p1"], None, "uz")["picture"]
    assert shown == {"alt": "Ekran", "file": shown["file"], "width": 720, "height": 450}
    with default_storage.open(shown["file"]) as file, Drawn.open(file) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (720, 450))


@pytest.mark.parametrize(
    ("alt", "text", "field"),
    [
        (three("", prefix="alt_"), ("Bu?", "", ""), "alt_uz"),
        (three("Ekran", prefix="alt_"), ("Bu?", "Что?", ""), "alt_ru"),
        (three("Ekran", "Экран", prefix="alt_"), ("Bu?", "", ""), "choices"),
    ],
)
def test_a_picture_is_described_in_every_language_of_the_question(as_trainer, pool, alt, text, field):
    ru = {"ru": "да"} if text[1] else {}
    data = typed(
        pool,
        text=text,
        choices=parts(choice("a", True) | ru, choice("b") | ru),
        picture={"image": in_library().pk, **alt},
    )

    (error,) = as_trainer.post(ADD, data).context["form"].errors.as_data()["content"]

    (inside,) = error.block_errors.values()
    assert field in (inside.block_errors if field == "choices" else inside.block_errors["picture"].block_errors)
    assert not Question.objects.exists()


def test_what_is_missing_at_a_choices_picture_is_said_there(as_trainer, pool):
    picture = {"image": in_library().pk, **three("", prefix="alt_")}
    data = typed(pool, choices=parts(choice("a", True), choice("b") | {"picture": picture}))

    (error,) = as_trainer.post(ADD, data).context["form"].errors.as_data()["content"]

    inside = error.block_errors[0].block_errors["choices"].block_errors
    assert {n: {k: list(v.block_errors) for k, v in part.block_errors.items()} for n, part in inside.items()} == {
        1: {"picture": ["alt_uz"]}
    }


def test_a_published_picture_survives_that_its_file_is_replaced_and_the_next_draft_takes_the_new_one(as_trainer, pool):
    image = in_library()
    question = making.question(pool, content=with_image(image))
    before = question.current.content["image"]
    with default_storage.open(before["file"]) as file:
        first = file.read()

    image.file, image.file_hash = drawing("maroon"), ""
    image._set_image_file_metadata()
    image.save()
    image.renditions.all().delete()

    again = Question.objects.get(pk=question.pk).current.content["image"]
    with default_storage.open(again["file"]) as file:
        assert (again, file.read()) == (before, first)
    picture = {"image": str(image.pk), **three(*W("screen").values(), prefix="alt_")}
    as_trainer.post(
        edit(question), typed(pool, text=W("Which?").values(), choices=as_typed(making.SINGLE), picture=picture)
    )
    assert questions.newest(question).content["image"] == {"id": image.pk, "alt": W("screen")}
    questions.publish(question=question)
    assert questions.newest(question).content["image"]["file"] != before["file"]


def as_typed(content):
    rows = [
        choice(one["text"]["uz"], one["right"], one["text"]["ru"], one["text"]["en"], why=one["why"].values())
        for one in content["choices"]
    ]
    return parts(*rows, ids=[one["id"] for one in content["choices"]])


def test_a_picture_that_nobody_replaced_keeps_its_copy_when_the_question_is_edited(pool):
    image = in_library()
    content = making.question(pool, content=with_image(image)).current.content
    block = question_form.Content()
    value = block.clean(block.to_python(question_form.to_raw("single", content)))

    assert question_form.to_content(value, content) == ("single", content)


@pytest.mark.parametrize("published", [True, False])
def test_a_picture_that_a_question_shows_is_not_deleted(as_editor, pool, published):
    image, free = in_library(), in_library("navy")
    write = making.question if published else draft
    making.committed(lambda: write(pool, content=with_image(image)))  # Wagtail then notes where the picture is used

    bulk = reverse("wagtail_bulk_action", args=["wagtailimages", "image", "delete"]) + f"?id={image.pk}"
    for address in (reverse("wagtailimages:delete", args=[image.pk]), bulk):
        as_editor.post(address)
    with pytest.raises(ProtectedError):
        image.delete()
    free.delete()
    assert get_image_model().objects.filter(pk__in=[image.pk, free.pk]).count() == 1


def test_a_picture_that_a_draft_shows_no_more_is_free(pool):
    image = in_library()
    question = draft(pool, with_image(image))
    questions.revise(question=question, kind="single", content=making.SINGLE)

    assert not VersionImage.objects.exists()
    image.delete()


def test_a_picture_of_a_collection_from_which_one_may_not_choose_is_refused(as_trainer, pool):
    root = Collection.get_first_root_node()
    for permission in root.group_permissions.filter(permission__codename="choose_image"):
        permission.delete()
    for permission in root.group_permissions.filter(permission__codename__in=["add_image", "change_image"]):
        permission.delete()
    picture = {"image": in_library().pk, **three("Ekran", prefix="alt_")}

    response = as_trainer.post(ADD, single(pool, picture=picture))

    assert list(response.context["form"].errors) == ["content"]
    assert not Question.objects.exists()


def test_a_lost_file_refuses_the_publishing_with_words_and_breaks_no_page(pool):
    image = in_library()
    question = draft(pool, with_image(image))
    default_storage.delete(image.file.name)

    with pytest.raises(PermissionDenied, match=" "):
        questions.publish(question=question)
    assert pictures.rendition(image.pk) is None
    assert questions.newest(question).published_at is None


def test_the_learners_page_asks_the_database_nothing_for_pictures(client, pool, django_assert_num_queries):
    image = in_library()
    content = with_image(image)
    content["choices"] = [{**one, "image": content["image"]} for one in content["choices"]]
    version = making.question(pool, content=content).current
    order = [one["id"] for one in version.content["choices"]]
    from django.template.loader import render_to_string

    with django_assert_num_queries(0):
        shown = kinds.shown("single", version.content, order, None, "ru")
        html = render_to_string("courses/parts/question.html", {"page": {"question": shown}})

    address = default_storage.url(version.content["image"]["file"])
    tag = (
        f'<img class="asked" src="{address}" width="720" height="450" alt="screen ru" loading="lazy" decoding="async">'
    )
    assert html.count(tag) == 4
    response = client.get(address)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.getvalue().startswith(b"RIFF")  # read to its end: a response left open would warn


def test_a_description_is_text_wherever_it_comes_from(pool):
    image = in_library()
    evil = {"uz": '"><script>alert(1)</script>'}
    content = {**making.SINGLE, "image": {"id": image.pk, "alt": {"uz": question_form.html(evil["uz"])}}}
    version = making.question(pool, content=content).current
    from courses.templatetags.lesson_text import picture

    html = picture(kinds.shown("single", version.content, ["c1", "c2", "c3"], None, "uz")["picture"])

    assert "<script" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


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
