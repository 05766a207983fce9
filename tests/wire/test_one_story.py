"""The simulator and the wire tell the same story: words, times, cuts, ending, result and block of every call."""

from __future__ import annotations

import pytest
from wire_people import LINE
from wire_rig import play, wire
from wire_stories import PLANS, SCRIPTS, program, simulated


@pytest.mark.parametrize("name", PLANS)
def test_the_wire_tells_the_simulators_story(name: str) -> None:
    path = SCRIPTS / f"{name}.ivr"
    script = program(path)

    async def run() -> None:
        async with wire(path) as rig:
            for plan in PLANS[name]:
                at = rig.clock.now()
                phone = rig.people.dial(LINE, plan)
                await rig.finish(phone)
                assert (plan, rig.heard(phone).story()) == (plan, simulated(script, plan, at))

    play(run)
