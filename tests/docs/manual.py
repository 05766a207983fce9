"""The manual as data: its fenced blocks, the frame around fragments, and a terminal for its consoles.

The word behind the three backticks says what a block is, and so how it is tested:

    ivr [NAME.ivr]              a whole script: canonical layout, no finding at all
    ivr fragment                some declarations, completed by `framed`: the same
    ivr part NAME.ivr           one of several files: canonical layout; the page's consoles lint it
    ivr wrong CODE [NAME.ivr]   a script or a fragment with exactly this finding
    plan [OPTIONS]              what the caller of the script above does; options are those of `ivr call`
    transcript                  what comes of the plan above
    toml [wrong] [NAME.toml]    a whole site file: loads, or does not
    console                     `$ command` and what it prints; `> text` is typed; a line `[...]` stands for any lines

A block with a file name lies in the folder in which the page's consoles run, beside the sample scripts.
Other words (`sh`, `json`, `text`) are not tested.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dsl import Source, parse
from dsl.analysis.program import Program
from dsl.ast import Block as ScriptBlock
from dsl.ast import GoTo

DOCS = Path(__file__).resolve().parents[2] / "docs"
_FENCE = re.compile(r"^```(\S*)[ \t]*(.*)$")
_HEAD = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

"""
_STUB = """
step {name}
    say "This is {words}."
    finish done
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. ``line`` is the one of its first line of text, from 1."""

    page: Path
    line: int
    kind: str
    info: tuple[str, ...]
    text: str

    @property
    def file(self) -> str | None:
        """The name under which the page's consoles find it."""
        return next((word for word in self.info if word.endswith((".ivr", ".toml", ".plan"))), None)

    def __str__(self) -> str:
        return f"{name_of(self.page)}:{self.line}"


def name_of(page: Path) -> str:
    """As a reader would name it: ``README.md``, ``language/queue.md``."""
    return page.relative_to(DOCS).as_posix() if DOCS in page.parents else page.name


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order. Raises `AssertionError` for one that never ends."""
    opened: tuple[int, str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None and fence is not None:
            opened, lines = (number + 1, fence[1], fence[2]), []
        elif opened is not None and line == "```":
            yield Block(page, opened[0], opened[1], _words(opened[2]), "".join(f"{each}\n" for each in lines))
            opened = None
        elif opened is not None:
            lines.append(line)
    assert opened is None, f"{page.name}:{opened and opened[0]}: the block never ends"


def _words(info: str) -> tuple[str, ...]:
    return tuple(shlex.split(info))


def framed(fragment: str) -> str:
    """A whole script around some declarations: a flow that takes calls before them where they have none, and behind
    those of each flow one speaking step for every name that they go to and do not declare."""
    head = "ivr 1\n" if re.search(r"^flow\b(?!.*\bgives\b)", fragment, re.M) else _HEAD
    main, *flows = re.split(r"(?m)^(?=flow\b.*\bgives\b)", f"{head}{fragment}")
    text = "".join((main, *flows))
    program = Program(Source("fragment.ivr", text), parse(Source("fragment.ivr", text)).script)
    first = _missing(program, main_flow=True) or ([] if program.blocks else ["start"])
    others = [name for name in _missing(program, main_flow=False) if name not in first]
    if not flows:
        return main + _stubs(first + others)
    return main.rstrip("\n") + "\n" + _stubs(first) + "\n" + "".join(flows) + _stubs(others)


def _missing(program: Program, main_flow: bool) -> list[str]:
    """The names that the blocks of the main flow, or of the others, go to and nobody declares."""
    main = program.flow
    wanted: dict[str, None] = {}
    for block in program.blocks.values():
        if (program.owner(block) is main) == main_flow:
            wanted.update(dict.fromkeys(_destinations(program, block)))
    if main is not None and main_flow:
        for handler in (main.on_error, main.on_hangup, *(key.destination for key in main.keys)):
            if isinstance(handler, GoTo):
                wanted[handler.target.text] = None
    return [name for name in wanted if name not in program.blocks]


def _destinations(program: Program, block: ScriptBlock) -> Iterator[str]:
    for edge in program.edges(block):
        if isinstance(edge.destination, GoTo):
            yield edge.destination.target.text


def _stubs(names: list[str]) -> str:
    return "".join(_STUB.format(name=name, words=name.replace("_", " ")) for name in names)


def script_of(block: Block) -> str:
    """The whole script of an `ivr` block."""
    whole = re.search(r"^ivr 1$", block.text, re.M) is not None
    assert not (whole and "fragment" in block.info), f"{block}: a whole script is no fragment"
    return block.text if whole else framed(block.text)
