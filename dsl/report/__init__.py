"""How findings look. One file is one format, and the folder is the registry: a module with a ``render`` is a format.

Every format has the same signature, ``render(diagnostics, *, colour=False) -> str``, and ends with a newline unless it
is empty. Formats for machines ignore ``colour``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from dsl.diagnostics import Diagnostic
from dsl.report.explain import explain

__all__ = ["Renderer", "explain", "formats", "render", "summary"]


class Renderer(Protocol):
    """A format."""

    def __call__(self, diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str: ...


@cache
def formats() -> dict[str, Renderer]:
    """Every format by its name."""
    modules = {info.name: importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
    return {name: module.render for name, module in sorted(modules.items()) if hasattr(module, "render")}


def render(diagnostics: Sequence[Diagnostic], format: str = "text", *, colour: bool = False) -> str:
    """The findings in a format. Raises `KeyError` for a name that is not in `formats`."""
    return formats()[format](diagnostics, colour=colour)


def summary(diagnostics: Sequence[Diagnostic]) -> str:
    """``2 errors, 1 warning; 1 can be repaired with --fix``, without a newline; ``no findings`` when there are none."""
    counts = [
        (sum(1 for finding in diagnostics if finding.severity == severity), severity)
        for severity in ("error", "warning")
    ]
    parts = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
    repairable = sum(1 for finding in diagnostics if finding.fix and finding.fix.safety == "safe")
    tail = f"; {repairable} can be repaired with --fix" if repairable else ""
    return (", ".join(parts) or "no findings") + tail
