"""Recorded files: fetched and deleted with the key of the resource, until they are a day old. [contract 1.3, 9]"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from emulator import auth
from emulator.beside import metadata
from emulator.rest import refusal
from emulator.results import RestError
from emulator.tape import Recording

if TYPE_CHECKING:
    from emulator.service import Emulator

RETENTION_SECONDS = 24 * 3600.0
PLACE = "/v1/objects/{document}"


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The addresses that the file's event names: its content, its metadata, and where to delete it."""

    async def endpoint(request: Request) -> Response:
        try:
            _authorised(emulator, request, await request.body())
            found = _find(emulator, request.path_params["document"])
            if request.method == "DELETE":
                found.deleted = True
                return Response()
            if request.path_params["part"] == "acsmetadata":
                return JSONResponse(metadata(found, emulator.config.resource_id))
            return _content(request, found.wav())
        except RestError as error:
            return refusal(request, error)

    return [Route(PLACE, endpoint, methods=["DELETE"]), Route(f"{PLACE}/content/{{part}}", endpoint, methods=["GET"])]


def _authorised(emulator: Emulator, request: Request, body: bytes) -> None:
    raw = request.scope["raw_path"].decode("ascii")
    query = request.scope["query_string"].decode("ascii")
    target = f"{raw}?{query}" if query else raw
    auth.verify(emulator.config.access_key, request.method, target, request.headers, body, time.time())


def _find(emulator: Emulator, document: str) -> Recording:
    now = emulator.clock.now()
    for recording in emulator.world.recordings.values():
        if recording.document == document and recording.stopped is not None and not recording.deleted:
            if now - recording.stopped <= RETENTION_SECONDS:
                return recording
            break
    raise RestError(404, "ResourceNotFound", "There is no such recording, or no more.")


def _content(request: Request, whole: bytes) -> Response:
    """The file, or the part of it that a `Range: bytes=from-` or `bytes=from-to` asks for."""
    start, dash, end = request.headers.get("range", "").removeprefix("bytes=").partition("-")
    if not dash or not start.isdigit() or not (end.isdigit() or not end):
        return Response(whole, media_type="audio/wav")
    first, last = int(start), min(int(end or len(whole) - 1), len(whole) - 1)
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(whole)}"})
    headers = {"Content-Range": f"bytes {first}-{last}/{len(whole)}"}
    return Response(whole[first : last + 1], 206, headers, "audio/wav")
