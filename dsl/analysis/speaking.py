"""In which languages a call can be when a text is heard.

A call begins in the language of its flow; ``language`` lines change it. A text that only calls in one language can
reach needs no translation into the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.analysis.edges import statement_edges
from dsl.analysis.program import Program
from dsl.analysis.texts import Spoken, meanings, phrases, spoken, statement_texts
from dsl.ast import Block, Destination, Flow, GoBack, GoTo, LocaleLiteral, Run, SetLanguage, Statement, Step, Text

Languages = frozenset[str]

_NONE: Languages = frozenset()


@dataclass
class Speaking:
    """``begins``: the languages in which calls come to each block; ``spoken`` all that any call is ever in."""

    program: Program
    begins: dict[str, Languages] = field(default_factory=dict)
    spoken: Languages = _NONE
    after_runs: Languages = _NONE
    """What any sub-flow may have changed the language to when it is over."""

    def texts(self) -> Iterator[tuple[Spoken, Languages]]:
        """Every text of a block that a call can come to, with the languages in which it can be heard."""
        for name, languages in self.begins.items():
            block = self.program.blocks[name]
            if isinstance(block, Step):
                for statement, here in _course(self.program, block, languages):
                    after = here | self.after_runs if isinstance(statement, Run) else here
                    yield from ((text, after) for text in statement_texts(statement))
            else:
                yield from ((text, languages) for text in spoken(block))

    def phrases(self) -> Iterator[tuple[Text, Languages]]:
        """Every phrase and meaning of a block that a call can come to, and those that can be said anywhere."""
        for name, languages in self.begins.items():
            block = self.program.blocks[name]
            yield from ((text, languages) for text in (*phrases(block), *meanings(block)))
        if self.program.flow is not None:
            yield from ((text, self.spoken) for text in phrases(self.program.flow))


def speaking(program: Program) -> Speaking:
    """Follows the calls through the script. Linear in its size for each language."""
    found = Speaking(program, after_runs=_set_in_sub_flows(program))
    waiting: list[str] = []
    backs: dict[str, Languages] = {}
    _come(found, program.entry, frozenset({program.language}), waiting)
    _spread(found, backs, waiting)
    flow = program.flow
    for handler in (flow.on_hangup, flow.on_error) if flow is not None else ():
        if isinstance(handler, GoTo):
            _come(found, handler.target.text, found.spoken, waiting)
    _spread(found, backs, waiting)
    return found


def _spread(found: Speaking, backs: dict[str, Languages], waiting: list[str]) -> None:
    while waiting:
        block = found.program.blocks[waiting.pop()]
        for destination, languages in _ways(found, block):
            found.spoken |= languages
            if isinstance(destination, GoTo):
                _come(found, destination.target.text, languages, waiting)
            elif isinstance(destination, GoBack):
                owner = found.program.owner(block)
                knot = owner.name.text if owner is not None else ""
                if not languages <= backs.get(knot, _NONE):
                    backs[knot] = backs.get(knot, _NONE) | languages
                    for name in found.program.ways_back(block):
                        _come(found, name, languages, waiting)
            elif isinstance(destination, Flow):
                _come(found, found.program.entry_of(destination), languages, waiting)


def _come(found: Speaking, name: str, languages: Languages, waiting: list[str]) -> None:
    before = found.begins.get(name, _NONE)
    if name in found.program.blocks and (name not in found.begins or not languages <= before):
        found.begins[name] = before | languages
        found.spoken |= languages
        waiting.append(name)


def _ways(found: Speaking, block: Block) -> Iterator[tuple[Destination | Flow, Languages]]:
    """The ways out of a block; a sub-flow that it runs is one, too."""
    program, languages = found.program, found.begins[block.name.text]
    if not isinstance(block, Step):
        yield from ((edge.destination, languages) for edge in program.edges(block))
        return
    for statement, here in _course(program, block, languages):
        after = here
        if isinstance(statement, Run):
            after = here | found.after_runs
            if statement.flow.text in program.flows:
                yield program.flows[statement.flow.text], here
        yield from ((edge.destination, after) for edge in statement_edges(statement))


def _course(program: Program, step: Step, languages: Languages) -> Iterator[tuple[Statement, Languages]]:
    """The statements of a step with the languages in which each begins."""
    for statement in step.statements:
        yield statement, languages
        if isinstance(statement, SetLanguage):
            languages = _possible(program, statement)


def _possible(program: Program, statement: SetLanguage) -> Languages:
    """What a ``language`` line can change to. A language that the flow does not list gives the flow's own."""
    if isinstance(statement.value, LocaleLiteral):
        named = statement.value.value
        return frozenset({named if named in program.languages else program.language})
    return frozenset(program.languages)


def _set_in_sub_flows(program: Program) -> Languages:
    found = _NONE
    for name, block in program.blocks.items():
        owner = program.owners.get(name)
        if isinstance(block, Step) and owner is not None and owner.is_sub:
            for statement in block.statements:
                if isinstance(statement, SetLanguage):
                    found |= _possible(program, statement)
    return found
