"""The agenda against the obvious model: a dictionary that is searched whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from interpreter.engine.agenda import Agenda

KEYS = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("set"), KEYS, st.floats(0, 100, width=16)),
    st.tuples(st.just("clear"), KEYS, st.just(0.0)),
    st.tuples(st.just("take"), st.just(0), st.floats(0, 100, width=16)),
)


@given(st.lists(STEPS, max_size=60))
def test_agenda_is_a_dictionary_with_a_first(steps: list[tuple[str, int, float]]) -> None:
    agenda: Agenda[int, int] = Agenda()
    model: dict[int, tuple[float, int]] = {}
    for number, (what, key, at) in enumerate(steps):
        if what == "set":
            agenda.set(key, at, number)
            model[key] = (at, number)
        elif what == "clear":
            agenda.clear(key)
            model.pop(key, None)
        else:
            due = sorted((entry, key) for key, entry in model.items() if entry[0] <= at)
            assert agenda.take_due(at) == [(key, number) for (_, number), key in due]
            for _, key_due in due:
                del model[key_due]
        assert agenda.next_due() == min((at for at, _ in model.values()), default=None)


def test_an_agenda_that_is_always_set_anew_stays_small() -> None:
    agenda: Agenda[str, int] = Agenda()
    for number in range(100_000):
        agenda.set("watch", 1e9 + number, number)
    assert len(agenda._heap) < 2_000
    assert agenda.take_due(2e9) == [("watch", 99_999)]
