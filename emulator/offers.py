"""Calls that ring at a line: announced, answered, rejected, redirected, or left to ring out."""

from __future__ import annotations

import base64
import gzip
import json
import os
import uuid
from collections.abc import Callable

from emulator import calls
from emulator.config import Line
from emulator.identifiers import Identifier, Json
from emulator.model import Call, Echo, Feed, FeedName, Offer, OfferState, Phone
from emulator.results import (
    BUSY,
    DECLINED,
    FORBIDDEN,
    NO_ANSWER,
    RestError,
    Result,
    call_not_found,
    conflict,
    of_failure,
)
from emulator.world import World

REJECTIONS: dict[str, Result] = {"none": DECLINED, "busy": BUSY, "forbidden": FORBIDDEN}


def offer(
    world: World,
    phone: Phone,
    line: Line,
    on_answer: Callable[[], None] | None = None,
    on_refuse: Callable[[Result], None] | None = None,
) -> Offer:
    """Ring at a line for 30 s, and announce it. A transfer passes what its answer and its refusal mean."""
    number = line.number
    made = Offer(
        token=_context(phone.me, number),
        phone=phone,
        to=world.line_identity(line),
        correlation_id=str(uuid.uuid4()),
        server_call_id=world.server_call_id(),
        number=number,
        on_answer=on_answer,
        on_refuse=on_refuse,
    )
    world.offers[made.token] = made
    phone.offer = made.token
    made.timer = world.clock.call_later(
        world.config.ring_seconds, lambda: _close(world, made, OfferState.GONE, NO_ANSWER)
    )
    world.outbox.incoming(made)
    return made


def _context(caller: Identifier, number: str) -> str:
    """An opaque context that looks like the live one: an unsigned JWT of a few kilobytes [contract 4.1]."""

    def part(body: Json) -> str:
        return base64.urlsafe_b64encode(json.dumps(body).encode()).decode().rstrip("=")

    inside = {"id": str(uuid.uuid4()), "from": caller.raw_id, "to": number}
    packed = base64.b64encode(gzip.compress(json.dumps(inside).encode() + os.urandom(2400))).decode()
    share = ".".join(base64.urlsafe_b64encode(os.urandom(size)).decode().rstrip("=") for size in (60, 600, 256))
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part({'cc': packed, 'shrToken': share})}."


def take(world: World, token: str) -> Offer:
    """The ringing offer of a context. Raises 409/8519 when it was used, 404/8522 when it rings no more."""
    if token.count(".") != 2:
        raise RestError(400, 8523, "The field IncomingCallContext is invalid.")
    found = world.offers.get(token)
    if found is None or found.state is OfferState.GONE:
        raise call_not_found()
    if found.state is not OfferState.RINGING:
        raise conflict(f"The incoming call was already {found.state.value}.")
    return found


def answer(
    world: World,
    found: Offer,
    callback_uri: str,
    echo: Echo,
    version: str,
    answered_by: Json | None,
    feeds: dict[FeedName, Feed] | None = None,
) -> Call:
    """Make the call of an offer; it is connected at once."""
    _settle(found, OfferState.ANSWERED)
    phone = found.phone
    call = Call(
        id=world.connection_id(),
        server_call_id=found.server_call_id,
        correlation_id=found.correlation_id,
        callback_uri=callback_uri,
        echo=echo,
        version=version,
        source=phone.me,
        targets=(found.to,),
        app=world.app_identity(),
        tpe=found.to.kind == "unknown",
        answered_by=answered_by,
        inbound=True,
        feeds=feeds or {},
    )
    world.calls[call.id] = call
    if found.on_answer is not None:
        found.on_answer()
    phone.offer = None
    if (failure := world.mischief.failure("answer")) is not None:
        world.emit(call, "AnswerFailed", of_failure(failure), echo)
        calls.end_phone(world, phone, "service", "answer failed")
        calls.disconnect(world, call, of_failure(failure))
    else:
        calls.connect(world, call, phone)
    return call


def reject(world: World, found: Offer, reason: str) -> None:
    _close(world, found, OfferState.REJECTED, REJECTIONS[reason])


def abandon(world: World, found: Offer) -> None:
    """The caller hung up while it rang."""
    if found.state is OfferState.RINGING:
        _settle(found, OfferState.GONE)


def redirected(found: Offer) -> None:
    """The offer was passed on; the phone goes on ringing elsewhere."""
    _settle(found, OfferState.REDIRECTED)


def _settle(found: Offer, state: OfferState) -> None:
    found.state = state
    if found.timer is not None:
        found.timer.cancel()


def _close(world: World, found: Offer, state: OfferState, result: Result) -> None:
    _settle(found, state)
    found.phone.offer = None
    if found.on_refuse is not None:
        found.on_refuse(result)
    else:
        reason = "rejected" if state is OfferState.REJECTED else "no answer"
        calls.end_phone(world, found.phone, "host" if state is OfferState.REJECTED else "service", reason)
