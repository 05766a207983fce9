"""What a REST operation is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

from emulator.identifiers import Json
from emulator.model import Call
from emulator.results import call_not_found


@dataclass(frozen=True, slots=True)
class Request:
    """One verified request: its body, its api-version, the call it is about, and what else its path names."""

    body: Json
    version: str
    connection: Call | None = None
    name: str = ""

    @property
    def call(self) -> Call:
        """The call of the path. Raises 404/8522 when it is not there, or no more."""
        if self.connection is None:
            raise call_not_found()
        return self.connection


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and JSON body. `call` is the one concerned, when the path did not name it."""

    status: int
    body: Json | None = None
    call: Call | None = None
