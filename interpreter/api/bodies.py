"""Reading what was sent: only so much of it as is allowed, and into the form that the operation declares."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.requests import Request

from dsl.spell import nearest
from interpreter.api.errors import Problem, Refused


class Sent(BaseModel):
    """What a client sends: unknown keys are refused, with the nearest known one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


async def read(request: Request, most: int) -> bytes:
    """The body, unless it is longer than ``most`` bytes: then no more of it is read than shows that. Raises
    `HTTPException` 413."""
    announced = request.headers.get("Content-Length", "")
    too_long = announced.isdigit() and int(announced) > most
    parts, size = [], 0
    if not too_long:
        async for part in request.stream():
            parts.append(part)
            size += len(part)
            if too_long := size > most:
                break
    if too_long:
        # What is left unread must not be taken for the next request.
        raise HTTPException(413, f"more than {most} bytes", {"Connection": "close"})
    return b"".join(parts)


def body_as(model: type[BaseModel], body: bytes) -> BaseModel:
    """The body as what is declared; nothing stands for an empty object. Raises `Refused` 422 with every mistake."""
    try:
        return model.model_validate_json(body if body.strip() else b"{}", strict=True)
    except ValidationError as error:
        raise _refused("the body", model, error) from error


def query_as(model: type[BaseModel], request: Request) -> BaseModel:
    """The query as what is declared. Raises `Refused` 422 with every mistake."""
    pairs = request.query_params.multi_items()
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        problems = [Problem(field=name, problem="is given twice") for name in twice]
        raise Refused(422, "the query is not as expected", problems)
    try:
        return model.model_validate(dict(pairs))
    except ValidationError as error:
        raise _refused("the query", model, error) from error


def _refused(what: str, model: type[BaseModel], error: ValidationError) -> Refused:
    problems = [
        Problem(field=".".join(map(str, each["loc"])), problem=_problem(model, each))
        for each in error.errors(include_url=False)
    ]
    return Refused(422, f"{what} is not as expected", problems)


def _problem(model: type[BaseModel], details: ErrorDetails) -> str:
    """In words that name what is allowed; never the value, which may be a secret."""
    match details["type"]:
        case "missing":
            return "is missing"
        case "json_invalid":
            return "is not JSON"
        case "extra_forbidden":
            known = sorted(model.model_fields)
            guess = nearest(str(details["loc"][-1]), known) if len(details["loc"]) == 1 else None
            return "is unknown" + (f"; did you mean {guess}?" if guess else "")
        case "value_error":
            return str(_context(details)["error"])
        case "string_too_long":
            return f"expected: at most {_context(details)['max_length']} characters"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "expected: an object"
        case _:
            return f"expected: {_expected(details['msg'])}"


def _context(details: ErrorDetails) -> dict[str, Any]:
    return details.get("ctx", {})


def _expected(message: str) -> str:
    message = message.removeprefix("Input should be ")
    return message[:1].lower() + message[1:]
