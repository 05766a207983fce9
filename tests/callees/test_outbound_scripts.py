"""A script takes calls or makes them: the site file says which is wanted, and the script whether it can."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from interpreter.programs import SiteScripts
from interpreter.site import Site

ROOT = Path(__file__).resolve().parents[2]
S10 = ROOT / "scripts" / "s10_reminder.ivr"
LINE = "+18005550110"


def loaded(text: str, folder: Path) -> tuple[SiteScripts, list[str]]:
    scripts = SiteScripts(Site.parse(text, folder=folder, need_secrets=False))
    return scripts, list(asyncio.run(scripts.load()).values())


def test_the_sample_makes_calls() -> None:
    scripts, problems = loaded(S10.with_suffix(".toml").read_text(encoding="utf-8"), S10.parent)
    assert problems == []
    script = scripts.for_flow("reminder")
    assert script is not None
    assert script.program.flow is not None
    assert script.program.flow.outbound
    assert scripts.flows_without_script == ()
    assert scripts.for_flow("another") is None


def test_a_flow_that_makes_calls_takes_none() -> None:
    text = S10.with_suffix(".toml").read_text(encoding="utf-8") + f'\n[lines]\n"{LINE}" = "{S10.as_posix()}"\n'
    scripts, problems = loaded(text, S10.parent)
    assert problems == ["its flow is outbound: it makes calls, and takes none of `[lines]`"]
    assert scripts.for_line(LINE) is None
    assert scripts.flows_without_script == ("reminder",)


WRONG = {
    "its flow is not outbound: it takes calls, and makes none of `[outbound]`": "flow main",
    "its flow has no parameter `number phone`: whom to call could not be told": "flow main(whom phone) outbound",
}


@pytest.mark.parametrize("why", WRONG)
def test_a_script_that_cannot_make_calls(why: str, tmp_path: Path) -> None:
    outbound = "outbound" in WRONG[why]
    (tmp_path / "a.ivr").write_text(
        f"""ivr 1
{WRONG[why]}
    timezone "America/New_York"
    press 9 anywhere -> bye
    on caller hangup -> finish abandoned
    on system error  -> bye

"""
        + (
            """dial patient
    number whom
    only 09:00 to 20:00
    answered                               -> bye
    no answer or busy or invalid or failed -> bye

"""
            if outbound
            else ""
        )
        + """step bye
    say "Goodbye."
    finish done
"""
    )
    site = f'[calling]\ncountries = ["US"]\n[outbound.a]\nscript = "a.ivr"\nline = "{LINE}"\n'
    scripts, problems = loaded(site, tmp_path)
    assert problems == [why]
    assert scripts.for_flow("a") is None
    assert scripts.flows_without_script == ("a",)


DESKS = ['{ number = "guard" }', '{ teams_user = "guard" }', '{ teams_app = "guard" }', '{ agent = "guard" }']


@pytest.mark.parametrize("desk", DESKS)
def test_a_desk_of_every_kind_has_a_script(desk: str) -> None:
    guid = "0d7c9d3a-52b4-4c5e-8a57-8c7f9d0e1a2b"
    site = f"""
[emergency]
centers = ["+14255550911"]
[emergency.desks]
"{LINE}" = {desk}
[numbers]
guard = "+14255550188"
[teams_users]
guard = "{guid}"
[teams_apps]
guard = "{guid}"
[agents.guard]
teams_user = "{guid}"
"""
    scripts, _ = loaded(site, ROOT)
    script = scripts.for_emergency_center(LINE)
    assert script is not None
    assert desk.split()[1].replace("_", " ") in script.text
    assert scripts.for_emergency_center("+18005550111") is None
