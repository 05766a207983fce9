"""The support line of `contoso.ivr` through the real SDK: every answer of a caller, every wait, every lost message."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from wire_people import LINE
from wire_rig import OPERATOR, Wire, play, wire
from wire_stories import SCRIPTS

from emulator import Fault, Misbehaviour

CONTOSO = SCRIPTS / "contoso.ivr"

WELCOME = "Thank you for calling Contoso."
MENU = "For billing, press 1. For an agent, press 0. To hear this again, press star."
MENU_2 = "Press 1 for billing, or 0 for an agent."
MENU_3 = "Press 1 or 0 now, or stay on the line and we will connect you."
SILENCE, WRONG = "I did not hear anything.", "That is not one of the choices."
CONNECT = "One moment, I will connect you."
ACCOUNT = "Please enter your eight digit account number."
ACCOUNT_2 = "Your account number has eight digits. Please enter it now."
NO_DIGITS, BAD_DIGITS = "I did not get any digits.", "That is not eight digits."
THANKS = "Thank you. I will connect you about account 1 2 3 4 5 6 7 8."
BUSY, DOWN = "All of billing is busy.", "Billing cannot be reached."
SORRY = "Nobody can take your call right now. Please try again later. Goodbye."
EMERGENCY = "Contoso is closed at short notice. Please call again later. Goodbye."

START = [WELCOME, MENU]
TO_BILLING = [*START, ACCOUNT, THANKS]
BILLED = "press 1; press 12345678; "
DESK = ("transferred", "handled", "front_desk")
BILLING = ("transferred", "handled", "billing")
TOLD = ("hung_up", "no_one_answered", "sorry")
TAPERED = [*START, f"{SILENCE} {MENU_2}", f"{SILENCE} {MENU_3}"]

CALLS: dict[str, tuple[str, list[str], tuple[str, str, str]]] = {
    "silence twice, then a key": ("silent; silent; press 0", TAPERED, DESK),
    "silence to the end": ("silent; silent; silent", [*TAPERED, CONNECT], DESK),
    "a wrong key, then the right one": ("press 7; press 0", [*START, f"{WRONG} {MENU_2}"], DESK),
    "the right key": ("press 0", START, DESK),
    "a key in the middle of the prompt": ("wait 2s; press 0 at 1s", START, DESK),
    "speech": ('say "operator"', START, DESK),
    "speech in the middle of the prompt": ('wait 2s; say "Agent!" at 1s', START, DESK),
    "speech that fits nothing": ('say "pizza"; say "my bill"; hang up', [*START, f"{WRONG} {MENU_2}", ACCOUNT],
                                 ("abandoned", "abandoned", "account")),
    "the prompt once more": ("press *; press 0", [*START, MENU], DESK),
    "digits that stay away, too few digits, digits": (
        "press 1; silent; press 123; silent; press 12345678; transfer answered",
        [*START, ACCOUNT, f"{NO_DIGITS} {ACCOUNT_2}", f"{BAD_DIGITS} {ACCOUNT_2}", THANKS],
        BILLING,
    ),
    "digits that never come": (
        "press 1; silent; silent; silent",
        [*START, ACCOUNT, f"{NO_DIGITS} {ACCOUNT_2}", f"{NO_DIGITS} {ACCOUNT_2}"],
        DESK,
    ),
    "billing accepts": (f"{BILLED} transfer answered after 5s", TO_BILLING, BILLING),
    "billing is busy": (f"{BILLED} transfer busy", [*TO_BILLING, BUSY], DESK),
    "billing does not answer": (f"{BILLED} transfer no answer", [*TO_BILLING, BUSY], DESK),
    "billing declines": (f"{BILLED} transfer declined", [*TO_BILLING, DOWN], DESK),
    "billing fails": (f"{BILLED} transfer failed", [*TO_BILLING, DOWN], DESK),
    "nobody at all": (f"{BILLED} transfer busy; transfer declined", [*TO_BILLING, BUSY, SORRY], TOLD),
    "the desk lets it ring for 25 s": ("press 0; silent", [*START, SORRY], TOLD),
}  # fmt: skip

WAITS: list[tuple[str, str]] = [
    ("hang up at 0s", "welcome"),
    ("hang up at 1s", "welcome"),
    ("wait 2s; hang up at 1s", "main_menu"),
    ("hang up", "main_menu"),
    ("silent; hang up at 1s", "main_menu"),
    ("silent; hang up", "main_menu"),
    ("silent; silent; hang up at 1s", "main_menu"),
    ("silent; silent; hang up", "main_menu"),
    ("press 7; hang up at 1s", "main_menu"),
    ("silent; silent; silent; hang up at 1s", "main_menu"),
    ("silent; silent; silent; hang up", "front_desk"),
    ("press 1; hang up at 1s", "account"),
    ("press 1; hang up", "account"),
    ("press 1; press 123; hang up", "account"),
    ("press 1; silent; hang up at 1s", "account"),
    ("press 1; silent; hang up", "account"),
    (f"{BILLED} hang up at 1s", "thanks"),
    (f"{BILLED} hang up", "billing"),
    (f"{BILLED} transfer busy; hang up at 1s", "billing"),
    (f"{BILLED} transfer busy; hang up", "front_desk"),
    ("press 0; transfer busy; hang up at 1s", "sorry"),
]

DIGITS = "silent; press 1; press 12345678"
LOST = {
    "CallConnected": ("", 45.0),  # while we take it to be answered
    "PlayCompleted": ("", 35.0),
    "RecognizeCompleted": (DIGITS, 45.0),
    "RecognizeFailed": (DIGITS, 45.0),
    "CallTransferFailed": (f"{DIGITS}; transfer busy", 90.0),  # as long as the service lets a target ring, and slack
}
"""Messages, a plan that loses one, and the most seconds of silence that may follow."""


def test_every_answer_of_a_caller() -> None:
    async def run() -> None:
        async with wire(CONTOSO) as rig:
            for name, (plan, texts, end) in CALLS.items():
                heard = await rig.call(plan)
                assert (name, heard.texts, heard.end) == (name, texts, end)
            assert rig.runtime.desk.engine.gauges().waiting == 0
            assert {request.fate for request in rig.emulator.requests} == {"done"}

    play(run)


def test_a_hang_up_at_every_wait_is_abandoned_there() -> None:
    async def run() -> None:
        async with wire(CONTOSO) as rig:
            for plan, block in WAITS:
                heard = await rig.call(plan)
                assert (plan, heard.end) == (plan, ("abandoned", "abandoned", block))
                gone = heard.transcript[-1]
                assert gone.kind == "ended"
                assert gone.t == pytest.approx(rig.clock.now()), plan
            assert rig.runtime.desk.engine.gauges().waiting == 0

    play(run)


def test_a_hang_up_before_the_answer_leaves_nothing_behind() -> None:
    async def run() -> None:
        async with wire(CONTOSO) as rig:
            phone = rig.people.dial(LINE)
            rig.emulator.hang_up(phone)  # while the announcement is on its way
            await rig.finish(phone)
            heard = rig.heard(phone)
            assert (heard.texts, heard.end) == ([], ("abandoned", "", ""))
            assert [(r.operation, r.fate, r.status) for r in rig.emulator.requests] == [("answer", "refused", 404)]
            assert rig.runtime.desk.engine.gauges().waiting == 0

    play(run)


def test_a_hang_up_where_it_is_closed_is_abandoned_there() -> None:
    async def run() -> None:
        async with wire(CONTOSO, switches={"emergency_closure": True}) as rig:
            assert (await rig.call("wait 2s; hang up at 1s")).end == ("abandoned", "abandoned", "emergency_notice")

    play(run)


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_message_brings_the_caller_to_the_desk(lost: str) -> None:
    """Nobody publishes that the service repeats a callback: when one is lost, a watchdog moves the call on."""

    plan, most = LOST[lost]

    async def run() -> None:
        async with wire(CONTOSO) as rig:
            rig.emulator.misbehave(Misbehaviour(faults=(Fault("drop", lost),)))
            heard = await rig.call(plan)
            assert [d.name for d in rig.emulator.deliveries if d.status == -1] == [lost]
            assert heard.end == DESK
            assert heard.phone.transferred_to is not None
            gaps = [b.t - (a.end or a.t) for a, b in zip(heard.transcript[1:], heard.transcript[2:], strict=False)]
            assert max(gaps) <= most

    play(run)


@pytest.mark.parametrize("forged", ["bad_token", "expired_token", "foreign_token"])
def test_a_forged_callback_is_refused_and_never_a_step(forged: str) -> None:
    async def steps(rig: Wire, plan: str) -> float:
        before = rig.runtime.desk.metrics.registry.get_sample_value("ivr_step_seconds_count") or 0.0
        assert (await rig.call(plan)).end == DESK
        return (rig.runtime.desk.metrics.registry.get_sample_value("ivr_step_seconds_count") or 0.0) - before

    async def run() -> None:
        async with wire(CONTOSO) as rig:
            plan = "press 1; press 12345678; transfer busy"
            honest = await steps(rig, plan)
            count = len(rig.emulator.deliveries)
            rig.emulator.misbehave(Misbehaviour(**{forged: 1.0}))  # type: ignore[arg-type]
            assert await steps(rig, plan) == honest
            answers = [(d.token, d.status) for d in list(rig.emulator.deliveries)[count:]]
            assert len(answers) == 2 * count
            assert set(answers) == {("good", 200), (forged, 401)}
            rig.emulator.misbehave(Misbehaviour())
            assert await _without_token(rig) == 401
            (refused,) = rig.runtime.desk.metrics.tokens_refused.collect()
            assert sum(s.value for s in refused.samples if s.name.endswith("_total")) == count + 1

    play(run)


async def _without_token(rig: Wire) -> int:
    """Claim, to a waiting call and at its own address, that the caller has gone; the call must not notice."""
    phone = rig.people.dial(LINE, "press 0")
    await rig.advance(8.0)
    uri = rig.emulator.deliveries[-1].uri
    event = {"id": "forged", "source": "x", "specversion": "1.0", "type": "Microsoft.Communication.CallDisconnected"}
    body = [{**event, "data": {"callConnectionId": rig.emulator.call(phone).connection_id or ""}}]
    async with aiohttp.ClientSession() as session, session.post(uri, json=body) as response:
        status = response.status
    await rig.finish(phone)
    assert rig.heard(phone).end == DESK
    return status


def test_an_incoming_call_that_is_announced_twice_is_answered_once() -> None:
    async def run() -> None:
        async with wire(CONTOSO) as rig:
            rig.emulator.misbehave(Misbehaviour(duplicate_incoming=1.0))
            heard = await rig.call("press 0")
            assert (heard.texts, heard.end) == (START, DESK)
            assert rig.emulator.grid.attempts == [(rig.emulator.grid.attempts[0][0], 200)] * 2
            assert [r.operation for r in rig.emulator.requests].count("answer") == 1
            assert len(rig.calls) == 1
            assert rig.metric("events_dropped", reason="duplicate_offer") == 1

    play(run)


def test_a_switch_flipped_over_http_counts_from_the_next_call() -> None:
    async def run() -> None:
        async with wire(CONTOSO, sections=OPERATOR.section) as rig, aiohttp.ClientSession() as session:
            running = rig.people.dial(LINE, "silent; press 0")
            await rig.advance(1.0)
            url = f"{rig.server_url}/switches/emergency_closure"
            async with session.put(url, json={"on": True}, headers=OPERATOR.headers) as response:
                assert response.status == 200
            heard = await rig.call()
            assert heard.texts == [WELCOME, EMERGENCY]
            assert heard.end == ("hung_up", "told_closed", "emergency_notice")
            await rig.finish(running)
            assert rig.heard(running).end == DESK

    play(run)


def test_a_call_keeps_the_script_that_it_began_with() -> None:
    """A better one counts from the next call on, a broken one not at all."""
    text = CONTOSO.read_text(encoding="utf-8")

    async def run() -> None:
        async with wire(text) as rig:
            path, scripts = rig.folder / "test.ivr", rig.runtime.desk.scripts
            first = scripts.for_line(LINE)
            assert first is not None
            running = rig.people.dial(LINE, "silent; press 0")
            await rig.advance(3.0)
            path.write_text(text.replace(MENU_2, "Once more: 1 or 0.").replace(WELCOME, "Hello."), encoding="utf-8")
            await _replaced(rig, first.hash)
            following = await rig.call("silent; press 0")
            assert following.texts == ["Hello.", MENU, f"{SILENCE} Once more: 1 or 0."]
            await rig.finish(running)
            assert rig.heard(running).texts == [*START, f"{SILENCE} {MENU_2}"]
            path.write_text(text.replace("-> front_desk", "-> nowhere"), encoding="utf-8")
            refused = await scripts.load()
            assert "nowhere" in refused[path]
            assert (await rig.call("press 0")).texts == ["Hello.", MENU]

    play(run)


async def _replaced(rig: Wire, before: str) -> None:
    """Until the server has noticed another version of the script. Folders are watched in real time."""
    async with asyncio.timeout(90):
        while (script := rig.runtime.desk.scripts.for_line(LINE)) is None or script.hash == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


KEEPS = """\
ivr 1
flow keeps for "A caller who knows the way"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> desk

step welcome
    say "Welcome to the line of this test." {notice}
    go to choose

menu choose
    prompt "Press 1 for your account, or 2 for the desk."
    press 1 -> account
    press 2 -> desk
    type ahead keep
    no match "That is no choice."
    after 3 tries -> desk

collect account
    into number
    prompt "Please enter your four digits, then pound."
    digits 4, first within 5s, between 3s, ends with #
    type ahead keep
    no input "I did not get any digits."
    accepted      -> told
    after 3 tries -> desk

step told
    say "You are {number as digits}."
    finish told

transfer desk
    to number desk
    ring 25s
    answered                                -> finish connected
    no answer or busy or declined or failed -> sorry

step sorry
    say "Goodbye."
    finish sorry
"""
HELLO = "Welcome to the line of this test."
CHOOSE = "Press 1 for your account, or 2 for the desk."
ENTER = "Please enter your four digits, then pound."
YOU = "You are 1 2 3 4."


@pytest.mark.parametrize(
    ("notice", "plan", "texts", "cut", "block"),
    [
        # A notice that may be interrupted stops at the first key; the menu that keeps it says nothing.
        ("", "press 2 at 1s", [HELLO], [HELLO], "desk"),
        ("cannot be interrupted", "press 2 at 1s", [HELLO], [], "desk"),
        # All of it at once, into the notice. What may be interrupted is, by the next key.
        ("cannot be interrupted", "press 11234 at 0.5s", [HELLO, YOU], [], "told"),
        ("", "press 11234 at 0.5s", [HELLO, ENTER, YOU], [HELLO, ENTER], "told"),
        # Half of it: the rest is waited for without asking again.
        ("cannot be interrupted", "press 112 at 0.5s; press 34", [HELLO, YOU], [], "told"),
        # Ahead of the second question only.
        ("", "press 11234", [HELLO, CHOOSE, ENTER, YOU], [ENTER], "told"),
        # A wrong key ahead counts, and takes the keys behind it with it.
        ("cannot be interrupted", "press 91234 at 0.5s; press 2", [HELLO, f"That is no choice. {CHOOSE}"], [], "desk"),
        ("", "press 1; press 1234", [HELLO, CHOOSE, ENTER, YOU], [], "told"),
    ],
)
def test_keys_typed_ahead_are_kept_where_the_block_says_so(
    notice: str, plan: str, texts: list[str], cut: list[str], block: str
) -> None:
    async def run() -> None:
        async with wire(KEEPS.replace("{notice}", notice)) as rig:
            heard = await rig.call(plan)
            assert heard.texts == texts
            assert [entry.text for entry in heard.transcript if entry.interrupted] == cut
            assert heard.end[2] == block

    play(run)
