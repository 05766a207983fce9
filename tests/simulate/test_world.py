"""The other side of a simulated call: data, memory, recorders, and what the transcript tells of them."""

from __future__ import annotations

import pytest
from machine_rig import MONDAY, unchecked

from interpreter import phone
from interpreter.simulate import Memory, Simulation, World

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
    check pin_ok(pin secret)
    action lock(number phone)

counter wrong
    at most 3
    by caller.number for 24h
"""
GREET = """\
step greet
    lookup customer = crm.by_phone(caller.number) within 3s
        found     -> known
        not found -> unknown
        failed    -> slow

step known
    say "Hello {customer.name}."
    finish known

step unknown
    finish unknown

step slow
    finish slow
"""
PIN = """\
collect pin
    into secret pin
    prompt "PIN?"
    digits 4
    check crm.pin_ok(pin) otherwise "No."
    no input "Hello?"
    no match "Sorry?"
    accepted      -> welcome
    after 3 tries -> locked

step welcome
    finish verified

step locked
    finish locked
"""
COUNT = """\
step counting
    count wrong
        counted -> going_on
        reached -> locked
        failed  -> broken

step going_on
    recall favourite text by caller.number
        found               -> told
        not found or failed -> first_time

step told
    say "{favourite}."
    finish known

step first_time
    set favourite = "tea"
    remember favourite by caller.number for 1h
    finish kept

step locked
    finish locked
"""


def simulated(
    blocks: str, plan: str, world: World | None = None, later: float = 0.0, caller: str = "+14255550100"
) -> Simulation:
    simulation = Simulation(unchecked(HEAD + blocks + TAIL), MONDAY + later, caller=caller, world=world or World())
    assert phone.run_plan(simulation, phone.read_plan(plan.replace("; ", "\n"))) == 0
    return simulation


def told(simulation: Simulation) -> list[str]:
    """What happened to the call, without its end."""
    return [line.text for line in simulation.lines if line.who == "call"][:-1]


def result(simulation: Simulation) -> str:
    assert simulation.end is not None
    return simulation.end.result


@pytest.mark.parametrize(
    ("plan", "after", "lines", "seconds"),
    [
        ("", "unknown", ["lookup crm.by_phone: not found (nothing was given)"], 0.0),
        ('given lookup crm.by_phone is found { name "Ana" }', "known", ["lookup crm.by_phone: found"], 0.7),
        ("given lookup fails", "slow", ["lookup crm.by_phone: failed"], 0.0),
        ("given lookup crm.by_phone never answers", "slow", ["lookup crm.by_phone: no answer"], 3.0),
        (
            "given lookup crm.by_phone is not found after 2s",
            "unknown",
            ["lookup crm.by_phone", "lookup crm.by_phone: not found"],
            2.0,
        ),
        ("given lookup crm.by_phone is not found after 4s", "slow", ["lookup crm.by_phone"], 3.0),
        ('given lookup crm.by_phone is found { nam "Ana" }', "slow", ["lookup crm.by_phone: found"], 0.0),
        ('given lookup crm.by_phone is found { name "A" } when number is "+1"', "unknown", None, 0.0),
        ('given lookup crm.by_phone is found { name "A" } when number is "+14255550100"', "known", None, 0.7),
    ],
)
def test_data_answers_as_given(plan: str, after: str, lines: list[str] | None, seconds: float) -> None:
    done = simulated(GREET, plan)
    assert result(done) == after
    assert lines is None or told(done) == lines
    assert done.t == pytest.approx(seconds)


def test_answers_are_used_one_after_the_other_and_the_last_again_and_again() -> None:
    done = simulated(PIN, "given check crm.pin_ok is no; given check crm.pin_ok is yes; press 1111; press 1111")
    assert (result(done), told(done)) == ("verified", ["check crm.pin_ok: no", "check crm.pin_ok: yes"])
    never = simulated(PIN, "given check crm.pin_ok is no; press 1111; press 1111; press 1111")
    assert (result(never), told(never)) == ("locked", ["check crm.pin_ok: no"] * 3)


def test_a_check_by_what_is_entered() -> None:
    done = simulated(PIN, 'given check crm.pin_ok is yes when pin is "1234"; press 1111; press 1234')
    assert (result(done), told(done)) == ("verified", ["check crm.pin_ok: no", "check crm.pin_ok: yes"])
    assert "1234" not in phone.transcript(done) + repr(done.events) + repr(done.call)
    failing = 'given check crm.pin_ok is yes when pin is "1234"; given check crm.pin_ok fails; press 1111'
    assert result(simulated(PIN, failing)) == "system_error"


def test_a_check_of_which_nothing_is_given_is_told() -> None:
    assert told(simulated(PIN, "press 1111")) == ["check crm.pin_ok: yes (nothing was given)"]


def test_memory_is_kept_from_call_to_call() -> None:
    memory = Memory()
    first = simulated(COUNT, "", World(memory=memory))
    second = simulated(COUNT, "", World(memory=memory), later=60.0)
    third = simulated(COUNT, "", World(memory=memory), later=120.0)
    assert [result(each) for each in (first, second, third)] == ["kept", "known", "locked"]
    assert told(first) == ["count wrong: counted", "recall favourite: not found", "remember favourite: done"]
    assert result(simulated(COUNT, "", World(memory=memory), caller="+14255550199")) == "kept", "by caller"


def test_memory_is_forgotten_in_time() -> None:
    memory = Memory()
    simulated(COUNT, "", World(memory=memory))
    assert result(simulated(COUNT, "", World(memory=memory), later=3599.0)) == "known"
    later = 3599.0 + 86_401.0
    assert result(simulated(COUNT, "", World(memory=memory), later=later)) == "kept", "the value, and the count"


def test_calls_without_a_shared_memory_know_nothing_of_each_other() -> None:
    assert [result(simulated(COUNT, "")) for _ in range(4)] == ["kept"] * 4


def test_a_counter_stands_where_earlier_calls_have_left_it() -> None:
    assert result(simulated(COUNT, "given count wrong is 1")) == "kept"
    assert result(simulated(COUNT, "given count wrong is 2")) == "locked"


def test_what_earlier_calls_have_kept() -> None:
    done = simulated(COUNT, 'given recall favourite is found { "coffee" }')
    assert [line.text for line in done.lines if line.who == "ivr"] == ["coffee."]


def test_at_a_moment_in_which_nothing_is_said_an_action_is_done_at_once() -> None:
    done = simulated(GREET, "given lookup crm.by_phone never answers; wait 2s; hang up at 0s")
    assert done.end is not None
    assert (done.end.ending, done.t) == ("abandoned", 2.0)


def test_a_plan_that_is_too_long_is_told() -> None:
    simulation = Simulation(unchecked(HEAD + GREET + TAIL), MONDAY)
    assert phone.run_plan(simulation, phone.read_plan("silent\npress 1\nqueue full")) == 2


def test_a_report_that_nobody_waits_for_is_told() -> None:
    done = simulated(PIN, "queue full; press 1111")
    assert told(done)[0] == "(queue full: the call waits for nothing of the kind)"
