"""``ivr hear``: what the speech service hears in recordings, and what a menu makes of it."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp

from dsl import Program
from dsl.ast import Menu
from dsl.spell import listed, nearest
from interpreter.azure.listening import SpeechListener
from interpreter.azure.sdk import NoSpeechSdk
from interpreter.listening import Broke, Heard, Listener
from interpreter.listening.phrases import candidates, expected
from interpreter.machine import Call, menus
from interpreter.machine.turn import Turn
from interpreter.prompts.wav import BYTES, CHANNELS, RATE, seconds_of
from interpreter.protocol import Items, Request, Value
from interpreter.site import Site, SiteError
from interpreter.site_model import UNRESOLVED
from interpreter.site_speech import Speech
from interpreter.tooling.call import load_program
from interpreter.tooling.files import CannotRun
from interpreter.understanding.asking import Meanings, open_meanings

PIECE = RATE * BYTES * CHANNELS // 10
"""Bytes that are fed at once: a tenth of a second."""
PATIENCE = 30.0
"""Seconds beyond the length of a recording after which the service is given up."""

Made = Callable[[Speech, Sequence[str], Sequence[str]], Listener]


def hear(
    path: Path, script: Path, recordings: Sequence[Path], menu: str, colour: bool, made: Made = SpeechListener
) -> str:
    """What is heard in each recording, a sentence a line; with the name of a menu also what it leads to there.

    Raises `CannotRun`, and `ScriptHasErrors`.
    """
    site, program = _site(path), load_program(script, path, colour)
    block = _menu(program, menu) if menu else None
    sounds = [(recording, _sound(recording)) for recording in recordings]
    return asyncio.run(_all(site, program, block, sounds, made))


async def _all(
    site: Site, program: Program, block: Menu | None, sounds: Sequence[tuple[Path, bytes]], made: Made
) -> str:
    lines: list[str] = []
    async with aiohttp.ClientSession() as session:
        meanings = open_meanings(site.settings.understanding, session)
        for recording, sound in sounds:
            lines.append(f"{recording}:")
            found = await _sentences(site.settings.speech, program, sound, made)
            for each in found:
                lines.append(f"  {each.begins:5.1f} s  ({each.language}) {each.text}")
                if block is not None:
                    lines.append(f"           {await _meant(program, block, each, meanings)}")
            if not found:
                lines.append("  nothing was heard")
    return "\n".join(lines) + "\n"


async def _sentences(speech: Speech, program: Program, sound: bytes, made: Made) -> list[Heard]:
    try:
        listener = made(speech, candidates(program), expected(program))
    except NoSpeechSdk as error:
        raise CannotRun(str(error)) from None
    found: list[Heard] = []
    try:
        async with asyncio.timeout(len(sound) / (RATE * BYTES * CHANNELS) + PATIENCE):
            await listener.start()
            for start in range(0, len(sound), PIECE):
                listener.feed(sound[start : start + PIECE])
            listener.finish()
            async for each in listener.heard():
                if isinstance(each, Broke):
                    raise CannotRun(each.reason)
                if each.final:
                    found.append(each)
    except TimeoutError:
        raise CannotRun("the speech service does not come to an end with this recording") from None
    finally:
        await listener.close()
    return found


async def _meant(program: Program, block: Menu, heard: Heard, meanings: Meanings) -> str:
    """What a menu makes of a sentence: the question that the machine would ask, and its answer."""
    turn = Turn(program, Call("hearing", block=block.name.text, language=heard.language), 0.0)
    by_phrase = menus.by_phrase(turn, block, heard.text)
    if by_phrase is not None:
        return f"is a phrase: {by_phrase}"
    if not block.understands:
        return "is no phrase: no match"
    arguments: list[tuple[str, Value]] = [("said", heard.text), ("language", heard.language)]
    arguments += ((str(number), Items(texts)) for number, texts in menus.candidates(turn, block))
    asked = Request("hearing", "understanding", block.name.text, tuple(arguments), (), menus.UNDERSTOOD_WITHIN)
    outcome, values = await meanings.answer(asked)
    if outcome != "understood":
        return "means nothing that the menu has: no match" if outcome == "nothing" else "nobody could say what it means"
    known = dict(values)
    confidence = known["confidence"]
    assert isinstance(confidence, float | int)
    then = "taken" if confidence >= menus.SURE else "asked about" if confidence >= menus.UNSURE else "no match"
    return f'means "{known["meaning"]}" at {confidence:.2f}: {then}'


def _menu(program: Program, name: str) -> Menu:
    block = program.blocks.get(name)
    if isinstance(block, Menu):
        return block
    known = [each for each, found in program.blocks.items() if isinstance(found, Menu)]
    close = nearest(name, known)
    hint = f"did you mean `{close}`?" if close else f"it has {listed(known, 'and')}" if known else "it has none"
    raise CannotRun(f"the script has no menu `{name}`; {hint}")


def _site(path: Path) -> Site:
    try:
        site = Site.load(path, need_secrets=False)
    except SiteError as error:
        raise CannotRun(str(error)) from None
    key = site.settings.speech.key
    if key is None:
        raise CannotRun(f"{path} does not say what listens; add `[speech]` with `key` and `region`")
    if key.get_secret_value() == UNRESOLVED:
        raise CannotRun(f"the key of [speech] in {path} is not there: set the variable, or the file, that it names")
    return site


def _sound(path: Path) -> bytes:
    """The samples of a recording."""
    try:
        whole = path.read_bytes()
        seconds_of(whole)
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CannotRun(f"{path} cannot be heard: {error}") from None
    with wave.open(io.BytesIO(whole)) as opened:
        samples: bytes = opened.readframes(opened.getnframes())
    return samples
