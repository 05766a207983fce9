"""`ivr serve`, `ivr switch`, `ivr emulator` and `ivr dev` where they cannot begin: every mistake is named, exit 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_rig import Said, ivr, write


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


BROKEN_SITE = """\
[server]
prot = 9000
max_body_bytes = 10

[numbers]
desk = "425 555 0199"

[teams_users]
ana = "ana@contoso.com"

[switches]
emergency = "maybe"

[events]
secret = { env = "IVR_TEST_IS_NOT_SET" }
"""


def test_serve_lists_all_mistakes_of_a_site_file(folder: Path) -> None:
    write(folder, site_toml=BROKEN_SITE.split("[events]")[0])
    said = ivr("serve", "--site", "site.toml")
    assert (said.code, said.out) == (2, "")
    places = sorted(line.removeprefix("ivr: ").split(": ")[0:2] for line in said.err.splitlines())
    assert places == [
        ["site.toml:12:1", "switches.emergency"],
        ["site.toml:2:1", "server.prot"],
        ["site.toml:3:1", "server.max_body_bytes"],
        ["site.toml:6:1", "numbers.desk"],
        ["site.toml:9:1", "teams_users.ana"],
    ]


@pytest.mark.parametrize(
    ("site", "message"),
    [
        (BROKEN_SITE, "site.toml:15:1: events.secret: the environment has no variable `IVR_TEST_IS_NOT_SET`"),
        ("[server\n", "site.toml:1:"),
        ("", "[service] names no resource: set connection_string, or endpoint with key or credential"),
        (None, "site.toml:1:1: the site file cannot be read: No such file or directory"),
    ],
)
def test_serve_says_why_it_cannot_begin(folder: Path, site: str | None, message: str) -> None:
    if site is not None:
        write(folder, site_toml=site)
    said = ivr("serve", "--site", "site.toml")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"ivr: {message}"), said.err


@pytest.mark.parametrize(
    ("site", "words", "message"),
    [
        ("", ("closed", "on"), "site.toml has no [operator] token, and without one nobody may flip a switch"),
        (
            '[operator]\ntoken = "t"\n',
            ("closed", "on", "--url", "http://127.0.0.1:9"),
            "no server answers at http://127",
        ),
    ],
)
def test_switch_says_why_it_cannot_be_flipped(folder: Path, site: str, words: tuple[str, ...], message: str) -> None:
    write(folder, site_toml=site)
    said = ivr("switch", *words, "--site", "site.toml")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"ivr: {message}"), said.err


def test_switch_knows_on_and_off_alone(folder: Path) -> None:
    said = ivr("switch", "closed", "maybe", "--site", "site.toml")
    assert said.code == 2
    assert "'on', 'off'" in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--misbehave", "duplicat=0.1"), "`duplicat` is not a way to misbehave; did you mean `duplicate`?"),
        (("--misbehave", "explode=1"), "`explode` is not a way to misbehave; there are `seed`, `duplicate`, "),
        (("--misbehave", "drop"), "`drop` needs a number, such as `drop=0.1`"),
        (("--misbehave", "seed=0.5"), "`seed=0.5` needs a number, such as `seed=7`"),
        (("--misbehave", "drop=10"), "`drop=10` is not a chance; it lies between 0 and 1, such as `drop=0.1`"),
        (("--line", "front_desk"), "`front_desk` is not a number in E.164 form, such as +18005550100"),
        (("--line", "+18005550100=reception"), "`reception` is not the GUID of a Teams resource account"),
        (("--speed", "0", "--port", "0"), "speed must be greater than 0"),
    ],
)
def test_the_emulator_refuses_what_it_does_not_know(words: tuple[str, ...], message: str) -> None:
    said = ivr("emulator", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"ivr: {message}"), said.err


def test_dev_without_scripts() -> None:
    assert ivr("dev") == Said(2, "", "ivr: there is no file scripts\n")
