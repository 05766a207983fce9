"""The contact center put together: who is there at the start, other site files, and hosts without hands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from server_rig import Clock, FailingStore, KeptHost

from interpreter.center import Center, make
from interpreter.messages.folder import Folder
from interpreter.ports import Line, Performed, Refused, TryLater
from interpreter.protocol import Event, Reported, Request, Value
from interpreter.routing.protocol import Entered, NotAnswered, Wanted
from interpreter.routing.state import state_of
from interpreter.site import Site
from interpreter.store import StoreUnavailable
from interpreter.store.floor_log import DetailRow
from interpreter.store.sqlite import SqliteStore

ANA = '[agents.ana]\nnumber = "+14255550111"\nqueues = ["desk"]\nsigned_in = "always"\n'
BEN = '[agents.ben]\nnumber = "+14255550112"\nqueues = ["desk"]\n'
LINE = Line("call-1", 17, "cc-1", "", "+15551230001", "+18005550100")


class House:
    """A store that outlives the centers, a clock, and the calls that are told."""

    def __init__(self, folder: Path) -> None:
        self.store = FailingStore(SqliteStore.open(folder / "ivr.db"))
        self.clock, self.folder, self.told = Clock(), folder, list[tuple[str, Event]]()

    async def deliver(self, call: str, events: Sequence[tuple[str, str, Event]]) -> None:
        self.told += [(call, event) for _, _, event in events]

    async def center(self, text: str, messages: Any = None) -> Center:
        site = Site.parse(text, self.folder)

        def no_session() -> Any:
            raise AssertionError("nobody is told anything")

        store: Any = self.store
        made = make(
            site, store, KeptHost(), self.clock, self.deliver, no_session, messages or Folder(self.folder / "messages")
        )
        await made.open(site, self.clock)
        return made


def in_house(folder: Path, story: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        house = House(folder)
        try:
            await story(house)
        finally:
            await house.store.real.close()

    asyncio.run(run())


def states(center: Center) -> dict[str, str]:
    floor = center.floors.floor
    return {name: state_of(floor, agent) for name, agent in floor.agents.items()}


def test_who_is_always_there_is_there_from_the_start(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        center = await house.center(ANA + BEN)
        assert states(center) == {"ana": "available"}
        entries = center.floors.entries
        again = await house.center(ANA + BEN)
        assert (states(again), again.floors.entries) == ({"ana": "available"}, entries), "nothing has changed"

    in_house(tmp_path, story)


def test_who_is_not_ready_stays_so_over_a_restart_and_who_has_left_comes_back(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        center = await house.center(ANA)
        await center.floors.post(Wanted(house.clock.now(), "ana", "not ready", "missed"))
        assert states(await house.center(ANA)) == {"ana": "not ready"}
        center = await house.center(ANA)
        await center.floors.post(Wanted(house.clock.now(), "ana", "offline"))
        assert states(await house.center(ANA)) == {"ana": "available"}

    in_house(tmp_path, story)


def test_who_is_no_longer_in_the_site_file_is_offered_no_calls(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.center(ANA)
        assert states(await house.center(BEN)) == {"ana": "offline"}

    in_house(tmp_path, story)


def test_skills_of_a_changed_site_file_hold_from_the_next_start_on(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.center(ANA)
        center = await house.center(ANA + "skills = { billing = 7 }\ncapacity = 2\n")
        ana = center.floors.floor.agents["ana"]
        assert (ana.profile.skills, ana.capacity) == ((("billing", 7),), 2)
        moved = await house.center(ANA.replace("0111", "0119"))
        assert moved.floors.floor.agents["ana"].person.address == "4:+14255550119"

    in_house(tmp_path, story)


def test_a_host_without_hands_brings_nobody_into_a_call(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        center = await house.center(ANA)
        heard = list[object]()
        center.floors.watchers.append(heard.append)
        await center.floors.post(Entered(house.clock.now(), "call-1/1", "desk"))
        await center.floors.idle()
        assert [each.why for each in heard if isinstance(each, NotAnswered)] == ["failed"]

    in_house(tmp_path, story)


def test_a_request_of_a_call_comes_to_the_floor_and_its_outcome_to_the_call(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        # Ana is there, and cannot be rung: she is not offered again for a while.
        center = await house.center(ANA)
        ask = request("queue", "desk", limit=1.0)
        assert await center.desk.ask(LINE, ask) == Performed()
        await center.floors.idle()
        assert list(center.floors.floor.callers) == ["call-1/o-1"]
        other = Line("call-2", 18, "cc-2", "", "+15551230002", "+18005550100")
        assert await center.desk.ask(other, ask) == Performed()
        await center.floors.idle()
        told = [(call, event.outcome) for call, event in house.told if isinstance(event, Reported)]
        assert ("call-2", "full") in told

    in_house(tmp_path, story)


def request(verb: Any, name: str, **arguments: Value) -> Request:
    return Request("o-1", verb, name, tuple(arguments.items()))


def test_a_message_is_asked_for_only_where_it_can_be_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(house: House) -> None:
        (house.folder / "file").write_bytes(b"")
        center = await house.center(ANA, Folder(house.folder / "file" / "messages"))
        refused = await center.desk.ask(LINE, request("voicemail", "box"))
        assert isinstance(refused, Refused)
        assert refused.code == "NoPlace"
        assert center.floors.floor.messages == {}
        center = await house.center(ANA)
        assert await center.desk.ask(LINE, request("voicemail", "box")) == Performed()

    in_house(tmp_path, story)
    assert "messages cannot be kept" in caplog.text


def test_a_store_that_is_away(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        center = await house.center(ANA)
        house.store.failing = True
        assert isinstance(await center.desk.ask(LINE, request("queue", "desk")), TryLater)
        with pytest.raises(StoreUnavailable):
            await house.center(ANA)
        house.store.failing = False
        assert center.floors.floor.callers == {}

    in_house(tmp_path, story)


def test_what_was_kept_for_long_enough_is_deleted(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        now = house.clock.now()
        center = await house.center(ANA + "[voicemail]\nkeep_days = 10\n[store]\nkeep_days = 20\n")
        await center.messages.save("old", b"RIFF", {"message": "old", "at": now - 11 * 86_400.0})
        await center.messages.save("new", b"RIFF", {"message": "new", "at": now - 9 * 86_400.0})
        rows = [DetailRow("c", name, now - days * 86_400.0, "{}") for name, days in (("past", 21), ("present", 19))]
        await house.store.floor.keep_details(rows)
        site = Site.parse("[voicemail]\nkeep_days = 10\n[store]\nkeep_days = 20\n", house.folder)
        shelf = center.recordings.shelf
        for name, days in (("old.1.0", 31), ("new.1.0", 29)):
            part = await shelf.part(name)
            part.write_bytes(b"RIFF")
            await shelf.keep(name, {"recording": name, "at": now - days * 86_400.0}, part)
        deleting = center.forgetting(site, house.store, now)
        assert {what: await forget() for what, forget in deleting.items()} == {
            "details": 0,
            "messages": 1,
            "transcripts": 0,
            "recordings": 1,
        }
        assert [each["message"] for each in await center.messages.list()] == ["new"]
        assert [each.leg for each in await house.store.floor.details(0.0, 10)] == ["present"]
        assert [each["recording"] for each in await shelf.latest(9)] == ["new.1.0"]
        assert sorted(path.name for path in shelf.path.iterdir()) == ["new.1.0.json", "new.1.0.wav"]
        assert [await forget() for forget in deleting.values()] == [0, 0, 0, 0]

    in_house(tmp_path, story)
