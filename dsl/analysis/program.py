"""A script with its names resolved: what the machine runs and the rules look at.

A `Program` exists for every text, also for one full of mistakes, so that all rules can speak in one run. Only a
program that came out of `dsl.check` without errors may be run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, assert_never

from dsl.analysis import edges as ways
from dsl.analysis.edges import Edge
from dsl.analysis.outcomes import Outcome, hours_outcomes
from dsl.ast import (
    BLOCKS,
    Block,
    Collect,
    Consult,
    Counter,
    Data,
    Declaration,
    Digits,
    Flow,
    Function,
    GlobalKey,
    GoBack,
    GoTo,
    Hours,
    Menu,
    MoneyKind,
    PhoneKind,
    Prompts,
    Queue,
    Run,
    Script,
    SpeechKind,
    Step,
    Survey,
    Text,
    Transfer,
    WhenHours,
    YesNoKind,
)
from dsl.bundle import section_starts
from dsl.source import Source

__all__ = ["Edge", "Program"]

D = TypeVar("D", Flow, Hours, Data, Counter)


@dataclass(frozen=True)
class Program:
    """Names to declarations. When a name is declared twice the first one counts."""

    source: Source
    script: Script

    # ---------------------------------------------------------------------------------------------- declarations

    @cached_property
    def flow(self) -> Flow | None:
        """The flow that takes the calls."""
        return next((d for d in self.script.declarations if isinstance(d, Flow) and not d.is_sub), None)

    @cached_property
    def flows(self) -> Mapping[str, Flow]:
        """The sub-flows, by name."""
        found: dict[str, Flow] = {}
        for declaration in self._all(Flow):
            if declaration.is_sub:
                found.setdefault(declaration.name.text, declaration)
        return found

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        found: dict[str, Block] = {}
        for declaration in self.script.declarations:
            if isinstance(declaration, BLOCKS):
                found.setdefault(declaration.name.text, declaration)
        return found

    @cached_property
    def hours(self) -> Mapping[str, Hours]:
        return _first_of_each(self._all(Hours))

    @cached_property
    def data(self) -> Mapping[str, Data]:
        return _first_of_each(self._all(Data))

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """The data functions by their whole names, such as ``crm.by_phone``."""
        found: dict[str, Function] = {}
        for data in self.data.values():
            for function in data.functions:
                found.setdefault(f"{data.name.text}.{function.name.text}", function)
        return found

    @cached_property
    def counters(self) -> Mapping[str, Counter]:
        return _first_of_each(self._all(Counter))

    def declarations(self) -> tuple[Declaration, ...]:
        return self.script.declarations

    def _all(self, kind: type[D]) -> list[D]:
        return [d for d in self.script.declarations if isinstance(d, kind)]

    # ---------------------------------------------------------------------------------------------- flows

    @cached_property
    def owners(self) -> Mapping[str, Flow | None]:
        """The flow that each block belongs to: the sub-flow above it in its file, else the flow that takes calls."""
        starts = section_starts(self.source)
        found: dict[str, Flow | None] = {}
        owner: Flow | None = self.flow
        section = 0
        for declaration in self.script.declarations:
            here = sum(start <= declaration.span.start for start in starts)
            if here != section:
                section, owner = here, self.flow
            if isinstance(declaration, Flow):
                owner = declaration if declaration.is_sub else self.flow
            elif isinstance(declaration, BLOCKS):
                found.setdefault(declaration.name.text, owner)
        return found

    @cached_property
    def entry(self) -> str:
        """The block in which a call begins: the first one of its flow; ``""`` when there is none."""
        return self.entry_of(self.flow)

    def entry_of(self, flow: Flow | None) -> str:
        """The block in which a flow begins, ``""`` when it has none."""
        return self._entries.get(id(flow), "")

    @cached_property
    def _entries(self) -> Mapping[int, str]:
        found: dict[int, str] = {}
        for name, owner in self.owners.items():
            found.setdefault(id(owner), name)
        return found

    def owner(self, block: Block) -> Flow | None:
        """The flow that a block belongs to."""
        return self.owners.get(block.name.text, self.flow)

    def keys_of(self, block: Block) -> tuple[GlobalKey, ...]:
        """The keys that hold anywhere in the flow and that this block does not use itself: where callers are asked
        something, and where they wait for somebody. A key that leads to the block itself does nothing there."""
        if not isinstance(block, Menu | Collect | Queue | Survey | Consult | Transfer):
            return ()
        if isinstance(block, Transfer) and block.accept is None:
            return ()  # the host rings, and hears nothing meanwhile
        owner = self.owner(block)
        keys = owner.keys if owner is not None else ()
        return tuple(key for key in keys if not _uses(block, key.key.text) and not _leads_to(key, block))

    # ---------------------------------------------------------------------------------------------- settings

    @cached_property
    def digest(self) -> str:
        """The name of this version of the script."""
        return self.source.digest

    @cached_property
    def language(self) -> str:
        """The language in which a call begins."""
        return self.flow.language.text if self.flow and self.flow.language else "en-US"

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that a call can be in, its first one at the beginning."""
        named = (name.text for name in self.flow.languages) if self.flow else ()
        return tuple(dict.fromkeys((self.language, *named)))

    @cached_property
    def voice(self) -> str:
        return self.flow.voice.plain if self.flow and self.flow.voice else ""

    def voice_of(self, language: str) -> str:
        """The voice for a language, ``""`` for the host's own."""
        for name, voice in self.flow.voices if self.flow else ():
            if name.text == language:
                return voice.plain
        return self.voice if language == self.language else ""

    @cached_property
    def translations(self) -> Mapping[str, Mapping[str, tuple[Text, ...]]]:
        """By language and by text as written: what it is in that language."""
        found: dict[str, dict[str, tuple[Text, ...]]] = {}
        for declaration in self.script.declarations:
            if isinstance(declaration, Prompts):
                texts = found.setdefault(declaration.name.text, {})
                for line in declaration.translations:
                    texts.setdefault(self.key_of(line.text), line.translations)
        return found

    def key_of(self, text: Text) -> str:
        """How a text is named in translations: as it is written between its quotes."""
        return self.source.text[text.span.start + 1 : text.span.end - 1]

    @cached_property
    def keeps_type_ahead(self) -> bool:
        """Whether any block takes keys that were pressed before its prompt."""
        return any(isinstance(b, Menu | Collect) and b.type_ahead for b in self.blocks.values())

    def timezone_of(self, hours: Hours) -> str:
        """The hours' own zone, else the flow's, else ``""``."""
        if hours.timezone is not None:
            return hours.timezone.plain
        return self.flow.timezone.plain if self.flow and self.flow.timezone else ""

    # ---------------------------------------------------------------------------------------------- ways

    def outcomes_of(self, statement: WhenHours) -> tuple[Outcome, ...]:
        return hours_outcomes(self.hours.get(statement.hours.text))

    def edges(self, block: Block) -> tuple[Edge, ...]:
        """Every way out of a block, in the order of the text; last the keys that hold anywhere."""
        return (*ways.edges_of(block), *ways.key_edges(self.keys_of(block)))

    def targets(self, block: Block) -> Iterator[str]:
        """The names of the blocks that can come next, also by way of a sub-flow or back from a key."""
        for edge in self.edges(block):
            if isinstance(edge.destination, GoTo):
                yield edge.destination.target.text
            elif isinstance(edge.destination, GoBack):
                yield from self.ways_back(block)
        for run in self.runs(block):
            if run.flow.text in self.flows:
                yield self.entry_of(self.flows[run.flow.text])

    def runs(self, block: Block) -> tuple[Run, ...]:
        """The sub-flows that a block runs."""
        statements = block.statements if isinstance(block, Step) else ()
        return tuple(statement for statement in statements if isinstance(statement, Run))

    def ways_back(self, block: Block) -> tuple[str, ...]:
        """Where ``go back`` in a block can lead: the blocks of its flow in which a key holds anywhere."""
        owner = self.owner(block)
        return tuple(
            name for name, other in self.blocks.items() if self.owners.get(name) is owner and self.keys_of(other)
        )


def _first_of_each(declarations: list[D]) -> Mapping[str, D]:
    found: dict[str, D] = {}
    for declaration in declarations:
        found.setdefault(declaration.name.text, declaration)
    return found


def _leads_to(key: GlobalKey, block: Block) -> bool:
    waits = isinstance(block, Queue | Survey | Consult | Transfer)
    return waits and isinstance(key.destination, GoTo) and key.destination.target.text == block.name.text


def _uses(block: Menu | Collect | Queue | Survey | Consult | Transfer, key: str) -> bool:
    """Whether a block takes a key for itself."""
    match block:
        case Menu():
            return any(each.text == key for option in block.options for each in option.keys)
        case Queue():
            return any(option.key.text == key for option in block.options)
        case Survey():
            scales = (range(each.least.value, each.most.value + 1) for each in block.questions)
            offered = block.offer is not None and key in "12"
            return offered or any(key.isdecimal() and int(key) in scale for scale in scales)
        case Consult() | Transfer():
            return False
        case Collect():
            return _collects(block, key)
        case _:
            assert_never(block)


def _collects(block: Collect, key: str) -> bool:
    kind = block.kind
    if kind is None or (kind.terminator is not None and kind.terminator.text == key):
        return True
    if isinstance(kind, YesNoKind):
        return key in "12"
    if isinstance(kind, SpeechKind):
        return False
    if isinstance(kind, MoneyKind) and key == "*":
        return True
    return key.isdecimal() or (isinstance(kind, Digits | PhoneKind) and key not in "*#")
