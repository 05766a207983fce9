"""Whether a pause has held, judged by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.recordings.pauses import Moment, Pause, Said, held, pauses_of, stretches

ASKED: list[tuple[str, list[tuple[float, Said]], tuple[Pause, ...]]] = [
    ("nothing", [(0, "go on"), (0.1, "active")], ()),
    (
        "a pause",
        [(0, "go on"), (0.1, "active"), (5, "pause"), (5.2, "inactive"), (9, "go on"), (9.1, "active")],
        (Pause(5, 5.2, 9),),
    ),
    ("a pause to the end", [(5, "pause"), (5.2, "inactive"), (9, "inactive")], (Pause(5, 5.2, None),)),
    ("a pause that nobody confirmed", [(5, "pause"), (8, "go on"), (8.1, "inactive")], (Pause(5, None, 8),)),
    ("asked for twice", [(5, "pause"), (6, "pause"), (6.1, "inactive"), (9, "go on")], (Pause(5, 6.1, 9),)),
    ("at one moment", [(5, "inactive"), (5, "pause")], (Pause(5, 5, None),)),
    ("the end is no pause", [(0, "go on"), (0, "active"), (9, "inactive")], ()),
    (
        "two",
        [(1, "pause"), (1, "inactive"), (2, "go on"), (3, "pause"), (3, "inactive"), (4, "go on")],
        (Pause(1, 1, 2), Pause(3, 3, 4)),
    ),
]


@pytest.mark.parametrize(("said", "expected"), [case[1:] for case in ASKED], ids=[case[0] for case in ASKED])
def test_pauses_of_what_was_asked_and_reported(said: list[tuple[float, Said]], expected: tuple[Pause, ...]) -> None:
    moments = [Moment(at, what) for at, what in said]
    assert pauses_of(moments) == expected
    assert pauses_of(reversed(moments)) == expected, "reports come in any order"


RECORDED = [
    ("whole", 100.0, 10.0, [], ((100.0, 110.0),)),
    ("with a pause", 100.0, 8.0, [(104.0, 6.0)], ((100.0, 104.0), (110.0, 114.0))),
    ("paused to the end", 100.0, 4.0, [(104.0, 6.0)], ((100.0, 104.0),)),
    ("paused from the start", 100.0, 4.0, [(100.0, 6.0)], ((106.0, 110.0),)),
    ("two pauses", 0.0, 6.0, [(4.0, 2.0), (1.0, 1.0)], ((0.0, 1.0), (2.0, 4.0), (6.0, 9.0))),
    ("pauses that overlap", 0.0, 3.0, [(1.0, 4.0), (2.0, 1.0)], ((0.0, 1.0), (5.0, 7.0))),
    ("nothing", 0.0, 0.0, [(1.0, 4.0)], ()),
]


@pytest.mark.parametrize(
    ("started", "seconds", "pauses", "expected"), [case[1:] for case in RECORDED], ids=[case[0] for case in RECORDED]
)
def test_when_it_was_recorded(
    started: float, seconds: float, pauses: list[tuple[float, float]], expected: tuple[tuple[float, float], ...]
) -> None:
    assert stretches(started, seconds, pauses) == expected


@given(
    st.floats(0, 100),
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 20)), max_size=5),
)
def test_a_file_is_as_long_as_its_stretches_and_none_is_in_a_pause(
    seconds: float, pauses: list[tuple[float, float]]
) -> None:
    found = stretches(0.0, seconds, pauses)
    assert sum(end - start for start, end in found) == pytest.approx(seconds)
    for start, end in found:
        assert all(min(end, begin + lasts) - max(start, begin) < 1e-6 for begin, lasts in pauses)


JUDGED = [
    ("nothing to hold", (), [(0.0, 9.0)], None),
    ("it held", (Pause(4, 4.2, 8),), [(0.0, 4.1), (8.1, 12.0)], True),
    ("it did not", (Pause(4, 4.2, 8),), [(0.0, 12.0)], False),
    ("clocks differ a little", (Pause(4, 4.2, 8),), [(0.0, 4.5), (7.7, 12.0)], True),
    ("a second is too much", (Pause(4, 4.2, 8),), [(0.0, 5.5), (8.0, 12.0)], False),
    ("to the end, and it held", (Pause(4, 4.2),), [(0.0, 4.1)], True),
    ("to the end, and it did not", (Pause(4, 4.2),), [(0.0, 9.0)], False),
    ("nobody confirmed it", (Pause(4),), [(0.0, 9.0)], None),
    ("too short for two clocks", (Pause(4, 4.2, 5),), [(0.0, 4.2), (5.0, 9.0)], None),
    ("one of two did not", (Pause(1, 1, 3), Pause(5, 5, 9)), [(0.0, 1.0), (3.0, 12.0)], False),
]


@pytest.mark.parametrize(("pauses", "recorded", "expected"), [case[1:] for case in JUDGED], ids=[c[0] for c in JUDGED])
def test_whether_it_held(pauses: tuple[Pause, ...], recorded: list[tuple[float, float]], expected: bool | None) -> None:
    assert held(pauses, recorded) is expected
