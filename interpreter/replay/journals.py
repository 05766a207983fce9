"""The journal of a call as a file: a line that says which call and which script, then a line for each event.

The script stands in it as a whole, so that the call can be stepped through anywhere. Secrets are not in it: events
have only references to what was entered in confidence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from dsl import Program, Source, check
from interpreter.journal import PROTOCOL, JournalError, decode_event
from interpreter.protocol import Event

FORMAT = 1
"""The number of this form of file."""


class BadJournal(ValueError):  # noqa: N818 - says what the text is
    """A text that is no journal, or one that cannot be used. It says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Journal:
    """A call: its events in order, the whole text of the script that it began with, and the actions that were sent to
    the host, as they were kept. ``actions`` is ``None`` where they are not known."""

    call_id: str
    script: str
    text: str
    events: tuple[Event, ...]
    actions: tuple[str, ...] | None = None

    @property
    def began(self) -> float:
        """When the call began, in epoch seconds."""
        return self.events[0].at if self.events else 0.0

    def program(self) -> Program:
        """The script that the call began with. Raises `BadJournal` for one that this version cannot run."""
        checked = check(Source(self.script, self.text))
        if checked.program is None:
            why = checked.errors[0].headline
            raise BadJournal(f"the script of call {self.call_id} cannot be run by this version: {why}")
        return checked.program


def to_lines(journal: Journal) -> str:
    """The file."""
    head = {
        "journal": FORMAT,
        "call": journal.call_id,
        "script": journal.script,
        "text": journal.text,
        "actions": None if journal.actions is None else [json.loads(each) for each in journal.actions],
    }
    return json.dumps(head) + "\n" + "".join(PROTOCOL.encode(event) + "\n" for event in journal.events)


def from_lines(text: str, name: str) -> Journal:
    """Read a file. Raises `BadJournal`, with the line that cannot be read."""
    lines = text.splitlines()
    try:
        head = json.loads(lines[0]) if lines else None
    except ValueError:
        head = None
    if not isinstance(head, dict) or "journal" not in head:
        raise BadJournal(f"{name} is not a journal; write one with `ivr journal CALL --store FILE`")
    if head["journal"] != FORMAT:
        raise BadJournal(f"{name} is a journal of form {head['journal']}, this version reads form {FORMAT}")
    try:
        call_id, script, whole = str(head["call"]), str(head["script"]), str(head["text"])
        actions = head["actions"]
        kept = None if actions is None else tuple(json.dumps(each, separators=(",", ":")) for each in actions)
    except (KeyError, TypeError) as error:
        raise BadJournal(f"{name}: the first line lacks {error}; write the file anew with `ivr journal`") from None
    events = tuple(_events(lines[1:], name))
    if not events:
        raise BadJournal(f"{name} has no events: the call never began, or the file was cut off")
    return Journal(call_id, script, whole, events, kept)


def _events(lines: list[str], name: str) -> Iterator[Event]:
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        try:
            yield decode_event(line)
        except JournalError as error:
            raise BadJournal(f"{name}:{number}: {error}; is the file cut off?") from None
