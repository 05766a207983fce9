"""The sections of the site file: which keys there are and which values they take.

Every section refuses unknown keys and is frozen. What the sections mean together is in `interpreter.site`.
"""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Any, Literal

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

# The addresses and the issuer of the live service:
# https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/secure-webhook-endpoint
SERVICE_ISSUER = "https://acscallautomation.communication.azure.com"
SERVICE_OPENID = f"{SERVICE_ISSUER}/calling/.well-known/acsopenidconfiguration"

_HTTP = re.compile(r"https?://[^/\s?#]+(/[^\s?#]*)?")
_RESOURCE_ACCOUNT = re.compile(r"28:[a-z-]+:[0-9a-fA-F-]{36}")


def _e164(value: str) -> str:
    """A number as E.164 (ITU-T E.164: ``+`` and 7 to 15 digits) of a length that its country uses."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
        raise ValueError("a number in E.164 form, such as +14255550100")
    try:
        parsed = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        raise ValueError("a number in E.164 form with an assigned country code, such as +14255550100") from None
    # Not is_valid_number: numbers kept for fiction and tests (555-01xx) are not assigned to anybody, and rightly so.
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError("a number in E.164 form with as many digits as its country uses, such as +14255550100")
    return value


def _address(value: str) -> str:
    if not _HTTP.fullmatch(value):
        raise ValueError("an http or https address without query, such as https://ivr.contoso.com")
    return value.rstrip("/")


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s]+\S*", value):
        raise ValueError("an http or https address")
    return value


def _guid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise ValueError("a GUID, such as 9f6b1a40-1111-4222-8333-123456789abc") from None


def _line(value: str) -> str:
    if value == "*" or _RESOURCE_ACCOUNT.fullmatch(value):
        return value
    if value.startswith("+"):
        return _e164(value)
    raise ValueError("a number in E.164 form, a Teams resource account (28:orgid:GUID), or * for every other line")


def _switch(value: Any) -> bool:
    if value in ("on", "off"):
        return bool(value == "on")
    if isinstance(value, bool):
        return value
    raise ValueError('"on" or "off"')


E164 = Annotated[str, AfterValidator(_e164)]
Address = Annotated[str, AfterValidator(_address)]
Url = Annotated[str, AfterValidator(_url)]
Guid = Annotated[str, AfterValidator(_guid)]
LineKey = Annotated[str, AfterValidator(_line)]
Switch = Annotated[Any, AfterValidator(_switch)]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """What all sections share: no unknown keys, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Service(Section):
    """The Azure Communication Services resource, and how to log on to it."""

    connection_string: SecretStr | None = None
    endpoint: Address | None = None
    key: SecretStr | None = None
    credential: Literal["entra"] | None = None
    cognitive_services_endpoint: Address | None = None
    """The linked Azure AI services resource; without it the host can neither speak nor recognise speech."""
    resource_id: Guid | None = None
    """The immutable resource id: the audience of the callbacks' tokens."""
    caller_id: Text | None = None
    """The name, under ``[numbers]``, that a transfer to a telephone shows when the script names none."""
    ca_file: Text | None = None
    """PEM file of an authority to trust beside the system's, for an emulator with TLS. Relative to the site file."""
    timeout_seconds: float = Field(default=5.0, gt=0, le=30)
    """The longest that one request may take before it counts as failed; a call rings for 30 s."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Service:
        ways = [self.connection_string, self.endpoint]
        if all(ways):
            raise ValueError("either connection_string or endpoint, not both")
        if self.endpoint and bool(self.key) == bool(self.credential):
            raise ValueError('an endpoint needs exactly one of key and credential = "entra"')
        if self.credential and not (self.endpoint or "").startswith("https:"):
            raise ValueError('credential = "entra" needs an https endpoint, for a token must not travel in the clear')
        if not self.endpoint and (self.key or self.credential):
            raise ValueError("key and credential go with endpoint")
        if self.connection_string is not None:
            _split_connection_string(self.connection_string.get_secret_value())
        return self

    def access(self) -> tuple[str, SecretStr | None] | None:
        """Endpoint and key; the key is ``None`` for Entra. ``None`` when the section names no resource."""
        if self.connection_string is not None:
            endpoint, key = _split_connection_string(self.connection_string.get_secret_value())
            return endpoint, SecretStr(key)
        return (self.endpoint, self.key) if self.endpoint else None


def _split_connection_string(text: str) -> tuple[str, str]:
    """``endpoint=https://…/;accesskey=…`` in its two parts. Unlike the SDK's own parser this keeps ``http://``."""
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    values = {name.strip().lower(): value.strip() for name, _, value in pairs}
    endpoint, key = values.get("endpoint", ""), values.get("accesskey", "")
    # Samples reach an emulator without TLS by this form, because the SDK cuts at the first "//".
    endpoint = re.sub(r"^(https:)?//(?=https?://)", "", endpoint)
    if not key or not _HTTP.fullmatch(endpoint):
        raise ValueError(
            'connection_string has the form "endpoint=https://NAME.communication.azure.com/;accesskey=KEY"'
        )
    return endpoint.rstrip("/"), key


class Server(Section):
    """The web server and the address under which the service reaches it."""

    host: Text = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    callback_base: Address | None = None
    """Public base address. The live service accepts only https with a certificate of a known authority."""
    max_body_bytes: int = Field(default=1_048_576, ge=1024)
    """Event Grid's largest batch is 1 MB: https://learn.microsoft.com/azure/event-grid/delivery-and-retry"""
    drain_seconds: float = Field(default=10.0, ge=0)


class Callbacks(Section):
    """How the callbacks of Call Automation prove who they are."""

    verify: bool = True
    issuer: Text = SERVICE_ISSUER
    audience: Text | None = None
    """``[service] resource_id`` when absent."""
    openid_configuration: Url | None = None
    jwks: Url | None = None
    """The key set's address, when there is no OpenID configuration that names it."""
    leeway_seconds: float = Field(default=60.0, ge=0, le=600)

    @model_validator(mode="after")
    def _one_key_source(self) -> Callbacks:
        if self.jwks and self.openid_configuration:
            raise ValueError("either openid_configuration or jwks, not both")
        return self


class Events(Section):
    """How Event Grid proves who it is: a secret in the address, an Entra token, or both."""

    secret: SecretStr | None = None
    """Expected as ``?secret=…`` of the webhook's address, which Event Grid keeps hidden."""
    entra_tenant: Guid | None = None
    entra_audience: Text | None = None
    entra_authority: Address = "https://login.microsoftonline.com"
    """Another one in the national clouds."""

    @model_validator(mode="after")
    def _whole(self) -> Events:
        if bool(self.entra_tenant) != bool(self.entra_audience):
            raise ValueError("entra_tenant and entra_audience go together")
        return self


class Store(Section):
    """Where calls are kept."""

    path: Text = "ivr.db"
    keep_days: float = Field(default=30.0, ge=2, le=3650)
    """How long a call that has ended is remembered: longer than Event Grid repeats a delivery (a day at most), or a
    call that ended would be answered again."""


class Operator(Section):
    """Who may flip switches."""

    token: SecretStr | None = None


class Served(Section):
    """A queue that an agent serves: a smaller ``priority`` first, and only callers who have waited so long."""

    queue: Text
    priority: int = Field(default=1, ge=1, le=10)
    delay_seconds: float = Field(default=0.0, ge=0, le=3600)


class Agent(Section):
    """Somebody who takes calls: an agent of Teams Phone extensibility (``user`` and ``tenant``), a Teams user, a user
    of the communication resource, or a telephone number.
    https://learn.microsoft.com/azure/communication-services/concepts/interop/tpe"""

    user: Guid | None = None
    tenant: Guid | None = None
    resource: Guid | None = None
    """``[service] resource_id`` when absent."""
    teams_user: Guid | None = None
    number: E164 | None = None
    acs_user: Annotated[str, Field(pattern=r"^8:acs:.+")] | None = None
    skills: dict[str, Annotated[int, Field(ge=1, le=10)]] = {}
    queues: list[Text | Served] = []
    order: int = 0
    """The place where a queue rings in a fixed order."""
    capacity: int = Field(default=1, ge=1, le=10)
    """Calls at a time."""
    token: SecretStr | None = None
    """What the agent's desktop signs in with, where there is no Entra."""
    supervisor: bool = False
    signed_in: Literal["by desktop", "always"] = "by desktop"
    """``always``: there without a desktop, from the start of the server on."""

    @model_validator(mode="after")
    def _one_identity(self) -> Agent:
        if bool(self.user) != bool(self.tenant):
            raise ValueError("user and tenant go together")
        if sum(map(bool, (self.user, self.teams_user, self.number, self.acs_user))) != 1:
            raise ValueError("exactly one of user (with tenant), teams_user, number and acs_user")
        return self


class QueueOf(Section):
    """How a queue of the scripts works here. What a script says of its own queue goes before."""

    strategy: Literal["longest idle", "fewest calls", "most skilled", "fixed order", "ring all"] = "longest idle"
    ring_seconds: float = Field(default=20.0, ge=5, le=120)
    wrap_up_seconds: float = Field(default=0.0, ge=0, le=3600)
    service_seconds: float = Field(default=20.0, gt=0, le=3600)
    """The time within which a caller should be answered: what the service level is measured by."""
    service_level: Literal["answered", "positive", "negative", "ignored"] = "ignored"
    """How those who give up count."""
    whisper: str = ""
    """What an agent hears before the caller is joined, and answers by pressing 1."""
    language: Text = "en-US"


class Voicemail(Section):
    """Where messages are kept, and for how long."""

    folder: Text = "messages"
    """Relative to the site file."""
    keep_days: float = Field(default=90.0, gt=0, le=3650)


class CallRecording(Section):
    """How calls are recorded, and where what is recorded goes."""

    channels: Literal["mixed", "unmixed"] = "mixed"
    """Everybody together, or each on a channel of their own: the caller on the first."""
    container: Url | None = None
    """A container of an own Azure storage, into which the service itself writes. Without one the files come into
    ``folder``."""
    folder: Text = "recordings"
    """Relative to the site file."""
    keep_days: float = Field(default=30.0, gt=0, le=3650)


class Mail(Section):
    """The server that mail goes out by."""

    server: Text = "localhost"
    port: int = Field(default=587, ge=1, le=65535)
    sender: Text = "ivr@localhost"
    user: Text | None = None
    password: SecretStr | None = None
    encryption: Literal["starttls", "tls", "none"] = "starttls"


class Told(Section):
    """Somebody who is told: by a request to an address, or by mail."""

    url: Url | None = None
    headers: dict[str, SecretStr] = {}
    mail: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Told:
        if bool(self.url) == bool(self.mail):
            raise ValueError("exactly one of url and mail")
        return self


class Expert(Section):
    """Somebody who is asked for advice: an agent of ``[agents]``, a Teams user, or a telephone number."""

    agent: Text | None = None
    teams_user: Guid | None = None
    number: E164 | None = None

    @model_validator(mode="after")
    def _one_identity(self) -> Expert:
        if sum(map(bool, (self.agent, self.teams_user, self.number))) != 1:
            raise ValueError("exactly one of agent, teams_user and number")
        return self


class DataFunction(Section):
    """Where a data function of a script is: an HTTP endpoint, or a function of a Python module."""

    url: Text | None = None
    """A template: ``{name}`` is the argument of that name, escaped."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: dict[str, SecretStr] = {}
    body: Literal["", "json"] = ""
    """``json``: the arguments as a JSON object."""
    not_found: list[int] = [404]
    """HTTP statuses that mean that there is no such entry."""
    timeout_seconds: float = Field(default=5.0, gt=0, le=60)
    result: str = ""
    """The dotted path to what the script expects, in the answer; empty for the whole."""
    fields: dict[str, str] = {}
    """The names that fields of the script have in the answer."""
    python: Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")] | None = None
    """``package.module:function``."""

    @model_validator(mode="after")
    def _one_place(self) -> DataFunction:
        if bool(self.url) == bool(self.python):
            raise ValueError("exactly one of url and python")
        if self.url and not re.match(r"https?://[^/\s{}]+", self.url):
            raise ValueError("url is an http or https address whose host holds no argument")
        if self.body and self.method in ("GET", "DELETE"):
            raise ValueError("a body goes with method POST, PUT or PATCH")
        return self


class CardService(Section):
    """Who takes payments by card: an HTTP endpoint, or a function of a Python module."""

    url: Url | None = None
    headers: dict[str, SecretStr] = {}
    python: Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")] | None = None
    """``package.module:function``."""

    @model_validator(mode="after")
    def _one_place(self) -> CardService:
        if bool(self.url) == bool(self.python):
            raise ValueError("exactly one of url and python")
        if self.url and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", self.url):
            raise ValueError("a card's number goes over https only")
        return self


class Settings(BaseSettings):
    """The whole site file. ``IVR_SECTION__KEY`` in the environment goes before the file."""

    model_config = SettingsConfigDict(
        env_prefix="IVR_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    service: Service = Service()
    server: Server = Server()
    callbacks: Callbacks = Callbacks()
    events: Events = Events()
    store: Store = Store()
    operator: Operator = Operator()
    lines: dict[LineKey, Text] = {}
    numbers: dict[str, E164] = {}
    teams_users: dict[str, Guid] = {}
    teams_apps: dict[str, Guid] = {}
    agents: dict[str, Agent] = {}
    queues: dict[str, QueueOf] = {}
    experts: dict[str, Expert] = {}
    recording: CallRecording = CallRecording()
    voicemail: Voicemail = Voicemail()
    mail: Mail = Mail()
    notify: dict[str, Told] = {}
    card_services: dict[str, CardService] = {}
    audio: dict[str, Url] = {}
    switches: dict[str, Switch] = {}
    secrets: dict[str, SecretStr] = {}
    data: dict[str, dict[str, DataFunction]] = {}
    stand_in: dict[str, dict[str, dict[str, Any]]] = {}
    """Answers for `ivr dev`, where no data function is bound."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings
