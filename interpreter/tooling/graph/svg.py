"""The picture as SVG, drawn here: layers from top to bottom as the call goes, places found by igraph."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import pairwise

from interpreter.tooling.graph.model import Arrow, Graph, Node

WIDTH, HEIGHT = 170, 46
"""Pixels of a node."""
ACROSS, DOWN = 200, 120
"""Pixels from one node to the next, across and down."""
MARGIN = 40
LONGEST_TITLE = 22
"""Characters that fit into a node."""
LABELS_AT = (0.25, 0.45, 0.65, 0.85)
"""Where on its first stretch the label of a node's first, second, … arrow stands: so they do not cover each other."""

_Point = tuple[float, float]

_FILLS = {
    "start": "#e8e8e8",
    "end": "#e8e8e8",
    "give": "#e8e8e8",
    "back": "#e8e8e8",
    "menu": "#dbe9ff",
    "collect": "#dbe9ff",
    "survey": "#dbe9ff",
    "transfer": "#ffe9cc",
    "queue": "#ffe9cc",
    "consult": "#ffe9cc",
    "dial": "#ffe9cc",
    "callback": "#ffe9cc",
    "voicemail": "#e3f5e1",
    "pay": "#f5e1f3",
}
_STYLE = (
    "text{font:12px sans-serif;fill:#222;text-anchor:middle}.word{font-size:10px;fill:#666}"
    ".cause{font-size:10px;fill:#444;paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".title{font:bold 15px sans-serif;text-anchor:start}rect{stroke:#555}"
    "path{fill:none;stroke:#777}.quiet{stroke-dasharray:4 3;stroke:#aaa}"
    ".untested{stroke:#c0392b;stroke-width:2}text.untested{fill:#c0392b;stroke-width:3;stroke:#fff}"
)


class NeedsIgraph(Exception):  # noqa: N818 - says what is missing
    """The package that finds the places of the nodes is not installed."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the nodes stand (their middle), and the points that each arrow passes, in pixels."""

    nodes: tuple[_Point, ...]
    bends: tuple[tuple[_Point, ...], ...]


def as_svg(graph: Graph) -> str:
    """A standalone SVG document. Raises `NeedsIgraph`."""
    layout = _place(graph)
    number = {node.id: at for at, node in enumerate(graph.nodes)}
    everywhere = [*layout.nodes, *(point for bends in layout.bends for point in bends)]
    right = max((x for x, _ in everywhere), default=0.0) + WIDTH / 2 + 2 * MARGIN
    bottom = max((y for _, y in everywhere), default=0.0) + HEIGHT / 2 + MARGIN
    title = html.escape(graph.title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:.0f} {bottom:.0f}" '
        f'width="{right:.0f}" height="{bottom:.0f}" role="img" aria-label="{title}">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8Z" style="fill:#777;stroke:none"/></marker></defs>',
        f'<text class="title" x="{MARGIN}" y="26">{title}</text>',
    ]
    causes: list[str] = []
    drawn: dict[str, int] = {}
    for arrow, bends in zip(graph.arrows, layout.bends, strict=True):
        start, end = layout.nodes[number[arrow.start]], layout.nodes[number[arrow.end]]
        drawn[arrow.start] = drawn.get(arrow.start, -1) + 1
        line, cause = _arrow(arrow, start, end, bends, LABELS_AT[drawn[arrow.start] % len(LABELS_AT)])
        parts.append(line)
        causes.append(cause)
    parts += (_node(node, *layout.nodes[at]) for at, node in enumerate(graph.nodes))
    return "\n".join([*parts, *(cause for cause in causes if cause), "</svg>"]) + "\n"


def _place(graph: Graph) -> _Layout:
    try:
        import igraph
    except ImportError:
        raise NeedsIgraph from None
    number = {node.id: at for at, node in enumerate(graph.nodes)}
    pairs = [(number[arrow.start], number[arrow.end]) for arrow in graph.arrows]
    layers = _layers(len(graph.nodes), [pair for pair in pairs if pair[0] != pair[1]])
    chains = [_chain(pair, layers) for pair in pairs]  # makes the layers of the points between, too
    steps = [step for chain in chains for step in pairwise(chain)]
    found = igraph.Graph(n=len(layers), edges=steps, directed=True)
    placed = found.layout_sugiyama(layers=layers, hgap=1, vgap=1)
    columns = [float(x) for x, _ in placed.coords]
    left = min(columns, default=0.0)

    def pixel(at: int) -> _Point:
        return MARGIN + WIDTH / 2 + (columns[at] - left) * ACROSS, 2 * MARGIN + HEIGHT / 2 + layers[at] * DOWN

    return _Layout(
        tuple(pixel(at) for at in range(len(graph.nodes))),
        tuple(tuple(pixel(at) for at in chain[1:-1]) for chain in chains),
    )


def _chain(pair: tuple[int, int], layers: list[int]) -> list[int]:
    """The points that an arrow passes: one in each layer between, so that it keeps clear of the nodes there. An arrow
    that goes back or stays in its layer is drawn around them and has no part in finding the places."""
    start, end = pair
    if layers[end] <= layers[start]:
        return []
    chain = [start]
    for layer in range(layers[start] + 1, layers[end]):
        layers.append(layer)
        chain.append(len(layers) - 1)
    return [*chain, end]


def _layers(count: int, pairs: list[tuple[int, int]]) -> list[int]:
    """How many steps from a beginning each node is, the longest way that does not go back: the picture reads as the
    call goes, and ends stand below."""
    after: dict[int, list[int]] = {}
    for start, end in pairs:
        after.setdefault(start, []).append(end)
    layers = [0] * count
    order = _forward(count, after)
    place = {node: at for at, node in enumerate(order)}
    for node in order:
        for end in after.get(node, ()):
            if place[end] > place[node]:
                layers[end] = max(layers[end], layers[node] + 1)
    return layers


def _forward(count: int, after: dict[int, list[int]]) -> list[int]:
    """The nodes so that arrows go forward, except those that close a circle (depth first, the last one done first)."""
    done: list[int] = []
    seen: set[int] = set()
    for root in range(count):
        stack = [(root, iter(after.get(root, ())))] if root not in seen else []
        seen.add(root)
        while stack:
            node, ends = stack[-1]
            fresh = next((end for end in ends if end not in seen), None)
            if fresh is None:
                done.append(node)
                stack.pop()
            else:
                seen.add(fresh)
                stack.append((fresh, iter(after.get(fresh, ()))))
    return done[::-1]


def _node(node: Node, x: float, y: float) -> str:
    left, top = x - WIDTH / 2, y - HEIGHT / 2
    round_ = HEIGHT / 2 if not node.word else 10 if node.word in ("menu", "collect") else 3
    title = node.title if len(node.title) <= LONGEST_TITLE else f"{node.title[: LONGEST_TITLE - 1]}…"
    word = f'<text class="word" x="{x:.0f}" y="{y - 6:.0f}">{_words(node)}</text>' if node.word else ""
    return (
        f"<g><title>{html.escape(f'{node.word} {node.title}'.strip())}</title>"
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="{round_:.0f}" '
        f'fill="{_FILLS.get(node.word or node.kind, "#fff")}"/>{word}'
        f'<text x="{x:.0f}" y="{y + (10 if node.word else 4):.0f}">{html.escape(title)}</text></g>'
    )


def _words(node: Node) -> str:
    return html.escape(f"{node.word} of {node.group}" if node.group else node.word)


def _arrow(arrow: Arrow, start: _Point, end: _Point, bends: tuple[_Point, ...], label_at: float) -> tuple[str, str]:
    """The line and its label."""
    if end[1] > start[1]:
        curve, (x, y) = _down(start, end, bends, label_at)
    else:
        curve, (x, y) = _around(start, end)
    classes = " ".join(word for word, holds in (("quiet", arrow.quiet), ("untested", arrow.untested)) if holds)
    kind = f' class="{classes}"' if classes else ""
    cause = "cause untested" if arrow.untested else "cause"
    label = f'<text class="{cause}" x="{x:.0f}" y="{y:.0f}">{html.escape(arrow.label)}</text>' if arrow.label else ""
    return f'<path d="{curve}"{kind} marker-end="url(#tip)"/>', label


def _down(start: _Point, end: _Point, bends: tuple[_Point, ...], label_at: float) -> tuple[str, _Point]:
    """From below a node to above another, each stretch a curve that leaves and comes vertically."""
    points = [(start[0], start[1] + HEIGHT / 2), *bends, (end[0], end[1] - HEIGHT / 2)]
    curve = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (to_y - y) / 2
        curve += f" C{x:.0f} {y + half:.0f} {to_x:.0f} {to_y - half:.0f} {to_x:.0f} {to_y:.0f}"
    (x, y), (to_x, to_y) = points[0], points[1]
    return curve, (x + (to_x - x) * _eased(label_at), y + (to_y - y) * label_at + 3)


def _eased(at: float) -> float:
    """How far across the curve of `_down` is when it is ``at`` of the way down."""
    return at * at * (3 - 2 * at)


def _around(start: _Point, end: _Point) -> tuple[str, _Point]:
    """Back to a node above, in the same layer, or to itself: out at the side and in at the side."""
    side = WIDTH / 2 if end[0] >= start[0] else -WIDTH / 2
    away = 26 if start == end else 44
    x, y = start[0] + side, start[1] + (10 if start == end else 0)
    to_x, to_y = end[0] + (side if start == end or end[1] < start[1] else -side), end[1] - (10 if start == end else 0)
    out = x + (away if side > 0 else -away)
    back = to_x + (away if to_x > end[0] else -away)
    curve = f"M{x:.0f} {y:.0f} C{out:.0f} {y:.0f} {back:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"
    return curve, (x + (out - x) * 0.8, y - 4 if start != end else start[1] - 14)
