"""Which texts have files, what the files are called, and how a call's sentence is put together of them."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path

import pytest

from dsl import Program, Source, check
from interpreter.prompts.files import PromptFolder, name_of, name_of_static
from interpreter.prompts.texts import Static, static_texts
from interpreter.prompts.wav import seconds_of

SCRIPT = """\
ivr 1
flow main for "Contoso"
    languages en-US, es-US
    voice en-US "en-US-AvaMultilingualNeural"
    voice es-US "es-US-AlonsoNeural"
    record call notice "This call is recorded."
    on caller hangup -> finish abandoned
    on system error  -> desk

menu language_menu
    prompt en-US "For English, press 1."
    prompt es-US "Para español, oprima 2."
    press 1 -> welcome
    press 2 -> spanish
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> welcome

step spanish
    language es-US
    go to welcome

step welcome
    say "Welcome."
    say "You call from {caller.number as phone}."
    say en-US ssml "<speak version='1.0' xml:lang='en-US'><voice name='v'>Hi.</voice></speak>"
    go to desk

transfer desk
    to number desk
    accept "A caller. Press 1 to accept, 2 to decline."
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Goodbye."
    finish sorry

prompts es-US
    "Welcome." = "Bienvenido."
    "You call from {caller.number as phone}." = "Llama desde el {caller.number as phone}."
    "Goodbye." = "Adiós."
    "A caller. Press 1 to accept, 2 to decline." = "Una llamada. Oprima 1 para aceptar, 2 para rechazar."
"""
AVA, ALONSO = "en-US-AvaMultilingualNeural", "es-US-AlonsoNeural"


def program(text: str = SCRIPT) -> Program:
    checked = check(Source("test.ivr", text))
    assert checked.program is not None, [each.headline for each in checked.errors]
    return checked.program


def wav(frames: int = 1600, rate: int = 16_000, width: int = 2, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(bytes(frames * width * channels))
    return out.getvalue()


def test_texts_that_never_change_in_each_language_in_which_they_are_heard() -> None:
    statics, changing = static_texts(program())
    assert {(each.id, each.text, each.language, each.voice) for each in statics if not each.ssml} == {
        ("main.notice", "This call is recorded.", "en-US", AVA),
        ("language_menu.prompt", "For English, press 1.", "en-US", AVA),
        ("language_menu.prompt.2", "Para español, oprima 2.", "es-US", ALONSO),
        ("language_menu.no_input", "I did not hear anything.", "en-US", AVA),
        ("language_menu.no_match", "That is not one of the choices.", "en-US", AVA),
        ("welcome.say", "Welcome.", "en-US", AVA),
        ("welcome.say", "Bienvenido.", "es-US", ALONSO),
        ("sorry.say", "Goodbye.", "en-US", AVA),
        ("sorry.say", "Adiós.", "es-US", ALONSO),
    }
    (markup,) = (each for each in statics if each.ssml)
    assert (markup.language, markup.voice) == ("", "")
    assert changing == ["welcome.say.2"]


def test_a_name_is_made_of_everything_that_is_heard() -> None:
    names = [
        name_of("Hello.", "en-US", "a"),
        name_of("Hello!", "en-US", "a"),
        name_of("Hello.", "en-GB", "a"),
        name_of("Hello.", "en-US", "b"),
        name_of("Hello.", "", "", ssml=True),
        name_of("Hello.", "", ""),
    ]
    assert len(set(names)) == len(names)
    assert names[0] == name_of("Hello.", "en-US", "a")
    assert name_of_static(Static("x", "Hello.", "en-US", "a")) == names[0]


def kept(folder: Path, *texts: str) -> PromptFolder:
    found = PromptFolder(folder)
    for text in texts:
        found.keep(name_of(text, "en-US", "v"), wav())
    return found


def names(*texts: str) -> tuple[str, ...]:
    return tuple(name_of(text, "en-US", "v") for text in texts)


@pytest.mark.parametrize(
    ("said", "files"),
    [
        ("Press 1.", names("Press 1.")),
        ("That is wrong. Press 1.", names("That is wrong.", "Press 1.")),
        ("Welcome. To Contoso. Press 1.", names("Welcome. To Contoso.", "Press 1.")),
        ("That is wrong.  Press 1.", names("That is wrong.", "Press 1.")),
        ("That is wrong. You are number 3.", None),
        ("Press 1. Or not.", None),
        ("Press 1", None),
        ("That is wrong.Press 1.", None),
        ("", None),
        (" ".join(["Press 1."] * 40), None),
    ],
)
def test_what_a_call_says_is_put_together_of_files_or_spoken(
    tmp_path: Path, said: str, files: tuple[str, ...] | None
) -> None:
    folder = kept(tmp_path, "Press 1.", "That is wrong.", "Welcome. To Contoso.", "Welcome.")
    assert folder.of_text(said, "en-US", "v") == files
    assert folder.of_text(said, "en-US", "another voice") is None
    assert folder.of_text(said, "es-US", "v") is None


def test_markup_is_a_file_of_its_own_and_is_never_cut(tmp_path: Path) -> None:
    folder = kept(tmp_path, "Press 1.")
    assert folder.of_text("Press 1.", "en-US", "v", ssml=True) is None
    folder.keep(name_of("<speak/>", "", "", ssml=True), wav())
    assert folder.of_text("<speak/>", "en-US", "v", ssml=True) is not None


def test_files_come_and_go_while_it_runs(tmp_path: Path) -> None:
    folder = PromptFolder(tmp_path / "prompts")
    assert folder.of_text("Press 1.", "en-US", "v") is None
    kept(tmp_path / "prompts", "Press 1.")
    assert folder.of_text("Press 1.", "en-US", "v") == names("Press 1.")
    folder.path(names("Press 1.")[0]).unlink()
    assert folder.of_text("Press 1.", "en-US", "v") is None


def test_a_folder_that_does_not_change_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = kept(tmp_path, "Press 1.")
    os.utime(tmp_path, ns=(1, 1))  # long ago
    assert folder.names() == set(names("Press 1."))
    monkeypatch.setattr(os, "scandir", lambda _: pytest.fail("it was read again"))
    assert folder.names() == set(names("Press 1."))


def test_what_is_no_prompt_is_not_counted(tmp_path: Path) -> None:
    for name in ("hold.wav", ".0123456789abcdef0123456789abcdef.1.part", "0123456789abcdef0123456789abcdef.mp3"):
        (tmp_path / name).write_bytes(b"x")
    assert PromptFolder(tmp_path).names() == frozenset()


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = kept(tmp_path, "Press 1.")
    assert [each.name for each in tmp_path.iterdir()] == [f"{names('Press 1.')[0]}.wav"]
    (tmp_path / "plain").write_text("x", encoding="utf-8")
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's business
        PromptFolder(tmp_path / "plain").keep(names("Press 1.")[0], b"")
    assert folder.names() == set(names("Press 1."))


def test_missing(tmp_path: Path) -> None:
    statics = [Static("a", "Press 1.", "en-US", "v"), Static("b", "Press 2.", "en-US", "v")]
    assert kept(tmp_path, "Press 1.").missing(statics) == statics[1:]


def test_a_sound_of_the_right_kind() -> None:
    assert seconds_of(wav(8000)) == 0.5


@pytest.mark.parametrize(
    "sound",
    [b"", b"RIFF", b"not a sound", wav(0), wav(rate=8000), wav(width=1), wav(channels=2), wav()[:20]],
    ids=lambda sound: f"{len(sound)}",
)
def test_a_sound_that_would_not_be_played(sound: bytes) -> None:
    with pytest.raises(ValueError, match=r"WAV|Hz|no sound"):
        seconds_of(sound)
