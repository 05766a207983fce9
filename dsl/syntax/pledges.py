"""A promise that cannot be read: what could be promised instead."""

from __future__ import annotations

import re

from dsl.diagnostics import Diagnostic
from dsl.spell import nearest
from dsl.syntax.findings import finding
from dsl.syntax.trouble import Trouble
from dsl.syntax.words import SENTENCES

_PROMISES = (
    "every path ends in handled, abandoned",
    "desk within 3 prompts of main_menu",
    "silent caller reaches desk within 60s",
    "pin never in log, recording",
    "no prompt longer than 20s",
    "no silence longer than 2s",
    "nothing in another language after one is chosen",
    "no recording while a secret is collected",
)
"""One promise of each kind."""


def promise(trouble: Trouble) -> Diagnostic | None:
    """A promise that is none of those that can be made."""
    match = re.match(r"promise[ \t]*", trouble.text)
    if match is None or trouble.kind or "DURATION" in trouble.terminals:
        return None
    phrases = [each for each in SENTENCES.values() if each != "cannot be interrupted"]
    phrases += ["silent caller reaches", "no prompt longer than", "no silence longer than"]
    said = trouble.code[match.end() :].strip()
    begun = next((each for each in phrases if nearest(" ".join(said.split()[: len(each.split())]), [each])), None)
    if begun is not None and not said.startswith(begun):
        span = trouble.find(match.end(), len(re.split(r"(?<=\S)\s+", said)[0]))
        return finding(
            trouble.source,
            "IVR106",
            "there is no such promise",
            span,
            "not known here",
            help=f"did you mean `{begun}`?",
        )
    if begun is not None or re.match(r"\S+[ \t]+(within|never)\b", said):
        return None
    listed_ones = "; ".join(f"`{each}`" for each in _PROMISES)
    span = trouble.find(match.end(), len(said)) if said else trouble.find(0, len("promise"))
    return finding(
        trouble.source,
        "IVR100",
        "there is no such promise",
        span,
        "nothing that can be proved" if said else "what is promised?",
        help=f"what can be promised is {listed_ones}",
    )
