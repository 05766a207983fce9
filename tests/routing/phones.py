"""A model of the telephone host: phones that ring, and reports that come late, twice, or in another order.

The floor's orders are executed in order within a call; the answer to a request comes before the next order of that call
is executed, callbacks come whenever they like. What can happen next is a list of moves (`moves`); whoever explores or
plays chooses one (`play`). What goes wrong with phones is noticed here, whatever the floor believes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

from floor_rig import LegOrder

from interpreter.routing.protocol import (
    Answered,
    Aside,
    CallOver,
    Cancelled,
    EndAside,
    EndCall,
    Event,
    Join,
    Keyed,
    NotAnswered,
    People,
    Probe,
    Probed,
    Remove,
    Removed,
    Ring,
    Rung,
    SideOver,
    SideUp,
    StopRinging,
    There,
    Whisper,
    Who,
)

Move: TypeAlias = tuple[str, str]
"""What happens next, and to whom: a leg, a call, or a place in the mail."""
PhoneState: TypeAlias = Literal["ringing", "aside", "in", "gone"]


@dataclass(slots=True)
class Phone:
    """The telephone of one leg. ``until``: when the host gives up ringing. ``own``: it is called on a line of its own;
    ``asked``: it hears a whisper there."""

    leg: str
    call: str
    who: str
    until: float
    own: bool = False
    state: PhoneState = "ringing"
    asked: bool = False
    attempt: int = 1

    @property
    def busy(self) -> bool:
        """Whether it rings or somebody talks on it."""
        return self.state != "gone"


@dataclass(slots=True)
class Phones:
    """The host. ``over``: the calls that have ended."""

    phones: dict[str, Phone] = field(default_factory=dict)
    lanes: dict[str, list[LegOrder]] = field(default_factory=dict)
    answers: dict[str, Event] = field(default_factory=dict)
    """The answer to the latest request of a call, while it is on its way."""
    mail: list[Event] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    reports: dict[str, int] = field(default_factory=dict)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way."""
        return not (self.lanes or self.answers or self.mail)

    def take(self, order: LegOrder) -> None:
        """An order waits for its turn."""
        self.lanes.setdefault(order.call, []).append(order)

    def busy(self, who: str) -> list[Phone]:
        """The telephones of somebody that ring or are in use."""
        return [phone for phone in self.phones.values() if phone.who == who and phone.busy]

    def inside(self, call: str) -> list[str]:
        """Who is in a call, but for the caller."""
        return [phone.who for phone in self.phones.values() if phone.call == call and phone.state == "in"]

    # ----------------------------------------------------------------------------------------------------------------
    # Moves

    def people(self) -> Iterator[Move]:
        """What those who are called can do next."""
        for leg, phone in self.phones.items():
            match phone.state:
                case "ringing":
                    yield from (("answer", leg), ("decline", leg))
                case "aside" if phone.asked:
                    yield from (("press", leg), ("refuse", leg), ("leave", leg))
                case "aside":
                    yield "leave", leg
                case "in":
                    yield "leave", leg
                case "gone":
                    pass
                case _:
                    assert_never(phone.state)

    def play(self, move: Move, now: float) -> Event | None:
        """Something happens. Returns what the floor hears by that."""
        what, whom = move
        match what:
            case "execute":
                self._execute(whom, now)
            case "hear":
                return self.answers.pop(whom)
            case "deliver":
                return self.mail.pop(int(whom))
            case "answer":
                self._answer(self.phones[whom], now)
            case "decline":
                self._refuse(self.phones[whom], NotAnswered(now, whom, "declined"))
            case "expire":
                self._refuse(self.phones[whom], NotAnswered(now, whom, "no answer"))
            case "press" | "refuse":
                self.phones[whom].asked = False
                self.mail.append(Keyed(now, whom, "1" if what == "press" else "", self.phones[whom].attempt))
            case "leave":
                self._leave(self.phones[whom], now)
            case "hang up":
                self._end(whom, now)
            case _:
                raise AssertionError(move)
        return None

    def _refuse(self, phone: Phone, event: Event) -> None:
        phone.state = "gone"
        self.mail.append(event)

    def _answer(self, phone: Phone, now: float) -> None:
        if phone.own:
            phone.state = "aside"
            self.mail.append(SideUp(now, phone.leg, "line"))
        else:
            phone.state = "in"
            self.mail.append(Answered(now, phone.leg))
            self._report(phone.call, now)

    def _leave(self, phone: Phone, now: float) -> None:
        was, phone.state = phone.state, "gone"
        if was == "in":
            self._report(phone.call, now)
        else:
            self.mail.append(SideOver(now, phone.leg))
            if phone.asked:
                self.mail.append(Keyed(now, phone.leg, attempt=phone.attempt))

    def _report(self, call: str, now: float) -> None:
        number = self.reports[call] = self.reports.get(call, 0) + 1
        self.mail.append(People(now, call, tuple(sorted(self.inside(call))), number))

    def _end(self, call: str, now: float) -> None:
        """A call ends for everyone: nobody is rung into it any more."""
        self.over.add(call)
        for phone in self.phones.values():
            if phone.call == call and (phone.state == "in" or not phone.own):
                phone.state = "gone"
        self.mail.append(CallOver(now, call))

    # ----------------------------------------------------------------------------------------------------------------
    # Orders

    def _execute(self, call: str, now: float) -> None:
        order = self.lanes[call].pop(0)
        if not self.lanes[call]:
            del self.lanes[call]
        answer = self._perform(order, now)
        if answer is not None:
            self.answers[call] = answer

    def _perform(self, order: LegOrder, now: float) -> Event | None:
        """Do what was ordered. Returns the answer to the request; what comes of it later goes by mail."""
        over = order.call in self.over
        match order:
            case Ring():
                if over:
                    return NotAnswered(now, order.leg, "failed")
                self.phones[order.leg] = Phone(order.leg, order.call, order.person.address, now + order.within)
                return Rung(now, order.leg, "invitation")
            case Aside():
                until = now + order.within
                self.phones[order.leg] = Phone(order.leg, order.call, order.person.address, until, own=True)
                return Rung(now, order.leg, connection="line")
            case EndCall():
                if not over:
                    self._end(order.call, now)
                return None
            case Who():
                return There(now, order.call, tuple(sorted(self.inside(order.call))), order.look)
            case _:
                return self._with(order, self.phones.get(order.leg), over, now)

    def _with(
        self,
        order: StopRinging | Probe | Remove | Whisper | Join | EndAside,
        phone: Phone | None,
        over: bool,
        now: float,
    ) -> Event | None:
        state = phone.state if phone is not None else "gone"
        match order:
            case StopRinging():
                if phone is None or state != "ringing":
                    return Cancelled(now, order.leg, done=over)
                self._refuse(phone, Cancelled(now, order.leg))
            case Probe():
                return Probed(now, order.leg, state == "in")
            case Remove():
                if phone is None or state != "in":
                    return Removed(now, order.leg)
                self._refuse(phone, Removed(now, order.leg))
                self._report(order.call, now)
            case Whisper():
                if phone is None or state != "aside":
                    return SideOver(now, order.leg)
                phone.asked, phone.attempt = order.asks, order.attempt
            case Join():
                return self._join(order, phone, over, now)
            case EndAside():
                if phone is None or state not in ("ringing", "aside") or not phone.own:
                    return SideOver(now, order.leg)
                self._refuse(phone, SideOver(now, order.leg))
            case _:
                assert_never(order)
        return None

    def _join(self, order: Join, phone: Phone | None, over: bool, now: float) -> Event | None:
        if over or phone is None or phone.state != "aside":
            return NotAnswered(now, order.leg, "failed")
        phone.state = "in"
        self.mail += [Answered(now, order.leg), SideOver(now, order.leg)]
        self._report(order.call, now)
        return None
