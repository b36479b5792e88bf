"""Which mark stands: whatever the order in which marks arrive, and however often."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.attendance_models import AttendanceEntry
from seminars.standing import conflict, heads, standing

TEN = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)


def entry(number, mark, *, minutes=0, how="offline", knew=()):
    return AttendanceEntry(
        key=UUID(int=number), mark=mark, how=how, at=TEN + timedelta(minutes=minutes),
        knew=[str(UUID(int=one)) for one in knew],
    )  # fmt: skip


def test_of_what_nobody_has_seen_and_replaced_the_last_stands_and_both_are_shown():
    first, second = entry(1, "absent", minutes=1), entry(2, "present", minutes=2)

    assert standing([second, first]) == second
    assert [one.mark for one in conflict([second, first])] == ["absent", "present"]


def test_who_has_seen_a_mark_replaces_it_even_with_a_clock_that_is_slow():
    seen, correction = entry(1, "absent", minutes=9), entry(2, "present", minutes=1, knew=[1])

    assert standing([correction, seen]) == correction
    assert conflict([correction, seen]) == []


def test_the_trainers_word_stands_before_a_check_in_and_who_is_called_absent_is_shown():
    scanned, absent = entry(1, "present", minutes=5, how="code"), entry(2, "absent", minutes=1)

    assert standing([scanned, absent]) == absent
    assert [one.how for one in conflict([scanned, absent])] == ["offline", "code"]


def test_late_by_the_trainer_and_a_check_in_do_not_disagree():
    assert conflict([entry(1, "present", how="code"), entry(2, "late")]) == []


def test_two_who_say_the_same_do_not_disagree():
    assert conflict([entry(1, "late"), entry(2, "late", minutes=3)]) == []


def test_entries_that_claim_to_know_each_other_hide_nothing():
    assert len(heads([entry(1, "absent", knew=[2]), entry(2, "present", knew=[1])])) == 2


@st.composite
def histories(draw):
    made = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        knew = draw(st.sets(st.integers(1, number - 1))) if number > 1 else set()
        mark = draw(st.sampled_from(["present", "late", "absent", "excused"]))
        made.append(
            entry(
                number, mark, minutes=draw(st.integers(0, 5)), how=draw(st.sampled_from(["code", "offline"])), knew=knew
            )
        )
    return made, draw(st.permutations(made))


@given(histories())
@settings(max_examples=200, deadline=None)
def test_the_order_of_arrival_changes_nothing(two):
    made, shuffled = two

    assert standing(made).key == standing(shuffled).key
    assert [one.key for one in conflict(made)] == [one.key for one in conflict(shuffled)]
