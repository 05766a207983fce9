"""What a line of a test expects, and what is said when it does not happen."""

from __future__ import annotations

import pytest

from dsl import Program, Source, check, parse
from dsl.analysis.told import all_tests
from interpreter.testing import Result, reporting, run_test

SCRIPT = """\
ivr 1
flow desk for "Contoso desk"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> desk

data crm
    by_phone(number phone) gives name text
    check pin_ok(pin secret)
    action note(name text, day date)

step welcome
    say "Thank you for calling."
    lookup customer = crm.by_phone(caller.number) within 3s
        after 1s say "One moment, please."
        found               -> known
        not found or failed -> choose

step known
    say "Welcome back, {customer.name}."
    do crm.note(customer.name, today) within 1s
        done or failed -> pin

collect pin
    into secret pin_entered
    prompt "Enter your PIN."
    digits 4, between 3s
    check crm.pin_ok(pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "A PIN has four digits."
    accepted      -> choose
    after 3 tries -> desk

menu choose
    prompt "For an agent, press 1 or say agent. For the desk, press 0 or say desk."
    press 1 or say "agent" -> agents
    press 0 or say "desk"  -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

queue agents
    say "You are number {queue.position} in line." every 60s when improved
    music "hold"
    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> desk

transfer desk
    to number front_desk
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Nobody is here right now. Goodbye."
    finish nobody_there
"""


def program(text: str = SCRIPT) -> Program:
    source = Source("desk.ivr", text)
    checked = check(source)
    return checked.program or Program(source, parse(source).script)


def run(lines: str) -> Result:
    body = "".join(f"    {line}\n" for line in lines.strip().splitlines())
    source = Source("desk.ivr", f'{SCRIPT}\ntest "a call"\n{body}')
    parsed = parse(source)
    assert not parsed.diagnostics, [each.headline for each in parsed.diagnostics]
    whole = Program(source, parsed.script)
    return run_test(whole, all_tests(whole)[0])


FOUND = 'given lookup crm.by_phone is found { name "Ana" }\n'
HOLD = {
    "part of a text": 'hears "you for"',
    "the whole of it": 'hears exactly "Thank you for calling."',
    "two parts of one text": 'hears "For an agent"\nhears "For the desk"',
    "what comes later": 'hears "For the desk"',
    "silence has its time": 'silent\nafter 5s hears "I did not hear anything."',
    "a filler has its time": (
        'given lookup crm.by_phone is not found after 2s\nhears "Thank you"\nafter 1s hears "One moment"'
    ),
    "in time": 'hears "Thank you"\nwithin 2s hears "For an agent"',
    "never, and it was not": 'never hears "Goodbye"\npresses 1',
    "where it comes to": "presses 1\nreaches queue agents",
    "without the verb": "presses 1\nreaches agents",
    "what is asked for": f'{FOUND}requests action crm.note {{ name "Ana", day 2026-03-02 }}',
    "a secret in clear": (
        'given lookup crm.by_phone is found { name "Ana" }\ngiven check crm.pin_ok is yes when pin is "1234"\n'
        'presses 1234\nrequests check crm.pin_ok { pin "1234" }\nreaches menu choose'
    ),
    "a wrong secret": (
        'given lookup crm.by_phone is found { name "Ana" }\ngiven check crm.pin_ok is yes when pin is "1234"\n'
        'presses 4321\nhears "That PIN is not right."'
    ),
    "how it ends": "presses 0\ntransfer answered\nends handled",
    "in which way it ends": "presses 0\ntransfer answered\nends transferred at desk",
    "several ends": "hangs up\nends handled or abandoned",
    "a queue tells the place": 'presses 1\nqueue position 3\nwaits 60s\nhears "You are number 3"',
    "an agent": "presses 1\nqueue connected after 10s\nqueue answered after 60s\nends handled",
    "nobody waits longer than that": "presses 1\nwaits 10m\nreaches transfer desk",
    "the target rings too long": 'presses 0\nsilent\nafter 25s hears "Nobody is here"',
    "a late answer": "presses 0\nsilent\ntransfer answered late after 1s\nends handled",
    "a key in the middle": 'hears "Thank you"\nhears "For an agent"\npresses 1 at 0.5s\nreaches queue agents',
    "words": 'says "desk"\nreaches transfer desk',
    "the recogniser breaks": 'speech fails\nhears "For an agent"',
    "the service breaks": "host fails\nreaches transfer desk",
    "a look-up breaks": "given lookup crm.by_phone fails\nreaches menu choose",
    "a look-up hangs": 'given lookup crm.by_phone never answers\nhears "One moment"\nreaches menu choose',
    "several answers": (
        f"{FOUND}given check crm.pin_ok is no\ngiven check crm.pin_ok is yes\n"
        'presses 1111\nhears "That PIN is not right."\npresses 1111\nreaches menu choose'
    ),
    "somebody else's outcome, given": "presses 0\ngiven transfer is busy\nreaches step sorry",
    "hanging up in the middle": "reaches step welcome\nhangs up at 0.5s\nends abandoned at welcome",
}


@pytest.mark.parametrize("name", HOLD)
def test_what_holds(name: str) -> None:
    result = run(HOLD[name])
    assert result.passed, result.failure


FAIL = {
    "not heard": ('hears "Good morning"', "the caller does not hear this"),
    "not the whole": ('hears exactly "Thank you"', "the caller does not hear all of this"),
    "heard before": ('presses 1\nhears "Thank you"', "the caller does not hear this"),
    "too late": ('silent\nafter 4s hears "I did not"', "the caller hears this after 5s"),
    "too early": ('silent\nafter 6s hears "I did not"', "the caller hears this after 5s"),
    "not in time": ('silent\nwithin 4s hears "I did not"', "the caller hears this after 5s"),
    "heard all the same": ('never hears "not hear"\nsilent', "the caller hears this"),
    "not asked for": (
        f'{FOUND}requests action crm.note {{ name "Ben" }}',
        "does not ask for this",
    ),
    "another end": ("hangs up\nends handled", "the call does not end like this"),
    "another place": ("hangs up\nends abandoned at desk", "the call does not end like this"),
    "no end": ("presses 0\nends handled", "the call is not over"),
    "over before": ("hangs up\npresses 1", "the call is over before this"),
    "no effect": ("queue connected", "this has no effect here"),
    "nothing rings": ("transfer busy", "this has no effect here"),
    "an impossible day": ('at 2026-02-30 10:00\nhears "Thank you"', "there is no such time"),
}


@pytest.mark.parametrize("name", FAIL)
def test_what_does_not_hold_says_so(name: str) -> None:
    lines, what = FAIL[name]
    result = run(lines)
    assert result.failure is not None
    assert what in result.failure.what


def test_help_names_what_the_call_waits_for() -> None:
    for lines, help in (
        ('hears "Goodbye"', "choose waits for the caller: write what the caller does, such as `presses 1` or `silent`"),
        ('presses 0\nhears "Goodbye"', "front_desk rings: write what it does, such as `transfer busy`"),
        ('hangs up\nhears "Goodbye"', "it ends `abandoned` with `abandoned` at choose"),
    ):
        failure = run(lines).failure
        assert failure is not None
        assert failure.help == help


def test_the_nearest_text_is_named() -> None:
    failure = run('hears "For an agent, press 2."').failure
    assert failure is not None
    assert failure.near.startswith('at 1.4s in choose: "For an agent, press 1')


def test_reports_name_file_line_and_call() -> None:
    result = run('silent\nhears "Goodbye"')
    whole = program(SCRIPT + '\ntest "a call"\n    silent\n    hears "Goodbye"\n')
    ran = [(whole, result)]
    text = reporting.text(ran)
    assert 'test "a call"\n  0:00.0  Thank you for calling.' in text
    assert "--> desk.ivr:60:5" in text
    assert text.endswith("1 of 1 test fails\n")
    assert '"passed": false' in reporting.as_json(ran)
    assert '<testsuite name="desk.ivr" tests="1" failures="1">' in reporting.as_junit(ran)
