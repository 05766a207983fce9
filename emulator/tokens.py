"""Tokens of callbacks: RS256 as the service signs them, its OpenID configuration and its keys. [contract 5]"""

from __future__ import annotations

import base64
import functools
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from emulator.identifiers import Json

LIFETIME_SECONDS = 300
OPENID_PATH = "/calling/.well-known/acsopenidconfiguration"
KEYS_PATH = "/calling/keys"

TokenKind = Literal["good", "bad_token", "expired_token", "foreign_token"]


@dataclass(frozen=True, slots=True)
class _Key:
    kid: str
    private: rsa.RSAPrivateKey


def _new_key() -> _Key:
    return _Key(uuid.uuid4().hex, rsa.generate_private_key(public_exponent=65537, key_size=2048))


@functools.cache
def _first_key() -> _Key:
    """The key that every emulator of this process begins with: making one takes longer than a whole call."""
    return _new_key()


@dataclass(slots=True)
class Tokens:
    """The keys of one emulator. Tokens live in real time: a host checks them against its own clock."""

    issuer: str
    audience: str
    now: Callable[[], float] = time.time
    keys: list[_Key] = field(default_factory=lambda: [_first_key()])

    def rotate(self, *, forget: bool = False) -> None:
        """Sign with a new key from now on. The old ones stay published unless they are to be forgotten."""
        self.keys = [_new_key()] if forget else [_new_key(), *self.keys]

    def mint(self, kind: TokenKind = "good", lifetime: int = LIFETIME_SECONDS) -> str:
        """A token for one event or connection: a good one, or one that a host must refuse in one of three ways."""
        issued = int(self.now()) - (lifetime + 3600 if kind == "expired_token" else 0)
        claims = {
            "iss": self.issuer,
            "aud": str(uuid.uuid4()) if kind == "foreign_token" else self.audience,
            "iat": issued,
            "nbf": issued,
            "exp": issued + lifetime,
        }
        key = self.keys[0]
        token = jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})
        if kind == "bad_token":
            signed, _, signature = token.rpartition(".")
            flipped = bytes(byte ^ 0xFF for byte in base64.urlsafe_b64decode(signature + "=="))
            return f"{signed}.{base64.urlsafe_b64encode(flipped).decode().rstrip('=')}"
        return token

    def key_set(self) -> Json:
        """The public keys, as published at `/calling/keys`."""
        return {"keys": [_public(key) for key in self.keys]}

    def configuration(self, base_url: str) -> Json:
        """The OpenID configuration; its key address is on this emulator, its issuer is the service's."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{base_url}{KEYS_PATH}",
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["iss", "aud", "iat", "nbf", "exp"],
        }


def _public(key: _Key) -> Json:
    numbers: Json = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.private.public_key()))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.kid, "n": numbers["n"], "e": numbers["e"]}


def looks_like_token(text: str) -> bool:
    """Whether a bearer credential has the syntax of a JWT: three parts, the first two base64url JSON objects."""
    parts = text.split(".")
    if len(parts) != 3:
        return False
    try:
        decoded = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2]]
    except ValueError:
        return False
    return all(isinstance(part, dict) for part in decoded)
