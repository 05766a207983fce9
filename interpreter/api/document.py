"""The OpenAPI 3.1 document: made of the declarations, so that it cannot say anything else than the routes do.

https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from interpreter.api.errors import Error
from interpreter.api.frame import Asked, Operation, Who

TAGS: Mapping[str, str] = {
    "agent": "What an agent's desktop does: signing in, being available or not, the calls that the agent is in.",
    "supervisor": "Listening to the calls of others.",
    "operator": "Running the site: queues, calls, messages, switches.",
    "server": "What the surroundings of the server ask: is it well, what does it measure.",
    "service": "What Azure Communication Services and Event Grid call. For them only.",
}

_SCHEMES: Mapping[str, Mapping[str, str]] = {
    "agent": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of Entra for the audience under `[desktop]`, or the agent's own under `[agents]`.",
    },
    "operator": {"type": "http", "scheme": "bearer", "description": "The token under `[operator]`."},
    "callAutomation": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "What Call Automation signs its callbacks with.",
    },
    "eventGridToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "What Event Grid signs its deliveries with, where `[events] entra_tenant` is set.",
    },
    "eventGridSecret": {
        "type": "apiKey",
        "in": "query",
        "name": "secret",
        "description": "The secret under `[events]`, where there is one.",
    },
}

_SECURITY: Mapping[Who, list[dict[str, list[str]]]] = {
    "anyone": [],
    "host": [{"callAutomation": []}],
    "event grid": [{"eventGridSecret": []}, {"eventGridToken": []}],
    "agent": [{"agent": []}],
    "supervisor": [{"agent": []}],
    "operator": [{"operator": []}],
}


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The document of these operations and of the one that answers it."""
    operations = tuple(operations)
    models = _Models(operations)
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, models)
    tags = {each.tag for each in operations}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "ivr",
            "version": version("ivr"),
            "summary": "Phone menus, queues and agents over Azure Communication Services.",
        },
        "tags": [{"name": name, "description": text} for name, text in TAGS.items() if name in tags],
        "paths": paths,
        "components": {"schemas": models.definitions, "securitySchemes": dict(_SCHEMES)},
    }


def with_document(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations, and the one that answers their document."""
    whole: tuple[Operation, ...] = ()
    made: dict[str, Any] = {}

    async def answer(asked: Asked) -> dict[str, Any]:
        if not made:
            made.update(document(whole))
        return made

    own = Operation(
        "GET",
        "/openapi.json",
        "get_document",
        "This document",
        answer,
        tag="server",
        who="anyone",
        answer=dict[str, Any],
        answers="An OpenAPI 3.1 document.",
    )
    whole = (*operations, own)
    return whole


class _Models:
    """The schemas of everything that is sent and answered: each named once, under ``components``."""

    def __init__(self, operations: tuple[Operation, ...]) -> None:
        adapters: dict[tuple[str, str], tuple[Any, Any, TypeAdapter[Any]]] = {
            ("", "error"): ("error", "serialization", TypeAdapter(Error))
        }
        for each in operations:
            if each.body is not None:
                adapters[each.name, "body"] = ((each.name, "body"), "validation", TypeAdapter(each.body))
            if each.answer is not None:
                adapters[each.name, "answer"] = ((each.name, "answer"), "serialization", TypeAdapter(each.answer))
        found, whole = TypeAdapter.json_schemas(adapters.values(), ref_template="#/components/schemas/{model}")
        self._found = {key: schema for (key, _), schema in found.items()}
        self.definitions: dict[str, Any] = whole.get("$defs", {})
        self.error: dict[str, Any] = self._found["error"]

    def of(self, operation: Operation, what: str) -> dict[str, Any]:
        """The schema of an operation's ``body`` or ``answer``."""
        return self._found[(operation.name, what)]


def _operation(each: Operation, models: _Models) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": each.name, "summary": each.summary, "tags": [each.tag]}
    if each.description:
        described["description"] = each.description
    described["security"] = _SECURITY[each.who]
    if parameters := [*_in_path(each), *_in_query(each)]:
        described["parameters"] = parameters
    if each.body is not None:
        needed = any(part.is_required() for part in each.body.model_fields.values())
        content = {"application/json": {"schema": models.of(each, "body")}}
        described["requestBody"] = {"required": needed, "content": content}
    described["responses"] = _responses(each, models)
    return described


def _responses(each: Operation, models: _Models) -> dict[str, Any]:
    success: dict[str, Any] = {"description": each.answers}
    status = each.status
    if each.answer is not None:
        success["content"] = {each.media: {"schema": models.of(each, "answer")}}
    elif each.media != "application/json":
        success["content"] = {each.media: {}}
    elif status == 200 and each.tag != "service":
        status = 204
    responses: dict[str, Any] = {str(status): success}
    for refused, text in each.every_failure().items():
        content = {"application/json": {"schema": models.error}}
        responses[str(refused)] = {"description": text or HTTPStatus(refused).phrase, "content": content}
    return responses


def _in_path(each: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": each.parameters[name],
            "schema": {"type": "string"},
        }
        for name in re.findall(r"\{(\w+)\}", each.path)
    ]


def _in_query(each: Operation) -> list[dict[str, Any]]:
    if each.query is None:
        return []
    schema = each.query.model_json_schema(by_alias=True)
    needed = set(schema.get("required", ()))
    found = []
    for name, of in schema.get("properties", {}).items():
        of = dict(of)
        text = of.pop("description", "")
        found.append({"name": name, "in": "query", "required": name in needed, "description": text, "schema": of})
    return found
