"""The site of a laptop: all scripts together, each name bound, and somebody for each queue."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from interpreter.programs import SiteScripts
from interpreter.site import Site
from interpreter.tooling import dev_site
from interpreter.tooling.files import CannotRun, find_scripts
from interpreter.tooling.project import projects, takes_calls

ROOT = Path(__file__).resolve().parents[2]
SERVICE: dict[str, Any] = {
    "service": {
        "endpoint": "http://127.0.0.1:1",
        "key": "aGVsbG8=",
        "resource_id": "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b",
    },
    "server": {"callback_base": "http://127.0.0.1:2"},
}
QUEUE = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

queue {queue}
    music "hold"
    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> sorry

step sorry
    say "Goodbye."
    finish sorry
"""
AGENT = '[agents.maria]\nnumber = "{number}"\nqueues = ["{queue}"]\nskills = {{ {queue} = 3 }}\n'


def site_of(paths: list[Path]) -> Site:
    return Site.parse(dev_site.make(paths, SERVICE).text, folder=paths[0].parent)


def two(folder: Path, numbers: tuple[str, str]) -> list[Path]:
    """Two scripts whose site files have an agent of one name."""
    paths = []
    for queue, number in zip(("sales", "help"), numbers, strict=True):
        path = folder / f"{queue}.ivr"
        path.write_text(QUEUE.format(queue=queue), encoding="utf-8")
        path.with_suffix(".toml").write_text(AGENT.format(queue=queue, number=number), encoding="utf-8")
        paths.append(path)
    return paths


def test_every_script_of_the_project_takes_calls_at_once() -> None:
    site = site_of([path for path in projects(find_scripts([ROOT / "scripts"])) if takes_calls(path)])
    scripts = SiteScripts(site)
    assert asyncio.run(scripts.load()) == {}
    assert not scripts.lines_without_script


def test_an_agent_of_two_site_files_serves_what_both_say(tmp_path: Path) -> None:
    maria = site_of(two(tmp_path, ("+14255550111", "+14255550111"))).settings.agents["maria"]
    assert list(maria.queues) == ["sales", "help"]
    assert maria.skills == {"sales": 3, "help": 3}
    assert maria.signed_in == "always"


def test_two_people_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="binds `maria` under \\[agents\\] to something else"):
        dev_site.make(two(tmp_path, ("+14255550111", "+14255550112")), SERVICE)
