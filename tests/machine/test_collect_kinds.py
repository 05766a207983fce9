"""What a collect of each kind takes and what it does not, by keys and by speech, in several languages."""

from __future__ import annotations

import pytest
from machine_rig import MONDAY

from dsl import Source, check
from interpreter import phone
from interpreter.simulate import Simulation

SCRIPT = """\
ivr 1
flow main
    timezone "America/New_York"
    language {language}
    on caller hangup -> finish abandoned
    on system error  -> broken

collect it
    into wanted
    prompt "What?"
    {kind}
    {listen}
    no input "Nothing."
    no match "Wrong."
    accepted    -> told
    after 1 try -> refused

step told
    say "<{{wanted{format}}}>"
    finish accepted

step refused
    finish refused

step broken
    finish broken
"""


def answer(kind: str, plan: str, language: str = "en-US", format: str = "", listen: str = "") -> str | None:
    """How the value is read out; None when it was refused."""
    text = SCRIPT.format(kind=kind, language=language, format=format, listen=listen)
    text = "".join(f"{line}\n" for line in text.splitlines() if line != "    ")
    found = check(Source("kinds.ivr", text))
    assert found.program is not None, [each.headline for each in found.errors]
    simulation = Simulation(found.program, MONDAY)
    assert phone.run_plan(simulation, phone.read_plan(plan)) == 0
    assert simulation.end is not None
    if simulation.end.result == "refused":
        return None
    assert simulation.end.result == "accepted", phone.transcript(simulation)
    (line,) = (line for line in phone.transcript(simulation).splitlines() if "<" in line and ">" in line)
    return line[line.index("<") + 1 : line.index(">")]


@pytest.mark.parametrize(
    ("kind", "keys", "expected"),
    [
        ("digits 4", "0042", "0042"),
        ("digits 2 to 4, ends with #", "42#", "42"),
        ("digits 2 to 4, ends with #", "4#", None),
        ("number 1 to 12, ends with #", "12#", "12"),
        ("number 1 to 12, ends with #", "013#", None),
        ("number 1 to 12, ends with #", "1*5#", None),
        ('money in "USD", ends with #', "12*50#", "$12.50"),
        ('money in "USD", ends with #', "12#", "12 dollars"),
        ('money in "USD", ends with #', "12*5#", "$12.50"),
        ('money in "USD", ends with #', "1*2*3#", None),
        ('money 5 to 500 in "USD", ends with #', "4*99#", None),
        ("date", "03152026", "Sunday, March 15, 2026"),
        ("date", "02292028", "Tuesday, February 29, 2028"),
        ("date", "02292026", None),
        ("date", "15032026", None),
        ('date as "DDMMYYYY"', "15032026", "Sunday, March 15, 2026"),
        ("date 2026-01-01 to 2026-12-31", "01012027", None),
        ("time", "1430", "2:30 p.m."),
        ("time", "0000", "12 a.m."),
        ("time", "2400", None),
        ("time 09:00 to 17:00", "1701", None),
        ("yes or no", "1", "yes"),
        ("yes or no", "2", "no"),
        ("yes or no", "3", None),
        ('one of "red", "green"', "2", "green"),
        ('one of "red", "green"', "3", None),
    ],
)
def test_keys(kind: str, keys: str, expected: str | None) -> None:
    assert answer(kind, f"press {keys}") == expected


@pytest.mark.parametrize(
    ("region", "keys", "expected"),
    [
        ("US", "4255550100#", "+14255550100"),
        ("US", "14255550100#", "+14255550100"),
        ("US", "425#", None),
        ("DE", "03012345678#", "+493012345678"),
        ("US", "011493012345678#", "+493012345678"),
    ],
)
def test_telephone_numbers_are_kept_in_e164(region: str, keys: str, expected: str | None) -> None:
    assert answer(f'phone in "{region}", ends with #', f"press {keys}", format=" as text") == expected


@pytest.mark.parametrize(
    ("kind", "said", "language", "expected"),
    [
        ("digits 4", "four seven one one", "en-US", "4711"),
        ("digits 4", "cuatro siete uno uno", "es-US", "4711"),
        ("digits 4", "four seven", "en-US", None),
        ("number 1 to 100, ends with #", "twenty three", "en-US", "23"),
        ("yes or no", "yes please", "en-US", "yes"),
        ("yes or no", "no thanks", "en-US", "no"),
        ("yes or no", "sí", "es-US", "sí"),
        ("yes or no", "perhaps", "en-US", None),
        ('one of "red", "green"', "green", "en-US", "green"),
        ('one of "red", "green"', "the green one please", "en-US", "green"),
        ('one of "red", "green"', "red or green", "en-US", None),
        ('one of "red", "green"', "two", "en-US", "green"),
        ('one of "red", "dark red"', "dark red", "en-US", "dark red"),
        ('one of "red", "green"', "blue", "en-US", None),
        ("speech", "I would like to move", "en-US", "I would like to move"),
    ],
)
def test_speech(kind: str, said: str, language: str, expected: str | None) -> None:
    listen = "" if kind == "speech" else "listen for speech or keys"
    assert answer(kind, f'say "{said}"', language, listen=listen) == expected
