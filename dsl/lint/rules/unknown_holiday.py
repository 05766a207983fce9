"""A country, a region or a holiday is not known.

The office would be open on a day on which nobody is there, or closed on one on which everybody works. Holidays have
their English names.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Hours, PublicHolidays
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.holidays import countries, names
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead
from dsl.source import Source, Span
from dsl.spell import listed, nearest


def check(context: Context) -> Iterator[Diagnostic]:
    for hours in context.program.declarations():
        if isinstance(hours, Hours):
            for public in hours.public:
                yield from _public(context.program.source, public)


def _public(source: Source, public: PublicHolidays) -> Iterator[Diagnostic]:
    country = public.country.text
    regions = countries().get(country)
    if regions is None:
        upper = country.upper() if country.upper() in countries() else None
        yield RULE.at(
            source,
            public.country.span,
            f"the holidays of `{country}` are not known",
            "a country has two letters",
            help=f"did you mean `{upper}`?" if upper else "write the country in two letters, such as `US`",
            fix=instead(public.country.span, upper) if upper else None,
        )
        return
    region = public.region.plain if public.region is not None else ""
    if public.region is not None and region not in regions:
        some = listed(regions[:5], "and")
        yield RULE.at(
            source,
            public.region.span,
            f"`{country}` has no region `{region}` with holidays of its own",
            "not one of its regions",
            help=f"its regions are {some}{', among others' if len(regions) > 5 else ''}"
            if regions
            else "take the region out: the whole country has the same holidays",
        )
        return
    known = names(country, region) if public.excepted else frozenset()
    for text in public.excepted:
        if text.plain not in known:
            close = nearest(text.plain, known)
            inside = Span(text.span.start + 1, text.span.end - 1)
            yield RULE.at(
                source,
                text.span,
                f"there is no holiday `{text.plain}`",
                f"not one of `{country}`{f' in `{region}`' if region else ''}",
                help=f"did you mean `{close}`?" if close else "write its English name, as `ivr hours` shows it",
                fix=instead(inside, close, safe=False) if close else None,
            )


def _example(name: str) -> str:
    return script(f"""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    holidays of US except "{name}"
    monday to friday 09:00 to 17:00
""")


RULE = Rule(
    code="IVR527",
    name="unknown-holiday",
    severity="error",
    check=check,
    bad=_example("Colombus Day"),
    good=_example("Columbus Day"),
)
