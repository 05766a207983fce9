"""A prompt names its keys out of order.

"For sales, press 3. For billing, press 1.": callers expect 1, 2, 3 and believe that they have missed the first choices.
They wait for the menu to be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import asked, written
from dsl.lint.keys import key_named, keys_in
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for menu in program.declarations():
        if not isinstance(menu, Menu):
            continue
        for _, texts in asked(program, menu):
            last, spoken = 0, ""
            for each in texts:
                if each.language != spoken:
                    last, spoken = 0, each.language  # the same list, for others
                start = each.text.span.start + 1
                for word, begin, end in keys_in(written(program, each.text), each.language):
                    key = key_named(word, each.language) or ""
                    if not key.isdecimal() or key == "0":
                        continue  # 0, star and pound have places of their own, most often at the end
                    if int(key) < last:
                        yield _finding(context, menu, Span(start + begin, start + end), key, last)
                        break
                    last = int(key)


def _finding(context: Context, menu: Menu, span: Span, key: str, last: int) -> Diagnostic:
    return RULE.at(
        context.program.source,
        span,
        f"the prompt of `menu {menu.name.text}` names {key} after {last}",
        "out of order",
        help="name the keys in their order, or give the choices other keys",
    )


def _example(first: int, second: int) -> str:
    return script(f"""\
menu main_menu
    prompt "For billing, press {first}. For support, press {second}."
    press {first} -> sorry
    press {second} -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR424",
    name="keys-out-of-order",
    severity="warning",
    check=check,
    bad=_example(2, 1),
    good=_example(1, 2),
)
