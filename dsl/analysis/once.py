"""What is found out about a program is found out once: many rules ask for the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from dsl.analysis.program import Program

T = TypeVar("T")


def once(make: Callable[[Program], T]) -> Callable[[Program], T]:
    """The same function, with its result kept beside the program that it is about, for as long as that lives.

    Not `functools.cache`: a program compares by its whole tree, so that looking it up would take longer than most
    analyses.
    """
    key = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def kept(program: Program) -> T:
        facts = program.__dict__
        if key not in facts:
            facts[key] = make(program)
        found: T = facts[key]
        return found

    return kept
