"""All checks of a site, side by side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack

from dsl import Program
from interpreter.azure.transport import open_session
from interpreter.hostcheck import TOPICS, Finding, Topic
from interpreter.hostcheck.address import check_address, check_callbacks, check_events
from interpreter.hostcheck.files import check_files
from interpreter.hostcheck.keeping import check_keeping
from interpreter.hostcheck.looking import check_licences
from interpreter.hostcheck.others import check_others
from interpreter.hostcheck.reach import WITHIN
from interpreter.hostcheck.service import Resource, check_accounts, check_resource
from interpreter.hostcheck.speech import check_speech
from interpreter.hostcheck.tokens import check_tokens
from interpreter.ports import Clock
from interpreter.site import Site

log = logging.getLogger(__name__)

RESOURCE_SCOPE = "https://communication.azure.com//.default"
SPEECH_SCOPE = "https://cognitiveservices.azure.com/.default"
WHOLE = 60.0
"""Seconds for one topic: several questions, one after the other."""


async def check_site(site: Site, programs: Sequence[Program], clock: Clock) -> list[Finding]:
    """What there is to say of a site, in the order of the topics. Raises `ValueError` when its ``ca_file`` cannot be
    used."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session(site.ca_path(), WITHIN))
        identity = _Identity()
        stack.push_async_callback(identity.close)
        resource = Resource(site, session, lambda: identity.token(RESOURCE_SCOPE))
        checks: Mapping[Topic, list[Awaitable[list[Finding]]]] = {
            "service": [check_resource(site, resource, clock)],
            "accounts": [check_accounts(site, resource), _now(list(check_licences(site, programs)))],
            "callbacks": [check_address(site, clock), check_callbacks(site, session)],
            "events": [check_events(site, session)],
            "tokens": [check_tokens(site, session)],
            "speech": [
                check_speech(site, session, programs, lambda: identity.token(SPEECH_SCOPE)),
                check_files(site, session, programs),
            ],
            "keeping": [check_keeping(site, session)],
            "others": [check_others(site, session, clock)],
        }
        asked = [_guarded(topic, check) for topic, several in checks.items() for check in several]
        found = [each for several in await asyncio.gather(*asked) for each in several]
    return sorted(found, key=lambda each: TOPICS.index(each.topic))


async def _now(found: list[Finding]) -> list[Finding]:
    return found


async def _guarded(topic: Topic, check: Awaitable[list[Finding]]) -> list[Finding]:
    """A check that goes wrong itself spoils no other, and is told."""
    try:
        async with asyncio.timeout(WHOLE):
            return await check
    except TimeoutError:
        return [Finding(topic, topic, "cannot tell", f"there was no answer within {WHOLE:g} s", "try again")]
    except Exception:
        log.exception("the check of %s has failed", topic)
        return [Finding(topic, topic, "cannot tell", "this check has a fault: see the trace", "please report it")]


class _Identity:
    """The machine's own identity, looked for when it is first needed."""

    def __init__(self) -> None:
        self._credential: object = None

    async def token(self, scope: str) -> str:
        """Raises `ValueError` when there is none."""
        from azure.core.exceptions import ClientAuthenticationError
        from azure.identity.aio import DefaultAzureCredential

        if self._credential is None:
            self._credential = DefaultAzureCredential()
        assert isinstance(self._credential, DefaultAzureCredential)
        try:
            return (await self._credential.get_token(scope)).token
        except ClientAuthenticationError as error:
            raise ValueError('credential = "entra", but this machine has no identity that Entra knows') from error

    async def close(self) -> None:
        close = getattr(self._credential, "close", None)
        if close is not None:
            await close()
