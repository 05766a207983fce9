"""Who posts to us: signed tokens of Call Automation and of Event Grid, verified against published keys.

A token is RS256 with issuer, audience and a life of five minutes, a fresh one for each event
(https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/secure-webhook-endpoint), so results
are not worth caching; keys are. Signatures are checked with ``cryptography`` on a cached key, a quarter of the cost
of a JWT library. Cheap checks come first: a foreign token never makes us ask for keys.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from interpreter.ports import Clock

_LONGEST = 16_384

Reason: TypeAlias = Literal[
    "missing",
    "malformed",
    "foreign_issuer",
    "wrong_audience",
    "foreign_client",
    "expired",
    "not_yet_valid",
    "unknown_key",
    "bad_signature",
    "keys_unavailable",
]
"""Why a token was refused: the label of the counter."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The token is genuine. ``claims`` are what it says."""

    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The token is not accepted. ``status`` is 401, or 503 when we could not get the keys to judge it."""

    reason: Reason

    @property
    def status(self) -> int:
        return 503 if self.reason == "keys_unavailable" else 401


class Keys(Protocol):
    """Where public keys come from; see `interpreter.azure.keys`."""

    async def find(self, key_id: str) -> RSAPublicKey | Literal["unknown_key", "keys_unavailable"]: ...


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say. ``clients`` empty: any application id."""

    issuers: frozenset[str]
    audience: str
    leeway: float
    clients: frozenset[str] = frozenset()


class TokenVerifier:
    """Judges ``Authorization`` headers."""

    def __init__(self, expected: Expected, keys: Keys, clock: Clock) -> None:
        self._expected, self._keys, self._clock = expected, keys, clock

    async def verify(self, authorization: str | None) -> Accepted | Rejected:
        """Whether the header carries a genuine token for us. Never raises for anything that the header holds."""
        if not authorization:
            return Rejected("missing")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return Rejected("missing")
        parsed = _parse(token.strip())
        if parsed is None:
            return Rejected("malformed")
        if (reason := self._unfit(parsed.claims)) is not None:
            return Rejected(reason)
        key = await self._keys.find(parsed.key_id)
        if isinstance(key, str):
            return Rejected(key)
        try:
            key.verify(parsed.signature, parsed.signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            return Rejected("bad_signature")
        return Accepted(parsed.claims)

    def _unfit(self, claims: Mapping[str, Any]) -> Reason | None:
        expected, now = self._expected, self._clock.now()
        if claims.get("iss") not in expected.issuers:
            return "foreign_issuer"
        audience = claims.get("aud")
        if audience != expected.audience and not (isinstance(audience, list) and expected.audience in audience):
            return "wrong_audience"
        # Version 1 tokens of Entra say appid, version 2 tokens azp.
        if expected.clients and not {str(claims.get(name)) for name in ("azp", "appid")} & expected.clients:
            return "foreign_client"
        expires, not_before = _seconds(claims.get("exp")), _seconds(claims.get("nbf", 0))
        if expires is None or not_before is None:
            return "malformed"
        if now >= expires + expected.leeway:
            return "expired"
        return "not_yet_valid" if now < not_before - expected.leeway else None


def secret_matches(expected: str, given: str | None) -> bool:
    """Compares in a time that tells nothing of how much was right."""
    return given is not None and hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class _Token:
    key_id: str
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def _parse(token: str) -> _Token | None:
    """The parts of a compact JWS (RFC 7515), or ``None`` for anything but RS256 with a key id."""
    if len(token) > _LONGEST or token.count(".") != 2 or not token.isascii():
        return None
    signed, _, signature = token.rpartition(".")
    head, _, body = signed.partition(".")
    try:
        header, claims = json.loads(_decode(head)), json.loads(_decode(body))
        raw_signature = _decode(signature)
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    key_id = header.get("kid")
    # "crit" names extensions that the receiver must understand; we know none (RFC 7515 section 4.1.11).
    if header.get("alg") != "RS256" or "crit" in header or not isinstance(key_id, str):
        return None
    if not isinstance(claims.get("iss"), str):
        return None
    return _Token(key_id, claims, signed.encode(), raw_signature)


def _decode(part: str) -> bytes:
    """base64url without padding, strictly (RFC 7515 section 2)."""
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None
