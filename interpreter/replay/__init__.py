"""Calls of the past: `journals` reads them, `again` steps through one on its own version of the script, `against` puts
the same caller to a draft, and `changes` says in words what a draft changes for callers."""

from interpreter.replay.again import Again, Moment, again
from interpreter.replay.against import Difference, against
from interpreter.replay.changes import Change, changes
from interpreter.replay.journals import BadJournal, Journal, from_lines, to_lines

__all__ = [
    "Again",
    "BadJournal",
    "Change",
    "Difference",
    "Journal",
    "Moment",
    "again",
    "against",
    "changes",
    "from_lines",
    "to_lines",
]
