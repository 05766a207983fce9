"""The host that the engine sees: the telephone, and beside it the site's data and what calls keep. See the package."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import aiohttp

from interpreter.data import payments
from interpreter.data.answers import WrongShape, read_answer
from interpreter.data.functions import HOLE, FunctionFailed, ask, pick
from interpreter.data.stand_ins import StandIns
from interpreter.journal import Codec
from interpreter.ports import Clock, Host, Line, Performance, Performed, Refused
from interpreter.ports import Request as Identity
from interpreter.protocol import Event, HostAction, Record, Reported, Request, Secret, Value, Verb, Withdraw
from interpreter.site_model import CardService, DataFunction
from interpreter.store import Kept, Store, StoreUnavailable
from interpreter.vault import Vault

log = logging.getLogger(__name__)

WITHIN = 5.0
"""Seconds for what keeps something, where the machine gives no time."""
DELIVERIES = (0.05, 0.5, 2.0)
"""Seconds between tries to hand an answer to the engine when its store does not answer."""
CLAIM_SECONDS = 7 * 86_400.0
"""How long it is known that an action was sent: longer than any restart takes."""
PAID_WITHIN = 15.0
"""Seconds for a payment, where the script gives no time (scenario S2)."""
PARALLEL = 200
"""Data functions at a time."""

VALUES: Codec[Any] = Codec(Record)
"""Values as text, in a record of one field."""

Deliver = Callable[[str, Sequence[tuple[str, str, Event]]], Awaitable[None]]


OF_THE_CENTER: frozenset[Verb] = frozenset({"queue", "consult", "transfer", "callback", "voicemail", "brief", "survey"})
"""What the center's floor is asked for."""
OF_THE_TELEPHONE: frozenset[Verb] = frozenset({"record", "transcribe", "stream", "tones"})
"""What the host of the calls is asked for."""
NO_CENTER = Refused(501, "NoCenter", "this server has no queues and agents")
NO_CALLS = Refused(501, "NoCalls", "this server calls nobody by itself")


class Center(Protocol):
    """The contact center's floor as calls ask it for something."""

    async def ask(self, line: Line, action: Request) -> Performance:
        """Take a request; what becomes of it is reported to the call."""
        ...

    async def withdraw(self, line: Line, op: str, hung_up: bool) -> Performance:
        """A request is taken back; ``hung_up``: because the caller has hung up."""
        ...


class Callees(Protocol):
    """Judges whom the site may call."""

    async def judge(self, action: Request) -> Performance | None:
        """What becomes of an attempt before it is made; ``None``: it may be made now."""
        ...


class Notifies(Protocol):
    """Tells people something."""

    async def notify(self, name: str, text: str, request_id: str) -> bool:
        """Whether it is on its way."""
        ...


class Understands(Protocol):
    """Says what callers mean."""

    async def answer(self, request: Request) -> tuple[str, tuple[tuple[str, Value], ...]]:
        """The outcome of a request for understanding, with its values."""
        ...


class House:
    """A `Host` over the telephone's. ``deliver`` is the engine's, set before the first call."""

    def __init__(
        self,
        telephone: Host,
        functions: Mapping[str, DataFunction],
        store: Store,
        clock: Clock,
        vault: Vault,
        stand_ins: StandIns | None = None,
        floor: Center | None = None,
        notifier: Notifies | None = None,
        card_services: Mapping[str, CardService] | None = None,
        meanings: Understands | None = None,
        callees: Callees | None = None,
    ) -> None:
        self._telephone, self._functions, self._store, self._clock = telephone, functions, store, clock
        self._vault, self._stand_ins, self._floor = vault, stand_ins, floor
        self._notifier, self._card_services, self._meanings = notifier, card_services or {}, meanings
        self._callees = callees
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._places = asyncio.Semaphore(PARALLEL)
        self.deliver: Deliver | None = None

    async def perform(self, line: Line, action: HostAction, request: Identity) -> Performance:
        """Take a request for data at once, refuse what has no engine, and leave the rest to the telephone."""
        if isinstance(action, Request):
            if action.verb == "dial":
                judged = await self._callees.judge(action) if self._callees is not None else NO_CALLS
                return judged or await self._telephone.perform(line, action, request)
            if action.verb in OF_THE_TELEPHONE:
                return await self._telephone.perform(line, action, request)
            if action.verb in OF_THE_CENTER:
                return await self._floor.ask(line, action) if self._floor is not None else NO_CENTER
            self._begin(line.call_id, action, request)
            return Performed()
        if isinstance(action, Withdraw):
            task = self._tasks.get((line.call_id, action.request))
            if task is not None:
                task.cancel()
            elif self._floor is not None:
                return await self._floor.withdraw(line, action.request, action.hung_up)
            return Performed()
        return await self._telephone.perform(line, action, request)

    async def close(self) -> None:
        """Stop what is under way, and let go of the connections. The telephone belongs to whoever gave it."""
        for task in tuple(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    @property
    def under_way(self) -> int:
        """How many requests wait for an answer."""
        return len(self._tasks)

    async def idle(self) -> None:
        """Wait until nothing is under way: for tests."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _begin(self, call_id: str, action: Request, identity: Identity) -> None:
        key = (call_id, action.op)
        if key in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(self._run(call_id, action, identity.request_id))
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _run(self, call_id: str, action: Request, rid: str) -> None:
        try:
            async with self._places:
                outcome, values = await self._outcome(action, rid)
        except StoreUnavailable as error:
            log.error("call %s: %s %s: the store does not answer: %s", call_id, action.verb, action.name, error)
            outcome, values = "failed", ()
        except Exception:
            # A fault of ours: the script hears that it failed, and goes on.
            log.exception("call %s: %s %s could not be done", call_id, action.verb, action.name)
            outcome, values = "failed", ()
        now = self._clock.now()
        sealed = self._vault.sealed_values(call_id, values, action.expects, now)
        await self._hand_over(call_id, rid, Reported(now, action.op, outcome, sealed))

    async def _hand_over(self, call_id: str, rid: str, event: Reported) -> None:
        """To the engine, more than once when its store is away. The machine's own timer holds if it stays away."""
        assert self.deliver is not None
        for pause in (*DELIVERIES, None):
            try:
                await self.deliver(call_id, [(f"answer-{rid}", "", event)])
                return
            except StoreUnavailable:
                if pause is None:
                    log.error("call %s: the answer to %s is lost", call_id, event.op)
                    return
                await asyncio.sleep(pause)

    # ----------------------------------------------------------------------------------------------------------------
    # Outcomes

    async def _outcome(self, action: Request, rid: str) -> tuple[str, tuple[tuple[str, Value], ...]]:
        match action.verb:
            case "lookup" | "check" | "action":
                return await self._function(action, rid)
            case "notify":
                if self._notifier is None:
                    return "failed", ()
                text = dict(action.arguments).get("text")
                told = await self._notifier.notify(action.name, str(text or ""), rid)
                return ("sent" if told else "failed"), ()
            case "pay":
                return await self._pay(action, rid)
            case "understanding":
                return await self._meanings.answer(action) if self._meanings is not None else ("failed", ())
            case "remember" | "recall" | "forget" | "count":
                return await self._memory(action, rid)
            case _:
                raise AssertionError(f"{action.verb} is refused before")

    async def _function(self, action: Request, rid: str) -> tuple[str, tuple[tuple[str, Value], ...]]:
        bound = self._functions.get(action.name)
        if bound is None:
            return self._stood_in(action)
        shown = set(HOLE.findall(bound.url or ""))
        arguments: dict[str, Value] = {}
        for name, value in action.arguments:
            if isinstance(value, Secret) and name in shown:
                log.error("[data.%s]: the secret `%s` must not stand in an address; send a body", action.name, name)
                return "failed", ()
            clear = self._vault.open(value.ref) if isinstance(value, Secret) else value
            if clear is None:
                log.warning("%s: a secret is not known any more", action.name)
                return "failed", ()
            arguments[name] = clear
        if action.verb == "action" and not await self._store.claim(rid, self._clock.now() + CLAIM_SECONDS):
            log.warning("%s was sent before a restart, and is not sent again", action.name)
            return "failed", ()
        try:
            found, answer = await self._ask(bound, arguments, action)
            return _read(action, bound, found, answer)
        except (FunctionFailed, WrongShape) as error:
            log.warning("%s failed: %s", action.name, error)
            return "failed", ()

    async def _ask(self, bound: DataFunction, arguments: Mapping[str, Value], action: Request) -> tuple[str, Any]:
        """Ask; once more where that is safe, can help, and there is time left."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + min(bound.timeout_seconds, action.within or WITHIN)
        session = self._connections()
        # What an action answers is nobody's: it was done, whatever the server likes to say to that.
        reads = action.verb != "action"
        try:
            return await ask(session, bound, arguments, ends - loop.time(), reads=reads)
        except FunctionFailed as error:
            left = ends - loop.time()
            if action.verb == "action" or not error.again or left <= 0.05:
                raise
        return await ask(session, bound, arguments, left)

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A cookie that the other system sets in one call must not go out in another caller's.
            self._session = aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def _pay(self, action: Request, rid: str) -> tuple[str, tuple[tuple[str, Value], ...]]:
        service = self._card_services.get(action.name)
        if service is None:
            if self._stand_ins is not None:
                return self._stand_ins.paid(action)
            log.error("the site file binds no [card_services.%s]", action.name)
            return "failed", ()
        order = payments.order_of(action, self._vault, rid)
        if order is None:
            log.warning("a payment through %s: the card is not known any more", action.name)
            return "failed", ()
        if not await self._store.claim(rid, self._clock.now() + CLAIM_SECONDS):
            log.error("a payment through %s was sent before a restart: nobody knows what became of it", action.name)
            return "unknown", ()
        return await payments.pay(self._connections(), service, order, action.within or PAID_WITHIN)

    def _stood_in(self, action: Request) -> tuple[str, tuple[tuple[str, Value], ...]]:
        """Nothing is bound: a laptop has stand-ins, a real line has failed."""
        if self._stand_ins is None:
            log.error("the site file binds no [data.%s]", action.name)
            return "failed", ()
        return self._stand_ins.answer(action)

    async def _memory(self, action: Request, rid: str) -> tuple[str, tuple[tuple[str, Value], ...]]:
        arguments = dict(action.arguments)
        key, now = str(arguments.get("key", "")), self._clock.now()
        seconds = arguments.get("seconds")
        until = now + (seconds if isinstance(seconds, float | int) else 0.0)
        match action.verb:
            case "remember":
                text = VALUES.encode(Record((("value", arguments.get("value")),)))
                await self._store.keep(Kept("value", action.name, key, text, until))
                return "done", ()
            case "forget":
                await self._store.drop("value", action.name, key)
                return "done", ()
            case "recall":
                kept = await self._store.kept("value", action.name, key, now)
                return ("not found", ()) if kept is None else ("found", VALUES.decode(kept).fields)
            case _:
                count = await self._store.count(action.name, key, rid, until, now)
                most = arguments.get("most")
                reached = isinstance(most, float | int) and count >= most
                return ("reached" if reached else "counted"), (("value", float(count)),)


def _read(action: Request, bound: DataFunction, found: str, answer: Any) -> tuple[str, tuple[tuple[str, Value], ...]]:
    """What an answer means for the verb. Raises `WrongShape`."""
    if action.verb == "action":
        # A function that acts need not return anything.
        return ("failed" if found == "not found" and not bound.python else "done"), ()
    if action.verb == "check" and answer is None and bound.python:
        raise WrongShape("a check returns True or False")
    if found == "not found":
        return ("not found" if action.verb == "lookup" else "no"), ()
    part = pick(answer, bound.result)
    if action.verb == "lookup":
        if part is None:
            return "not found", ()
        return "found", read_answer(part, action.expects, dict(bound.fields))
    if not isinstance(part, bool):
        raise WrongShape("a check answers true or false")
    return ("yes" if part else "no"), ()
