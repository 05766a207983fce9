"""``ivr prompts render``: the texts of a site's scripts that never change, as files that calls play."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dsl.spell import listed
from interpreter.azure.sdk import NoSpeechSdk
from interpreter.azure.synthesis import CannotRender, SpeechRenderer
from interpreter.prompts.files import PromptFolder, name_of_static
from interpreter.prompts.texts import Static, static_texts
from interpreter.prompts.wav import seconds_of
from interpreter.site import Site, SiteError
from interpreter.site_model import UNRESOLVED
from interpreter.site_speech import Speech
from interpreter.tooling.call import load_program
from interpreter.tooling.files import CannotRun

SHOWN = 60
"""Characters of a text in a line about it."""


class Renderer(Protocol):
    """Makes sounds of texts."""

    def render(self, static: Static) -> bytes:
        """A WAV file of the telephone service's format. Raises `CannotRender`."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is printed at the end, and the exit code: 1 when a prompt could not be rendered."""

    out: str
    err: str
    code: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """``statics`` by the names of their files, and how many texts of the scripts have values."""

    statics: dict[str, Static]
    changing: int


def render(
    path: Path,
    colour: bool,
    tell: Callable[[str], None],
    *,
    dry_run: bool = False,
    prune: bool = False,
    renderer: Callable[[Speech], Renderer] = SpeechRenderer,
) -> Outcome:
    """Render what has no file yet; ``tell`` gets a line for each. What is rendered is kept whatever comes after it.

    Raises `CannotRun`, and `ScriptHasErrors` for a script that takes no calls.
    """
    site = _site(path)
    folder_path = site.prompts_path()
    if folder_path is None:
        raise CannotRun(f'{path} does not say where files of prompts lie; add `[prompts]` with `folder = "prompts"`')
    folder = PromptFolder(folder_path)
    wanted = _wanted(site, path, colour)
    missing = {name: static for name, static in wanted.statics.items() if name not in folder.names()}
    failures: list[str] = []
    seconds, done = 0.0, 0
    if dry_run:
        for static in missing.values():
            tell(_line(static, "has no file"))
    elif missing:
        for static, came in _rendered(missing, folder, _renderer(site, path, renderer)):
            seconds, done = seconds + (came if isinstance(came, float) else 0.0), done + isinstance(came, float)
            tell(_line(static, f"{came:.1f} s" if isinstance(came, float) else f"not rendered: {came}"))
            failures += [came] if isinstance(came, str) else []
    left = len(missing) - done
    unused = sorted(folder.names() - wanted.statics.keys())
    if prune and not dry_run:
        for name in unused:
            folder.path(name).unlink(missing_ok=True)
    out = _summary(len(wanted.statics), done, seconds, left, wanted.changing)
    if unused:
        files = "1 file that no script says" if len(unused) == 1 else f"{len(unused)} files that no script says"
        out += f"{files}: {'deleted' if prune and not dry_run else '`--prune` deletes what is not needed'}\n"
    err = f"ivr: {failures[-1]}\n" if failures else ""
    return Outcome(out, err, 1 if failures else 0)


def _site(path: Path) -> Site:
    try:
        return Site.load(path, need_secrets=False)
    except SiteError as error:
        raise CannotRun(str(error)) from None


def _renderer(site: Site, path: Path, make: Callable[[Speech], Renderer]) -> Renderer:
    speech = site.settings.speech
    if speech.key is None:
        raise CannotRun(
            f"{path} does not say what renders prompts; "
            'add `[speech]` with `key = { env = "IVR_SPEECH_KEY" }` and `region = "westeurope"`'
        )
    if speech.key.get_secret_value() == UNRESOLVED:
        raise CannotRun(f"the key of [speech] in {path} is not there: set the variable, or the file, that it names")
    try:
        return make(speech)
    except NoSpeechSdk as error:
        raise CannotRun(str(error)) from None


def _wanted(site: Site, path: Path, colour: bool) -> Wanted:
    scripts = sorted(set(site.scripts().values()))
    if not scripts:
        raise CannotRun(f"{path} has no [lines], and so no scripts whose prompts could be rendered")
    statics: dict[str, Static] = {}
    changing, silent = 0, dict[str, str]()
    for script in scripts:
        found, others = static_texts(load_program(script, path, colour))
        changing += len(others)
        statics |= {name_of_static(static): static for static in found}
        silent |= {each.language: script.name for each in found if not each.voice and not each.ssml}
    if silent:
        # Some voice would do for one text; but others, with values in them, are spoken by the service, and the caller
        # would hear two people.
        lines = listed([f'voice {language} "…"' for language in sorted(silent)], "and")
        raise CannotRun(f"a file needs a voice; add {lines} to the flow of {' and '.join(sorted({*silent.values()}))}")
    return Wanted(statics, changing)


def _rendered(
    missing: dict[str, Static], folder: PromptFolder, renderer: Renderer
) -> Iterable[tuple[Static, float | str]]:
    """Each text with its seconds, or with why it could not be rendered; no more after a failure that holds for all."""
    for name, static in missing.items():
        try:
            sound = renderer.render(static)
            seconds = seconds_of(sound)
            folder.keep(name, sound)
            yield static, seconds
        except ValueError as error:
            yield static, f"what was rendered cannot be played: {error}"
        except OSError as error:
            raise CannotRun(f"{folder.path(name)} cannot be written: {error.strerror}") from None
        except CannotRender as error:
            yield static, str(error)
            if error.for_all:
                return


def _line(static: Static, what: str) -> str:
    text = " ".join(static.text.split())
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return f"{static.id} ({static.language or 'markup'}): {what}: {shown}"


def _summary(texts: int, done: int, seconds: float, left: int, changing: int) -> str:
    there = texts - done - left
    parts = [f"{there} there already"] if there else []
    parts += [f"{done} rendered ({seconds:.1f} s)"] if done else []
    parts += [f"{left} without a file"] if left else []
    prompts = f"{texts} prompt{'s' if texts != 1 else ''}: {', '.join(parts) or 'nothing to do'}\n"
    if not changing:
        return prompts
    return prompts + f"{changing} text{'s' if changing != 1 else ''} with a value: spoken in the call\n"
