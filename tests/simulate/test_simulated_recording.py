"""Scenario S2 in the simulator: when is it recorded, and when are keys of the card pressed?"""

from __future__ import annotations

from itertools import pairwise

import pytest
from machine_rig import MONDAY, program, sample

from interpreter import phone
from interpreter.simulate import Simulation
from interpreter.simulate.transcript import Line
from interpreter.tooling.call import read_given

INVOICE = "lookup billing.open_invoice is found { amount 35.00 USD }"
TYPED = ["press 4242424242424242#", "press 1230", "press 921#", "press 1"]

# what the host does with the pause, what the caller does -> how many secrets are entered
CALLS: dict[str, tuple[list[str], list[str], int]] = {
    "all is well": ([], TYPED, 3),
    "the caller hangs up while it is paused": ([], [*TYPED[:1], "hang up"], 1),
    "the pause is refused": (["record pause is refused"], ["wait 20s"], 0),
    "the pause has failed": (["record pause is failed"], ["wait 20s"], 0),
    "the pause is never confirmed": (["record pause never answers"], ["wait 20s"], 0),
    "the pause is confirmed too late": (["record pause is started after 5s"], ["wait 20s"], 0),
    "the pause is confirmed just in time": (["record pause is started after 2s"], TYPED, 3),
}


def recorded(lines: list[Line]) -> list[tuple[float, float]]:
    """When the recording ran, by what the host has confirmed, in seconds since the answer."""
    found, since = list[tuple[float, float]](), -1.0
    for line in lines:
        action = line.text.removeprefix("record ").partition(":")[0] if line.text.endswith(": started") else ""
        if action in ("start", "resume") and since < 0:
            since = line.t
        elif action in ("pause", "stop") and since >= 0:
            found.append((since, line.t))
            since = -1.0
    return [*found, (since, lines[-1].t)] if since >= 0 else found


def entered(lines: list[Line]) -> list[tuple[float, float]]:
    """When keys of secrets were pressed: from the first one on to what comes next."""
    return [(line.t, after.t) for line, after in pairwise(lines) if line.who == "caller" and "*" in line.text]


@pytest.mark.parametrize("name", CALLS)
def test_no_key_of_the_card_is_in_a_stretch_that_is_recorded(name: str) -> None:
    given, does, secrets = CALLS[name]
    script = program(sample("s2_card_payment"))
    simulation = Simulation(script, MONDAY, world=read_given(script, [INVOICE, *given]))
    phone.run_plan(simulation, phone.read_plan("\n".join(does)))
    lines = simulation.lines
    runs, pressed = recorded(lines), entered(lines)
    assert len(pressed) == secrets
    assert runs, "the call is recorded at all"
    for begin, end in pressed:
        assert end > begin
        assert all(max(begin, start) >= min(end, stop) for start, stop in runs), (begin, end, runs)
    heard = [line.text for line in lines if line.who == "ivr"]
    assert any("card number" in text for text in heard) is bool(secrets)
    if not secrets:
        assert "We cannot take your payment by phone right now." in heard


def test_the_test_would_notice() -> None:
    lines = [
        Line(0.0, 0.0, "call", "record start: started"),
        Line(5.0, 5.0, "caller", "presses ****"),
        Line(6.0, 6.0, "ivr", "Thank you."),
    ]
    assert recorded(lines) == [(0.0, 6.0)]
    assert entered(lines) == [(5.0, 6.0)]
