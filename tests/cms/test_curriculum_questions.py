"""The kinds of questions that came later into quiz.yaml: gaps, units, pictures, competences; what the checker says, what is loaded."""

import io

import pytest
from PIL import Image
from wagtail.images import get_image_model

from cms.loading.notes import Report
from cms.loading.questions import put_pool
from courses import pictures
from courses.models import Question
from tests.cms.tiny_curriculum import change, said, said_about, write_course

# Wagtail leaves the file of a picture that it has just drawn to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
MORE = """\
- id: q08
  kind: cloze
  lesson: 1
  level: basic
  competence: 4.1
  text: {uz: "Parol [[1]] va [[2]].", ru: "Пароль [[2]] и [[1]].", en: "A password is [[1]] and [[2]]."}
  picture: {file: lock.png, alt: {uz: Qulf, ru: Замок, en: A lock}}
  gaps:
  - choose: [{uz: uzun, ru: длинный, en: long, right: true}, {uz: qisqa, ru: короткий, en: short}]
  - accept: {uz: [alohida], ru: [свой], en: [its own]}
  feedback: *feedback
- id: q09
  kind: numerical
  lesson: 1
  level: basic
  text: *feedback
  answer: 2048
  tolerance: 5
  percent: true
  units: [MB, GB = 1024]
  feedback: *feedback
- id: q10
  kind: matching
  lesson: 1
  level: basic
  text: *feedback
  pairs:
  - {left: {uz: bir, ru: один, en: one}, right: &odd {uz: toq, ru: нечётное, en: odd}}
  - {left: {uz: ikki, ru: два, en: two}, right: {uz: juft, ru: чётное, en: even}}
  - {left: {uz: uch, ru: три, en: three}, right: *odd}
  feedback: *feedback
"""
FIRST = 53  # the line of «- id: q08» less one


def drawn(colour):
    held = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(held, "PNG")
    return held.getvalue()


@pytest.fixture
def root(tmp_path):
    write_course(tmp_path)
    module = tmp_path / "sec/1-accounts"
    with (module / "quiz.yaml").open("a", encoding="utf-8") as file:
        file.write(MORE)
    (module / "pictures").mkdir()
    (module / "pictures/lock.png").write_bytes(drawn("red"))
    return tmp_path


def test_what_is_whole_needs_no_word(root):
    assert said(root) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("uz: \"Parol [[1]] va [[2]].\"", "uz: \"Parol [[1]] va [[1]].\"", 6, "each gap must stand in the text once, [[1]] to [[2]] (uz)"),
        ("  - accept: {uz: [alo", "  - acept: {uz: [alo", 10, "gap 2 must have choose or accept|unknown key «acept»: did you mean accept?"),
        ("en: long, right: true}", "en: long}", 9, "mark exactly one choice of gap 1 with right: true"),
        ("{uz: qisqa,", "{uz: uzun,", 9, "«uzun» stands in gap 1 twice (uz)"),
        ("ru: [свой], ", "", 10, "no accept of gap 2 in ru"),
        ("competence: 4.1", "competence: 4.9", 5, "no competence «4.9» in DigComp 3.0: use 1.1 to 5.4, such as 4.2"),
        ("file: lock.png", "file: lok.png", 7, "no file pictures/lok.png: did you mean lock.png?"),
        ("file: lock.png", "file: ../quiz.yaml", 7, "no file pictures/../quiz.yaml"),
        ("alt: {uz: Qulf, ", "alt: {", 7, "no alt of picture in uz"),
        ("GB = 1024", "GB", 20, "say how many MB one GB is: GB = …"),
        ("[MB, GB", "[MB = 8, GB", 20, "the first unit is that of the answer: write only «MB»"),
        ("[MB, GB", "[MB, MB = 2, GB", 20, "the unit MB stands there twice"),
        ("[MB, GB", "[8, GB", 20, "unit 1 must be like MB, or GB = 1024, not «8»"),
        ("percent: true", "percent: 5", 19, "percent must be true or false, not «5»"),
        ("en: even", "en: odd", 27, "«odd» stands in pairs 2 times (en)"),
        ("right: {uz: juft, ru: чётное, en: even}", "right: *odd", 27, "all pairs have the same right side"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(root, old, new, line, expected):
    change(root, "quiz.yaml", old, new)

    owner = "q08" if line < 12 else "q09" if line < 22 else "q10"
    assert said_about(root, "quiz.yaml") == [f"{FIRST + line}: {owner}: {words}" for words in expected.split("|")]


def test_what_is_no_picture_is_said(root):
    (root / "sec/1-accounts/pictures/lock.png").write_bytes(b"<svg/>")

    assert said_about(root, "quiz.yaml") == [f"{FIRST + 7}: q08: pictures/lock.png is no PNG, JPEG, WebP or GIF"]


# --- Loading --------------------------------------------------------------------------------------------------------------


def load(root):
    from cms.curriculum.problems import Notes
    from cms.curriculum.yamlfiles import plain, read_yaml

    module = root / "sec/1-accounts"
    quiz = plain(read_yaml(module / "quiz.yaml", Notes("quiz.yaml")))
    report = Report()
    put_pool(report, quiz, {"uz": "Hisoblar"}, "sec/1-accounts", module / "pictures")
    return report


def test_they_become_questions_and_twice_is_once(base, root):
    load(root)

    gaps, number, pairs = (Question.objects.get(code=code) for code in ("q08", "q09", "q10"))
    assert gaps.competence == "4.1"
    assert gaps.current.content["gaps"] == [
        {"id": "g1", "choices": [
            {"id": "g1-1", "text": {"uz": "uzun", "ru": "длинный", "en": "long"}, "right": True},
            {"id": "g1-2", "text": {"uz": "qisqa", "ru": "короткий", "en": "short"}, "right": False},
        ]},
        {"id": "g2", "accept": {"uz": ["alohida"], "ru": ["свой"], "en": ["its own"]}},
    ]  # fmt: skip
    (image,) = pictures.of(gaps.current.content)
    assert (image["id"], image["alt"]["ru"], image["width"]) == (get_image_model().objects.get().pk, "Замок", 8)
    assert {name: number.current.content[name] for name in ("answer", "tolerance", "percent", "units")} == {
        "answer": "2048", "tolerance": "5", "percent": True,
        "units": [{"name": "MB", "factor": "1"}, {"name": "GB", "factor": "1024"}],
    }  # fmt: skip
    assert [pair["right"]["uz"] for pair in pairs.current.content["pairs"]] == ["toq", "juft", "toq"]

    again = load(root)
    assert (again.made, again.changed, again.same, again.left) == (0, 0, 10, [])


def test_another_picture_of_the_same_name_makes_a_version(base, root):
    load(root)
    (root / "sec/1-accounts/pictures/lock.png").write_bytes(drawn("blue"))
    change(root, "quiz.yaml", "competence: 4.1", "competence: 4.2")

    assert (load(root).changed, get_image_model().objects.count()) == (1, 2)
    question = Question.objects.get(code="q08")
    assert (question.competence, question.versions.count()) == ("4.2", 2)
