"""Grading and reading of answers: pure functions."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import answers, cloze, kinds

CHOICES = {"text": {}, "choices": [{"id": key, "text": {"uz": key}, "right": key in "ab"} for key in "abcd"]}
ONE = {"text": {}, "choices": [{"id": key, "text": {"uz": key}, "right": key == "b"} for key in "abc"]}
STEPS = {"text": {}, "steps": [{"id": key, "text": {"uz": key}} for key in "pqrs"]}
PAIRS = {"text": {}, "pairs": [{"id": key, "left": {"uz": key}, "right": {"uz": key * 2}} for key in "xyz"]}
SHARED = {
    "text": {},
    "pairs": [{**pair, "right": {"uz": "zz" if pair["id"] == "x" else pair["right"]["uz"]}} for pair in PAIRS["pairs"]],
}
NUMBER = {"text": {}, "answer": "65", "tolerance": "0.5"}
SIZE = {
    "text": {},
    "answer": "2048",
    "tolerance": "5",
    "percent": True,
    "units": [{"name": "MB", "factor": "1"}, {"name": "GB", "factor": "1024"}, {"name": "Mb", "factor": "0.125"}],
}
GAPS = {
    "text": {"uz": "A <code>[[1]]</code> b [[2]] c [[3]].", "ru": "[[3]] а [[1]] б [[2]]"},
    "gaps": [
        {
            "id": "x",
            "choices": [
                {"id": "x1", "text": {"uz": "ha", "ru": "да"}, "right": True},
                {"id": "x2", "text": {"uz": "yoʻq", "ru": "нет"}, "right": False},
            ],
        },
        {"id": "y", "accept": {"uz": ["oʻquv*"], "ru": ["учёба"]}},
        {"id": "z", "choices": [{"id": f"z{n}", "text": {"all": str(n)}, "right": n == 2} for n in range(4)]},
    ],
}
WILD = {"text": {}, "accept": {"all": ["*@*.uz", "a\\*b"]}}
SHORT = {"text": {}, "accept": {"all": ["Win+L", "Windows+L", "Win+Д"]}}


@pytest.mark.parametrize(
    ("kind", "content", "answer", "score"),
    [
        ("single", ONE, "b", 1),
        ("single", ONE, "a", 0),
        ("single", ONE, None, 0),
        ("single", ONE, "gone", 0),
        ("multiple", CHOICES, ["a", "b"], 1),
        ("multiple", CHOICES, ["a"], Decimal("0.5")),
        ("multiple", CHOICES, ["a", "c"], 0),
        ("multiple", CHOICES, ["a", "b", "c"], Decimal("0.5")),
        ("multiple", CHOICES, ["a", "b", "c", "d"], 0),
        ("multiple", CHOICES, ["c"], 0),
        ("true_false", {"answer": False}, False, 1),
        ("true_false", {"answer": False}, True, 0),
        ("true_false", {"answer": True}, None, 0),
        ("numerical", NUMBER, "65", 1),
        ("numerical", NUMBER, "65,5 %", 1),
        ("numerical", NUMBER, "65.6", 0),
        ("numerical", NUMBER, "ko‘p", 0),
        ("numerical", {"answer": "1000000", "tolerance": "0"}, "1 000 000", 1),
        ("ordering", STEPS, list("pqrs"), 1),
        ("ordering", STEPS, list("qprs"), Decimal(1) / 3),
        ("ordering", STEPS, list("srqp"), 0),
        ("matching", PAIRS, {"x": "x", "y": "y", "z": "z"}, 1),
        ("matching", PAIRS, {"x": "x", "y": "z", "z": "y"}, Decimal(1) / 3),
        ("matching", SHARED, {"x": "x", "y": "y", "z": "x"}, 1),
        ("matching", SHARED, {"x": "z", "y": "x"}, Decimal(1) / 3),
        ("short_answer", SHORT, " windows + l ", 1),
        ("short_answer", SHORT, "win-l", 1),
        ("short_answer", SHORT, "WIN+Д", 1),
        ("short_answer", SHORT, "ctrl+l", 0),
        ("short_answer", WILD, "Ali@natlib.uz", 1),
        ("short_answer", WILD, "@.uz", 1),
        ("short_answer", WILD, "ali@natlib.com", 0),
        ("short_answer", WILD, "a*b", 1),
        ("short_answer", WILD, "acb", 0),
        ("short_answer", {"accept": {"all": ["ўқув*"]}}, "o'quv zali", 1),
        ("short_answer", {"accept": {"all": ["a*a"]}}, "a", 0),
        ("short_answer", {"accept": {"all": ["ab*ba"]}}, "aba", 0),
        ("numerical", SIZE, "2048", 1),
        ("numerical", SIZE, "2 GB", 1),
        ("numerical", SIZE, "2гб", 1),
        ("numerical", SIZE, "2,1 GB", 1),
        ("numerical", SIZE, "2,11 GB", 0),
        ("numerical", SIZE, "2048 KB", 0),
        ("numerical", SIZE, "16384 Mb", 1),
        ("numerical", SIZE, "2048 mb", 0),  # Mb or MB?
        ("numerical", SIZE, "GB", 0),
        ("numerical", {"answer": "-200", "tolerance": "10", "percent": True}, "-220", 1),
        ("numerical", {"answer": "-200", "tolerance": "10", "percent": True}, "-221", 0),
        ("cloze", GAPS, {"x": "x1", "y": "Ўқув зали", "z": "z2"}, 1),
        ("cloze", GAPS, {"x": "x1", "y": "учеба", "z": "z3"}, Decimal(2) / 3),
        ("cloze", GAPS, {"x": "x2", "y": "kitob"}, 0),
        ("cloze", GAPS, {"z": "z2", "gone": "x1"}, Decimal(1) / 3),
        ("cloze", GAPS, None, 0),
    ],
)
def test_an_answer_is_graded_by_its_kind(kind, content, answer, score):
    assert kinds.grade(kind, content, answer) == score


@given(answer=st.lists(st.sampled_from("abcd"), unique=True))
def test_partial_credit_is_between_nothing_and_all_and_only_the_right_set_gets_all(answer):
    score = kinds.grade("multiple", CHOICES, answer)

    assert 0 <= score <= 1
    assert (score == 1) == (set(answer) == {"a", "b"})


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("single", ["0", "1"]),
        ("single", ["7"]),
        ("single", ["-1"]),
        ("single", ["b"]),
        ("single", ["00000000001"]),
        ("multiple", ["0", "0"]),
        ("true_false", ["maybe"]),
        ("true_false", ["true", "false"]),
        ("ordering", ["0", "1"]),
        ("ordering", ["0", "0", "1", "2"]),
        ("matching", ["0"]),
        ("numerical", ["1", "2"]),
        ("short_answer", ["x" * 301]),
        ("cloze", ["1"]),
        ("cloze", ["0", "0"]),
        ("cloze", ["4", "0"]),
        ("cloze", ["1", "0", "1", "1"]),
        ("cloze", ["1", "2"]),
        ("cloze", ["1", "x1"]),
        ("cloze", ["2", "y" * 301]),
        ("cloze", ["2", "y\x00"]),
        ("cloze", ["01", "0"]),
        ("cloze", ["1", "0", "2", "a", "3", "0", "3", "1"]),
    ],
)
def test_what_no_page_could_have_sent_is_refused(kind, values):
    contents = {
        "single": ONE,
        "multiple": CHOICES,
        "true_false": {},
        "ordering": STEPS,
        "matching": PAIRS,
        "numerical": NUMBER,
        "short_answer": SHORT,
        "cloze": GAPS,
    }
    order = [part["id"] for part in kinds.parts(kind, contents[kind])]

    with pytest.raises(kinds.BadAnswer):
        kinds.read(kind, contents[kind], order, values)


def test_positions_are_read_in_the_order_of_the_attempt():
    assert kinds.read("single", ONE, ["c", "a", "b"], ["2"]) == "b"
    assert kinds.read("ordering", STEPS, ["s", "r", "q", "p"], ["3", "2", "1", "0"]) == list("pqrs")
    assert kinds.read("matching", PAIRS, ["z", "x", "y"], ["1", "", "0"]) == {"x": "x", "z": "z"}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("single", ONE),
        ("multiple", CHOICES),
        ("ordering", STEPS),
        ("matching", PAIRS),
        ("numerical", NUMBER),
        ("short_answer", SHORT),
        ("cloze", GAPS),
    ],
)
def test_the_page_of_an_open_question_shows_neither_ids_nor_the_key(kind, content):
    """Ids could tell the order in which the key was written; «right», «accept» and «answer» are the key."""
    order = [part["id"] for part in kinds.parts(kind, content)][::-1]

    shown = kinds.shown(kind, content, order, None, "uz")

    assert not {"right", "accept", "answer", "tolerance", "id", "why"} & _keys(shown)


def _keys(value):
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in _keys(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in _keys(inner)}
    return set()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0,5", "0.5"),
        ("1\u00a0000,25", "1000.25"),
        ("−3", "-3"),
        ("+7", "7"),
        ("5.", "5"),
        ("1.2.3", None),
        ("", None),
        ("1e5", None),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, number):
    assert kinds.to_number(typed) == (None if number is None else Decimal(number))


# --- Missing words --------------------------------------------------------------------------------------------------------


ORDER = ["z3", "x2", "z1", "z0", "x1", "z2"]  # one order for the lists of all gaps


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (["1", "0", "2", " oʻquv ", "3", "3"], {"x": "x2", "y": "oʻquv", "z": "z2"}),
        (["3", "0", "1", "1", "2", ""], {"x": "x1", "z": "z3"}),  # as the Russian sentence has them
        (["1", "", "2", "", "3", ""], None),
        (["2", "5"], {"y": "5"}),
        ([], None),
    ],
)
def test_gaps_are_read_by_their_numbers_whatever_the_order_of_the_sentence(values, answer):
    assert kinds.read("cloze", GAPS, ORDER, values) == answer


def test_a_sentence_is_cut_at_its_gaps_in_each_language():
    def seen(language):
        view = kinds.shown("cloze", GAPS, ORDER, {"x": "x1", "y": "soʻz"}, language)
        return [piece.get("html", piece.get("gap")) for piece in view["pieces"]], view

    assert seen("ru")[0] == ["", 3, " а ", 1, " б ", 2, ""]
    pieces, view = seen("uz")
    assert pieces == ["A <code>", 1, "</code> b ", 2, " c ", 3, "."]
    assert view["text"] == "A <code>[1]</code> b [2] c [3]."
    assert view["pieces"][1]["options"] == [
        {"value": 0, "text": "yoʻq", "chosen": False},
        {"value": 1, "text": "ha", "chosen": True},
    ]
    assert view["pieces"][3] == {"gap": 2, "typed": "soʻz"}
    assert [one["text"] for one in view["pieces"][5]["options"]] == ["3", "1", "0", "2"]


@pytest.mark.parametrize(
    ("html", "pieces"),
    [
        ("[[1]][[1]][[2]]", ["", 1, "[[1]]", 2, ""]),  # the second one is no field
        ("[[3]] [[0]] [[x]] [1]", ["[[3]] [[0]] [[x]] [1]"]),
        ('<a href="/?q=[[1]]" title=">">x</a> [[2]]', ['<a href="/?q=[[1]]" title=">">x</a> ', 2, ""]),
    ],
)
def test_what_is_no_gap_stays_text_and_no_tag_is_cut(html, pieces):
    assert cloze.cut(html, 2) == pieces


def test_what_is_told_afterwards_names_each_gap():
    told = kinds.explained("cloze", GAPS, {"x": "x2", "y": "<b>&"}, "ru")

    assert told["given"] == [{"text": "[1] нет"}, {"text": "[2] &lt;b&gt;&amp;"}]
    assert told["right"] == ["[1] да", "[2] учёба", "[3] 2"]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


@given(
    given_x=st.sampled_from(["x1", "x2", None]),
    given_y=texts,
    given_z=st.sampled_from(["z0", "z2", None]),
    order=st.permutations(ORDER),
    language=st.sampled_from(["uz", "ru", "en"]),
)
def test_what_the_page_of_a_cloze_shows_is_what_it_sends_back(given_x, given_y, given_z, order, language):
    answer = {"x": given_x, "y": given_y.strip(), "z": given_z}
    answer = {key: value for key, value in answer.items() if value} or None
    values = []
    for piece in kinds.shown("cloze", GAPS, order, answer, language)["pieces"]:
        if "gap" in piece:
            chosen = [str(one["value"]) for one in piece.get("options", ()) if one["chosen"]]
            values += [str(piece["gap"]), piece.get("typed", chosen[0] if chosen else "")]

    assert kinds.read("cloze", GAPS, order, values) == answer
    assert 0 <= kinds.grade("cloze", GAPS, answer) <= 1


@given(values=st.lists(st.one_of(texts, st.sampled_from(["1", "2", "3", "0", ""])), max_size=8))
def test_whatever_is_sent_is_read_or_refused_and_graded_within_bounds(values):
    for kind, content in (("cloze", GAPS), ("numerical", SIZE), ("short_answer", WILD), ("multiple", CHOICES)):
        order = [part["id"] for part in kinds.parts(kind, content)]
        try:
            answer = kinds.read(kind, content, order, values)
        except kinds.BadAnswer:
            continue
        assert 0 <= kinds.grade(kind, content, answer) <= 1
        kinds.shown(kind, content, order, answer, "uz")
        kinds.explained(kind, content, answer, "uz")


def test_the_same_answer_is_kept_the_same_whatever_the_language_puts_first():
    ways = [kinds.read("cloze", GAPS, ORDER, values) for values in (["1", "0", "2", "a"], ["2", "a", "1", "0"])]

    assert list(ways[0].items()) == list(ways[1].items())


def test_the_right_values_of_a_cloze_are_right_in_any_order():
    assert kinds.grade("cloze", GAPS, kinds.read("cloze", GAPS, ORDER, cloze.right_values(GAPS, ORDER))) == 1


# --- What is typed --------------------------------------------------------------------------------------------------------


@given(text=texts.filter(lambda text: not {"*", "\\"} & set(text)))
def test_a_wildcard_stands_for_anything_and_for_nothing(text):
    for pattern in ("*", f"{text}*", f"*{text}", f"*{text}*"):
        assert answers.accepted({"all": [pattern]}, text)


def test_a_pattern_of_many_stars_is_quick():
    """A regular expression of the same would take years."""
    assert not answers.accepted({"all": ["*a" * 60 + "*b"]}, "a" * 300)


def test_an_answer_is_told_without_the_signs_of_patterns():
    assert kinds.explained("short_answer", WILD, None, "uz")["right"] == ["…@….uz"]
    assert answers.readable({"all": ["a\\*b"]}, "uz") == ["a*b"]
    assert kinds.explained("numerical", SIZE, None, "uz")["right"] == ["2048 MB"]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_an_image_is_told_with_its_words_and_without_its_number_in_the_library(language):
    image = {
        "id": 7,
        "hash": "h",
        "file": "questions/a.webp",
        "width": 720,
        "height": 360,
        "alt": {"uz": "ekran", "ru": "экран"},
    }
    content = {**ONE, "image": image, "choices": [{**one, "image": image} for one in ONE["choices"]]}
    alt = "экран" if language == "ru" else "ekran"
    drawn = {"file": "questions/a.webp", "width": 720, "height": 360, "alt": alt}

    view = kinds.shown("single", content, ["a", "b", "c"], None, language)

    assert view["picture"] == drawn
    assert [option["picture"] for option in view["options"]] == [drawn] * 3


def test_a_right_side_of_several_pairs_is_offered_once():
    rows = kinds.shown("matching", SHARED, ["z", "y", "x"], {"z": "x"}, "uz")["rows"]

    assert [[(right["text"], right["value"], right["chosen"]) for right in row["rights"]] for row in rows] == [
        [("yy", 1, False), ("zz", 2, False)],
        [("yy", 1, False), ("zz", 2, False)],
        [("yy", 1, False), ("zz", 2, True)],
    ]
