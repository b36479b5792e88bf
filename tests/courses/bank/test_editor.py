"""Questions in /cms/: typed in three languages side by side, kept as plain JSON; what must be true of them."""

import pytest
from wagtail.test.utils.form_data import nested_form_data, streamfield

from courses import question_form
from courses.models import Question
from courses.typed import html, plain
from tests import making
from tests.courses.bank.typing_in import ADD, choice, edit, gap, kept, parts, single, three, typed

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
