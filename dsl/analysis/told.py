"""What the tests and promises of a script speak of, held against what the script has."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.edges import edges_of
from dsl.analysis.outcomes import VERBS
from dsl.analysis.program import Program
from dsl.ast import (
    Destination,
    Finish,
    Forget,
    Hours,
    Leave,
    Menu,
    Name,
    Notify,
    Recall,
    Remember,
    Statement,
    Step,
    Survey,
    Test,
    WhenSwitch,
    tests,
)

ENDINGS = ("transferred", "hung_up", "abandoned", "failed", "rejected")
"""How a call can end, beside the results of the script."""
PLEDGED_ENDINGS = ("transferred", "abandoned", "failed")
"""Endings that a promise may name; what was hung up by the script is named by its result."""
SINKS = ("speech", "log", "recording", "transcript", "brief", "notify", "memory")
"""Where a value can come to: said aloud, in the log and the journal, in what is recorded or transcribed, in what the
agent is shown, in a message to somebody, or kept for later calls."""

GIVEN: dict[str, tuple[str, ...]] = {
    "lookup": ("found", "not found", "failed"),
    "check": ("yes", "no", "failed"),
    "action": ("done", "failed"),
    "recall": ("found", "not found", "failed"),
    "remember": ("done", "failed"),
    "forget": ("done", "failed"),
    "count": ("counted", "reached", "failed"),
    "record": ("started", "refused", "failed"),
    "transcribe": ("started", "refused", "failed"),
    "stream": ("started", "refused", "failed"),
    "notify": ("sent", "failed"),
    "brief": ("done", "failed"),
    "tones": ("done", "failed"),
    "understanding": ("understood", "nothing", "failed"),
}
"""What a test can give an answer for, with the answers that there are."""

PEOPLE: dict[str, tuple[str, ...]] = {
    "queue": ("position", "connected", *(o.name for o in VERBS["queue"] if o.name != "waited")),
    "voicemail": tuple(o.name for o in VERBS["voicemail"]),
    "callback": tuple(o.name for o in VERBS["callback"]),
    "consult": ("connected", *(o.name for o in VERBS["consult"])),
    "pay": tuple(o.name for o in VERBS["pay"]),
    "dial": tuple(o.name for o in VERBS["dial"]),
    "transfer": (*(o.name for o in VERBS["transfer to callee"]), "answered late"),
}
"""What people and other parts of the house can do in a test, by verb."""

_RECORDING = ("start", "pause", "resume", "stop")


def statements(program: Program) -> Iterator[Statement]:
    """Every statement of every step."""
    for block in program.blocks.values():
        if isinstance(block, Step):
            yield from block.statements


def asked_names(program: Program) -> dict[str, set[str]]:
    """What a script asks other parts of the house for, by the verb of a request."""
    found: dict[str, set[str]] = {verb: set() for verb in ("lookup", "check", "action")}
    for name, function in program.functions.items():
        found[function.use].add(name)
    found["count"] = {name for name, counter in program.counters.items() if counter.key is not None}
    for verb in ("recall", "remember", "forget", "notify"):
        found[verb] = set()
    for statement in statements(program):
        if isinstance(statement, Recall | Remember | Forget | Notify):
            found[type(statement).__name__.lower()].add(statement.target.text)
    for verb in ("record", "transcribe", "stream"):
        found[verb] = set(_RECORDING)
    for verb, kind in (("queue", "Queue"), ("voicemail", "Voicemail"), ("callback", "Callback")):
        found[verb] = {name for name, block in program.blocks.items() if type(block).__name__ == kind}
    found["understanding"] = {
        name for name, block in program.blocks.items() if isinstance(block, Menu) and block.understands
    }
    for name, block in program.blocks.items():
        if isinstance(block, Survey) and block.remark is not None:
            found["voicemail"].add(f"{name}.{block.remark.name.text}")
    return found


def switches(program: Program) -> set[str]:
    """The switches that a script asks for."""
    found = {s.switch.text for s in statements(program) if isinstance(s, WhenSwitch)}
    hours = (d for d in program.declarations() if isinstance(d, Hours))
    return found | {each.emergency.text for each in hours if each.emergency is not None}


def destinations(program: Program) -> Iterator[Destination]:
    """Everywhere that a call can be sent."""
    for flow in (program.flow, *program.flows.values()):
        if flow is not None:
            yield from (each for each in (flow.on_hangup, flow.on_error) if each is not None)
            yield from (key.destination for key in flow.keys)
    for block in program.blocks.values():
        yield from (edge.destination for edge in edges_of(block))


def results(program: Program) -> set[str]:
    """The results with which a script ends calls."""
    found = {each.result.text for each in destinations(program) if isinstance(each, Finish)}
    leaves = (s.destination for s in statements(program) if isinstance(s, Leave))
    return found | {each.result.text for each in leaves if isinstance(each, Finish)}


def lines(program: Program) -> Iterator[tuple[Test, tests.Line]]:
    """Every line of every test that could be read whole."""
    for declaration in program.declarations():
        if isinstance(declaration, Test):
            yield from ((declaration, line) for line in declaration.lines)


def all_tests(program: Program) -> tuple[Test, ...]:
    """The tests in the order of the text."""
    return tuple(each for each in program.declarations() if isinstance(each, Test))


def promises(program: Program) -> tuple[tests.Promise, ...]:
    """The promises in the order of the text."""
    return tuple(each for each in program.declarations() if isinstance(each, tests.Promise))


def named_blocks(line: tests.Line | tests.Pledge) -> Iterator[Name]:
    """The blocks that a line of a test or a promise names."""
    match line:
        case tests.Reaches():
            yield line.block
        case tests.Ends() if line.block is not None:
            yield line.block
        case tests.Within():
            yield line.target
            if line.start is not None:
                yield line.start
        case _:
            return
