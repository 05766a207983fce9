"""Calls through the emulator and the real SDK, taken out of the store and stepped through again: on their own script to
the same effects, on an edited one to the edited line."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from wire_rig import play, wire
from wire_stories import SCRIPTS

from dsl import Program, Source, check
from interpreter.replay import BadJournal, Journal, again, against, changes, from_lines, to_lines
from interpreter.store import StoreUnsuitable
from interpreter.store.reading import past_call, past_calls
from interpreter.tooling import replaying
from interpreter.tooling.files import CannotRun

CONTOSO = SCRIPTS / "contoso.ivr"
PIN = """\
ivr 1
flow main for "Contoso bank"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> desk

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4, first within 8s
    no input "I did not get any digits."
    no match "A PIN has four digits."
    accepted      -> desk
    after 3 tries -> desk

transfer desk
    to number front_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> finish not_reached
"""
PLANS = (
    "press 1; press 12345678; transfer busy; transfer answered",
    "silent; silent; silent; transfer answered",
    "press 7; press *; press 0; transfer no answer after 25s",
    'say "my bill"; press 123; hang up',
    "press 0; hang up",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """The journals of some calls, and what the store's file was."""

    journals: tuple[Journal, ...]
    files: tuple[str, ...]


def take(script: Path | str, plans: tuple[str, ...], folder: Path) -> Taken:
    """Make calls on the wire, and take their journals out of the store while the server still runs."""
    found: list[Journal] = []
    files: list[str] = []

    async def run() -> None:
        async with wire(script) as rig:
            for plan in plans:
                await rig.call(plan)
            store = rig.folder / "ivr.db"
            for call_id in past_calls(store):
                found.append(replaying.load(call_id, store))
                files.append(replaying.journal(call_id, store))
            with pytest.raises(CannotRun, match=r"has no call `nobody`; the latest are"):
                replaying.load("nobody", store)
            assert past_call(store, "nobody") is None

    play(run)
    for number, text in enumerate(files):
        (folder / f"{number}.journal").write_text(text, encoding="utf-8")
    return Taken(tuple(found), tuple(files))


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return take(CONTOSO, PLANS, tmp_path_factory.mktemp("journals"))


def draft(change: tuple[str, str]) -> Program:
    text = CONTOSO.read_text(encoding="utf-8")
    assert text.count(change[0]) == 1, change
    program = check(Source("draft.ivr", text.replace(*change))).program
    assert program is not None
    return program


def test_a_journal_replays_to_the_same_effects(taken: Taken) -> None:
    assert len(taken.journals) == len(PLANS)
    for journal in taken.journals:
        whole = again(journal)
        assert (whole.different, whole.compared) == ("", True)
        assert whole.moments[0].happened.startswith("a call of +")
        assert any("contoso.ivr:" in place for moment in whole.moments for place in moment.places)
        assert whole.moments[-1].done[-1].startswith("ends ") or "ends " in repr(whole.moments)


def test_a_journal_is_the_same_as_a_file(taken: Taken) -> None:
    for journal, text in zip(taken.journals, taken.files, strict=True):
        read = from_lines(text, "call.journal")
        assert read == journal
        assert to_lines(read) == text


def test_effects_that_are_not_those_of_the_live_call_are_told(taken: Taken) -> None:
    journal = taken.journals[0]
    assert journal.actions is not None
    changed = Journal(journal.call_id, journal.script, journal.text, journal.events, journal.actions[:-1])
    assert again(changed).different.startswith("the call sent ")


def test_the_same_script_is_no_difference(taken: Taken) -> None:
    moved = "; a comment\n\n" + CONTOSO.read_text(encoding="utf-8").replace("press 1 or say", "press 1  or say")
    program = check(Source("draft.ivr", moved)).program
    assert program is not None
    for journal in taken.journals:
        assert against(journal, program) is None


MENU_PRESS_1 = "Press 1 for billing, or 0 for an agent."
EDITS = {
    "a prompt": ('prompt   "For billing, press 1.', 'prompt   "For bills, press 1.'),
    "a reprompt": (f'reprompt "{MENU_PRESS_1}"', 'reprompt "Press 1 for a bill, or 0 for an agent."'),
    "a destination": ('"operator"  -> front_desk', '"operator"  -> billing'),
    "a sentence on the way": ('"All of billing is busy."', '"Everybody in billing is busy."'),
    "a timer": ("digits 8, first within 8s", "digits 8, first within 9s"),
    "a ring time": ("ring 25s", "ring 20s"),
    "a limit": ('after 3 tries "One moment', 'after 2 tries "One moment'),
    "the last sentence": ('Please try again later. Goodbye."', 'Please try again tomorrow. Goodbye."'),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_difference_is_the_edited_line(name: str, taken: Taken) -> None:
    change = EDITS[name]
    program = draft(change)
    lines = program.source.text.splitlines()
    wanted = 1 + next(number for number, line in enumerate(lines) if change[1].split("\n")[0] in line)
    found = [difference for journal in taken.journals if (difference := against(journal, program)) is not None]
    assert found, name
    for difference in found:
        assert difference.now_at == f"draft.ivr:{wanted}"
        assert difference.was_at == f"contoso.ivr:{wanted}"
        assert difference.was != difference.now


def test_a_call_that_never_came_there_is_not_touched(taken: Taken) -> None:
    program = draft(EDITS["a sentence on the way"])
    assert [against(journal, program) is not None for journal in taken.journals] == [True, False, False, False, False]


def test_the_same_option_has_another_number(taken: Taken) -> None:
    text = CONTOSO.read_text(encoding="utf-8")
    one, zero = (line for line in text.splitlines() if line.startswith(("    press 1 or", "    press 0 or")))
    swapped = text.replace(f"{one}\n{zero}", f"{zero}\n{one}")
    program = check(Source("draft.ivr", swapped)).program
    assert program is not None
    assert swapped != text
    assert [against(journal, program) for journal in taken.journals] == [None] * len(PLANS)


def test_no_secret_is_in_a_journal(tmp_path: Path) -> None:
    taken = take(PIN, ("press 8642; transfer answered",), tmp_path)
    (journal,), (text,) = taken.journals, taken.files
    assert "8642" not in text.replace(journal.text, "")
    assert again(journal).different == ""
    assert "presses 4 keys in confidence" in repr(again(journal).moments)


def test_changes_in_words(taken: Taken) -> None:
    old = draft(("ring 25s", "ring 25s"))
    new = draft(EDITS["a destination"])
    (change,) = changes(old, new)
    assert change.block == "main_menu"
    assert "leads to `billing` instead of `front_desk`" in change.words
    assert changes(old, draft(("ring 25s", "ring   25s"))) == []
    gone = check(Source("draft.ivr", PIN)).program
    assert gone is not None
    words = [each.words for each in changes(old, gone)]
    assert "collect pin is new" in words
    assert "menu main_menu is gone" in words
    assert "calls begin in `pin` instead of `welcome`" in words


def ivr(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, str(root / "cli.py"), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_the_commands(taken: Taken, tmp_path: Path) -> None:
    for number, text in enumerate(taken.files):
        (tmp_path / f"{number}.journal").write_text(text, encoding="utf-8")
    (tmp_path / "old.ivr").write_text(CONTOSO.read_text(encoding="utf-8"), encoding="utf-8")
    edited = CONTOSO.read_text(encoding="utf-8").replace(*EDITS["a sentence on the way"])
    (tmp_path / "new.ivr").write_text(edited, encoding="utf-8")

    shown = ivr("replay", "0.journal", folder=tmp_path)
    assert (shown.returncode, shown.stdout.splitlines()[-1]) == (0, "the same as the live call")
    assert 'says "Thank you for calling Contoso."' in shown.stdout
    told = ivr("replay", "0.journal", "--against", "new.ivr", folder=tmp_path)
    assert told.returncode == 1
    assert 'was: says "All of billing is busy."' in told.stdout
    assert 'now: says "Everybody in billing is busy."' in told.stdout
    same = ivr("replay", "1.journal", "--against", "new.ivr", "--format", "json", folder=tmp_path)
    assert (same.returncode, json.loads(same.stdout)["difference"]) == (0, None)

    (tmp_path / "calls").mkdir()
    for number in range(len(taken.files)):
        (tmp_path / f"{number}.journal").rename(tmp_path / "calls" / f"{number}.journal")
    weighed = ivr("diff", "old.ivr", "new.ivr", "--calls", "calls", folder=tmp_path)
    assert weighed.returncode == 1
    assert "is now" in weighed.stdout
    assert "[1 of 5 calls came here]" in weighed.stdout
    assert weighed.stdout.endswith("1 change; 1 of 5 calls would have met something else\n")
    nothing = ivr("diff", "old.ivr", "old.ivr", folder=tmp_path)
    assert (nothing.returncode, nothing.stdout) == (0, "nothing changes for callers\n")


WRONG = {
    "": "is not a journal",
    "{}\n": "is not a journal",
    '{"journal": 9}\n': "a journal of form 9",
    '{"journal": 1, "call": "a"}\n': "the first line lacks",
    '{"journal": 1, "call": "a", "script": "x", "text": "ivr 1", "actions": null}\n': "has no events",
    '{"journal": 1, "call": "a", "script": "x", "text": "ivr 1", "actions": null}\n{"$": "Conn': "is the file cut off?",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_journal_says_what_to_do(text: str) -> None:
    with pytest.raises(BadJournal, match=WRONG[text].replace("?", r"\?")):
        from_lines(text, "call.journal")


def test_what_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no store", encoding="utf-8")
    with pytest.raises(StoreUnsuitable):
        past_calls(tmp_path / "x.db")
    with pytest.raises(CannotRun, match="there is no store"):
        replaying.load("a", tmp_path / "y.db")
    with pytest.raises(CannotRun, match="there is no file"):
        replaying.load("a", None)
