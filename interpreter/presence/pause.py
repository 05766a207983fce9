"""When to try again: back-off by a clock that only moves when it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from interpreter.presence.wire import LONGEST_WISH


@dataclass(slots=True)
class Pause:
    """1, 2, 4 … seconds from one failure to the next try, ``longest`` at the most; what the service wishes goes
    before."""

    longest: float = 60.0
    until: float = 0.0
    failures: int = 0

    def over(self, now: float) -> bool:
        """Whether it may be tried. No pause is longer than a wish may be, unless the clock was set back."""
        return now >= self.until or self.until - now > max(self.longest, LONGEST_WISH)

    def failed(self, now: float, after: float = 0.0) -> None:
        """It was tried in vain at ``now``; ``after``: seconds that the service wishes."""
        self.until = now + max(after, min(self.longest, 2.0 ** min(self.failures, 30)))
        self.failures += 1

    def passed(self) -> None:
        self.until, self.failures = 0.0, 0
