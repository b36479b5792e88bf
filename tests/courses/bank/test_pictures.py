"""Pictures of questions: described, light, kept, and refused where somebody may not choose them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db.models import ProtectedError
from django.urls import reverse
from PIL import Image as Drawn
from wagtail.images import get_image_model
from wagtail.models import Collection

from courses import kinds, pictures, question_form, questions
from courses.models import Question, VersionImage
from tests import making
from tests.courses.bank.drawing import drawing, in_library, with_image
from tests.courses.bank.typing_in import ADD, as_typed, choice, draft, edit, kept, parts, single, three, typed

W = making.words
# Wagtail leaves the file of a picture that it has just drawn to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)


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
