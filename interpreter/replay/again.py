"""Stepping through a call of the past on the version of the script that it began with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

from dsl import Program
from interpreter.journal import PROTOCOL, replay
from interpreter.machine import Trace
from interpreter.protocol import Effect, HostAction
from interpreter.replay.journals import Journal
from interpreter.replay.words import place, told_effect, told_event

ACTIONS: tuple[type, ...] = get_args(HostAction)


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a call: seconds since it began, what happened, what came of it, and where in the script."""

    t: float
    happened: str
    done: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """A call that was stepped through. ``different`` says where it did not give the effects of the live call: the
    first one, empty where all are the same; ``compared``: whether the live call's were known."""

    journal: Journal
    moments: tuple[Moment, ...]
    different: str
    compared: bool


def again(journal: Journal) -> Again:
    """Step through a call. Raises `BadJournal` where its script cannot be run any more."""
    program = journal.program()
    steps = replay(program, journal.call_id, journal.events)
    moments = tuple(
        Moment(
            event.at - journal.began,
            told_event(event),
            tuple(said for effect in step.effects if (said := told_effect(effect))),
            tuple(dict.fromkeys(_places(program, step.trace))),
        )
        for event, step in zip(journal.events, steps, strict=True)
    )
    effects = [effect for step in steps for effect in step.effects if isinstance(effect, ACTIONS)]
    return Again(journal, moments, _first_difference(effects, journal), journal.actions is not None)


def _places(program: Program, trace: tuple[Trace, ...]) -> list[str]:
    return [place(program, each.offset) for each in trace if each.offset >= 0 and each.kind in ("entered", "took")]


def _first_difference(effects: list[Effect], journal: Journal) -> str:
    """The first action that the live call sent otherwise."""
    if journal.actions is None:
        return ""
    sent = [PROTOCOL.decode(each) for each in journal.actions]
    for number, (now, then) in enumerate(zip(effects, sent, strict=False), 1):
        if now != then and isinstance(then, ACTIONS):
            was = told_effect(cast(Effect, then)) or type(then).__name__
            return f"action {number} was `{was}`, and is now `{told_effect(now) or type(now).__name__}`"
    if len(effects) != len(sent):
        return f"the call sent {len(sent)} actions, and now {len(effects)}"
    return ""
