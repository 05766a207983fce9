"""Entries whose times do not rise: of two processes with two clocks, or appended late because the store was away."""

from __future__ import annotations

from floor_rig import MONDAY, Rig, floor

from interpreter.floor import Ledger
from interpreter.floor.ledger import ENTRIES, open_ledger
from interpreter.routing import QueueRules
from interpreter.routing.protocol import Entered, Event, Person, Serves, SignedIn, Wanted
from interpreter.store.floor_log import LogRow


def test_who_is_free_by_an_older_entry_is_offered_the_caller_who_is_there() -> None:
    r = Rig(floor(QueueRules("sales")))
    r.agent("ann")
    r.wants("ann", "not ready")
    r.now += 5
    r.enter("a")
    r.now -= 3
    r.wants("ann", "available")
    assert r.rung == ["ann"]


def test_nor_does_an_older_entry_make_a_reserve_wait_again() -> None:
    r = Rig(floor(QueueRules("sales")))
    r.agent("ann", Serves("sales", delay=20.0))
    r.wants("ann", "not ready")
    r.enter("a")
    r.wait(21)
    r.now -= 2
    r.wants("ann", "available")
    assert r.rung == ["ann"]


def test_who_is_rung_for_all_is_rung_by_an_older_entry_too() -> None:
    r = Rig(floor(QueueRules("sales", strategy="ring all")))
    r.agent("ann")
    r.agent("bob")
    r.wants("bob", "not ready")
    r.now += 5
    r.enter("a")
    r.now -= 3
    r.wants("bob", "available")
    assert r.rung == ["bob"]


def test_a_floor_of_an_image_measures_by_the_same_time() -> None:
    whole = Ledger(floor(QueueRules("sales")))
    events: list[Event] = [
        SignedIn(MONDAY, "ann", Person("ann"), (), (Serves("sales"),)),
        Wanted(MONDAY, "ann", "not ready"),
        Entered(MONDAY + 5, "a/1", "sales"),
    ]
    for number, event in enumerate(events, 1):
        whole.apply(LogRow(number, event.at, "w", ENTRIES.encode(event)))
    again = open_ledger(whole.image(), {"sales": QueueRules("sales")})
    late = LogRow(4, MONDAY + 2, "w", ENTRIES.encode(Wanted(MONDAY + 2, "ann", "available")))
    assert [each.order for each in again.apply(late)[0]] == [each.order for each in whole.apply(late)[0]] != []
