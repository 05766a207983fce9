"""Tokens: kept, replaced, missing, and never shown."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Self

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from graph_stub import (
    ANA,
    APP,
    NOON,
    SECRET,
    Clock,
    Fault,
    Rig,
    first,
    with_graph,
)
from pydantic import SecretStr

from interpreter.presence import (
    ClientCredentials,
    DeniedError,
    Graph,
    GraphError,
)
from interpreter.presence.identity import OwnIdentity

READ, SET = "getPresencesByUserId", "setPresence"


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    async def use(rig: Rig) -> None:
        tokens = set()
        for later, known in [(0.0, 1), (3298.0, 1), (3299.0, 2), (3299.0 + 3298.0, 2), (3299.0 * 2, 3)]:
            rig.clock.time = NOON + later
            tokens.add(await rig.token())
            assert len(tokens) == known
        (seen, *_) = rig.stub.asked("token")
        assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"
        rig.clock.time = NOON - 10.0
        assert await rig.token() not in tokens, "a clock that was set back says nothing of the end"

    with_graph(use)


@pytest.mark.parametrize(
    ("expires_in", "good"), [("3599", 3298.9), (None, 299.0), ("soon", 299.0), (-5, 299.0), (20, 9.0), ([], 299.0)]
)
def test_the_end_of_a_token_may_be_said_oddly(expires_in: object, good: float) -> None:
    async def use(rig: Rig) -> None:
        rig.stub.expires_in = expires_in
        token = await rig.token()
        rig.clock.time += good
        assert await rig.token() == token
        rig.clock.time += 2.0
        assert await rig.token() != token

    with_graph(use)


def test_all_who_wait_get_the_same_token() -> None:
    async def use(rig: Rig) -> None:
        tokens = await asyncio.gather(*(rig.token() for _ in range(20)))
        assert set(tokens) == set(rig.stub.tokens)
        rig.stub.revoked.update(tokens)
        await asyncio.gather(*(rig.graph.set_in_call(ANA) for _ in range(20)))
        assert len(rig.stub.tokens) == 2, "one fresh token is enough for all"

    with_graph(use)


def test_a_token_that_is_not_taken_is_replaced_once() -> None:
    async def use(rig: Rig) -> None:
        rig.stub.revoked.add(await rig.token())
        assert ANA in await rig.graph.presences([ANA])
        assert len(rig.stub.tokens) == 2
        rig.stub.fault = lambda seen: Fault(401) if seen.what != "token" else None
        before = len(rig.stub.seen)
        with pytest.raises(DeniedError, match="HTTP 401"):
            await rig.graph.presences([ANA])
        assert [each.what for each in rig.stub.seen[before:]] == [READ, "token", READ]

    with_graph(use)


def test_a_wrong_secret(caplog: pytest.LogCaptureFixture) -> None:
    async def use(rig: Rig) -> None:
        with pytest.raises(DeniedError, match="no token: token: HTTP 401 invalid_client AADSTS7000215"):
            await rig.graph.presences([ANA])
        assert [each.what for each in rig.stub.seen] == ["token"]

    with caplog.at_level(logging.DEBUG):
        with_graph(use, secret="old")


def test_those_who_wait_for_a_token_fail_together() -> None:
    async def use(rig: Rig) -> None:
        rig.stub.fault = lambda seen: Fault(503, {"Retry-After": "4"})
        results = await asyncio.gather(*(rig.token() for _ in range(20)), return_exceptions=True)
        assert all(isinstance(each, DeniedError) and each.after == 4.0 for each in results)
        assert len(rig.stub.asked("token")) == 1
        rig.clock.time += 1.0
        rig.stub.fault = first()
        assert await rig.token()

    with_graph(use)


def test_a_token_that_is_still_good_is_used_while_there_is_no_other() -> None:
    async def use(rig: Rig) -> None:
        token = await rig.token()
        rig.stub.fault = lambda seen: Fault(503) if seen.what == "token" else None
        rig.clock.time += 3400.0
        assert await rig.token() == token
        with pytest.raises(DeniedError):
            await rig.token(token)
        rig.clock.time += 300.0
        with pytest.raises(DeniedError):
            await rig.token()

    with_graph(use)


@pytest.mark.parametrize("token", [7, "", "two\nlines", "ünsafe", None])
def test_a_token_that_cannot_be_sent(token: object) -> None:
    async def use(rig: Rig) -> None:
        rig.stub.fault = first(Fault(200, body=f'{{"access_token": {json.dumps(token)}, "expires_in": 3599}}'))
        with pytest.raises(DeniedError, match="no access_token"):
            await rig.token()

    with_graph(use)


def test_a_provider_may_fail_in_any_way() -> None:
    async def broken(refused: str = "") -> str:
        raise RuntimeError("the secret is " + SECRET)

    async def use(rig: Rig) -> None:
        graph = Graph(rig.session, broken, APP, base=rig.stub.base)
        with pytest.raises(DeniedError) as caught:
            await graph.set_in_call(ANA)
        assert str(caught.value) == "no token: RuntimeError"

    with_graph(use)


def test_nothing_secret_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    async def use(rig: Rig) -> list[str]:
        texts = [repr(rig.graph), repr(rig.token), str(vars(rig.graph))]
        for fault in (first(Fault(500), what=SET), first(Fault(401), Fault(401), what=SET), first(Fault(drop=True))):
            rig.stub.fault = fault
            with pytest.raises(GraphError) as caught:
                await rig.graph.set_in_call(ANA)
            texts.append(repr(caught.value))
        return texts + rig.stub.tokens

    with caplog.at_level(logging.DEBUG):
        *texts, one, two = with_graph(use)
    for text in (*texts, caplog.text):
        assert SECRET not in text
        assert one not in text
        assert two not in text


def test_an_address_that_is_none() -> None:
    async def use(rig: Rig) -> None:
        token = ClientCredentials(rig.session, Clock(), "t", APP, SecretStr(SECRET), authority="nonsense")
        with pytest.raises(DeniedError, match="no connection: "):
            await token()

    with_graph(use)


class _Identity:
    """A credential of azure-identity, which keeps its token."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers, self.scopes, self.closed = list(answers), list[str](), False

    async def get_token(self, *scopes: str, **more: Any) -> AccessToken:
        self.scopes += scopes
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return AccessToken(answer, 2_000_000_000)

    async def close(self) -> None:
        self.closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *about: object) -> None:
        await self.close()


def test_the_machine_s_own_identity_gives_tokens() -> None:
    async def run() -> None:
        credential = _Identity("first")
        own = OwnIdentity("https://graph.microsoft.com/.default", credential)
        assert await own() == "first"
        assert await own(refused="another") == "first"
        assert set(credential.scopes) == {"https://graph.microsoft.com/.default"}
        with pytest.raises(DeniedError, match="does not take"):
            await own(refused="first")
        await own.close()
        assert credential.closed

    asyncio.run(run())


def test_an_identity_that_is_not_there_is_a_denial_that_names_no_secret() -> None:
    async def run() -> None:
        own = OwnIdentity("scope", _Identity(ClientAuthenticationError("secret=abc was wrong"), "later"))
        with pytest.raises(DeniedError) as caught:
            await own()
        assert str(caught.value) == "no token: ClientAuthenticationError"
        assert await own() == "later"

    asyncio.run(run())
