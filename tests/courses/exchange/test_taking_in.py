"""Writing what a pool lacks: all or nothing, and a second time nothing."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection
from wagtail.images import get_image_model

from accounts.models import AuditEntry
from courses import pictures as copied
from courses import questions
from courses.exchange import pictures, taking_in, writing
from courses.models import Question, QuestionVersion
from tests import making
from tests.courses.exchange.xml_making import answer, file, picture, question, quiz

pytestmark = pytest.mark.django_db
THREE = "::Desk::Where?{=desk#why ~roof}\n\nPaper burns.{T}\n\nTell!{}"
VERDICTS = {"accepted": 0, "repaired": 0, "duplicate": 0, "refused": 0}


@pytest.fixture
def pool(db):
    return making.pool(code="p", count=0)


@pytest.fixture
def take(read, pool):
    def take(text, format="auto", language="en", into=pool, **kwargs):
        return taking_in.counts(taking_in.take_in(pool=into, drafts=read(text, format, language), **kwargs))

    return take


def test_what_the_pool_lacks_is_written_as_drafts(take, pool):
    assert take(THREE, file="a.txt") == {**VERDICTS, "accepted": 2, "refused": 1}

    first, second = Question.objects.all()
    assert (first.note, second.note) == ("Desk", "Paper burns.")
    assert first.folded == "where desk why roof desk"
    version = questions.newest(first)
    assert (version.number, version.kind, version.published_at, first.current) == (1, "single", None, None)
    assert version.content == {
        "text": {"en": "Where?"},
        "feedback": {},
        "choices": [
            {"id": "c1", "text": {"en": "desk"}, "right": True, "why": {"en": "why"}},
            {"id": "c2", "text": {"en": "roof"}, "right": False, "why": {}},
        ],
    }
    entry = AuditEntry.objects.get()
    assert (entry.deed, entry.subject) == ("questions imported", "question pool p")
    assert entry.details == {"fields": ["file"], "published": False, **VERDICTS, "accepted": 2, "refused": 1}


def test_the_second_import_changes_nothing(take):
    take(THREE)
    assert take(THREE) == {**VERDICTS, "duplicate": 2, "refused": 1}
    assert (Question.objects.count(), QuestionVersion.objects.count(), AuditEntry.objects.count()) == (2, 2, 1)


@pytest.mark.parametrize(
    "again",
    [
        "where{~Roof! =DESK}",  # other order, capitals and marks; feedback does not count
        "[html]<p>Where?</p>{=<b>desk</b> ~roof}",
        "::Other name::Where? {=desk ~roof}",
    ],
)
def test_the_same_question_otherwise_written_is_there_already(take, again):
    take(THREE)

    assert take(again) == {**VERDICTS, "duplicate": 1}


@pytest.mark.parametrize(
    "other", ["Where?{=roof ~desk}", "Where?{=desk ~roof ~cellar}", "Where?{=desk}", "Where now?{=desk ~roof}"]
)
def test_another_key_or_other_answers_make_another_question(take, other):
    take(THREE)

    assert take(other) == {**VERDICTS, "accepted": 1}


@pytest.mark.parametrize(("one", "two"), [("2+2", "2-2"), ("a < b", "a > b"), ("5", "-5"), ("1.5", "15")])
def test_signs_tell_questions_apart(take, one, two):
    assert take(f"Is it {one} here?{{T}}\n\nIs it {two} here?{{T}}") == {**VERDICTS, "accepted": 2}


def test_any_spelling_of_uzbek_is_the_same(take):
    take("O'quv zali qayerda?{=o'ngda}", language="uz")

    assert take("Ўқув зали қаерда?{=ўнгда}", language="uz") == {**VERDICTS, "duplicate": 1}


def test_twice_in_one_file(take):
    assert take("A?{T}\n\na?{T}") == {**VERDICTS, "accepted": 1, "duplicate": 1}


def test_a_question_corrected_since_is_there_already(take):
    take("Wher?{=desk ~roof}")
    row = Question.objects.get()
    version = questions.newest(row)
    questions.publish(question=row)
    questions.revise(question=row, kind="single", content={**version.content, "text": {"en": "Where?"}})

    assert take("Wher?{=desk ~roof}\n\nWhere?{=desk ~roof}") == {**VERDICTS, "duplicate": 2}


def test_a_question_of_several_languages_is_known_in_each(take):
    take("\\{mlang uz\\}Qayerda?\\{mlang\\}\\{mlang en\\}Where?\\{mlang\\}{T}")

    assert take("Where?{T}") == take("Qayerda?{T}", language="uz") == {**VERDICTS, "duplicate": 1}


def test_another_pool_has_its_own(take):
    take(THREE)

    assert take(THREE, into=making.pool(code="q", count=0)) == {**VERDICTS, "accepted": 2, "refused": 1}


def test_published_at_once(take, pool):
    take("A?{T}", publish=True)

    row = Question.objects.get()
    assert row.current == questions.newest(row)
    assert row.current.published_at
    assert list(Question.objects.ready()) == [row]


def test_who_may_not_publish_writes_nothing(read, pool):
    with pytest.raises(PermissionDenied):
        taking_in.take_in(pool=pool, drafts=read("A?{T}"), by=making.person("trainer"), publish=True)

    assert Question.objects.count() == 0


def test_labels_are_kept(take):
    take("$CATEGORY: Desk\n\n// [tag:hard] [tag:Desk]\nA?{T}\n\nB?{T}")

    assert [sorted(row.tags.names()) for row in Question.objects.all()] == [["desk", "hard"], ["desk"]]


def test_its_queries_do_not_grow_with_the_file(read, pool, django_assert_num_queries):
    few, many = (read("\n\n".join(f"Q{n} {start}?{{T}}" for n in range(start))) for start in (2, 60))
    ContentType.objects.get_for_model(pool)  # the first use in a process asks

    with django_assert_num_queries(8):
        taking_in.take_in(pool=pool, drafts=few)
    with django_assert_num_queries(8):
        taking_in.take_in(pool=pool, drafts=many)


# --- Pictures -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    text = 'Where?<img src="@@PLUGINFILE@@/a.png" alt="A desk">'
    return quiz(question("truefalse", answer("true", 100), text=text, files=file(picture())))


def test_a_picture_becomes_an_image(take, with_picture):
    by = making.person("trainer")
    take(with_picture, by=by)

    image = get_image_model().objects.get()
    assert (image.title, image.uploaded_by_user, image.width, image.height) == ("A desk", by, 3, 2)
    assert image.file_hash == pictures.Picture("", picture(), "").sha1
    with image.file.open() as stored:
        assert stored.read() == picture()
    assert questions.newest(Question.objects.get()).content["image"] == {"id": image.pk, "alt": {"en": "A desk"}}


@pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)  # Wagtail makes pictures small
def test_a_published_picture_is_copied_before_anything_is_written_and_kept_from_being_deleted(
    take, with_picture, monkeypatch
):
    """As questions.publish does: what attempts show survives the library's own, and no transaction waits for drawing."""
    around, inside = [], len(connection.savepoint_ids)
    drawn = copied.rendition
    monkeypatch.setattr(copied, "rendition", lambda pk: around.append(len(connection.savepoint_ids)) or drawn(pk))
    take(with_picture, publish=True)

    version = Question.objects.get().current
    image = get_image_model().objects.get()
    assert version.content["image"].keys() == {"id", "alt", *copied.COPIED}
    assert default_storage.exists(version.content["image"]["file"])
    assert [row.image for row in version.images.all()] == [image]
    assert around == [inside]


def test_pictures_of_drafts_are_kept_from_being_deleted_too(take, with_picture):
    take(with_picture)

    assert questions.newest(Question.objects.get()).images.count() == 1


@pytest.mark.parametrize("publish", [False, True])
def test_what_is_taken_in_is_kept_as_what_is_typed(take, pool, publish):
    """The same row that the editor would have left: found by the same words, and its translations known to be of now."""
    text = '<span lang="uz" class="multilang">Kitob</span><span lang="en" class="multilang">Book</span>'
    take(f"// [tag:Desk]\n::N::[html]{text}{{=lib* =yes}}".replace("lang=", "lang\\="), publish=publish)
    row = Question.objects.get()
    version = questions.newest(row)
    typed = Question.objects.create(pool=pool, note="N")
    typed.tags.add("desk")
    by_hand = questions.revise(question=typed, kind=version.kind, content=version.content)

    assert version.translated_of == by_hand.translated_of and set(version.translated_of) == {"uz", "en"}
    assert sorted(row.folded.split()) == sorted(
        typed.folded.split()
    )  # PostgreSQL keeps the keys of JSON in its own order


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("A {=book ~roof} here.", "A {~Roof =Book} here.", True),
        ("A {=book ~roof} here.", "A {=roof ~book} here.", False),
        ("A {=book ~roof} here.", "A {=book =roof} here.", False),
        ("A {=book =roof} here.", "A {=Roof =book} here.", True),
        ("A {=book*} here.", "A {=book} here.", False),
        ("A?{=book*}", "A?{=book}", False),
        ("A?{#5:1}", "A?{#5:1%}", False),
        ("A?{#5:1}", "// [unit:MB]\nA?{#5:1}", False),
    ],
)
def test_the_key_of_gaps_stars_and_units(take, one, two, same):
    take(one)

    assert take(two)["duplicate"] == same


def test_a_cloze_typed_in_the_editor_is_known(pool, take):
    making.question(pool, kind="cloze", content=making.CLOZE)

    assert take(writing.file_of(pool, "moodle-xml")[0].decode(), language="uz") == {**VERDICTS, "duplicate": 1}


def test_the_same_picture_is_kept_once_and_its_question_known(take, with_picture):
    take(with_picture)

    assert take(with_picture) == {**VERDICTS, "duplicate": 1}
    assert take(with_picture.replace("Where?", "When?")) == {**VERDICTS, "accepted": 1}
    assert get_image_model().objects.count() == 1


def test_another_picture_makes_another_question(take, with_picture):
    take(with_picture)
    text = 'Where?<img src="@@PLUGINFILE@@/a.png" alt="A desk">'

    assert take(quiz(question("truefalse", answer("true", 100), text=text, files=file(picture(size=(4, 4)))))) == {
        **VERDICTS,
        "accepted": 1,
    }


def test_a_fault_leaves_neither_rows_nor_files(take, with_picture, monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(questions, "pool_changed", fail)
    with pytest.raises(RuntimeError):
        take(with_picture)

    assert (Question.objects.count(), get_image_model().objects.count()) == (0, 0)
    assert default_storage.listdir("original_images")[1] == []
