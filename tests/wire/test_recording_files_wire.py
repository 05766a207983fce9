"""Files of recordings over the wire: from the end of a call to a file in the folder, and out again through the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from wire_people import LINE
from wire_rig import OPERATOR, Wire, play, wire
from wire_tones import keys_in

from emulator import Failure, Fault, Misbehaviour
from interpreter.background import forget_old
from interpreter.recordings.shelf import length

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    record call notice "This call may be recorded."
    on caller hangup -> finish abandoned
    on system error  -> sorry

menu more
    prompt "Press 1 for yes, 2 for no."
    press 1 or 2 -> private
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 2 tries -> sorry

step private
    say "One moment."
    record call pause
        started           -> secret
        refused or failed -> sorry

collect secret
    into secret pin
    prompt "Enter your PIN, then press pound."
    digits 4 to 6, ends with #
    no input "I did not hear anything."
    no match "That is not a PIN."
    accepted      -> behind
    after 2 tries -> sorry

step behind
    record call resume
    say "Thank you very much."
    finish done

step sorry
    say "Goodbye."
    finish done
"""
PLAN = "wait 1s; press 1; wait 4s; press 4711#"


async def ask(rig: Wire, path: str, method: str = "GET", **headers: str) -> tuple[int, Any]:
    """As the operator."""
    given = {**OPERATOR.headers, **headers}
    async with aiohttp.ClientSession() as session, session.request(method, rig.server_url + path, headers=given) as a:
        body = await a.read()
        kind = a.headers.get("Content-Type", "")
        return a.status, json.loads(body) if "json" in kind and body else body


def files(rig: Wire) -> list[str]:
    folder = rig.folder / "recordings"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


async def recorded(rig: Wire, plan: str = PLAN) -> str:
    """A whole call; the file of its recording has had its time. Returns the call's id."""
    phone = rig.people.dial(LINE, plan)
    await rig.finish(phone)
    await rig.advance(20.0)
    return rig.state(phone).call_id


async def the(rig: Wire) -> dict[str, Any]:
    status, found = await ask(rig, "/recordings")
    assert status == 200
    [about] = found["recordings"]
    assert isinstance(about, dict)
    return about


SECTIONS: dict[str, dict[str, object]] = {**OPERATOR.section}


def test_a_file_comes_into_the_folder_with_what_is_known_of_it() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            began = rig.clock.now()
            call = await recorded(rig)
            [recording] = rig.emulator.recordings()
            about = await the(rig)
            name = about["recording"]
            assert files(rig) == [f"{name}.json", f"{name}.wav"]
            assert name.startswith(f"{call}.")
            assert (about["call"], about["channels"], about["tracks"]) == (call, "mixed", 1)
            assert (about["chunk"], about["chunks"], about["ended"]) == (0, 1, "SessionEnded")
            assert about["at"] == pytest.approx(recording.started, abs=0.01)
            assert about["at"] >= began
            assert about["seconds"] == pytest.approx(recording.seconds(), abs=0.01)
            [pause] = about["pauses"]
            [(paused, resumed)] = recording.pauses()
            assert pause["asked"] <= pause["confirmed"] <= pause["until"]
            assert (pause["confirmed"], pause["until"]) == pytest.approx((paused, resumed), abs=0.1)
            [there] = about["service_pauses"]
            assert (there["from"], there["seconds"]) == pytest.approx((paused, resumed - paused), abs=0.01)
            assert about["held"] is True
            assert about["participants"] == [{"who": "caller", "channel": 0}]
            assert rig.metric("recordings", outcome="kept") == 1

    play(run)


def test_the_keys_of_a_pause_are_not_in_the_file() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            await recorded(rig)
            name = (await the(rig))["recording"]
            status, sound = await ask(rig, f"/recordings/{name}/audio")
            assert status == 200
            assert sound == (rig.folder / "recordings" / f"{name}.wav").read_bytes()
            # The pound still sounds when the recording goes on; it tells nothing.
            assert keys_in(sound) == "1#", "the key before the pause, and none of the PIN"

    play(run)


def test_the_test_would_hear_the_keys() -> None:
    """The same call without a pause: what is found in its file are the very keys."""

    async def run() -> None:
        paused = "    record call pause\n        started           -> secret\n        refused or failed -> sorry\n"
        loud = SCRIPT.replace(paused, "    go to secret\n")
        loud = loud.replace("into secret pin", "into pin").replace("    record call resume\n", "")
        async with wire(loud, sections=SECTIONS) as rig:
            await recorded(rig)
            name = (await the(rig))["recording"]
            _, sound = await ask(rig, f"/recordings/{name}/audio")
            assert keys_in(sound) == "1471#", "two ones in a row without a pause are one"
            assert (await the(rig))["held"] is None, "there was no pause that could hold"

    play(run)


def test_who_may_hear_delete_and_list() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            call = await recorded(rig)
            name = (await the(rig))["recording"]
            for path, method in (("", "GET"), (f"/{name}", "GET"), (f"/{name}/audio", "GET"), (f"/{name}", "DELETE")):
                status, _ = await ask(rig, f"/recordings{path}", method, Authorization="Bearer nobody")
                assert status == 401
            assert (await ask(rig, f"/recordings?call={call}"))[1]["recordings"][0]["recording"] == name
            assert (await ask(rig, "/recordings?call=another"))[1] == {"recordings": []}
            assert (await ask(rig, "/recordings?call=..%2F..%2Fetc"))[1] == {"recordings": []}
            assert (await ask(rig, f"/recordings/{name}"))[1]["call"] == call
            status, part = await ask(rig, f"/recordings/{name}/audio", Range="bytes=0-3")
            assert (status, part) == (206, b"RIFF")
            for nowhere in ("nothing", "..%2Fivr", "%2e%2e"):
                assert (await ask(rig, f"/recordings/{nowhere}/audio"))[0] == 404
                assert (await ask(rig, f"/recordings/{nowhere}", "DELETE"))[0] == 404
            assert (await ask(rig, f"/recordings/{name}", "DELETE"))[0] == 204
            assert (await ask(rig, f"/recordings/{name}"))[0] == 404
            assert files(rig) == []

    play(run)


def test_a_file_that_is_announced_twice_comes_once_and_not_back() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            twice = Fault("duplicate_incoming", "RecordingFileStatusUpdated")
            rig.emulator.misbehave(Misbehaviour(faults=(twice,)))
            await recorded(rig)
            name = (await the(rig))["recording"]
            assert rig.metric("recordings", outcome="kept") == 1
            await ask(rig, f"/recordings/{name}", "DELETE")
            rig.emulator.recorded(rig.emulator.recordings()[0])
            await rig.advance(60.0)
            assert files(rig) == [], "what was deleted here is not fetched again"

    play(run)


def test_a_file_that_cannot_be_kept_yet_survives_a_restart() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            blocked = rig.folder / "recordings"
            blocked.write_text("in the way")
            await recorded(rig)
            assert rig.metric("recordings", outcome="late") >= 1
            assert rig.metric("recordings", outcome="kept") == 0
            assert rig.runtime.desk.center.recordings.next_due() is not None
            await rig.restart()
            blocked.unlink()
            await rig.advance(120.0)
            assert (await the(rig))["held"] is True

    play(run)


def test_a_file_that_never_comes_is_lost_after_a_day() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            (rig.folder / "recordings").write_text("in the way")
            await recorded(rig)
            await rig.advance(25 * 3600.0)
            assert rig.metric("recordings", outcome="lost") == 1
            assert rig.runtime.desk.center.recordings.next_due() is None
            await rig.restart()
            assert rig.runtime.desk.center.recordings.next_due() is None

    play(run)


def test_a_recording_whose_name_came_only_with_its_state_is_ours_all_the_same() -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            phone = rig.people.dial(LINE, PLAN)
            notes = rig.runtime.desk.center.recordings.notes
            store = rig.store
            await rig.run_until(lambda: bool(rig.emulator.recordings()))
            [recording] = rig.emulator.recordings()
            # As if the answer to the request had been lost.
            await store.drop("call of recording", recording.id, "")
            await store.drop("recording of call", rig.state(phone).call_id, "")
            await rig.finish(phone)
            await rig.advance(20.0)
            assert await notes.call_of(recording.id) == rig.state(phone).call_id
            assert (await the(rig))["call"] == rig.state(phone).call_id

    play(run)


def test_recordings_are_deleted_when_they_are_too_old() -> None:
    async def run() -> None:
        sections: dict[str, dict[str, object]] = {**SECTIONS, "recording": {"keep_days": 3.0}}
        async with wire(SCRIPT, sections=sections) as rig:
            await recorded(rig)
            rig.clock.advance_to(rig.clock.now() + 2.9 * 86_400)
            await forget_old(rig.runtime.desk)
            assert len(files(rig)) == 2
            rig.clock.advance_to(rig.clock.now() + 0.2 * 86_400)
            await forget_old(rig.runtime.desk)
            assert files(rig) == []

    play(run)


def test_everyone_on_a_channel_of_their_own() -> None:
    async def run() -> None:
        sections: dict[str, dict[str, object]] = {
            **SECTIONS,
            "recording": {"channels": "unmixed", "order": ["caller"], "folder": "calls"},
        }
        async with wire(SCRIPT, sections=sections) as rig:
            await recorded(rig)
            about = await the(rig)
            assert (about["channels"], about["tracks"]) == ("unmixed", 2)
            assert about["participants"] == [{"who": "caller", "channel": 0}]
            _, tracks = length(rig.folder / "calls" / f"{about['recording']}.wav")
            assert tracks == 2

    play(run)


class Container:
    """A container of Azure Blob Storage, of which a recording needs one operation."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.status = 201

    async def put(self, request: web.Request) -> web.Response:
        assert request.headers["x-ms-blob-type"] == "BlockBlob"
        self.blobs[request.path] = await request.read()
        return web.Response(status=self.status)


def test_a_storage_of_our_own_has_the_file_and_the_list_says_where() -> None:
    async def run() -> None:
        container = Container()
        app = web.Application()
        app.router.add_put("/{any:.*}", container.put)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with wire(SCRIPT, sections={**SECTIONS, "recording": {"container": f"{base}/calls"}}) as rig:
                await recorded(rig)
                about = await the(rig)
                assert about["place"].startswith(f"{base}/calls/")
                sound = container.blobs[about["place"].removeprefix(base)]
                assert keys_in(sound) == "1#"
                assert files(rig) == [f"{about['recording']}.json"], "the sound is not copied"
                assert about["held"] is None, "nobody here has looked into the file"
                status, why = await ask(rig, f"/recordings/{about['recording']}/audio")
                assert status == 409
                assert about["place"] in json.dumps(why)
        finally:
            await runner.cleanup()

    play(run)


def test_a_host_that_pauses_nothing_is_told() -> None:
    """The report of a pause that the host did not make: what was said in it is in the file, and that is told."""

    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            phone = rig.people.dial(LINE, PLAN)
            await rig.run_until(lambda: bool(rig.emulator.recordings()) and rig.emulator.recordings()[0].since is None)
            [recording] = rig.emulator.recordings()
            recording.resume(rig.clock.now())  # in secret
            await rig.finish(phone)
            await rig.advance(20.0)
            [sound] = [rig.folder / "recordings" / name for name in files(rig) if name.endswith("wav")]
            assert "471" in keys_in(sound.read_bytes())
            assert (await the(rig))["held"] is False
            assert rig.metric("recordings", outcome="leaked") == 1

    play(run)


def test_a_start_that_fails_leaves_nothing_to_fetch(tmp_path: Path) -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections=SECTIONS) as rig:
            rig.emulator.misbehave(Misbehaviour(failures=(Failure("startRecording"),)))
            phone = rig.people.dial(LINE, PLAN)
            await rig.finish(phone)
            await rig.advance(20.0)
            assert files(rig) == []
            assert rig.state(phone).result == "done"

    play(run)
