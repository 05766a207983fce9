"""A number of the site file is not in E.164 form.

E.164 is the international form, a plus sign with the country code and nothing but digits: `+14255550100`. The host
refuses any other, and the caller would hear an apology instead of a ringing tone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from dsl.diagnostics import Diagnostic, Label
from dsl.emergency import is_emergency
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.uses import uses


def check(context: Context) -> Iterator[Diagnostic]:
    if context.bindings is None:
        return
    numbers = context.bindings.of("numbers")
    seen: set[str] = set()
    for use in (use for declaration in context.program.declarations() for use in uses(declaration)):
        bound = numbers.get(use.name) if use.section == "numbers" else None
        if bound is None or use.name in seen or is_emergency(bound.value):  # IVR616
            continue
        seen.add(use.name)
        why = _wrong(bound.value)
        if why:
            meant = _meant(bound.value)
            yield RULE.at(
                context.bindings.source,
                bound.span,
                f"`{bound.value}` is not a number in E.164 form",
                why,
                labels=(Label(use.span, "this script needs it", context.program.source),),
                help=f"write `{meant}`" if meant else "write a plus sign, the country code and the number",
            )


def _wrong(value: str) -> str:
    """What is wrong with a number, ``""`` when nothing is."""
    if not value.startswith("+"):
        return "no country code: it has to begin with `+`"
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):  # ITU-T E.164: at most 15 digits
        return "a plus sign and 7 to 15 digits, nothing else"
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return "this country code is not assigned"
    # Not is_valid_number: numbers for examples (555-01xx) are assigned to nobody, and rightly so.
    return "" if phonenumbers.is_possible_number(number) else "too many or too few digits for its country"


def _meant(value: str) -> str | None:
    """The E.164 form, where only the writing is wrong."""
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", value.strip()), None)
    except phonenumbers.NumberParseException:
        return None
    return (
        str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        if (phonenumbers.is_possible_number(number))
        else None
    )


_SCRIPT = script("""\
transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")

RULE = Rule(
    code="IVR540",
    name="number-not-e164",
    severity="error",
    check=check,
    bad=_SCRIPT,
    site="""\
[numbers]
desk = "+1 (425) 555-0100"
""",
    good=_SCRIPT,
    good_site="""\
[numbers]
desk = "+14255550100"
""",
)
