"""The nearest known word, for "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import DamerauLevenshtein


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` was most likely meant to be, or ``None`` when nothing is close.

    Case and underscores do not count. Close means: at most one change in three letters, two swapped letters being
    one change.
    """
    wanted = _fold(word)
    if not wanted:
        return None
    best: tuple[int, str] | None = None
    for candidate in sorted(set(known)):
        folded = _fold(candidate)
        limit = max(1, max(len(wanted), len(folded)) // 3)
        distance = DamerauLevenshtein.distance(wanted, folded, score_cutoff=limit)
        if distance <= limit and (best is None or distance < best[0]):
            best = (distance, candidate)
    return best[1] if best else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "").replace(" ", "").replace("-", "")


def listed(words: Iterable[str], last: str = "or") -> str:
    """``a, b or c``, each in backticks."""
    quoted = [f"`{word}`" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
