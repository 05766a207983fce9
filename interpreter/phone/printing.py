"""A call in print: for people, and for machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from interpreter.simulate import Line, Simulation


def clock(seconds: float) -> str:
    """``1:05.3``: minutes, seconds, tenths since the answer."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def as_text(line: Line) -> str:
    """One line of a transcript."""
    if line.who == "ivr":
        cut = " [interrupted]" if line.interrupted else ""
        return f"{clock(line.t):>8}  {line.text}{cut}"
    mark = "<" if line.who == "caller" else "*"
    return f"{clock(line.t):>8}  {mark} {line.text}"


def transcript(simulation: Simulation) -> str:
    """The whole call for a person."""
    return "".join(as_text(line) + "\n" for line in simulation.lines)


def as_json(simulation: Simulation) -> dict[str, Any]:
    """The whole call for a machine. Times are seconds since the answer."""
    end = simulation.end
    return {
        "script": simulation.program.source.name,
        "started": simulation.start,
        "lines": [asdict(line) for line in simulation.lines],
        "end": {"ending": end.ending, "result": end.result, "block": end.block, "t": end.at - simulation.start}
        if end
        else None,
    }
