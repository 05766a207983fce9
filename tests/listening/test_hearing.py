"""`ivr hear`: recordings, what is heard in them, and what a menu makes of it, with a listener that a test gives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from test_prompt_files import wav

from dsl import Program, Source, parse
from interpreter.azure.sdk import NoSpeechSdk
from interpreter.listening import Broke, Heard, Listener, Sound
from interpreter.listening.phrases import MOST_PHRASES, candidates, expected
from interpreter.site_speech import Speech
from interpreter.tooling import hearing
from interpreter.tooling.files import CannotRun
from interpreter.tooling.hearing import hear

SCRIPT = """\
ivr 1
flow main
    languages en-US, es-US
    press 9 or say "operator" anywhere -> desk
    on caller hangup -> finish abandoned
    on system error  -> desk

menu topic
    prompt "What are you calling about? You can also press 1, 2, or 0."
    press 1 or means "billing question", "a wrong bill" -> desk
    press 2 or say "support"                            -> desk
    press 0                                             -> spanish
    confirm "Is it a {menu.meaning}? If so, press 1. If not, press 2."
    no input "I did not hear anything."
    no match "I did not understand that."
    after 3 tries -> desk

menu colour
    prompt "Red or green? Press 1 or 2, or say it."
    press 1 or say "red"   -> desk
    press 2 or say "green" -> desk
    no input "I did not hear anything."
    no match "I did not understand that."
    after 3 tries -> desk

step spanish
    language es-US
    go to colour

step desk
    finish done

prompts es-US
    "Red or green? Press 1 or 2, or say it." = "¿Rojo o verde? Oprima 1 o 2, o dígalo."
    "I did not hear anything." = "No oí nada."
    "I did not understand that." = "No entendí."
    "red" = "rojo", "colorado"
    "green" = "verde"
    "operator" = "operadora"
"""
SITE = '[speech]\nkey = "key-of-a-test"\nregion = "westeurope"\n'


class Given:
    """A listener that hears what a test says, however it sounds."""

    def __init__(self, *sounds: Sound) -> None:
        self.sounds = sounds
        self.fed: list[int] = []
        self.made: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self.finished = self.closed = False

    def __call__(self, speech: Speech, languages: Sequence[str], phrases: Sequence[str]) -> Listener:
        assert speech.region == "westeurope"
        self.made = (tuple(languages), tuple(phrases))
        return self

    async def start(self) -> None:
        return

    def feed(self, pcm: bytes) -> None:
        self.fed.append(len(pcm))

    def finish(self) -> None:
        self.finished = True

    async def heard(self) -> AsyncIterator[Sound]:
        for sound in self.sounds:
            yield sound

    async def close(self) -> None:
        self.closed = True


def run(folder: Path, given: Given, menu: str = "", site: str = SITE, sound: bytes = wav(5000)) -> str:
    for name, text in (("main.ivr", SCRIPT), ("site.toml", site)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "caller.wav").write_bytes(sound)
    said = hear(folder / "site.toml", folder / "main.ivr", [folder / "caller.wav"], menu, False, given)
    return said.replace(str(folder), "")


def test_what_is_heard(tmp_path: Path) -> None:
    given = Given(Heard("my", "en-US", 0.2, 0.1, final=False), Heard("My bill.", "en-US", 0.2, 1.0))
    assert run(tmp_path, given) == "/caller.wav:\n    0.2 s  (en-US) My bill.\n"
    assert given.fed == [3200, 3200, 3200, 400]
    assert (given.finished, given.closed) == (True, True)


def test_what_the_script_expects_is_told_before(tmp_path: Path) -> None:
    given = Given()
    assert run(tmp_path, given) == "/caller.wav:\n  nothing was heard\n"
    languages, phrases = given.made
    assert languages == ("en-US", "es-US")
    assert phrases == (
        "operator", "operadora", "support", "billing question", "a wrong bill", "red", "rojo", "colorado", "green",
        "verde",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("menu", "said", "language", "told"),
    [
        ("topic", "There is a wrong bill", "en-US", 'means "billing question" at 1.00: taken'),
        ("topic", "I have a question", "en-US", 'means "billing question" at 0.53: asked about'),
        ("topic", "Support!", "en-US", 'is a phrase: say "support"'),
        ("topic", "Operator.", "en-US", 'is a phrase: say "operator"'),
        ("topic", "A pizza", "en-US", "means nothing that the menu has: no match"),
        ("colour", "Colorado.", "es-US", 'is a phrase: say "red"'),
        ("colour", "the red one", "en-US", "is no phrase: no match"),
    ],
)
def test_what_a_menu_makes_of_it(tmp_path: Path, menu: str, said: str, language: str, told: str) -> None:
    out = run(tmp_path, Given(Heard(said, language, 0.0, 1.0)), menu)
    assert out.splitlines()[-1].strip() == told


@pytest.mark.parametrize(
    ("menu", "site", "sound", "why"),
    [
        ("topics", SITE, wav(), "has no menu `topics`; did you mean `topic`"),
        ("desk", SITE, wav(), "has no menu `desk`; it has `topic` and `colour`"),
        ("", "", wav(), r"does not say what listens; add `\[speech\]`"),
        ("", SITE.replace('"key-of-a-test"', '{ env = "IVR_NO_SUCH_KEY" }'), wav(), r"the key of \[speech\] in"),
        ("", "[nonsense]\n", wav(), "nonsense"),
        ("", SITE, wav(rate=8000), "cannot be heard: it has 8000 Hz"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, menu: str, site: str, sound: bytes, why: str) -> None:
    with pytest.raises(CannotRun, match=why):
        run(tmp_path, Given(), menu, site, sound)


def test_a_recording_that_is_not_there(tmp_path: Path) -> None:
    run(tmp_path, Given())
    with pytest.raises(CannotRun, match=r"none\.wav cannot be read"):
        hear(tmp_path / "site.toml", tmp_path / "main.ivr", [tmp_path / "none.wav"], "", False, Given())


def test_a_listener_that_breaks(tmp_path: Path) -> None:
    given = Given(Heard("My bill.", "en-US", 0.0, 1.0), Broke("the speech service cannot be reached"))
    with pytest.raises(CannotRun, match="cannot be reached"):
        run(tmp_path, given)
    assert given.closed


def test_a_listener_that_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(Given):
        async def heard(self) -> AsyncIterator[Sound]:
            await asyncio.Event().wait()
            yield Broke("never")

    monkeypatch.setattr(hearing, "PATIENCE", 0.0)
    given = Endless()
    with pytest.raises(CannotRun, match="does not come to an end"):
        run(tmp_path, given, sound=wav(160))
    assert given.closed


def test_without_the_sdk(tmp_path: Path) -> None:
    def missing(speech: Speech, languages: Sequence[str], phrases: Sequence[str]) -> Listener:
        raise NoSpeechSdk("the Speech SDK is not installed")

    run(tmp_path, Given())
    with pytest.raises(CannotRun, match="is not installed"):
        hear(tmp_path / "site.toml", tmp_path / "main.ivr", [tmp_path / "caller.wav"], "", False, missing)


def test_no_more_phrases_than_a_list_holds_and_one_variety_of_a_language() -> None:
    options = ", ".join(f'"number {number}"' for number in range(600))
    text = SCRIPT.replace('say "red" ', f"say {options} ").replace("languages en-US,", "languages en-US, en-GB,")
    source = Source("main.ivr", text)
    program = Program(source, parse(source).script)
    assert len(expected(program)) == MOST_PHRASES
    assert program.languages == ("en-US", "en-GB", "es-US")
    assert candidates(program) == ("en-US", "es-US")
