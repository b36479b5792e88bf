"""What is exported is imported as the same questions: of every kind, with any signs, in one language and in several."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from courses import answers, kinds, questions
from courses.exchange import checks, gift_writing, moodle_xml_writing, neutral, reading, taking_in, writing
from courses.models import Question, QuestionVersion
from courses.typed import html, plain
from tests import making
from tests.courses.exchange.xml_making import picture

WRITERS = {"gift": gift_writing, "moodle-xml": moodle_xml_writing}
SIGNS = "ab zа Яʻʼ'~=#{}:\\n->%*[]/<>&\"`$@1.5,;\n()!?_"
LANGUAGES = some.sampled_from([["uz"], ["ru"], ["uz", "ru"], ["uz", "ru", "en"]])


def typed(text):
    """HTML as the editor keeps it."""
    return html(text.replace("`", "ʼ"), "uz")


TEXTS = some.text(SIGNS, min_size=1, max_size=30).map(typed).filter(plain)
MARKED_UP = some.builds(
    lambda text, form: form.format(text.replace("\n", " ")),
    TEXTS,
    some.sampled_from(
        ["{}", "<b>{}</b>", "<code>{}</code>", '<a href="https://o.uz/?a=1&amp;b=2#c">{}</a>', "<p>{}</p><p>b</p>"]
    ),
)


def words(languages, texts=MARKED_UP):
    return some.fixed_dictionaries(dict.fromkeys(languages, texts))


def perhaps(languages):
    return some.one_of(some.just({}), words(languages, TEXTS))


def distinct(languages, least=2, texts=TEXTS):
    """Lists of words, none of which says the same as another in any language."""
    return some.lists(
        some.tuples(*[texts for _ in languages]),
        min_size=least,
        max_size=5,
        unique_by=tuple(lambda one, n=n: plain(one[n]).casefold() for n in range(len(languages))),
    ).map(lambda rows: [dict(zip(languages, row, strict=True)) for row in rows])


NUMBERS = some.decimals(-10_000, 10_000, places=3).map(checks.spelled)
ACCEPTED = (
    some.text("ab zЯ1*-+>~=#{}:\\.", min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(answers.fixed(text)))
)
UNITS = some.lists(some.sampled_from(["m]", "km", "µm", "kun", "MB/s"]), unique=True, max_size=4)
FACTORS = some.sampled_from(["1000", "1024", "1099511627776", "60", "3", "0.001", "7.5", "0.3"])


@some.composite
def accepted(draw, languages):
    codes = draw(some.sampled_from([["all"], languages, ["all", *languages]]))
    return {code: draw(some.lists(ACCEPTED, min_size=1, max_size=3, unique=True)) for code in codes}


@some.composite
def with_gaps(draw, languages, most):
    """The text and the gaps of a cloze; each language has them in its own order, close to any signs."""
    count = draw(some.integers(1, most))
    gaps, texts = [], {}
    for n in range(1, count + 1):
        if draw(some.booleans()):
            gaps.append({"id": f"g{n}", "accept": draw(accepted(languages))})
            continue
        keys = draw(some.sampled_from([["all"], languages]))
        rows = draw(distinct(keys, texts=TEXTS.filter(lambda text: "<br>" not in text)))
        right = draw(some.integers(0, len(rows) - 1))
        gaps.append(
            {
                "id": f"g{n}",
                "choices": [
                    {"id": f"g{n}-{k}", "text": text, "right": k - 1 == right} for k, text in enumerate(rows, 1)
                ],
            }
        )
    for code in languages:
        pieces = draw(some.lists(TEXTS, min_size=count, max_size=count))
        numbers = draw(some.permutations(range(1, count + 1)))
        text = "".join(f"{piece}[[{number}]]" for piece, number in zip(pieces, numbers, strict=True))
        texts[code] = draw(some.sampled_from(["{}", "<p>{}</p><p>b</p>", "{} ."])).format(text)
    return texts, gaps


@some.composite
def versions(draw, most_gaps=1):
    languages = draw(LANGUAGES)
    kind = draw(some.sampled_from(list(kinds.KINDS)))
    content = {"text": draw(words(languages)), "feedback": draw(perhaps(languages))}
    if kind in ("single", "multiple"):
        texts = draw(distinct(languages, 2 if kind == "single" else 3))
        right = draw(some.integers(0, len(texts) - 1))
        content["choices"] = [
            {
                "id": f"c{n}",
                "text": text,
                "right": (n - 1 == right) != (kind == "multiple"),
                "why": draw(perhaps(languages)),
            }
            for n, text in enumerate(texts, 1)
        ]
    elif kind == "true_false":
        content["answer"] = draw(some.booleans())
    elif kind == "numerical":
        content |= {"answer": draw(NUMBERS), "tolerance": draw(NUMBERS).lstrip("-")}
        if draw(some.booleans()) and checks.decimal(content["tolerance"]):
            content["percent"] = True
        if units := draw(UNITS):
            content["units"] = [{"name": name, "factor": draw(FACTORS) if n else "1"} for n, name in enumerate(units)]
    elif kind == "cloze":
        content["text"], content["gaps"] = draw(with_gaps(languages, most_gaps))
    elif kind == "ordering":
        content["steps"] = [{"id": f"s{n}", "text": text} for n, text in enumerate(draw(distinct(languages)), 1)]
    elif kind == "matching":
        sides = draw(distinct(languages)), draw(distinct(languages))
        content["pairs"] = [
            {"id": f"p{n}", "left": left, "right": right}
            for n, (left, right) in enumerate(zip(*sides, strict=False), 1)
        ]
    else:
        content["accept"] = draw(accepted(languages))
    tags = draw(some.lists(some.sampled_from(["desk", "a ] b", "Ёж"]), unique=True))
    note = draw(some.text("ab zЯ:~{}\\#n", max_size=20))
    question = SimpleNamespace(
        note=" ".join(note.split()), tags=SimpleNamespace(all=lambda: [SimpleNamespace(name=tag) for tag in tags])
    )
    return SimpleNamespace(kind=kind, content=content, question=question)


def told(version):
    return version.kind, version.content, version.question.note, [tag.name for tag in version.question.tags.all()]


@pytest.mark.parametrize("format", WRITERS)
@given(data=some.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_written_is_read_as_the_same(format, data):
    most_gaps = 1 if format == "gift" else 3
    rows = data.draw(some.lists(versions(most_gaps), min_size=1, max_size=3))
    data = WRITERS[format].write(rows)

    found, _notes, drafts = reading.drafts(data, language="uz")
    reading.settled(drafts, "uz")

    assert found == format
    assert [(draft.problems, draft.repairs) for draft in drafts] == [([], [])] * len(rows)
    assert [(draft.kind, draft.content, draft.name, draft.tags) for draft in drafts] == [told(row) for row in rows]


@pytest.mark.parametrize("format", WRITERS)
@given(text=some.text(max_size=300) | some.text("{}=~#:\\[]->%n\n /*T1.", max_size=60) | some.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_file_is_answered(format, text):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    try:
        drafts = reading.drafts(data, format)[2]
    except reading.BadFile:
        return
    for draft in reading.settled(drafts, "uz"):
        assert draft.problems or draft.content["text"]


# --- With rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("format", WRITERS)
def test_the_export_of_a_pool_changes_nothing_there_and_fills_another(format, read):
    pool, other = making.pool(code="p", count=0), making.pool(code="q", count=0)
    source = "::A::Where?{=desk ~roof}\n\n// [tag:x]\nPaper burns.{T}\n\nSay{=a =b}\n\nHow many?{#1..5}\n\nM{=a -> b =c -> d}"
    taking_in.take_in(pool=pool, drafts=read(source), publish=True)
    data = writing.file_of(pool, format)[0]

    assert taking_in.counts(taking_in.take_in(pool=pool, drafts=read(data)))["duplicate"] == 5
    taking_in.take_in(pool=other, drafts=read(data))

    def rows(pool):
        return list(
            QuestionVersion.objects.filter(question__pool=pool)
            .values_list("kind", "content", "question__note", "question__tags__name")
            .order_by("pk")
        )

    assert rows(other) == rows(pool)


@pytest.mark.django_db
def test_a_picture_goes_out_and_comes_back(read, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pool, other = making.pool(code="p", count=0), making.pool(code="q", count=0)
    drafts = read("A?{T}")
    drafts[0].pictures.append(neutral.pictures.Picture("a", picture(), "png", {"en": 'A "desk" & <chair>'}))
    taking_in.take_in(pool=pool, drafts=drafts)

    taking_in.take_in(pool=other, drafts=read(writing.file_of(pool, "moodle-xml")[0]))

    assert Question.objects.count() == 2
    one, two = QuestionVersion.objects.all()
    assert one.content["image"] and one.content == two.content


@pytest.mark.django_db
def test_what_is_exported(read):
    """The newest words, drafts too; retired questions stay out."""
    pool = making.pool(code="p", count=1)
    row = Question.objects.get()
    making.question(pool)
    Question.objects.exclude(pk=row.pk).update(retired=True)
    version = row.versions.get()
    questions.revise(question=row, kind="true_false", content={"text": {"uz": "Yangi"}, "feedback": {}, "answer": True})

    data, name, _type = writing.file_of(pool, "gift")
    assert (data, name) == (b"::made for a test::[html]Yangi{\nTRUE\n}\n", "p.gift.txt")
    assert version.published_at


def test_an_arrow_in_an_accepted_answer_makes_no_pairs(read):
    tags = SimpleNamespace(all=list)
    content = {"text": {"en": "Sign?"}, "feedback": {}, "accept": {"all": ["a->b", "c -> d"]}}
    row = SimpleNamespace(kind="short_answer", content=content, question=SimpleNamespace(note="N", tags=tags))

    (draft,) = read(gift_writing.write([row]))

    assert (draft.kind, draft.content["accept"]) == ("short_answer", content["accept"])


def test_a_question_of_one_language_in_gift():
    content = making.SINGLE | {"text": {"uz": "Qaysi = biri?"}, "feedback": {"uz": "Shu."}}
    content["choices"] = [
        {"id": "c1", "text": {"uz": "bir"}, "right": True, "why": {"uz": "ha"}},
        {"id": "c2", "text": {"uz": "ikki"}, "right": False, "why": {}},
    ]
    version = SimpleNamespace(
        kind="single",
        content=content,
        question=SimpleNamespace(note="N", tags=SimpleNamespace(all=lambda: [SimpleNamespace(name="x")])),
    )

    assert gift_writing.question(version) == (
        "// [tag:x]\n::N::[html]Qaysi \\= biri?{\n=[html]bir#[html]ha\n~[html]ikki\n####[html]Shu.\n}"
    )
