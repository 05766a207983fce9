"""Call detail records: what they say is what has happened, over HTTP and from the command line alike."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from api_rig import Center, on_center
from wire_rig import Wire, play, wire

from interpreter.details import Of, Window, epoch, records
from interpreter.tooling.detailing import details

TOKEN = "operator-token-of-a-test"
SITE: dict[str, dict[str, object]] = {"operator": {"token": TOKEN}}
IDS = ("call", "version", "began", "answered", "ended")
"""Fields with so many digits that four of them may be anything."""
NUMBER = "+14255550100"
PIN = """\
ivr 1
flow main for "Bank"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4, first within 8s
    no input "I did not get any digits."
    no match "A PIN has four digits."
    accepted      -> sorry
    after 3 tries -> sorry

step sorry
    say "Goodbye."
    finish sorry
"""


async def asked(center: Center, query: str = "") -> list[dict[str, Any]]:
    """The records, each parsed from a line of its own."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with center.session.get(f"{center.rig.server_url}/details{query}", headers=headers) as response:
        text = await response.text()
        assert (response.status, response.headers["Content-Type"].partition(";")[0]) == (200, "application/jsonl"), text
        assert not text or text.endswith("\n")
        return [json.loads(line) for line in text.splitlines()]


async def a_day(center: Center) -> tuple[str, ...]:
    """Nobody is there; somebody talks; somebody gives up meanwhile. The calls' ids in the order of their ends."""
    rig, emulator = center.rig, center.rig.emulator
    alone = center.dial()
    await rig.finish(alone)
    _, talker = await center.talking()
    await rig.advance(30.0)
    impatient = center.dial()
    await rig.advance(20.0)
    emulator.hang_up(impatient)
    await rig.advance(10.0)
    emulator.hang_up(talker)
    await rig.finish(talker, impatient)
    await rig.advance(60.0)
    return tuple(rig.state(phone).call_id for phone in (alone, impatient, talker))


def test_the_record_of_a_call_says_what_has_become_of_it() -> None:
    async def story(center: Center) -> None:
        alone, impatient, talker = await a_day(center)
        found = {each["call"]: each for each in await asked(center, "?of=call")}
        assert list(found) == [alone, impatient, talker]
        talked = found[talker]
        assert (talked["kind"], talked["called"], talked["script"]) == ("call", center.rig.lines[0], "test.ivr")
        assert (talked["ending"], talked["result"], talked["block"]) == ("hung_up", "handled", "support")
        assert talked["began"] <= talked["answered"] < talked["ended"]
        assert talked["seconds"] == pytest.approx(talked["ended"] - talked["began"], abs=0.002)
        [stay] = talked["queues"]
        assert (stay["queue"], stay["outcome"]) == ("support", "answered")
        assert (stay["waited"], stay["talked"]) == (talked["waited"], talked["talked"])
        [leg] = await asked(center, "?of=leg")
        assert (leg["call"], leg["outcome"]) == (talker, "answered")
        assert talked["talked"] == pytest.approx(leg["talked"], abs=1.0)
        assert talked["waited"] == pytest.approx(leg["waited"], abs=1.0)
        gone = found[impatient]
        assert (gone["ending"], gone["result"], gone["talked"]) == ("abandoned", "abandoned", 0.0)
        assert [(stay["queue"], stay["outcome"]) for stay in gone["queues"]] == [("support", "abandoned")]
        assert gone["waited"] == pytest.approx(20.0, abs=1.0)
        nobody = found[alone]
        assert [(stay["outcome"], stay["talked"]) for stay in nobody["queues"]] == [("no agents", 0.0)]
        assert (nobody["ending"], nobody["result"], nobody["block"]) == ("hung_up", "sorry", "sorry")
        assert nobody["waited"] < 1.0

    on_center(story, **SITE)


def test_a_window_has_what_was_over_in_it() -> None:
    async def story(center: Center) -> None:
        _, impatient, talker = await a_day(center)
        everything = await asked(center)
        first, last = everything[0]["ended"], everything[-1]["ended"]
        assert [each["ended"] for each in everything] == sorted(each["ended"] for each in everything)
        assert await asked(center, f"?from={first}&to={last}") == [e for e in everything if e["ended"] < last]
        assert await asked(center, f"?from={last + 1}") == []
        iso = datetime.fromtimestamp(first + 1.0, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert await asked(center, f"?from={iso}") == [e for e in everything if e["ended"] > first + 1.0]
        assert await asked(center, "?limit=2") == everything[:2]
        assert {each["call"] for each in await asked(center, f"?call={talker}")} == {talker}
        assert len(await asked(center, f"?call={talker}")) == 2
        assert [each["kind"] for each in await asked(center, f"?call={impatient}&limit=1")] == ["call"]
        assert await asked(center, f"?call={talker}&to={first}") == []

    on_center(story, **SITE)


def test_a_call_that_goes_on_has_no_record_yet() -> None:
    async def story(center: Center) -> None:
        _, phone = await center.talking()
        call = center.rig.state(phone).call_id
        assert await asked(center) == await asked(center, f"?call={call}") == []
        center.rig.emulator.hang_up(phone)
        await center.rig.finish(phone)

    on_center(story, **SITE)


@pytest.mark.parametrize("query", ["?from=yesterday", "?to=nan", "?to=inf", "?of=queue", "?limit=0", "?limit=10001"])
def test_a_wrong_wish_is_refused(query: str) -> None:
    async def story(center: Center) -> None:
        status, said = await center.ask("GET", f"/details{query}", None, TOKEN)
        assert status == 422
        assert [each["field"] for each in said["problems"]] == [query[1:].partition("=")[0]]

    on_center(story, **SITE)


@pytest.mark.parametrize(("callers", "number"), [("masked", "…0100"), ("full", NUMBER)])
def test_the_site_says_how_numbers_stand_there(callers: str, number: str) -> None:
    async def story(center: Center) -> None:
        phone = center.rig.people.dial(center.rig.lines[0], "wait 3600s", NUMBER)
        await center.rig.finish(phone)
        assert [each["caller"] for each in await asked(center)] == [number]

    on_center(story, **SITE, details={"callers": callers})


def test_the_command_prints_what_the_server_answers() -> None:
    async def story(center: Center) -> None:
        _, impatient, _ = await a_day(center)
        site = center.rig.folder / "desk.toml"
        site.write_text('[store]\npath = "ivr.db"\n')

        def printed(since: str | None = None, before: str | None = None, call: str = "", of: Of = "all") -> object:
            return [json.loads(line) for line in details(site, since, before, call, of).splitlines()]

        assert printed() == await asked(center)
        assert printed(of="leg") == await asked(center, "?of=leg")
        assert printed(call=impatient) == await asked(center, f"?call={impatient}")
        last = (await asked(center))[-1]["ended"]
        assert printed("2026-01-01", str(last)) == await asked(center, f"?to={last}")
        assert printed(str(last + 1)) == []

    on_center(story, **SITE)


def test_no_secret_is_in_a_record() -> None:
    async def run() -> None:
        async with wire(PIN) as rig:
            await rig.call("press 8642")
            [record] = await records(rig.store, Window(whole_numbers=True))
            assert (record["result"], record["queues"]) == ("sorry", [])
            assert "8642" not in json.dumps({k: v for k, v in record.items() if k not in IDS})
            assert all("8642" not in event.event for event in await rig.store.journal(record["call"]))

    play(run)


def test_a_call_that_cannot_be_read_is_told_in_the_log_and_the_others_are_there(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def spoil(rig: Wire, call: str) -> None:
        def work(connection: Any) -> None:
            connection.execute('UPDATE call SET state = \'{"$":"Newer"}\' WHERE id = ?', (call,))

        await rig.store._ask(work)

    async def story(center: Center) -> None:
        alone, impatient, talker = await a_day(center)
        await spoil(center.rig, impatient)
        assert [each["call"] for each in await asked(center, "?of=call")] == [alone, talker]
        assert f"the record of call {impatient} cannot be made" in caplog.text

    on_center(story, **SITE)


def test_times_are_read_as_people_and_tools_write_them() -> None:
    assert epoch("1700000000.5") == 1_700_000_000.5
    assert epoch("2026-11-27") == epoch("2026-11-27T00:00:00Z") == epoch("2026-11-27T01:00:00+01:00")
    for wrong in ("", "noon", "nan", "-inf"):
        with pytest.raises(ValueError, match=r"time|isoformat"):
            epoch(wrong)
    assert Window().before == math.inf
