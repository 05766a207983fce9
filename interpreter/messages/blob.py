"""Messages in a container of Azure Blob Storage: ``NAME.wav``, and ``NAME.json`` that makes it a message.

https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api. The package of the SDK is an extra,
``ivr[blob]``; nothing else imports this module before a site file asks for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.core.pipeline.transport import AioHttpTransport
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import ContainerClient

from interpreter.messages import (
    LONGEST_SOUND,
    About,
    MessagesUnavailable,
    about_from,
    check_name,
    in_order,
    is_name,
    log,
)
from interpreter.site_center import BlobContainer

WITHIN = 30.0
"""Seconds for what is asked for, however many requests it takes."""
SWEEP = 300.0
"""Seconds for forgetting, which may have to delete many."""
WAITING = 3.0
"""Seconds for the question whether a message could be kept: a caller waits for the answer."""
AT_ONCE = 8
"""Descriptions that are read at a time."""


class Blobs:
    """A `Messages` in a container."""

    def __init__(self, settings: BlobContainer, session: aiohttp.ClientSession) -> None:
        """Over ``session``, which stays the giver's to close."""
        self._credential = _entra() if settings.credential else None
        self._container = ContainerClient.from_container_url(
            settings.container,
            credential=self._credential or _key(settings),
            transport=AioHttpTransport(session=session, session_owner=False, use_env_settings=False),
            # Whoever asks decides whether it is asked again.
            retry_total=0,
            # A message is one request, so it is there whole or not at all.
            max_single_put_size=LONGEST_SOUND,
        )
        self._read: dict[str, tuple[str, About | None]] = {}
        """Descriptions that were read, by their blob and its version: what a message is does not change."""

    async def usable(self) -> bool:
        try:
            async with _told(WAITING):
                # The cheapest question that every credential of ours may ask.
                async for _ in self._container.list_blob_names(results_per_page=1):
                    break
        except MessagesUnavailable as error:
            log.error("messages cannot be kept: %s", error)
            return False
        return True

    async def save(self, name: str, sound: bytes, about: About) -> None:
        check_name(name)
        async with _told(WITHIN):
            await self._put(f"{name}.wav", sound, "audio/wav")
            await self._put(f"{name}.json", json.dumps(dict(about)).encode(), "application/json")

    async def _put(self, blob: str, content: bytes, kind: str) -> None:
        await self._container.upload_blob(
            blob, content, overwrite=True, content_settings=ContentSettings(content_type=kind)
        )

    async def list(self) -> Sequence[About]:
        async with _told(WITHIN):
            return await self._list({blob: etag async for blob, etag, _ in self._blobs()})

    async def _list(self, blobs: dict[str, str]) -> Sequence[About]:
        """What is known of these blobs' messages."""
        described = {blob: etag for blob, etag in blobs.items() if blob.endswith(".json")}
        self._read = {blob: known for blob, known in self._read.items() if described.get(blob) == known[0]}
        missing = [blob for blob in described if blob not in self._read]

        async def work() -> None:
            while missing:
                blob = missing.pop()
                content = await self._get(blob)
                if content is not None:
                    self._read[blob] = described[blob], about_from(blob, content)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(missing))):
                    group.create_task(work())
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return in_order([about for _, about in self._read.values() if about is not None])

    async def _blobs(self) -> AsyncIterator[tuple[str, str, float]]:
        """Name, version and time (epoch seconds) of each blob."""
        async for each in self._container.list_blobs():
            yield each.name, str(each.etag), each.last_modified.timestamp()

    async def _get(self, blob: str) -> bytes | None:
        try:
            stream = await self._container.download_blob(blob)
            return bytes(await stream.readall())
        except ResourceNotFoundError as error:
            _not_there(error)
            return None

    async def open(self, name: str) -> bytes | None:
        if not is_name(name):
            return None
        async with _told(WITHIN):
            described = await self._get(f"{name}.json")
            return await self._get(f"{name}.wav") if described is not None else None

    async def delete(self, name: str) -> bool:
        if not is_name(name):
            return False
        async with _told(WITHIN):
            return await self._delete(name)

    async def _delete(self, name: str) -> bool:
        if not await self._remove(f"{name}.json"):
            return False
        await self._remove(f"{name}.wav")
        return True

    async def _remove(self, blob: str) -> bool:
        try:
            await self._container.delete_blob(blob)
        except ResourceNotFoundError as error:
            _not_there(error)
            return False
        return True

    async def forget(self, before: float) -> int:
        async with _told(SWEEP):
            blobs = [each async for each in self._blobs()]
            names = {blob for blob, _, _ in blobs}
            known = await self._list({blob: etag for blob, etag, _ in blobs})
            old = [str(each["message"]) for each in known if float(each["at"]) < before]
            gone = sum([await self._delete(name) for name in old])
            for blob, _, at in blobs:
                # A sound without a description was never a message.
                lost = blob.endswith(".wav") and f"{blob.removesuffix('.wav')}.json" not in names
                if lost and at < before:
                    await self._remove(blob)
            return gone

    async def close(self) -> None:
        await self._container.close()
        if self._credential is not None:
            await self._credential.close()


def _key(settings: BlobContainer) -> AzureNamedKeyCredential | AzureSasCredential:
    if settings.sas is not None:
        return AzureSasCredential(settings.sas.get_secret_value().removeprefix("?"))
    name, key = settings.account_key() or ("", "")
    return AzureNamedKeyCredential(name, key)


def _entra() -> AsyncTokenCredential:
    """The machine's own identity. Imported only here, since it takes long to load."""
    from azure.identity.aio import DefaultAzureCredential

    return DefaultAzureCredential()


def _not_there(error: HttpResponseError) -> None:
    """There is no such blob. That there is no such container is a failure. Raises ``error``."""
    if _code(error) != "BlobNotFound":
        raise error


def _code(error: HttpResponseError) -> str:
    """The service's own word for it, such as ``BlobNotFound``, which the SDK adds to its errors."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


@asynccontextmanager
async def _told(within: float) -> AsyncIterator[None]:
    """What fails in words that name no key: the SDK's own hold addresses with signatures."""
    try:
        async with asyncio.timeout(within):
            yield
    except TimeoutError:
        raise MessagesUnavailable(f"no answer of the container within {within:g} s") from None
    except AzureError as error:
        raise MessagesUnavailable(_why(error)) from None


def _why(error: AzureError) -> str:
    if isinstance(error, HttpResponseError) and error.status_code is not None:
        return f"the container answers HTTP {error.status_code} {_code(error)}".strip()
    return f"the container cannot be reached: {type(error).__name__}"
