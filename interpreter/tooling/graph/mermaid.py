"""The picture as Mermaid text (https://mermaid.js.org/syntax/flowchart.html), which code hosts draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.tooling.graph.model import Arrow, Graph, Node

_SHAPES = {
    "start": ("([", "])"),
    "end": ("([", "])"),
    "give": ("([", "])"),
    "back": ("([", "])"),
    "menu": ("{{", "}}"),
    "collect": ("[/", "/]"),
    "queue": ("[(", ")]"),
    "transfer": (">", "]"),
    "dial": (">", "]"),
}
_PLAIN = ("[", "]")


def as_mermaid(graph: Graph) -> str:
    """A flowchart from top to bottom, sub-flows in boxes."""
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["---", f"title: {_title(graph.title)}", "---", "flowchart TD"]
    lines += (f"    {_node(node, names)}" for node in graph.nodes if not node.group)
    for group in graph.groups:
        lines.append(f'    subgraph flow_{group}["{_text(group)}"]')
        lines += (f"        {_node(node, names)}" for node in graph.nodes if node.group == group)
        lines.append("    end")
    lines += _arrows(graph.arrows, names)
    return "\n".join(lines) + "\n"


def _node(node: Node, names: dict[str, str]) -> str:
    before, after = _SHAPES.get(node.word or node.kind, _PLAIN)
    title = f"{node.word}<br/><b>{_text(node.title)}</b>" if node.word else _text(node.title)
    return f'{names[node.id]}{before}"{title}"{after}'


def _arrows(arrows: tuple[Arrow, ...], names: dict[str, str]) -> Iterator[str]:
    for arrow in arrows:
        line = "-.->" if arrow.quiet else "-->"
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        yield f"    {names[arrow.start]} {line}{label} {names[arrow.end]}"
    red = [str(number) for number, arrow in enumerate(arrows) if arrow.untested]
    if red:
        yield f"    linkStyle {','.join(red)} stroke:#c0392b,color:#c0392b"


def _text(text: str) -> str:
    """Mermaid reads entities in quoted texts, and takes a quote for the end."""
    for plain, safe in (("&", "&amp;"), ('"', "#quot;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(plain, safe)
    return text


def _title(text: str) -> str:
    """A title stands in YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
