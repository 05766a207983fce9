"""Erlang's formulas: what a queue should be, if callers come at random and talks take exponential times.

``load`` is in erlangs (arrivals a second times the mean seconds of a talk), ``agents`` a number of them. Erlang C is
the queue M/M/c, in which nobody gives up; Erlang A is M/M/c+M, in which callers give up after an exponential time.

Tested against what is in print: Erlang B of 10 erlangs on 10 lines is 0.2146, of 5 on 10 is 0.0184 (the tables of
every textbook of traffic theory, as in Cooper, Introduction to Queueing Theory); Erlang C of 8 erlangs and 10 agents
is 0.409; and, where patience is as long as a talk, Erlang A has a Poisson number of people in it (Palm, 1957).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """``waits``: the probability of having to wait. ``mean``: seconds of waiting, of everybody. ``in_time``: the part
    of all callers who are answered within the target; ``lost``: the part who give up."""

    waits: float
    mean: float
    in_time: float
    lost: float = 0.0


def blocking(load: float, lines: int) -> float:
    """Erlang B: the probability that all lines are busy where nobody waits."""
    found = 1.0
    for number in range(1, lines + 1):
        found = load * found / (number + load * found)
    return found


def waiting(load: float, agents: int) -> float:
    """Erlang C: the probability that a caller waits. 1 where agents cannot cope."""
    if load >= agents:
        return 1.0
    lost = blocking(load, agents)
    return lost / (1 - load / agents * (1 - lost))


def erlang_c(rate: float, handling: float, agents: int, within: float) -> Expected:
    """A queue in which nobody gives up. Raises `ValueError` where agents cannot cope: then there is no mean."""
    load = rate * handling
    if load >= agents:
        raise ValueError(f"{agents} agents cannot cope with {load} erlangs")
    waits = waiting(load, agents)
    drain = (agents - load) / handling
    return Expected(waits, waits / drain, 1 - waits * math.exp(-drain * within))


def erlang_a(rate: float, handling: float, agents: int, patience: float) -> Expected:
    """A queue in which callers give up after ``patience`` seconds in the mean. ``in_time`` is not worked out (NaN)."""
    weights = [1.0]
    number = 0
    while number < agents + 10 or weights[-1] > 1e-14 * max(weights):
        number += 1
        leaving = min(number, agents) / handling + max(0, number - agents) / patience
        weights.append(weights[-1] * rate / leaving)
        if weights[-1] > 1e200:
            weights = [each / 1e200 for each in weights]
    whole = sum(weights)
    busy = sum(weights[agents:]) / whole
    length = sum((number - agents) * each for number, each in enumerate(weights) if number > agents) / whole
    return Expected(busy, length / rate, math.nan, length / patience / rate)
