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

    ``ca_file`` names further trusted authorities. Raises `ValueError` when it cannot be used.
    """
    trusted = ssl.create_default_context()
    if ca_file is not None:
        try:
            trusted.load_verify_locations(cafile=ca_file)
        except OSError as error:  # ssl.SSLError is one
            reason = "not a PEM file" if isinstance(error, ssl.SSLError) else error.strerror
            raise ValueError(f"[service] ca_file {ca_file} cannot be used: {reason}") from error
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
                # Piece by piece: one read gives what has arrived so far, which may be half of it.
                body = bytearray()
                async for piece in response.content.iter_any():
                    body += piece
                    if len(body) > _KEY_SET_BYTES:
                        raise KeysUnavailableError(f"{address} answered with more than {_KEY_SET_BYTES} bytes")
                return bytes(body)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise KeysUnavailableError(f"{address}: {type(error).__name__}: {error}") from error

    return fetch
