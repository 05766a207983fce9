"""What people do with their phones: dial, press keys, speak, hang up, and take or refuse a call that rings."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from emulator import calls, media, offers, ringing
from emulator.context import check_headers
from emulator.fields import KEY_OF
from emulator.identifiers import Json, from_address
from emulator.model import Action, Call, Feed, FeedName, Moment, Phone, Ring
from emulator.plans import PlanError, PlanItem, read_keys, read_plan
from emulator.results import BUSY, DECLINED
from emulator.world import World


class NoSuchPhoneError(LookupError):
    """No phone call has that id."""


class WrongStateError(ValueError):
    """The phone cannot do that now."""


def find(world: World, phone_id: str) -> Phone:
    if (phone := world.phones.get(phone_id)) is None:
        raise NoSuchPhoneError(f"there is no phone call {phone_id!r}")
    return phone


def dial(
    world: World,
    from_number: str,
    to: str,
    plan: Sequence[PlanItem] = (),
    context: Json | None = None,
    callee: str | None = None,
) -> Phone:
    """A phone dials a line; an agent's client does so on behalf of it, to reach ``callee``.

    Raises WrongStateError for a number that is no line, ValueError for what is no number."""
    line = world.line(to)
    if line is None:
        owned = ", ".join(line.number for line in world.config.lines)
        raise WrongStateError(f"{to} is no line of this emulator, which owns {owned}")
    check_headers(context or {})
    actions = deque(read_plan(plan))
    me = from_address(from_number)
    phone = Phone(
        f"phone-{next(world.counter)}", me, world.line_identity(line), "caller", context=context or {}, plan=actions
    )
    phone.callee = from_address(callee) if callee is not None else None
    world.add(phone)
    world.note(phone, "dialled", to)
    offers.offer(world, phone, line)
    world.on_moment(phone, "ring")
    return phone


def press(world: World, phone: Phone, keys: str, after: float = 0.0) -> None:
    """Press keys one after the other. Raises PlanError for a key that no keypad has, WrongStateError without a call."""
    names = read_keys(keys)
    _need_connected(phone)

    def one(name: str) -> None:
        if phone.state == "connected":
            world.note(phone, "pressed", KEY_OF[name])
            if (found := _in_call(world, phone)) is not None:
                participant = found.by_phone(phone)
                if participant is not None:
                    media.tone(world, found, participant, name)

    for place, name in enumerate(names):
        _at(world, after + place * world.config.tone_gap_seconds, partial(one, name))


def speak(world: World, phone: Phone, words: str, after: float = 0.0) -> None:
    """Say something. An empty text is a sound that nobody understands."""
    _need_connected(phone)

    def say() -> None:
        if phone.state == "connected":
            world.note(phone, "spoke", words)
            if (found := _in_call(world, phone)) is not None:
                participant = found.by_phone(phone)
                if participant is not None:
                    media.speech(world, found, participant, words.strip())

    _at(world, after, say)


def converse(world: World, phone: Phone, lines: Sequence[Mapping[str, Any]]) -> None:
    """Those in a call speak by turns. Raises PlanError for a line that says nothing or names nobody."""
    _need_connected(phone)
    found = _in_call(world, phone)
    people = {} if found is None else {one.who.label: one.phone for one in found.remotes()}
    for line in lines:
        text, after = line.get("text"), line.get("after", 0)
        speaker = people.get(str(line["who"])) if "who" in line else phone
        if speaker is None or not isinstance(text, str) or type(after) not in (int, float):
            raise PlanError(f"a line has text, after (seconds), and who of {', '.join(people)}: {dict(line)!r}")
        speak(world, speaker, text, float(after))


def feed_of(world: World, phone: Phone, name: FeedName) -> tuple[Call, Feed]:
    """A feed of the call that a phone is in. Raises WrongStateError."""
    found = _in_call(world, phone)
    feed = found.feeds.get(name) if found is not None else None
    if found is None or feed is None:
        raise WrongStateError(f"{phone.id} is in no call with {name}")
    return found, feed


def fail_speech(world: World, phone: Phone) -> None:
    """The recogniser that listens to this phone breaks."""
    if (found := _in_call(world, phone)) is not None and (participant := found.by_phone(phone)) is not None:
        media.fail_speech(world, found, participant)


def hang_up(world: World, phone: Phone, after: float = 0.0) -> None:
    """Put the phone down, in whatever state; a ringing target is declined by it."""

    def go() -> None:
        if phone.state == "ended":
            return
        if phone.ring is not None:
            decline(world, phone)
            return
        peer = world.phones.get(phone.bridged_to or "")
        found = _in_call(world, phone)
        if phone.offer is not None and found is None:
            offers.abandon(world, world.offers[phone.offer])
            phone.offer = None
        if phone.calling is not None:
            calls.stop_ring(world, phone.calling)
        calls.end_phone(world, phone, phone.role, "hung up")
        if found is not None:
            calls.phone_left(world, found, phone)
        for other in [peer] if peer is not None else _left_alone(world, phone):
            calls.end_phone(world, other, phone.role, "hung up")

    _at(world, after, go)


def _left_alone(world: World, phone: Phone) -> list[Phone]:
    """The other phone of a conference of two that the application has left."""
    if phone.conference is None:
        return []
    rest = [one for one in world.phones.values() if one.conference == phone.conference and one.state == "connected"]
    return rest if len(rest) == 1 else []


def set_muted(world: World, phone: Phone, muted: bool) -> None:
    """A participant mutes itself, or ends its mute whoever began it. Raises WrongStateError outside of a call."""
    call = _in_call(world, phone)
    participant = call.by_phone(phone) if call is not None else None
    if call is None or participant is None:
        raise WrongStateError(f"{phone.id} is in no call of the application")
    if participant.muted != muted:
        participant.muted = muted
        world.note(phone, "muted" if muted else "unmuted")
        calls.participants_updated(world, call)


def _at(world: World, after: float, fn: Callable[[], None]) -> None:
    if after > 0:
        world.clock.call_later(after, fn)
    else:
        fn()


def _need_connected(phone: Phone) -> None:
    if phone.state != "connected":
        raise WrongStateError(f"{phone.id} is {phone.state}")


def _in_call(world: World, phone: Phone) -> Call | None:
    return world.calls.get(phone.connection_id or "")


def _ring(world: World, phone: Phone) -> Ring:
    if (found := world.rings.get(phone.ring or "")) is None:
        raise WrongStateError(f"{phone.id} does not ring")
    return found


def accept(world: World, phone: Phone) -> None:
    """A ringing target takes the call. This and the next three raise WrongStateError when it does not ring."""
    ringing.accept(world, _ring(world, phone))


def decline(world: World, phone: Phone) -> None:
    ringing.fail(world, _ring(world, phone), DECLINED, "declined")


def busy(world: World, phone: Phone) -> None:
    ringing.fail(world, _ring(world, phone), BUSY, "busy")


def ignore(world: World, phone: Phone) -> None:
    """Let it ring until the service gives up."""
    ringing.ignore(world, _ring(world, phone))


def on_moment(world: World, phone: Phone, moment: Moment) -> bool:
    """A planned caller may act now: take the next item of the plan if it waits for this. Returns whether it did."""
    if not phone.plan or not _waits_for(phone.plan[0], moment):
        return False
    action = phone.plan.popleft()
    after = world.config.reaction_seconds if action.after is None else action.after
    world.clock.call_later(after, lambda: _perform(world, phone, action))
    return True


def on_answer(world: World, phone: Phone) -> None:
    """The call is answered: do what the plan begins with, when that waits for this, all of it from now on."""
    while phone.plan and phone.plan[0].when == "answer":
        action = phone.plan.popleft()
        after = world.config.reaction_seconds if action.after is None else action.after
        world.clock.call_later(after, partial(_perform, world, phone, action))


def _waits_for(action: Action, moment: Moment) -> bool:
    match action.when:
        case None | "wait":
            return moment == "wait"
        case "prompt":
            # A recognition without a prompt of its own goes straight to waiting.
            return moment in ("prompt", "wait")
        case "play":
            return moment in ("play", "prompt")
        case _:
            return moment == action.when


def _perform(world: World, phone: Phone, action: Action) -> None:
    if action.do == "hang_up":
        hang_up(world, phone)
    elif phone.state == "connected":
        match action.do:
            case "press":
                press(world, phone, action.text)
            case "speak":
                speak(world, phone, action.text)
            case "silent":
                pass
