"""Calls by plan, and what the simulator says of them: the measure for every run over the wire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dsl import Program, Source, check
from interpreter import phone
from interpreter.simulate import Simulation

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"

PLANS: dict[str, tuple[str, ...]] = {
    "contoso": (
        "silent; silent; silent",
        "silent; press 7; press 1; press 12345678; transfer busy; transfer answered after 3s",
        "press 1; press 12345678; transfer answered after 10s",
        "press 1; press 12345678; transfer no answer; transfer no answer",
        "press 1; press 12345678; transfer declined; transfer busy",
        "press 1; press 12345678; transfer failed; transfer failed",
        "press 1; press 123; silent; press 12345678; transfer answered",
        "press 1; silent; silent; silent; transfer declined",
        'say "my bill"; press 12345678; transfer busy; hang up',
        'say "what"; say "operator"; transfer answered after 2s',
        "press *; press *; press *; press 0; transfer busy",
        "press 9; press 8; press 7; transfer answered",
        "silent; press 1 at 1s; press 12345678 at 1s; transfer busy; transfer declined",
        "hang up at 1s",
        "wait 2s; hang up at 1s",
        "hang up",
        "press 0; hang up",
        "silent; hang up at 2s",
        "press 1; hang up",
        "press 1; press 12345678; hang up at 1s",
        "press 1; press 12345678; hang up",
        "press 1; press 12345678; transfer busy; hang up at 1s",
        "press 0; transfer no answer; hang up at 2s",
    ),
    "s1_main_menu": (
        "silent; silent; silent",
        "press 7; silent; press 9",
        'say "my bill please"; transfer answered after 4s',
        'say "uh"; say "support"; transfer busy; transfer declined',
        "press *; press *; press *; silent; silent",
        "silent; press 1; transfer failed; transfer answered",
        'speech fails; speech fails; say "billing"; press 2; transfer answered after 1s',
        "press 2; transfer no answer; transfer busy; hang up at 1s",
        "silent; silent; hang up",
    ),
    "s4_hours": (
        "press 1; transfer answered after 5s",
        "press 0; transfer busy; transfer declined",
        "press 5; silent; press 1; transfer no answer; transfer busy; transfer answered",
        "silent; silent; silent; transfer failed; transfer failed",
        "press 1; hang up",
        "wait 3s; hang up at 2s",
    ),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something heard; times are seconds since the answer."""

    t: float
    end: float
    text: str
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Story:
    """All of a call that its caller and its operator can tell. ``end`` is ending, result and block."""

    prompts: tuple[Prompt, ...]
    end: tuple[str | None, str, str]

    @property
    def texts(self) -> list[str]:
        return [prompt.text for prompt in self.prompts]


def simulated(script: Program, plan: str, at: float, switches: tuple[tuple[str, bool], ...] = ()) -> Story:
    """The story as the simulator tells it."""
    simulation = Simulation(script, at, switches=switches)
    phone.run_plan(simulation, phone.read_plan(plan.replace(";", "\n")))
    assert simulation.end is not None
    prompts = tuple(
        Prompt(round(line.t, 3), round(line.end, 3), line.text, line.interrupted)
        for line in simulation.lines
        if line.who == "ivr"
    )
    return Story(prompts, (simulation.end.ending, simulation.end.result, simulation.end.block))


def program(path: Path) -> Program:
    """A script that is fit to take calls."""
    checked = check(Source(str(path), path.read_text(encoding="utf-8")))
    assert checked.program is not None
    return checked.program


def expected(at: float, names: Iterable[str] = tuple(PLANS)) -> list[tuple[str, str, Story]]:
    """Script, plan and story of the calls above whose course does not depend on how fast the service is."""
    made = []
    for name in names:
        script = program(SCRIPTS / f"{name}.ivr")
        made += [(name, plan, simulated(script, plan, at)) for plan in PLANS[name] if "wait" not in plan]
    return made
