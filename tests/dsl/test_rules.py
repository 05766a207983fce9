"""Every rule keeps what its own file promises: the bad example gives its finding alone, the good one nothing."""

from __future__ import annotations

import re
from calendar import day_name, month_name

import pytest
from bindings import bind

from dsl import Diagnostic, Source, check, pages
from dsl.fix import apply
from dsl.lint import Page
from dsl.report import explain
from dsl.syntax.findings import CODES

PAGES = list(pages().values())
PROPER = {*day_name, *month_name}
"""English writes these with a capital."""

CATALOGUED = re.compile(r"IVR[1-9][0-9]{2}")


def _found(text: str, site: str) -> tuple[Diagnostic, ...]:
    return check(Source("example.ivr", text), bind(Source("site.toml", site)) if site else None).diagnostics


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.rule.name)
def test_examples(page: Page) -> None:
    rule = page.rule
    found = _found(rule.bad, rule.site)
    assert [(each.code, each.name, each.severity) for each in found] == [(rule.code, rule.name, rule.severity)]
    assert [each.headline for each in _found(rule.good, rule.good_site or rule.site)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.rule.name)
def test_pages(page: Page) -> None:
    """A page is a headline and at least one paragraph about the caller; the code is of the catalogue."""
    rule = page.rule
    headline, why = page.text.split("\n\n", 1)
    assert "\n" not in headline
    assert headline.endswith(".")
    assert len(why) > 60
    assert CATALOGUED.fullmatch(rule.code)
    assert rule.name == rule.name.lower()
    text = explain(rule.code, bind)
    assert text is not None
    for part in (rule.code, rule.name, headline, f"error[{rule.code}]" if rule.severity == "error" else rule.name):
        assert part in text
    assert explain(rule.name, bind) == text


def test_findings_have_the_manner_of_the_house() -> None:
    """Lower case without a full stop, a label, a place that is not a whole block, and advice what to do."""
    for page in PAGES:
        (finding,) = _found(page.rule.bad, page.rule.site)
        for words in (finding.headline, finding.label.text, finding.help):
            assert not words.endswith("."), (page.rule.code, words)
            assert not re.match(r"[A-Z][a-z]", words) or words.split()[0] in PROPER, (page.rule.code, words)
        assert finding.headline
        assert finding.label.text
        assert finding.help, page.rule.code
        assert "\n" not in finding.source.slice(finding.label.span), page.rule.code


def test_reading_and_rules_agree_on_codes() -> None:
    unchecked = {page.rule.code: page.rule.name for page in PAGES if page.rule.check is None}
    assert unchecked == CODES | {"IVR143": "useless-allow"}
    assert len({p.rule.name for p in PAGES}) == len(PAGES)


def test_safe_fixes_cure() -> None:
    """Applying a safe fix to the bad example leaves nothing to find; an unsafe one leaves the finding gone."""
    cured = set()
    for page in PAGES:
        (finding,) = _found(page.rule.bad, page.rule.site)
        if finding.fix is None or finding.source.name != "example.ivr":
            continue
        text, applied = apply(page.rule.bad, [finding.fix], unsafe=True)
        assert applied == (finding.fix,)
        left = [each.code for each in _found(text, page.rule.site)]
        assert page.rule.code not in left, page.rule.code
        if finding.fix.safety == "safe":
            assert left == [], page.rule.code
            assert apply(page.rule.bad, [finding.fix])[0] == text
        else:
            assert apply(page.rule.bad, [finding.fix]) == (page.rule.bad, ())
        cured.add(page.rule.code)
    assert len(cured) >= 15


def test_rules_that_keep_callers_safe_cannot_be_suppressed() -> None:
    assert {page.rule.code for page in PAGES if page.rule.always} == {
        "IVR203",
        "IVR204",
        "IVR210",
        "IVR602",
        "IVR603",
        "IVR612",
        "IVR616",
    }
