"""Prompts from files over the wire: what has a file is played and can be fetched, and all else is spoken."""

from __future__ import annotations

import logging
from pathlib import Path

import aiohttp
import pytest
from test_prompt_files import wav
from wire_rig import Wire, play, wire

from interpreter.prompts.files import PromptFolder, name_of

VOICE = "en-US-AvaMultilingualNeural"
SCRIPT = f"""\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    voice "{VOICE}"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    say "Welcome to Contoso."
    say "You call from {{caller.number as phone}}."
    say "Our hours are nine to five."
    go to main_menu

menu main_menu
    prompt   "For billing, press 1."
    reprompt "Press 1 now."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

step sorry
    say "Goodbye."
    finish done
"""
IN_FILES = ("Welcome to Contoso.", "For billing, press 1.", "Press 1 now.", "That is not one of the choices.")


def name(text: str) -> str:
    return name_of(text, "en-US", VOICE)


def address(rig: Wire, text: str) -> str:
    return f"{rig.server_url}/prompts/{name(text)}.wav"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for text in IN_FILES:
        PromptFolder(tmp_path).keep(name(text), wav())
    return tmp_path


def test_files_are_played_where_they_are_there_and_all_else_is_spoken(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections={"prompts": {"folder": str(folder)}}) as rig:
            call = await rig.call("press 7\npress 1")
            texts = call.texts
            assert texts[0] == address(rig, "Welcome to Contoso.")
            assert texts[1].startswith("You call from")
            assert texts[2:] == [
                "Our hours are nine to five.",
                address(rig, "For billing, press 1."),
                address(rig, "That is not one of the choices."),
                address(rig, "Press 1 now."),
                "Goodbye.",
            ]
            async with aiohttp.ClientSession() as session:
                for text in IN_FILES:
                    async with session.get(address(rig, text)) as answer:
                        assert (answer.status, await answer.read()) == (200, wav())
                        assert answer.headers["Content-Type"] == "audio/wav"
                for path in ("0" * 32, "..%2f..%2fivr.db", "hold"):
                    async with session.get(f"{rig.server_url}/prompts/{path}.wav") as answer:
                        assert answer.status == 404

    with caplog.at_level(logging.INFO):
        play(run)
    told = [each for each in caplog.records if each.msg == "prompts of a script"]
    facts = [(vars(each)["in_files"], vars(each)["without_file"], vars(each)["with_values"]) for each in told]
    assert facts == [(4, 3, 1)]
    assert told[0].levelno == logging.WARNING


def test_a_changed_text_and_another_voice_are_spoken(folder: Path) -> None:
    changes = ((VOICE, "en-US-AndrewMultilingualNeural"), ("Welcome to Contoso.", "Welcome to Contoso!"))

    async def run(change: tuple[str, str]) -> None:
        async with wire(SCRIPT.replace(*change), sections={"prompts": {"folder": str(folder)}}) as rig:
            assert (await rig.call("press 1")).texts[0] == "Welcome to Contoso.".replace(*change)

    for change in changes:
        play(lambda change=change: run(change))  # type: ignore[misc]


def test_a_file_that_goes_while_the_server_runs_is_spoken(folder: Path) -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections={"prompts": {"folder": str(folder)}}) as rig:
            assert (await rig.call("press 1")).texts[0] == address(rig, "Welcome to Contoso.")
            PromptFolder(folder).path(name("Welcome to Contoso.")).unlink()
            assert (await rig.call("press 1")).texts[0] == "Welcome to Contoso."

    play(run)


def test_files_that_somebody_else_serves(folder: Path) -> None:
    url = "https://prompts.contoso.com/ivr"

    async def run() -> None:
        async with wire(SCRIPT, sections={"prompts": {"folder": str(folder), "url": url}}) as rig:
            texts = (await rig.call("press 1")).texts
            assert texts[0] == f"{url}/{name('Welcome to Contoso.')}.wav"
            async with aiohttp.ClientSession() as session, session.get(address(rig, IN_FILES[0])) as answer:
                assert answer.status == 404

    play(run)


def test_without_the_section_everything_is_spoken() -> None:
    async def run() -> None:
        async with wire(SCRIPT) as rig:
            assert (await rig.call("press 1")).texts[0] == "Welcome to Contoso."

    play(run)
