from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from interpreter.azure.keys import BETWEEN_FETCHES, FRESH, STALE, KeysUnavailableError, PublishedKeys
from interpreter.azure.tokens import Accepted, Expected, Rejected, TokenVerifier, secret_matches

NOW = 1_800_000_000.0
ISSUER = "https://issuer.example"
AUDIENCE = "6d889502-3d7a-41a8-befa-d21fd80e8767"
KEYS = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("k1", "k2")}
SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)
EXPECTED = Expected(frozenset({ISSUER}), AUDIENCE, leeway=60.0)


@dataclass(slots=True)
class Clock:
    at: float = NOW

    def now(self) -> float:
        return self.at


@dataclass(slots=True)
class KeyServer:
    """Publishes ``keys``; counts who asks."""

    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"k1": KEYS["k1"]})
    asked: list[str] = field(default_factory=list)
    down: bool = False
    extra: list[Any] = field(default_factory=list)

    async def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        await asyncio.sleep(0)
        if self.down:
            raise KeysUnavailableError("down")
        if address.endswith("configuration"):
            return json.dumps({"issuer": ISSUER, "jwks_uri": "https://issuer.example/keys"}).encode()
        return json.dumps({"keys": [*self.extra, *(public(name, key) for name, key in self.keys.items())]}).encode()


def public(name: str, key: rsa.RSAPrivateKey, **more: Any) -> dict[str, Any]:
    entry: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": "RSA", "n": entry["n"], "e": entry["e"], "kid": name, **more}


def token(
    claims: dict[str, Any] | None = None,
    kid: str | None = "k1",
    key: Any = None,
    algorithm: str = "RS256",
    **header: Any,
) -> str:
    whole = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 300, "nbf": NOW, **(claims or {})}
    whole = {name: value for name, value in whole.items() if value is not None}
    headers = {"kid": kid, **header} if kid else header
    return jwt.encode(whole, key or KEYS["k1"], algorithm=algorithm, headers=headers)


def raw(header: Any, claims: Any, signature: str = "AA") -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part(header)}.{part(claims)}.{signature}"


CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 300}


def unsigned(expires: Any) -> str:
    return raw({"alg": "RS256", "kid": "k1"}, {**CLAIMS, "exp": expires})


def tampered() -> str:
    head, _, signature = token().split(".")
    return f"{head}.{token({'exp': NOW + 9000}).split('.')[1]}.{signature}"


def verify(
    authorization: str | None, expected: Expected = EXPECTED, server: KeyServer | None = None
) -> Accepted | Rejected:
    async def run() -> Accepted | Rejected:
        clock = Clock()
        keys = PublishedKeys((server or KeyServer()).fetch, clock, jwks="https://issuer.example/keys")
        return await TokenVerifier(expected, keys, clock).verify(authorization)

    return asyncio.run(run())


REFUSED: list[tuple[str, str | None, str]] = [
    ("no header", None, "missing"),
    ("empty header", "", "missing"),
    ("another scheme", "Basic abc", "missing"),
    ("no token", "Bearer ", "missing"),
    ("one part", "Bearer abc", "malformed"),
    ("four parts", "Bearer a.b.c.d", "malformed"),
    ("not base64", "Bearer !.!.!", "malformed"),
    ("not ASCII", "Bearer é.é.é", "malformed"),
    ("too long", f"Bearer {'a' * 20_000}.b.c", "malformed"),
    ("a list for claims", f"Bearer {raw({'alg': 'RS256', 'kid': 'k1'}, [])}", "malformed"),
    ("no algorithm", f"Bearer {raw({'alg': 'none', 'kid': 'k1'}, CLAIMS, '')}", "malformed"),
    ("the public key as a password", f"Bearer {token(key='x' * 32, algorithm='HS256')}", "malformed"),
    ("another signature family", f"Bearer {token(algorithm='PS256')}", "malformed"),
    ("no key id", f"Bearer {token(kid=None)}", "malformed"),
    ("an extension that must be understood", f"Bearer {token(crit=['x'], x=1)}", "malformed"),
    ("no issuer", f"Bearer {token({'iss': None})}", "malformed"),
    ("no expiry", f"Bearer {token({'exp': None})}", "malformed"),
    ("expiry is text", f"Bearer {unsigned('x')}", "malformed"),
    ("expiry is no number", f"Bearer {unsigned(float('nan'))}", "malformed"),
    ("expiry is for ever", f"Bearer {unsigned(float('inf'))}", "malformed"),
    ("expiry is true", f"Bearer {unsigned(True)}", "malformed"),
    ("foreign issuer", f"Bearer {token({'iss': 'https://other.example'})}", "foreign_issuer"),
    ("wrong audience", f"Bearer {token({'aud': 'other'})}", "wrong_audience"),
    ("no audience", f"Bearer {token({'aud': None})}", "wrong_audience"),
    ("expired", f"Bearer {token({'exp': NOW - 60})}", "expired"),
    ("from the future", f"Bearer {token({'nbf': NOW + 61})}", "not_yet_valid"),
    ("unknown key", f"Bearer {token(kid='k9')}", "unknown_key"),
    ("signed by another", f"Bearer {token(key=KEYS['k2'])}", "bad_signature"),
    ("claims exchanged", f"Bearer {tampered()}", "bad_signature"),
]


@pytest.mark.parametrize(("header", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_refused_and_why(header: str | None, reason: str) -> None:
    assert verify(header) == Rejected(reason)  # type: ignore[arg-type]
    assert Rejected(reason).status == 401  # type: ignore[arg-type]


ACCEPTED: list[tuple[str, str]] = [
    ("fresh", token()),
    ("several audiences", token({"aud": ["other", AUDIENCE]})),
    ("expired within the leeway", token({"exp": NOW - 59})),
    ("early within the leeway", token({"nbf": NOW + 60})),
    ("no not-before", token({"nbf": None})),
]


@pytest.mark.parametrize("given", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_what_is_accepted(given: str) -> None:
    assert isinstance(verify(f"bearer {given}"), Accepted)


def test_a_token_of_event_grid_must_come_from_event_grid() -> None:
    expected = Expected(frozenset({ISSUER}), AUDIENCE, 60.0, clients=frozenset({"grid"}))
    for claims, accepted in [({"azp": "grid"}, True), ({"appid": "grid"}, True), ({"azp": "x"}, False), ({}, False)]:
        result = verify(f"Bearer {token(claims)}", expected)
        assert result == Rejected("foreign_client") if not accepted else isinstance(result, Accepted)


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits")
def test_keys_that_cannot_be_used_are_left_out() -> None:
    server = KeyServer(
        extra=[
            "x",
            {"kty": "EC", "kid": "ec"},
            public("small", SMALL),
            public("enc", KEYS["k2"], use="enc"),
            public("other", KEYS["k2"], alg="RS512"),
            {"kty": "RSA", "kid": "bad", "n": "!", "e": 3},
        ]
    )
    for name, key in [("small", SMALL), ("enc", KEYS["k2"]), ("other", KEYS["k2"]), ("ec", KEYS["k2"])]:
        assert verify(f"Bearer {token(kid=name, key=key)}", server=server) == Rejected("unknown_key")


def scene(run: Callable[[KeyServer, Clock, PublishedKeys], Any]) -> None:
    server, clock = KeyServer(), Clock()
    keys = PublishedKeys(server.fetch, clock, configuration="https://issuer.example/configuration")
    asyncio.run(run(server, clock, keys))


def test_many_first_callers_ask_once() -> None:
    async def run(server: KeyServer, clock: Clock, keys: PublishedKeys) -> None:
        found = await asyncio.gather(*(keys.find("k1") for _ in range(50)))
        assert len(server.asked) == 2
        assert all(isinstance(key, rsa.RSAPublicKey) for key in found)

    scene(run)


def test_a_new_key_is_fetched_and_an_old_one_dropped() -> None:
    async def run(server: KeyServer, clock: Clock, keys: PublishedKeys) -> None:
        await keys.find("k1")
        server.keys = {"k2": KEYS["k2"]}
        clock.at += BETWEEN_FETCHES
        assert isinstance(await keys.find("k2"), rsa.RSAPublicKey)
        assert await keys.find("k1") == "unknown_key"

    scene(run)


def test_an_old_key_is_dropped_within_the_hour_even_when_nobody_names_the_new_one() -> None:
    async def run(server: KeyServer, clock: Clock, keys: PublishedKeys) -> None:
        await keys.find("k1")
        server.keys = {"k2": KEYS["k2"]}
        clock.at += FRESH
        assert isinstance(await keys.find("k1"), rsa.RSAPublicKey)
        await keys.refresh()
        assert await keys.find("k1") == "unknown_key"

    scene(run)


def test_a_flood_of_invented_keys_does_not_reach_the_key_server() -> None:
    async def run(server: KeyServer, clock: Clock, keys: PublishedKeys) -> None:
        await keys.find("k1")
        for n in range(1000):
            clock.at += 0.01
            assert await keys.find(f"invented {n}") == "unknown_key"
        assert len(server.asked) <= 2 * (1 + 10 / BETWEEN_FETCHES)

    scene(run)


def test_a_key_server_that_is_down() -> None:
    async def run(server: KeyServer, clock: Clock, keys: PublishedKeys) -> None:
        server.down = True
        verifier = TokenVerifier(EXPECTED, keys, clock)
        refused = await verifier.verify(f"Bearer {token()}")
        assert refused == Rejected("keys_unavailable")
        assert isinstance(refused, Rejected)
        assert refused.status == 503
        assert not keys.available
        server.down = False
        clock.at += BETWEEN_FETCHES
        assert isinstance(await verifier.verify(f"Bearer {token()}"), Accepted)
        server.down = True
        clock.at += STALE - 1
        assert isinstance(await keys.find("k1"), rsa.RSAPublicKey)
        clock.at += 1
        assert await keys.find("k1") == "keys_unavailable"

    scene(run)


@pytest.mark.parametrize(
    "answer", [b"{", b"[]", b"{}", b'{"keys": 3}', b'{"keys": []}', b'{"jwks_uri": 3}'], ids=lambda raw: raw.decode()
)
def test_an_answer_that_is_no_key_set_counts_as_none(answer: bytes) -> None:
    async def run() -> None:
        async def fetch(address: str) -> bytes:
            return answer

        for sources in ({"jwks": "https://x"}, {"configuration": "https://x"}):
            keys = PublishedKeys(fetch, Clock(), **sources)
            assert await keys.find("k1") == "keys_unavailable"

    asyncio.run(run())


def test_secrets() -> None:
    assert secret_matches("é", "é")
    for wrong in (None, "", "e", "\ud800"):
        assert not secret_matches("é", wrong)
