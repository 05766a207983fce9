"""The frame that examples of rules share, so that an example shows what its rule is about and little else."""

from __future__ import annotations

_HEAD = """\
ivr 1
flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

"""
_TAIL = """
step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
"""


def script(blocks: str) -> str:
    """A whole script around some blocks: a flow before them and a last step ``sorry`` behind them."""
    return f"{_HEAD}{blocks}{_TAIL}"
