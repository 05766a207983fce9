"""The sections of the site file that are about people: agents, queues, experts, messages, and who is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from interpreter.routing.whispers import HOLES, unknown_holes
from interpreter.site_values import E164, Address, Guid, Section, Text, Url, is_private


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
    skills: dict[str, Annotated[int, Field(ge=1, le=10)]] = Field(default_factory=dict)
    queues: list[Text | Served] = Field(default_factory=list)
    order: int = 0
    """The place where a queue rings in a fixed order."""
    capacity: int = Field(default=1, ge=1, le=10)
    """Calls at a time."""
    client: Literal["contact center", "teams"] = "contact center"
    """Which client of an agent of Teams Phone extensibility rings: the contact center's, or Teams itself."""
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
        if self.client == "teams" and not self.user:
            raise ValueError("client is for agents with user and tenant")
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
    """What an agent hears before the caller is joined, and answers by pressing 1. ``{topic}`` and the like stand for
    what the script's `brief` says."""
    language: Text = "en-US"

    @field_validator("whisper")
    @classmethod
    def _known_holes(cls, whisper: str) -> str:
        if unknown := unknown_holes(whisper):
            known = ", ".join(f"{{{name}}}" for name in HOLES)
            raise ValueError(f"{{{unknown[0]}}} is nothing that a whisper can tell; it can tell {known}")
        return whisper


class BlobContainer(Section):
    """A container of Azure Blob Storage, and how to log on to it: an account's connection string, a shared access
    signature that may read, write, list and delete, or the machine's own identity."""

    container: Address
    """Such as ``https://contoso.blob.core.windows.net/voicemail``. It has to exist."""
    connection_string: SecretStr | None = None
    sas: SecretStr | None = None
    credential: Literal["entra"] | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> BlobContainer:
        if sum(map(bool, (self.connection_string, self.sas, self.credential))) != 1:
            raise ValueError('exactly one of connection_string, sas and credential = "entra"')
        if (self.credential or self.sas) and not self.container.startswith("https:"):
            raise ValueError(
                'sas and credential = "entra" need an https address, for they must not travel in the clear'
            )
        if self.connection_string is not None and not self.account_key():
            raise ValueError('connection_string has the form "AccountName=NAME;AccountKey=KEY", with more parts or not')
        return self

    def account_key(self) -> tuple[str, str] | None:
        """Name and key of the account, from the connection string."""
        text = self.connection_string.get_secret_value() if self.connection_string is not None else ""
        pairs = (part.partition("=") for part in text.split(";"))
        values = {name.strip().lower(): value.strip() for name, _, value in pairs}
        name, key = values.get("accountname", ""), values.get("accountkey", "")
        return (name, key) if name and key else None


class Voicemail(Section):
    """Where messages are kept, and for how long."""

    folder: Text = "messages"
    """Relative to the site file."""
    blob: BlobContainer | None = None
    """In the place of the folder."""
    keep_days: float = Field(default=90.0, gt=0, le=3650)


CALLER = "caller"
"""The one name under ``order`` that is not of the site file."""


class CallRecording(Section):
    """How calls are recorded, and where what is recorded goes."""

    channels: Literal["mixed", "unmixed"] = "mixed"
    """Everybody together, or each on a channel of their own."""
    order: Annotated[list[Text], Field(min_length=1, max_length=5)] = Field(default_factory=lambda: [CALLER])
    """Who is on which channel of an unmixed recording, from the first on: ``caller``, and names of the site file. Who
    is not named takes a channel that is left. The service has five."""
    container: Url | None = None
    """A container of an own Azure storage, into which the service itself writes. Without one the files come into
    ``folder``."""
    folder: Text = "recordings"
    """Relative to the site file."""
    keep_days: float = Field(default=30.0, gt=0, le=3650)

    @model_validator(mode="after")
    def _whole(self) -> CallRecording:
        if self.channels == "mixed" and self.order != [CALLER]:
            raise ValueError('order goes with channels = "unmixed": together, everybody is on one channel')
        if len(set(self.order)) != len(self.order):
            raise ValueError("order names somebody twice")
        return self


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
    headers: dict[str, SecretStr] = Field(default_factory=dict)
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


class Presence(Section):
    """Presence of the agents in Teams, read and shown by an application that logs on with a secret or as the machine's
    own identity."""

    client_id: Guid
    """The application's id, which names what it shows of people."""
    tenant: Guid | None = None
    secret: SecretStr | None = None
    credential: Literal["entra"] | None = None
    poll_seconds: float = Field(default=10.0, ge=5, le=45)
    """From one reading to the next. What was read is believed for a minute."""
    graph: Address = "https://graph.microsoft.com/v1.0"
    authority: Address = "https://login.microsoftonline.com"
    scope: Text = "https://graph.microsoft.com/.default"
    """This one and the two before it are others in the national clouds."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Presence:
        if bool(self.secret) == bool(self.credential):
            raise ValueError('exactly one of secret (with tenant) and credential = "entra"')
        if self.secret and not self.tenant:
            raise ValueError("a secret needs tenant")
        for address in (self.graph, self.authority):
            if not is_private(address):
                raise ValueError("graph and authority are https addresses, for a token must not travel in the clear")
        return self
