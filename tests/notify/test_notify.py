"""People who are told something: requests and mails, tries, and what is never logged."""

from __future__ import annotations

import asyncio
import logging
import smtplib
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from interpreter import notify
from interpreter.floor.hands import Outcome
from interpreter.notify import Notifier, NotTold, mail
from interpreter.ports import Request
from interpreter.protocol import Money, Record, Seconds, Secret, Value
from interpreter.routing.protocol import Give
from interpreter.site import Site

HIDDEN = "a-secret-of-the-desk"
VALUES: tuple[tuple[str, Value], ...] = (
    ("caller", "+15551230001"), ("text", "Call me, Zoë."), ("seconds", Seconds(2.5)), ("sum", Money("35.00", "USD")),
    ("pin", Secret("pin", 4)), ("who", Record((("name", "Ana"),))),
)  # fmt: skip
JSON = {
    "caller": "+15551230001", "text": "Call me, Zoë.", "seconds": 2.5, "sum": "35.00 USD", "pin": None,
    "who": {"name": "Ana"},
}  # fmt: skip
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Desk:
    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, str], Any]] = []
        self.answers: list[int] = []
        self.hangs = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((dict(request.headers), await request.json()))
        if self.hangs:
            await asyncio.Event().wait()
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


def order(what: Any = "voicemail saved", to: str = "desk") -> Give:
    return Give("call-1", what, to, VALUES)


def request(attempt: int = 1) -> Request:
    return Request("0f8fad5b-d9cb-469f-a165-70867728950e", 1_800_000_000.0, attempt)


def is_given_up(outcome: Outcome) -> bool:
    """Not to be tried again, and why: so that it is counted."""
    return outcome.after is None and outcome.reason != ""


@asynccontextmanager
async def telling(desk: Desk, more: str = "") -> Any:
    app = web.Application()
    app.router.add_post("/hook", desk.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    text = f'''
        [notify.desk]
        url = "{base}/hook"
        headers = {{ Authorization = "Bearer {HIDDEN}", X-Desk = "7" }}
        [notify.gone]
        url = "http://127.0.0.1:9/hook?key={HIDDEN}"
        [notify.ana]
        mail = "ana@contoso.example"
        {more}
    '''
    try:
        async with aiohttp.ClientSession() as session:
            yield Notifier(Site.parse(text, Path.cwd()), lambda: session)
    finally:
        await runner.cleanup()


def with_desk(use: Callable[[Notifier, Desk], Awaitable[None]], more: str = "") -> Desk:
    desk = Desk()

    async def run() -> None:
        async with telling(desk, more) as notifier:
            await use(notifier, desk)

    asyncio.run(run())
    return desk


def test_a_request_holds_what_is_known_and_who_asks() -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        assert await notifier.give(order(), request()) == Outcome()
        assert await notifier.give(order(), request(2)) == Outcome()

    desk = with_desk(use)
    (headers, body), (again, _) = desk.seen
    assert body == {"what": "voicemail saved", "to": "desk", **JSON}
    assert (headers["Authorization"], headers["X-Desk"]) == (f"Bearer {HIDDEN}", "7")
    assert headers["Idempotency-Key"] == again["Idempotency-Key"] == request().request_id


@pytest.mark.parametrize("status", [500, 502, 503, 408, 429])
def test_what_may_work_later_is_tried_again(status: int) -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        desk.answers = [status, 204]
        assert await notifier.give(order(), request()) == Outcome(after=0.0, reason=f"HTTP {status}")
        assert await notifier.give(order(), request(2)) == Outcome()

    assert len(with_desk(use).seen) == 2


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 410])
def test_what_is_refused_is_given_up_and_said(status: int, caplog: pytest.LogCaptureFixture) -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        desk.answers = [status]
        assert is_given_up(await notifier.give(order(), request()))

    assert len(with_desk(use).seen) == 1, "a redirection is not followed with our headers"
    assert f"voicemail saved: desk was not told: HTTP {status}" in caplog.text
    assert HIDDEN not in caplog.text
    assert "Zoë" not in caplog.text


def test_after_the_last_try_it_is_given_up_and_said(caplog: pytest.LogCaptureFixture) -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        desk.answers = [503] * 2
        assert (await notifier.give(order(), request(notify.TRIES - 1))).after == 0.0
        assert is_given_up(await notifier.give(order(), request(notify.TRIES)))

    with_desk(use)
    assert [each.levelno for each in caplog.records if "was not told" in each.message] == [logging.ERROR]


def test_silence_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "WITHIN", 0.05)

    async def use(notifier: Notifier, desk: Desk) -> None:
        desk.hangs = True
        assert await notifier.give(order(), request()) == Outcome(after=0.0, reason="no answer within 0.05 s")

    with_desk(use)


def test_an_address_where_nobody_is_and_its_key(caplog: pytest.LogCaptureFixture) -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        assert (await notifier.give(order(to="gone"), request())).after == 0.0
        assert is_given_up(await notifier.give(order(to="gone"), request(notify.TRIES)))

    with_desk(use)
    assert "gone was not told" in caplog.text
    assert HIDDEN not in caplog.text


def test_somebody_whom_the_site_does_not_know(caplog: pytest.LogCaptureFixture) -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        assert is_given_up(await notifier.give(order(to="nobody"), request()))
        assert await notifier.notify("nobody", "x", "id") is False

    assert with_desk(use).seen == []
    assert "nobody is called `nobody` under [notify]" in caplog.text


def test_a_script_s_message_is_told_once() -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        assert await notifier.notify("desk", "The lift is stuck.", "id-1") is True
        desk.answers = [503]
        assert await notifier.notify("desk", "The lift is stuck.", "id-2") is False

    desk = with_desk(use)
    assert [body for _, body in desk.seen] == [{"what": "message", "to": "desk", "text": "The lift is stuck."}] * 2
    assert [headers["Idempotency-Key"] for headers, _ in desk.seen] == ["id-1", "id-2"]


# --------------------------------------------------------------------------------------------------------------------
# Mail


class Server:
    """Stands for smtplib's classes; ``fault`` is raised by the method of that name."""

    def __init__(self, fault: tuple[str, Exception] | None = None) -> None:
        self.fault, self.did, self.sent = fault, list[str](), list[EmailMessage]()

    def __call__(self, host: str, port: int, timeout: float) -> Server:
        self._do(f"connect {host}:{port} {timeout:g}")
        return self

    def _do(self, what: str) -> None:
        self.did.append(what)
        if self.fault is not None and what.split()[0] == self.fault[0]:
            raise self.fault[1]

    def starttls(self) -> None:
        self._do("starttls")

    def login(self, user: str, password: str) -> None:
        self._do(f"login {user} {password}")

    def send_message(self, message: EmailMessage) -> None:
        self._do("send")
        self.sent.append(message)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *about: object) -> None:
        self.did.append("quit")


MAIL = f'[mail]\nserver = "mail.example"\nsender = "ivr@contoso.example"\nuser = "ivr"\npassword = "{HIDDEN}"\n'


def by_mail(
    server: Server, monkeypatch: pytest.MonkeyPatch, more: str = MAIL, attempt: int = 1, kind: str = "SMTP"
) -> Outcome:
    for name in ("SMTP", "SMTP_SSL"):
        monkeypatch.setattr(smtplib, name, server if name == kind else None)
    found = list[Outcome]()

    async def use(notifier: Notifier, desk: Desk) -> None:
        found.append(await notifier.give(order(to="ana"), request(attempt)))

    with_desk(use, more)
    return found[0]


def test_a_mail_says_what_has_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    assert by_mail(server, monkeypatch) == Outcome()
    assert server.did == ["connect mail.example:587 10", "starttls", f"login ivr {HIDDEN}", "send", "quit"]
    [sent] = server.sent
    assert (sent["From"], sent["To"], sent["Subject"]) == (
        "ivr@contoso.example", "ana@contoso.example", "New voicemail",
    )  # fmt: skip
    lines = sent.get_content().splitlines()
    assert lines[0] == "Call me, Zoë."
    assert "caller: +15551230001" in lines
    assert not [line for line in lines if line.startswith("pin")]


@pytest.mark.parametrize(
    ("more", "kind", "did"),
    [
        ('[mail]\nserver = "m"\nencryption = "none"\nport = 25\n', "SMTP", ["connect m:25 10", "send", "quit"]),
        ('[mail]\nserver = "m"\nencryption = "tls"\nport = 465\n', "SMTP_SSL", ["connect m:465 10", "send", "quit"]),
    ],
)
def test_other_ways_to_a_mail_server(more: str, kind: str, did: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    assert by_mail(server, monkeypatch, more, kind=kind) == Outcome()
    assert server.did == did


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (("connect", ConnectionRefusedError("refused")), True),
        (("connect", TimeoutError("timed out")), True),
        (("starttls", smtplib.SMTPNotSupportedError("no STARTTLS")), True),
        (("login", smtplib.SMTPAuthenticationError(535, b"bad credentials")), False),
        (("send", smtplib.SMTPRecipientsRefused({"ana@contoso.example": (550, b"unknown")})), False),
        (("send", smtplib.SMTPServerDisconnected("gone")), True),
    ],
)
def test_a_mail_that_does_not_go_out(
    fault: tuple[str, Exception], again: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = by_mail(Server(fault), monkeypatch)
    assert (outcome.after is not None) is again
    assert ("ana was not told" in caplog.text) is not again
    assert is_given_up(by_mail(Server(fault), monkeypatch, attempt=notify.TRIES))
    assert "ana was not told" in caplog.text
    assert HIDDEN not in caplog.text


@pytest.mark.parametrize("text", ["one\nBcc: all@contoso.example", "a\r\nb"])
def test_what_a_caller_says_is_never_a_header(text: str) -> None:
    settings = Site.parse(MAIL, Path.cwd()).settings.mail
    made = mail(settings, "ana@contoso.example", "message", {"text": text})
    assert made["Bcc"] is None
    assert made["Subject"] == "Message"
    assert "b" in made.get_content() or "Bcc" in made.get_content()
    assert mail(settings, "ana@contoso.example", "callback not reached", {})["Subject"] == "A callback was not reached"


def test_one_try_raises_what_became_of_it() -> None:
    async def use(notifier: Notifier, desk: Desk) -> None:
        desk.answers = [503, 404]
        told = notifier._site.settings.notify["desk"]
        for again in (True, False):
            with pytest.raises(NotTold) as caught:
                await notifier.tell(told, "message", "desk", (), "id")
            assert caught.value.again is again

    with_desk(use)
