"""The sections of the site file about calls that the site makes, and about emergency centers."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from interpreter.site_values import E164, LineKey, Section, Text


def _country(value: str) -> str:
    import phonenumbers

    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError('a country as two capital letters, such as "US"')
    return value


def _hours(value: str) -> str:
    if clock_hours(value) is None:
        raise ValueError('two times of a day, such as "08:00 to 21:00"')
    return value


def clock_hours(text: str) -> tuple[int, int] | None:
    """Two times of a day in minutes after midnight; ``None`` for what is no such thing."""
    found = re.fullmatch(r"([01][0-9]|2[0-4]):([0-5][0-9]) to ([01][0-9]|2[0-4]):([0-5][0-9])", text)
    if found is None:
        return None
    begins, ends = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return (begins, ends) if begins < ends <= 1440 else None


Country = Annotated[str, AfterValidator(_country)]
ClockHours = Annotated[str, AfterValidator(_hours)]
Beginning = Annotated[str, Field(pattern=r"^\+[0-9]{1,15}$")]


class Calling(Section):
    """Whom the site may call by itself, and when. Nothing is called where no country is named."""

    countries: list[Country] = Field(default_factory=list)
    deny: list[Beginning] = Field(default_factory=list)
    """How numbers begin that are never called."""
    hours: ClockHours | None = None
    """By the clock of whoever is called; what a script says with ``only`` holds beside it."""
    opt_out: Text | None = None
    """The name under which scripts ``remember``, by number, who wants no more calls."""


class Outbound(Section):
    """A script that makes calls, and the line that it makes them from unless an order names another one."""

    script: Text
    line: LineKey

    @model_validator(mode="after")
    def _a_real_line(self) -> Outbound:
        if self.line == "*":
            raise ValueError("line is a number or a Teams resource account, not *")
        return self


class Desk(Section):
    """Who takes calls of an emergency center: a name of one of these sections."""

    number: Text | None = None
    teams_user: Text | None = None
    teams_app: Text | None = None
    agent: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Desk:
        if sum(map(bool, (self.number, self.teams_user, self.teams_app, self.agent))) != 1:
            raise ValueError("exactly one of number, teams_user, teams_app and agent")
        return self

    @property
    def target(self) -> tuple[str, str]:
        """The kind, as a script writes it, and the name."""
        known = (("number", self.number), ("teams user", self.teams_user), ("teams app", self.teams_app))
        return next(((kind, name) for kind, name in known if name), ("agent", self.agent or ""))


class Emergency(Section):
    """Emergency centers that may call back, and who takes their calls on each line (``*``: on every other one)."""

    centers: list[E164] = Field(default_factory=list)
    desks: dict[LineKey, Desk] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _somebody_answers(self) -> Emergency:
        if self.centers and not self.desks:
            raise ValueError("centers needs desks: who takes their calls")
        return self

    def desk_of(self, line: str) -> Desk | None:
        """Who takes them on a line; ``None`` where the site does not say."""
        return self.desks.get(line) or self.desks.get("*")
