"""What an author sees for a mistake.

`mistakes/*.txt` are scripts with one mistake each, and the whole message that it must give: the source, a line
``----``, the message as `ivr lint` prints it. A site file may stand between, below ``---- site.toml``. After a change
of wording, ``IVR_UPDATE_EXPECTED=1`` writes the messages anew, and the difference is to be read.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from bindings import bind
from hypothesis import given
from hypothesis import strategies as st

from dsl import Checked, Diagnostic, Source, check
from dsl.bundle import used_names
from dsl.fix import apply
from dsl.report import formats, render

HERE = Path(__file__).parent
MISTAKES = sorted((HERE / "mistakes").glob("*.txt"))
FOLDER = HERE.parents[1] / "scripts"
EVERY = [path for path in FOLDER.glob("*.ivr") if not path.stem.endswith("_test")]
USED = {name for path in EVERY for name in used_names(path.read_text(encoding="utf-8"))}
SCRIPTS = [(HERE / "sample.ivr"), *sorted(path for path in EVERY if path.name not in USED)]

EVERY = [*SCRIPTS, *sorted((HERE / "clean").glob("*.ivr")), HERE / "format" / "everything.ivr"]
"""What is damaged at random: all of these together have every line of the language."""


def _parts(text: str) -> tuple[str, str, str]:
    source, _, rest = text.partition("----")
    site = ""
    if rest.startswith(" site.toml\n"):
        site, _, rest = rest.removeprefix(" site.toml\n").partition("----")
    return source, site, rest.removeprefix("\n")


def _check(text: str, site: str = "") -> Checked:
    return check(Source("main.ivr", text), bind(Source("site.toml", site)) if site else None)


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_one_mistake_one_message(path: Path) -> None:
    source, site, expected = _parts(path.read_text(encoding="utf-8"))
    found = _check(source, site).diagnostics
    message = render(found).rstrip("\n") + "\n"
    if os.environ.get("IVR_UPDATE_EXPECTED"):
        middle = f"---- site.toml\n{site}" if site else ""
        path.write_text(f"{source}{middle}----\n{message}", encoding="utf-8")
        return
    assert len(found) == 1
    assert message == expected


def test_there_are_enough_mistakes() -> None:
    assert len(MISTAKES) >= 240


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: path.stem)
def test_safe_fixes_repair(path: Path) -> None:
    """What a machine may repair without asking must leave a script without that mistake, and never a new one."""
    source, site, _ = _parts(path.read_text(encoding="utf-8"))
    (finding,) = _check(source, site).diagnostics
    if finding.fix is None or finding.fix.safety != "safe":
        return
    text, applied = apply(source, [finding.fix])
    assert applied
    left = [each for each in _check(text, site).diagnostics if each.code != finding.code or each.label != finding.label]
    # Where a line is repaired word by word, the next word may be wrong in the same way.
    assert not left or {each.code for each in left} == {finding.code}, [each.headline for each in left]


def test_several_mistakes_in_several_declarations() -> None:
    """Each is found in one run, at its line, and nothing else is."""
    sample = (HERE / "sample.ivr").read_text(encoding="utf-8")
    changes = {
        'timezone "America/New_York"': 'timezone "America/New_Yrok"',
        "        open                       -> main_menu": "        open                       -> main_mneu",
        '    holiday "Christmas" 12-25': '    holliday "Christmas" 12-25',
        "press * or say": "press * or sey",
        "    digits 4 to 8, first within 8s": "    digits 4 to 8, first within 8",
        "        < 5000                  -> private": "        < 5000                  => private",
        '    set kind = "private"': '\tset kind = "private"',
        "    busy or declined or failed      -> front_desk": "    busy or declined                -> front_desk",
        "    finish closed": "    finish closed\n    hang up",
    }
    text = sample
    for before, after in changes.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    expected = {
        "IVR103": "New_Yrok",
        "IVR201": "main_mneu",
        "IVR106": "holliday",
        "IVR100": "=> private",
        "IVR104": "within 8,",
        "IVR115": "\tset",
        "IVR203": "transfer billing_desk",
        "IVR209": "    hang up",
    }
    found = _check(text).diagnostics
    lines = {each.source.line_text(each.source.place(each.label.span.start).line) for each in found}
    for code, words in expected.items():
        assert any(each.code == code for each in found), code
        assert any(words in line for line in lines), words
    assert any("sey" in line for line in lines)
    assert len(found) == len(changes), [each.headline for each in found]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_the_samples_are_clean(path: Path) -> None:
    def read(name: str) -> str:
        return (path.parent / name).read_text(encoding="utf-8")

    assert render(check(Source(path.name, read(path.name)), read=read).diagnostics) == ""


# --------------------------------------------------------------------------------------------------------------------
# Any text


def _whole(diagnostics: tuple[Diagnostic, ...], text: str) -> None:
    """Spans lie within the text, nothing is said twice, every format takes it, and fixes can be tried."""
    for finding in diagnostics:
        for span in (finding.label.span, *(label.span for label in finding.labels)):
            assert 0 <= span.start <= span.end <= len(text), finding
        for edit in finding.fix.edits if finding.fix else ():
            assert 0 <= edit.span.start <= edit.span.end <= len(text), finding
        assert finding.headline
    assert len(set(diagnostics)) == len(diagnostics)
    for name in formats():
        render(diagnostics, name, colour=True)
    apply(text, [finding.fix for finding in diagnostics if finding.fix], unsafe=True)


@given(st.text())
def test_random_text_never_raises(text: str) -> None:
    _whole(_check(text).diagnostics, text)


# fmt: off
WORDS = st.sampled_from((
    "ivr 1", "flow main", "step a", "menu b", "collect c", "transfer d", "hours e", "queue x", "when", "hours e", "or",
    'say "hi"', 'prompt "press 1"', "press 1 -> a", "-> b", 'is "x"', "open -> a", "otherwise -> b", "set x = 1",
    "go to a", "hang up", "after 3 tries -> a", "digits 4 to 8", "into x", "ring 25", "to number", "no answer", "1.5h",
    "{caller.number as digits}", '"', ";", "#", ":", "->", "=>", "\t", "    ", "        ", "\n", "\n    ", "\n        ",
    "\r\n", "12-25 09:00 to 24:01", 'timezone "UTC"', "every day 25:99 to 09:00", "break x monday", 'holiday "x" 02-30',
    "0000-13-45", "9999999999999", 'use "x.ivr"', "flow f(a text) gives b, c", "queue q", "voicemail v", "callback c",
    "consult k", "pay p", "survey s", "dial d", "data crm", "counter n", "prompts es-US", '"a" = "b", "c"', "= -x",
    "needs skill a >= 3", "after 60s ignores skill a", "priority grows 1 every 2m up to 9", "up to 3m, stop on #",
    "or 4s of silence", "transcribe", "lookup x = crm.f(a, b) within 3s", "do", "run f(1)", "count n",
    "recall x text by",
    "remember x by y for 365d", "record call start", "brief", 'topic "x"', "notify", 'send digits "1", wait 2s',
    "into secret x", "check luhn(x)", "within", "counts n", 'otherwise "no", "no"', 'confirm "{x as digits}"',
    "yes or no",
    "one of", 'money 1 to 2 in "USD"', 'date today to 2027-12-31 as "MMDDYYYY"', "time 09:00 to 17:00", "listen for",
    "speech or keys", "press 0 anywhere", "language es-US", "es_us", "go back", "give b", "waited 10", "if", "else",
    "is not known", "is open", "not in (", ")", "[", "]", "&&", "!=", "?", "$5", "by x for 24h", "gives", "returns",
    "(number phone)", "list of", "secret", "keys 1 to 5", 'ask each x in y.z, at most 10,', "remark",
    "from 30s every 9s",
    "when improved", "holidays of US", 'except "x"', "hidden", "ssml", "; allow IVR203: because",
    "; allow long-silence",
    ";;; file \"x.ivr\"\n",
))
# fmt: on


@given(st.lists(WORDS, max_size=60))
def test_words_in_any_order_never_raise(words: list[str]) -> None:
    text = " ".join(words)
    _whole(_check(text).diagnostics, text)


@given(st.sampled_from(EVERY), st.integers(0, 2**32), st.integers(1, 6))
def test_damaged_scripts_never_raise(path: Path, seed: int, times: int) -> None:
    text = path.read_text(encoding="utf-8")
    chance = random.Random(seed)
    for _ in range(times):
        text = _damaged(text, chance)
    _whole(_check(text).diagnostics, text)


@given(st.sampled_from(EVERY), st.integers(0, 2**32), st.booleans())
def test_fixing_comes_to_an_end(path: Path, seed: int, unsafe: bool) -> None:
    text, chance = path.read_text(encoding="utf-8"), random.Random(seed)
    for _ in range(4):
        text = _damaged(text, chance)
    for _ in range(20):
        found = (each for each in _check(text).diagnostics if each.source.name == "main.ivr")  # not of a used file
        fixes = [finding.fix for finding in found if finding.fix]
        text, applied = apply(text, fixes, unsafe)
        if not applied:
            return
    pytest.fail(f"some fix undoes another: {[fix.title for fix in fixes]}")


def _damaged(text: str, chance: random.Random) -> str:
    """One line, one word or one character removed, doubled, moved or changed."""
    if chance.random() < 0.4:
        lines = text.split("\n")
        line = chance.randrange(len(lines))
        words = lines[line].split(" ")
        a, b = chance.randrange(len(words)), chance.randrange(len(words))
        match chance.randrange(4):
            case 0:
                del words[a]
            case 1:
                words.insert(a, words[b])
            case 2:
                words[a], words[b] = words[b], words[a]
            case _:
                words[a] = chance.choice([words[a][1:], words[a][:-1], words[a] + "s", "or", ",", "5", '"x"'])
        lines[line] = " ".join(words)
        return "\n".join(lines)
    if chance.random() < 0.5:
        lines = text.split("\n")
        a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                del lines[a]
            case 1:
                lines.insert(a, lines[b])
            case 2:
                lines[a], lines[b] = lines[b], lines[a]
            case _:
                lines[a] = " " * chance.randrange(12) + lines[a].strip()
        return "\n".join(lines)
    at = chance.randrange(len(text)) if text else 0
    return (
        text[:at]
        + chance.choice(["", text[at : at + 1] * 2, '"', "{", "\t", "->", "\u202e", "\x00", "é", "#", ";"])
        + text[at + 1 :]
    )
