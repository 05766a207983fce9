"""Exploring: the production machine, from every beginning of a call, through everything that can happen.

States are explored, not paths: two calls in the same state have the same future, so each is looked at once. Where the
script asks for the time, every time that it can tell apart is tried: an office may close while somebody waits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from dsl import Program
from dsl.analysis.given import CALLEE
from interpreter.explore.abstraction import Abstraction
from interpreter.explore.graph import ANY, Edge, Graph, Node, covered
from interpreter.explore.liveness import asks_time
from interpreter.explore.moves import Awaited, Move, Moves
from interpreter.explore.silence import dead_air
from interpreter.explore.starts import starts
from interpreter.explore.states import States
from interpreter.machine import Step as Moved
from interpreter.machine import begin, step
from interpreter.machine.ends import MOST_ERRORS
from interpreter.protocol import (
    CallOffered,
    CallStarted,
    Event,
    Finished,
    Play,
    PlayAudio,
    Recognize,
    Request,
    SayText,
    Transfer,
)
from interpreter.simulate import prompt_seconds

LINE = "+18005550100"
MOST_STATES = 200_000
"""States after which exploring gives up; the proof then says how far it came."""

Watch = Callable[[Node, Move, Moved, Node], None]
"""What looks at every edge while it is found: the state before, what happens, the machine's answer, the state after."""


@dataclass
class Explorer:
    """One exploration of a program."""

    program: Program
    most: int = MOST_STATES
    watch: Watch | None = None
    _known: dict[Hashable, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.starts = starts(self.program)
        self.abstraction = Abstraction(self.program, self.starts.today)
        self.moves = Moves(self.program, self.abstraction)
        self.states = States(self.program, self.abstraction)
        self.timely = _timely(self.program)
        notes = [*self.starts.notes]
        self.graph = Graph(self.starts.found, self.starts.moments, [], [], 0, True, notes)

    def run(self) -> Graph:
        """Explore until nothing is new, or too much is."""
        graph = self.graph
        for number, start in enumerate(graph.starts):
            call = begin("explored")
            callee = str(dict(start.arguments).get(CALLEE, ""))
            event: Event = CallOffered(
                start.at, start.caller, LINE, start.switches, attached=start.arguments, callee=callee
            )
            if self.program.flow is not None and self.program.flow.outbound:
                event = CallStarted(start.at, start.arguments, start.switches)
            moved = step(self.program, call, event)
            graph.roots.append(self._node(moved, None, number, 0))
        for node in graph.nodes:
            if len(graph.nodes) > self.most:
                graph.complete = False
                graph.notes.append(f"exploring was given up after {self.most} states")
                break
            if node.end is None:
                self._explore(node)
        graph.notes += [*self.abstraction.bounds(), *self.abstraction.notes]
        if self.program.keeps_type_ahead:
            graph.notes.append("keys: at most one is typed ahead")
        graph.notes.append(f"failures of the telephone service: at most {MOST_ERRORS} in a call")
        return graph

    def _explore(self, node: Node) -> None:
        moments = self.starts.moments
        for move, event in self.moves.of(node.call, node.awaited, moments[node.moment].at):
            moved = step(self.program, node.call, event)
            if len(moments) == 1 or not self._asks_time(moved):
                self._add(node, move, event, moved, ANY)
                continue
            for number, moment in enumerate(moments):
                then = dataclasses.replace(event, at=moment.at)
                self._add(node, move, event, step(self.program, node.call, then), number)

    def _asks_time(self, moved: Moved) -> bool:
        return any(each.kind == "entered" and each.detail in self.timely for each in moved.trace)

    def _add(self, source: Node, move: Move, event: Event, moved: Moved, moment: int) -> None:
        if not moved.effects and moved.call == source.call:
            return  # it changes nothing
        target = self._node(moved, source, source.start, source.moment if moment == ANY else moment)
        prompts, seconds = heard(moved)
        covers = covered(moved.trace)
        for each in covers:
            self.graph.blocks.setdefault(each, source.call.block or target.call.block)
        sayable = move.sayable and (move.who != "host" or bool(move.line))
        if target is source and not covers and not prompts:
            return
        silence = dead_air(self.program, source, event)
        entered = tuple(each.detail for each in moved.trace if each.kind == "entered")
        seconds += move.seconds
        source.out.append(Edge(source, target, move, prompts, seconds, silence, covers, entered, sayable, moment))
        self.graph.edges += 1
        if self.watch is not None:
            self.watch(source, move, moved, target)

    def _node(self, moved: Moved, source: Node | None, start: int, moment: int) -> Node:
        """The state after a step; a new one where it is not known yet."""
        call = moved.call
        key = self.states.key(call, self.graph.starts[start], moment)
        known = self._known.get(key)
        if known is not None:
            return known
        node = Node(len(self.graph.nodes), call, _awaited(moved, source), start, moment)
        if call.finished:
            node.end = next(each for each in moved.effects if isinstance(each, Finished))
        self._known[key] = node
        self.graph.nodes.append(node)
        return node


def explore(program: Program, watch: Watch | None = None, most: int = MOST_STATES) -> Graph:
    """Every state that a call of a program can be in."""
    return Explorer(program, most, watch).run()


def heard(moved: Moved) -> tuple[int, float]:
    """How many prompts begin with a step, and how long they take, in seconds. Music that does not end is none."""
    prompts, seconds = 0, 0.0
    for effect in moved.effects:
        if isinstance(effect, Recognize) or (isinstance(effect, Play) and not effect.loop):
            prompts += bool(effect.prompts)
            seconds += sum(
                prompt_seconds(prompt) for prompt in effect.prompts if isinstance(prompt, SayText | PlayAudio)
            )
    return prompts, seconds


def gives_up(node: Node) -> bool:
    """Whether the call ended because the host has failed again and again, or never answered at all."""
    return (
        node.end is not None and node.end.ending == "failed" and (node.call.errors > MOST_ERRORS or not node.end.block)
    )


def _awaited(moved: Moved, source: Node | None) -> Awaited:
    """The effect whose end the call waits for; a step that only fills the time keeps the one before."""
    waiting = moved.call.waiting
    if waiting is None:
        return None
    for effect in moved.effects:
        if isinstance(effect, Play | Recognize | Request | Transfer) and effect.op == waiting.op:
            return effect
    before = source.awaited if source is not None else None
    return before if before is not None and before.op == waiting.op else None


def _timely(program: Program) -> frozenset[str]:
    """The blocks in which the way of a call depends on the time."""
    return frozenset(name for name, block in program.blocks.items() if asks_time(block))
