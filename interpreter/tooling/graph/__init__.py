"""A script as a picture: blocks, and what leads from one to the next. Pictures are made of the text."""

from __future__ import annotations

from collections.abc import Callable

from interpreter.tooling.graph.dot import as_dot
from interpreter.tooling.graph.mermaid import as_mermaid
from interpreter.tooling.graph.model import Graph, graph_of
from interpreter.tooling.graph.svg import as_svg

__all__ = ["FORMATS", "Graph", "as_dot", "as_mermaid", "as_svg", "graph_of"]

FORMATS: dict[str, Callable[[Graph], str]] = {"mermaid": as_mermaid, "dot": as_dot, "svg": as_svg}
"""The text of a picture, by the name of its format."""
