"""The contact center of `scripts/center` over the wire, with no system behind it and before queues and voicemail are
built: everybody reaches a person all the same."""

from __future__ import annotations

import pytest
from wire_rig import play, wire
from wire_stories import SCRIPTS

PATH = SCRIPTS / "center" / "main.ivr"


@pytest.mark.parametrize(
    ("plan", "heard"),
    [
        ("press 1; press 12345678; press 3; wait 60s", "Thank you for calling Contoso."),
        ("press 2; silent; silent; press 2; press 445566; press 1; wait 30s", "No pudimos guardar su mensaje."),
        ("press 3; silent; silent; press 0; wait 30s", "Je vous mets en communication."),
        ("press 1; silent; silent; silent; silent; silent; wait 60s", "One moment, I will connect you."),
    ],
)
def test_nobody_is_stranded(plan: str, heard: str) -> None:
    async def run() -> None:
        async with wire(PATH) as rig:
            call = await rig.call(plan)
            assert heard in call.texts
            assert call.end == ("transferred", "handled", "front_desk")

    play(run)


def test_a_caller_who_hangs_up_is_gone_where_it_happened() -> None:
    async def run() -> None:
        async with wire(PATH) as rig:
            assert (await rig.call("press 3; hang up")).end == ("abandoned", "abandoned", "by_account")

    play(run)
