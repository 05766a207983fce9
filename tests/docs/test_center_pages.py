"""The pages about the contact center name every key of its sections, and the figures in them are what the code makes of
the examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interpreter.routing.measures import Measures, Pace, Tally, said, service_level
from interpreter.site_center import Agent, BlobContainer, Expert, Mail, Presence, QueueOf, Served, Told, Voicemail
from interpreter.site_model import Desktop
from interpreter.site_outbound import Calling, Emergency, Outbound
from interpreter.site_values import Section

DOCS = Path(__file__).resolve().parents[2] / "docs"
SITE = (DOCS / "site.md").read_text(encoding="utf-8")
QUEUES = (DOCS / "queues.md").read_text(encoding="utf-8")
PARTS: dict[str, type[Section]] = {
    "Agents and queues": Agent,
    "Experts": Expert,
    "People who are told": Told,
    "Where messages are kept": Voicemail,
    "Presence in Teams": Presence,
    "The agent's desktop": Desktop,
    "Calls that the site makes": Calling,
    "Emergency calls": Emergency,
}
TABLES: dict[str, type[Section]] = {
    "| Key of `[agents.NAME]` |": Agent,
    "| Key of an entry of `queues` |": Served,
    "| Key of `[queues.NAME]` |": QueueOf,
    "| Key of `[notify.NAME]` |": Told,
    "| Key of `[mail]` |": Mail,
    "| Key of `blob` |": BlobContainer,
    "| Key of `[desktop]` |": Desktop,
    "| Key of `[calling]` |": Calling,
    "| Key of `[outbound.NAME]` |": Outbound,
    "| Key of `[emergency]` |": Emergency,
}


def _part(page: str, heading: str) -> str:
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", page, re.M | re.S)
    assert found, f"no part {heading!r}"
    return found[1]


def _rows(page: str, head: str) -> list[list[str]]:
    """The rows of the table that begins with this head, as cells."""
    assert page.count(head) == 1, head
    lines = page[page.index(head) :].splitlines()
    rows = lines[2 : next((n for n, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("head", TABLES)
def test_tables_have_every_key_and_no_other(head: str) -> None:
    named = [key for row in _rows(SITE, head) for key in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(TABLES[head].model_fields)


@pytest.mark.parametrize("heading", PARTS)
def test_every_key_is_in_an_example(heading: str) -> None:
    examples = "\n".join(re.findall(r"^```toml.*?$(.*?)^```$", _part(SITE, heading), re.M | re.S))
    prose = _part(SITE, heading)
    missing = [key for key in PARTS[heading].model_fields if not re.search(rf"\b{key}\b", examples)]
    assert [key for key in missing if f"`{key}`" not in prose and f"{key} = " not in prose] == []


@pytest.mark.parametrize("head", ["| Key of `[queues.NAME]` |", "| Key of an entry of `queues` |"])
def test_defaults_are_those_of_the_code(head: str) -> None:
    for key, _, default in _rows(SITE, head):
        field = TABLES[head].model_fields[key.strip("`")]
        if field.is_required():
            assert default == "must be there"
        elif isinstance(field.default, int | float):
            assert float(default) == field.default, key
        else:
            assert default in (f'`"{field.default}"`', "none: joined at once"), key


def test_the_expected_wait_of_the_example() -> None:
    measures = Measures()
    measures.paces["billing"] = Pace("billing", handling=240.0, handled=50, waited=100_000.0, gave_up=100)
    rows = _rows(QUEUES, "| Place | Expected | Said |")
    assert len(rows) == 4
    for place, expected, words in rows:
        seconds = measures.estimate("billing", int(place), 2.0)
        assert (expected, words) == (f"{seconds:.0f} s", f"{said(seconds) / 60:.0f} minutes")


def test_the_service_level_of_the_example_by_each_rule() -> None:
    tally = Tally("billing", 0, 100, answered=80, in_time=60, abandoned=15, abandoned_in_time=5, abandoned_short=5)
    head = "| `answered` | `positive` | `negative` | `ignored` |"
    (figures,) = _rows(QUEUES, head)
    levels = [service_level(tally, rule) for rule in ("answered", "positive", "negative", "ignored")]
    assert figures == [f"{100 * (level or 0):.1f} %" for level in levels]
