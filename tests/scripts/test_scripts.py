"""Every script in `scripts/` is called: what is heard, asked and done stands in `calls/`, to the tenth of a second.

A file of `calls/` is for the script of its name. It holds calls, one between two lines of dashes: options of the call
(a line that begins with ``--``), the plan, a line ``=>``, and the whole transcript. After a change that is meant,
``IVR_UPDATE_EXPECTED=1`` writes the transcripts anew, and the difference is to be read.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dsl import Program, Source, check
from dsl.bundle import used_names
from dsl.format import format_text
from interpreter import phone
from interpreter.literals import read_fields
from interpreter.simulate import Memory, Simulation, World
from interpreter.site import Site
from interpreter.site_bindings import bindings_from

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "scripts"
MONDAY = "2026-03-02 10:00"


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


EVERY = [path for path in sorted(SCRIPTS.rglob("*.ivr")) if not path.stem.endswith("_test")]
USED = {path.parent / name for path in EVERY for name in used_names(path.read_text(encoding="utf-8"))}
MAINS = [path for path in EVERY if path not in USED]
CALLS = sorted((HERE / "calls").glob("*.txt"))


def program(path: Path) -> Program:
    checked = check(Source(str(path), _read(path.parent, path.name)), read=lambda name: _read(path.parent, name))
    assert checked.program is not None, [each.headline for each in checked.errors]
    return checked.program


@dataclass
class Call:
    """One call of a file, and the transcript that it must give."""

    options: list[str]
    plan: str
    transcript: str

    def make(self, script: Program, memory: Memory) -> Simulation:
        flow = script.flow
        zone = ZoneInfo(flow.timezone.plain if flow and flow.timezone else "UTC")
        given = dict(each.split("=", 1) for each in self.options)
        at = datetime.fromisoformat(given.get("--at", MONDAY)).replace(tzinfo=zone).timestamp()
        switches = tuple((name, True) for name in given.get("--on", "").split(",") if name)
        simulation = Simulation(
            script,
            at,
            caller=given.get("--from", "+14255550100"),
            switches=switches,
            world=World(memory=memory),
            arguments=read_fields(given.get("--with", "")),
        )
        left = phone.run_plan(simulation, phone.read_plan(self.plan))
        assert left == 0, f"the call was over before the last {left} actions of its plan"
        return simulation


def calls(text: str) -> list[Call]:
    found = []
    for part in text.split("\n----\n"):
        plan, _, transcript = part.partition("=>")
        lines = plan.splitlines()
        options = [word for line in lines if line.startswith("--") for word in shlex.split(line)]
        rest = "\n".join(line for line in lines if not line.startswith("--"))
        found.append(Call(options, rest, transcript.strip("\n")))
    return found


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_calls(path: Path) -> None:
    script = program(next(each for each in MAINS if each.stem == path.stem))
    text = path.read_text(encoding="utf-8").rstrip("\n")
    memory = Memory()
    heard = []
    for call in calls(text):
        simulation = call.make(script, memory)
        heard.append(phone.transcript(simulation).rstrip("\n"))
    if os.environ.get("IVR_UPDATE_EXPECTED"):
        parts = [
            part.partition("=>")[0] + "=>\n" + said for part, said in zip(text.split("\n----\n"), heard, strict=True)
        ]
        path.write_text("\n----\n".join(parts) + "\n", encoding="utf-8")
        return
    for call, said in zip(calls(text), heard, strict=True):
        assert said == call.transcript


def test_every_script_is_called() -> None:
    assert {path.stem for path in MAINS} == {path.stem for path in CALLS} | {"contoso", "s1_main_menu", "s4_hours"}


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.name)
def test_scripts_are_canonical(path: Path) -> None:
    formatted = format_text(Source(path.name, path.read_text(encoding="utf-8")))
    assert not formatted.refused
    assert not formatted.changed


@pytest.mark.parametrize("path", MAINS, ids=lambda path: path.name)
def test_scripts_have_no_findings(path: Path) -> None:
    found = check(Source(str(path), _read(path.parent, path.name)), read=lambda name: _read(path.parent, name))
    assert [f"{each.code} {each.headline}" for each in found.diagnostics] == []


@pytest.mark.parametrize("path", MAINS, ids=lambda path: path.name)
def test_every_script_has_a_site_file_that_fits(path: Path) -> None:
    """It loads without the secrets that it names, runs the script, and binds what the script names and nothing else."""
    site = Site.load(path.with_suffix(".toml"), need_secrets=False)
    flow = program(path).flow
    assert flow is not None
    assert list(site.settings.lines.values()) == ([] if flow.outbound else [path.name])
    checked = check(
        Source(str(path), _read(path.parent, path.name)),
        bindings_from(Source(str(site.path), site.text)),
        read=lambda name: _read(path.parent, name),
    )
    assert [f"{each.code} {each.headline}" for each in checked.diagnostics] == []
