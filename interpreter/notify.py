"""People who are told something: by a request to an address of theirs, or by mail. The site file says which.

A request is a POST of JSON: ``what`` has happened, who it is for, and what is known of it. The header
``Idempotency-Key`` is the same on every repetition.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any

import aiohttp

from interpreter.floor.hands import Outcome
from interpreter.floor.values import plain
from interpreter.ports import Request
from interpreter.protocol import Value
from interpreter.routing.protocol import Give
from interpreter.site import Site
from interpreter.site_center import Mail, Told

log = logging.getLogger(__name__)

WITHIN = 10.0
"""Seconds for one try."""
TRIES = 8
"""Tries with growing pauses: about a minute in all, then it is given up and logged."""
SUBJECTS = {
    "voicemail saved": "New voicemail",
    "voicemail late": "A voicemail is late",
    "voicemail lost": "A voicemail is lost",
    "callback not reached": "A callback was not reached",
    "message": "Message",
}


class NotTold(Exception):  # noqa: N818 - what has become of it
    """Somebody could not be told. ``again``: it may work later."""

    def __init__(self, why: str, again: bool) -> None:
        super().__init__(why)
        self.again = again


class Notifier:
    """Tells people. ``session`` opens connections when they are needed."""

    def __init__(self, site: Site, session: Callable[[], aiohttp.ClientSession]) -> None:
        self._site, self._session = site, session

    async def give(self, order: Give, request: Request) -> Outcome:
        """What the floor wants somebody to know: tried again while that may help."""
        if not order.to:
            return Outcome()  # the script names nobody
        told = self._site.settings.notify.get(order.to)
        if told is None:
            log.warning("%s: nobody is called `%s` under [notify]", order.what, order.to)
            return Outcome(reason="nobody is called that")
        try:
            await self.tell(told, order.what, order.to, order.values, request.request_id)
        except NotTold as error:
            if error.again and request.attempt < TRIES:
                return Outcome(after=0.0, reason=str(error))
            log.error("%s: %s was not told: %s", order.what, order.to, error)
            return Outcome(reason=str(error))
        return Outcome()

    async def notify(self, name: str, text: str, request_id: str) -> bool:
        """What a script wants somebody to know. Returns whether it is on its way; told once, not again."""
        told = self._site.settings.notify.get(name)
        if told is None:
            log.error("the site file says nobody is `%s` under [notify]", name)
            return False
        try:
            await self.tell(told, "message", name, (("text", text),), request_id)
        except NotTold as error:
            log.error("%s was not told: %s", name, error)
            return False
        return True

    async def tell(
        self, told: Told, what: str, to: str, values: tuple[tuple[str, Value], ...], request_id: str
    ) -> None:
        """One try. Raises `NotTold`."""
        about = {name: plain(value) for name, value in values}
        try:
            async with asyncio.timeout(WITHIN):
                if told.url:
                    await self._post(told, {"what": what, "to": to, **about}, request_id)
                else:
                    message = mail(self._site.settings.mail, told.mail or "", what, about)
                    await asyncio.to_thread(send, self._site.settings.mail, message)
        except TimeoutError:
            raise NotTold(f"no answer within {WITHIN:g} s", again=True) from None
        except (OSError, aiohttp.ClientError, smtplib.SMTPException) as error:
            permanent = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPAuthenticationError)
            raise NotTold(f"{type(error).__name__}: {error}", again=not permanent) from error

    async def _post(self, told: Told, body: dict[str, Any], request_id: str) -> None:
        headers = {name: value.get_secret_value() for name, value in told.headers.items()}
        headers["Idempotency-Key"] = request_id
        async with self._session().post(told.url or "", json=body, headers=headers, allow_redirects=False) as answer:
            if answer.status >= 300:
                raise NotTold(f"HTTP {answer.status}", again=answer.status >= 500 or answer.status in (408, 429))


def mail(settings: Mail, to: str, what: str, about: Mapping[str, Any]) -> EmailMessage:
    """The mail that tells somebody: what has happened, and what is known of it, a line each."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.sender, to, SUBJECTS.get(what, what)
    lines = [str(about["text"])] if about.get("text") else []
    lines += [f"{name}: {value}" for name, value in about.items() if name != "text" and value not in (None, "")]
    message.set_content("\n".join(lines) or what)
    return message


def send(settings: Mail, message: EmailMessage) -> None:
    """Hand a mail to the server. Blocks; raises `OSError` and `smtplib.SMTPException`."""
    kind = smtplib.SMTP_SSL if settings.encryption == "tls" else smtplib.SMTP
    with kind(settings.server, settings.port, timeout=WITHIN) as server:
        if settings.encryption == "starttls":
            server.starttls()
        if settings.user:
            password = settings.password.get_secret_value() if settings.password is not None else ""
            server.login(settings.user, password)
        server.send_message(message)
