"""Several files as one text, and what is found in them told where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl import Source, check
from dsl.bundle import bundle, files, is_inside, used_names

MAIN = """\
ivr 1

use "hours.ivr"
use "desk.ivr"

flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    when hours office
        open              -> desk
        holiday or closed -> sorry

step sorry
    say "Nobody is here. Goodbye."
    finish nobody
"""
HOURS = """\
ivr 1

hours office
    monday to friday 09:00 to 17:00
"""
DESK = """\
ivr 1

; The desk knows the hours, too.
use "hours.ivr"

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""
FILES = {"hours.ivr": HOURS, "desk.ivr": DESK}


def told(main: str = MAIN, name: str = "scripts/main.ivr", **others: str) -> list[str]:
    """``file:line code`` of each finding."""
    texts = {**FILES, **{f"{stem}.ivr": text for stem, text in others.items()}}
    found = check(Source(name, main), read=texts.get).diagnostics
    return [f"{each.source.name}:{each.source.place(each.label.span.start).line} {each.code}" for each in found]


def test_each_file_is_there_once_and_in_the_order_in_which_it_is_named() -> None:
    whole = bundle(Source("scripts/main.ivr", MAIN), FILES.get)
    assert [each.name for each in files(whole)] == ["scripts/main.ivr", "scripts/hours.ivr", "scripts/desk.ivr"]
    assert [each.text for each in files(whole)] == [MAIN, HOURS, DESK]
    assert told() == []


def test_a_script_that_uses_nothing_is_itself() -> None:
    source = Source("main.ivr", HOURS)
    assert bundle(source, FILES.get) is source


def test_a_circle_does_no_harm() -> None:
    assert told(hours=HOURS.replace("ivr 1\n", 'ivr 1\n\nuse "main.ivr"\nuse "desk.ivr"\n')) == []


def test_a_finding_is_told_in_its_file() -> None:
    assert told(hours=HOURS.replace("09:00", "25:00")) == ["scripts/hours.ivr:4 IVR103"]
    assert told(desk=DESK.replace(" or busy", "")) == ["scripts/desk.ivr:6 IVR203"]
    assert told(main=MAIN.replace("    say", "    sya")) == ["scripts/main.ivr:17 IVR106"]


def test_a_name_given_twice_is_told_with_both_places() -> None:
    found = check(Source("main.ivr", MAIN), read={**FILES, "desk.ivr": DESK + "\nstep sorry\n    hang up\n"}.get)
    (finding,) = (each for each in found.diagnostics if each.code == "IVR111")
    assert finding.source.name == "desk.ivr"
    assert [label.source.name for label in finding.labels if label.source] == ["main.ivr"]


def test_a_fix_is_one_of_its_file() -> None:
    found = check(Source("main.ivr", MAIN), read={**FILES, "desk.ivr": DESK.replace("transfer", "trasfer")}.get)
    (finding,) = found.diagnostics
    assert finding.source.name == "desk.ivr"
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    assert DESK.replace("transfer", "trasfer")[edit.span.start : edit.span.end] == "trasfer"


@pytest.mark.parametrize("name", ["missing.ivr", "../hours.ivr", "/etc/passwd", "C:\\hours.ivr", "a/../../hours.ivr"])
def test_a_file_that_cannot_be_used_is_told_once(name: str) -> None:
    main = MAIN.replace('use "hours.ivr"', f'use "{name}"'.replace("\\", "\\\\")).replace('use "desk.ivr"\n', "")
    assert told(main=main) == ["scripts/main.ivr:3 IVR118"]


def test_files_in_folders_below() -> None:
    texts = {"lib/hours.ivr": HOURS, "desk.ivr": DESK.replace('use "hours.ivr"\n\n', "")}
    main = MAIN.replace('"hours.ivr"', '"./lib/hours.ivr"')
    assert check(Source("main.ivr", main), read=texts.get).diagnostics == ()


@given(st.text('use "hours.ivr\n; file/\\', max_size=60), st.text(max_size=30))
def test_no_text_is_too_odd(main: str, used: str) -> None:
    whole = bundle(Source("main.ivr", main), {"hours.ivr": used}.get)
    assert whole.text.startswith(main)
    check(Source("main.ivr", main), read={"hours.ivr": used}.get)
    assert all(isinstance(is_inside(name), bool) for name in used_names(main))
