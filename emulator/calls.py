"""The life of a call connection: connected, joined, left, disconnected."""

from __future__ import annotations

from emulator import feeds, media, playback, recordings
from emulator.identifiers import Json
from emulator.model import Call, Participant, Phone
from emulator.results import ENDED_BY_CALLEE, ENDED_BY_CALLER, ENDED_NORMALLY, OK, RING_CANCELLED, Result
from emulator.world import World


def properties(call: Call, *, state: str | None = None) -> Json:
    """`CallConnectionProperties` as captured (section 1.4)."""
    body: Json = {"callConnectionId": call.id}
    if call.state != "connecting" or call.inbound:
        body["serverCallId"] = call.server_call_id
    body["targets"] = [target.to_json() for target in call.targets]
    body["callConnectionState"] = state or call.state
    body["callbackUri"] = call.callback_uri
    body["sourceDisplayName"] = call.display_name
    body["source"] = call.source.to_json()
    body["correlationId"] = call.correlation_id
    if call.source_number is not None:
        body["sourceCallerIdNumber"] = {"value": call.source_number}
    if call.answered_by is not None:
        body["answeredBy"] = call.answered_by
    for feed in call.feeds.values():
        about: Json = {"id": feed.subscription or None, "state": "active" if feed.state == "active" else "inactive"}
        if feed.name == "audio":
            body["mediaStreamingSubscription"] = {**about, "subscribedContentTypes": ["audio"]}
        else:
            kinds = ["intermediate", "final"] if feed.intermediate else ["final"]
            body["transcriptionSubscription"] = {**about, "subscribedResultTypes": kinds, "locale": feed.locale}
    return body


def connect(world: World, call: Call, phone: Phone) -> None:
    """The first remote party is there."""
    call.state = "connected"
    call.participants = [Participant(phone.me, phone), Participant(call.app)]
    _joined(world, call, phone)
    if world.config.participants_first:
        participants_updated(world, call)
    world.emit(call, "CallConnected", OK, call.echo)
    if not world.config.participants_first:
        participants_updated(world, call)
    feeds.call_connected(world, call)


def join(world: World, call: Call, phone: Phone) -> None:
    """A further party is there."""
    call.participants.insert(-1, Participant(phone.me, phone))
    _joined(world, call, phone)
    participants_updated(world, call)


def _joined(world: World, call: Call, phone: Phone) -> None:
    answered = phone.state == "ringing"
    phone.connection_id = call.id
    phone.state = "connected"
    recordings.joined(world, call)
    world.note(phone, "connected", call.app.raw_id if phone.role == "target" else phone.other.label)
    if answered:
        world.on_answer(phone)


def participants_updated(world: World, call: Call) -> None:
    """Tell who is in the call now. The live sequence number starts at 1 and jumps."""
    call.sequence += 1 if call.sequence == 0 else 2
    people = [one.to_json() for one in call.participants]
    world.emit(call, "ParticipantsUpdated", OK, extra={"participants": people, "sequenceNumber": call.sequence})


def take_out(world: World, call: Call, participant: Participant) -> None:
    """A party leaves the call, whatever becomes of it; the media that was for it alone ends."""
    media.leave(world, call, participant)
    if participant.hold is not None:
        playback.stop(world, participant.hold)
    call.participants.remove(participant)
    if call.transfer is not None and call.transfer.transferee.key == participant.who.key:
        drop_transfer(world, call)
    if participant.phone is not None:
        participant.phone.connection_id = None


def phone_left(world: World, call: Call, phone: Phone) -> None:
    """A party hung up. The last one ends the call."""
    participant = call.by_phone(phone)
    if participant is None:
        return
    if call.remotes() == [participant]:
        disconnect(world, call, _hang_up_result(call, participant), by=phone)
        return
    take_out(world, call, participant)
    participants_updated(world, call)


def _hang_up_result(call: Call, participant: Participant) -> Result:
    if participant.who.kind != "phoneNumber":
        return ENDED_NORMALLY
    return ENDED_BY_CALLER if call.inbound else ENDED_BY_CALLEE


def disconnect(world: World, call: Call, result: Result, *, by: Phone | None = None, host: bool = False) -> None:
    """End the whole call: media, invitations and transfer first, CallDisconnected last."""
    if call.state == "disconnected":
        return
    call.state = "disconnected"
    media.end(world, call)
    feeds.end(world, call)
    for invitation in list(call.invitations.values()):
        if invitation.ring is not None:
            stop_ring(world, invitation.ring.id)
        extra = {"participant": invitation.who.to_json()}
        world.emit(call, "AddParticipantFailed", RING_CANCELLED, invitation.echo, extra)
    call.invitations.clear()
    drop_transfer(world, call)
    for ring in list(call.rings):
        stop_ring(world, ring.id)
    phones = [one.phone for one in call.participants if one.phone is not None]
    for phone in phones:
        phone.connection_id = None
        if phone is not by:
            end_phone(world, phone, "host" if host else "service", "hung up")
    world.emit(call, "CallDisconnected", result, call.echo)
    del world.calls[call.id]
    recordings.call_ended(world, call)


def drop_transfer(world: World, call: Call) -> None:
    """The transferee is gone: stop ringing the target."""
    if (transfer := call.transfer) is None:
        return
    call.transfer = None
    if transfer.ring is not None:
        stop_ring(world, transfer.ring.id)
    if transfer.offer is not None:
        transfer.offer()
    world.emit(call, "CallTransferFailed", RING_CANCELLED, transfer.echo)


def stop_ring(world: World, ring_id: str) -> None:
    """Stop ringing a target because nobody waits for it any more."""
    ring = world.rings.pop(ring_id, None)
    if ring is None:
        return
    for handle in (ring.timer, ring.behaviour):
        if handle is not None:
            handle.cancel()
    end_phone(world, ring.phone, "caller", "cancelled")


def end_phone(world: World, phone: Phone, by: str, reason: str) -> None:
    """A phone is on the hook again."""
    if phone.state != "ended":
        phone.state = "ended"
        phone.ended_by = by
        phone.end_reason = reason
        phone.bridged_to = None
        world.note(phone, "ended", reason if by == "" else f"{reason} ({by})")
