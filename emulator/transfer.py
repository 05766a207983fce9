"""Transfers: the target rings while the host keeps the caller, and one of five ends follows. [contract 1.1, 3.4]"""

from __future__ import annotations

from emulator import calls, fields, offers, ringing
from emulator.config import Line
from emulator.context import calling_context
from emulator.identifiers import Identifier
from emulator.model import Call, Echo, Participant, Phone, Transfer
from emulator.participants import allowed_target, connected, context_of, present
from emulator.rest_types import Reply, Request
from emulator.results import OK, TRANSFER_CONFLICT, TRANSFERRED, RestError, Result, invalid
from emulator.world import World


def transfer(world: World, request: Request) -> Reply:
    call = connected(request)
    target = fields.called(fields.identifier(request.body, "targetParticipant"))
    allowed_target(call, target)
    transferee = _transferee(call, request)
    number = fields.phone_number(request.body, "sourceCallerIdNumber")
    context = calling_context(request.body, target)
    echo = fields.echo(world.config, request.body)
    if target.key == transferee.who.key:
        raise invalid("The transfer target is the transferee.")
    if call.transfer is not None:
        world.emit(call, "CallTransferFailed", TRANSFER_CONFLICT, echo)
        return Reply(202, dict(context_of(echo)))
    assert transferee.phone is not None
    call.transfer = Transfer(transferee.who, target, echo)
    world.on_moment(transferee.phone, "transfer")
    line = world.line(target.raw_id)
    if line is not None:
        if context:
            transferee.phone.context = context
        _to_line(world, call, call.transfer, transferee, line)
    else:
        shown = Identifier("phoneNumber", f"4:{number}") if number is not None else transferee.who
        _to_target(world, call, call.transfer, transferee.phone, shown, context)
    return Reply(202, dict(context_of(echo)))


def _transferee(call: Call, request: Request) -> Participant:
    if request.body.get("transferee") is not None:
        found = present(call, fields.identifier(request.body, "transferee"))
    elif len(call.remotes()) > 1:
        raise invalid("The field Transferee is required in a group call.")
    else:
        found = call.remotes()[0]
    if found.phone is None:
        raise RestError(400, 8585, "The application itself cannot be transferred.")
    return found


def _to_target(
    world: World, call: Call, pending: Transfer, caller: Phone, shown: Identifier, context: dict[str, object]
) -> None:
    def accept(phone: Phone) -> None:
        phone.state = "connected"
        phone.bridged_to, caller.bridged_to = caller.id, phone.id
        _accepted(world, call, pending, caller)
        world.note(phone, "connected", caller.me.label)
        world.on_answer(phone)

    def fail(result: Result) -> None:
        _failed(world, call, pending.echo, result)

    seconds = world.config.transfer_ring_seconds
    pending.ring = ringing.ring(world, pending.target, shown, seconds, accept, fail, context)


def _to_line(world: World, call: Call, pending: Transfer, transferee: Participant, line: Line) -> None:
    """A line of the emulator itself: it rings as a new incoming call, whose answer takes the caller over."""
    caller = transferee.phone
    assert caller is not None

    def answered() -> None:
        _accepted(world, call, pending, caller)
        # The answer of the line goes on with this caller as with any other.
        caller.transferred_to = None

    made = offers.offer(world, caller, line, answered, lambda result: _failed(world, call, pending.echo, result))
    pending.offer = lambda: offers.abandon(world, made)


def _accepted(world: World, call: Call, pending: Transfer, caller: Phone) -> None:
    call.transfer = None
    caller.transferred_to = pending.target.label
    world.note(caller, "transferred", pending.target.label)
    participant = call.by_phone(caller)
    assert participant is not None
    last = call.remotes() == [participant]
    calls.take_out(world, call, participant)
    extra = {"transferTarget": pending.target.to_json(), "transferee": pending.transferee.to_json()}
    world.emit(call, "CallTransferAccepted", OK, pending.echo, extra)
    if last:
        calls.disconnect(world, call, TRANSFERRED)
    else:
        calls.participants_updated(world, call)


def _failed(world: World, call: Call, echo: Echo, result: Result) -> None:
    call.transfer = None
    world.emit(call, "CallTransferFailed", result, echo)
