"""The sections of the site file about calls that come in: headers by name, whom an agent calls, what is passed on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from interpreter.site_values import Section, Text

SIP_PREFIX = "x-ms-custom-"
LONGEST_KEY = 64
MOST_SIP, MOST_VOIP = 5, 1000
"""Custom headers of a call; User-To-User is not counted.
https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/custom-context"""
OWN_HEADER = "call"
"""The VoIP header in which every call goes out with its own id."""

Detail = Literal[
    "session", "topic", "context", "sentiment", "intent", "transcript", "suggestion",
    "caller name", "caller number", "record id", "screen pop", "authenticated",
]  # fmt: skip
DETAILS: Mapping[str, tuple[str, ...]] = {
    "session": ("sessionid",),
    "topic": ("calltopic",),
    "context": ("callcontext",),
    "sentiment": ("callsentiment",),
    "intent": ("intent",),
    "transcript": ("transcripturl",),
    "suggestion": ("suggestedactions",),
    "caller name": ("callerdetails.name",),
    "caller number": ("callerdetails.phonenumber",),
    "record id": ("callerdetails.recordid",),
    "screen pop": ("callerdetails.screenpopurl",),
    "authenticated": ("callerdetails.isauthenticated",),
}
"""The details of a call of a Teams auto attendant, by the service's names in small letters."""


def is_user_to_user(key: str) -> bool:
    """Whether a header is the one of RFC 7433. The service writes it in two ways."""
    return key.lower() in ("user-to-user", "usertouser")


def _sip(key: str) -> str:
    if is_user_to_user(key):
        return "User-To-User"
    if not key.lower().startswith(SIP_PREFIX) or not re.fullmatch(r"[A-Za-z0-9.!%*_+`'~-]+", key[len(SIP_PREFIX) :]):
        raise ValueError("User-To-User, or a name that begins with X-MS-Custom-, such as X-MS-Custom-Account")
    return key


def _voip(key: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", key):
        raise ValueError("a name without spaces, such as account")
    if key.lower() == OWN_HEADER:
        raise ValueError(f"another name than `{OWN_HEADER}`, in which the id of our own call goes along")
    return key


class Attached(Section):
    """Where a value that travels with a call stands: in a SIP header (telephones), a VoIP header (Teams and the
    communication resource), or in the details of a Teams auto attendant, which only come in."""

    sip: Annotated[str, Field(max_length=LONGEST_KEY), AfterValidator(_sip)] | None = None
    voip: Annotated[str, Field(max_length=LONGEST_KEY), AfterValidator(_voip)] | None = None
    teams: Detail | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Attached:
        if not (self.sip or self.voip or self.teams):
            raise ValueError("at least one of sip, voip and teams")
        return self


def check_headers(attached: Mapping[str, Attached]) -> Mapping[str, Attached]:
    """Refuses more headers than a call can carry, and one header for two names. Raises `ValueError`."""
    for kind, most in (("sip", MOST_SIP), ("voip", MOST_VOIP)):
        owners: dict[str, str] = {}
        for name, each in attached.items():
            key = getattr(each, kind)
            if key is not None and owners.setdefault(key.lower(), name) != name:
                raise ValueError(f"`{owners[key.lower()]}` and `{name}` have the same {kind} header")
        if len([key for key in owners if not is_user_to_user(key)]) > most:
            raise ValueError(f"a call carries {most} {kind} headers at the most (and User-To-User)")
    return attached


class OnBehalfOf(Section):
    """Calls that agents make on behalf of a line, from their own client."""

    callers: Literal["agents", "resource"] = "agents"
    """Who may: the agents of this site file, or every agent of Teams Phone extensibility of the resource."""
    callee_at: Literal["data", "custom context", "voip headers"] = "data"
    """Where the service says whom to call. No page does; the first call is logged in full, which shows it."""


class Redirect(Section):
    """Who gets the calls of a line before anybody answers them: a name of one of these sections. With ``switch`` only
    while it is on."""

    number: Text | None = None
    teams_user: Text | None = None
    teams_app: Text | None = None
    agent: Text | None = None
    switch: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Redirect:
        if sum(map(bool, (self.number, self.teams_user, self.teams_app, self.agent))) != 1:
            raise ValueError("exactly one of number, teams_user, teams_app and agent")
        return self

    @property
    def target(self) -> tuple[Literal["number", "teams_user", "teams_app", "agent"], str]:
        """The kind and the name."""
        if self.number:
            return "number", self.number
        if self.teams_user:
            return "teams_user", self.teams_user
        return ("teams_app", self.teams_app) if self.teams_app else ("agent", self.agent or "")
