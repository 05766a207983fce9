"""Promises that hold and promises that do not, with the shortest call that breaks them; what a proof says of itself."""

from __future__ import annotations

import pytest

from dsl import Program, Source, check, parse
from dsl.analysis.told import all_tests
from interpreter.explore import as_test, explore, prove
from interpreter.explore.graph import ways
from interpreter.machine import Call, Step, begin
from interpreter.testing import run_test

SCRIPT = """\
ivr 1
flow desk for "Contoso desk"
    timezone "America/New_York"
    languages en-US, es-US
    record call notice "Recorded."
    on caller hangup -> finish abandoned
    on system error  -> desk

hours office
    monday to friday 09:00 to 17:00

data crm
    by_phone(number phone) gives name text, tier text
    check pin_ok(pin secret)

step welcome
    when hours office
        open              -> look
        closed or holiday -> closed

step look
    lookup customer = crm.by_phone(caller.number) within 4s
        found               -> sort
        not found or failed -> choose

step sort
    when customer.tier is "gold" -> desk
    go to choose

menu choose
    prompt   "For a PIN, press 1. For Spanish, press 2. For the desk, press 0."
    reprompt "Press 1, 2 or 0 now."
    press 1 -> pin
    press 2 -> spanish
    press 0 -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

step spanish
    language es-US
    go to choose

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(pin_entered) within 2s otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "A PIN has four digits."
    accepted      -> told
    after 3 tries -> desk

step told
    say "Thank you."
    finish told

transfer desk
    to number front_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step closed
    say "We are closed."
    finish closed

step sorry
    say "Nobody is here right now."
    finish nobody_there

prompts es-US
    "Recorded." = "Grabada."
    "For a PIN, press 1. For Spanish, press 2. For the desk, press 0." = "Clave, 1. Español, 2. Recepción, 0."
    "Press 1, 2 or 0 now." = "Oprima 1, 2 o 0 ahora."
    "I did not hear anything." = "No escuché nada."
    "That is not one of the choices." = "Esa no es una de las opciones."
    "Enter your four digit PIN." = "Marque su clave de cuatro dígitos."
    "That PIN is not right." = "Esa clave no es correcta."
    "I did not get any digits." = "No recibí ningún dígito."
    "A PIN has four digits." = "La clave tiene cuatro dígitos."
    "Thank you." = "Gracias."
    "We are closed." = "Está cerrado."
    "Nobody is here right now." = "No hay nadie ahora."
"""


def program(*promises: str, change: tuple[str, str] = ("", "")) -> Program:
    text = SCRIPT.replace(*change) + "\n" + "".join(f"promise {each}\n" for each in promises)
    source = Source("desk.ivr", text)
    parsed = parse(source)
    assert not parsed.diagnostics, [each.headline for each in parsed.diagnostics]
    checked = check(source)
    return checked.program or Program(source, parsed.script)


HOLD = (
    "every path ends in handled, told, closed, nobody_there, abandoned",
    "desk within 2 prompts of choose",
    "desk within 1 prompt of choose",
    "silent caller reaches desk within 30s of choose",
    "pin_entered never in speech, log, recording, transcript, brief, notify, memory",
    "no prompt longer than 6s",
    "no silence longer than 4s",
    "nothing in another language after one is chosen",
    "no recording while a secret is collected",
)


@pytest.mark.parametrize("promise", HOLD)
def test_what_holds(promise: str) -> None:
    proof = prove(program(promise))
    assert proof.holds, [verdict.broken for verdict in proof.verdicts]


BREAK = {
    "every path ends in handled, told, nobody_there, abandoned": (
        ("", ""),
        "a call ends `hung_up` with `closed` at closed",
        ["at 2026-03-02 17:01"],
    ),
    "desk within 0 prompts of choose": (("", ""), "a caller who wants to may need 1 prompt", ["presses 0"]),
    "desk within 2 prompts of welcome": (
        ("        closed or holiday -> closed", "        closed or holiday -> sorry"),
        "a caller who wants to may never come to desk",
        [],
    ),
    "silent caller reaches desk within 2 prompts of choose": (
        ("", ""),
        "a silent caller may need 3 prompts",
        ["silent", "silent", "silent"],
    ),
    "no prompt longer than 4s": (("", ""), '4.9s: "For a PIN', []),
    "no silence longer than 3s": (("", ""), "nothing is heard for 4s in look", []),
    "nothing in another language after one is chosen": (
        ('    say "Thank you."', '    say en-US "Thank you."'),
        'in another language: "Thank you."',
        ["presses 2", "presses 1", "presses 8675"],
    ),
    "pin_entered never in speech": (
        ('    say "Thank you."', '    say "Thank you, {pin_entered}."'),
        "",
        [],
    ),
}


@pytest.mark.parametrize("promise", [each for each, (_, why, _) in BREAK.items() if why])
def test_what_does_not_hold_is_shown_by_a_call(promise: str) -> None:
    change, why, lines = BREAK[promise]
    whole = program(promise, change=change)
    (verdict,) = prove(whole).verdicts
    assert verdict.broken is not None
    assert verdict.broken.why.startswith(why)
    text = as_test(whole, prove(whole).graph, verdict.broken.way, "broken")
    said = [line.strip() for line in text.splitlines()]
    assert [line for line in lines if line not in said] == []


def test_the_shortest_call_is_a_test_that_goes_there() -> None:
    whole = program("every path ends in handled, told, closed, abandoned")
    proof = prove(whole)
    broken = proof.verdicts[0].broken
    assert broken is not None
    text = as_test(whole, proof.graph, broken.way, "broken", ("ends nobody_there at sorry",))
    source = Source("desk.ivr", f"{whole.source.text}\n{text}")
    tested = Program(source, parse(source).script)
    assert run_test(tested, all_tests(tested)[0]).passed, text


def test_values_never_come_where_they_must_not() -> None:
    leak = ("    accepted      -> told", "    accepted      -> told\n")
    whole = program("customer never in speech", change=leak)
    assert prove(whole).holds
    named = ('    say "Thank you."', '    say "Thank you, {customer.name}."')
    (verdict,) = prove(program("customer never in speech", change=named)).verdicts
    assert verdict.broken is not None
    assert verdict.broken.why == "`customer` comes to speech"
    (verdict,) = prove(program("customer never in log")).verdicts
    assert verdict.broken is not None


def test_what_was_bounded_is_said() -> None:
    graph = explore(program())
    assert graph.complete
    assert graph.notes == [
        "time: office open, office closed",
        "values: customer.tier with what they are compared with and beside it; every other one with one",
        "failures of the telephone service: at most 3 in a call",
    ]


def test_a_proof_that_was_given_up_does_not_hold() -> None:
    proof = prove(program("no prompt longer than 60s"), most=20)
    assert not proof.graph.complete
    assert not proof.holds
    assert "exploring was given up after 20 states" in proof.graph.notes


def test_states_are_those_of_the_machine() -> None:
    """Every way that was found really leads there: its events, one after the other, give a call in that state."""
    whole = program()
    graph = explore(whole)
    assert len(graph.nodes) > 50
    reached = ways(graph)
    roots = {root.number for root in graph.roots}
    assert all(edge is not None or number in roots for number, edge in enumerate(reached))
    assert all(node.end is not None or node.out for node in graph.nodes)
    assert isinstance(begin("x"), Call)
    assert Step is not None


def test_a_script_error_is_a_flaw() -> None:
    change = ('    when customer.tier is "gold" -> desk', "    when customer.tier > 5 -> desk")
    assert prove(program(change=change)).flaws == []
    missing = ("        not found or failed -> choose", "        not found or failed -> told")
    said = ('    say "Thank you."', '    say "Thank you, {customer.name}."')
    text = SCRIPT.replace(*missing).replace(*said)
    source = Source("desk.ivr", text)
    proof = prove(Program(source, parse(source).script))
    assert [flaw.why for flaw in proof.flaws] == ["an error of the script: a value of a sentence is missing"]
