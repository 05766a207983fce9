"""Callers and the people they are transferred to, played on the emulator from the same plans as the simulator's.

A plan is the terminal phone's (`interpreter.phone`): `press 1`, `silent`, `transfer busy`, `hang up at 1s`. The
simulator does an action when its own state allows it; here the emulator says what a phone is going through (a prompt
begins, a question waits, a transfer rings), and the next action is done as soon as that fits it. So one plan tells one
story twice, and the two hosts, which share no code, check each other.

A question that the service executed twice, because its answer was lost, comes with the operation name of the first: a
caller answers it as before, and the rest of the plan stays for what was planned.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, assert_never

from emulator import Config, Emulator, Line, Phone, ringing
from emulator.model import Call as EmulatedCall
from emulator.model import Moment, Play, Recognise
from emulator.results import BUSY, DECLINED, NO_ANSWER, NOT_FOUND, Result
from interpreter.phone import (
    Action,
    Becomes,
    HangUp,
    HostFails,
    Press,
    Silent,
    Speak,
    SpeechFails,
    TargetDoes,
    TargetIsLate,
    Wait,
    read_plan,
)
from interpreter.simulate import KEY_GAP, Given, TransferEnd

LINE = "+18005550100"
CALLERS = "+1425556{:04d}"

_FAILS: dict[str, tuple[Result, str]] = {
    "no answer": (NO_ANSWER, "no answer"),
    "busy": (BUSY, "busy"),
    "declined": (DECLINED, "declined"),
    "failed": (NOT_FOUND, "failed"),
}

State = Literal["nothing", "play", "prompt", "wait"]


def config(*lines: str, account: str | None = None, **more: Any) -> Config:
    """A service whose people react as fast as the simulator's. ``account``: the lines belong to this Teams resource
    account."""
    made = tuple(Line(line, account) for line in lines or (LINE,))
    return Config(lines=made, tone_gap_seconds=KEY_GAP, end_silence_seconds=0.0, **more)


@dataclass(slots=True)
class Seat:
    """One caller: the rest of the plan, and what the phone goes through since when. ``rings``: so does a target that
    nobody has decided about. ``busy``: an action is under way, or time is to pass first. ``heard`` is how often each
    operation began, ``did`` what was done about it."""

    phone: Phone
    plan: deque[Action]
    state: State = "nothing"
    since: float = 0.0
    op: str = ""
    rings: bool = False
    busy: bool = False
    connection: str = ""
    heard: dict[str, int] = field(default_factory=dict)
    did: dict[str, Action] = field(default_factory=dict)


class People:
    """Everyone who telephones. Takes the place of the emulator's own plans."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.seats: dict[str, Seat] = {}
        self._own = emulator.world.on_moment
        emulator.world.on_moment = self._moment

    def dial(
        self,
        line: str,
        plan: str | Sequence[Action] = (),
        caller: str | None = None,
        context: dict[str, Any] | None = None,
        callee: str | None = None,
    ) -> str:
        """Dial a line with a plan in the words of the terminal phone; returns the phone's id."""
        actions = read_plan(plan.replace(";", "\n")) if isinstance(plan, str) else list(plan)
        number = caller or CALLERS.format(len(self.seats))
        phone = self.emulator.dial(number, line, custom_context=context, callee=callee)
        self.seats[phone] = Seat(self.emulator.call(phone), deque(actions))
        return phone

    # --- what happens to a phone ---

    def _moment(self, phone: Phone, moment: Moment) -> bool:
        seat = self.seats.get(phone.id)
        if seat is None:
            return self._own(phone, moment)  # somebody who is called, with a plan of the emulator's
        if moment == "ring":
            return False
        if moment == "transfer":
            seat.rings = True
        else:
            self._media(seat, moment)
        self._next(seat)
        return False

    def _media(self, seat: Seat, moment: Literal["play", "prompt", "wait"]) -> None:
        """A prompt begins, or a question waits."""
        call = self._call(seat)
        assert call is not None
        operation = (call.main or call.sub)[0]
        assert isinstance(operation, Play | Recognise)
        op = operation.echo.operation_context or ""
        seat.connection = call.id
        if moment in ("play", "prompt") or not operation.segments:
            seat.heard[op] = seat.heard.get(op, 0) + 1
            # What was left to ring is not waited for any more once something new is said.
            seat.rings = seat.rings and seat.heard[op] > 1
        seat.state, seat.op, seat.since = moment, op, self.emulator.clock.now()

    # --- what a person does about it ---

    def _next(self, seat: Seat) -> None:
        """Do the next action if this is its moment."""
        if seat.busy or not (seat.rings or seat.state != "nothing"):
            return
        if seat.heard.get(seat.op, 0) > 1 and not seat.rings:
            self._repeat(seat)
            return
        while seat.plan and isinstance(seat.plan[0], TargetDoes) and seat.state == "wait" and not seat.rings:
            seat.plan.popleft()  # nobody rings while a question waits
        if not seat.plan:
            if seat.rings:
                self._after(seat, 0.0, TargetDoes("answered"))
            return
        action = seat.plan[0]
        delay = self._delay(seat, action)
        if delay is not None:
            seat.plan.popleft()
            if not seat.rings:
                seat.did[seat.op] = action
            self._after(seat, delay, action)

    def _repeat(self, seat: Seat) -> None:
        """The same question once more: the same answer."""
        before = seat.did.get(seat.op)
        if before is not None and seat.state == "wait" and isinstance(before, Press | Speak):
            self._after(seat, 0.0, before)

    def _delay(self, seat: Seat, action: Action) -> float | None:
        """Seconds until the action, None while its moment has not come."""
        now = self.emulator.clock.now()
        at_once = 0.0 if seat.rings or seat.state == "wait" else None
        match action:
            case Press(at=at) | Speak(at=at) | HangUp(at=at) | TargetIsLate(at=at):
                return at_once if at is None or seat.rings else max(0.0, seat.since + at - now)
            case Silent() | SpeechFails() | HostFails():
                return at_once
            case TargetDoes(after=after):
                return after if seat.rings else None
            case Wait(seconds=seconds):
                return seconds
            case Becomes() | Given():
                raise AssertionError(f"nobody plays this part on the wire: {action}")
            case _:
                assert_never(action)

    def _after(self, seat: Seat, seconds: float, action: Action) -> None:
        seat.busy = True
        self.emulator.clock.call_later(seconds, lambda: self._do(seat, action))

    def _do(self, seat: Seat, action: Action) -> None:
        phone, taken = seat.phone, 0.0
        if phone.finished:
            return
        match action:
            case Press():
                self.emulator.press(phone.id, action.keys)
                taken = KEY_GAP * (len(action.keys) - 1)
            case Speak():
                self.emulator.speak(phone.id, action.text)
            case SpeechFails():
                self.emulator.fail_speech(phone.id)
            case HangUp():
                self.emulator.hang_up(phone.id)
            case TargetDoes():
                self._target(seat, action.end)
            case TargetIsLate():
                self._target(seat, "answered")
            case Silent():
                seat.rings, seat.state = False, "nothing"
            case Wait():
                pass
            case Becomes() | Given() | HostFails():
                raise AssertionError(f"nobody plays this part on the wire: {action}")
            case _:
                assert_never(action)
        # Behind whatever this has set off at this moment.
        self.emulator.clock.call_later(taken, lambda: self._done(seat))

    def _done(self, seat: Seat) -> None:
        """See what there is to do after an action: the question may go on, or something new have begun meanwhile."""
        seat.busy = False
        call = self._call(seat)
        if call is None:
            return
        operation = call.main[0] if call.main else None
        if operation is None or (operation.echo.operation_context or "") != seat.op:
            seat.state = "nothing"
        elif isinstance(operation, Recognise) and seat.state == "prompt" and operation.playback is None:
            seat.state = "wait"
        self._next(seat)

    def _target(self, seat: Seat, end: TransferEnd) -> None:
        call = self._call(seat)
        seat.rings = False
        if call is None or call.transfer is None or call.transfer.ring is None:
            return
        if end == "answered":
            ringing.accept(self.emulator.world, call.transfer.ring)
        else:
            ringing.fail(self.emulator.world, call.transfer.ring, *_FAILS[end])

    def _call(self, seat: Seat) -> EmulatedCall | None:
        return self.emulator.world.calls.get(seat.phone.connection_id or "")
