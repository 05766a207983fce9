"""Calls passed on before anybody answers, and the two clients of one agent, over the wire."""

from __future__ import annotations

import logging

import pytest
from wire_center import let, nobody_is_left, phones
from wire_people import LINE
from wire_rig import Wire, play, wire

from emulator.misbehave import Fault, Misbehaviour

ACCOUNT = "5b2d1c8e-6f0a-4b7e-9c41-2f6d8a3e7b10"
RESOURCE = "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b"
ANNA = "0d7c9d3a-52b4-4c5e-8a57-8c7f9d0e1a2b"
TEAMS, CONTACT_CENTER = f"8:orgid:{ANNA}", f"8:acs:{RESOURCE}_{ANNA}_{ANNA}"

SCRIPT = """\
ivr 1
flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    say "Thank you for calling Contoso."
    when switch moved is on -> sorry
    go to agent

transfer agent
    to agent anna
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Please try again later."
    hang up
"""


def site(redirect: dict[str, str] | None = None, **anna: str) -> dict[str, dict[str, object]]:
    return {
        "lines": {f"28:orgid:{ACCOUNT}": "test.ivr"},
        "agents": {"anna": {"user": ANNA, "tenant": ANNA, **anna}},
        "teams_users": {"anna": ANNA},
        "on_behalf_of": {"callers": "agents"},
        **({"redirects": {f"28:orgid:{ACCOUNT}": redirect}} if redirect else {}),
    }


def requested(rig: Wire) -> list[str]:
    return [each.operation for each in rig.emulator.requests]


def test_a_line_is_passed_on_before_anybody_answers() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=site({"teams_user": "anna"}), habits={"account": ACCOUNT}) as rig:
            rig.emulator.behave(TEAMS, "accept after 3 s, hang up after 20 s")
            phone = rig.people.dial(LINE)
            await rig.advance(10.0)
            assert rig.emulator.call(phone).transferred_to == TEAMS
            assert requested(rig) == ["redirect"]
            assert not rig.calls, "no script runs"
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()

    play(run)


def test_it_is_passed_on_only_while_the_switch_is_on() -> None:
    sections = site({"teams_user": "anna", "switch": "moved"})

    async def run() -> None:
        async with wire(SCRIPT, sections=sections, habits={"account": ACCOUNT}) as rig:
            await rig.call("transfer answered")
            assert "redirect" not in requested(rig)
            await rig.runtime.desk.engine.set_switch("moved", True)
            rig.emulator.behave(TEAMS, "accept after 3 s")
            second = rig.people.dial(LINE)
            await rig.advance(10.0)
            assert rig.emulator.call(second).transferred_to == TEAMS
            rig.emulator.hang_up(second)
            await rig.advance(10.0)

    play(run)


def test_a_call_on_behalf_of_the_line_is_never_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=site({"teams_user": "anna"}), habits={"account": ACCOUNT}) as rig:
            phone = rig.people.dial(LINE, caller=CONTACT_CENTER, callee="+14255550155")
            await rig.advance(2.0)
            assert requested(rig)[0] == "answer"
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            nobody_is_left(rig)

    play(run)
    assert "a call on behalf of a line cannot be passed on" in caplog.text


def test_where_passing_on_fails_the_script_of_the_line_takes_the_call(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=site({"teams_user": "anna"}), habits={"account": ACCOUNT}) as rig:
            fails = Fault("fail_before", "redirect")
            rig.emulator.misbehave(Misbehaviour(faults=(fails, fails)))
            assert (await rig.call("transfer answered")).texts == ["Thank you for calling Contoso."]
            assert requested(rig)[:3] == ["redirect", "redirect", "answer"]

    play(run)
    assert "a call could not be passed on, and is answered" in caplog.text


def test_a_delivery_that_comes_twice_is_passed_on_once() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=site({"teams_user": "anna"}), habits={"account": ACCOUNT}) as rig:
            rig.emulator.misbehave(Misbehaviour(duplicate_incoming=1.0))
            rig.emulator.behave(TEAMS, "accept after 3 s")
            phone = rig.people.dial(LINE)
            await rig.advance(10.0)
            assert requested(rig) == ["redirect", "redirect"]
            assert rig.emulator.call(phone).transferred_to == TEAMS
            assert not rig.calls
            rig.emulator.hang_up(phone)
            await rig.advance(10.0)

    play(run)


CLIENTS = [("contact center", CONTACT_CENTER, TEAMS), ("teams", TEAMS, CONTACT_CENTER)]


@pytest.mark.parametrize(("client", "rings", "silent"), CLIENTS)
def test_the_client_rings_that_the_site_names(client: str, rings: str, silent: str) -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=site(client=client), habits={"account": ACCOUNT}) as rig:
            await rig.call("transfer answered")
            rung = [phone.me.label for phone in rig.emulator.calls() if phone.role == "target"]
            assert rung == [rings]
            assert silent not in rung

    play(run)


UNREACHED = [
    ("contact center", CONTACT_CENTER, "unreachable after 1 s", "the agent's contact-center client was not reached"),
    ("teams", TEAMS, "unreachable after 1 s", "the Teams client was not reached"),
    ("contact center", CONTACT_CENTER, "no permission after 1 s", "this line may not call this identity"),
    ("contact center", CONTACT_CENTER, "no licence after 1 s", "the agent has no Teams Phone licence"),
]

QUEUE = SCRIPT.replace("go to agent", "go to helpers").replace(
    "transfer agent\n    to agent anna\n",
    'queue helpers\n    music "hold"\n    answered                                  -> finish handled\n'
    "    waited 30s or no agents or full or failed -> sorry\n\ntransfer agent\n    to agent anna\n",
)


@pytest.mark.parametrize(("client", "address", "behaviour", "told"), UNREACHED)
def test_the_operator_reads_why_a_client_was_not_reached(
    client: str, address: str, behaviour: str, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    sections = site(client=client)
    anna: dict[str, object] = {"user": ANNA, "tenant": ANNA, "client": client, "queues": ["helpers"]}
    sections["agents"] = {"anna": {**anna, "signed_in": "always"}}

    async def run() -> None:
        async with wire(QUEUE, sections=sections, habits={"account": ACCOUNT}) as rig:
            rig.emulator.behave(address, behaviour)
            phone = rig.people.dial(LINE, "wait 3600s")
            await rig.finish(phone)
            await rig.advance(120.0)
            nobody_is_left(rig)

    with caplog.at_level(logging.WARNING):
        play(run)
    said = " ".join(str(record.__dict__.get("advice", "")) + record.getMessage() for record in caplog.records)
    assert told in said


def test_a_user_of_the_resource_on_a_line_of_teams_is_refused_and_the_operator_reads_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sections = site()
    sections["agents"] = {"anna": {"acs_user": f"8:acs:{RESOURCE}_soft", "queues": ["helpers"], "signed_in": "always"}}

    async def run() -> None:
        async with wire(QUEUE, sections=sections, habits={"account": ACCOUNT}) as rig:
            let(rig, "anna", "accept after 2 s")
            phone = rig.people.dial(LINE, "wait 3600s")
            await rig.finish(phone)
            assert not phones(rig, "anna")
            nobody_is_left(rig)

    play(run)
    assert "give the agent `user` and `tenant`" in caplog.text
