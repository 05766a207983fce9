"""What the operator of a server asks and does: readiness, switches, how long calls are kept, new scripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from server_rig import OPERATOR, SCRIPT, Rig, call_id, on_server, result
from structlog.testing import capture_logs

from interpreter import programs
from interpreter.protocol import SayText


def test_readiness(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        assert (await rig.get("/readyz"))[0] == 200
        rig.desk.draining = True
        status, answer = await rig.get("/readyz")
        assert (status, answer["checks"]) == (
            503,
            {"store": True, "scripts": True, "keys": True, "timers": True, "staying": False},
        )

    async def without_timers(rig: Rig) -> None:
        async def dies() -> None:
            raise RuntimeError("a fault of ours")

        rig.desk.timers = asyncio.create_task(dies())
        await asyncio.wait([rig.desk.timers])
        assert rig.desk.timers.exception() is not None  # looked at, so that nobody complains of it in a later test
        # Nothing here can put it right: whoever watches over the process has to start it anew.
        assert await rig.get("/healthz") == (503, {"status": "timers have stopped"})
        status, answer = await rig.get("/readyz")
        assert (status, answer["checks"]["timers"]) == (503, False)

    async def unfit(rig: Rig) -> None:
        status, answer = await rig.get("/readyz")
        assert (status, answer["checks"]["scripts"]) == (503, False)
        assert await rig.ring() == 200
        assert not rig.host.asked

    on_server(tmp_path, story)
    on_server(tmp_path, without_timers)
    on_server(tmp_path, unfit, script=SCRIPT.replace("-> desk", "-> nowhere"))


def test_calls_are_kept_as_long_as_the_site_says(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.ring()
        await rig.call_back("CallDisconnected", "1", **result(200, 540000))
        for days, forgotten in [(2.0, 0), (0.1, 1)]:
            rig.clock.at += days * 86_400
            assert await rig.desk.engine.purge() == forgotten
            assert len(await rig.desk.store.load([call_id()])) == 1 - forgotten

    on_server(tmp_path, story, events="[store]\nkeep_days = 2")


def test_a_switch_counts_for_the_next_call(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        bearer = {"Authorization": f"Bearer {OPERATOR}"}
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": OPERATOR}, {"Authorization": "Bearer "}):
            for method in ("GET", "PUT"):
                assert (await rig.ask(method, "/switches/closed", data='{"on": true}', headers=headers))[0] == 401
        assert await rig.get("/switches", headers=bearer) == (200, {"closed": False})
        for body in ("", "{}", '{"on": 1}', "true", "["):
            assert (await rig.ask("PUT", "/switches/closed", data=body, headers=bearer))[0] == 422
        for method in ("GET", "PUT"):
            assert (await rig.ask(method, "/switches/none", data='{"on": true}', headers=bearer))[0] == 404
        assert await rig.ask("PUT", "/switches/closed", data='{"on": true}', headers=bearer) == (
            200,
            {"name": "closed", "on": True},
        )
        assert await rig.get("/switches/closed", headers=bearer) == (200, {"name": "closed", "on": True})
        await rig.ring()
        await rig.call_back("CallConnected", "1", operationContext=rig.host.op("Answer"))
        said: list[str] = []
        for n in range(4):
            for _, action in rig.host.asked:
                said += [each.text for each in getattr(action, "prompts", ()) if isinstance(each, SayText)]
            if "Goodbye." in said:
                return
            await rig.call_back("PlayCompleted", f"p{n}", operationContext=rig.host.op("Play"), **result(200, 0))
        raise AssertionError(said)

    on_server(tmp_path, story)


def test_scripts_reload_and_a_bad_one_keeps_the_last_good(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        path = rig.folder / "main.ivr"
        scripts, called = rig.desk.scripts, "+18005550100"
        first = scripts.for_line(called)
        await rig.ring("one")
        path.write_text(SCRIPT.replace('"Welcome."', '"Good day."'))
        assert await scripts.load() == {}
        second = scripts.for_line(called)
        assert second.hash != first.hash
        path.write_text(SCRIPT.replace("-> desk", "-> nowhere"))
        problems = await scripts.load()
        assert "main.ivr:" in problems[path]
        assert "nowhere" in problems[path]
        assert scripts.for_line(called) is second
        path.unlink()
        assert list(await scripts.load()) == [path]
        assert scripts.for_line(called) is second
        await rig.ring("two")
        kept = await rig.desk.store.load([call_id("one"), call_id("two")])
        assert [kept[call_id(name)].call.script for name in ("one", "two")] == [first.hash, second.hash]

    on_server(tmp_path, story)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        scripts, called = rig.desk.scripts, "+18005550100"
        first = scripts.for_line(called)
        # The watch begins some time after the server; a change that it missed is written again.
        async with asyncio.timeout(60):
            n = 0
            while scripts.for_line(called) is first:
                n += 1
                (rig.folder / "main.ivr").write_text(SCRIPT.replace("Welcome.", f"Good day {n}."))
                await asyncio.sleep(0.05)

    on_server(tmp_path, story)


def test_a_refused_script_is_told_once_and_stays_refused(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        path = rig.folder / "main.ivr"
        with capture_logs() as logs:
            for text in (SCRIPT.replace("-> desk", "-> nowhere"), SCRIPT.replace("-> desk", "-> elsewhere")):
                path.write_text(text)
                for _ in range(3):
                    assert list(await rig.desk.scripts.load()) == [path]
            path.unlink()
            for _ in range(3):
                assert list(await rig.desk.scripts.load()) == [path]
            path.write_text(SCRIPT)
            assert await rig.desk.scripts.load() == {}
        assert [line["event"] for line in logs] == ["script refused"] * 3

    on_server(tmp_path, story)


@pytest.mark.parametrize("watches", ["refused", "silent"])
def test_scripts_are_looked_at_also_where_no_change_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watches: str
) -> None:
    """No more watches to be had, a folder that was replaced, a disk of another machine."""

    async def awatch(*folders: Path, stop_event: asyncio.Event, **options: Any) -> AsyncIterator[set[Any]]:
        if watches == "refused":
            raise OSError(28, "no watch left")
        await stop_event.wait()
        return
        yield set()

    async def story(rig: Rig) -> None:
        scripts, stop, looks = rig.desk.scripts, asyncio.Event(), asyncio.Semaphore(0)
        load = scripts.load

        async def look() -> Any:
            problems = await load()
            looks.release()
            return problems

        monkeypatch.setattr(type(scripts), "load", lambda self: look())
        watching = asyncio.create_task(scripts.watch(stop))
        for word in ("Good day.", "Good evening."):
            before = scripts.for_line("+18005550100")
            (rig.folder / "main.ivr").write_text(SCRIPT.replace("Welcome.", word))
            for _ in range(3):  # two watches are running: theirs may have begun before the script was written
                await looks.acquire()
            assert scripts.for_line("+18005550100") is not before
        stop.set()
        await watching

    monkeypatch.setattr(programs, "awatch", awatch)
    monkeypatch.setattr(programs, "LOOK_AGAIN", 0.001)
    on_server(tmp_path, story)
