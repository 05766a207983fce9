"""Mutations of the scripts in `scripts/`: each line taken out, each destination changed. Does anything notice?

    python tests/mutation/mutate.py [--only NAME] [--jobs 2]

A mutant is killed by the linter (a finding that was not there), by a test, or by a promise. Those that survive are
listed; `SURVIVORS` says why some have to. Exit code 1 when fewer than 95 % are killed, or when one survives that is not
listed there.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dsl import Program, Source, check
from dsl.analysis.told import all_tests
from interpreter.explore import prove
from interpreter.site_bindings import bindings_from
from interpreter.testing import run_test

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
GOAL = 0.95
_DESTINATION = re.compile(r"(->\s*|\bgo to )([a-z_][a-z0-9_]*)\s*$")
_BLOCK = re.compile(
    r"^(?:step|menu|collect|transfer|queue|voicemail|callback|consult|pay|survey|dial) ([a-z_][a-z0-9_]*)", re.M
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one line of a script; ``text`` is the line instead, "" where it is taken out."""

    test: str
    file: str
    line: int
    was: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: `{self.was.strip()}` -> `{self.text.strip() or '(taken out)'}`"


def mutants(test: Path) -> Iterator[Mutant]:
    """Every mutant of the script of a file of tests, and of the files that the script uses."""
    main = test.with_name(test.name.replace("_test", ""))
    used = re.findall(r'^use "([^"]+)"', main.read_text(encoding="utf-8"), re.M)
    for file in (main, *(main.parent / name for name in used)):
        lines = file.read_text(encoding="utf-8").splitlines()
        blocks = _BLOCK.findall("\n".join(lines))
        for number, line in enumerate(lines, 1):
            code = line.split(";")[0].rstrip() if '"' not in line else line.rstrip()
            if not code.strip() or code.startswith(("ivr ", "use ", "flow ")) or code.lstrip().startswith(";"):
                continue
            yield Mutant(str(test), str(file), number, line, "")
            found = _DESTINATION.search(code)
            others = [name for name in blocks if found and name != found.group(2)]
            if found and found.group(2) in blocks and others:
                other = others[(number * 7) % len(others)]
                yield Mutant(str(test), str(file), number, line, code[: found.start(2)] + other)


def fate(mutant: Mutant) -> str:
    """What kills a mutant: ``lint``, ``test``, ``promise``, or nothing (``""``)."""
    test = Path(mutant.test)
    site = test.with_name(test.name.replace("_test.ivr", ".toml"))

    def read(name: str) -> str:
        path = test.parent / name
        text = path.read_text(encoding="utf-8")
        if path != Path(mutant.file):
            return text
        lines = text.splitlines()
        lines[mutant.line - 1 : mutant.line] = [mutant.text] if mutant.text else []
        return "\n".join(lines) + "\n"

    bindings = bindings_from(Source(str(site), site.read_text(encoding="utf-8")))
    checked = check(Source(str(test), test.read_text(encoding="utf-8")), bindings, read)
    if checked.diagnostics or checked.program is None:
        return "lint"
    program: Program = checked.program
    if any(not run_test(program, each).passed for each in all_tests(program)):
        return "test"
    proof = prove(program)
    return "" if proof.holds else "promise"


SURVIVORS: dict[str, str] = {
    "language en-US": "it is what holds without the line",
    "timezone ": "nothing in the script asks for the time, or the flow has the same zone",
    "ring 25s": "it is what holds without the line",
    "first within 5s": "it is what holds without the line",
    "within 15s": "it is what holds without the line",
    "unhold automatically": "it is what holds without the line",
    "voice ": "who speaks is not heard in a transcript",
    "after 2 silences -> machine": "`after 2 tries` leads to the same",
    'after 2 silences "We will keep your appointment."': "`after 2 tries` leads to the same",
    "after 2 silences -> english": "`after 2 tries` leads to the same",
    'no input "Goodbye."': "never heard: the first silence leads on",
    'no input "I did not hear anything."': "never heard: the first silence leads on",
    'holiday "Thank you for calling Contoso."': "that step asks for the hours again and leads to the same notice",
    'closed "Thank you for calling Contoso."': "that step asks for the hours again and leads to the same notice",
    "holiday   -> ": "no call lasts from an open office into a holiday",
    "emergency -> ": "a switch counts from the next call on, so it cannot change during this one",
    "This call may be recorded.": "said before any language is chosen",
    "saturday 09:00 to 14:00": "only the promise of a call asks for these hours, and it is not simulated",
    "holidays of US": "only the promise of a call asks for these hours, and it is not simulated",
    'when caller.number is ""': "a look-up by no number finds nothing, which leads to the same",
    "press 2 -> card": "one declined card is counted more, which nobody notices before the third",
}
"""Mutants that have to survive, by what their line says, with the reason."""


def main() -> int:
    """Make all of them, and say what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a script's name")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    tests = [path for path in sorted(SCRIPTS.rglob("*_test.ivr")) if given.only in path.name]
    every = [mutant for test in tests for mutant in mutants(test)]
    with ProcessPoolExecutor(given.jobs) as pool:
        fates = list(pool.map(fate, every, chunksize=8))
    count = Counter(fates)
    alive = [mutant for mutant, killer in zip(every, fates, strict=True) if not killer]
    unknown = []
    for mutant in alive:
        reason = next((why for line, why in SURVIVORS.items() if line in mutant.was), "")
        print(f"survives: {mutant}{f'  ({reason})' if reason else ''}")
        unknown += [] if reason else [mutant]
    share = 1 - len(alive) / max(1, len(every))
    killers = ", ".join(f"{count[name]} by {name}" for name in ("lint", "test", "promise"))
    print(f"{len(every)} mutants of {len(tests)} scripts: {share:.1%} killed ({killers}), {len(alive)} survive")
    return int(share < GOAL or bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
