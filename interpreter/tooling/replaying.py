"""``ivr journal``, ``ivr replay`` and ``ivr diff``: calls of the past, and what a draft changes for callers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from dsl import Program
from dsl.spell import listed, nearest
from interpreter.journal import JournalError, decode_event
from interpreter.journal import replay as step_through
from interpreter.replay import (
    Again,
    BadJournal,
    Change,
    Difference,
    Journal,
    again,
    against,
    changes,
    from_lines,
    to_lines,
)
from interpreter.replay.changes import touches
from interpreter.site import Site, SiteError
from interpreter.store import StoreUnsuitable
from interpreter.store.reading import past_call, past_calls
from interpreter.tooling.call import load_program
from interpreter.tooling.check import Outcome
from interpreter.tooling.files import CannotRun, read

MOST_LISTED = 5


def store_of(store: Path | None, site: Path | None) -> Path | None:
    """The store that was named, else that of the site file. Raises `CannotRun`."""
    if store is not None or site is None:
        return store
    try:
        return Site.load(site, need_secrets=False).store_path()
    except SiteError as error:
        raise CannotRun(str(error)) from None


def load(call: str, store: Path | None) -> Journal:
    """A call of a store, or a journal in a file. Raises `CannotRun`."""
    try:
        if store is None:
            path = Path(call)
            if not path.exists():
                raise CannotRun(f"there is no file {call}; for a call of a store name it with --store or --site")
            return from_lines(read(path).text, call)
        return _from_store(call, store)
    except (BadJournal, StoreUnsuitable, JournalError) as error:
        raise CannotRun(str(error)) from None


def _from_store(call: str, store: Path) -> Journal:
    if not store.exists():
        raise CannotRun(f"there is no store {store}")
    found = past_call(store, call)
    if found is None:
        known = past_calls(store)
        close = nearest(call, known)
        some = listed(known[-MOST_LISTED:], "and")
        hint = f"did you mean `{close}`?" if close else f"the latest are {some}" if known else "it has none at all"
        raise CannotRun(f"{store} has no call `{call}`; {hint}")
    events = tuple(decode_event(each) for each in found.events)
    if not events:
        raise CannotRun(f"the call {call} never began")
    return Journal(call, found.script, found.text, events, found.actions)


def journal(call: str, store: Path | None) -> str:
    """A call of a store as a file. Raises `CannotRun`."""
    if store is None:
        raise CannotRun("name the store: --store FILE, or --site FILE whose store it is")
    return to_lines(load(call, store))


# --------------------------------------------------------------------------------------------------------------------
# Replay


def replay(call: str, store: Path | None, draft: Path | None, format: str, colour: bool) -> Outcome:
    """Step through a call, or put its caller to a draft. Exit code 1 where something is different. Raises
    `CannotRun` and `ScriptHasErrors`."""
    found = load(call, store)
    try:
        if draft is not None:
            return _against(found, load_program(draft, None, colour), draft, format)
        whole = again(found)
    except BadJournal as error:
        raise CannotRun(str(error)) from None
    out = json.dumps(_object(whole), indent=2, ensure_ascii=False) + "\n" if format == "json" else _stepped(whole)
    return Outcome(out, "", int(bool(whole.different)))


def _object(whole: Again) -> dict[str, object]:
    return {
        "call": whole.journal.call_id,
        "script": whole.journal.script,
        "began": whole.journal.began,
        "moments": [asdict(moment) for moment in whole.moments],
        "compared": whole.compared,
        "different": whole.different,
    }


def _stepped(whole: Again) -> str:
    lines = []
    for moment in whole.moments:
        lines.append(f"{_clock(moment.t)}  < {moment.happened}")
        lines += (f"{'':10}at {each}" for each in moment.places)
        lines += (f"{'':10}{each}" for each in moment.done)
    if whole.different:
        lines.append(f"not the same as the live call: {whole.different}")
    else:
        lines.append("the same as the live call" if whole.compared else "what the live call did is not known")
    return "\n".join(lines) + "\n"


def _clock(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}".rjust(8)


def _against(found: Journal, draft: Program, script: Path, format: str) -> Outcome:
    difference = against(found, draft)
    if format == "json":
        told = asdict(difference) if difference is not None else None
        return Outcome(json.dumps({"call": found.call_id, "difference": told}, indent=2) + "\n", "", int(bool(told)))
    if difference is None:
        return Outcome(f"call {found.call_id}: the caller would have met the same on {script}\n", "", 0)
    return Outcome(f"call {found.call_id}: {_different(difference)}", "", 1)


def _different(found: Difference) -> str:
    at = f" in {found.block}" if found.block else ""
    return (
        f"after {found.t:.1f}s{at} something is different\n"
        f"  was: {found.was}\n       {found.was_at}\n"
        f"  now: {found.now}\n       {found.now_at}\n"
    )


# --------------------------------------------------------------------------------------------------------------------
# Diff


def diff(old: Path, new: Path, calls: Sequence[Path], format: str, colour: bool) -> Outcome:
    """What changes for callers, weighted by the given calls. Exit code 1 where something changes. Raises `CannotRun`
    and `ScriptHasErrors`."""
    before, after = load_program(old, None, colour), load_program(new, None, colour)
    found = changes(before, after)
    journals = list(_journals(calls))
    entered = [_entered(journal, before) for journal in journals]
    heard = [_heard(journal, before, after) for journal in journals]
    weights = [sum(touches(change, blocks) for blocks in entered) for change in found]
    if format == "json":
        told = [
            {"words": change.words, "at": change.at, "calls": weight}
            for change, weight in zip(found, weights, strict=True)
        ]
        whole = {"changes": told, "calls": len(journals), "different": sum(heard)}
        return Outcome(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", "", int(bool(found)))
    return Outcome(_changed(found, weights, len(journals), sum(heard)), "", int(bool(found)))


def _changed(found: Sequence[Change], weights: Sequence[int], calls: int, different: int) -> str:
    if not found:
        return "nothing changes for callers\n"
    lines = []
    for change, weight in sorted(zip(found, weights, strict=True), key=lambda pair: -pair[1]):
        touched = f"  [{weight} of {calls} calls came here]" if calls else ""
        lines.append(f"{change.words}{touched}\n    {change.at}")
    count = "1 change" if len(found) == 1 else f"{len(found)} changes"
    weighed = f"; {different} of {calls} calls would have met something else" if calls else ""
    return "\n".join([*lines, f"{count}{weighed}"]) + "\n"


def _journals(paths: Sequence[Path]) -> Iterator[Journal]:
    """Journals in files, in folders (every file in them), and of whole stores."""
    for path in paths:
        if path.is_dir():
            for file in sorted(each for each in path.iterdir() if each.is_file()):
                yield load(str(file), None)
        elif _is_store(path):
            for call in past_calls(path):
                yield _from_store(call, path)
        else:
            yield load(str(path), None)


def _is_store(path: Path) -> bool:
    if not path.exists():
        raise CannotRun(f"there is no file {path}")
    with path.open("rb") as file:
        return file.read(15) == b"SQLite format 3"


def _entered(journal: Journal, program: Program) -> frozenset[str]:
    """The blocks that a call came to, by the version that it began with where that can be run, else by the old one."""
    try:
        own = journal.program()
    except BadJournal:
        own = program
    traces = (each for moved in step_through(own, journal.call_id, journal.events) for each in moved.trace)
    return frozenset(each.detail for each in traces if each.kind == "entered")


def _heard(journal: Journal, before: Program, after: Program) -> bool:
    """Whether the caller would have met something else."""
    try:
        return against(journal, after) is not None
    except BadJournal:
        return against(journal, after, before) is not None
