"""The public keys that tokens are verified with: fetched, kept, and replaced when the issuer rotates them.

A token that names an unknown key may be the first after a rotation, so it makes us ask again, but never more often than
once in a few seconds: a flood of invented key ids must not become a flood on the key server. What the issuer no longer
publishes is dropped at the next fetch, which comes within the hour.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeAlias

import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from interpreter.ports import Clock

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Gets the body at an address; raises `KeysUnavailableError` for whatever goes wrong."""

BETWEEN_FETCHES = 5.0
"""Seconds from one fetch to the next, whoever asks."""

FRESH = 3600.0
"""Seconds after which known keys are fetched again."""

STALE = 86_400.0
"""Seconds for which known keys are still used when the key server does not answer."""

_SMALLEST = 2048
_log = structlog.get_logger(__name__)


class KeysUnavailableError(Exception):
    """The key server could not be reached or did not answer with keys."""


class PublishedKeys:
    """The key set of one issuer, at ``jwks`` or wherever the OpenID configuration at ``configuration`` says."""

    def __init__(
        self, fetch: Fetch, clock: Clock, *, configuration: str | None = None, jwks: str | None = None
    ) -> None:
        if (configuration is None) == (jwks is None):
            raise ValueError("exactly one of configuration and jwks")
        self._fetch, self._clock = fetch, clock
        self._configuration, self._jwks = configuration, jwks
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._fetching: asyncio.Task[None] | None = None

    @property
    def available(self) -> bool:
        """Whether there are keys that may be used."""
        return self._fetched_at is not None and self._clock.now() - self._fetched_at < STALE

    async def find(self, key_id: str) -> RSAPublicKey | Literal["unknown_key", "keys_unavailable"]:
        """The key of this id."""
        fetched_at = self._fetched_at
        if fetched_at is None or not self.available or key_id not in self._keys:
            await self.refresh()
        elif self._clock.now() - fetched_at >= FRESH:
            # The key at hand will do; whoever comes after the answer gets the new ones.
            self._start()
        if not self.available:
            return "keys_unavailable"
        return self._keys.get(key_id, "unknown_key")

    async def refresh(self) -> None:
        """Fetches the keys, unless that was tried a moment ago. Those who ask meanwhile wait for the same answer."""
        if (fetching := self._start()) is not None:
            # Shielded: one request that gives up must not take the answer from the others.
            await asyncio.shield(fetching)

    def _start(self) -> asyncio.Task[None] | None:
        """The fetch that is under way, or a new one when it is time for one."""
        if self._fetching is None:
            now = self._clock.now()
            if self._tried_at is not None and 0 <= now - self._tried_at < BETWEEN_FETCHES:
                return None
            self._tried_at = now
            self._fetching = asyncio.create_task(self._replace())
        return self._fetching

    async def _replace(self) -> None:
        try:
            if self._jwks is not None:
                address = self._jwks
            else:
                assert self._configuration is not None
                address = key_address(await self._fetch(self._configuration))
            self._keys = read_keys(await self._fetch(address))
            self._fetched_at = self._clock.now()
        except KeysUnavailableError as error:
            _log.warning("token keys could not be fetched", error=str(error), still_usable=self.available)
        finally:
            self._fetching = None


def key_address(configuration: bytes) -> str:
    """``jwks_uri`` of an OpenID configuration (OpenID Connect Discovery 1.0, section 3)."""
    address = _object(configuration).get("jwks_uri")
    if not isinstance(address, str):
        raise KeysUnavailableError("the OpenID configuration names no jwks_uri")
    return address


def read_keys(key_set: bytes) -> Mapping[str, RSAPublicKey]:
    """The usable keys of a key set (RFC 7517); others are left out, since issuers publish several kinds in one set."""
    entries = _object(key_set).get("keys")
    if not isinstance(entries, list):
        raise KeysUnavailableError("the key set holds no list of keys")
    keys: dict[str, RSAPublicKey] = {}
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
            continue
        key_id, key = entry.get("kid"), _rsa(entry.get("n"), entry.get("e"))
        if isinstance(key_id, str) and key is not None and entry.get("alg", "RS256") == "RS256":
            keys[key_id] = key
    if not keys:
        raise KeysUnavailableError("the key set holds no RSA key for signatures")
    return keys


def _rsa(modulus: object, exponent: object) -> RSAPublicKey | None:
    if not isinstance(modulus, str) or not isinstance(exponent, str):
        return None
    try:
        key = RSAPublicNumbers(_integer(exponent), _integer(modulus)).public_key()
    except ValueError:
        return None
    return key if key.key_size >= _SMALLEST else None


def _integer(text: str) -> int:
    """base64urlUInt (RFC 7518 section 2)."""
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise KeysUnavailableError("the key server answered with something else than JSON") from error
    if not isinstance(value, dict):
        raise KeysUnavailableError("the key server answered with something else than an object")
    return value
