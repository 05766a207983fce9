"""Operations as they are declared, and the routes that come of them.

The order is fixed: who asks, then the body and only as much of it as is allowed, then whether it is what is declared,
then the handler.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

import structlog
from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from interpreter.api import bodies
from interpreter.api.errors import Refused
from interpreter.engine import EngineStopped
from interpreter.store import StoreUnavailable

_log = structlog.get_logger(__name__)

Who: TypeAlias = Literal["anyone", "host", "event grid", "agent", "supervisor", "operator"]
"""Who may call an operation. ``host`` and ``event grid`` are judged by the handler itself."""
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an agent by name (a supervisor is one), or the operator, who has none. ``until`` is when what it asks
    with expires (epoch seconds), ``None`` for never."""

    agent: str = ""
    supervisor: bool = False
    until: float | None = None


NOBODY = Asker()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be done."""

    request: Request
    asker: Asker
    body: BaseModel | None = None
    query: BaseModel | None = None
    most: int = 0
    """The longest body that is read, in bytes."""

    @property
    def path(self) -> Mapping[str, str]:
        """The variable parts of the path."""
        return self.request.path_params

    def sent(self, model: type[M]) -> M:
        """The body."""
        assert isinstance(self.body, model)
        return self.body

    def wanted(self, model: type[M]) -> M:
        """The query."""
        assert isinstance(self.query, model)
        return self.query

    async def raw(self) -> bytes:
        """The body of an operation that declares none. Raises `HTTPException` 413."""
        return await bodies.read(self.request, self.most)


Handler: TypeAlias = Callable[[Asked], Awaitable[Any]]
"""Returns what is declared as ``answer``, or a ready `Response`."""
Admit: TypeAlias = Callable[[Request, Who], Awaitable[Asker]]
"""Who it is that asks. Raises `HTTPException` 401, 403 or 503."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for. ``name`` is the operation's id in the document, ``answer`` any type that
    pydantic knows (``None``: no content), ``status`` that of success. ``media``: what else than JSON is answered.
    ``parameters`` describes the variable parts of the path. ``failures`` are those of its own; what follows from who
    may call it, and from a body, is said for it."""

    method: Literal["GET", "PUT", "POST", "DELETE", "OPTIONS"]
    path: str
    name: str
    summary: str
    handler: Handler
    tag: str
    who: Who
    description: str = ""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    answers: str = "Done."
    status: int = 200
    media: str = "application/json"
    parameters: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[int, str] = field(default_factory=dict)

    def every_failure(self) -> dict[int, str]:
        """Each status of a refusal with what it means."""
        found: dict[int, str] = {}
        if self.who != "anyone":
            found[401] = "No token, or not a genuine one."
        if self.who in ("agent", "supervisor", "operator"):
            found[403] = "The token is genuine and does not allow this, or the site file has no such tokens."
            found[503] = "The store does not answer, the server is about to stop, or a token cannot be judged now."
        if self.body is not None or self.query is not None:
            found[422] = "What was sent is not as declared; `problems` says where."
        if self.body is not None:
            found[413] = "The body is too long."
        return dict(sorted({**found, **self.failures}.items()))


class Api:
    """The table of operations at work. Raises `ValueError` for two operations of one name, or of one method and
    path."""

    def __init__(self, operations: Sequence[Operation], admit: Admit, most: int) -> None:
        self.operations = tuple(operations)
        self._admit, self._most = admit, most
        self._by_path: dict[str, dict[str, Operation]] = {}
        if len({each.name for each in operations}) < len(operations):
            raise ValueError("two operations have one name")
        for each in operations:
            if each.method in (those := self._by_path.setdefault(each.path, {})):
                raise ValueError(f"{each.method} {each.path} is declared twice")
            those[each.method] = each

    def routes(self) -> list[Route]:
        """A route a path, with all its methods: a wrong method is then refused with the right ones. Fixed paths come
        before those with a variable part in the same place."""
        paths = sorted(self._by_path, key=lambda path: [("{" in part, part) for part in path.split("/")])
        return [Route(path, self._endpoint(path), methods=list(self._by_path[path])) for path in paths]

    def _endpoint(self, path: str) -> Callable[[Request], Awaitable[Response]]:
        methods = self._by_path[path]

        async def endpoint(request: Request) -> Response:
            return await self._do(methods["GET" if request.method == "HEAD" else request.method], request)

        return endpoint

    async def _do(self, operation: Operation, request: Request) -> Response:
        asker = await self._admit(request, operation.who)
        body = query = None
        if operation.body is not None:
            body = bodies.body_as(operation.body, await bodies.read(request, self._most))
        if operation.query is not None:
            query = bodies.query_as(operation.query, request)
        answer = await durably(operation.handler(Asked(request, asker, body, query, self._most)))
        if isinstance(answer, Response):
            return answer
        if operation.answer is None:
            return Response(status_code=204 if operation.status == 200 else operation.status)
        text = TypeAdapter(operation.answer).dump_json(answer, by_alias=True)
        return Response(text, operation.status, media_type="application/json")


T = TypeVar("T")


async def durably(work: Awaitable[T]) -> T:
    """Awaits what must be kept before we answer. Raises `Refused` 503 when it cannot be."""
    try:
        return await work
    except StoreUnavailable as error:
        _log.error("the store does not work", error=str(error))
        raise Refused(503, "the store does not work", headers={"Retry-After": "5"}) from error
    except EngineStopped as error:
        raise Refused(503, "the server is about to stop", headers={"Retry-After": "5"}) from error
