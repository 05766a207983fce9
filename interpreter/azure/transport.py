"""HTTP sessions that read nothing from the environment and trust what the site file says.

Proxy and ``.netrc`` look-ups, which aiohttp does in a thread for every request, took 16 % of a callback's cost. A
custom authority belongs to the session: handed to the SDK as ``connection_verify`` it makes a new connection for
every request.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import aiohttp

from interpreter.azure.keys import Fetch, KeysUnavailableError

_KEY_SET_BYTES = 1_048_576


def open_session(ca_file: Path | None, timeout: float) -> aiohttp.ClientSession:
    """A session whose requests take at most ``timeout`` seconds. Must be called in a running event loop.

    ``ca_file`` names further trusted authorities. Raises `OSError` or `ssl.SSLError` when it cannot be used.
    """
    trusted = ssl.create_default_context()
    if ca_file is not None:
        trusted.load_verify_locations(cafile=ca_file)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trusted, limit=0),
        timeout=aiohttp.ClientTimeout(total=timeout),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        # azure-core decompresses by itself and asks sessions that it did not make not to.
        auto_decompress=False,
    )


def fetch_with(session: aiohttp.ClientSession) -> Fetch:
    """Fetches key sets through the session."""

    async def fetch(address: str) -> bytes:
        try:
            async with session.get(address, headers={"Accept-Encoding": "identity"}) as response:
                if response.status != 200:
                    raise KeysUnavailableError(f"{address} answered {response.status}")
                return await response.content.read(_KEY_SET_BYTES)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise KeysUnavailableError(f"{address}: {type(error).__name__}: {error}") from error

    return fetch
