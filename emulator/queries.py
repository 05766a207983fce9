"""Questions about the whole world that a test of a host asks: who hears whom, and who was left behind."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.model import Call, Phone, PhoneState
from emulator.world import World

APPLICATION, HOLD_AUDIO = "application", "hold audio"


@dataclass(frozen=True, slots=True)
class Leg:
    """A phone that nobody is there for, and why."""

    phone: str
    who: str
    state: PhoneState
    why: str


def hearing(call: Call | None) -> dict[str, set[str]]:
    """Whom each participant hears. Who is muted is not heard; who is on hold neither, and hears hold audio alone."""
    if call is None:
        return {}
    heard = {one.who.label for one in call.remotes() if not one.muted and not one.on_hold}
    made: dict[str, set[str]] = {}
    for one in call.participants:
        name = one.who.label if one.phone is not None else APPLICATION
        if one.on_hold:
            made[name] = {HOLD_AUDIO} if one.hold is not None else set()
        else:
            made[name] = heard - {name}
    return made


def left_behind(world: World) -> list[Leg]:
    """Every phone in use that has nobody, oldest first.

    A target has nobody when it is alone with the application; a caller, whom the application serves, is not alone."""
    waited_for = _waited_for(world)
    found = []
    for phone in world.phones.values():
        if phone.state == "ringing" and phone.role == "target":
            why = _why_ringing(waited_for.get(phone.ring or ""))
        elif phone.state == "connected":
            why = _why_connected(world, phone)
        else:
            why = ""
        if why:
            found.append(Leg(phone.id, phone.me.label, phone.state, why))
    return found


def _waited_for(world: World) -> dict[str, int]:
    """How many people wait for each ring, by its id."""
    made = {}
    for call in world.calls.values():
        invited = [invitation.ring for invitation in call.invitations.values()]
        transfer = [call.transfer.ring] if call.transfer is not None else []
        for ring in [*call.rings, *invited, *transfer]:
            if ring is not None:
                made[ring.id] = len(call.remotes())
    return {**made, **{phone.calling: 1 for phone in world.phones.values() if phone.calling and phone.state != "ended"}}


def _why_ringing(people: int | None) -> str:
    if people is None:
        return "no call waits for it"
    return "nobody else is in the call" if people == 0 else ""


def _why_connected(world: World, phone: Phone) -> str:
    peer = world.phones.get(phone.bridged_to or "")
    if peer is not None and peer.state == "connected":
        return ""
    call = world.calls.get(phone.connection_id or "")
    if call is not None:
        alone = phone.role == "target" and len(call.remotes()) == 1
        return "nobody else is in the call" if alone else ""
    group = [one for one in world.phones.values() if one.conference == phone.conference and one.state == "connected"]
    return "" if phone.conference is not None and len(group) > 1 else "the application's call has ended"
