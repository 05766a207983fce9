"""Whether a call is recorded at each place: against every way through small scripts made at random."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsl import Program, Source, parse
from dsl.analysis.recording import FAILED, OFF, ON, PAUSED, recordings, sent_out
from dsl.ast import RecordCall, Statement, Step
from dsl.lint.example import script

blocks = st.lists(
    st.tuples(
        st.lists(
            st.one_of(
                st.tuples(st.sampled_from(["start", "pause", "resume", "stop"]), st.just(0)),
                st.tuples(st.just("when"), st.integers(0, 4)),
            ),
            max_size=4,
        ),
        st.sampled_from(["go", "refused"]),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    min_size=5,
    max_size=5,
)
Steps = list[tuple[list[tuple[str, int]], str, int, int]]


def program_of(text: str) -> Program:
    source = Source("case.ivr", text)
    parsed = parse(source)
    assert not [each for each in parsed.diagnostics if each.severity == "error"]
    return Program(source, parsed.script)


def written(steps: Steps) -> str:
    text = []
    for number, (lines, ending, one, other) in enumerate(steps):
        text.append(f"step s{number}\n")
        for what, target in lines:
            text.append(
                f'    when caller.name is "x" -> s{target}\n' if what == "when" else f"    record call {what}\n"
            )
        if ending == "go":
            text.append(f"    go to s{one}\n\n")
        else:
            text.append(f"    record call start\n        started -> s{one}\n        refused or failed -> s{other}\n\n")
    return script("".join(text))


def by_every_way(steps: Steps) -> dict[int, set[str]]:
    """What the recording can be where each step begins."""
    found: dict[int, set[str]] = {}
    waiting = [(0, OFF)]
    for number, state in waiting:  # it grows while it is walked
        if state in found.setdefault(number, set()):
            continue
        found[number].add(state)
        lines, ending, one, other = steps[number]
        for what, target in lines:
            if what == "when":
                waiting.append((target, state))
            state = {
                "start": ON,
                "pause": "paused" if state == ON else state,
                "resume": ON if state == "paused" else state,
                "stop": FAILED if state == FAILED else OFF,
            }.get(what, state)
        waiting += [(one, state)] if ending == "go" else [(one, ON), (other, FAILED)]
    return found


@given(blocks)
def test_states_are_those_of_every_way(steps: Steps) -> None:
    found = recordings(program_of(written(steps)))
    expected = by_every_way(steps)
    for number in range(len(steps)):
        states = {"paused" if each.startswith(PAUSED) else each for each in found.start.get(f"s{number}", ())}
        assert states == expected.get(number, set())


def statements(program: Program) -> list[Statement]:
    return [
        each
        for block in program.blocks.values()
        for each in (block.statements if isinstance(block, Step) else ())
        if isinstance(each, RecordCall)
    ]


def test_a_flow_that_records_begins_with_it_on() -> None:
    text = script("step welcome\n    record call pause\n    record call resume\n    go to sorry\n")
    program = program_of(text.replace("flow main\n", 'flow main\n    record call notice "Recorded."\n'))
    pause, resume = statements(program)
    assert recordings(program).at(pause) == {ON}
    assert recordings(program).at(resume) == {f"{PAUSED}{pause.span.start}"}


def test_the_way_of_errors_does_not_count() -> None:
    """A recording that an error leaves is nobody's mistake."""
    program = program_of(
        script("step welcome\n    record call start\n    finish done\n").replace(
            "on system error  -> sorry", "on system error  -> broken"
        )
        + '\nstep broken\n    say "Sorry."\n    go to sorry\n'
    )
    assert "broken" not in recordings(program).start


def test_a_sub_flow_and_a_key_bring_back_what_they_have_done() -> None:
    program = program_of("""\
ivr 1
flow main
    timezone "America/New_York"
    press 9 anywhere -> aside
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    run listen
        good -> ask

menu ask
    prompt "Press 1."
    press 1 -> sorry
    after 3 tries -> sorry

step aside
    record call stop
    go back

step sorry
    hang up

flow listen gives good

step start
    record call start
    give good
""")
    stop, _ = statements(program)
    assert recordings(program).start["start"] == {OFF}
    assert recordings(program).start["ask"] == {ON, OFF}
    assert recordings(program).at(stop) == {ON, OFF}


def test_what_a_script_can_have_sent_out_is_known_before_its_first_word() -> None:
    def found(*lines: str) -> frozenset[str]:
        return sent_out(program_of(script("\n".join(("step welcome", *lines, "    go to sorry", "")))))

    assert found("    record call start") == frozenset()
    assert found("    transcribe call start") == {"transcribe"}
    assert found("    stream audio stop", "    transcribe call stop") == {"transcribe", "stream"}
