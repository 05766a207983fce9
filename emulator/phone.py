"""The phone page and its files: nothing on it comes from anywhere but here."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from emulator.service import Emulator

FILES = {
    "phone.html": "text/html; charset=utf-8",
    "phone.css": "text/css; charset=utf-8",
    "phone.js": "text/javascript; charset=utf-8",
}
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def routes(emulator: Emulator) -> list[BaseRoute]:
    """`/` and `/phone` with their style and script."""

    async def page(request: Request) -> Response:
        return _file("phone.html")

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        return _file(name) if name in FILES else Response("there is no such file", 404)

    return [Route("/", page), Route("/phone", page), Route("/phone/{name}", part)]


def _file(name: str) -> Response:
    content = files("emulator").joinpath("page", name).read_bytes()
    return Response(content, headers={**HEADERS, "Content-Type": FILES[name]})
