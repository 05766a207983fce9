"""``ivr details``: the call detail records of a site, as lines of JSON."""

from __future__ import annotations

import math
from pathlib import Path

from interpreter.details import Of, Window, epoch, in_order, lines
from interpreter.site import Site, SiteError
from interpreter.store import StoreUnsuitable
from interpreter.store.reading import past_details, past_ended
from interpreter.tooling.files import CannotRun


def details(site: Path, since: str | None, before: str | None, call: str, of: Of) -> str:
    """The records of what was over from one time on and before another. The store is only read, also while a server
    writes to it. Raises `CannotRun`."""
    try:
        known = Site.load(site, need_secrets=False)
    except SiteError as error:
        raise CannotRun(str(error)) from None
    store, begins, ends = known.store_path(), _moment("--from", since, 0.0), _moment("--to", before, math.inf)
    if not store.exists():
        raise CannotRun(f"there is no store {store} yet: no server has run with {site}")
    window = Window(begins, ends, call, of, whole_numbers=known.settings.details.callers == "full")
    try:
        legs = past_details(store, begins, ends, call) if of != "call" else ()
        calls = past_ended(store, begins, ends, call) if of != "leg" else []
    except StoreUnsuitable as error:
        raise CannotRun(str(error)) from None
    return lines(in_order(legs, calls, window))


def _moment(option: str, text: str | None, otherwise: float) -> float:
    if text is None:
        return otherwise
    try:
        return epoch(text)
    except ValueError:
        raise CannotRun(
            f"{option} {text}: that is no time; write 2026-11-27 or 2026-11-27T08:00:00+01:00, or epoch seconds"
        ) from None
