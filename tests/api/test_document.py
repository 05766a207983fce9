"""The document says what the routes do, and is one that other tools can read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_spec_validator import validate
from server_rig import Rig, on_server
from starlette.routing import Route

import server


def routes_of(rig: Rig) -> set[tuple[str, str]]:
    """Every method and path that the application answers."""
    routes = [each for each in server.create_app(rig.desk).routes if isinstance(each, Route)]
    return {(method, each.path) for each in routes for method in each.methods or () if method != "HEAD"}


def references(part: Any) -> Iterator[str]:
    """Every reference of a document."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_it_lists_exactly_the_routes_there_are(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        status, document = await rig.get("/openapi.json")
        assert status == 200
        listed = {(method.upper(), path) for path, those in document["paths"].items() for method in those}
        assert listed == routes_of(rig)
        assert ("PUT", "/switches/{name}") in listed

    on_server(tmp_path, story)


def test_it_is_an_openapi_document_that_a_validator_takes(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        _, document = await rig.get("/openapi.json")
        validate(document)
        schemas = document["components"]["schemas"]
        for reference in references(document):
            assert reference.removeprefix("#/components/schemas/") in schemas, reference
        known = set(document["components"]["securitySchemes"])
        tags = {each["name"] for each in document["tags"]}
        for path, those in document["paths"].items():
            for method, described in those.items():
                assert {name for each in described["security"] for name in each} <= known
                assert set(described["tags"]) <= tags
                in_path = [each["name"] for each in described.get("parameters", ()) if each["in"] == "path"]
                assert in_path == re.findall(r"\{(\w+)\}", path), (method, path)

    on_server(tmp_path, story)


def test_what_is_declared_to_need_a_token_does(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        _, document = await rig.get("/openapi.json")
        asked = 0
        for path, those in document["paths"].items():
            for method, described in those.items():
                if not described["security"] or path == "/events":
                    continue
                url = re.sub(r"\{\w+\}", "x", path)
                status, answer = await rig.ask(method.upper(), url, data=json.dumps({}))
                # Where the site file has no tokens of that kind at all, nobody may.
                assert status in (401, 403), (method, path, status)
                assert set(answer) == {"error"}
                asked += 1
        assert asked >= 4

    on_server(tmp_path, story)


def test_every_mistake_of_a_body_is_said(tmp_path: Path) -> None:
    from server_rig import OPERATOR

    async def story(rig: Rig) -> None:
        bearer = {"Authorization": f"Bearer {OPERATOR}"}
        cases: list[tuple[str, list[dict[str, str]]]] = [
            ("", [{"field": "on", "problem": "is missing"}]),
            ("[", [{"field": "", "problem": "is not JSON"}]),
            ("true", [{"field": "", "problem": "expected: an object"}]),
            ('{"on": 1}', [{"field": "on", "problem": "expected: a valid boolean"}]),
            (
                '{"onn": true}',
                [
                    {"field": "on", "problem": "is missing"},
                    {"field": "onn", "problem": "is unknown; did you mean on?"},
                ],
            ),
        ]
        for body, problems in cases:
            status, answer = await rig.ask("PUT", "/switches/closed", data=body, headers=bearer)
            assert (status, answer) == (422, {"error": "the body is not as expected", "problems": problems}), body
        long = json.dumps({"on": True, "more": "x" * 20_001})
        assert (await rig.ask("PUT", "/switches/closed", data=long, headers=bearer))[0] == 413
        assert await rig.get("/switches", headers=bearer) == (200, {"closed": False})

    on_server(tmp_path, story)
