"""Where each line stands: whatever the length of a text, nothing overlaps and nothing leaves its place."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import qr
from certification import layout, wording
from certification.layout import lay_out

from .samples import LONG, PAYLOAD, SAMPLES, make_payload


def kept_free(payload):
    """Boxes of everything that is not text and that text must not touch."""
    count = len(payload["words"][payload["language"]]["signatories"])
    rules = [layout.RULE_Y] if count else layout.BLANK_RULES_Y
    for x in layout.RULES_AT[count]:
        for y in rules:
            yield x - layout.RULE_LENGTH / 2, y - 0.15, x + layout.RULE_LENGTH / 2, y + 0.15
    quiet = 4 * layout.QR_SIDE / qr.runs(payload["verify_url"])[0]
    yield (
        layout.QR_LEFT - quiet,
        layout.QR_TOP - quiet,
        layout.QR_LEFT + layout.QR_SIDE + quiet,
        layout.QR_TOP + layout.QR_SIDE + quiet,
    )
    yield layout.WAVE_LEFT, layout.WAVE_Y - 0.8, layout.WAVE_RIGHT, layout.WAVE_Y + 0.8
    yield layout.AXIS - 8, 22.5, layout.AXIS + 8, 38.5


def assert_nothing_overlaps(payload):
    lines = lay_out(payload)
    seal = layout.SEAL_AT[len(payload["words"][payload["language"]]["signatories"])]
    left, top, right, bottom = layout.INNER
    for line in lines:
        assert line.left >= left and line.box[2] <= right and line.box[1] >= top and line.box[3] <= bottom, line
        for box in kept_free(payload):
            assert not overlap(line.box, box), (line, box)
        for x in (layout.LEFT + layout.CELL, layout.WIDTH - layout.LEFT - layout.CELL):
            for y in (layout.TOP + layout.CELL, layout.HEIGHT - layout.TOP - layout.CELL):
                assert distance(line.box, x, y) > 10.8, line  # the corners are round
        if line.text != wording.LABELS[payload["language"]]["seal"]:
            assert distance(line.box, seal, layout.SEAL_Y) > 13.5, line
    for one, other in combinations(lines, 2):
        assert not overlap(one.box, other.box), (one, other)
    return lines


def overlap(a, b):
    touch = 0.01
    return a[0] < b[2] - touch and b[0] < a[2] - touch and a[1] < b[3] - touch and b[1] < a[3] - touch


def distance(box, x, y):
    dx, dy = max(box[0] - x, 0, x - box[2]), max(box[1] - y, 0, y - box[3])
    return (dx * dx + dy * dy) ** 0.5


def texts(most):
    words = st.text("aoʻqGʻЎҚйщШMil-.", min_size=1, max_size=most)
    return st.lists(words, min_size=1, max_size=15).map(" ".join)


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_overlaps(name):
    assert_nothing_overlaps(SAMPLES[name])


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_nothing_overlaps_whatever_the_length(data):
    signatories = data.draw(st.lists(st.fixed_dictionaries({"name": texts(12), "post": texts(15)}), max_size=2))
    assert_nothing_overlaps(
        make_payload(
            data.draw(st.sampled_from(["uz", "ru", "en"])),
            holder=data.draw(texts(25)),
            hours=data.draw(st.sampled_from([1, 36, 36.5, 1440])),
            period={"from": data.draw(st.sampled_from(["2026-09-07", "2025-12-31"])), "to": "2026-11-16"},
            order=data.draw(st.none() | st.builds(lambda number: {"number": number, "date": "2026-11-20"}, texts(8))),
            demo=data.draw(st.booleans()),
            words={
                "issuer": data.draw(texts(20)),
                "course": data.draw(texts(25)),
                "modules": data.draw(st.lists(texts(30), max_size=12)),
                "legal_basis": data.draw(texts(15) | st.just("")),
                "signatories": signatories,
            },
        )
    )


@pytest.mark.parametrize("word", ["Ш" * 90, "Ш" * 400])
def test_one_endless_word_overlaps_nothing(word):
    assert_nothing_overlaps(
        make_payload(
            holder=word,
            order={"number": word, "date": "2026-11-20"},
            words={
                "issuer": word,
                "course": word,
                "modules": [word],
                "legal_basis": word,
                "signatories": [{"name": word, "post": word}] * 2,
            },
        )
    )


def test_a_name_is_never_cut_and_goes_into_two_lines_below_7_mm():
    (name,) = [
        line
        for line in lay_out(make_payload(holder="Karimova Nigora"))
        if line.font == layout.SERIF_BOLD and line.y < 96
    ]
    assert (name.text, name.size) == ("Karimova Nigora", 10)

    first, second = [line for line in lay_out(LONG) if line.font == layout.SERIF_BOLD and line.y < 96]
    assert f"{first.text} {second.text}" == LONG["holder"]
    assert first.size == second.size and 5.5 < first.size <= 7
    assert (
        layout.WAVE_Y - 0.8 - second.box[3] > 1.5
    )  # it does not sit on the rule below it, no less than a short name does


def test_long_texts_stay_legible():
    """Even texts longer than anybody should write: nothing but the microtext goes under 1.6 mm, name and course stay large."""
    assert min(line.size for line in lay_out(LONG)[:-1]) >= 1.6
    assert min(line.size for line in lay_out(LONG) if line.font == layout.SERIF_BOLD) >= 4.7


def test_lines_of_modules_are_broken_between_the_titles():
    titles = [
        "Hisoblar va parollar", "Fishing va ijtimoiy injeneriya", "Kitobxon maʼlumotlari",
        "Qurilmalar, umumiy kompyuterlar, Wi-Fi", "Zaxira nusxa, hodisa, uzluksizlik",
    ]  # fmt: skip
    lines = [line.text for line in lay_out(make_payload(words={"modules": titles})) if 139 < line.y < 156]
    assert lines == [
        "Modullar: Hisoblar va parollar · Fishing va ijtimoiy injeneriya · Kitobxon maʼlumotlari ·",
        "Qurilmalar, umumiy kompyuterlar, Wi-Fi · Zaxira nusxa, hodisa, uzluksizlik",
    ]


def test_modules_are_cut_with_an_ellipsis_and_only_then():
    def modules(payload):
        return " ".join(line.text for line in lay_out(payload) if 139 < line.y < 156)

    assert modules(PAYLOAD) == "Modullar: Hisoblar va parollar · Kitobxon maʼlumotlari"
    assert modules(LONG).endswith("…")
    full = wording.facts(LONG, "ru")[7]
    assert f"{full.label}: {full.value}".startswith(modules(LONG)[:-1])


def test_the_last_line_is_the_warning_of_a_specimen():
    for lang, warning in (
        ("uz", "NAMUNA. Amalda qoʻllanmaydi"),
        ("ru", "ОБРАЗЕЦ. Не для применения"),
        ("en", "SPECIMEN. Not for production"),
    ):
        lowest = max(lay_out(make_payload(lang)), key=lambda line: line.y)
        assert lowest.text.startswith(warning)
        assert lowest.text not in [line.text for line in lay_out(make_payload(lang, demo=False))]


@pytest.mark.parametrize("url", [PAYLOAD["verify_url"], LONG["verify_url"], PAYLOAD["verify_url"] + "12345"])
def test_qr_runs_are_the_matrix_at_correction_m(url):
    import segno

    side, found = qr.runs(url)
    dark = {(x + i, y) for x, y, width in found for i in range(width)}
    matrix = segno.make(url, error="m", micro=False).matrix
    assert side == len(matrix)
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert len(found) < len(dark) * 0.6
