"""Lines of a plan: all of them are read, and what cannot be read is told with what could stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from machine_rig import unchecked

from dsl.analysis.outcomes import VERBS
from interpreter.phone import ACTIONS, BadAction, Becomes, read_action, read_plan, read_typed
from interpreter.phone.actions import CALLER, GIVEN, OTHERS
from interpreter.protocol import Items, Money, Seconds
from interpreter.simulate import CENTER, GIVEN_VERBS, SILENT, Given

TESTING = Path(__file__).parents[2] / "docs" / "testing.md"


@pytest.mark.parametrize("line", [form for form, _ in ACTIONS])
def test_every_line_of_the_table_is_read(line: str) -> None:
    read_action(line)


def test_the_manual_has_the_table() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (.*) \|$", TESTING.read_text(encoding="utf-8"), re.M)
    for form, meaning in (*CALLER, *OTHERS, *GIVEN):
        assert (form, meaning) in rows, form


@pytest.mark.parametrize("verb", CENTER)
def test_whatever_the_center_can_report_has_a_line(verb: str) -> None:
    for outcome in {*CENTER[verb]} - {"position"}:
        line = f"{verb} {outcome} after 3s"
        if verb == "transfer":
            assert read_action(line) is not None
        else:
            assert read_action(line) == Becomes(verb, outcome, (), 3.0)
    assert {outcome.name for outcome in VERBS[verb]} - {"waited"} <= set(CENTER[verb])


@pytest.mark.parametrize("verb", GIVEN_VERBS)
def test_whatever_can_be_given_has_a_line(verb: str) -> None:
    for outcome in GIVEN_VERBS[verb]:
        assert read_action(f"given {verb} it is {outcome}") == Given(verb, "it", outcome)  # type: ignore[arg-type]
    assert read_action(f"given {verb} it fails after 2s") == Given(verb, "it", "failed", (), 2.0)  # type: ignore[arg-type]
    assert read_action(f"given {verb} never answers") == Given(verb, "", "failed", (), SILENT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "given"),
    [
        (
            'given lookup crm.open is found { amount 35.00 USD, life 30s, tags ("a", "b") } after 2s ; slow',
            Given(
                "lookup",
                "crm.open",
                "found",
                (("amount", Money("35.00", "USD")), ("life", Seconds(30.0)), ("tags", Items(("a", "b")))),
                2.0,
            ),
        ),
        ('given recall language is found { "es-US" }', Given("recall", "language", "found", (("value", "es-US"),))),
        ("given recall visits is found { 3 }", Given("recall", "visits", "found", (("value", 3.0),))),
        ("given recall visits is found { value 3 }", Given("recall", "visits", "found", (("value", 3.0),))),
        ("given count wrong_pins is 2", Given("count", "wrong_pins", "", (("value", 2.0),))),
        (
            'given check crm.pin_ok is yes when pin is "12 and 4" and id is 7 after 1s',
            Given("check", "crm.pin_ok", "yes", (), 1.0, (("pin", "12 and 4"), ("id", 7.0))),
        ),
        (
            'given lookup crm.by_phone is found { note "call when open; after 3s" }',
            Given("lookup", "crm.by_phone", "found", (("note", "call when open; after 3s"),)),
        ),
    ],
)
def test_what_is_given(line: str, given: Given) -> None:
    assert read_action(line) == given


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("queue conected", "`queue conected`: a `queue` does not become `conected`; did you mean `queue connected`?"),
        ("queue position", "`queue position`: a `queue` does not become `position`; it can be "),
        ("pay thanked", "it can be `paid`, `declined`, `cancelled`, `unknown` or `failed`"),
        ("vociemail saved", "`vociemail saved` is not something a caller does; did you mean `voicemail`?"),
        ("given", '`given` cannot be read; write `given lookup crm.by_phone is found { name "Ana" }`'),
        ("given lokup crm.x is found", "nothing is given for `lokup`; did you mean `given lookup`?"),
        ("given queue line is full", "nothing is given for `queue`; it can be `lookup`, `check`"),
        ("given lookup crm.x is not fuond", "a lookup does not become `not fuond`; did you mean `is not found`?"),
        ("given lookup crm.x found", "a lookup does not become `found`"),
        ("given action crm.x is 2", "an action does not become `2`"),
        ("given lookup crm.x is found { name }", "`name` is not a named value"),
        ("given lookup crm.x is found { name Ana }", "`name Ana` is not a named value"),
        ("given record start is refused when x is 1", "`when` is for `lookup`, `check` or `action`"),
        ("given check crm.x is yes when pin", '`pin` cannot be read; write `when pin is "1234"`'),
    ],
)
def test_what_is_no_line(line: str, error: str) -> None:
    with pytest.raises(BadAction, match=re.escape(error)):
        read_action(line)


SCRIPT = """\
ivr 1
flow main
    timezone "UTC"
    on system error -> desk

step desk
    lookup customer = crm.by_phone(caller.number)
        found or not found or failed -> desk
    recall language text by caller.number
        found or not found or failed -> desk
    remember language by caller.number for 1d
    notify supervisors "A call."
    finish done

data crm
    by_phone(number phone) gives name text
    check pin_ok(pin secret)

counter wrong
    at most 3
    by caller.number for 1d

counter here
    at most 3
"""


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("given lookup crm.by_phone is not found", ""),
        ("given lookup is not found", ""),
        ("given recall language is not found", ""),
        ("given remember language fails", ""),
        ("given count wrong is 2", ""),
        ("given notify supervisors fails", ""),
        ("given record pause fails", ""),
        ("given brief desk fails", ""),
        (
            "given lookup crm.by_fone is not found",
            "the script has no lookup of this name; did you mean `crm.by_phone`?",
        ),
        ("given lookup crm.pin_ok is not found", "the script has no lookup of this name; it has `crm.by_phone`"),
        ("given action crm.lock is done", "the script has no action of this name; it has none"),
        ("given count here is 2", "the script has no count of this name; it has `wrong`"),
        ("given record paus fails", "the script has no record of this name; did you mean `pause`?"),
    ],
)
def test_what_a_script_never_asks_for(line: str, error: str) -> None:
    """A misspelt name would change nothing, and nobody would know why."""
    program = unchecked(SCRIPT)
    if not error:
        assert len(read_plan(line, "a.plan", program)) == 1
        return
    with pytest.raises(BadAction, match=re.escape(error)):
        read_plan(f"; first\n{line}", "a.plan", program)
    with pytest.raises(BadAction, match=r"^a\.plan:2: "):
        read_plan(f"; first\n{line}", "a.plan", program)


def test_at_the_keyboard_the_verb_goes_without_saying() -> None:
    assert read_typed("connected", False, "queue") == Becomes("queue", "connected")
    assert read_typed("position 3", False, "queue") == Becomes("queue", "position", (("position", 3.0),))
    assert read_typed("no agents after 20s", False, "queue") == Becomes("queue", "no agents", (), 20.0)
    assert read_typed("queue full", False, "queue") == Becomes("queue", "full")
    assert read_typed("given check crm.pin_ok is no", False, "") == Given("check", "crm.pin_ok", "no")
    assert read_typed("?", False, "queue") is None
    with pytest.raises(BadAction, match="to say it, put it in quotes"):
        read_typed("connected", False, "")
