"""Each outcome of each verb, reached by a call: the table of outcomes is the list of what must be here."""

from __future__ import annotations

import pytest
from machine_rig import MONDAY, unchecked

from dsl.analysis.outcomes import VERBS
from interpreter import phone
from interpreter.simulate import Simulation

HEAD = """\
ivr 1
flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> broken

"""
TAIL = """
step broken
    finish system_error

data crm
    by_phone(number phone) gives name text
    check pin_ok(id text)
    action lock(id text)

counter wrong
    at most 2
    by caller.number for 24h
"""


def _routes(verb: str, indent: int) -> str:
    """A line for each outcome, to a result of its name."""
    lines = []
    for outcome in VERBS[verb]:
        written = "waited 10m" if outcome.name == "waited" else outcome.name
        lines.append(f"{' ' * indent}{written} -> finish {outcome.name.replace(' ', '_')}")
    return "\n".join(lines) + "\n"


COLLECT = """\
collect pin
    into pin_entered
    prompt "Enter your PIN."
    digits 4
    check crm.pin_ok(pin_entered) otherwise "That is not right."
    no input "Hello?"
    no match "Sorry?"
    after 3 tries -> broken
"""
STATEMENTS = {
    "lookup": "lookup customer = crm.by_phone(caller.number) within 3s",
    "do": "do crm.lock(caller.number) within 3s",
    "recall": "recall favourite text by caller.number",
    "record call": "record call start",
    "transcribe call": "transcribe call start",
    "stream audio": "stream audio start",
    "notify": 'notify team "A caller."',
}
BLOCKS = {
    "transfer": "transfer it\n    to number desk\n",
    "transfer to callee": "transfer it\n    to callee\n",
    "queue": "queue it\n",
    "voicemail": 'voicemail it\n    greeting "Speak after the tone."\n    up to 3m\n',
    "callback": "callback it\n    number caller.number\n",
    "consult": "consult it\n    with expert sme\n",
    "survey": 'survey it\n    ask rating "From 1 to 5?" keys 1 to 5\n',
    "dial": "dial it\n    number caller.number\n",
}
PAY = """\
collect card
    into secret number
    prompt "Card?"
    digits 16
    no input "Hello?"
    no match "Sorry?"
    accepted      -> sum
    after 3 tries -> broken

collect sum
    into amount
    prompt "How much?"
    money, ends with #
    no input "Hello?"
    no match "Sorry?"
    accepted      -> it
    after 3 tries -> broken

pay it
    amount amount
    card number
    through cards
"""
GIVEN = {
    "do": "action crm.lock",
    "lookup": "lookup crm.by_phone",
    "recall": "recall favourite",
    "notify": "notify team",
}


def _script(verb: str) -> str:
    if verb == "collect":
        return HEAD + COLLECT + _routes("collect", 4) + TAIL
    if verb == "count":
        again = "step again\n    count wrong\n" + _routes("count", 8)
        return (
            HEAD
            + "step first\n    count wrong\n        counted -> again\n        reached or failed -> again\n\n"
            + again
            + TAIL
        )
    if verb == "pay":
        return HEAD + PAY + _routes("pay", 4) + TAIL
    if verb == "transfer to callee":
        start = "step first\n    when callee is known -> it\n    go to broken\n\n"
        return HEAD + start + BLOCKS[verb] + _routes(verb, 4) + TAIL
    if verb in STATEMENTS:
        return HEAD + f"step it\n    {STATEMENTS[verb]}\n" + _routes(verb, 8) + TAIL
    return HEAD + BLOCKS[verb] + _routes(verb, 4) + TAIL


def _plan(verb: str, outcome: str) -> str:
    if verb == "collect":
        return f"given check crm.pin_ok {'fails' if outcome == 'unchecked' else 'is yes'}\npress 1234"
    if verb == "count":
        return {"failed": "given count wrong fails", "counted": "given count wrong is counted", "reached": ""}[outcome]
    if verb in STATEMENTS:
        what = GIVEN.get(verb) or verb.split()[0]
        values = {"found": ' { name "Ana" }', "": ""}.get(outcome, "") if verb == "lookup" else ""
        values = ' { value "tea" }' if (verb, outcome) == ("recall", "found") else values
        return f"given {what} is {outcome}{values}"
    if verb == "survey":
        return "press 5" if outcome == "done" else "silent\nsilent"
    if outcome == "waited":
        return "wait 600s"
    if verb == "pay":
        values = ' { reference "1" }' if outcome == "paid" else ""
        return f"press 4242424242424242\npress 35#\npay {outcome}{values}"
    return f"{verb.removesuffix(' to callee')} {outcome}"


CASES = [(verb, each.name) for verb, outcomes in VERBS.items() if verb != "when hours" for each in outcomes]


@pytest.mark.parametrize(("verb", "outcome"), CASES, ids=[f"{verb}: {outcome}" for verb, outcome in CASES])
def test_outcome_is_reached(verb: str, outcome: str) -> None:
    callee = (("callee", "+14255550155"),) if verb == "transfer to callee" else ()
    simulation = Simulation(unchecked(_script(verb)), MONDAY, arguments=callee)
    assert phone.run_plan(simulation, phone.read_plan(_plan(verb, outcome))) == 0
    assert simulation.end is not None
    assert simulation.end.result == outcome.replace(" ", "_"), phone.transcript(simulation)
    assert outcome in {trace.detail for trace in simulation.trace if trace.kind == "took"}
