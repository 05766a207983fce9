"""All routes of the emulator: the service's own, its control routes, and the phone page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from emulator import access, content, control, phone
from emulator.tokens import KEYS_PATH, OPENID_PATH

if TYPE_CHECKING:
    from emulator.service import Emulator


def build(emulator: Emulator) -> Starlette:
    """The ASGI application of one emulator."""

    async def configuration(request: Request) -> JSONResponse:
        return JSONResponse(emulator.tokens.configuration(str(request.base_url).rstrip("/")))

    async def keys(request: Request) -> JSONResponse:
        return JSONResponse(emulator.tokens.key_set())

    routes: list[BaseRoute] = [
        Route(OPENID_PATH, configuration),
        Route(KEYS_PATH, keys),
        Route("/calling/{path:path}", emulator.rest.endpoint, methods=["GET", "POST", "DELETE", "PUT", "PATCH"]),
        *access.routes(emulator),
        *content.routes(emulator),
        *control.routes(emulator),
        *phone.routes(emulator),
    ]
    built = Starlette(routes=routes)
    built.state.emulator = emulator
    return built
