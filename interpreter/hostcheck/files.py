"""Files of prompts: how many texts have none, and whether they can be fetched where the site says that they are."""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp

from dsl import Program
from interpreter.hostcheck import Finding, Verdict, shown
from interpreter.hostcheck.reach import Trouble, ask
from interpreter.prompts.files import SUFFIX, PromptFolder, name_of_static
from interpreter.prompts.texts import static_texts
from interpreter.prompts.wav import seconds_of
from interpreter.site import Site

_RENDER = "run `ivr prompts render` with this site file, where the files are then served from"


async def check_files(site: Site, session: aiohttp.ClientSession, programs: Sequence[Program]) -> list[Finding]:
    """Nothing where every prompt is spoken."""
    path = site.prompts_path()
    if path is None:
        return []
    folder = PromptFolder(path)
    wanted = {name_of_static(each) for program in programs for each in static_texts(program)[0]}
    there = sorted(wanted & folder.names())
    left = len(wanted) - len(there)
    if not left:
        found = [_finding("prompts", "ok", f"all {len(wanted)} texts without values have a file")]
    else:
        says = f"{left} of {len(wanted)} texts without values have no file, and are paid for each time they are spoken"
        found = [_finding("prompts", "warning", says, _RENDER)]
    if there and site.settings.prompts.url is not None:
        found.append(await _served(session, f"{site.prompts_url()}/{there[0]}{SUFFIX}"))
    return found


async def _served(session: aiohttp.ClientSession, address: str) -> Finding:
    """Where somebody else serves them, a file that we have may not be there: then a call ends at it."""
    what = "prompts at their address"
    answer = await ask(session, "GET", address)
    if isinstance(answer, Trouble):
        return _finding(what, "wrong", answer.says, answer.fix)
    if answer.status != 200:
        fix = "copy the folder there, or put [prompts] url right; the service fetches files without a key"
        return _finding(what, "wrong", f"{shown(address)} answers {answer.status}", fix)
    try:
        seconds_of(answer.body)
    except ValueError as error:
        return _finding(what, "wrong", f"{shown(address)} is no prompt: {error}", "copy the folder there anew")
    return _finding(what, "ok", f"{shown(address)} can be fetched")


def _finding(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return Finding("speech", what, verdict, says, fix)
