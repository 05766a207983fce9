"""A key has a name that callers of this country do not use.

`#` is "pound" in North America and "hash" in Britain, Ireland, India and Australia. Who looks for a pound sign on a
British telephone finds none.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.heard import heard, written
from dsl.lint.keys import keys_in
from dsl.lint.rule import Context, Rule
from dsl.source import Span

_HASH = ("en-AU", "en-GB", "en-IE", "en-IN", "en-NZ", "en-ZA")
_POUND = ("en-CA", "en-US")


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for declaration in program.declarations():
        for each in heard(program, declaration):
            wrong, right = ("pound", "hash") if each.language in _HASH else ("hash", "pound")
            if each.language not in (*_HASH, *_POUND):
                continue
            start = each.text.span.start + 1
            for word, begin, end in keys_in(written(program, each.text), each.language):
                if word.casefold() == wrong:
                    place = Span(start + begin, start + end)
                    # A text is the key of its translations: with them, a person has to change both.
                    fix = Fix(f"write `{right}`", (Edit(place, right),), "unsafe" if program.translations else "safe")
                    yield RULE.at(
                        program.source,
                        place,
                        f"callers who speak {each.language} call the key `#` {right}, not {wrong}",
                        "another country's name of the key",
                        help=f"write `{right}`",
                        fix=fix,
                    )


def _example(name: str) -> str:
    return script(f"""\
collect account
    into number
    prompt "Enter your account number, then press {name}."
    digits 4 to 8, ends with #
    no input "I did not get any digits."
    no match "An account number has four to eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR431",
    name="foreign-key-name",
    severity="warning",
    check=check,
    bad=_example("hash"),
    good=_example("pound"),
)
