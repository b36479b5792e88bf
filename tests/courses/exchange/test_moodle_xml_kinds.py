"""Moodle XML, one kind or piece a test; the questions are our own."""

import pytest

from courses import kinds
from tests.courses.exchange.conftest import choices, words
from tests.courses.exchange.test_gift import HALF, ONE_FEEDBACK, PARTLY, WEIGHTS
from tests.courses.exchange.xml_making import answer, question, quiz


def test_one_right_answer(one):
    draft = one(
        quiz(
            question(
                "multichoice",
                "<generalfeedback format='html'><text>&lt;p&gt;So it is.&lt;/p&gt;</text></generalfeedback><single>true</single>"
                + answer("<![CDATA[<p>roof</p>]]>", 0, "no")
                + answer("desk", 100),
            )
        )
    )

    assert (draft.kind, draft.name, words(draft), draft.line) == ("single", "N", "Where?", 3)
    assert choices(draft) == [("roof", False, "no"), ("desk", True, "")]
    assert draft.content["feedback"] == {"en": "So it is."}
    assert draft.repairs == []


def test_several_right_answers(one):
    draft = one(
        quiz(question("multichoice", "<single>false</single>" + answer("a", 50) + answer("b", 50) + answer("c", -50)))
    )

    assert (draft.kind, [right for _w, right, _y in choices(draft)], draft.repairs) == (
        "multiple",
        [True, True, False],
        [],
    )


def test_fractions_of_another_rule_are_told(one):
    inner = "<single>false</single>" + answer("a", 75) + answer("b", 25) + answer("c", 0)

    assert one(quiz(question("multichoice", inner))).repairs == [WEIGHTS]


def test_a_fraction_beside_the_right_answer_is_told(one):
    inner = "<single>true</single>" + answer("a", 100) + answer("b", "33.33333") + answer("c", 0)

    assert one(quiz(question("multichoice", inner))).repairs == [HALF]


def test_true_or_false(one):
    draft = one(quiz(question("truefalse", answer("true", 0, "No, no.") + answer("false", 100, "Yes."))))

    assert draft.content == {"text": {"en": "Where?"}, "feedback": {"en": "Yes."}, "answer": False}
    assert draft.repairs == [ONE_FEEDBACK]


def test_a_short_answer(one):
    inner = "<usecase>1</usecase>" + answer("desk", 100) + answer("the *", 100) + answer("des", 50) + answer("*", 0)
    draft = one(quiz(question("shortanswer", inner)))

    assert draft.content["accept"] == {"all": ["desk", "the *"]}
    assert draft.repairs == ["Capital and small letters are no longer told apart.", PARTLY]


def test_a_star_that_is_a_star(one):
    assert one(quiz(question("shortanswer", answer("2\\*3", 100)))).content["accept"] == {"all": ["2\\*3"]}


def number(units="", tolerance="<tolerance>0.5</tolerance>"):
    units = "".join(
        f"<unit><multiplier>{multiplier}</multiplier><unit_name>{name}</unit_name></unit>" for name, multiplier in units
    )
    return quiz(question("numerical", answer("5500", 100, rest=tolerance) + f"<units>{units}</units>"))


def test_a_number_with_units(one):
    """Moodle multiplies the answer: 5500 W are 5.5 kW."""
    draft = one(number([("kW", "0.001"), ("W", "1"), ("min", "0.0166666666666667")]))

    assert (draft.problems, draft.repairs) == ([], [])
    assert draft.content == {
        "text": {"en": "Where?"},
        "feedback": {},
        "answer": "5500",
        "tolerance": "0.5",
        "units": [{"name": "W", "factor": "1"}, {"name": "kW", "factor": "1000"}, {"name": "min", "factor": "60"}],
    }
    assert kinds.grade("numerical", draft.content, "5,5 kW") == 1


@pytest.mark.parametrize(
    ("units", "why"),
    [
        ([("kW", "0.001")], "The first unit is the one in which the number is given: it is 1."),
        ([("W", "1"), ("W", "1")], "This line is no unit: W = 1"),
        ([("W", "0")], "This line is no unit: W"),
        ([("W", "many")], "This line is no unit: W"),
        ([("", "1")], "This line is no unit: "),
        ([("3W", "1")], "This line is no unit: 3W"),
        ([("W", "1e-99")], "The first unit is the one in which the number is given: it is 1."),
    ],
)
def test_units_that_are_none(one, units, why):
    assert one(number(units)).problems == [why]


def test_a_tolerance_in_per_cent(one):
    draft = one(number(tolerance='<tolerance percent="5">275</tolerance>'))

    assert (draft.content["tolerance"], draft.content["percent"]) == ("5", True)


def test_matching(one):
    pairs = [("&lt;p&gt;novel&lt;/p&gt;", "prose"), ("poem", "verse"), ("", "dance")]
    inner = "".join(
        f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
        for left, right in pairs
    )
    draft = one(quiz(question("matching", inner)))

    assert [(pair["left"]["en"], pair["right"]["en"]) for pair in draft.content["pairs"]] == [
        ("novel", "prose"),
        ("poem", "verse"),
    ]
    assert draft.repairs == ["A right side without a left one is left out: «dance»."]


def test_ordering(one):
    draft = one(quiz(question("ordering", answer("second", "2.0000000") + answer("third", "3") + answer("first", "1"))))

    assert [step["text"]["en"] for step in draft.content["steps"]] == ["first", "second", "third"]


def said(draft):
    """Of each gap [(text, right)], or what is accepted."""
    return [
        gap.get("accept") or [(choice["text"].get("all", choice["text"]), choice["right"]) for choice in gap["choices"]]
        for gap in draft.content["gaps"]
    ]


def words_to_drag(tag, *rows):
    return "".join(f"<{tag}><text>{word}</text><group>{group}</group></{tag}>" for word, group in rows)


GAPS = pytest.mark.parametrize(("kind", "tag"), [("gapselect", "selectoption"), ("ddwtos", "dragbox")])


@GAPS
def test_gaps_are_chosen_among_the_words_of_their_group(one, kind, tag):
    inner = words_to_drag(tag, ("eat", 1), ("read", 1), ("blue", 2), ("red", 2), ("read", 1))
    draft = one(quiz(question(kind, inner, text="<p>We [[2]] [[3]] books and [[2]] more.</p>")))

    assert (draft.kind, words(draft)) == ("cloze", "We [[1]] [[2]] books and [[3]] more.")
    reading = [("eat", False), ("read", True)]
    assert (said(draft), draft.problems) == ([reading, [("blue", True), ("red", False)], reading], [])


@GAPS
def test_gaps_of_several_languages_are_the_same_ones(one, kind, tag):
    inner = words_to_drag(tag, ("a", 1), ("b", 1), ("c", 1))
    text = (
        '<span lang="uz" class="multilang">U [[1]] [[2]]</span><span lang="en" class="multilang">E [[2]] [[1]]</span>'
    )
    draft = one(quiz(question(kind, inner, text=text)))

    assert draft.content["text"] == {"uz": "U [[1]] [[2]]", "en": "E [[2]] [[1]]"}
    assert [[text for text, right in gap if right] for gap in said(draft)] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("gaps", "group", "why"),
    [
        (21, 3, "The text has 21 gaps: at most 20."),
        (2, 51, "There are 51 answers, lines or pairs: at most 50."),
    ],
)
def test_too_many_gaps_or_words(one, gaps, group, why):
    inner = words_to_drag("dragbox", *((f"w{n}", 1) for n in range(group)))

    assert one(quiz(question("ddwtos", inner, text="[[1]] " * gaps))).problems == [why]


@pytest.mark.parametrize(
    ("gap", "kind"),
    [
        ("{1:MULTIRESPONSE:%50%read~%50%love~%-50%eat}", "multiple"),
        ("{1:MRHS:%50%read~%50%love~%-50%eat}", "multiple"),
        ("{1:NUMERICAL:=8:0.5}", "numerical"),
    ],
)
def test_one_gap_that_is_no_gap_here(one, gap, kind):
    draft = one(quiz(question("multianswer", text=f"<p>We {gap} books.</p>")))

    assert (draft.kind, words(draft), draft.problems) == (kind, "We ____ books.", [])


@pytest.mark.parametrize(
    ("gap", "wanted"),
    [
        ("{1:MULTICHOICE:eat~=read#yes}", [("eat", False), ("read", True)]),
        ("{:MC:~%100%read~eat}", [("read", True), ("eat", False)]),
        ("{:MCVS:=a\\~b~\\}}", [("a~b", True), ("}", False)]),
        ("{2:SHORTANSWER:=read~*#no}", {"all": ["read"]}),
        ("{2:SAC:=re*d~=2\\*2}", {"all": ["re*d", "2\\*2"]}),
    ],
)
@pytest.mark.parametrize("more", ["", " {1:MW:=here}"])
def test_gaps_of_a_cloze(one, gap, wanted, more):
    draft = one(quiz(question("multianswer", text=f"<p>We {gap} books{more}.</p>")))

    assert (draft.kind, draft.problems) == ("cloze", [])
    assert words(draft) == "We [[1]] books" + more.replace("{1:MW:=here}", "[[2]]") + "."
    assert said(draft) == [wanted, *([{"all": ["here"]}] if more else [])]


def test_numbers_beside_other_gaps_are_typed(one):
    draft = one(quiz(question("multianswer", text="{1:NM:=-3.5:0#Cold} or {1:NUMERICAL:=32~%50%30:5} by {1:SA:=F}")))

    assert (draft.kind, draft.problems) == ("cloze", [])
    assert said(draft) == [{"all": ["-3.5", "-3,5"]}, {"all": ["32"]}, {"all": ["F"]}]
    assert draft.repairs[0] == "A number in a gap beside others is compared as it is typed: «-3.5»."


def test_a_question_alone_without_a_quiz_around_it(one):
    draft = one(question("truefalse", answer("true", 100), answer("false", 0)))

    assert (draft.kind, draft.content["answer"], draft.problems) == ("true_false", True, [])


def test_pairs_that_share_their_right_side(one):
    pairs = [("frog", "amphibian"), ("cat", "mammal"), ("newt", "amphibian"), ("", "insect")]
    inner = "".join(
        f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
        for left, right in pairs
    )
    draft = one(quiz(question("matching", inner)))

    assert draft.problems == []
    assert [pair["right"]["en"] for pair in draft.content["pairs"]] == ["amphibian", "mammal", "amphibian"]


BESIDE = "A gap beside others is chosen from a list or typed: several answers it cannot have."
CALCULATED = "This question is calculated: each learner gets other numbers. Here a question has one key: write it with fixed numbers."
DRAGGED = "Words or markers are dragged onto a picture: this is not possible here. Ask with a list below the picture."
DRAWN = "This is no question of its own, but a draw from others: take those in, and draw from the pool in the rules of a test."


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (
            "multianswer",
            "{1:SA:=a} {1:NM:=8:1}",
            "A number in a gap beside others is compared as it is typed: it cannot have a tolerance.",
        ),
        ("multianswer", "{1:SA:=a} {1:NM:=eight}", "«eight» is no number."),
        ("multianswer", "{1:MRV:%50%a~%50%b~c} {1:SA:=b}", BESIDE),
        ("multianswer", "{1:REGEXP:=a} {1:SA:=b}", "Questions of the kind «REGEXP» are not known here."),
        ("multianswer", "{1:SA:=a} and [[3]]", "Each gap stands in the text once: [[1]] to [[1]]."),
        ("multianswer", "{1:MC:=a~=b} {1:SA:=b}", "Several answers are right where only one can be chosen."),
        ("multianswer", "{1:MC:=a} {1:SA:=b}", "There are fewer than two answers."),
        ("multianswer", "{1:SA:a} {1:SA:=b}", "No answer is right."),
        ("multianswer", "{1:SA:=a}" * 21, "The text has 21 gaps: at most 20."),
        ("multianswer", "None", "The text has no gaps."),
        ("ddwtos", "[[1]] [[2]]", "No answer is right."),
        ("gapselect", "[[7]]", "No answer is right."),
        ("essay", "Tell!", "This is an essay: it belongs to assignments, where a trainer reads it."),
        ("description", "Listen!", "This is a description, no question: there is nothing to answer."),
        ("calculated", "{x}+{y}", CALCULATED),
        ("calculatedsimple", "{x}", CALCULATED),
        ("calculatedmulti", "{x}", CALCULATED),
        ("ddmarker", "Where?", DRAGGED),
        ("ddimageortext", "Where?", DRAGGED),
        ("random", "1", DRAWN),
        ("randomsamatch", "Match!", DRAWN),
        ("coderunner", "Write!", "Questions of the kind «coderunner» are not known here."),
        ("multichoice", "Where?", "There are fewer than two answers."),
        ("truefalse", "Where?", "No answer is right."),
        ("numerical", "Where?", "No answer is right."),
    ],
)
def test_what_is_refused(one, kind, text, why):
    draft = one(quiz(question(kind, text=text)))

    assert draft.problems == [why]
    assert draft.line == 3


def test_lines_are_those_of_the_file(read):
    rows = read(
        "\n<?xml version='1.0'?>\n\n"
        + "<quiz>\n\n"
        + question("essay")
        + "\n<!-- x -->\n"
        + question("essay")
        + "</quiz>"
    )

    assert [draft.line for draft in rows] == [6, 9]


def test_categories_and_tags(read):
    text = quiz(
        '<question type="category"><category><text>$course$/top/Default for X</text></category></question>',
        question("truefalse", answer("true", 100)),
        '<question type="category"><category><text>$course$/top/Safety/Desk</text></category></question>',
        question(
            "truefalse", answer("true", 100) + "<tags><tag><text>hard</text></tag><tag><text> </text></tag></tags>"
        ),
    )

    assert [draft.tags for draft in read(text)] == [[], ["Desk", "hard"]]


def test_languages(one):
    text = '<span lang="uz" class="multilang">Qayerda?</span><span lang="en" class="multilang">Where?</span>'
    draft = one(quiz(question("truefalse", answer("true", 100), text=text)))

    assert draft.content["text"] == {"uz": "Qayerda?", "en": "Where?"}
