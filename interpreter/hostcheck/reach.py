"""Asking somebody over HTTP, and in plain words why it did not work: the name, the way, the certificate, the time."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

WITHIN = 10.0
"""Seconds for one question."""
MOST = 4 * 1024 * 1024
"""Bytes of an answer that are read."""

Kind: TypeAlias = Literal["name", "refused", "time", "certificate", "tls", "broken"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Nobody answered. ``kind`` says at which step it ended."""

    kind: Kind
    says: str
    fix: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody answered. Names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body as JSON, ``None`` when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    address: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer | Trouble:
    """One question. Redirects are answers, too."""
    patience = aiohttp.ClientTimeout(total=WITHIN)
    told = {"Accept-Encoding": "identity", **(headers or {})}
    where = URL(address, encoded=True)
    try:
        async with session.request(
            method, where, headers=told, data=body, allow_redirects=False, timeout=patience
        ) as answer:
            content = bytearray()
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) >= MOST:
                    break
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, found, bytes(content))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return trouble(error, address)


async def connect(address: str, context: ssl.SSLContext | None = None) -> dict[str, Any] | Trouble:
    """Only the connection, with its certificate where there is one (as `ssl.SSLSocket.getpeercert` gives it)."""
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        async with asyncio.timeout(WITHIN):
            _, writer = await asyncio.open_connection(
                parts.hostname, port, ssl=(context or ssl.create_default_context()) if secure else None
            )
            try:
                found = writer.get_extra_info("peercert")
            finally:
                writer.close()
            return dict(found or {})
    except (TimeoutError, OSError, ValueError) as error:
        return trouble(error, address)


def trouble(error: Exception, address: str) -> Trouble:
    """Why nobody answered."""
    host = urlsplit(address).netloc.rpartition("@")[2]
    certificate = getattr(error, "certificate_error", error)
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return _certificate(certificate, host)
    if isinstance(error, aiohttp.ClientConnectorSSLError | ssl.SSLError):
        why = getattr(error, "reason", None) or getattr(getattr(error, "os_error", None), "reason", None) or "no TLS"
        return Trouble(
            "tls", f"{host} does not speak TLS as it should: {str(why).replace('_', ' ').lower()}",
            "look whether the port serves https, with TLS 1.2 or newer",
        )  # fmt: skip
    if isinstance(error, TimeoutError):
        return Trouble(
            "time", f"{host} does not answer within {WITHIN:g} s", "look whether a firewall drops the connection"
        )
    cause = getattr(error, "os_error", error)
    if isinstance(error, aiohttp.ClientConnectorDNSError) or type(cause).__name__ in ("gaierror", "DNSError"):
        return Trouble("name", f"the name {host} is not known", "look at the spelling, and whether the name is in DNS")
    if isinstance(cause, ConnectionRefusedError):
        return Trouble("refused", f"nobody listens at {host}", "start what is to answer there, or put the port right")
    if isinstance(cause, OSError) and not isinstance(error, aiohttp.ServerDisconnectedError):
        said = cause.strerror or type(cause).__name__
        return Trouble("broken", f"{host} cannot be reached: {said}", "look at the network between here and there")
    return Trouble(
        "broken", f"{host} breaks the connection off ({type(error).__name__})", "look at the log of what answers there"
    )


_PUBLIC = "have the certificate signed by a public authority"
_OF_CERTIFICATE: Mapping[int, tuple[str, str]] = {
    # The numbers of OpenSSL: https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/
    9: ("is not valid yet", "look at the clocks, or wait"),
    10: ("has expired", "renew it, and look why that was not done by itself"),
    18: ("is signed by itself", _PUBLIC),
    19: ("comes from an authority that nobody knows", f"{_PUBLIC}, or name the authority as [service] ca_file"),
    20: (
        "does not lead to a known authority",
        f"serve the whole chain with the intermediate certificates; or {_PUBLIC}",
    ),
    21: ("comes without its chain", "serve the whole chain with the intermediate certificates"),
    62: ("is for another name", "have it made out for this name, or use the name that it has"),
    64: ("is for another address", "have it made out for this address, or use a name that it has"),
}


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> Trouble:
    said, fix = _OF_CERTIFICATE.get(
        error.verify_code, (f"is not accepted ({error.verify_message})", "look at it with `openssl s_client`")
    )
    return Trouble("certificate", f"the certificate of {host} {said}", fix)
