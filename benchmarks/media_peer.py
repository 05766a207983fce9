"""The peer: a bare web socket on the same web server, which takes frames and parses their JSON, and no more."""

from __future__ import annotations

import json
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket


async def take(web: WebSocket) -> None:
    """Parse what comes, until it ends."""
    await web.accept()
    async for text in web.iter_text():
        json.loads(text)


def main() -> None:
    def ready(request: Request) -> Response:
        return Response()

    routes = [WebSocketRoute("/media/{shard}/{call}/{feed}", take), Route("/readyz", ready)]
    uvicorn.run(
        Starlette(routes=routes), port=int(sys.argv[1]), log_level="error", access_log=False, ws="websockets-sansio",
        ws_per_message_deflate=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
