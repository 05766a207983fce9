"""Presence and the server together: emulator, real SDK, the server's floor, and a tenant of Teams."""

from __future__ import annotations

import pytest
from graph_stub import ANA, APP, BEN, Fault
from presence_office import DND, FREE, OURS, Office, agent, at_the_office, call
from wire_center import doing, let, nobody_is_left, phones

from interpreter.routing.protocol import Wanted


def test_who_is_not_to_be_disturbed_gets_no_offers_and_then_does() -> None:
    async def story(o: Office) -> None:
        let(o.rig, "ana", "accept after 3 s, hang up after 30 s")
        o.tenant.teams[ANA] = DND
        await o.after(1)
        assert o.elsewhere("ana") == "Teams: do not disturb"
        phone = await call(o)
        await o.after(60)
        assert phones(o.rig, "ana") == []
        o.tenant.teams[ANA] = FREE
        await o.after(11)
        assert len(phones(o.rig, "ana")) == 1
        await o.rig.finish(phone)
        assert o.rig.state(phone).result == "handled"
        nobody_is_left(o.rig)

    at_the_office(story)


def test_the_call_goes_to_the_colleague_who_is_free() -> None:
    async def story(o: Office) -> None:
        let(o.rig, "ben", "accept after 2 s, hang up after 20 s")
        o.tenant.teams[ANA] = ("Busy", "InAConferenceCall")
        await o.after(1)
        phone = await call(o)
        await o.rig.finish(phone)
        assert [len(phones(o.rig, name)) for name in ("ana", "ben")] == [0, 1]

    at_the_office(story, ana=agent(ANA, order=1), ben=agent(BEN, order=2))


def test_an_agent_in_a_call_is_shown_as_busy_until_wrap_up_and_our_own_echo_keeps_nobody() -> None:
    async def story(o: Office) -> None:
        let(o.rig, "ana", "accept after 3 s, hang up after 330 s")
        await o.after(1)
        phone = await call(o)
        await o.after(2)
        assert doing(o.rig, "ana") == "ringing"
        assert o.tenant.ours(ANA) is None, "who is only rung is in no call"
        await o.after(3)
        assert doing(o.rig, "ana") == "talking"
        assert o.tenant.ours(ANA) == OURS
        assert o.tenant.shown(ANA) == OURS, "and it comes back as presence"
        await o.after(300)
        assert o.tenant.ours(ANA) == OURS, "it is renewed before it lapses"
        assert len(o.tenant.asked("setPresence")) == 2
        assert o.elsewhere("ana") == ""
        await o.after(30)
        assert doing(o.rig, "ana") == "wrap-up"
        assert o.tenant.ours(ANA) is None
        # A client that is slow to show it: to Graph she is in a call for a minute more.
        o.tenant.teams[ANA] = OURS
        await o.after(60)
        assert doing(o.rig, "ana") == "available"
        assert o.elsewhere("ana") == ""
        o.tenant.teams[ANA] = FREE
        second = await call(o)
        await o.after(5)
        assert len(phones(o.rig, "ana")) == 2
        await o.rig.finish(phone, second)

    at_the_office(story, wrap_up=20.0)


def test_what_was_told_while_she_was_rung_is_told_again() -> None:
    async def story(o: Office) -> None:
        let(o.rig, "ana", "decline")
        await o.after(1)
        await call(o)
        assert doing(o.rig, "ana") == "ringing"
        o.tenant.teams[ANA] = DND
        await o.after(30)
        assert o.elsewhere("ana") == "Teams: do not disturb"
        rung = len(phones(o.rig, "ana"))
        await o.after(60)
        assert len(phones(o.rig, "ana")) == rung

    at_the_office(story)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(Fault(503), "unavailable"), (Fault(429, {"Retry-After": "5"}), "throttled"), (Fault(403), "refused"),
     (Fault(200, body="{"), "malformed"), (Fault(drop=True), "unavailable")],
)  # fmt: skip
def test_a_tenant_that_fails_stops_no_call(fault: Fault, outcome: str, caplog: pytest.LogCaptureFixture) -> None:
    async def story(o: Office) -> None:
        let(o.rig, "ana", "accept after 3 s, hang up after 200 s")
        o.tenant.fault = lambda seen: fault if seen.what != "token" else None
        await o.after(1)
        caplog.clear()
        phone = await call(o)
        await o.after(299)
        assert o.rig.emulator.call(phone).finished
        assert o.rig.state(phone).result == "handled"
        assert o.metric("read", outcome) >= 5
        # Of what is shown the status alone says that it worked.
        assert o.metric("show", "done" if fault.status == 200 and not fault.drop else outcome) >= 1
        assert o.metric("read", "done") == 0
        told = [record.getMessage() for record in caplog.records if "cannot be read" in record.getMessage()]
        assert 4 <= len(told) <= 5, "once a minute"
        o.tenant.fault = lambda _: None
        o.tenant.teams[ANA] = DND
        await o.after(150)
        assert o.elsewhere("ana") == "Teams: do not disturb"

    at_the_office(story, ana=agent(ANA), ben=agent(BEN))


def test_a_presence_that_was_read_long_ago_is_no_reason() -> None:
    async def story(o: Office) -> None:
        o.tenant.teams[ANA] = DND
        await o.after(1)
        assert o.elsewhere("ana")
        o.tenant.fault = lambda seen: Fault(503)
        await o.after(55)
        assert o.elsewhere("ana")
        await o.after(10)
        assert o.elsewhere("ana") == ""

    at_the_office(story)


def test_who_signs_out_is_not_watched_and_after_a_restart_all_is_as_it_was() -> None:
    async def story(o: Office) -> None:
        o.tenant.teams[BEN] = DND
        await o.after(1)
        await o.rig.runtime.floors.post(Wanted(o.rig.clock.now(), "ana", "offline"))
        await o.after(15)
        assert o.tenant.asked("getPresencesByUserId")[-1].body == {"ids": [BEN]}
        await o.rig.restart()
        assert o.elsewhere("ben") == "Teams: do not disturb"
        o.tenant.teams[BEN] = FREE
        await o.after(1)
        assert o.elsewhere("ben") == ""

    at_the_office(story, ana=agent(ANA), ben=agent(BEN))


def test_who_is_no_longer_watched_is_not_kept_from_calls_by_what_was_seen() -> None:
    async def story(o: Office) -> None:
        o.tenant.teams[ANA] = DND
        await o.after(1)
        assert o.elsewhere("ana")
        settings = o.rig.runtime.desk.site.settings
        object.__setattr__(settings, "presence", None)
        await o.rig.restart()
        assert o.rig.runtime.presence is None
        assert o.elsewhere("ana") == ""

    at_the_office(story)


def test_agents_at_telephones_and_of_other_tenants_are_left_alone() -> None:
    async def story(o: Office) -> None:
        await o.after(1)
        assert o.presence.users == {"ana": ANA}
        assert o.tenant.asked("getPresencesByUserId")[-1].body == {"ids": [ANA]}

    desk = {"number": "+14255550177", "queues": ["desk"], "signed_in": "always"}
    at_the_office(story, ana=agent(ANA), phone=desk, ben=agent(BEN, tenant=APP))
