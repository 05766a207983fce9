"""One POST and what came back, in bounded time and size."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from interpreter.presence.errors import (
    GraphError,
    MalformedError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)

LARGEST = 8_388_608
"""Bytes of an answer: 650 presences, each perhaps with a long out-of-office message."""
LONGEST_WISH = 900.0
"""Seconds of a ``Retry-After`` that are kept to."""

_CODE = re.compile(r"[A-Za-z0-9_.]{1,64}")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


async def post(
    session: aiohttp.ClientSession, address: str, seconds: float, headers: Mapping[str, str], *, json: Any, form: Any
) -> Reply:
    """Send a body of JSON, or a form. Raises `UnavailableError` without an answer, `MalformedError` for one without
    end."""
    try:
        async with (
            asyncio.timeout(seconds),
            session.post(
                URL(address, encoded=True),
                # Not every session of ours unpacks what is packed.
                headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
                json=json,
                data=form,
                allow_redirects=False,
            ) as response,
        ):
            return Reply(response.status, response.headers, await _read(response))
    except TimeoutError:
        raise UnavailableError(f"no answer within {seconds:g} s") from None
    except (aiohttp.ClientError, ValueError) as error:  # ValueError: an address or a header that cannot be sent
        raise UnavailableError(f"no connection: {type(error).__name__}") from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    # Piece by piece: one read gives what has arrived so far, which may be half of it.
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > LARGEST:
            raise MalformedError(f"an answer of more than {LARGEST} bytes")
    return bytes(body)


def as_object(body: bytes) -> Mapping[str, Any]:
    """The object of a body; raises `MalformedError`."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError("the answer is not JSON") from None
    if not isinstance(value, dict):
        raise MalformedError("the answer is not an object")
    return value


def failure(what: str, reply: Reply) -> GraphError | None:
    """What an answer means that is not a success; ``None`` for one that is."""
    if 200 <= reply.status < 300:
        return None
    text = f"{what}: HTTP {reply.status} {error_code(reply.body)}".strip()
    after = wish(reply.headers.get("Retry-After"), reply.headers.get("Date"))
    if reply.status == 429:
        return ThrottledError(text, after=after)
    if reply.status >= 500 or reply.status == 408:
        return UnavailableError(text, status=reply.status, after=after)
    return RefusedError(text, status=reply.status)


def error_code(body: bytes) -> str:
    """The code of an error body, of Graph (``error.code``) or of Entra (``error``, ``error_codes``), or nothing. Only
    codes: the messages may name users. https://learn.microsoft.com/graph/errors"""
    try:
        told = as_object(body)
    except MalformedError:
        return ""
    error, codes = told.get("error"), told.get("error_codes")
    code = error.get("code") if isinstance(error, dict) else error
    numbers = codes if isinstance(codes, list) else []
    parts = [code, *(f"AADSTS{number}" for number in numbers if isinstance(number, int))][:3]
    return " ".join(part for part in parts if isinstance(part, str) and _CODE.fullmatch(part))


def wish(retry_after: str | None, date: str | None) -> float:
    """Seconds of a ``Retry-After`` header, which is a number or a date (RFC 9110 section 10.2.3); 0 for neither.

    A date is compared with the answer's own date, since the service's clock is not ours.
    """
    if retry_after is None:
        return 0.0
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - parsedate_to_datetime(date or "")).total_seconds()
        except (TypeError, ValueError):
            return 0.0
    return min(max(seconds, 0.0), LONGEST_WISH) if seconds == seconds else 0.0
