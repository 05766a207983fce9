"""`ivr host check` as it is called: exit codes, JSON, and no secret on the screen."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from cli_rig import DESK, ivr, write

from interpreter.hostcheck import TOPICS, Finding
from interpreter.ports import SystemClock
from interpreter.tooling import host_check

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"

SECRETS = ("a2V5LW9mLWEtdGVzdA==", "grid-s3cret", "operator-s3cret", "header-s3cret", "mail-s3cret", "speech-s3cret")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{made.getsockname()[1]}"


def site() -> str:
    key, grid, operator, header, mail, speech = SECRETS
    return f"""
[service]
endpoint = "{nobody()}"
key = "{key}"
resource_id = "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b"
cognitive_services_endpoint = "{nobody()}"
cognitive_services_key = "{speech}"
[server]
callback_base = "{nobody()}"
[callbacks]
openid_configuration = "{nobody()}/openid"
[events]
secret = "{grid}"
[operator]
token = "{operator}"
[lines]
"+18005550100" = "desk.ivr"
[numbers]
front_desk = "+14255550199"
[switches]
building_closed = "off"
[data.crm.by_phone]
url = "{nobody()}/{{phone}}?key={header}"
headers = {{ Authorization = "{header}" }}
[mail]
server = "127.0.0.1"
port = 9
password = "{mail}"
[notify.desk]
mail = "desk@contoso.com"
"""


def test_everything_that_is_wrong_is_told_at_once_and_no_secret_is(folder: Path) -> None:
    write(folder, desk_ivr=DESK, site_toml=site())
    said = ivr("host", "check", "--site", "site.toml")
    assert (said.code, said.err) == (1, "")
    for line in ("endpoint", "callback_base", "keys for callbacks", "speech service", "data crm.by_phone", "mail"):
        assert f"✗  {line} " in said.out, said.out
    assert "✓  desk.ivr " in said.out
    assert "nobody listens at 127.0.0.1" in said.out
    assert "→ start the server (ivr serve --site FILE), and the proxy before it" in said.out
    told = ivr("host", "check", "--site", "site.toml", "--json")
    for secret in SECRETS:
        assert secret not in said.out + told.out
    found = json.loads(told.out)
    assert told.code == 1
    assert found["site"] == "site.toml"
    assert found["counts"]["wrong"] == sum(each["verdict"] == "wrong" for each in found["findings"]) > 5
    assert {each["topic"] for each in found["findings"]} <= set(TOPICS)
    assert all(each["fix"] for each in found["findings"] if each["verdict"] == "wrong")
    assert set(found["findings"][0]) == {"topic", "what", "verdict", "says", "fix"}


def test_mistakes_of_the_site_file_and_missing_secrets_come_first(folder: Path) -> None:
    write(folder, site_toml='[server]\nprot = 1\n[events]\nsecret = "x"\n')
    said = ivr("host", "check", "--site", "site.toml")
    assert said.code == 1
    assert "did you mean `port`?" in said.out
    assert "?  all the rest" in said.out
    write(folder, site_toml='[events]\nsecret = { env = "IVR_TEST_IS_NOT_SET" }\n')
    said = ivr("host", "check", "--site", "site.toml")
    assert said.code == 1
    assert "the environment has no variable `IVR_TEST_IS_NOT_SET`" in said.out


def test_scripts_that_take_no_calls(folder: Path) -> None:
    lines = '[lines]\n"+18005550100" = "broken.ivr"\n"+18005550101" = "away.ivr"\n'
    write(
        folder,
        broken_ivr=DESK.replace("or busy or", "or"),
        site_toml=lines + '[numbers]\nfront_desk = "+14255550199"\n',
    )
    said = ivr("host", "check", "--site", "site.toml")
    assert "✗  broken.ivr " in said.out
    assert "it takes no calls (for +18005550100)" in said.out
    assert "✗  away.ivr " in said.out
    write(folder, site_toml="")
    assert "no line has a script" in ivr("host", "check", "--site", "site.toml").out


def test_scripts_that_make_calls(folder: Path) -> None:
    script = (SCRIPTS / "s10_reminder.ivr").read_text(encoding="utf-8")
    site = (SCRIPTS / "s10_reminder.toml").read_text(encoding="utf-8")
    site = "\n".join(line for line in site.splitlines() if not line.startswith("headers"))
    write(folder, s10_reminder_ivr=script, site_toml=site)
    said = ivr("host", "check", "--site", "site.toml")
    assert "it makes the calls of reminder" in said.out
    assert "[operator] token is missing" in said.out
    bound = site.replace("[numbers]", '[switches]\nbuilding_closed = "off"\n[numbers]\nfront_desk = "+14255550199"')
    write(folder, s10_reminder_ivr=DESK, site_toml=bound)
    said = ivr("host", "check", "--site", "site.toml")
    assert "its flow is not outbound" in said.out


def test_what_cannot_run(folder: Path) -> None:
    said = ivr("host", "check", "--site", "nothing.toml")
    assert (said.code, said.out) == (2, "")
    assert "there is no file nothing.toml" in said.err
    write(folder, site_toml='[service]\nca_file = "none.pem"\n')
    said = ivr("host", "check", "--site", "site.toml")
    assert said.code == 1
    assert "ca_file" in said.out


def test_warnings_and_what_cannot_be_told_are_no_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, site_toml="")
    found = [Finding("service", "clock", "warning", "late", "hurry"), Finding("events", "x", "cannot tell", "dark", "")]
    monkeypatch.setattr(host_check, "findings", lambda *_: found)
    said = ivr("host", "check", "--site", "site.toml")
    assert said.code == 0
    assert said.out.splitlines()[-1] == "site.toml: 1 warning, 0 wrong, 1 cannot tell"


def test_a_narrow_screen_folds_and_colours_only_a_terminal(folder: Path) -> None:
    found = [Finding("service", "endpoint", "wrong", "word " * 40, "do this " * 20)]
    text = host_check.to_text(Path("site.toml"), found, width=60)
    assert max(len(line) for line in text.splitlines()) <= 60
    assert "\x1b[" not in text
    assert "\x1b[" in host_check.to_text(Path("site.toml"), found, colour=True, width=60)


def test_the_clock_is_the_machine_s_unless_a_test_says_else(folder: Path) -> None:
    write(folder, site_toml="")
    assert host_check.findings(Path("site.toml"), SystemClock())
