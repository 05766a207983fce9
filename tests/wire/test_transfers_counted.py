"""Transfers on the caller's line through the real SDK: each is counted by what the telephones did."""

from __future__ import annotations

from wire_rig import play, wire
from wire_stories import SCRIPTS

BILLED = "press 1; press 12345678; "
PLANS: dict[str, dict[str, int]] = {
    f"{BILLED} transfer answered after 5s": {"accepted": 1},
    f"{BILLED} transfer busy; transfer declined": {"busy": 1, "declined": 1},
    f"{BILLED} transfer no answer; transfer failed": {"expired": 1, "failed": 1},
    f"{BILLED} hang up": {"revoked": 1},
    "press 0; silent": {"expired": 1},
}
"""What the caller and those who are called do; and what has become of the transfers."""


def test_transfers_are_counted_by_what_has_become_of_them() -> None:
    async def run() -> None:
        for plan, outcomes in PLANS.items():
            async with wire(SCRIPTS / "contoso.ivr") as rig:
                await rig.call(plan)
                found = {
                    outcome: rig.metric("transfers", kind="line", outcome=outcome)
                    for outcome in ("accepted", "declined", "expired", "busy", "revoked", "failed")
                }
                assert (plan, {name: count for name, count in found.items() if count}) == (plan, outcomes)

    play(run)
