"""GIFT, one piece of syntax a test; the questions are our own."""

import pytest

from courses import kinds
from tests.courses.exchange.conftest import choices, words

WEIGHTS = "Its own weights are not kept: points are the right ones chosen less the wrong ones, of all right ones."
HALF = "Part of the points for an answer that is half right is not kept: it counts as wrong."
PARTLY = "Answers with part of the points are left out."
ONE_FEEDBACK = "What is said to single answers is left out: such a question has one text after the answer."


# --- Kinds ----------------------------------------------------------------------------------------------------------------


def test_one_right_answer(one):
    draft = one("Where are books lent?{~At the roof =At the desk#Yes.\n~In the cellar # No: nobody\nsits there}")

    assert (draft.kind, words(draft)) == ("single", "Where are books lent?")
    assert choices(draft) == [
        ("At the roof", False, ""),
        ("At the desk", True, "Yes."),
        ("In the cellar", False, "No: nobody<br>sits there"),
    ]
    assert (draft.line, draft.repairs, draft.problems) == (1, [], [])


def test_several_right_answers_by_their_weights(one):
    draft = one("Which are fruits?{~%50%apple ~%-50%stone ~%50%pear}")

    assert draft.kind == "multiple"
    assert choices(draft) == [("apple", True, ""), ("stone", False, ""), ("pear", True, "")]
    assert draft.repairs == []


def test_weights_of_another_rule_are_told(one):
    assert one("Which?{~%70%apple ~%30%pear ~%-100%stone}").repairs == [WEIGHTS]


def test_thirds_are_the_platforms_own_rule(one):
    draft = one("Which?{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-33.33333%d}")

    assert (draft.kind, draft.repairs) == ("multiple", [])


def test_half_right_beside_a_right_one_counts_as_wrong_and_is_told(one):
    draft = one("Which?{~%50%nearly =exactly ~never}")

    assert choices(draft) == [("nearly", False, ""), ("exactly", True, ""), ("never", False, "")]
    assert draft.repairs == [HALF]


def test_one_with_a_weight_and_no_equals_sign_becomes_one_right_answer(one):
    draft = one("Which?{~%100%yes ~no}")

    assert draft.kind == "single"
    assert "Only one answer is right: it has become a question with one right answer." in draft.repairs


@pytest.mark.parametrize("sign", ["T", "TRUE", "true"])
def test_true(one, sign):
    draft = one(f"Paper burns.{{{sign}}}")

    assert (draft.kind, draft.content["answer"]) == ("true_false", True)


def test_false_with_what_is_said_to_wrong_and_to_right_answers(one):
    draft = one("Paper is a metal.{FALSE#It is made of wood.#Just so.####Paper comes from trees.}")

    assert draft.content == {
        "text": {"en": "Paper is a metal."},
        "feedback": {"en": "Paper comes from trees."},
        "answer": False,
    }
    assert draft.repairs == [ONE_FEEDBACK]


def test_what_is_said_to_the_right_answer_is_kept_where_there_is_nothing_general(one):
    assert one("Paper is a metal.{F##Just so.}").content["feedback"] == {"en": "Just so."}


def test_a_short_answer(one):
    draft = one("What lends books?{=library =a library#Good =%50%bookshop}")

    assert (draft.kind, draft.content["accept"]) == ("short_answer", {"all": ["library", "a library"]})
    assert draft.content["feedback"] == {"en": "Good"}
    assert draft.repairs == [PARTLY]


def test_stars_in_an_answer_are_kept_and_stars_that_are_stars_too(one):
    draft = one("What lends books?{=library =lib* =2\\*3}")

    assert (draft.problems, draft.repairs) == ([], [])
    assert draft.content["accept"] == {"all": ["library", "lib*", "2\\*3"]}
    assert kinds.grade("short_answer", draft.content, "Librarian") == 1
    assert kinds.grade("short_answer", draft.content, "2*3") == 1
    assert kinds.grade("short_answer", draft.content, "2 or 3") == 0


def test_an_answer_that_is_only_a_star_is_refused(one):
    assert one("What lends books?{=*}").problems == ["An answer needs letters or digits."]


@pytest.mark.parametrize(
    ("typed", "answer", "tolerance"),
    [
        ("1822", "1822", "0"), ("1822:5", "1822", "5"), ("3,14 : 0,005", "3.14", "0.005"), ("1..5", "3", "2"),
        ("-2.5..-1.5", "-2.0", "0.5"), ("=8", "8", "0"), ("=8:1 =%50%8:3", "8", "1"), ("1.5e3:10", "1500", "10"),
        ("3:2~#Far off", "3", "2"), ("6#right", "6", "0"), ("\n=1..5", "3", "2"),
    ],
)  # fmt: skip
def test_numbers(one, typed, answer, tolerance):
    draft = one(f"How many?{{#{typed}}}")

    assert (draft.kind, draft.problems) == ("numerical", [])
    assert (draft.content["answer"], draft.content["tolerance"]) == (answer, tolerance)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("many", "«many» is no number."),
        ("5..1", "The range «5..1» ends before it begins."),
        ("4:-1", "«-1» is no number."),
        ("=1 =2", "Several numbers are fully right: only one number, with a tolerance, is possible."),
        ("=%50%2", "No answer is right."),
    ],
)
def test_numbers_that_are_none(one, typed, why):
    assert one(f"How many?{{#{typed}}}").problems == [why]


def test_matching(one):
    draft = one("Match.{=novel -> prose =poem->verse = -> dance}")

    assert draft.kind == "matching"
    assert [(pair["left"]["en"], pair["right"]["en"]) for pair in draft.content["pairs"]] == [
        ("novel", "prose"),
        ("poem", "verse"),
    ]
    assert draft.repairs == ["A right side without a left one is left out: «dance»."]


@pytest.mark.parametrize(
    ("pairs", "problems"),
    [
        ("=novel -> prose =ode -> verse =story -> prose", []),
        ("=novel -> prose =ode -> verse =story -> Prose", ["Two answers say the same."]),
        ("=novel -> prose =novel -> verse", ["Two answers say the same."]),
        ("=novel -> prose =story -> prose", ["All pairs have the same right side: there is nothing to choose."]),
    ],
)
def test_a_right_side_may_belong_to_several_pairs(one, pairs, problems):
    assert one(f"Match.{{{pairs}}}").problems == problems


@pytest.mark.parametrize("behind", [".", " !", '";'])
def test_a_sign_behind_the_answers_of_a_sentence_that_has_ended_says_nothing(one, behind):
    draft = one("How many?{#4}" + behind)
    assert (draft.kind, words(draft)) == ("numerical", "How many?")
    assert (one("Which?{=a ~b}" + behind).kind, words(one("It is {=a ~b}."))) == ("single", "It is [[1]].")


def test_where_no_answer_has_all_points_the_best_one_is_right(one):
    draft = one("Which?{~%50%yes ~%20%perhaps =%0%no}")

    assert choices(draft) == [("yes", True, ""), ("perhaps", False, ""), ("no", False, "")]
    assert draft.repairs == ["No answer has all points: the best one counts as right.", HALF]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("A book is {=read ~eaten} by people.", "A book is [[1]] by people."),
        ("A book is {=read ~eaten}.", "A book is [[1]]."),
        ("Books are lent at the {=desk ~roof} , as you know", "Books are lent at the [[1]] , as you know"),
        ("{=Books ~Stones} are read.", "[[1]] are read."),
    ],
)
def test_a_missing_word(one, typed, shown):
    draft = one(typed)

    assert (draft.kind, words(draft), draft.problems, draft.repairs) == ("cloze", shown, [], [])
    assert [choice["right"] for choice in draft.content["gaps"][0]["choices"]] == [True, False]


def test_a_gap_in_gift(one):
    draft = one("A book is {=<b>read</b>#Yes! ~eaten#No!} by people.")

    assert draft.content == {
        "text": {"en": "A book is [[1]] by people."},
        "feedback": {"en": "Yes!"},
        "gaps": [
            {
                "id": "g1",
                "choices": [
                    {"id": "g1-1", "text": {"all": "read"}, "right": True},
                    {"id": "g1-2", "text": {"all": "eaten"}, "right": False},
                ],
            }
        ],
    }
    assert draft.repairs == [ONE_FEEDBACK]


def test_a_gap_that_is_typed(one):
    draft = one("Books are lent by the {=lib* =reading room} of the town.")

    assert (draft.kind, draft.content["gaps"]) == ("cloze", [{"id": "g1", "accept": {"all": ["lib*", "reading room"]}}])


@pytest.mark.parametrize(
    ("typed", "kind", "shown"),
    [
        ("We {~%50%read ~%50%love ~%-50%eat} books.", "multiple", "We ____ books."),
        ("A byte has {#8} bits.", "numerical", "A byte has ____ bits."),
        ("Write [[1]] where the {=gap ~roof} is.", "single", "Write [[1]] where the ____ is."),
    ],
)
def test_a_missing_word_that_no_gap_can_hold(one, typed, kind, shown):
    assert (one(typed).kind, words(one(typed)), one(typed).problems) == (kind, shown, [])


def test_a_tolerance_in_per_cent_and_units(one):
    draft = one("// [unit:MB] [unit:GB = 1024]\nHow large?{#200:5%}")

    assert (draft.problems, draft.content["tolerance"], draft.content["percent"]) == ([], "5", True)
    assert draft.content["units"] == [{"name": "MB", "factor": "1"}, {"name": "GB", "factor": "1024"}]
    assert kinds.grade("numerical", draft.content, "0,2 GB") == 1
    assert kinds.grade("numerical", draft.content, "211 MB") == 0
    assert "percent" not in one("How large?{#200:5}").content


def test_an_essay_belongs_to_assignments(one):
    assert one("::Essay:: Tell of your library. {}").problems == [
        "This is an essay: it belongs to assignments, where a trainer reads it."
    ]


def test_a_description_is_no_question(one):
    draft = one("::Note::Have paper ready.", "gift")

    assert draft.problems == ["This is a description, no question: there is nothing to answer in {…}."]
    assert draft.content == {"text": {"en": "Have paper ready."}}


# --- What stands around ---------------------------------------------------------------------------------------------------


def test_questions_are_parted_by_blank_lines_and_know_their_lines(read):
    drafts = read("// a head\n\n\nOne{T}\n\n// of the second\n::B::Two\n{F}\n   \n\nThree{T}")

    assert [(draft.line, draft.name, words(draft)) for draft in drafts] == [
        (4, "", "One"),
        (7, "B", "Two"),
        (11, "", "Three"),
    ]


def test_comments_stand_anywhere(one):
    draft = one("// before\nWhich?{\n// among\n=yes\n  // more\n~no\n}\n// after")

    assert choices(draft) == [("yes", True, ""), ("no", False, "")]


def test_a_category_becomes_a_tag(read):
    drafts = read(
        "$CATEGORY: $course$/top/Default for X\n\nA{T}\n\n$CATEGORY: top/Safety/Pass\u200bwords//PINs\nB{T}\n\n$CATEGORY: tom\n\nC{T}"
    )

    assert [draft.tags for draft in drafts] == [[], ["Pass\u200bwords/PINs"], ["tom"]]


def test_tags_of_a_comment(one):
    assert one("// [id:x1] [tag:desk] [tag:a \\] b]\nA{T}").tags == ["desk", "a ] b"]


def test_a_name(one):
    assert one("::The  desk \\: a\nname::Where?{T}").name == "The desk : a name"


def test_escaped_signs(one):
    draft = one(r"1 \= 1\: \{so\} \# \~ \\ a\nb c\d{=\=yes\#\~ ~\{no\}#\#why}")

    assert words(draft) == r"1 = 1: {so} # ~ \ a<br>b c\d"
    assert choices(draft) == [("=yes#~", True, ""), ("{no}", False, "#why")]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("[html]<p>A <b>bold</b> one</p>", "A <b>bold</b> one"),
        ("[html]a\nb", "a\nb"),
        ("[plain]A <b>bold</b> one", "A &lt;b&gt;bold&lt;/b&gt; one"),
        ("[markdown]A **bold** one", "A <strong>bold</strong> one"),
        ("[moodle]A <b>bold</b>\n   one", "A <b>bold</b><br>one"),
        ("A <b>bold</b> one", "A <b>bold</b> one"),
        ("a < b & b > a", "a &lt; b &amp; b &gt; a"),
        ("a &lt; b", "a &lt; b"),
    ],
)
def test_formats(one, typed, shown):
    assert words(one(f"{typed}{{T}}")) == shown


def test_answers_have_formats_of_their_own(one):
    draft = one("[html]Which?{=[plain]<b> ~<i>that</i>#[markdown]*No* ~[moodle]a < b}")

    assert choices(draft) == [("&lt;b&gt;", True, ""), ("<i>that</i>", False, "<em>No</em>"), ("a &lt; b", False, "")]


def test_general_feedback(one):
    draft = one("Which?{=yes ~no#why\n####All [of] it\\: so.}")

    assert draft.content["feedback"] == {"en": "All [of] it: so."}
    assert choices(draft) == [("yes", True, ""), ("no", False, "why")]


def test_languages_marked_as_moodle_does(one):
    draft = one(
        '[html]<span lang\\="uz" class\\="multilang">Qaysi?</span><span class\\="multilang" lang\\="ru">Что?</span>{=42 ~<b>x</b>}'
    )

    assert draft.content["text"] == {"uz": "Qaysi?", "ru": "Что?"}
    assert draft.content["choices"][0]["text"] == {"uz": "42", "ru": "42"}


def test_languages_marked_in_the_other_way(one):
    draft = one("\\{mlang uz\\}Qaysi?\\{mlang\\}\\{mlang ru\\}Что?\\{mlang\\}\\{mlang de\\}Was?\\{mlang\\}{T}")

    assert draft.content["text"] == {"uz": "Qaysi?", "ru": "Что?"}


def test_half_a_language_is_left_out(one):
    draft = one(
        "\\{mlang uz\\}Qaysi?\\{mlang\\}\\{mlang ru\\}Что?\\{mlang\\}{=\\{mlang uz\\}bu\\{mlang\\} ~\\{mlang uz\\}u\\{mlang\\}}"
    )

    assert draft.content["text"] == {"uz": "Qaysi?"}
    assert draft.repairs == ["Русский is left out: parts of it are missing."]


# --- What is wrong --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Which?{=yes ~no", "«{» is not closed. A blank line inside of a question ends it."),
        ("Which? =yes ~no}", "«}» stands without «{»."),
        ("A {=b} c {=d}", "The question has several {…}: write \\{ for the sign itself; only one gap is possible."),
        ("Which?{yes =no}", "Every answer begins with = or ~: «yes =no»."),
        ("Which?{yes}", "Every answer begins with = or ~: «yes»."),
        ("Which?{~yes ~no}", "No answer is right."),
        ("Which?{=yes =no ~never}", "Several answers are right where only one can be chosen."),
        ("Which?{~%50%yes ~%50%no}", "Every answer is right: at least one must be wrong."),
        ("Which?{=yes ~yes}", "Two answers say the same."),
        ("Which?{=yes ~}", "An answer has no words."),
        ("Which?{~%100%yes}", "There are fewer than two answers."),
        ("Which?{=a -> b =c}", "Some answers have «->» and others do not."),
        ("{T}", "The question has no words."),
        ("Which?{=" + " ~".join("abcdefghijk") + "}", "There are 11 answers, lines or pairs: at most 10."),
        ("a" * 3001 + "{T}", "The text is too long: 3001 characters, at most 3000."),
    ],
)
def test_what_is_refused(one, typed, why):
    assert one(typed, "gift").problems == [why]


def test_a_refused_question_leaves_the_others(read):
    assert [bool(draft.problems) for draft in read("A{T}\n\nB{=x ~y\n\nC{F}")] == [False, True, False]
