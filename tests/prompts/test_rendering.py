"""`ivr prompts render`: what is rendered, what is not rendered again, and what is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_prompt_files import AVA, SCRIPT, wav

from interpreter.azure.synthesis import CannotRender
from interpreter.prompts.texts import Static
from interpreter.site_speech import Speech
from interpreter.tooling.call import ScriptHasErrors
from interpreter.tooling.files import CannotRun
from interpreter.tooling.rendering import Outcome, render

ROOT = Path(__file__).resolve().parents[2]
SITE = """\
[speech]
key = "key-of-a-test"
region = "westeurope"

[prompts]
folder = "prompts"

[lines]
"+18005550100" = "main.ivr"

[numbers]
desk = "+14255550100"
"""
TEXTS = 10
"""Texts of the script without a value, each in its languages."""


class Sounds:
    """A renderer that writes silence, as long as the text, and fails where it is told to."""

    def __init__(self, fails: Callable[[Static], CannotRender | None] = lambda _: None, sound: bytes = b"") -> None:
        self.fails, self.sound = fails, sound
        self.asked: list[Static] = []
        self.speech: Speech | None = None

    def __call__(self, speech: Speech) -> Sounds:
        self.speech = speech
        return self

    def render(self, static: Static) -> bytes:
        self.asked.append(static)
        if (failure := self.fails(static)) is not None:
            raise failure
        return self.sound or wav(1600 * len(static.text.split()))


def files(folder: Path) -> set[str]:
    return {each.name for each in (folder / "prompts").glob("*")}


def project(folder: Path, script: str = SCRIPT, site: str = SITE) -> Path:
    (folder / "main.ivr").write_text(script, encoding="utf-8")
    (folder / "site.toml").write_text(site, encoding="utf-8")
    return folder / "site.toml"


def run(site: Path, sounds: Sounds, **options: bool) -> tuple[Outcome, list[str]]:
    told: list[str] = []
    return render(site, False, told.append, renderer=sounds, **options), told


def test_every_text_without_a_value_becomes_a_file_once(tmp_path: Path) -> None:
    site, sounds = project(tmp_path), Sounds()
    outcome, told = run(site, sounds)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{TEXTS} prompts: {TEXTS} rendered (")
    assert outcome.out.endswith("1 text with a value: spoken in the call\n")
    assert len(files(tmp_path)) == len(sounds.asked) == len(told) == TEXTS
    assert "welcome.say (es-US): 0.1 s: Bienvenido." in told
    assert sounds.speech is not None
    assert sounds.speech.region == "westeurope"
    again = Sounds()
    outcome, told = run(site, again)
    assert (again.asked, again.speech, told) == ([], None, [])
    assert outcome.out.startswith(f"{TEXTS} prompts: {TEXTS} there already\n")


def test_a_changed_text_renders_that_text_alone(tmp_path: Path) -> None:
    run(project(tmp_path), Sounds())
    before, sounds = files(tmp_path), Sounds()
    site = project(tmp_path, SCRIPT.replace('"Goodbye."', '"Good night."'))
    outcome, _ = run(site, sounds)
    assert [(each.id, each.text, each.language) for each in sounds.asked] == [("sorry.say", "Good night.", "en-US")]
    assert before < files(tmp_path)
    assert "1 file that no script says: `--prune` deletes what is not needed" in outcome.out
    outcome, _ = run(site, Sounds(), prune=True)
    assert "1 file that no script says: deleted" in outcome.out
    assert len(files(tmp_path)) == TEXTS


def test_a_changed_voice_renders_its_language_anew(tmp_path: Path) -> None:
    run(project(tmp_path), Sounds())
    sounds = Sounds()
    run(project(tmp_path, SCRIPT.replace(AVA, "en-US-AndrewMultilingualNeural")), sounds)
    assert {(each.language, each.voice) for each in sounds.asked} == {("en-US", "en-US-AndrewMultilingualNeural")}


def test_a_dry_run_changes_nothing_and_needs_no_key(tmp_path: Path) -> None:
    site = project(tmp_path, site=SITE.replace('key = "key-of-a-test"\nregion = "westeurope"\n', ""))
    sounds = Sounds()
    outcome, told = run(site, sounds, dry_run=True, prune=True)
    assert outcome.out.startswith(f"{TEXTS} prompts: {TEXTS} without a file\n")
    assert "sorry.say (en-US): has no file: Goodbye." in told
    assert (sounds.asked, files(tmp_path)) == ([], set())


def test_a_text_that_fails_does_not_keep_the_others(tmp_path: Path) -> None:
    sounds = Sounds(lambda each: CannotRender("no such voice", for_all=False) if each.language == "es-US" else None)
    outcome, told = run(project(tmp_path), sounds)
    assert (outcome.code, outcome.err) == (1, "ivr: no such voice\n")
    assert outcome.out.startswith(f"{TEXTS} prompts: {TEXTS - 3} rendered")
    assert "welcome.say (es-US): not rendered: no such voice: Bienvenido." in told
    assert len(files(tmp_path)) == TEXTS - 3


def test_a_failure_that_holds_for_all_ends_it_and_what_was_rendered_is_kept(tmp_path: Path) -> None:
    made: list[Static] = []

    def fails(each: Static) -> CannotRender | None:
        made.append(each)
        return CannotRender("enough for now", for_all=True) if len(made) > 2 else None

    outcome, told = run(project(tmp_path), Sounds(fails))
    assert (outcome.code, len(told), len(files(tmp_path))) == (1, 3, 2)
    assert outcome.out.startswith(f"{TEXTS} prompts: 2 rendered (")
    assert f"{TEXTS - 2} without a file" in outcome.out


def test_a_sound_that_would_not_be_played_is_not_kept(tmp_path: Path) -> None:
    outcome, told = run(project(tmp_path), Sounds(sound=wav(rate=8000)))
    assert (outcome.code, files(tmp_path)) == (1, set())
    assert "what was rendered cannot be played: it has 8000 Hz" in told[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (('[prompts]\nfolder = "prompts"\n', ""), "does not say where files of prompts lie"),
        (('key = "key-of-a-test"\nregion = "westeurope"\n', ""), "does not say what renders prompts"),
        (('"key-of-a-test"', '{ env = "IVR_NO_SUCH_KEY" }'), "the key of [speech] in"),
        (('[lines]\n"+18005550100" = "main.ivr"\n', ""), "has no [lines]"),
        (('region = "westeurope"', 'region = "West Europe"'), "speech.region"),
        (('region = "westeurope"\n', ""), "a key needs a region"),
        (('folder = "prompts"', 'url = "https://prompts.contoso.com"'), "url goes with folder"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, change: tuple[str, str], why: str) -> None:
    with pytest.raises(CannotRun) as raised:
        run(project(tmp_path, site=SITE.replace(*change)), Sounds())
    assert why in str(raised.value)


def test_a_language_without_a_voice_is_refused(tmp_path: Path) -> None:
    """The texts with values would be heard in another voice."""
    script = SCRIPT.replace(f'    voice en-US "{AVA}"\n', "")
    with pytest.raises(CannotRun, match=r'a file needs a voice; add `voice en-US "…"` to the flow of main\.ivr'):
        run(project(tmp_path, script), Sounds())


def test_a_script_with_errors_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScriptHasErrors):
        run(project(tmp_path, SCRIPT.replace("-> finish handled", "-> nowhere")), Sounds())


def test_without_the_sdk_the_command_says_what_to_install(tmp_path: Path) -> None:
    """On this machine it may be there: so it is hidden."""
    code = "import sys; sys.modules['azure.cognitiveservices.speech'] = None; from cli import main; main()"
    command = [sys.executable, "-c", code, "prompts", "render", str(project(tmp_path))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == "ivr: the Speech SDK is not installed; `pip install 'ivr[speech]'` does that\n"


def test_the_table_is_what_the_command_shows_without_a_word(tmp_path: Path) -> None:
    project(tmp_path)
    said = []
    for words in (["prompts"], ["prompts", "table"]):
        command = [sys.executable, "-m", "cli", *words, str(tmp_path / "main.ivr"), "--format", "csv"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
        said.append(done.stdout)
    assert said[0] == said[1]
    assert "welcome.say,welcome,say,caller,en-US,Welcome." in said[0]
