"""What is said in a call, for those who may read it: the agent who talks in it now, and supervisors. Who reads the
transcript of a call in which they do not talk is in the log."""

from __future__ import annotations

from datetime import datetime

import structlog
from pydantic import BaseModel, Field

from interpreter.api.errors import Refused
from interpreter.api.frame import Asked, Operation
from interpreter.api.views import moment
from interpreter.floor import Floors
from interpreter.journal import CALLS, JournalError
from interpreter.media.transcripts import Line, lines
from interpreter.routing.control import talk_of
from interpreter.site import Site
from interpreter.staff import person_of
from interpreter.store import CallRow, Store
from interpreter.telemetry import masked

_log = structlog.get_logger(__name__)
_CALL = {"call": "The call's id."}


class TranscriptWish(BaseModel):
    """From where on."""

    after: int = Field(-1, ge=-1, description="Only what comes behind this `n`: for reading on while the call lasts.")


class LineView(BaseModel):
    """One utterance."""

    n: int = Field(description="Grows within a call; not every number occurs.")
    at: datetime = Field(description="When it was heard to its end, in UTC.")
    who: str = Field(description="`caller`, an agent's name, or the masked number or the id of somebody else.")
    text: str
    language: str


class TranscriptView(BaseModel):
    """What was said so far."""

    call: str
    running: bool = Field(description="It is being written now.")
    lines: list[LineView]


class TranscriptsApi:
    """The operations on transcripts."""

    def __init__(self, site: Site, floors: Floors, store: Store) -> None:
        self._floors, self._store = floors, store
        self._listens = site.settings.speech.listens
        self._names = {
            person_of(bound).address.lower(): name
            for name in site.settings.agents
            if (bound := site.agent(name)) is not None
        }

    def operations(self) -> list[Operation]:
        text = (
            "Empty where the script does not say `transcribe call start` (or `stream audio start`, where the site's "
            "`[speech]` listens); nothing of a secret is ever in it."
        )
        return [
            Operation(
                "GET", "/agents/me/calls/{call}/transcript", "get_my_transcript", "What is said in the agent's call",
                self._mine, tag="agent", who="agent", description=text, parameters=_CALL, query=TranscriptWish,
                answer=TranscriptView, answers="What was said so far, in the call as a whole.",
                failures={403: "The agent does not talk in this call.", 404: "No such call."},
            ),
            Operation(
                "GET", "/calls/{call}/transcript", "get_transcript", "What is, or was, said in a call", self._any,
                tag="supervisor", who="supervisor", description=text, parameters=_CALL, query=TranscriptWish,
                answer=TranscriptView, answers="What was said, until it is forgotten with the recordings.",
                failures={404: "No such call."},
            ),
        ]  # fmt: skip

    async def _mine(self, asked: Asked) -> TranscriptView:
        row = await self._row(asked)
        if talk_of(self._floors.floor, asked.asker.agent, row.id) is None:
            raise Refused(403, "you do not talk in this call")
        return await self._view(row, asked)

    async def _any(self, asked: Asked) -> TranscriptView:
        row = await self._row(asked)
        _log.info("transcript read", call=row.id, by=asked.asker.agent)
        return await self._view(row, asked)

    async def _row(self, asked: Asked) -> CallRow:
        call = asked.path["call"]
        found = (await self._store.load([call])).get(call)
        if found is None:
            raise Refused(404, "no such call")
        return found.call

    async def _view(self, row: CallRow, asked: Asked) -> TranscriptView:
        found = lines(await self._store.journal(row.id), asked.wanted(TranscriptWish).after)
        return TranscriptView(call=row.id, running=self._runs(row), lines=[self._line(each) for each in found])

    def _line(self, line: Line) -> LineView:
        said = line.said
        return LineView(n=line.n, at=moment(said.at), who=self._who(said.who), text=said.text, language=said.language)

    def _who(self, raw: str) -> str:
        if raw == "caller":
            return raw
        return self._names.get(raw.lower()) or (masked(raw.removeprefix("4:")) if raw.startswith("4:") else raw)

    def _runs(self, row: CallRow) -> bool:
        if row.status != "live":
            return False
        try:
            call = CALLS.decode(row.state)
        except JournalError:
            return False
        return call.transcript.state == "on" or (self._listens and call.audio.state == "on")
