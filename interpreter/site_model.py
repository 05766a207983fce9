"""The sections of the site file: which keys there are and which values they take.

Every section refuses unknown keys and is frozen. What the sections mean together is in `interpreter.site`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from interpreter.site_attached import Attached, OnBehalfOf, Redirect, check_headers
from interpreter.site_center import Agent, CallRecording, Expert, Mail, Presence, QueueOf, Told, Voicemail
from interpreter.site_outbound import Calling, Emergency, Outbound
from interpreter.site_speech import PromptFiles, Speech, Understanding
from interpreter.site_values import (
    E164,
    HTTP_ADDRESS,
    Address,
    Guid,
    LineKey,
    Origin,
    Section,
    Switch,
    Text,
    Url,
    is_private,
)

# The addresses and the issuer of the live service:
# https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/secure-webhook-endpoint
SERVICE_ISSUER = "https://acscallautomation.communication.azure.com"
SERVICE_OPENID = f"{SERVICE_ISSUER}/calling/.well-known/acsopenidconfiguration"
UNRESOLVED = "unresolved"
"""What stands for a secret that is not there where it is not needed."""


class Service(Section):
    """The Azure Communication Services resource, and how to log on to it."""

    connection_string: SecretStr | None = None
    endpoint: Address | None = None
    key: SecretStr | None = None
    credential: Literal["entra"] | None = None
    cognitive_services_endpoint: Address | None = None
    """The linked Azure AI services resource; without it the host can neither speak nor recognise speech."""
    cognitive_services_key: SecretStr | None = None
    """Only for `ivr host check`, which reads the list of voices with it: a call needs none."""
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
    if not key or not HTTP_ADDRESS.fullmatch(endpoint):
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


class Details(Section):
    """What stands in call detail records, which are kept as long as calls."""

    callers: Literal["masked", "full"] = "masked"
    """How a caller's number stands there: its last four digits, or all of it. Records travel further than calls do, and
    a number is personal data."""


class Desktop(Section):
    """How agents' desktops prove who their agent is, beside the tokens under ``[agents]``: by tokens of Entra."""

    entra_tenant: Guid | None = None
    audience: Text | None = None
    """The application that the tokens are for: its id, or its address such as ``api://…``."""
    entra_authority: Address = "https://login.microsoftonline.com"
    """Another one in the national clouds."""
    may_dial: list[Annotated[str, Field(pattern=r"^\+[0-9]{1,15}$")]] = Field(default_factory=list)
    """What a number that an agent dials by itself may begin with, such as ``+1``. None: only the names of the site
    file may be dialled."""
    barge_tone: bool = False
    """Whether the people in a call hear a soft tone when a supervisor comes in to be heard."""
    origins: list[Origin] = Field(default_factory=list)
    """Where pages come from that may call the API in a browser. None: a browser keeps pages from elsewhere out."""

    @model_validator(mode="after")
    def _whole(self) -> Desktop:
        if bool(self.entra_tenant) != bool(self.audience):
            raise ValueError("entra_tenant and audience go together")
        return self


class Operator(Section):
    """Who may flip switches."""

    token: SecretStr | None = None


class DataFunction(Section):
    """Where a data function of a script is: an HTTP endpoint, or a function of a Python module."""

    url: Text | None = None
    """A template: ``{name}`` is the argument of that name, escaped."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    body: Literal["", "json"] = ""
    """``json``: the arguments as a JSON object."""
    not_found: list[int] = Field(default_factory=lambda: [404])
    """HTTP statuses that mean that there is no such entry."""
    timeout_seconds: float = Field(default=5.0, gt=0, le=60)
    result: str = ""
    """The dotted path to what the script expects, in the answer; empty for the whole."""
    fields: dict[str, str] = Field(default_factory=dict)
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
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    python: Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")] | None = None
    """``package.module:function``."""

    @model_validator(mode="after")
    def _one_place(self) -> CardService:
        if bool(self.url) == bool(self.python):
            raise ValueError("exactly one of url and python")
        if self.url and not is_private(self.url):
            raise ValueError("a card's number goes over https only")
        return self


class Assessment(Section):
    """How mood and topic are found in what is said in a call: by lists of words, or by Azure AI Language where
    ``endpoint`` and ``key`` of such a resource are given. What was said then leaves this machine."""

    endpoint: Address | None = None
    key: SecretStr | None = None
    timeout_seconds: float = Field(default=5.0, gt=0, le=30)
    topics: dict[Annotated[str, Field(max_length=48)], list[Text]] = Field(default_factory=dict)
    """What calls are about here, each with the words and phrases that tell so."""

    @model_validator(mode="after")
    def _whole(self) -> Assessment:
        if bool(self.endpoint) != bool(self.key):
            raise ValueError("endpoint and key go together")
        if self.endpoint and not is_private(self.endpoint):
            raise ValueError("endpoint is an https address, for what callers say must not travel in the clear")
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
    details: Details = Details()
    operator: Operator = Operator()
    desktop: Desktop = Desktop()
    lines: dict[LineKey, Text] = {}
    numbers: dict[str, E164] = {}
    teams_users: dict[str, Guid] = {}
    teams_apps: dict[str, Guid] = {}
    agents: dict[str, Agent] = {}
    queues: dict[str, QueueOf] = {}
    experts: dict[str, Expert] = {}
    calling: Calling = Calling()
    outbound: dict[str, Outbound] = {}
    emergency: Emergency = Emergency()
    recording: CallRecording = CallRecording()
    voicemail: Voicemail = Voicemail()
    assessment: Assessment = Assessment()
    mail: Mail = Mail()
    presence: Presence | None = None
    understanding: Understanding = Understanding()
    speech: Speech = Speech()
    prompts: PromptFiles = PromptFiles()
    notify: dict[str, Told] = {}
    card_services: dict[str, CardService] = {}
    attached: dict[str, Attached] = {}
    on_behalf_of: OnBehalfOf | None = None
    redirects: dict[LineKey, Redirect] = {}
    audio: dict[str, Url] = {}
    switches: dict[str, Switch] = {}
    secrets: dict[str, SecretStr] = {}
    data: dict[str, dict[str, DataFunction]] = {}
    stand_in: dict[str, dict[str, dict[str, Any]]] = {}
    """Answers for `ivr dev`, where no data function is bound."""

    @field_validator("attached")
    @classmethod
    def _as_a_call_can_carry(cls, attached: dict[str, Attached]) -> dict[str, Attached]:
        check_headers(attached)
        return attached

    @property
    def every_line(self) -> tuple[str, ...]:
        """The lines that take calls and those that make some, each once."""
        return tuple(dict.fromkeys((*self.lines, *(each.line for each in self.outbound.values()))))

    @field_validator("agents")
    @classmethod
    def _whose_token(cls, agents: dict[str, Agent]) -> dict[str, Agent]:
        """A token says who asks."""
        owners: dict[str, str] = {}
        for name, agent in agents.items():
            token = agent.token.get_secret_value() if agent.token is not None else ""
            if token and token != UNRESOLVED and owners.setdefault(token, name) != name:
                raise ValueError(f"`{owners[token]}` and `{name}` have the same token")
        return agents

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
