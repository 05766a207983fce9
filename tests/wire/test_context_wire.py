"""What travels with a call, over the wire: headers and details in, a brief out, within the host's limits."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from wire_center import let, nobody_is_left, phones
from wire_people import LINE
from wire_rig import Wire, play, wire

ACCOUNT = "5b2d1c8e-6f0a-4b7e-9c41-2f6d8a3e7b10"
CALLER = "+14255560001"
ANNA = "0d7c9d3a-52b4-4c5e-8a57-8c7f9d0e1a2b"
QUEUE_OF_TEAMS = "7c2d1c8e-6f0a-4b7e-9c41-2f6d8a3e7b11"

SCRIPT = """\
ivr 1
flow main
    timezone "America/New_York"
    attached account text
    attached orders number
    attached about text
    attached known yes or no
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    when account is known "Account {account}." -> with_account
    say "No account."
    go to with_account

step with_account
    when orders is known "Orders {orders}." -> with_orders
    say "No orders."
    go to with_orders

step with_orders
    when about is known "About {about}." -> with_topic
    say "No topic."
    go to with_topic

step with_topic
    when known is known and known "You are known." -> brief_them
    go to brief_them

step brief_them
    brief
        topic "A topic that is much longer than the forty-eight characters that Teams shows of it"
        summary "Two late orders."
        authenticated "verified"
        attached account "4711"
        attached orders 3
        attached long "{long}"
    go to TARGET

transfer agent
    to agent anna
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

transfer line
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

transfer person
    to teams user ann
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

transfer team
    to teams app support
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

transfer softphone
    to agent soft
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

queue waiting
    music "hold"
    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> sorry

step sorry
    say "Nobody can take your call now. Please call again tomorrow."
    hang up
"""

SITE: dict[str, dict[str, object]] = {
    "lines": {f"28:orgid:{ACCOUNT}": "test.ivr"},
    "agents": {
        "anna": {"user": ANNA, "tenant": ANNA, "queues": ["waiting"], "signed_in": "always"},
        "soft": {"acs_user": "8:acs:6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b_soft"},
    },
    "teams_users": {"ann": ANNA},
    "teams_apps": {"support": QUEUE_OF_TEAMS},
    "attached": {
        "account": {"sip": "X-MS-Custom-Account", "voip": "account"},
        "orders": {"sip": "User-To-User", "voip": "orders"},
        "about": {"teams": "topic"},
        "known": {"teams": "authenticated"},
        "long": {"sip": "X-MS-Custom-Long", "voip": "long"},
    },
}


def script(target: str, long: str = "fits") -> str:
    return SCRIPT.replace("TARGET", target).replace("{long}", long)


async def call(rig: Wire, context: dict[str, Any] | None = None, plan: str = "transfer answered") -> list[str]:
    phone = rig.people.dial(LINE, plan, caller=CALLER, context=context)
    await rig.finish(phone)
    return rig.heard(phone).texts


CAME: list[tuple[str, dict[str, Any] | None, list[str]]] = [
    ("nothing", None, ["No account.", "No orders.", "No topic."]),
    (
        "sip headers",
        {"sipHeaders": {"x-ms-custom-account": "4711", "User-To-User": "33;encoding=hex"}},
        ["Account 4711.", "Orders 3.", "No topic."],
    ),
    (
        "voip headers, and a value of another type",
        {"voipHeaders": {"Account": "0815", "orders": "many"}},
        ["Account 0815.", "No orders.", "No topic."],
    ),
    (
        "details of an auto attendant as headers",
        {"voipHeaders": {"CallTopic": "Billing", "CallerDetails.IsAuthenticated": "true"}},
        ["No account.", "No orders.", "About Billing."],
    ),
    (
        "details of an auto attendant as JSON in a header",
        {"voipHeaders": {"CallDetails": '{"CallTopic": "Billing", "CallerDetails": {"IsAuthenticated": true}}'}},
        ["No account.", "No orders.", "About Billing.", "You are known."],
    ),
    (
        "details of an auto attendant as objects",
        {"teamsPhoneCallDetails": {"callTopic": "Billing", "teamsPhoneCallerDetails": {"isAuthenticated": True}}},
        ["No account.", "No orders.", "About Billing.", "You are known."],
    ),
]


@pytest.mark.parametrize(("context", "said"), [each[1:] for each in CAME], ids=[each[0] for each in CAME])
def test_what_comes_with_a_call_is_known_to_its_script_or_missing(
    context: dict[str, Any] | None, said: list[str]
) -> None:
    async def run() -> None:
        async with wire(script("line"), sections=SITE, habits={"account": ACCOUNT}) as rig:
            assert (await call(rig, context))[: len(said)] == said
            nobody_is_left(rig)

    play(run)


def shown(rig: Wire, address: str) -> dict[str, Any]:
    """What came with the call of a phone that was rung: the bytes that the service received."""
    [phone] = [each for each in rig.emulator.calls() if each.me.label == address]
    return dict(phone.context)


RESOURCE = "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b"
VOIP = {"account": "4711", "orders": "3", "long": "fits"}
TARGETS = [("person", f"8:orgid:{ANNA}"), ("team", f"28:orgid:{QUEUE_OF_TEAMS}")]


@pytest.mark.parametrize(("target", "address"), TARGETS)
def test_teams_gets_voip_headers_only(target: str, address: str) -> None:
    async def run() -> None:
        async with wire(script(target), sections=SITE, habits={"account": ACCOUNT}) as rig:
            await call(rig)
            assert shown(rig, address) == {"voipHeaders": VOIP}
            nobody_is_left(rig)

    play(run)


def test_a_telephone_gets_sip_headers() -> None:
    async def run() -> None:
        async with wire(script("line"), sections=SITE, habits={"account": ACCOUNT}) as rig:
            await call(rig)
            desk = rig.runtime.desk.site.number("desk")
            assert desk is not None
            sip = {"X-MS-Custom-Account": "4711", "User-To-User": "3", "X-MS-Custom-Long": "fits"}
            assert shown(rig, desk) == {"sipHeaders": sip}

    play(run)


def test_a_user_of_the_resource_gets_voip_headers_on_a_number_of_the_resource() -> None:
    sections: dict[str, dict[str, object]] = {**SITE, "lines": {LINE: "test.ivr"}}

    async def run() -> None:
        async with wire(script("softphone"), sections=sections) as rig:
            await call(rig)
            assert shown(rig, "8:acs:6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b_soft") == {"voipHeaders": VOIP}

    play(run)


def the_brief(rig: Wire, found: dict[str, Any]) -> None:
    """The details reach Teams although the SDK drops them without a header, and the topic is as long as it may be."""
    details = found["teamsPhoneCallDetails"]
    [known] = rig.calls
    assert found["voipHeaders"] == {"call": known, **VOIP}
    assert details["callTopic"] == "A topic that is much longer than the forty-eight"
    assert len(details["callTopic"]) == 48
    assert (details["sessionId"], details["callContext"]) == (known, "Two late orders.")
    assert details["teamsPhoneCallerDetails"]["phoneNumber"] == CALLER
    assert details["teamsPhoneCallerDetails"]["isAuthenticated"] is True


def test_an_agent_of_teams_gets_the_details_with_a_transfer() -> None:
    async def run() -> None:
        async with wire(script("agent"), sections=SITE, habits={"account": ACCOUNT}) as rig:
            await call(rig)
            the_brief(rig, shown(rig, f"8:acs:{RESOURCE}_{ANNA}_{ANNA}"))

    play(run)


def test_an_agent_of_teams_gets_the_details_with_a_call_from_a_queue() -> None:
    async def run() -> None:
        async with wire(script("waiting"), sections=SITE, habits={"account": ACCOUNT}) as rig:
            let(rig, "anna", "accept after 2 s")
            phone = rig.people.dial(LINE, "wait 60s", caller=CALLER)
            await rig.run_until(lambda: any(each.state == "connected" for each in phones(rig, "anna")))
            the_brief(rig, shown(rig, f"8:acs:{RESOURCE}_{ANNA}_{ANNA}"))
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


UNFIT = [
    ("line", "x" * 257, "`long` has 257 characters, and 256 are allowed"),
    ("line", "Grüße", "`long` has characters that a SIP header cannot carry"),
    ("person", "x" * 1025, "`long` has 1025 characters, and 1024 are allowed"),
]


@pytest.mark.parametrize(("target", "long", "why"), UNFIT)
def test_what_the_host_would_refuse_does_not_go_along_and_the_call_does(
    target: str, long: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        with caplog.at_level(logging.WARNING):
            async with wire(script(target, long), sections=SITE, habits={"account": ACCOUNT}) as rig:
                assert "Nobody can take" not in str(await call(rig))
                kind = "sipHeaders" if target == "line" else "voipHeaders"
                rung = [each for each in rig.emulator.calls() if each.role == "target"]
                assert [len(each.context[kind]) for each in rung] == [2]
        assert why in caplog.text
        assert long not in caplog.text

    play(run)
