"""The picture as a graph for Graphviz (https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from interpreter.tooling.graph.model import Graph, Node

_SHAPES = {"start": "oval", "end": "oval", "give": "oval", "back": "oval", "menu": "hexagon", "queue": "cylinder"}


def as_dot(graph: Graph) -> str:
    """A directed graph from top to bottom, sub-flows as clusters."""
    lines = [
        f"digraph {_quoted(graph.title)} {{",
        f"    label={_quoted(graph.title)}; labelloc=t; rankdir=TB;",
        '    node [shape=box, fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];',
    ]
    lines += (f"    {_node(node)}" for node in graph.nodes if not node.group)
    for group in graph.groups:
        lines.append(f"    subgraph {_quoted('cluster_' + group)} {{ label={_quoted(group)};")
        lines += (f"        {_node(node)}" for node in graph.nodes if node.group == group)
        lines.append("    }")
    for arrow in graph.arrows:
        style = ", style=dashed" if arrow.quiet else ""
        style += ', color="#c0392b", fontcolor="#c0392b"' if arrow.untested else ""
        lines.append(f"    {_quoted(arrow.start)} -> {_quoted(arrow.end)} [label={_quoted(arrow.label)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _node(node: Node) -> str:
    title = f"{node.word}\n{node.title}" if node.word else node.title
    return f"{_quoted(node.id)} [label={_quoted(title)}, shape={_SHAPES.get(node.word or node.kind, 'box')}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
