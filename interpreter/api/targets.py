"""Whom an agent may bring into a call: people of the site file by name, and numbers that the site allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

import phonenumbers
from pydantic import Field, model_validator

from dsl.emergency import WHY, is_emergency
from dsl.spell import nearest
from interpreter.api.bodies import Sent
from interpreter.api.errors import Problem, Refused
from interpreter.callees import COSTLY
from interpreter.routing.protocol import Person
from interpreter.site import Site
from interpreter.staff import expert, number, target


class Target(Sent):
    """Exactly one of these."""

    agent: str | None = Field(None, description="A name under `[agents]`.")
    expert: str | None = Field(None, description="A name under `[experts]`.")
    teams_user: str | None = Field(None, description="A name under `[teams_users]`.")
    number: str | None = Field(
        None,
        description="A name under `[numbers]`, or a number like `+14255550123` that `[desktop] may_dial` allows.",
    )

    @model_validator(mode="after")
    def _one(self) -> Target:
        if len(self.model_fields_set) != 1 or None in (getattr(self, name) for name in self.model_fields_set):
            raise ValueError("exactly one of agent, expert, teams_user and number")
        return self

    @property
    def kind(self) -> str:
        return next(iter(self.model_fields_set))


class Asking(Sent):
    """Who is to come."""

    target: Target
    ring_seconds: Annotated[float, Field(ge=5, le=120, description="How long it rings at the longest.")] = 30.0


class Consulting(Asking):
    """Who is to come, and who takes the caller off hold then."""

    unhold: Annotated[
        Literal["automatically", "by agent"],
        Field(description="`automatically`: the caller is taken off hold when this one is there, and all three talk."),
    ] = "by agent"


class Admitting(Sent):
    """Who is let in."""

    caller: Annotated[str | None, Field(description="The id of the call in which the caller waits.")] = None
    queue: Annotated[str | None, Field(description="Or the queue whose first caller is meant.")] = None

    @model_validator(mode="after")
    def _one(self) -> Admitting:
        if (self.caller is None) == (self.queue is None):
            raise ValueError("exactly one of caller and queue")
        return self


def person_meant(site: Site, wanted: Target) -> Person:
    """Who is meant. Raises `Refused` 422 where the site file does not say, or does not allow it."""
    kind, name = wanted.kind, str(getattr(wanted, wanted.kind))
    if kind == "expert":
        found = expert(site, name)
    elif kind == "number" and is_emergency(name):
        raise _refused("number", WHY)
    elif kind == "number" and name.startswith("+"):
        found = _dialled(site, name)
    else:
        found = target(site, kind, name)
    if found is None:
        settings = site.settings
        known: dict[str, Iterable[str]] = {
            "agent": settings.agents,
            "expert": settings.experts,
            "teams_user": settings.teams_users,
            "number": settings.numbers,
        }
        guess = nearest(name, known[kind])
        raise _refused(kind, f"no such name in the site file{f'; did you mean {guess}?' if guess else ''}")
    return found


def _dialled(site: Site, text: str) -> Person:
    """A number that the agent gives itself."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        raise _refused("number", "expected: a number in E.164 form, such as +14255550123")
    if text in site.settings.numbers.values():
        return number(text)
    if not any(text.startswith(allowed) for allowed in site.desktop.may_dial):
        raise _refused("number", "the site file does not let agents dial it: [desktop] may_dial")
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise _refused("number", "no country has such a number") from None
    if not phonenumbers.is_valid_number(parsed):
        raise _refused("number", "no country has such a number")
    if phonenumbers.number_type(parsed) in COSTLY:
        raise _refused("number", "numbers of this kind are dialled only where the site file names them")
    return number(text)


def _refused(kind: str, problem: str) -> Refused:
    return Refused(422, "nobody is called so", [Problem(field=f"target.{kind}", problem=problem)])
