"""A text tells the caller to say something that is not among the phrases.

"Press 1 or say billing", and the option listens for "invoices": the caller does as told and is not understood. English
texts are read for `say` and the words behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import heard, part, written
from dsl.lint.keys import key_named
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.ambiguous_phrase import sound_of
from dsl.spell import listed

_SAY = re.compile(
    r"(?:\bor\s+|[.,:;?!]\s*|^)(?:please\s+|just\s+|simply\s+)?say\s+(?:the\s+word\s+)?[\"“'‘\\]*"
    r"([\w' -]+?)(?=[\"”’\\.,;:!?]|\s+(?:or|for|to|and|if|at|when)\b|\s*$)",
    re.I,
)
_OPEN = frozenset(
    [
        "what",
        "why",
        "how",
        "who",
        "where",
        "when",
        "which",
        "it",
        "that",
        "something",
        "anything",
        "your",
        "you",
        "a",
        "an",
        "in",
        "so",
        "more",
    ]
)
"""Words with which a text asks for free speech and not for a phrase."""


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for menu in program.declarations():
        phrases = (
            {sound_of(phrase) for option in menu.options for phrase in option.phrases}
            if isinstance(menu, Menu)
            else set()
        )
        if not isinstance(menu, Menu) or not phrases or menu.broken:
            continue
        phrases |= {sound_of(meaning) for option in menu.options for meaning in option.meanings}
        phrases |= {sound_of(phrase) for key in program.keys_of(menu) for phrase in key.phrases}
        for each in heard(program, menu):
            if each.use not in ("prompt", "reprompt") or each.language != program.language:
                continue
            for match in _SAY.finditer(written(program, each.text)) if each.language.startswith("en") else ():
                words = match[1].casefold().split()
                if words[0] not in _OPEN and len(words) < 4 and not _is_taken(" ".join(words), phrases, menu):
                    yield RULE.at(
                        program.source,
                        part(each.text, match, 1),
                        f"the text asks for `{match[1]}`, which is no phrase of `menu {menu.name.text}`",
                        "nobody listens for it",
                        help=f'add it to an option: `say "{match[1]}"`; there are {listed(sorted(phrases), "and")}',
                    )


def _is_taken(words: str, phrases: set[str], menu: Menu) -> bool:
    sound = " ".join(re.findall(r"\w+", words))
    if menu.understands and any(f" {sound} " in f" {each} " for each in phrases):
        return True
    if sound in phrases or (menu.phrases_anywhere and any(f" {each} " in f" {sound} " for each in phrases)):
        return True
    key = key_named(sound)
    return key is not None and any(key_named(phrase) == key for phrase in phrases)


def _example(phrase: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For billing, press 1 or say billing."
    press 1 or say "{phrase}" -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR436",
    name="prompt-names-missing-phrase",
    severity="warning",
    check=check,
    bad=_example("invoices"),
    good=_example("billing"),
)
