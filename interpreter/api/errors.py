"""How the API says no: one form of answer for every refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response


class Problem(BaseModel):
    """One mistake in what was sent."""

    field: str = Field(description="The place in the body, such as `target.number`, or the query parameter.")
    problem: str = Field(description="What is wrong about it, and what is expected.")


class Error(BaseModel):
    """Why a request was refused."""

    error: str = Field(description="What is wrong, for a developer.")
    problems: list[Problem] = Field(default_factory=list, description="Each mistake in what was sent, where it says.")


class Refused(HTTPException):
    """A request that is not done, and why. ``problems`` go into the answer."""

    def __init__(
        self, status: int, error: str, problems: Sequence[Problem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, error, dict(headers) if headers else None)
        self.problems = tuple(problems)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Every refusal as JSON, also those of the router."""
    assert isinstance(error, HTTPException)
    answer: dict[str, object] = {"error": error.detail}
    if isinstance(error, Refused) and error.problems:
        answer["problems"] = [each.model_dump() for each in error.problems]
    return JSONResponse(answer, error.status_code, error.headers)


async def on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours; the server logs it with its trace."""
    return JSONResponse({"error": "internal error"}, 500)


async def on_disconnect(request: Request, error: Exception) -> Response:
    """The client went away before it had said everything; nobody is there to read the answer."""
    assert isinstance(error, ClientDisconnect)
    return Response(status_code=400)
