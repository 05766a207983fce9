"""A storage container of the customer's own, into which the service writes recordings. [contract 9]

Blobs are put with Azure Blob Storage's REST operation: one request a blob, answered 201. The real service shows the
identity of the resource; here that is a token of no worth.
https://learn.microsoft.com/rest/api/storageservices/put-blob
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import aiohttp

from emulator.beside import metadata
from emulator.tape import Recording

log = logging.getLogger("emulator.container")

TIMEOUT = aiohttp.ClientTimeout(total=30)
TOKEN = "Bearer the-identity-of-an-emulated-resource"


async def write(session: Callable[[], aiohttp.ClientSession], recording: Recording, resource_id: str) -> bool:
    """Put the file and what is known of it. False when the container did not take them: then no file is announced."""
    place = recording.folder
    described = json.dumps(metadata(recording, resource_id)).encode()
    for name, content, kind in (
        ("0-audiowav.wav", recording.wav(), "audio/wav"),
        ("0-acsmetadata.json", described, "application/json"),
    ):
        headers = {
            "x-ms-blob-type": "BlockBlob",
            "x-ms-version": "2021-12-02",
            "Content-Type": kind,
            "Authorization": TOKEN,
        }
        try:
            async with session().put(f"{place}/{name}", data=content, headers=headers, timeout=TIMEOUT) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("nobody takes the recording at %s: %s", place, error)
            return False
        if status != 201:
            log.warning("the container of a recording answered %s", status)
            return False
    return True
