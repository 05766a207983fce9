"""Everybody else whom calls need: data functions, card services, people who are told, audio, mail and Graph.

Systems that belong to others are not asked for anything: a connection shows whether the name, the way and the
certificate are right, and whether they know us shows the first call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import aiohttp

from interpreter.data.functions import entry_point
from interpreter.hostcheck import Finding, Verdict, shown
from interpreter.hostcheck.reach import Trouble, ask, connect
from interpreter.ports import Clock
from interpreter.presence.credentials import ClientCredentials
from interpreter.presence.errors import DeniedError
from interpreter.site import Site

_KINDS = ((b"RIFF", "WAV"), (b"ID3", "MP3"), (b"\xff\xfb", "MP3"), (b"\xff\xf3", "MP3"))


async def check_others(site: Site, session: aiohttp.ClientSession, clock: Clock) -> list[Finding]:
    """Everything that the site file names and that is somewhere else."""
    settings = site.settings
    waiting = [
        *(_connection(f"data {name}", bound.url) for name, bound in site.functions().items() if bound.url),
        *(_connection(f"card service {n}", each.url) for n, each in settings.card_services.items() if each.url),
        *(_connection(f"notify {name}", each.url) for name, each in settings.notify.items() if each.url),
        *(_connection("understanding", address) for address in _understanding(site)),
        *(_audio(session, name, address) for name, address in settings.audio.items()),
    ]
    if any(each.mail for each in settings.notify.values()):
        waiting.append(_mail(site))
    if settings.presence is not None:
        waiting.append(_presence(site, session, clock))
    found = list(await asyncio.gather(*waiting))
    for what, name in _modules(site):
        found.append(await asyncio.to_thread(_module, what, name))
    return found


def _understanding(site: Site) -> Iterator[str]:
    """Who says what a caller's sentence means."""
    settings = site.settings.understanding
    if settings.language_service is not None:
        yield settings.language_service.endpoint
    if settings.chat is not None:
        yield settings.chat.url


async def _connection(what: str, address: str) -> Finding:
    place = "/".join(shown(address).split("/")[:3])
    found = await connect(place)
    if isinstance(found, Trouble):
        return _finding(what, "wrong", found.says, found.fix)
    return _finding(what, "ok", f"{place} can be reached; that it knows us, the first call shows")


async def _audio(session: aiohttp.ClientSession, name: str, address: str) -> Finding:
    """The service fetches it from outside; here it is looked at whether it is a sound at all."""
    what = f"audio {name}"
    answer = await ask(session, "GET", address, {"Range": "bytes=0-63"})
    if isinstance(answer, Trouble):
        return _finding(what, "wrong", answer.says, answer.fix)
    if answer.status not in (200, 206):
        fix = "put the file there, or put [audio] right; the service fetches it without a key"
        return _finding(what, "wrong", f"{shown(address)} answers {answer.status}", fix)
    kind = next((kind for begins, kind in _KINDS if answer.body.startswith(begins)), "")
    if not kind:
        return _finding(what, "wrong", "what is there is neither WAV nor MP3", "put a WAV (mono, 16 bit, 16 kHz) there")
    return _finding(what, "ok", f"a {kind} file is there")


async def _mail(site: Site) -> Finding:
    mail = site.settings.mail
    found = await connect(f"http://{mail.server}:{mail.port}")  # the connection alone: who is told is not to be mailed
    if isinstance(found, Trouble):
        return _finding("mail", "wrong", found.says, found.fix)
    return _finding(
        "mail", "ok", f"{mail.server}:{mail.port} can be reached; that it takes our mail, the first one shows"
    )


async def _presence(site: Site, session: aiohttp.ClientSession, clock: Clock) -> Finding:
    presence = site.settings.presence
    assert presence is not None
    if presence.secret is None or presence.tenant is None:
        says = "whether this machine's identity may read presence is not to be seen from here"
        return _finding("presence", "cannot tell", says, "look at its application permissions of Microsoft Graph")
    ask_for_token = ClientCredentials(
        session, clock, presence.tenant, presence.client_id, presence.secret,
        authority=presence.authority, scope=presence.scope,
    )  # fmt: skip
    try:
        await ask_for_token()
    except DeniedError as error:
        fix = "look at [presence] client_id, tenant and secret; has the secret expired?"
        return _finding("presence", "wrong", str(error), fix)
    return _finding("presence", "ok", "Entra takes the application's secret")


def _modules(site: Site) -> Iterator[tuple[str, str]]:
    for name, bound in site.functions().items():
        if bound.python:
            yield f"data {name}", bound.python
    for name, service in site.settings.card_services.items():
        if service.python:
            yield f"card service {name}", service.python


def _module(what: str, name: str) -> Finding:
    """Loaded as the server loads it."""
    try:
        function = entry_point(name)
    except (ImportError, AttributeError) as error:
        says = f"{name} cannot be loaded: {error}"
        return _finding(what, "wrong", says, "install the package where the server runs, or put its name right")
    except Exception as error:  # noqa: BLE001 - whatever somebody else's module does while it is loaded
        # Its text is theirs, and may hold anything.
        says = f"{name} raises {type(error).__name__} while it is loaded"
        return _finding(what, "wrong", says, "load it in a Python of the server, and see why")
    if not callable(function):
        return _finding(what, "wrong", f"{name} is no function", "put the name behind the colon right")
    return _finding(what, "ok", f"{name} can be loaded")


def _finding(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return Finding("others", what, verdict, says, fix)
