"""What a failed request means for the one who asked: try again, give up, or the call is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from interpreter.ports import Refused, Request, TryLater

_PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Answers after which the same request may well succeed."""

_HINTS = {
    401: "the service does not accept our key or identity, or this machine's clock is wrong",
    403: "our key or identity may not do this on this resource",
}
"""What an operator can do about it."""

_LONGEST_WISH = 3600.0


def repeatability(request: Request) -> dict[str, str]:
    """OASIS Repeatable Requests 1.0: the same two values on every repetition of a request."""
    first = datetime.fromtimestamp(int(request.first_sent), tz=UTC)
    return {
        "Repeatability-Request-ID": request.request_id,
        "Repeatability-First-Sent": format_datetime(first, usegmt=True),
    }


def of_error(error: AzureError) -> TryLater | Refused:
    """Sorts an error of the SDK.

    A request that never reached the service, or whose answer was lost, comes as something else than
    `HttpResponseError`.
    """
    if not isinstance(error, HttpResponseError) or error.status_code is None:
        kind = "credential" if isinstance(error, ClientAuthenticationError) else type(error).__name__
        return TryLater(0.0, f"{kind}: {_line(error.message)}")
    status = error.status_code
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    code, message = _detail(error)
    # 200 means that the answer could not be read, and with it what became of the request.
    if status in _PASSING or status < 300:
        return TryLater(
            _wish(headers.get("Retry-After"), headers.get("Date")), f"HTTP {status} {code} {message}".strip()
        )
    # Only an error body of the service says that the call is unknown; a 404 without one is a wrong endpoint.
    message = "; ".join(filter(None, (message, _HINTS.get(status))))
    return Refused(status, code, message, gone=status == 404 and bool(code))


def _detail(error: HttpResponseError) -> tuple[str, str]:
    """Code and message of the error body; an inner error's code stands in the message."""
    model = getattr(error.model, "error", None) or error.error
    code, message = getattr(model, "code", None), getattr(model, "message", None)
    inner = getattr(model, "inner_error", None)
    inner_code = getattr(inner, "code", None)
    told = str(message or error.reason or "")
    return str(code or ""), _line(f"{told} ({inner_code})" if inner_code else told)


def _wish(retry_after: str | None, date: str | None) -> float:
    """Seconds of a ``Retry-After`` header, which is a number or a date (RFC 9110 section 10.2.3); 0 for neither.

    A date is compared with the answer's own date, since the service's clock is not ours.
    """
    if retry_after is None:
        return 0.0
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            until, now = parsedate_to_datetime(retry_after), parsedate_to_datetime(date or "")
            seconds = (until - now).total_seconds()
        except (TypeError, ValueError):
            return 0.0
    return min(max(seconds, 0.0), _LONGEST_WISH) if seconds == seconds else 0.0


def _line(text: str) -> str:
    return " ".join(text.split())[:500]
