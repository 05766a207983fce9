"""A secret is collected where something listens that cannot be paused.

Recording and transcription are paused before a secret is asked for. Audio that is streamed to another machine is not,
and keys that are taken ahead (`type ahead keep`) are reported to the server one by one, secret or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.recording import ON, streams
from dsl.ast import Collect, Menu, Step, StreamAudio
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    secrets = [each for each in program.blocks.values() if isinstance(each, Collect) and each.secret]
    if not secrets:
        return
    first = (Label(secrets[0].name.span, "a secret is collected here"),)
    for block in program.blocks.values():
        if isinstance(block, Menu | Collect) and block.type_ahead:
            yield RULE.at(
                program.source,
                block.name.span,
                "keys are taken ahead in a script that collects a secret",
                "`type ahead keep` has every key of the call reported",
                labels=first,
                help="take `type ahead keep` out",
            )
    yield from _streamed(context, secrets)


def _streamed(context: Context, secrets: list[Collect]) -> Iterator[Diagnostic]:
    """Every start of a stream that may still be on where a secret is collected."""
    program = context.program
    heard: dict[str, Collect] = {}
    for each in secrets:
        for state in streams(program).start.get(each.name.text, frozenset()):
            heard.setdefault(state, each)
    for block in program.blocks.values():
        for statement in block.statements if isinstance(block, Step) else ():
            overheard = heard.get(f"{ON} {statement.span.start}")
            if isinstance(statement, StreamAudio) and overheard is not None:
                yield RULE.at(
                    program.source,
                    statement.span,
                    "audio is streamed while a secret is collected",
                    "the stream cannot be paused for it",
                    labels=(Label(overheard.name.span, "a secret is collected here"),),
                    help="write `stream audio stop` before, on every way, or start the stream behind it",
                )


RULE = Rule(
    code="IVR603",
    name="secret-overheard",
    severity="error",
    always=True,
    check=check,
    bad=script("""\
step welcome
    stream audio start
    go to pin

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> sorry
    after 3 tries -> sorry

data crm
    check pin_ok(id text, pin secret)
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to pin

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> sorry
    after 3 tries -> sorry

data crm
    check pin_ok(id text, pin secret)
"""),
)
