"""Lines of their own, on which somebody hears a whisper and decides. The theory of operation heads `legs`."""

from __future__ import annotations

from interpreter.routing import counting, moving
from interpreter.routing.protocol import EndAside, Join, Keyed, SideOver, SideUp
from interpreter.routing.state import Floor


def side_up(floor: Floor, event: SideUp) -> None:
    """Somebody has answered on a line of their own: what they are to decide is said to them."""
    leg = floor.legs.get(event.leg)
    if leg is None:
        return
    leg.connection = event.connection or leg.connection
    if leg.state == "stopping":
        floor.done.append(EndAside(leg.name, leg.call))
    if leg.state != "ringing":
        return
    floor.clear(f"ring:{leg.name}")
    leg.state = "whispering"
    moving.whisper(floor, leg, event.at)
    guest = floor.guests.get(leg.entry)
    if guest is not None and guest.leg == leg.name:
        floor.tell(guest.entry, "picked up")


def keyed(floor: Floor, event: Keyed) -> None:
    """Somebody has decided, or has not: then it is said once more. Whatever is no acceptance then is a refusal."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state != "whispering":
        return
    if event.key == moving.ACCEPT and leg.part == "callback":
        leg.state, leg.answered = "in", event.at  # this line becomes the conversation
        counting.answered(floor, leg, event.at)
        floor.clear(f"confirm:{leg.name}")
        floor.notices.append(("accepted", leg))
    elif event.key == moving.ACCEPT:
        leg.state, leg.joins = "joining", True
        floor.done.append(Join(leg.name, leg.call, leg.person))
        floor.timer(f"confirm:{leg.name}", event.at + moving.CONFIRM)
    elif event.attempt < leg.attempt:
        pass  # the host says again how the first time ended
    elif event.key != moving.DECLINE and leg.attempt < moving.ATTEMPTS:
        leg.attempt += 1
        moving.whisper(floor, leg, event.at)
    else:
        moving.stop(floor, leg, event.at, "declined")


def side_over(floor: Floor, event: SideOver) -> None:
    """A line of their own is over. Who is on the way into the call has left it by that."""
    leg = floor.legs.get(event.leg)
    if leg is not None and leg.part == "callback" and leg.state in ("in", "removing"):
        moving.talk_over(floor, leg, event.at)
        return
    if leg is None or leg.state in ("joining", "in", "removing"):
        return
    if leg.state == "stopping" and leg.joins:
        leg.aside = False  # the line is over because it was ended, or because they are in the call
        moving.probe(floor, leg, event.at)
        return
    if leg.state == "whispering":
        leg.why = leg.why or "declined"
    leg.why = leg.why or "no answer"
    moving.over(floor, leg, event.at)
