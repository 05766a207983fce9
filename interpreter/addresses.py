"""The names of calls on the wire: what an id is made of, and the path that a call's callbacks come back to."""

from __future__ import annotations

import hashlib
import re
import zlib

SHARDS = 256


def call_id_for(correlation_id: str) -> str:
    """The call id for a call of the host: the same for a notification that comes twice, and safe in a path.

    The service's correlation id is a GUID and is kept readable; anything else becomes a hash.
    """
    lowered = correlation_id.lower()
    if re.fullmatch(r"[0-9a-z][0-9a-z-]{0,63}", lowered):
        return lowered
    return hashlib.sha256(correlation_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def shard_of(call_id: str) -> int:
    """The logical shard of a call, 0 to 255: part of its callback address, so that any front end can find its store."""
    return zlib.crc32(call_id.encode("utf-8", "surrogatepass")) % SHARDS
