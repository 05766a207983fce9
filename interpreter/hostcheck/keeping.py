"""Where the server keeps things: its store, recordings, and the messages of callers."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import aiohttp

from interpreter.hostcheck import Finding, Verdict, shown
from interpreter.hostcheck.reach import Trouble, ask
from interpreter.messages.opening import open_messages
from interpreter.recordings.shelf import RecordingsUnavailable, Shelf
from interpreter.site import Site

_CONTAINER = (
    "look with: az role assignment list --scope CONTAINER (role Storage Blob Data Contributor, for the communication "
    "resource's managed identity)"
)


async def check_keeping(site: Site, session: aiohttp.ClientSession) -> list[Finding]:
    """Whether what has to be written can be written."""
    return [_store(site), await _recordings(site), *await _container(site, session), await _messages(site, session)]


def _store(site: Site) -> Finding:
    path = site.store_path()
    folder = path.parent
    if not folder.is_dir():
        return _finding("store", "wrong", f"there is no folder {folder}", "make it, or put [store] path right")
    there = path.exists()
    if not os.access(path if there else folder, os.W_OK) or (there and not os.access(path, os.R_OK)):
        fix = "let the server's user write there, or put [store] path right"
        return _finding("store", "wrong", f"{path} cannot be written", fix)
    return _finding("store", "ok", f"{path} can be written")


async def _recordings(site: Site) -> Finding:
    shelf = Shelf(site.folder / site.settings.recording.folder)
    try:
        await shelf.probe()
    except RecordingsUnavailable as error:
        fix = "let the server's user write there, or put [recording] folder right"
        return _finding("recordings", "wrong", f"the folder cannot be written: {error}", fix)
    return _finding("recordings", "ok", f"{shelf.path} can be written")


async def _container(site: Site, session: aiohttp.ClientSession) -> list[Finding]:
    """The service writes there, not we: only whether there is such a place can be seen."""
    address = site.settings.recording.container
    if address is None:
        return []
    what = "recording container"
    if not address.startswith("https:"):
        return [_finding(what, "wrong", "the service writes only over https", "write an https address")]
    answer = await ask(session, "GET", f"{shown(address)}?restype=container")
    if isinstance(answer, Trouble):
        fix = (
            answer.fix if answer.kind != "name" else "there is no such storage account: put [recording] container right"
        )
        return [_finding(what, "wrong", answer.says, fix)]
    if answer.status == 200:
        says = "anybody can read it: recordings would lie open to the world"
        return [_finding(what, "wrong", says, "switch off anonymous access on the container and its account")]
    if answer.status == 404 and answer.headers.get("x-ms-error-code") == "ContainerNotFound":
        return [_finding(what, "wrong", "there is no such container", "make it, or put [recording] container right")]
    host = urlsplit(address).netloc
    says = f"{host} answers; whether the service may write there is not to be seen from here"
    return [_finding(what, "cannot tell", says, _CONTAINER)]


async def _messages(site: Site, session: aiohttp.ClientSession) -> Finding:
    what, voicemail = "messages", site.settings.voicemail
    try:
        messages = open_messages(site, session)
    except ValueError as error:
        return _finding(what, "wrong", str(error), "install it, or keep messages in a folder")
    try:
        usable = await messages.usable()
    finally:
        await messages.close()
    if usable:
        return _finding(what, "ok", "they can be kept")
    # The place says why in the log, which a terminal shows beside this.
    place = voicemail.blob.container if voicemail.blob is not None else site.folder / voicemail.folder
    says = f"they cannot be kept in {place}"
    return _finding(what, "wrong", says, "see `messages cannot be kept` in the log, and put [voicemail] right")


def _finding(what: str, verdict: Verdict, says: str, fix: str = "") -> Finding:
    return Finding("keeping", what, verdict, says, fix)
