"""The recordings of calls, for the operator: listed, heard, deleted. Who hears or deletes one is in the log."""

from __future__ import annotations

from typing import Any

import structlog
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, Response

from interpreter.api.errors import Refused
from interpreter.api.frame import Asked, Operation
from interpreter.recordings.shelf import About, RecordingsUnavailable, Shelf
from interpreter.web import Desk

_log = structlog.get_logger(__name__)
_TAG = "operator"
MOST = 1_000


class RecordingsView(BaseModel):
    """What is known of recordings, the latest first."""

    recordings: list[dict[str, Any]]


class RecordingsWish(BaseModel):
    """Which recordings."""

    call: str = Field(default="", description="Those of this call only.")
    limit: int = Field(default=100, ge=1, le=MOST, description="At most so many, of the latest.")


class RecordingsApi:
    """The operations on recordings."""

    def __init__(self, desk: Desk) -> None:
        self._shelf: Shelf = desk.center.recordings.shelf

    def operations(self) -> list[Operation]:
        name = {"name": "The recording's name, from `GET /recordings`."}
        away = {404: "No such recording.", 503: "The folder of recordings cannot be read."}
        elsewhere = {**away, 409: "The sound is in a storage of your own: `place` says where."}
        return [
            Operation("GET", "/recordings", "get_recordings", "The recordings of calls", self._list, tag=_TAG,
                who="operator", query=RecordingsWish, answer=RecordingsView, answers="What is known of each.",
                failures={503: away[503]}),
            Operation("GET", "/recordings/{name}", "get_recording", "What is known of a recording", self._about,
                tag=_TAG, who="operator", parameters=name, answer=dict[str, Any], answers="What is known of it.",
                failures=away),
            Operation("GET", "/recordings/{name}/audio", "play_recording", "Hear a recording", self._audio, tag=_TAG,
                who="operator", parameters=name, media="audio/wav", failures=elsewhere,
                answers="The sound, as WAV, or the part of it that a Range header asks for."),
            Operation("DELETE", "/recordings/{name}", "delete_recording", "Delete a recording", self._delete, tag=_TAG,
                who="operator", parameters=name, failures=away,
                answers="It is gone from here. What is in a storage of your own stays there."),
        ]  # fmt: skip

    async def _list(self, asked: Asked) -> RecordingsView:
        wish = asked.wanted(RecordingsWish)
        try:
            found = await self._shelf.latest(wish.limit, wish.call)
        except RecordingsUnavailable as error:
            raise _away(error) from error
        return RecordingsView(recordings=[dict(each) for each in found])

    async def _about(self, asked: Asked) -> dict[str, Any]:
        return dict(await self._found(asked))

    async def _found(self, asked: Asked) -> About:
        try:
            found = await self._shelf.about(asked.path["name"])
        except RecordingsUnavailable as error:
            raise _away(error) from error
        if found is None:
            raise Refused(404, "no such recording")
        return found

    async def _audio(self, asked: Asked) -> Response:
        about = await self._found(asked)
        try:
            path = await self._shelf.sound(str(about["recording"]))
        except RecordingsUnavailable as error:
            raise _away(error) from error
        if path is None:
            place = about.get("place")
            raise Refused(409, f"the sound is in a storage of your own: {place}") if place else _gone()
        _log.info("recording heard", recording=about["recording"], call=about.get("call"))
        return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "no-store"})

    async def _delete(self, asked: Asked) -> None:
        name = asked.path["name"]
        try:
            gone = await self._shelf.delete(name)
        except RecordingsUnavailable as error:
            raise _away(error) from error
        if not gone:
            raise _gone()
        _log.info("recording deleted", recording=name)


def _gone() -> Refused:
    return Refused(404, "no such recording")


def _away(error: RecordingsUnavailable) -> Refused:
    return Refused(503, f"the recordings cannot be read: {error}", headers={"Retry-After": "5"})
