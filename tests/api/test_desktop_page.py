"""Every example of the page about the desktop, asked of a real server in the page's order."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from api_rig import Center, on_center

PAGE = Path(__file__).resolve().parents[2] / "docs" / "desktop.md"
_PART = re.compile(r"^<!-- (?P<happens>[^\n]+) -->$|^```(?P<kind>http|json)\n(?P<text>.*?)^```$", re.M | re.S)


def fits(shown: Any, got: Any) -> bool:
    """Whether what the page shows is in the answer: it may leave keys out, and nothing else."""
    if shown in ("CALL", "LEG"):
        return isinstance(got, str) and bool(got)
    if isinstance(shown, dict):
        return isinstance(got, dict) and all(key in got and fits(value, got[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return isinstance(got, list) and len(shown) == len(got) and all(map(fits, shown, got))
    return bool(shown == got)


def test_the_page_tells_the_truth() -> None:
    async def story(center: Center) -> None:
        maria, names, answer, caller, shown = center.desktop("maria"), {"CALL": "", "LEG": ""}, None, "", 0
        for part in _PART.finditer(PAGE.read_text(encoding="utf-8")):
            match part["happens"] or part["kind"]:
                case "a caller calls":
                    caller = center.dial()
                    await center.ringing("maria")
                    [offer] = (await maria.get())["offers"]
                    names = {"CALL": offer["call"], "LEG": offer["leg"]}
                case "the phone is picked up":
                    await center.picks_up("maria")
                case "the caller hangs up":
                    center.rig.emulator.hang_up(caller)
                    await center.rig.finish(caller)
                case "http":
                    head, _, body = part["text"].partition("\n\n")
                    method, path = head.split()
                    path = path.replace("CALL", names["CALL"]).replace("LEG", names["LEG"])
                    _, answer = await maria.ask(method, path, body or None)
                case "json":
                    assert fits(json.loads(part["text"]), answer), f"{part['text']}\nbut:\n{json.dumps(answer)}"
                    shown += 1
                case other:
                    raise AssertionError(f"the page says {other!r}, which nobody plays")
        assert shown >= 9

    on_center(story)


def test_it_names_every_operation_of_a_desktop() -> None:
    async def story(center: Center) -> None:
        page = PAGE.read_text(encoding="utf-8")
        _, document = await center.ask("GET", "/openapi.json")
        whole = document["paths"].items()
        paths = [path for path, those in whole for each in those.values() if each["tags"] == ["agent"]]
        assert len(paths) == 17
        for path in paths:
            shown = path.replace("{call}", "CALL").replace("{leg}", "LEG")
            assert shown in page or f"`{path.rpartition('/')[2]}`" in page, path

    on_center(story)
