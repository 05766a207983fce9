"""Data functions, memory and secrets over the wire: the real SDK, the emulator, the store, and Python functions that
the test holds in its hand."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from wire_rig import Wire, play, wire

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    lookup customer = crm.by_phone(caller.number) within 3s
        after 1s say "One moment, please."
        found "Welcome back, {customer.name}." -> pin
        not found "Hello."                     -> sorry
        failed "Hello, whoever you are."       -> sorry

collect pin
    into secret pin_entered
    prompt "Please enter your PIN."
    digits 6, first within 8s, between 3s
    check crm.pin_ok(customer.name, pin_entered) within 4s counts wrong_pins otherwise "That is not right."
    no input "I did not get any digits."
    no match "Your PIN has six digits."
    accepted                  -> inside
    unchecked                 -> sorry
    after limit of wrong_pins -> lock
    after 5 tries             -> sorry

step lock
    do crm.lock(customer.name) within 1s
        done or failed "Your account is locked." -> locked

step locked
    finish locked

step inside
    say "You are in."
    finish inside

step sorry
    say "Goodbye."
    finish sorry

counter wrong_pins
    at most 3
    by caller.number for 24h

data crm
    by_phone(number phone) gives name text
    check pin_ok(name text, pin secret)
    action lock(name text)
"""
FUNCTIONS: dict[str, dict[str, object]] = {
    "data": {
        "crm": {name: {"python": f"{__name__}:{name}"} for name in ("by_phone", "pin_ok", "lock")},
    }
}
PIN, WRONG = "735146", "999999"


class Other:
    """The other system: what it has been asked, and what it does."""

    asked: list[tuple[str, ...]]
    holds: str
    """The function that does not answer."""
    waiting: list[asyncio.Event]

    def reset(self) -> None:
        self.asked, self.holds, self.waiting = [], "", []

    async def hear(self, function: str, argument: str) -> None:
        self.asked.append((function, argument))
        if self.holds == function:
            self.waiting.append(gate := asyncio.Event())
            try:
                await gate.wait()
            finally:
                self.waiting.remove(gate)


OTHER = Other()


@pytest.fixture(autouse=True)
def other() -> None:
    OTHER.reset()


async def by_phone(number: str) -> dict[str, str]:
    await OTHER.hear("by_phone", number)
    return {"name": "Ana"}


async def pin_ok(name: str, pin: str) -> bool:
    await OTHER.hear("pin_ok", name)
    return pin == PIN


async def lock(name: str) -> None:
    OTHER.asked.append(("lock", name))


def hold_back(rig: Wire) -> None:
    rig.hanging = lambda: len(OTHER.waiting)


def test_what_is_looked_up_is_said() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=FUNCTIONS) as rig:
            heard = await rig.call(f"press {PIN}")
            assert heard.texts == ["Welcome back, Ana.", "Please enter your PIN.", "You are in."]
            assert heard.end[1] == "inside"
            assert OTHER.asked == [("by_phone", heard.state.caller), ("pin_ok", "Ana")]

    play(run)


def test_a_slow_answer_has_a_filler_and_a_late_one_changes_nothing() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=FUNCTIONS) as rig:
            hold_back(rig)
            OTHER.holds = "by_phone"
            phone = rig.people.dial(rig.lines[0], "wait 60s")
            await rig.advance(2.0)
            assert [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"] == ["One moment, please."]
            await rig.advance(1.5)
            for gate in list(OTHER.waiting):
                gate.set()
            await rig.finish(phone)
            heard = rig.heard(phone)
            assert heard.texts == ["One moment, please.", "Hello, whoever you are.", "Goodbye."]
            assert heard.end[1] == "sorry"

    play(run)


def test_three_wrong_pins_in_two_calls_lock_the_account_before_it_is_said() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=FUNCTIONS) as rig:
            caller = "+14255550123"
            first = rig.people.dial(rig.lines[0], f"press {WRONG}; press {WRONG}; hang up", caller)
            await rig.finish(first)
            assert ("lock", "Ana") not in OTHER.asked
            second = rig.people.dial(rig.lines[0], f"press {WRONG}; hang up at 0.1s", caller)
            await rig.finish(second)
            assert OTHER.asked[-1] == ("lock", "Ana")

    play(run)


def _database(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("ivr.db*"))


def _logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that we have logged, with the fields of each line."""
    return "".join(str(record.__dict__) for record in caplog.records if "emulator" not in record.name)


def test_a_pin_is_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    """Not in the database, its log of changes included, nor in the logs, the metrics or the state of the call."""
    caplog.set_level(logging.DEBUG)

    async def run() -> tuple[bytes, str]:
        async with wire(SCRIPT, sections=FUNCTIONS) as rig:
            heard = await rig.call(f"press {WRONG}; press {PIN}")
            assert heard.end[1] == "inside"
            kept = _database(rig.folder)
            assert b"Ana" in kept, "the files are not those of this call"
            told = str(heard.state) + repr(rig.runtime.desk.vault)
            metrics = "".join(str(each) for each in rig.runtime.desk.metrics.registry.collect())
            return kept, told + metrics

    kept, told = play(run)
    for pin in (PIN, WRONG):
        assert pin.encode() not in kept
        assert pin not in told
        assert pin not in _logged(caplog)


FORGETFUL = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

collect new_pin
    into secret pin_entered
    prompt "Please choose a PIN."
    digits 6, first within 8s, between 3s
    no input "I did not get any digits."
    no match "A PIN has six digits."
    accepted      -> thanks
    after 3 tries -> sorry

step thanks
    say "Thank you. Please wait while we change your PIN. This may take a little while."
    do crm.change(caller.number, pin_entered) within 2s
        done   "Changed." -> changed
        failed "That did not work. Please call again." -> sorry

step changed
    finish changed

step sorry
    finish sorry

data crm
    action change(number phone, pin secret)
"""


async def change(number: str, pin: str) -> None:
    OTHER.asked.append(("change", pin))


@pytest.mark.parametrize("restarted", [False, True])
def test_a_secret_does_not_survive_a_restart_and_the_caller_hears_that_it_failed(restarted: bool) -> None:
    """Between its entry and its use. Nothing else is sent in its place, and the call goes on by the script's route."""

    async def run() -> None:
        functions: dict[str, dict[str, object]] = {"data": {"crm": {"change": {"python": f"{__name__}:change"}}}}
        async with wire(FORGETFUL, sections=functions) as rig:
            phone = rig.people.dial(rig.lines[0], f"press {PIN}; wait 60s")
            await rig.run_until(lambda: any("Thank you" in each.text for each in rig.emulator.transcript(phone)))
            if restarted:
                await rig.restart()
            await rig.finish(phone)
            heard = rig.heard(phone)
            last, result, asked = (
                ("That did not work. Please call again.", "sorry", [])
                if restarted
                else ("Changed.", "changed", [("change", PIN)])
            )
            assert (heard.texts[-1], heard.end[1], OTHER.asked) == (last, result, asked)

    play(run)


def test_a_check_that_a_restart_cuts_off_is_unchecked() -> None:
    """Its answer went to a process that is gone: the time of the check ends, and the script's own route is taken."""

    async def run() -> None:
        async with wire(SCRIPT, sections=FUNCTIONS) as rig:
            hold_back(rig)
            phone = rig.people.dial(rig.lines[0], f"press {PIN}; wait 60s")
            OTHER.holds = "pin_ok"
            await rig.run_until(lambda: bool(OTHER.waiting))
            await rig.restart()
            assert not OTHER.waiting
            await rig.finish(phone)
            heard = rig.heard(phone)
            assert (heard.texts[-1], heard.end[1]) == ("Goodbye.", "sorry")
            assert OTHER.asked.count(("pin_ok", "Ana")) == 1

    play(run)
