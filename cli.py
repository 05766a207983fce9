"""The ``ivr`` command: reads arguments, calls `interpreter.tooling`, prints. Exit codes: 0 good, 1 findings, 2 could
not run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer.core import TyperGroup

from interpreter.tooling.files import CannotRun, keep_grammar

app = typer.Typer(
    help="Write, check, hear and host phone menus.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

translate = typer.Typer(help="The texts of a script for translators, and their work back.", no_args_is_help=True)
app.add_typer(translate, name="translate")

host = typer.Typer(help="The world around a site.", no_args_is_help=True)
app.add_typer(host, name="host")


class _TableFirst(TyperGroup):
    """`ivr prompts SCRIPT` is `ivr prompts table SCRIPT`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["table", *args]
        return super().parse_args(ctx, args)


prompts = typer.Typer(
    help="Every text of a script: who hears it, how long it is; and its files.", no_args_is_help=True, cls=_TableFirst
)
app.add_typer(prompts, name="prompts")

Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Scripts, or folders with scripts.")]
Script = Annotated[Path, typer.Argument(metavar="SCRIPT", help="A script.")]
SiteFile = Annotated[Path | None, typer.Option("--site", metavar="FILE", help="The site file that binds its names.")]
Switches = Annotated[list[str], typer.Option("--switch", metavar="NAME=on", help="Flip a switch for this call.")]


class Format(StrEnum):
    text = "text"
    concise = "concise"
    json = "json"
    github = "github"
    sarif = "sarif"


class CallFormat(StrEnum):
    text = "text"
    json = "json"


class GraphFormat(StrEnum):
    mermaid = "mermaid"
    dot = "dot"
    svg = "svg"


class ProofFormat(StrEnum):
    text = "text"
    json = "json"


class TestFormat(StrEnum):
    text = "text"
    json = "json"
    junit = "junit"


class TableFormat(StrEnum):
    text = "text"
    csv = "csv"
    json = "json"


class Records(StrEnum):
    all = "all"
    call = "call"
    leg = "leg"


class GridSchema(StrEnum):
    eventgrid = "eventgrid"
    cloudevents = "cloudevents"


class CalleeAt(StrEnum):
    data = "data"
    custom_context = "customContext"
    voip_headers = "voipHeaders"


class SwitchState(StrEnum):
    on = "on"
    off = "off"


@contextmanager
def _exits() -> Iterator[None]:
    """Say why a command could not run, and exit as promised."""
    from interpreter.tooling.call import ScriptHasErrors

    try:
        yield
    except CannotRun as error:
        print(f"ivr: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    except ScriptHasErrors as error:
        print(str(error).rstrip("\n") + "\n\nivr: a script with errors takes no calls", file=sys.stderr)
        raise typer.Exit(1) from None


def _colour() -> bool:
    return sys.stdout.isatty() and Console().color_system is not None


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="NAME", help="The folder to make.")]) -> None:
    """Make a folder with a small line that works: a script, a site file and a plan."""
    from interpreter.tooling.new import new as run

    with _exits():
        outcome = run(folder)
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def lint(
    paths: Paths,
    site: SiteFile = None,
    format: Annotated[Format, typer.Option(help="How to report.")] = Format.text,
    fix: Annotated[bool, typer.Option("--fix", help="Make the safe fixes.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Make fixes that a person should look at, too.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Findings of the past: those in this file are not told.")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write the findings of today into the baseline.")
    ] = False,
) -> None:
    """Find what would strand a caller. Exit code 1 when there are errors, 2 when it could not run."""
    from interpreter.tooling.check import Linting
    from interpreter.tooling.check import lint as run

    with _exits():
        how = Linting(site, format.value, fix, unsafe_fixes, baseline, write_baseline, _colour())
        outcome = run(paths, how)
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def fmt(
    paths: Paths,
    check: Annotated[bool, typer.Option("--check", help="Only say what would change.")] = False,
) -> None:
    """Lay scripts out in the one canonical way. Comments stay; nothing changes its meaning."""
    from interpreter.tooling.check import format_files

    with _exits():
        outcome = format_files(paths, check)
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def explain(code: Annotated[str, typer.Argument(metavar="CODE", help="IVR203, 203 or unrouted-outcome.")]) -> None:
    """The manual page of a rule, with a bad and a good example."""
    from interpreter.tooling.check import explain_code

    with _exits():
        outcome = explain_code(code, _colour())
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def call(
    script: Script,
    site: SiteFile = None,
    plan: Annotated[Path | None, typer.Option(metavar="FILE", help="What the caller does, a line each.")] = None,
    format: Annotated[CallFormat, typer.Option(help="How to print the call of a plan.")] = CallFormat.text,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When, such as '2026-11-26 10:00'; default now.")
    ] = None,
    caller: Annotated[str, typer.Option("--from", metavar="NUMBER", help="The caller's number.")] = "+14255550100",
    given: Annotated[
        list[str],
        typer.Option(metavar="ANSWER", help="What data answers, such as 'lookup crm.by_phone is not found'."),
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    parameters: Annotated[
        str, typer.Option("--with", metavar="VALUES", help="What an outbound flow needs, such as 'name \"Ana\"'.")
    ] = "",
    switch: Switches = [],  # noqa: B006 - typer reads the default and never changes it
    record: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the call as a test at the end of this file.")
    ] = None,
) -> None:
    """Call a script from the terminal. Time is virtual: silence costs nothing."""
    from interpreter.simulate import Simulation
    from interpreter.tooling import call as tool

    with _exits():
        program = tool.load_program(script, site, _colour())
        simulation = Simulation(
            program,
            tool.moment(at, tool.zone_of(program)),
            caller=caller,
            switches=tool.read_switches(program, site, switch),
            world=tool.read_given(program, given),
            arguments=tool.read_arguments(program, parameters),
        )
        if plan is not None and record is not None:
            raise CannotRun("--record is for a call by hand, without --plan")
        if plan is not None:
            outcome = tool.run_plan(simulation, plan, format.value)
            _finish(outcome.out, outcome.err, outcome.code)
        elif format is CallFormat.json:
            raise CannotRun("--format json needs a --plan")
        else:
            done = tool.talk(simulation, Console())
            if record is not None:
                sys.stdout.write(tool.record(program, simulation, done, script, record))


@app.command(name="test")
def run_tests(
    paths: Paths,
    site: SiteFile = None,
    format: Annotated[TestFormat, typer.Option(help="How to report.")] = TestFormat.text,
    only: Annotated[str, typer.Option("-k", metavar="NAME", help="Only tests with this in their name.")] = "",
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Say which ways of a caller no test takes; exit code 1 if any.")
    ] = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write what is covered as a page, too.")] = None,
    generate: Annotated[bool, typer.Option("--generate", help="Print a test for each way that no test takes.")] = False,
    faults: Annotated[
        bool, typer.Option("--faults", help="Run each test again with failing data, late callbacks and restarts.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Make a call by hand and write it as a test beside the script.")
    ] = False,
) -> None:
    """Run the tests of scripts, on a virtual clock. Exit code 1 when one fails."""
    from interpreter.tooling import tests as tool

    with _exits():
        if record:
            sys.stdout.write(tool.record(paths, site, Console()))
            return
        how = tool.Testing(site, format.value, only, coverage, html, generate, faults, _colour())
        outcome = tool.run(paths, how)
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def prove(
    paths: Paths,
    site: SiteFile = None,
    format: Annotated[ProofFormat, typer.Option(help="How to report.")] = ProofFormat.text,
    states: Annotated[int, typer.Option(metavar="N", help="Give up after this many states.")] = 200_000,
) -> None:
    """Hold the promises of scripts against every state of every call. Exit code 1 when one does not hold."""
    from interpreter.tooling import prove as tool

    with _exits():
        outcome = tool.run(paths, tool.Proving(site, format.value, states, _colour()))
        _finish(outcome.out, outcome.err, outcome.code)


StoreFile = Annotated[Path | None, typer.Option("--store", metavar="FILE", help="The store that has the call.")]


@app.command()
def journal(
    call: Annotated[str, typer.Argument(metavar="CALL", help="The id of a call.")],
    store: StoreFile = None,
    site: SiteFile = None,
) -> None:
    """A call of a store as a file that can be replayed anywhere. No secret is in it."""
    from interpreter.tooling import replaying as tool

    with _exits():
        sys.stdout.write(tool.journal(call, tool.store_of(store, site)))


@app.command()
def replay(
    call: Annotated[str, typer.Argument(metavar="CALL", help="The id of a call, or a journal in a file.")],
    store: StoreFile = None,
    site: SiteFile = None,
    against: Annotated[Path | None, typer.Option(metavar="SCRIPT", help="Put the same caller to this script.")] = None,
    format: Annotated[CallFormat, typer.Option(help="How to print it.")] = CallFormat.text,
) -> None:
    """Step through a call of the past; or say what its caller would have met otherwise on a draft."""
    from interpreter.tooling import replaying as tool

    with _exits():
        outcome = tool.replay(call, tool.store_of(store, site), against, format.value, _colour())
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A script as it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The script as it is now.")],
    calls: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="Journals, folders of them, or stores, to weigh by."),
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    format: Annotated[CallFormat, typer.Option(help="How to print it.")] = CallFormat.text,
) -> None:
    """What changes for callers between two versions of a script. Exit code 1 when something does."""
    from interpreter.tooling import replaying as tool

    with _exits():
        outcome = tool.diff(old, new, calls, format.value, _colour())
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def details(
    site: Annotated[Path, typer.Argument(metavar="SITE", help="The site file of the server.")],
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Of what was over then or later; UTC.")
    ] = None,
    before: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Of what was over before that.")] = None,
    call: Annotated[str, typer.Option("--call", metavar="CALL", help="Of this call only.")] = "",
    of: Annotated[Records, typer.Option(help="Of calls, of legs, or of both.")] = Records.all,
) -> None:
    """Call detail records as lines of JSON, the oldest first. A server may be running meanwhile."""
    from interpreter.tooling.detailing import details as run

    with _exits():
        sys.stdout.write(run(site, since, before, call, of.value))


@app.command()
def at(
    when: Annotated[str, typer.Argument(metavar="TIME", help="Such as '2026-11-26 10:00', in the flow's time zone.")],
    script: Script,
    site: SiteFile = None,
    switch: Switches = [],  # noqa: B006 - typer reads the default and never changes it
) -> None:
    """What a caller would meet at a given time, and when that changes next."""
    from interpreter.tooling import call as tool

    with _exits():
        program = tool.load_program(script, site, _colour())
        sys.stdout.write(
            tool.at(program, tool.moment(when, tool.zone_of(program)), tool.read_switches(program, site, switch))
        )


@app.command()
def graph(
    script: Script,
    format: Annotated[GraphFormat, typer.Option(help="How to draw it.")] = GraphFormat.mermaid,
    tests: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file of tests: what none of them takes is red.")
    ] = None,
) -> None:
    """A picture of a script: blocks, and what leads from one to the next."""
    from interpreter.tooling import show

    with _exits():
        sys.stdout.write(show.graph(script, format.value, _colour(), tests))


@prompts.command(name="table")
def prompts_table(
    script: Script,
    format: Annotated[TableFormat, typer.Option(help="How to print the table.")] = TableFormat.text,
) -> None:
    """Every text: who hears it, from where, how long it is, and how much is heard before it."""
    from interpreter.tooling import show

    with _exits():
        sys.stdout.write(show.prompts(script, format.value, _colour()))


@prompts.command(name="render")
def prompts_render(
    site: Annotated[Path, typer.Argument(metavar="SITE", help="The site file of the server.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what has no file.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Delete files that no script says any more.")] = False,
) -> None:
    """Make files of all texts without values, so that calls play them. What has a file is not rendered again."""
    from interpreter.tooling.rendering import render

    with _exits():
        outcome = render(site, _colour(), lambda line: print(line, flush=True), dry_run=dry_run, prune=prune)
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def hear(
    script: Script,
    recordings: Annotated[list[Path], typer.Argument(metavar="RECORDING", help="WAV files: 16 kHz, 16 bit, mono.")],
    site: Annotated[Path, typer.Option("--site", metavar="FILE", help="The site file, with its [speech].")],
    menu: Annotated[str, typer.Option("--menu", metavar="NAME", help="Say what this menu makes of it.")] = "",
) -> None:
    """What the speech service hears in recordings of callers, told what the script expects, and what it leads to."""
    from interpreter.tooling.hearing import hear as run

    with _exits():
        sys.stdout.write(run(site, script, recordings, menu, _colour()))


@translate.command(name="export")
def translate_export(script: Script, language: Annotated[str, typer.Argument(metavar="LANGUAGE")]) -> None:
    """The texts of a script as a gettext catalogue (PO), with the translations that it has."""
    from interpreter.tooling import show

    with _exits():
        sys.stdout.write(show.export(script, language, _colour()))


@translate.command(name="import")
def translate_import(
    script: Script, catalogue: Annotated[Path, typer.Argument(metavar="FILE", help="A translated catalogue (PO).")]
) -> None:
    """Write the translations of a catalogue into a file that the script uses."""
    from interpreter.tooling import show

    with _exits():
        sys.stdout.write(show.import_(script, catalogue, _colour()))


@app.command()
def dev(
    scripts: Annotated[
        list[Path] | None, typer.Argument(metavar="[SCRIPTS...]", help="Scripts, or folders; `scripts` when absent.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The phone page's port; the server takes the next one. 0: any.")] = 8400,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="The time to begin at, in UTC; default now.")] = None,
    store: Annotated[Path, typer.Option(metavar="FILE", help="Where calls are kept.")] = Path(".ivr/dev.db"),
) -> None:
    """Server, emulator and phone page in one command. No subscription, no tunnel: nothing leaves the machine."""
    from interpreter.tooling import dev as tool
    from interpreter.tooling.call import moment

    with _exits():
        options = tool.Options(host, port, moment(at, "UTC") if at else None, store)
        tool.run(scripts or [Path("scripts")], options, Console())


@app.command()
def serve(site: Annotated[Path, typer.Option("--site", metavar="FILE", help="The site file.")]) -> None:
    """Host the scripts of a site behind the webhook, until SIGTERM."""
    from interpreter.tooling.host import serve as run

    with _exits():
        run(site)


@host.command(name="check")
def host_check(
    site: Annotated[Path, typer.Option("--site", metavar="FILE", help="The site file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what is found as JSON.")] = False,
) -> None:
    """What is wrong with a site before a caller finds out, each with its fix. Run it where the server runs. Exit code 1
    when something is wrong, 2 when it could not run."""
    from interpreter.tooling.host_check import run

    with _exits():
        outcome = run(site, as_json=as_json, colour=_colour())
        _finish(outcome.out, outcome.err, outcome.code)


@app.command()
def emulator(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Plain HTTP; 0 for any free port.")] = 8400,
    tls_port: Annotated[
        int | None, typer.Option(help="TLS beside it, with a certificate of its own authority.")
    ] = None,
    line: Annotated[
        list[str], typer.Option(metavar="NUMBER[=ACCOUNT]", help="A line, with the resource account that owns it.")
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    target: Annotated[
        list[str], typer.Option(metavar="ADDRESS", help="Offered as ring target on the phone page.")
    ] = [],  # noqa: B006
    subscribe: Annotated[str | None, typer.Option(metavar="URL", help="The webhook for incoming calls.")] = None,
    schema: Annotated[GridSchema, typer.Option(help="The form of incoming calls.")] = GridSchema.eventgrid,
    speed: Annotated[float, typer.Option(help="Virtual seconds in a real one.")] = 1.0,
    misbehave: Annotated[
        list[str], typer.Option(metavar="KIND=PROBABILITY", help="Such as duplicate=0.1, fail_before=0.05, seed=7.")
    ] = [],  # noqa: B006
    callee_at: Annotated[CalleeAt, typer.Option(help="Where a call on behalf of a line says whom to call.")] = (
        CalleeAt.data
    ),
) -> None:
    """A local Call Automation service with a phone page."""
    from interpreter.tooling import emulate as tool

    with _exits():
        tool.run(host, port, tls_port, line, target, subscribe, schema.value, speed, misbehave, callee_at.value)


@app.command()
def switch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A switch of the site file.")],
    state: Annotated[SwitchState, typer.Argument(help="on or off.")],
    site: Annotated[Path, typer.Option("--site", metavar="FILE", help="The site file of the running server.")],
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="The server's address; default from the site file.")
    ] = None,
) -> None:
    """Flip a switch on the running server. It counts from the next call on."""
    from interpreter.tooling.host import flip

    with _exits():
        _finish(flip(site, name, state.value, url), "", 0)


def _finish(out: str, err: str, code: int) -> None:
    sys.stdout.write(out)
    sys.stderr.write(err)
    if code:
        raise typer.Exit(code)


def main() -> None:
    """The entry point of the ``ivr`` command."""
    keep_grammar(Path(typer.get_app_dir("ivr")))
    app()


if __name__ == "__main__":
    main()
