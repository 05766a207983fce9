"""Payments with a card: asked for once, of a card service that the site binds.

The one thing that must never happen is that a caller is charged twice, or told that nothing was charged where something
was. So a payment is claimed in the store before it is sent, never sent again, and every doubt is ``unknown``: an answer
that did not come, a connection that broke, an error of the service's own. ``failed`` is only what is certain: the
request never left, or the service has refused it as a request (HTTP 4xx).

The card's digits leave the vault for this one request. Nothing of them, and nothing of the body, is ever logged.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interpreter.data.functions import entry_point
from interpreter.protocol import Money, Request, Secret, Value
from interpreter.site_model import CardService
from interpreter.vault import Vault

log = logging.getLogger(__name__)

LARGEST_ANSWER = 65_536
_DECLINED = 402
"""Payment Required (RFC 9110, 15.5.3): what card services answer for a card that is not accepted."""

Paid = tuple[str, tuple[tuple[str, Value], ...]]
"""An outcome of ``pay``, with the reference where there is one."""


class _Answer(BaseModel):
    """What a card service says."""

    model_config = ConfigDict(extra="ignore", strict=True)
    outcome: Literal["paid", "declined", "cancelled"]
    reference: Annotated[str, Field(min_length=1, max_length=64)] | None = None


def order_of(action: Request, vault: Vault, request_id: str) -> dict[str, str] | None:
    """The body of a payment, as the card service gets it; ``None`` when a part of the card is not known any more (it is
    kept in memory alone, and a restart forgets it)."""
    arguments = dict(action.arguments)
    amount = arguments.pop("amount", None)
    if not isinstance(amount, Money):
        return None
    order = {"request": request_id, "amount": str(amount.amount), "currency": amount.currency}
    for name, value in arguments.items():
        clear = vault.open(value.ref) if isinstance(value, Secret) else value
        if not isinstance(clear, str):
            return None
        order[name] = clear
    return order


async def pay(session: aiohttp.ClientSession, service: CardService, order: Mapping[str, str], seconds: float) -> Paid:
    """Ask once, and wait for the answer at most ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            answer = await (_call(service, order) if service.python else _http(session, service, order))
    except TimeoutError:
        log.error("a payment has no answer within %.1f s: nobody knows what became of it", seconds)
        return "unknown", ()
    return answer if isinstance(answer, tuple) else _read(answer)


def _read(answer: object) -> Paid:
    try:
        found = _Answer.model_validate(answer)
    except ValidationError:
        log.error("a card service gave an answer that is not understood: nobody knows what became of the payment")
        return "unknown", ()
    if found.outcome != "paid":
        return found.outcome, ()
    if found.reference is None:
        log.error("a card service gave no reference: nobody knows what became of the payment")
        return "unknown", ()
    return "paid", (("reference", found.reference),)


async def _http(session: aiohttp.ClientSession, service: CardService, order: Mapping[str, str]) -> Any:
    headers = {name: value.get_secret_value() for name, value in service.headers.items()}
    # The same key would be sent on a repetition; there is none, but the service may see one of its own proxies'.
    headers["Idempotency-Key"] = order["request"]
    try:
        async with session.post(
            service.url or "", json=dict(order), headers=headers, allow_redirects=False
        ) as response:
            return await _answered(response)
    except aiohttp.ClientConnectorError as error:
        log.error("a card service cannot be reached: %s", type(error).__name__)
        return "failed", ()
    except aiohttp.ClientError as error:
        log.error("the connection to a card service broke: %s", type(error).__name__)
        return "unknown", ()


async def _answered(response: aiohttp.ClientResponse) -> Any:
    if response.status == _DECLINED:
        return "declined", ()
    if 400 <= response.status < 500 and response.status not in (408, 409, 429):
        log.error("a card service refuses the request: HTTP status %d", response.status)
        return "failed", ()
    text = await response.content.read(LARGEST_ANSWER)
    if not 200 <= response.status < 300:
        log.error("a card service answers with HTTP status %d", response.status)
        return "unknown", ()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


async def _call(service: CardService, order: Mapping[str, str]) -> Any:
    """A function of a module: ``function(request, amount, currency, card, expires, code)``."""
    try:
        function = entry_point(service.python or "")
    except (ImportError, AttributeError) as error:
        log.error("%s cannot be called: %s", service.python, error)
        return "failed", ()
    try:
        if inspect.iscoroutinefunction(function):
            return await function(**order)
        return await asyncio.to_thread(function, **order)
    except Exception as error:  # noqa: BLE001 - whatever it is, money may have moved
        # The text of an error may hold what was given to the function.
        log.error("%s raised %s", service.python, type(error).__name__)
        return "unknown", ()
