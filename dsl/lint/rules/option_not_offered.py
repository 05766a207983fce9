"""A menu does not tell of one of its choices.

The prompt names keys, and not this one: it was added later, or the prompt was changed. Callers cannot choose what they
do not hear of. A choice that nobody is meant to hear of is `hidden`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Menu, Option
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.heard import Heard, asked, has_recordings, written
from dsl.lint.input import keys_taken
from dsl.lint.keys import KEYS, keys_named, numbers_said
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for menu in program.declarations():
        if not isinstance(menu, Menu) or menu.broken or has_recordings(menu):
            continue
        reported: set[int] = set()
        for language, said in asked(program, menu, ("prompt", "reprompt")):
            texts = [(written(program, each.text), each.language) for each in said]
            words = " ".join(text for text, _ in texts)
            named = [key for text, spoken in texts for key in keys_named(text, spoken)]
            # "Press 1 to stay, 2 move" tells enough: a number that is said at all is taken for it.
            known = {key for text, spoken in texts for key in numbers_said(text, spoken)}
            if not set(named) <= {*keys_taken(menu), *(key.key.text for key in program.keys_of(menu))}:
                continue  # a key that is named and not there is an error with a message of its own
            for number, option in enumerate(menu.options) if named else ():
                if number not in reported and _is_missing(option, known, words):
                    reported.add(number)
                    yield _finding(context, menu, option, said[0], language)


def _is_missing(option: Option, named: set[str], words: str) -> bool:
    keys = [key.text for key in option.keys]
    if option.hidden or not keys or any(key in named or key not in KEYS for key in keys):
        return False  # a key that is none, such as `X`, has a message of its own
    heard = f" {_folded(words)} "
    return not any(f" {_folded(phrase.plain)} " in heard for phrase in option.phrases)


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _finding(context: Context, menu: Menu, option: Option, prompt: Heard, language: str) -> Diagnostic:
    key = option.keys[0]
    other = f" in {language}" if language != context.program.language else ""
    return RULE.at(
        context.program.source,
        key.span,
        f"no prompt of `menu {menu.name.text}` tells of the key `{key.text}`{other}",
        "callers do not hear of it",
        labels=(Label(prompt.text.span, "the prompt"),),
        help="name it in the prompt, or write `hidden` behind it",
    )


def _example(prompt: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For billing, press 1.{prompt}"
    press 1 -> sorry
    press 2 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR324",
    name="option-not-offered",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example(" For support, press 2."),
)
