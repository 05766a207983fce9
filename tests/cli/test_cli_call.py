"""`ivr call` and `ivr at`: plans, calls by hand, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_rig import BROKEN, DESK, Said, ivr, write

NOON = ("--at", "2026-03-02 12:00")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, desk_ivr=DESK, broken_ivr=BROKEN, busy_plan="; nobody is free\ntransfer busy after 2s\n")
    return tmp_path


def test_a_plan_as_text() -> None:
    said = ivr("call", "desk.ivr", "--plan", "busy.plan", *NOON)
    assert said == Said(
        0,
        "  0:00.0  Thank you for calling.\n"
        "  0:01.4  * rings number front_desk\n"
        "  0:03.4  * front_desk: busy\n"
        "  0:03.4  Nobody is here. Goodbye.\n"
        "  0:04.8  * ends: hung_up at sorry, result nobody_there\n",
        "",
    )


def test_a_plan_as_json() -> None:
    said = ivr("call", "desk.ivr", "--plan", "busy.plan", "--format", "json", *NOON)
    call = json.loads(said.out)
    assert (call["script"], call["started"]) == ("desk.ivr", 1772470800.0)
    assert [(line["who"], line["text"], line["block"]) for line in call["lines"]] == [
        ("ivr", "Thank you for calling.", "welcome"),
        ("call", "rings number front_desk", "desk"),
        ("call", "front_desk: busy", "desk"),
        ("ivr", "Nobody is here. Goodbye.", "sorry"),
        ("call", "ends: hung_up at sorry, result nobody_there", "sorry"),
    ]
    assert call["end"] == {"ending": "hung_up", "result": "nobody_there", "block": "sorry", "t": pytest.approx(4.8)}


def test_every_bad_line_of_a_plan_is_named(folder: Path) -> None:
    write(folder, bad_plan='pres 1\nsay "a; b" ; fine\n; fine\nwait 3\ntransfer engaged\njump\n')
    said = ivr("call", "desk.ivr", "--plan", "bad.plan")
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        "ivr: bad.plan:1: `pres 1` is not something a caller does; did you mean `press`?",
        "bad.plan:4: `wait 3` cannot be read; write `wait 3s`",
        "bad.plan:5: `transfer engaged`: the target of a transfer does `answered`, `no answer`, `busy`, `declined` or "
        "`failed`, optionally `after 3s`",
        "bad.plan:6: `jump` is not something a caller does; a line starts with `press`, `say`, `silent`, `wait`, "
        "`transfer`, `speech fails`, `host fails`, `hang up`, `given`, `queue`, `voicemail`, `callback`, `consult`, "
        "`pay` or `dial`",
    ]


def test_actions_without_effect_are_told(folder: Path) -> None:
    write(folder, late_plan="transfer busy\ntransfer answered\nhang up\nsilent\n")
    said = ivr("call", "desk.ivr", "--plan", "late.plan", *NOON)
    assert said.out.splitlines()[-1].endswith("* (transfer answered: nothing rings here)")
    assert (said.code, said.err) == (0, "ivr: the call was over before the last 2 actions of late.plan\n")


def test_by_hand() -> None:
    """What is typed is done; what cannot be done is explained and costs nothing."""
    said = ivr("call", "desk.ivr", *NOON, typed="?\nfront desk\nhello\nbusy\n")
    assert said.code == 0
    assert "Calling desk.ivr. Type ? for help" in said.out
    assert "presses keys, once the prompt is over" in said.out
    assert "`hello` is not something a caller does; to say it, put it in quotes; type ? for help" in said.out
    assert said.out.count("front_desk rings> ") == 4
    assert said.out.endswith(
        "  0:01.4  * front_desk: busy\n"
        "  0:01.4  Nobody is here. Goodbye.\n"
        "  0:02.8  * ends: hung_up at sorry, result nobody_there\n"
    )


MENU = """\

menu choose
    prompt "For an agent, press 0 or say agent. Take all the time that you need for that."
    press 0 or say "agent" -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk
"""


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("0\n", "  0:07.4  < presses 0"),
        ("press 0 at 1s\n", "  0:02.4  < presses 0"),
        ('"agent"\n', '  0:07.4  < says "agent"'),
        ('say "agent" at 1s\n', '  0:02.4  < says "agent"'),
        ("7\n", "  0:07.4  That is not one of the choices."),
        ("\n", "  0:12.4  I did not hear anything."),
        ("wait 2s\n0\n", "  0:07.4  < presses 0"),
        ("hang up at 1s\n", "  0:02.4  * ends: abandoned at choose, result abandoned"),
        ("busy\n", "`busy`: nothing rings right now"),
        ("", "  0:07.4  * ends: abandoned at choose, result abandoned"),
    ],
)
def test_typed_lines(folder: Path, typed: str, heard: str) -> None:
    """Standard input that ends is a caller who hangs up."""
    script = DESK.replace("open                           -> desk", "open                           -> choose")
    write(folder, menu_ivr=script.replace("\ntransfer desk", f"{MENU}\ntransfer desk"))
    said = ivr("call", "menu.ivr", *NOON, typed=typed)
    assert said.code == 0
    assert heard in said.out
    assert "* ends: " in said.out


def test_a_script_with_errors_takes_no_calls() -> None:
    said = ivr("call", "broken.ivr", "--plan", "busy.plan")
    assert (said.code, said.out) == (1, "")
    assert "error[IVR203]" in said.err
    assert said.err.endswith("\nivr: a script with errors takes no calls\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("call", "missing.ivr"), "missing.ivr cannot be read: No such file or directory"),
        (("call", "."), ". is a folder; name a file in it"),
        (("call", "desk.ivr", "--plan", "missing.plan"), "missing.plan cannot be read: No such file or directory"),
        (("call", "desk.ivr", "--at", "noon"), "`noon` is not a time such as '2026-11-26 10:00'"),
        (("call", "desk.ivr", "--format", "json"), "--format json needs a --plan"),
        (
            ("call", "desk.ivr", "--switch", "building_closed"),
            "`building_closed` is not a switch; write `--switch building_closed=on` or `=off`",
        ),
        (
            ("call", "desk.ivr", "--switch", "bilding_closed=on"),
            "`bilding_closed` is not a switch of this script; did you mean `building_closed`?",
        ),
        (("at", "2026-13-01", "desk.ivr"), "`2026-13-01` is not a time such as '2026-11-26 10:00'"),
    ],
)
def test_what_cannot_run_says_why(words: tuple[str, ...], message: str) -> None:
    assert ivr(*words) == Said(2, "", f"ivr: {message}\n")


@pytest.mark.parametrize(
    ("time", "more", "first", "heard"),
    [
        ("2026-03-06 16:59", (), "open on Friday 2026-03-06 16:59 (America/New_York); closed from Friday", "* rings"),
        ("2026-03-06 17:00", (), "closed on Friday 2026-03-06 17:00 (America/New_York); open from Monday", "Nobody"),
        ("2026-03-06T21:59Z", (), "open on Friday 2026-03-06 16:59 (America/New_York)", "* rings"),
        (
            "2026-03-06 10:00",
            ("--switch", "building_closed=on"),
            "emergency (the switch building_closed is on",
            "Nobody",
        ),
    ],
)
def test_at(time: str, more: tuple[str, ...], first: str, heard: str) -> None:
    said = ivr("at", time, "desk.ivr", *more)
    assert said.code == 0
    assert said.out.startswith(f"hours office: {first}")
    assert heard in said.out.split("A caller hears:\n")[1]


def test_switches_of_the_site_count_and_the_command_line_wins(folder: Path) -> None:
    write(folder, site_toml='[numbers]\nfront_desk = "+14255550199"\n[switches]\nbuilding_closed = "on"\n')
    site = ("--site", "site.toml")
    assert "emergency" in ivr("at", "2026-03-06 10:00", "desk.ivr", *site).out
    assert "emergency" not in ivr("at", "2026-03-06 10:00", "desk.ivr", *site, "--switch", "building_closed=off").out


OUTBOUND = """\
ivr 1
flow reminder(name text, number phone) outbound
    timezone "UTC"
    on caller hangup -> finish abandoned
    on system error  -> broken

dial patient
    number number
    answered                               -> talk
    no answer or busy or invalid or failed -> broken

step talk
    say "Hello {name}."
    lookup clinic = clinics.by_phone(number)
        found               -> told
        not found or failed -> broken

step told
    say "This is {clinic.title}."
    finish told

step broken
    finish not_told

data clinics
    by_phone(number phone) gives title text
"""
WITH = ("--with", 'name "Ana", number "+14255550123"')


def test_a_flow_that_makes_calls(folder: Path) -> None:
    write(folder, out_ivr=OUTBOUND, out_plan="dial answered after 5s\n")
    given = ("--given", 'lookup clinics.by_phone is found { title "Contoso Clinic" }')
    said = ivr("call", "out.ivr", "--plan", "out.plan", *WITH, *given, *NOON)
    assert said == Said(
        0,
        "  0:00.0  * dial patient (+14255550123)\n"
        "  0:05.0  * dial patient: answered\n"
        "  0:05.0  Hello Ana.\n"
        "  0:05.7  * lookup clinics.by_phone: found\n"
        "  0:05.7  This is Contoso Clinic.\n"
        "  0:07.1  * ends: hung_up at told, result told\n",
        "",
    )
    assert ivr("at", "2026-03-02 12:00", "out.ivr") == Said(0, "Nobody calls this flow: it makes the calls.\n", "")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ((), "the flow needs `name` and `number`; write `--with 'name …'`"),
        (("--with", 'name "Ana"'), "the flow needs `number`; write `--with 'number …'`"),
        (("--with", 'names "Ana"'), "--with: the flow has no `names`; did you mean `name`?"),
        (("--with", "name"), '--with: `name` is not a named value; write `name "Ana"`, with commas between several'),
        (
            (*WITH, "--given", "lookup clinics.by_fone is not found"),
            "--given: `given lookup clinics.by_fone`: the script has no lookup of this name; did you mean "
            "`clinics.by_phone`?",
        ),
        (
            (*WITH, "--given", "lookup clinics.by_phone is lost"),
            "--given: `given lookup clinics.by_phone is lost`: a lookup does not become `lost`; it can be `found`, "
            "`not found` or `failed`",
        ),
    ],
)
def test_what_a_call_is_not_made_with(folder: Path, options: tuple[str, ...], error: str) -> None:
    write(folder, out_ivr=OUTBOUND, out_plan="")
    assert ivr("call", "out.ivr", "--plan", "out.plan", *options) == Said(2, "", f"ivr: {error}\n")


def test_a_dialled_number_by_hand(folder: Path) -> None:
    """Nobody is on the line who could hang up: the end of the input ends the trial."""
    write(folder, out_ivr=OUTBOUND)
    said = ivr("call", "out.ivr", *WITH, *NOON, typed="hang up\n")
    assert said.code == 0
    assert "(hang up: nobody is on the line yet)" in said.out
