"""The parts of a contact center that scripts can name and this version does not run."""

from __future__ import annotations

from collections.abc import Mapping

from dsl import Program
from dsl.ast import (
    Block,
    Dial,
)
from interpreter.protocol import Request, Verb

MISSING_PARTS: Mapping[Verb, str] = {
    "dial": "outbound calls",
}


_BLOCKS: Mapping[type[Block], Verb] = {
    Dial: "dial",
}


def missing_parts(program: Program) -> tuple[str, ...]:
    """What a script asks for and this version does not do on a real line, each once."""
    verbs: dict[Verb, None] = {}
    for block in program.blocks.values():
        if type(block) in _BLOCKS:
            verbs[_BLOCKS[type(block)]] = None
    return tuple(MISSING_PARTS[verb] for verb in verbs)


def why_missing(request: Request) -> str:
    """The refusal of a request, for a log: what is missing, and who asked."""
    asked = f"{request.verb} {request.name}".strip()
    return f"this version has no {MISSING_PARTS[request.verb]}: `{asked}` cannot be done"
