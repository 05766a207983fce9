"""``ivr translate``: the texts of a script as a gettext catalogue for translators, and their work back into a script.

A text is its own key, as gettext wants it: when its words change, the translation is missing until somebody has looked
at it. The id of each place where it is heard stands beside it as a comment. Phrases have alternatives; in a catalogue
they are divided by `BETWEEN_PHRASES`.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from dsl import Program, parse
from dsl.analysis.texts import meanings, phrases
from dsl.ast import Prompts
from dsl.bundle import files
from interpreter.prompts.texts import named_texts
from interpreter.tooling.files import CannotRun, read, write

MISSING = frozenset({"IVR703", "IVR705", "IVR708", "IVR709"})
"""Errors about translations: they do not keep a script from its translators."""
BETWEEN_PHRASES = " | "
_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was written where, in words for the person who asked."""

    out: str


def translatable(program: Program) -> dict[str, list[str]]:
    """Every text that needs a translation, as it is written between its quotes, with the ids of its places."""
    found: dict[str, list[str]] = {}
    for name, _, each in named_texts(program):
        if not each.language:
            found.setdefault(program.key_of(each.text), []).append(name)
    for declaration in program.declarations():
        for phrase in phrases(declaration):
            found.setdefault(program.key_of(phrase), []).append(f"{declaration.name.text}.phrase")
        for meaning in meanings(declaration):
            found.setdefault(program.key_of(meaning), []).append(f"{declaration.name.text}.meaning")
    return found


def export(program: Program, language: str) -> str:
    """A catalogue (PO file) with every text, and the translations that the script has already.

    Raises `CannotRun` for a language that no call can be in.
    """
    _check_language(program, language)
    script = Path(program.source.name).name
    catalog = Catalog(
        locale=language.replace("-", "_"),
        header_comment=f"# The texts of {script} in {language}. Lines with #. say where each is heard.\n#",
        fuzzy=False,
    )
    known = program.translations.get(language, {})
    for key, ids in translatable(program).items():
        done = BETWEEN_PHRASES.join(program.key_of(text) for text in known.get(key, ()))
        catalog.add(_unescaped(key), _unescaped(done), auto_comments=ids)
    out = io.BytesIO()
    write_po(out, catalog, width=_WIDTH, omit_header=False)
    return _without_dates(out.getvalue().decode())


def _without_dates(text: str) -> str:
    """The same script gives the same catalogue, whatever the day; and there is no project to fill in."""
    left_out = (
        "Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team"
    )
    return re.sub(rf'(?m)^"({left_out}): .*\\n"\n', "", text)


def _check_language(program: Program, language: str) -> None:
    others = program.languages[1:]
    if language not in others:
        known = f"its other languages are {', '.join(others)}" if others else "add a line `languages` to its flow"
        raise CannotRun(f"no call of {program.source.name} is in `{language}`; {known}")


def import_(program: Program, script: Path, catalogue: Path) -> Outcome:
    """Write what a catalogue translates into a file of its own beside the script, which then uses it.

    Raises `CannotRun` for a catalogue that cannot be read or says no language.
    """
    catalog = _read(catalogue)
    language = str(catalog.locale).replace("_", "-") if catalog.locale else ""
    _check_language(program, language)
    wanted = translatable(program)
    lines, unknown, missing = _lines(catalog, wanted)
    target = _home(program, script, language)
    write(target, f"ivr 1\n\nprompts {language}\n" + "".join(f"    {line}\n" for line in lines))
    told = [f"wrote {len(lines)} translations to {target}"]
    if _add_use(script, target.name):
        told.append(f'added `use "{target.name}"` to {script}')
    told += [f"not in the script any more: {text}" for text in unknown]
    told += [f"not translated: {text}" for text in missing]
    return Outcome("\n".join(told) + "\n")


def _home(program: Program, script: Path, language: str) -> Path:
    """The file that holds the translations of a language and nothing else, or a new one beside the script.

    Raises `CannotRun` when they stand among other things: they would be lost or written twice.
    """
    for part in files(program.source):
        declarations = parse(part).script.declarations
        if not any(isinstance(each, Prompts) and each.name.text == language for each in declarations):
            continue
        if len(declarations) == 1:
            return script.with_name(Path(part.name).name)
        raise CannotRun(f"{part.name} holds `prompts {language}` among other things; move them to a file of their own")
    return script.with_name(f"{script.stem}.{language}.ivr")


def _read(path: Path) -> Catalog:
    source = read(path)
    try:
        return read_po(io.StringIO(source.text), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CannotRun(f"{path} is not a gettext catalogue: {error}") from None


def _lines(catalog: Catalog, wanted: dict[str, list[str]]) -> tuple[list[str], list[str], list[str]]:
    """The lines of ``prompts``, texts that the script does not have, and texts that have no translation."""
    translated: dict[str, str] = {}
    unknown: list[str] = []
    for message in catalog:
        if not message.id or not isinstance(message.id, str) or not isinstance(message.string, str):
            continue
        key = _escaped(message.id)
        if key not in wanted:
            unknown.append(message.id)
        elif message.string and not message.fuzzy:
            translated[key] = message.string
    lines = [f'"{key}" = {_quoted(translated[key], wanted[key])}' for key in wanted if key in translated]
    return lines, unknown, [key for key in wanted if key not in translated]


def _quoted(translation: str, ids: list[str]) -> str:
    """One text, or several where it is a phrase."""
    alternatives = [translation]
    if all(name.endswith(".phrase") for name in ids):
        alternatives = [part.strip() for part in translation.split(BETWEEN_PHRASES.strip()) if part.strip()]
    return ", ".join(f'"{_escaped(each)}"' for each in alternatives)


def _escaped(text: str) -> str:
    """As it is written between quotes. Braces are left alone: in a catalogue, too, they hold values."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\\\\{", "\\{")


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def _add_use(script: Path, name: str) -> bool:
    """Let the script use a file, if it does not yet."""
    text = read(script).text
    line = f'use "{name}"'
    if re.search(rf"^{re.escape(line)}", text, re.M):
        return False
    head = re.match(r"(?:[ \t]*;[^\n]*\n|[ \t]*\n)*ivr[ \t]+[0-9]+[^\n]*\n(?:use[^\n]*\n)*", text)
    at = head.end() if head else 0
    write(script, f"{text[:at]}{line}\n{text[at:]}")
    return True
