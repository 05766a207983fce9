"""The end of a talk of which the service's report is lost: nobody talks for ever, and the record is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_rig import Center, on_center

from emulator import Misbehaviour

TOKEN = "operator-token-of-a-test"
SITE: dict[str, dict[str, object]] = {"operator": {"token": TOKEN}}


async def legs(center: Center) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with center.session.get(f"{center.rig.server_url}/details?of=leg", headers=headers) as response:
        return [json.loads(line) for line in (await response.text()).splitlines()]


@pytest.mark.parametrize("restarts", [False, True])
def test_an_end_that_nobody_reported_is_found(restarts: bool) -> None:
    async def story(center: Center) -> None:
        rig = center.rig
        maria, talker = await center.talking()
        await rig.advance(90.0)
        rig.emulator.misbehave(Misbehaviour(drop=1.0))
        rig.emulator.hang_up(talker)
        await rig.advance(5.0)
        rig.emulator.misbehave(Misbehaviour())
        assert (await maria.get())["state"] == "talking", "nobody knows it yet"
        assert await legs(center) == []
        if restarts:
            await rig.restart()
            await rig.advance(20.0)
        else:
            await rig.advance(310.0)
        [record] = await legs(center)
        assert (record["agent"], record["outcome"]) == ("maria", "answered")
        assert 90.0 <= record["talked"] <= 90.0 + 320.0
        await rig.advance(40.0)
        assert (await maria.get())["state"] == "available"

    on_center(story, **SITE)


def test_who_talks_for_long_is_asked_for_and_left_alone() -> None:
    async def story(center: Center) -> None:
        maria, talker = await center.talking()
        await center.rig.advance(1_800.0)
        asked = [each for each in center.rig.emulator.requests if each.operation == "listing"]
        assert 4 <= len(asked) <= 7
        assert (await maria.get())["state"] == "talking"
        assert await legs(center) == []
        center.rig.emulator.hang_up(talker)
        await center.rig.finish(talker)

    on_center(story, **SITE)
