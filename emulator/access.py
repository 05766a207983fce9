"""Who may use the resource with Teams, and what the linked speech service has. [contract 7.1]"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from emulator import auth
from emulator.identifiers import Json
from emulator.rest import refusal
from emulator.results import RestError, invalid

if TYPE_CHECKING:
    from emulator.service import Emulator

ASSIGNMENT = "/access/teamsExtension/tenants/{tenant}/assignments/{account}"
VOICES = "/tts/cognitiveservices/voices/list"
KINDS = ("teamsResourceAccount", "user")


def routes(emulator: Emulator) -> list[BaseRoute]:
    """The consent of a tenant's accounts, and the list of voices."""
    config = emulator.config
    allowed = config.allowed
    if allowed is None:
        allowed = tuple(line.resource_account for line in config.lines if line.resource_account is not None)
    assigned: dict[tuple[str, str], Json] = {
        (config.tenant.lower(), account.lower()): {"principalType": "teamsResourceAccount", "clientIds": []}
        for account in allowed
    }

    async def assignment(request: Request) -> Response:
        body = await request.body()
        try:
            _authorised(emulator, request, body)
            key = (request.path_params["tenant"].lower(), request.path_params["account"].lower())
            if request.method == "PUT":
                known, assigned[key] = key in assigned, _consent(body)
                return JSONResponse(_told(key, assigned[key]), 200 if known else 201)
            if request.method == "DELETE":
                assigned.pop(key, None)
                return Response(status_code=204)
            if key not in assigned:
                raise RestError(404, "ResourceNotFound", "There is no such assignment.")
            return JSONResponse(_told(key, assigned[key]))
        except RestError as error:
            return refusal(request, error)

    async def voices(request: Request) -> Response:
        if not request.headers.get("Ocp-Apim-Subscription-Key") and not request.headers.get("Authorization"):
            return JSONResponse({"error": {"code": "401", "message": "Access denied."}}, 401)
        return JSONResponse([_voice(name) for name in config.voices])

    return [Route(ASSIGNMENT, assignment, methods=["GET", "PUT", "DELETE"]), Route(VOICES, voices)]


def _authorised(emulator: Emulator, request: Request, body: bytes) -> None:
    raw = request.scope["raw_path"].decode("ascii")
    query = request.scope["query_string"].decode("ascii")
    if "api-version" not in request.query_params:
        raise invalid("The query parameter api-version is required.")
    auth.verify(emulator.config.access_key, request.method, f"{raw}?{query}", request.headers, body, time.time())


def _consent(body: bytes) -> Json:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise invalid("The request body is not JSON.") from error
    if not isinstance(found, dict) or found.get("principalType") not in KINDS:
        raise invalid(f"principalType is one of {' and '.join(KINDS)}.")
    return {"principalType": found["principalType"], "clientIds": found.get("clientIds") or []}


def _told(key: tuple[str, str], consent: Json) -> Json:
    return {"tenantId": key[0], "objectId": key[1], **consent}


def _voice(name: str) -> Json:
    language, country, rest = name.split("-", 2)
    return {
        "Name": f"Microsoft Server Speech Text to Speech Voice ({language}-{country}, {rest})",
        "ShortName": name,
        "Locale": f"{language}-{country}",
        "VoiceType": "Neural",
        "Status": "GA",
    }
