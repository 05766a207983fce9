"""What callers mean, for the prover: an input that picks one of the options, surely, after a question back, or not."""

from __future__ import annotations

import pytest

from dsl import Program, Source, check, parse
from dsl.analysis.told import all_tests
from interpreter.explore import as_test, explore, prove
from interpreter.testing import run_test

SCRIPT = """\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> desk

menu topic
    prompt   "What are you calling about?"
    reprompt "Is it about a bill, or support?"
    press 1 or means "billing question"                   -> billing
    press 2 or say "support" or means "technical problem" -> support
    means "opening times"                                 -> times
    confirm "A {menu.meaning}? Press 1 for yes, 2 for no."
    no input "Nothing was said."
    no match "That was not understood."
    after 3 tries -> desk

step billing
    finish billing

step support
    finish support

step times
    say "From nine to five."
    finish times

step desk
    say "Please hold."
    finish desk
"""


def program(*promises: str, change: tuple[str, str] = ("", "")) -> Program:
    text = SCRIPT.replace(*change) + "".join(f"promise {each}\n" for each in promises)
    source = Source("topic.ivr", text)
    parsed = parse(source)
    assert not parsed.diagnostics
    return check(source).program or Program(source, parsed.script)


@pytest.mark.parametrize(
    "promise",
    [
        "every path ends in billing, support, times, desk, abandoned",
        "times within 2 prompts",
        "silent caller reaches desk within 4 prompts",
        "desk within 6 prompts",
        "no silence longer than 5s",
    ],
)
def test_what_holds(promise: str) -> None:
    proof = prove(program(promise))
    whys = [verdict.broken.why for verdict in proof.verdicts if verdict.broken is not None]
    assert whys == []
    assert proof.holds


@pytest.mark.parametrize("result", ["billing", "support", "times", "desk"])
def test_each_result_is_found_and_the_shortest_call_is_a_test_that_goes_there(result: str) -> None:
    others = [each for each in ("billing", "support", "times", "desk") if each != result]
    whole = program(f"every path ends in {', '.join(others)}, abandoned", change=("press 1 or ", ""))
    proof = prove(whole)
    broken = proof.verdicts[0].broken
    assert broken is not None
    text = as_test(whole, proof.graph, broken.way, "found", (f"ends {result}",))
    source = Source("topic.ivr", f"{whole.source.text}\n{text}")
    tested = Program(source, parse(source).script)
    assert run_test(tested, all_tests(tested)[0]).passed, text


def test_what_was_meant_stands_in_the_test() -> None:
    whole = program("every path ends in billing, support, desk, abandoned")
    proof = prove(whole)
    broken = proof.verdicts[0].broken
    assert broken is not None
    lines = [line.strip() for line in as_test(whole, proof.graph, broken.way, "found").splitlines()]
    assert 'given understanding topic is understood { meaning "opening times", confidence 1 }' in lines
    assert 'says "I have a question"' in lines


def test_all_ways_through_the_question_back_are_there() -> None:
    """A caller who is asked whether it was meant says yes, no, nothing, something else, or hangs up."""
    graph = explore(program())
    assert graph.complete
    asked = [node for node in graph.nodes if node.call.visit is not None and node.call.visit.confirming]
    meanings = {node.call.visit.meaning for node in asked if node.call.visit is not None}
    assert meanings == {"billing question", "technical problem", "opening times"}
    for node in asked:
        told = {edge.move.told for edge in node.out}
        assert {"presses 1", "presses 2", "silent", "hangs up", "speech fails", "host fails"} <= told
