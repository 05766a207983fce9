"""Days of a contact center in virtual time, through the real floor, beside Erlang's formulas.

    python -m benchmarks.center_day [--days 20] [--seed 1]

One day is 10,000 calls, 50 agents and 5 queues. Where Erlang C is exact (ten agents for each queue, nobody gives up)
each figure is the mean of independent days with its 95 % confidence interval; a day starts with an empty center, so the
callers of its first hours are served but not counted. Every offer is judged as it is made (`virtual_center`), and the
floor's own counts are compared with the center's: a difference ends the run.

Then a day in which nothing is exact (agents of two queues, skills, wrap-up, callers without patience), for information;
and one day again through `Floors` and the SQLite store, with a host that answers at once: every caller must have waited
as long as before.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import statistics
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.erlang import Expected, erlang_a, erlang_c
from benchmarks.stored_day import run_stored
from benchmarks.virtual_center import START, Center, Fate, Staff, Traffic, check_measures, plan, rules
from interpreter.routing import Floor
from interpreter.routing.measures import Rule, service_level

DAY, WARM_UP = 86_400.0, 4 * 3_600.0
AGENTS, WITHIN = 10, 20.0
LOADS = {"orders": 6.0, "billing": 7.0, "support": 8.0, "claims": 8.5, "repairs": 8.5}
"""Erlangs of each queue."""
HANDLING = sum(LOADS.values()) * DAY / 10_000
"""Seconds of a talk, so that 10,000 calls come on a day: 328."""
LIMIT = 120.0
"""Seconds that a day may take."""
RULES: tuple[Rule, ...] = ("answered", "positive", "negative", "ignored")
STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 8: 2.365, 10: 2.262, 15: 2.145, 20: 2.093, 30: 2.045, 60: 2.001}
"""Student's t of a 95 % interval, by the number of days."""


def dedicated() -> list[Staff]:
    """Ten agents for each queue."""
    return [Staff(f"{queue} {number}", (queue,)) for queue in LOADS for number in range(AGENTS)]


def day(seed: int) -> Center:
    """A day where Erlang C is exact, run to its end."""
    traffic = [Traffic(queue, load / HANDLING, HANDLING) for queue, load in LOADS.items()]
    center = Center(Floor(rules(*LOADS)), dedicated(), plan(traffic, WARM_UP + DAY, seed), seed=seed)
    center.run()
    for queue in LOADS:
        check_measures(center.floor, center.fates.values(), queue)
    return center


def figures(center: Center, queue: str) -> Expected:
    """What Erlang C speaks of, as it was on this day."""
    counted = [e for e in center.fates.values() if e.coming.queue == queue and e.coming.at >= START + WARM_UP]
    waits = sum(each.waited > 0 for each in counted) / len(counted)
    in_time = sum(each.waited <= WITHIN for each in counted) / len(counted)
    return Expected(waits, statistics.fmean(each.waited for each in counted), in_time)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The mean, and the half of its 95 % confidence interval."""
    # A smaller number of days has the larger t: an interval between two entries is never too narrow.
    student = STUDENT[max(days for days in STUDENT if days <= len(values))]
    return statistics.fmean(values), student * statistics.stdev(values) / math.sqrt(len(values))


def compare(console: Console, days: Sequence[Center]) -> tuple[int, int]:
    """Print the days beside Erlang C. Returns how many figures were inside of their intervals, and of how many."""
    title = f"{len(days)} days, ten agents a queue, nobody gives up: the floor beside Erlang C"
    table = Table("queue", "erlangs", "figure", "floor", "95 % CI", "Erlang C", "", title=title, title_justify="left")
    inside = whole = 0
    for queue, load in LOADS.items():
        found, exact = [figures(each, queue) for each in days], erlang_c(load / HANDLING, HANDLING, AGENTS, WITHIN)
        for name, told in (("P(wait)", "waits"), ("mean wait, s", "mean"), (f"within {WITHIN:.0f} s", "in_time")):
            mean, half = interval([getattr(each, told) for each in found])
            true = getattr(exact, told)
            fits = abs(true - mean) <= half
            inside, whole = inside + fits, whole + 1
            form = "{:.1f}" if told == "mean" else "{:.3f}"
            low, high = form.format(mean - half), form.format(mean + half)
            table.add_row(
                queue, f"{load}", name, form.format(mean), f"{low} to {high}", form.format(true),
                "inside" if fits else "OUTSIDE",
            )  # fmt: skip
    console.print(table)
    console.print(f"{inside} of {whole} are inside; of 95 % intervals, one in twenty is expected not to be.")
    return inside, whole


def estimates(fates: Sequence[Fate]) -> tuple[int, float, float]:
    """How many had to wait and were answered; by how much the floor expected too much (bias) and was off (RMSE),
    seconds."""
    off = [e.estimate - e.waited for e in fates if e.estimate is not None and e.answered and math.isfinite(e.estimate)]
    return len(off), statistics.fmean(off), math.sqrt(statistics.fmean(each * each for each in off))


def shared(seed: int) -> Center:
    """A day in which nothing is exact: agents of two queues, a third of them with Spanish, which every fifth caller
    needs; half a minute of wrap-up, four seconds to pick up, two minutes of patience."""
    names = tuple(LOADS)
    traffic = [Traffic(queue, 2_000 / DAY, HANDLING, 120.0, (("spanish", 3),), 0.2) for queue in names]
    staff = [
        Staff(
            f"agent {n:02}", (names[n // AGENTS], names[(n // AGENTS + 1) % 5]), (("spanish", 5),) if n % 3 == 0 else ()
        )
        for n in range(50)
    ]
    center = Center(Floor(rules(*names, wrap_up=30.0)), staff, plan(traffic, DAY, seed), pick_up=4.0, seed=seed)
    center.run()
    for queue in names:
        check_measures(center.floor, center.fates.values(), queue)
    return center


def show_shared(console: Console, center: Center) -> None:
    """Print it, beside Erlang A of as many agents who are dedicated."""
    headings = ("queue", "calls", "gave up", "mean wait, s", *RULES, "estimates", "bias, s", "RMSE, s")
    table = Table(*headings, title="A day of shared agents, skills and patience", title_justify="left")
    for queue in LOADS:
        fates = [each for each in center.fates.values() if each.coming.queue == queue]
        sums = center.floor.measures.sums(queue, START)
        levels = [service_level(sums, rule) for rule in RULES]
        lost, wait = sum(not each.answered for each in fates), statistics.fmean(each.waited for each in fates)
        count, bias, off = estimates(fates)
        table.add_row(
            queue, f"{len(fates):,}", f"{lost / len(fates):.3f}", f"{wait:.1f}",
            *("none" if level is None else f"{level:.3f}" for level in levels),
            f"{count}", f"{bias:+.1f}", f"{off:.1f}",
        )  # fmt: skip
    console.print(table)
    a = erlang_a(2_000 / DAY, HANDLING + 34.0, AGENTS, 120.0)
    console.print(f"Erlang A of ten dedicated agents, without skills: {a.lost:.3f} give up, {a.mean:.1f} s of waiting.")
    console.print("Estimates of those who gave up cannot be judged: the longest waits are missing among the real ones.")


def main() -> None:
    """Run, and print. Raises `DisciplineError` and `AssertionError`."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--days", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    console = Console(width=118)
    spent, days = [], []
    for seed in range(given.seed, given.seed + given.days):
        began = time.perf_counter()
        days.append(day(seed))
        spent.append(time.perf_counter() - began)
    inside, whole = compare(console, days)
    calls, events = sum(len(each.fates) for each in days), sum(each.events for each in days)
    console.print(
        f"One day: {calls // len(days):,} calls, {events // len(days):,} events, {statistics.median(spent):.1f} s "
        f"(goal < {LIMIT:.0f} s); every offer in order, nobody idle beside a caller, all counts of the floor agree."
    )
    count, bias, off = estimates([each for one in days for each in one.fates.values()])
    console.print(f"Expected waits, told to {count:,} callers who all stayed: bias {bias:+.1f} s, RMSE {off:.1f} s")
    show_shared(console, shared(given.seed))
    began = time.perf_counter()
    stored = asyncio.run(run_stored(rules(*LOADS), dedicated(), days[0].coming))
    took = time.perf_counter() - began
    pure = {call: fate.waited for call, fate in days[0].fates.items()}
    differ = sum(stored.waits.get(call) != waited for call, waited in pure.items())
    console.print(
        f"The first day again, through Floors and SQLite: {stored.entries:,} entries of the log in {took:.1f} s "
        f"(goal < {LIMIT:.0f} s); {differ} of {len(pure):,} callers have waited otherwise."
    )
    assert max(*spent, took) < LIMIT, "a day takes too long"
    assert not differ, "the store has changed the day"
    assert inside >= whole * 0.8, "the floor is not an Erlang C queue where it should be"


if __name__ == "__main__":
    main()
