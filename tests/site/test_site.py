from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from interpreter.site import Site, SiteError
from interpreter.site_text import scan

GUID = "6d889502-3d7a-41a8-befa-d21fd80e8767"

WHOLE = f"""\
[service]
connection_string = {{ env = "TEST_CONNECTION" }}
resource_id = "{GUID}"
caller_id = "main"
cognitive_services_endpoint = "https://speech.example/"
ca_file = "ca.pem"
[server]
callback_base = "https://ivr.example/base/"
port = 9000
[callbacks]
openid_configuration = "http://127.0.0.1:1/c"
[events]
secret = {{ file = "secret.txt" }}
[store]
path = "calls.db"
[operator]
token = "operator-token"
[lines]
"+18005550100" = "contoso.ivr"
"28:orgid:{GUID}" = "teams.ivr"
[numbers]
main = "+18005550100"
test = "+15551230001"
[teams_users]
ana = "{GUID}"
[teams_apps]
queue = "{GUID}"
[agents.maria]
user = "{GUID}"
tenant = "{GUID}"
[audio]
file = "https://audio.example/file.wav?sig=x"
[switches]
closed = "on"
lunch = "off"
[secrets]
crm = "in the clear"
"""


def test_a_whole_site_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_CONNECTION", "endpoint=https://contoso.example/;accesskey=a2V5")
    (tmp_path / "secret.txt").write_text("hidden\n")
    path = tmp_path / "site.toml"
    path.write_text(WHOLE)
    site = Site.load(path)
    access = site.service.access()
    assert access is not None
    assert access[1] is not None
    assert (access[0], access[1].get_secret_value()) == ("https://contoso.example", "a2V5")
    assert site.server.callback_base == "https://ivr.example/base"
    assert site.events.secret is not None
    assert site.events.secret.get_secret_value() == "hidden"
    assert site.audience() == GUID
    assert site.openid_configuration() == "http://127.0.0.1:1/c"
    assert (site.store_path(), site.ca_path()) == (tmp_path / "calls.db", tmp_path / "ca.pem")
    assert site.script_for("+18005550100") == tmp_path / "contoso.ivr"
    assert site.script_for("+18005550199") is None
    assert (site.number("test"), site.number("none")) == ("+15551230001", None)
    assert site.audio("file") == "https://audio.example/file.wav?sig=x"
    assert (site.teams_user("ana"), site.teams_app("queue"), site.teams_app("ana")) == (GUID, GUID, None)
    agent = site.agent("maria")
    assert agent is not None
    assert agent.resource == GUID
    assert site.switches() == {"closed": True, "lunch": False}
    assert {kind: sorted(names) for kind, names in site.bound().items()} == {
        "number": ["main", "test"],
        "teams_user": ["ana"],
        "teams_app": ["queue"],
        "agent": ["maria"],
        "audio": ["file"],
        "switch": ["closed", "lunch"],
        "secret": ["crm"],
    }
    for shown in (repr(site), str(site), site.settings.model_dump_json()):
        for secret in ("a2V5", "hidden", "operator-token", "in the clear"):
            assert secret not in shown


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SERVER__PORT", "1234")
    monkeypatch.setenv("IVR_OPERATOR__TOKEN", "from the environment")
    site = Site.parse('[server]\nport = 1\nhost = "::"', Path.cwd())
    assert (site.server.port, site.server.host) == (1234, "::")
    assert site.operator.token is not None
    assert site.operator.token.get_secret_value() == "from the environment"


def test_a_machine_without_secrets_can_still_check_the_file() -> None:
    text = '[service]\nconnection_string = { env = "NO_SUCH" }\n[secrets]\nx = { file = "none" }\n'
    with pytest.raises(SiteError):
        Site.parse(text, Path.cwd())
    assert Site.parse(text, Path.cwd(), need_secrets=False).names("secret") == {"x"}
    with pytest.raises(SiteError, match="NO_SUCH"):
        Site.parse('[numbers]\nx = { env = "NO_SUCH" }', Path.cwd(), need_secrets=False)


@pytest.mark.parametrize("section", ["notify.desk", "card_services.cards", "data.crm.by_phone"])
def test_headers_are_secrets(section: str) -> None:
    text = f'[{section}]\nurl = "https://contoso.com"\nheaders = {{ Authorization = {{ env = "NO_SUCH" }} }}'
    Site.parse(text, Path.cwd(), need_secrets=False)
    with pytest.raises(SiteError, match="NO_SUCH"):
        Site.parse(text, Path.cwd())


SERVICE = '[service]\nendpoint = "https://x"\nkey = "k"\n'

MISTAKES: list[tuple[str, str, list[str]]] = [
    ("a misspelt key", "[server]\nprot = 1", ["2:1: server.prot: unknown key; did you mean `port`?"]),
    ("a misspelt section", "[numbrs]", ["1:1: numbrs: unknown key; did you mean `numbers`?"]),
    (
        "a key like no other",
        "[operator]\nzzz = 1",
        ["2:1: operator.zzz: unknown key; allowed: `token`"],
    ),
    (
        "a number without plus",
        '[numbers]\nx = "8005550100"',
        ["2:1: numbers.x: `8005550100` is not allowed here; expected: a number in E.164 form, such as +14255550100"],
    ),
    (
        "a number that is too short",
        '[numbers]\nx = "+1425555"',
        [
            "2:1: numbers.x: `+1425555` is not allowed here; expected: a number in E.164 form with as many digits as "
            "its country uses, such as +14255550100"
        ],
    ),
    (
        "a country that does not exist",
        '[numbers]\nx = "+9991234567"',
        [
            "2:1: numbers.x: `+9991234567` is not allowed here; expected: a number in E.164 form with an assigned "
            "country code, such as +14255550100"
        ],
    ),
    (
        "a line that is none",
        '[lines]\n"front" = "x.ivr"',
        [
            "2:1: lines.front: `front` is not allowed here; expected: a number in E.164 form, a Teams resource "
            "account (28:orgid:GUID), or * for every other line"
        ],
    ),
    (
        "a switch that is neither",
        '[switches]\nx = "open"',
        ['2:1: switches.x: `open` is not allowed here; expected: "on" or "off"'],
    ),
    (
        "several at once, with places",
        '[server]\n  port = "http"\n  callback_base = "ivr.example"\n[agents.maria]\nuser = "x"',
        [
            "2:3: server.port: `http` is not allowed here; expected: a valid integer, unable to parse string as an "
            "integer",
            "3:3: server.callback_base: `ivr.example` is not allowed here; expected: an http or https address without "
            "query, such as https://ivr.contoso.com",
            "5:1: agents.maria.user: `x` is not allowed here; expected: a GUID, such as "
            "9f6b1a40-1111-4222-8333-123456789abc",
        ],
    ),
    (
        "half an agent",
        f'[agents.maria]\nuser = "{GUID}"',
        ["1:1: agents.maria: user and tenant go together"],
    ),
    (
        "an agent who is two",
        f'[agents.maria]\nteams_user = "{GUID}"\nnumber = "+14255550100"',
        ["1:1: agents.maria: exactly one of user (with tenant), teams_user, number and acs_user"],
    ),
    (
        "a skill out of range, and a misspelt key of an agent",
        '[agents.maria]\nnumber = "+14255550100"\nskills = { billing = 11 }\nskils = 1',
        [
            "3:12: agents.maria.skills.billing: `11` is not allowed here; expected: less than or equal to 10",
            "4:1: agents.maria.skils: unknown key; did you mean `skills`?",
        ],
    ),
    (
        "an agent's token is not repeated",
        '[agents.maria]\nnumber = "+14255550100"\ntoken = ["hidden"]',
        ["3:1: agents.maria.token: the value is not allowed here; expected: a valid string"],
    ),
    (
        "a queue that rings for too long, in an order that there is not",
        '[queues.sales]\nring_seconds = 300\nstrategy = "fastest"',
        [
            "3:1: queues.sales.strategy: `fastest` is not allowed here; expected: 'longest idle', 'fewest calls', "
            "'most skilled', 'fixed order' or 'ring all'",
            "2:1: queues.sales.ring_seconds: `300` is not allowed here; expected: less than or equal to 120",
        ],
    ),
    (
        "an expert whom nobody knows",
        '[experts.tax]\nagent = "mria"\n[agents.maria]\nnumber = "+14255550100"',
        ["1:1: experts.tax: no agent is called `mria`; did you mean `maria`?"],
    ),
    (
        "somebody on a channel whom nobody knows",
        '[recording]\nchannels = "unmixed"\norder = ["calller", "maria"]\n[agents.maria]\nnumber = "+14255550100"',
        ["3:1: recording.order: nobody is called `calller` in this file; did you mean `caller`?"],
    ),
    (
        "channels of a recording that has one",
        '[recording]\norder = ["maria", "caller"]\n[agents.maria]\nnumber = "+14255550100"',
        ['1:1: recording: order goes with channels = "unmixed": together, everybody is on one channel'],
    ),
    (
        "somebody on two channels",
        '[recording]\nchannels = "unmixed"\norder = ["caller", "caller"]',
        ["1:1: recording: order names somebody twice"],
    ),
    (
        "somebody who is told in two ways",
        '[notify.desk]\nmail = "desk@contoso.com"\nurl = "https://contoso.com"',
        ["1:1: notify.desk: exactly one of url and mail"],
    ),
    (
        "a header is not repeated",
        '[notify.desk]\nurl = "https://contoso.com"\nheaders = { Authorization = ["hidden"] }',
        ["3:13: notify.desk.headers.Authorization: the value is not allowed here; expected: a valid string"],
    ),
    (
        "an address that is no mail address",
        '[notify.desk]\nmail = "desk"',
        [
            "2:1: notify.desk.mail: `desk` is not allowed here; expected: string should match pattern "
            "'^[^@\\s]+@[^@\\s]+$'"
        ],
    ),
    (
        "a mail server and its password",
        "[mail]\nport = 0\npassword = 3",
        [
            "2:1: mail.port: `0` is not allowed here; expected: greater than or equal to 1",
            "3:1: mail.password: the value is not allowed here; expected: a valid string",
        ],
    ),
    (
        "messages for no time, and a misspelt key of a container",
        '[voicemail]\nkeep_days = 0\nblob = { contaner = "https://x/y" }',
        [
            "3:1: voicemail.blob.container: is missing",
            "3:10: voicemail.blob.contaner: unknown key; did you mean `container`?",
            "2:1: voicemail.keep_days: `0` is not allowed here; expected: greater than 0",
        ],
    ),
    (
        "presence without a way in",
        f'[presence]\nclient_id = "{GUID}"',
        ['1:1: presence: exactly one of secret (with tenant) and credential = "entra"'],
    ),
    (
        "presence with a secret of nowhere",
        f'[presence]\nclient_id = "{GUID}"\nsecret = "x"',
        ["1:1: presence: a secret needs tenant"],
    ),
    (
        "presence that is read too rarely to be believed",
        f'[presence]\nclient_id = "{GUID}"\ncredential = "entra"\npoll_seconds = 60\nsecrt = 1',
        [
            "4:1: presence.poll_seconds: `60` is not allowed here; expected: less than or equal to 45",
            "5:1: presence.secrt: unknown key; did you mean `secret`?",
        ],
    ),
    (
        "a token for Graph in the clear",
        f'[presence]\nclient_id = "{GUID}"\ncredential = "entra"\ngraph = "http://graph.example"',
        ["1:1: presence: graph and authority are https addresses, for a token must not travel in the clear"],
    ),
    (
        "a container without a way in",
        '[voicemail]\nblob = { container = "https://x/y" }',
        ['2:1: voicemail.blob: exactly one of connection_string, sas and credential = "entra"'],
    ),
    (
        "a signature in the clear",
        '[voicemail]\nblob = { container = "http://x/y", sas = "sv=1" }',
        [
            '2:1: voicemail.blob: sas and credential = "entra" need an https '
            "address, for they must not travel in the clear"
        ],
    ),
    (
        "half a connection string of a storage account",
        '[voicemail]\nblob = { container = "https://x/y", connection_string = "AccountName=x" }',
        [
            "2:1: voicemail.blob: connection_string has the form "
            '"AccountName=NAME;AccountKey=KEY", with more parts or not'
        ],
    ),
    (
        "a secret is not repeated",
        '[operator]\ntoken = ["hidden"]',
        ["2:1: operator.token: the value is not allowed here; expected: a valid string"],
    ),
    (
        "two ways in",
        SERVICE + 'connection_string = "endpoint=https://x/;accesskey=k"',
        ["1:1: service: either connection_string or endpoint, not both"],
    ),
    (
        "no way in",
        '[service]\nendpoint = "https://x"',
        ['1:1: service: an endpoint needs exactly one of key and credential = "entra"'],
    ),
    (
        "a token in the clear",
        '[service]\nendpoint = "http://x"\ncredential = "entra"',
        ['1:1: service: credential = "entra" needs an https endpoint, for a token must not travel in the clear'],
    ),
    (
        "half a connection string",
        '[service]\nconnection_string = "endpoint=https://x/"',
        ['1:1: service: connection_string has the form "endpoint=https://NAME.communication.azure.com/;accesskey=KEY"'],
    ),
    (
        "a caller id that nobody is called",
        SERVICE + 'caller_id = "mian"\n[numbers]\nmain = "+14255550100"',
        ["4:1: service.caller_id: `mian` is not a name under [numbers]; did you mean `main`?"],
    ),
    (
        "an agent of no resource",
        f'[agents]\nx = {{ user = "{GUID}", tenant = "{GUID}" }}',
        ["2:1: agents.x: an agent needs resource, or resource_id under [service]"],
    ),
    (
        "a variable that is not set",
        '[service]\nkey = { env = "NO_SUCH" }',
        ["2:1: service.key: the environment has no variable `NO_SUCH`"],
    ),
    (
        "a file that is not there",
        '[service]\nkey = { file = "no_such" }',
        ["2:1: service.key: the file `no_such` cannot be read: No such file or directory"],
    ),
    ("not TOML", "[server]\nport = \n", ["2:8: not TOML: invalid value"]),
    (
        "calls are kept as long as Event Grid may repeat them",
        "[store]\nkeep_days = 0",
        ["2:1: store.keep_days: `0` is not allowed here; expected: greater than or equal to 2"],
    ),
    (
        "a secret in the wrong place",
        'service = "endpoint=https://x/;accesskey=a2V5"',
        ["1:1: service: this kind of value is not allowed here; expected: a table, written [service]"],
    ),
    (
        "a section that is a value",
        "numbers = 3",
        ["1:1: numbers: this kind of value is not allowed here; expected: a table, written [numbers]"],
    ),
]


@pytest.mark.parametrize(("text", "messages"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_mistakes_say_where_what_and_what_instead(text: str, messages: list[str]) -> None:
    with pytest.raises(SiteError) as caught:
        Site.parse(text, Path.cwd(), Path("site.toml"))
    assert str(caught.value).splitlines() == [f"site.toml:{message}" for message in messages]


def test_a_mistake_in_the_environment_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SERVER__PORT", "x")
    with pytest.raises(SiteError, match=r"^site.toml \(environment\): server.port: `x`"):
        Site.parse('[server]\nhost = "::"', Path.cwd(), Path("site.toml"))


def test_a_variable_that_takes_a_whole_section_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_STORE", "/var/lib/ivr")
    with pytest.raises(SiteError, match=r"site.toml \(environment\): .*store"):
        Site.parse("", Path.cwd(), Path("site.toml"))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="cannot be read: No such file"):
        Site.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(SiteError, match="not UTF-8"):
        Site.load(tmp_path / "latin.toml")


def test_the_emulator_s_site_is_whole() -> None:
    site = Site.defaults_for_emulator(
        emulator="http://127.0.0.1:8181",
        access_key="a2V5",
        server="http://127.0.0.1:8080",
        lines={"*": Path("/scripts/contoso.ivr")},
        resource_id=GUID,
        store=Path("calls.db"),
    )
    assert site.script_for("+18005550199") == Path("/scripts/contoso.ivr")
    assert site.openid_configuration() == "http://127.0.0.1:8181/calling/.well-known/acsopenidconfiguration"
    access = site.service.access()
    assert access is not None
    assert access[0] == "http://127.0.0.1:8181"


@pytest.mark.parametrize("form", ["https://http://127.0.0.1:1/", "http://127.0.0.1:1", "//http://127.0.0.1:1"])
def test_connection_strings_that_reach_an_emulator_without_tls(form: str) -> None:
    site = Site.parse(f'[service]\nconnection_string = "endpoint={form};accesskey=a2V5=="', Path.cwd())
    access = site.service.access()
    assert access is not None
    assert access[1] is not None
    assert (access[0], access[1].get_secret_value()) == ("http://127.0.0.1:1", "a2V5==")


TRICKY = '''\
# [no] = "key"
a = 1
[service] # end
"ke.y" = """
[no]
no = 1
""" # more
  endpoint = { env = "A, }", more = { b = 2, c = "}" } }
list = [
  1, # ]
  "[no]",
]
z.q = 'a # no comment'
"quo\\"ted" = 1
[[tables]]
  k=1
'''

PLACES = {
    ("a",): (2, 1),
    ("service",): (3, 1),
    ("service", "ke.y"): (4, 1),
    ("service", "endpoint"): (8, 3),
    ("service", "endpoint", "env"): (8, 16),
    ("service", "endpoint", "more"): (8, 30),
    ("service", "endpoint", "more", "b"): (8, 39),
    ("service", "endpoint", "more", "c"): (8, 46),
    ("service", "list"): (9, 1),
    ("service", "z"): (13, 1),
    ("service", "z", "q"): (13, 1),
    ("service", 'quo"ted'): (14, 1),
    ("tables",): (15, 1),
    ("tables", "k"): (16, 3),
}


def test_places_of_keys() -> None:
    tomllib.loads(TRICKY)
    assert scan(TRICKY).of == PLACES
    assert scan(TRICKY).find(("service", "nothing")) == (3, 1)
    assert scan(TRICKY).find(("nothing",)) == (1, 1)


def test_a_whisper_tells_only_what_is_known() -> None:
    for name in ("topic", "summary", "authenticated", "record_id", "waited"):
        assert Site.parse(f'[queues.line]\nwhisper = "A call. {{{name}}}. Press 1."', Path.cwd())
    with pytest.raises(SiteError, match=r"\{topik\} is nothing that a whisper can tell; it can tell \{topic\}"):
        Site.parse('[queues.line]\nwhisper = "A call. {topik}. Press 1."', Path.cwd())
