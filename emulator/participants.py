"""Participants: listed, added, removed, muted, held, moved. [contract 1.1, 1.2]"""

from __future__ import annotations

import uuid

from emulator import calls, fields, media, playback, ringing
from emulator.context import calling_context
from emulator.identifiers import Identifier, Json
from emulator.model import Call, Echo, Invitation, Participant, Phone
from emulator.rest_types import Reply, Request
from emulator.results import (
    ALREADY_PRESENT,
    HOLD_CANCELLED,
    NOT_PRESENT,
    OK,
    ONE_LEFT,
    REMOVED,
    TOO_LATE,
    RestError,
    Result,
    invalid,
    of_failure,
)
from emulator.world import World

INVITATION_LIMIT = 180
CANCEL = "cancelAddParticipant"


def context_of(echo: Echo) -> dict[str, str]:
    """The context as answers carry it: only when the request did."""
    return {} if echo.operation_context is None else {"operationContext": echo.operation_context}


def connected(request: Request) -> Call:
    """The call of the path, which must have been established. Raises 404/8522 or 400/8501."""
    if request.call.state != "connected":
        raise RestError(400, 8501, "The call is not established.")
    return request.call


def present(call: Call, who: Identifier) -> Participant:
    """The participant of that identity. Raises 400/8558 when it is not in the call."""
    if (found := call.find(who)) is None:
        raise RestError(400, NOT_PRESENT.sub_code, NOT_PRESENT.message)
    return found


def allowed_target(call: Call, who: Identifier) -> None:
    """In Teams Phone extensibility a plain user identity is refused with 422. [contract 7.2]"""
    if call.tpe and who.kind == "communicationUser":
        raise fields.wrong_identifier()


def listing(world: World, request: Request) -> Reply:
    return Reply(200, {"value": [one.to_json() for one in request.call.participants]})


def get(world: World, request: Request) -> Reply:
    found = next((one for one in request.call.participants if one.who.key == request.name.lower()), None)
    if found is None:
        raise RestError(404, 8522, "The participant was not found in the call.")
    return Reply(200, found.to_json())


def add(world: World, request: Request) -> Reply:
    call = connected(request)
    who = fields.called(fields.identifier(request.body, "participantToAdd"))
    allowed_target(call, who)
    if call.find(who) is not None or any(one.who.key == who.key for one in call.invitations.values()):
        raise invalid("The participant is already in the call, or being invited to it.")
    number = fields.phone_number(request.body, "sourceCallerIdNumber")
    if who.kind == "phoneNumber" and number is None and not call.tpe:
        raise invalid("The field SourceCallerIdNumber is required to add a phone number.")
    if world.line(who.raw_id) is not None:
        raise RestError(501, 8520, "The emulator does not add one of its own lines to a call; transfer to it instead.")
    seconds = fields.number(
        request.body,
        "invitationTimeoutInSeconds",
        min(world.config.establish_seconds, INVITATION_LIMIT),
        0,
        INVITATION_LIMIT,
    )
    context = calling_context(request.body, who)
    echo = fields.echo(world.config, request.body)
    invitation = Invitation(str(uuid.uuid4()), who, echo)
    call.invitations[invitation.id] = invitation
    if (failure := world.mischief.failure("addParticipant")) is not None:
        _uninvite(world, call, invitation, of_failure(failure))
    else:
        shown = Identifier("phoneNumber", f"4:{number}") if number is not None else call.source
        _invite(world, call, invitation, shown, seconds, context)
    body = {"participant": Participant(who).to_json(), "invitationId": invitation.id, **context_of(echo)}
    return Reply(202, body)


def _invite(world: World, call: Call, invitation: Invitation, shown: Identifier, seconds: float, context: Json) -> None:
    def accept(phone: Phone) -> None:
        del call.invitations[invitation.id]
        call.used_invitations.add(invitation.id)
        extra = {"participant": invitation.who.to_json()}
        world.emit(call, "AddParticipantSucceeded", OK, invitation.echo, extra)
        calls.join(world, call, phone)

    def fail(result: Result) -> None:
        _uninvite(world, call, invitation, result)

    invitation.ring = ringing.ring(world, invitation.who, shown, seconds, accept, fail, context)


def _uninvite(world: World, call: Call, invitation: Invitation, result: Result) -> None:
    del call.invitations[invitation.id]
    call.used_invitations.add(invitation.id)
    world.emit(call, "AddParticipantFailed", result, invitation.echo, {"participant": invitation.who.to_json()})


def cancel_add(world: World, request: Request) -> Reply:
    call = connected(request)
    wanted = fields.text(request.body, "invitationId")
    echo = fields.echo(world.config, request.body)
    invitation = call.invitations.get(wanted)
    if invitation is None and wanted not in call.used_invitations:
        raise invalid("The field InvitationId names no invitation of this call.")
    extra = {"invitationId": wanted}
    ring = invitation.ring if invitation is not None else None
    if ring is not None and world.mischief.strikes("answer_before_cancel", CANCEL):
        ringing.accept(world, ring)
        ring = None
    if ring is None:
        world.emit(call, "CancelAddParticipantFailed", TOO_LATE, echo, extra)
    elif world.mischief.strikes("answer_after_cancel", CANCEL):
        world.emit(call, "CancelAddParticipantFailed", TOO_LATE, echo, extra)
        ringing.accept(world, ring)
    else:
        del call.invitations[wanted]
        call.used_invitations.add(wanted)
        calls.stop_ring(world, ring.id)
        world.emit(call, "CancelAddParticipantSucceeded", OK, echo, extra)
    return Reply(202, {"invitationId": wanted, **context_of(echo)})


def remove(world: World, request: Request) -> Reply:
    call = connected(request)
    who = fields.identifier(request.body, "participantToRemove")
    echo = fields.echo(world.config, request.body)
    extra = {"participant": who.to_json()}
    found = call.find(who)
    if found is None or found.phone is None:
        world.emit(call, "RemoveParticipantFailed", NOT_PRESENT, echo, extra)
        return Reply(202, dict(context_of(echo)))
    phone = found.phone
    last = call.remotes() == [found]
    calls.take_out(world, call, found)
    calls.end_phone(world, phone, "host", "removed")
    world.emit(call, "RemoveParticipantSucceeded", OK, echo, extra)
    calls.participants_updated(world, call)
    if last:
        calls.disconnect(world, call, REMOVED, host=True)
    return Reply(202, dict(context_of(echo)))


def mute(world: World, request: Request) -> Reply:
    call = connected(request)
    targets = fields.identifiers(request.body, "targetParticipants")
    if len(targets) != 1:
        raise invalid("The field TargetParticipants must have exactly one participant.")
    if targets[0].kind == "phoneNumber":
        raise invalid("A phone number participant cannot be muted.")
    found = present(call, targets[0])
    found.muted = True
    if found.phone is not None:
        world.note(found.phone, "muted")
    calls.participants_updated(world, call)
    return Reply(200, dict(context_of(fields.echo(world.config, request.body))))


def move(world: World, request: Request) -> Reply:
    """Bring participants of another call of the same host here; one event for each."""
    call = connected(request)
    targets = fields.identifiers(request.body, "targetParticipants")
    if not targets:
        raise invalid("The field TargetParticipants is required.")
    origin_id = fields.text(request.body, "fromCall")
    origin = world.calls.get(origin_id)
    if origin is None or origin.state != "connected" or origin is call:
        raise RestError(404, 8522, "The call of the field FromCall was not found.")
    echo = fields.echo(world.config, request.body)
    for who in targets:
        _move_one(world, call, origin, who, echo)
    people = [Participant(who).to_json() for who in targets]
    return Reply(202, {"participants": people, "fromCall": origin_id, **context_of(echo)})


def _move_one(world: World, call: Call, origin: Call, who: Identifier, echo: Echo) -> None:
    extra = {"participant": who.to_json(), "fromCall": origin.id}
    found = origin.find(who)
    if found is None or found.phone is None:
        world.emit(call, "MoveParticipantFailed", NOT_PRESENT, echo, extra)
        return
    if call.find(who) is not None:
        world.emit(call, "MoveParticipantFailed", ALREADY_PRESENT, echo, extra)
        return
    if (failure := world.mischief.failure("moveHere")) is not None:
        world.emit(call, "MoveParticipantFailed", of_failure(failure), echo, extra)
        return
    last = origin.remotes() == [found]
    calls.take_out(world, origin, found)
    world.emit(call, "MoveParticipantSucceeded", OK, echo, extra)
    calls.join(world, call, found.phone)
    if last:
        calls.disconnect(world, origin, ONE_LEFT)
    else:
        calls.participants_updated(world, origin)


def hold(world: World, request: Request) -> Reply:
    """Put a participant on hold, with audio when a source is given: its event names were captured, not documented."""
    call = connected(request)
    found = present(call, fields.identifier(request.body, "targetParticipant"))
    echo = fields.echo(world.config, request.body)
    source = fields.mapping(request.body, "playSourceInfo")
    segments = playback.read_sources(world.config, [source]) if source else ()
    if found.on_hold or found.phone is None:
        raise RestError(400, 8585, "The participant cannot be put on hold in its present state.")
    found.on_hold = True
    media.deafen(world, call, found)
    world.note(found.phone, "held")
    calls.participants_updated(world, call)
    if segments and segments[0].fault is None:
        world.emit(call, "HoldAudioStarted", OK, Echo(echo.operation_context))
        found.hold_echo = Echo(echo.operation_context)
        held = found.phone
        found.hold = playback.start(world, segments, lambda: (held,), None, _nothing, _nothing, loop=True)
    elif segments:
        found.on_hold = False
        world.emit(call, "HoldFailed", segments[0].fault, echo)
        calls.participants_updated(world, call)
    return Reply(200)


def _nothing(*_: object) -> None:
    """Hold audio goes round until it is stopped: it neither ends nor fails by itself."""


def unhold(world: World, request: Request) -> Reply:
    call = connected(request)
    found = present(call, fields.identifier(request.body, "targetParticipant"))
    if not found.on_hold or found.phone is None:
        raise RestError(400, 8585, "The participant is not on hold.")
    found.on_hold = False
    world.note(found.phone, "resumed")
    calls.participants_updated(world, call)
    if found.hold is not None:
        playback.stop(world, found.hold)
        found.hold = None
        world.emit(call, "HoldAudioCompleted", HOLD_CANCELLED, found.hold_echo)
    return Reply(200)
