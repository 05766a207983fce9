"""One question to a service over HTTP, and its answer as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from interpreter.understanding import NotUnderstood

LARGEST_ANSWER = 65_536


async def post(
    session: aiohttp.ClientSession, url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float
) -> Any:
    """What the service answers. Raises `NotUnderstood` for whatever keeps it from that; never repeated, since the
    caller hears nothing meanwhile."""
    try:
        async with (
            asyncio.timeout(seconds),
            session.post(url, json=body, headers=headers, allow_redirects=False) as response,
        ):
            text = await response.content.read(LARGEST_ANSWER + 1)
    except TimeoutError:
        raise NotUnderstood(f"the service has not answered within {seconds:g} s") from None
    except aiohttp.ClientError as error:
        # Its text may hold the address with whatever stands in it.
        raise NotUnderstood(f"the service cannot be reached: {type(error).__name__}") from None
    if response.status != 200:
        raise NotUnderstood(f"the service answers with HTTP status {response.status}")
    if len(text) > LARGEST_ANSWER:
        raise NotUnderstood("the answer of the service is too long")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NotUnderstood("the answer of the service is no JSON") from None
