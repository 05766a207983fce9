"""Data functions as the site binds them: an HTTP endpoint, or a function of a Python module."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

import aiohttp
from yarl import URL

from interpreter.data.answers import as_json, as_text
from interpreter.protocol import Value
from interpreter.site_model import DataFunction

LARGEST_ANSWER = 262_144
"""Bytes of an answer; what is longer is no record of a customer."""
HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""An argument in the template of an address."""

Answer: TypeAlias = tuple[Literal["answer", "not found"], Any]


class FunctionFailed(Exception):  # noqa: N818 - what became of it
    """A data function has no answer. The text says why, and never holds an argument. ``again``: asking once more may
    help."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


async def ask(
    session: aiohttp.ClientSession,
    bound: DataFunction,
    arguments: Mapping[str, Value],
    seconds: float,
    *,
    reads: bool = True,
) -> Answer:
    """Ask once, for at the most ``seconds``; without ``reads`` only the status of an HTTP answer counts. Raises
    `FunctionFailed`."""
    try:
        async with asyncio.timeout(seconds):
            return await (_call(bound, arguments) if bound.python else _http(session, bound, arguments, reads))
    except TimeoutError:
        raise FunctionFailed(f"no answer within {seconds:.1f} s") from None


async def _http(
    session: aiohttp.ClientSession, bound: DataFunction, arguments: Mapping[str, Value], reads: bool
) -> Answer:
    address = address_of(bound.url or "", arguments)
    headers = {name: value.get_secret_value() for name, value in bound.headers.items()}
    body = {name: as_json(value) for name, value in arguments.items()} if bound.body == "json" else None
    try:
        async with session.request(
            bound.method,
            URL(address, encoded=True),
            headers=headers,
            json=body,
            allow_redirects=False,
            middlewares=(_once,),
        ) as response:
            if response.status in bound.not_found:
                return "not found", None
            if response.status >= 500:
                raise FunctionFailed(f"HTTP status {response.status}", again=True)
            if not 200 <= response.status < 300:
                raise FunctionFailed(f"HTTP status {response.status}")
            return "answer", await _body(response) if reads else None
    except aiohttp.ClientError as error:
        raise FunctionFailed(f"no connection: {type(error).__name__}", again=True) from None


class ConnectionBroken(aiohttp.ClientConnectionError):
    """The connection broke, and nobody knows whether the request arrived."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Send a request once. By itself aiohttp sends GET, PUT and DELETE again when the connection breaks, as RFC 9110,
    9.2.2 lets it; but what an action does twice is the site's to know."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise ConnectionBroken(type(error).__name__) from None


def address_of(template: str, arguments: Mapping[str, Value]) -> str:
    """The address of a template, each argument escaped so that it stays in its place.

    Raises `FunctionFailed` for one that would lead to another place all the same: a segment of dots, or an empty one.
    """
    path = template.partition("?")[0]

    def escaped(hole: re.Match[str]) -> str:
        value = arguments.get(hole[1])
        text = "" if value is None else as_text(value)
        if not text and hole.start() < len(path):
            raise FunctionFailed(f"the argument `{hole[1]}` is empty, and would change the address")
        return quote(text, safe="")

    address = HOLE.sub(escaped, template)
    for given, made in zip(path.split("/"), address.partition("?")[0].split("/"), strict=True):
        if made in (".", "..") and made != given:
            raise FunctionFailed(f"`{given}` would change the address")
    return address


async def _body(response: aiohttp.ClientResponse) -> Any:
    text = await response.content.read(LARGEST_ANSWER + 1)
    while len(text) <= LARGEST_ANSWER and (more := await response.content.read(LARGEST_ANSWER)):
        text += more
    if len(text) > LARGEST_ANSWER:
        raise FunctionFailed(f"an answer of more than {LARGEST_ANSWER} bytes")
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FunctionFailed("the answer is not JSON") from None


async def _call(bound: DataFunction, arguments: Mapping[str, Value]) -> Answer:
    """A function of a module; one that is not asynchronous runs in a thread, so that it holds up nobody."""
    given = {name: as_json(value) for name, value in arguments.items()}
    try:
        function = entry_point(bound.python or "")
        if inspect.iscoroutinefunction(function):
            found = await function(**given)
        else:
            found = await asyncio.to_thread(function, **given)
    except Exception as error:
        raise FunctionFailed(f"{bound.python} raised {type(error).__name__}") from error
    return ("not found", None) if found is None else ("answer", found)


def entry_point(name: str) -> Callable[..., Any]:
    """The function of ``package.module:function``. Raises ImportError or AttributeError."""
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return function


def pick(answer: Any, path: str) -> Any:
    """The part of an answer at a dotted path; the whole for an empty one, ``None`` where it leads nowhere."""
    for part in path.split(".") if path else ():
        if isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        elif isinstance(answer, dict):
            answer = answer.get(part)
        else:
            return None
    return answer
