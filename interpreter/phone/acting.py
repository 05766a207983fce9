"""Doing what a line says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from interpreter.phone.actions import (
    Action,
    Becomes,
    HangUp,
    HostFails,
    Press,
    Silent,
    Speak,
    SpeechFails,
    TargetDoes,
    TargetIsLate,
    Wait,
)
from interpreter.simulate import Given, Line, Simulation


def act(simulation: Simulation, action: Action) -> None:
    """Let the caller, or whoever is at the other end, do something."""
    match action:
        case Press():
            simulation.press(action.keys, action.at)
        case Speak():
            simulation.speak(action.text, action.at)
        case Silent():
            simulation.silent()
        case Wait():
            simulation.wait(action.seconds)
        case TargetDoes():
            simulation.settle()
            if simulation.ringing:
                simulation.transfer(action.end, action.after)
            elif simulation.asked is not None and simulation.asked.verb == "transfer":
                simulation.report("transfer", action.end, (), action.after)
            else:
                _note(simulation, f"transfer {action.end}: nothing rings here")
        case TargetIsLate():
            known = len(simulation.lines)
            simulation.answer_late(action.at)
            if len(simulation.lines) == known:
                _note(simulation, "transfer answered late: no target rings on")
        case SpeechFails():
            simulation.speech_fails()
        case HostFails():
            if not simulation.host_fails():
                _note(simulation, "host fails: nothing is being said or asked")
        case HangUp():
            simulation.hang_up(action.at)
        case Given():
            simulation.world.give(action)
        case Becomes():
            if not simulation.report(action.verb, action.outcome, action.values, action.after):
                _note(simulation, f"{action.verb} {action.outcome}: the call waits for nothing of the kind")
        case _:
            assert_never(action)


def _note(simulation: Simulation, text: str) -> None:
    """An action had no effect: whoever reads the transcript should know."""
    simulation.lines.append(Line(simulation.t, simulation.t, "call", f"({text})", simulation.call.block))


def run_plan(simulation: Simulation, actions: Sequence[Action]) -> int:
    """Do all of it, then wait for the end of the call. The number of actions that the call was over before."""
    for done, action in enumerate(actions):
        if simulation.over:
            return len(actions) - done
        act(simulation, action)
    simulation.to_the_end()
    return 0
