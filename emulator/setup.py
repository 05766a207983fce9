"""Setting up and ending calls: create, answer, reject, redirect, properties, hang-up. [contract 1.1]"""

from __future__ import annotations

import uuid
from functools import partial

from emulator import calls, feeds, fields, offers, ringing
from emulator.identifiers import Identifier
from emulator.model import Call, Phone
from emulator.rest_types import Reply, Request
from emulator.results import DECLINED, DECLINED_VOIP, ENDED_BY_API, RestError, Result, invalid, not_emulated
from emulator.world import World

TPE_CALLER = "Invalid request, SourceCallerIdNumber and SourceDisplayName are not supported with TeamsAppSource."


def answer(world: World, request: Request) -> Reply:
    body = request.body
    token = fields.text(body, "incomingCallContext")
    uri = fields.callback_uri(world.config, body)
    agreed = feeds.read(world.config, body)
    answered_by = fields.identifier(body, "answeredBy").to_json() if body.get("answeredBy") is not None else None
    found = offers.take(world, token)
    call = offers.answer(world, found, uri, fields.echo(world.config, body), request.version, answered_by, agreed)
    # The live service says `unknown` here, and `connected` once it is asked again.
    return Reply(200, calls.properties(call, state="unknown"), call)


def reject(world: World, request: Request) -> Reply:
    token = fields.text(request.body, "incomingCallContext")
    reason = fields.text(request.body, "callRejectReason", default="none").lower()
    if reason not in offers.REJECTIONS:
        raise invalid("The field CallRejectReason must be none, busy or forbidden.")
    offers.reject(world, offers.take(world, token), reason)
    return Reply(204)


def redirect(world: World, request: Request) -> Reply:
    """Pass a ringing call on: to a line as a new incoming call, to anyone else by ringing them."""
    target = fields.called(fields.identifier(request.body, "target"))
    found = offers.take(world, fields.text(request.body, "incomingCallContext"))
    caller = found.phone
    if caller.callee is not None:
        raise invalid("Redirect is not supported for a call on behalf of a resource account.")
    offers.redirected(found)
    caller.offer = None
    world.note(caller, "transferred", target.label)
    if (line := world.line(target.raw_id)) is not None:
        offers.offer(world, caller, line, found.on_answer, found.on_refuse)
        return Reply(204)

    def accept(phone: Phone) -> None:
        if found.on_answer is not None:
            found.on_answer()
        caller.transferred_to = target.label
        caller.state = phone.state = "connected"
        caller.bridged_to, phone.bridged_to = phone.id, caller.id
        world.note(caller, "connected", target.label)
        world.note(phone, "connected", caller.me.label)
        for one in (caller, phone):
            world.on_answer(one)

    def fail(result: Result) -> None:
        if found.on_refuse is not None:
            found.on_refuse(result)
        else:
            calls.end_phone(world, caller, "service", "redirected, not answered")

    ring = ringing.ring(world, target, caller.me, world.config.establish_seconds, accept, fail)
    caller.calling = ring.id
    return Reply(204)


def create(world: World, request: Request) -> Reply:
    """Call one or more targets; the first to accept connects the call, the others join it."""
    body = request.body
    targets = tuple(map(fields.called, fields.identifiers(body, "targets")))
    if not targets:
        raise invalid("The field Targets is required.")
    agreed = feeds.read(world.config, body)
    call = _outbound(world, request, targets)
    call.feeds = agreed
    waiting = list(targets)

    def accept(phone: Phone) -> None:
        if call.state == "connecting":
            calls.connect(world, call, phone)
        else:
            calls.join(world, call, phone)

    def fail(who: Identifier, result: Result) -> None:
        waiting.remove(who)
        if not waiting and call.state == "connecting":
            final = DECLINED_VOIP if result is DECLINED and who.kind != "phoneNumber" else result
            world.emit(call, "CreateCallFailed", final)
            calls.disconnect(world, call, final)

    world.calls[call.id] = call
    shown = Identifier("phoneNumber", f"4:{call.source_number}") if call.source_number is not None else call.source
    for who in targets:
        seconds = world.config.establish_seconds
        ring = ringing.ring(world, who, shown, seconds, accept, partial(fail, who))
        call.rings.append(ring)
    return Reply(201, calls.properties(call), call)


def _outbound(world: World, request: Request, targets: tuple[Identifier, ...]) -> Call:
    body = request.body
    uri = fields.callback_uri(world.config, body)
    number = fields.phone_number(body, "sourceCallerIdNumber")
    name = fields.text(body, "sourceDisplayName", default="")
    app = fields.mapping(body, "teamsAppSource")
    if app and (number is not None or name):
        raise invalid(TPE_CALLER)
    phones = any(who.kind == "phoneNumber" for who in targets)
    if phones and number is None and not app:
        raise invalid("The field SourceCallerIdNumber is required to call a phone number.")
    if any(world.line(who.raw_id) is not None for who in targets):
        raise RestError(501, "NotEmulated", "The emulator does not call its own lines; dial them from a phone.")
    if len({who.key for who in targets}) != len(targets):
        raise invalid("A target is named twice.")
    me = world.app_identity()
    source = Identifier("microsoftTeamsApp", f"28:orgid:{fields.text(app, 'appId')}") if app else me
    for who in targets:
        if app and who.kind == "communicationUser":
            raise fields.wrong_identifier()
    return Call(
        id=world.connection_id(),
        server_call_id=world.server_call_id(),
        correlation_id=str(uuid.uuid4()),
        callback_uri=uri,
        echo=fields.echo(world.config, body),
        version=request.version,
        source=source,
        targets=targets,
        app=me,
        tpe=bool(app),
        source_number=number,
        display_name=name,
    )


def properties(world: World, request: Request) -> Reply:
    return Reply(200, calls.properties(request.call))


def terminate(world: World, request: Request) -> Reply:
    """Hang up for everyone."""
    calls.disconnect(world, request.call, ENDED_BY_API, host=True)
    return Reply(204)


def leave(world: World, request: Request) -> Reply:
    """Hang up the application's own leg: the others of a group go on talking, the other of a pair is alone."""
    call = request.call
    phones = [one.phone for one in call.remotes() if one.phone is not None]
    if len(phones) < 2:
        return terminate(world, request)
    for participant in list(call.remotes()):
        calls.take_out(world, call, participant)
    if len(phones) == 2:
        phones[0].bridged_to, phones[1].bridged_to = phones[1].id, phones[0].id
    else:
        for phone in phones:
            phone.conference = call.id
    calls.disconnect(world, call, ENDED_BY_API, host=True)
    return Reply(204)


def connect(world: World, request: Request) -> Reply:
    raise not_emulated("Connect")
