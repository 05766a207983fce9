"""Who may call: HMAC-SHA256 with the access key, or anything that looks like an Entra token. [contract 2]"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote

from emulator.results import RestError
from emulator.tokens import looks_like_token

# Undocumented for this service; five minutes is what Azure's HMAC schemes use.
WINDOW_SECONDS = 300
_SCHEME = re.compile(r"HMAC-SHA256 SignedHeaders=([^&]+)&Signature=(\S+)")


def denied(reason: str) -> RestError:
    return RestError(401, 7509, f"HMAC validation error: {reason}.")


def verify(access_key: str, method: str, target: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check one request; `target` is path and query as sent. Raises RestError 401/7509 or 401/7501."""
    credential = headers.get("authorization", "")
    if credential.startswith("Bearer "):
        # A local service has no tenant to ask: the form of the token is all it can check.
        if not looks_like_token(credential.removeprefix("Bearer ").strip()):
            raise RestError(401, 7501, "Invalid token.")
        return
    found = _SCHEME.fullmatch(credential)
    if found is None:
        raise denied("the Authorization header is missing or has another scheme")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if headers.get("x-ms-content-sha256", "") != digest:
        raise denied("x-ms-content-sha256 is not the hash of the body")
    date = _fresh_date(headers, now)
    host = headers.get("host", "")
    # Clients disagree on the host they sign: with port, without, and with the endpoint's trailing slash. For a
    # recorded file they sign that of the resource, and name it in a header of its own. [contract 1.3]
    hosts = (host, f"{host}/", host.partition(":")[0], headers.get("x-ms-host") or host)
    for signed_target in (target, _encoded(target)):
        for signed_host in hosts:
            text = f"{method}\n{signed_target}\n{date};{signed_host};{digest}"
            mac = hmac.new(base64.b64decode(access_key), text.encode(), hashlib.sha256).digest()
            if hmac.compare_digest(base64.b64encode(mac).decode(), found[2]):
                return
    raise denied("the signature is wrong")


def _encoded(target: str) -> str:
    """The target with its participant percent-encoded in full: the asynchronous Python client signs `4%3A%2B1425...`,
    but its transport (aiohttp) puts `4:%2B1425...` on the wire."""
    path, mark, query = target.partition("?")
    head, found, who = path.partition("/participants/")
    return f"{head}{found}{quote(unquote(who), safe='')}{mark}{query}"


def _fresh_date(headers: Mapping[str, str], now: float) -> str:
    text = headers.get("x-ms-date") or headers.get("date", "")
    try:
        when = parsedate_to_datetime(text)
    except ValueError as error:
        raise denied("x-ms-date is missing or no date") from error
    if abs((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now) > WINDOW_SECONDS:
        raise denied("x-ms-date is too far from the present")
    return text
