"""The check of prompts' files: how many there are, and whether somebody else's server has them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from check_rig import answering
from test_prompt_files import program, wav

from interpreter.azure.transport import open_session
from interpreter.hostcheck import Finding
from interpreter.hostcheck.files import check_files
from interpreter.prompts.files import PromptFolder, name_of_static
from interpreter.prompts.texts import static_texts
from interpreter.site import Site

STATICS = static_texts(program())[0]


def findings(folder: Path, made: int, status: int = 200, body: bytes = wav(), url: bool = True) -> list[Finding]:
    """The check with so many files, and a server that has an answer for whatever it is asked."""
    for static in STATICS[:made]:
        PromptFolder(folder).keep(name_of_static(static), wav())

    async def handle(request: web.Request) -> web.StreamResponse:
        assert request.path.startswith("/files/")
        return web.Response(status=status, body=body)

    async def run() -> list[Finding]:
        async with answering(handle) as base, open_session(None, 5.0) as session:
            address = f'url = "{base}/files"\n' if url else ""
            site = Site.parse(f'[prompts]\nfolder = "{folder}"\n{address}', folder)
            return await check_files(site, session, [program()])

    return asyncio.run(run())


def test_a_site_that_speaks_everything_has_nothing_to_tell(tmp_path: Path) -> None:
    async def run() -> list[Finding]:
        async with open_session(None, 5.0) as session:
            return await check_files(Site.parse("", tmp_path), session, [program()])

    assert asyncio.run(run()) == []


def test_how_many_have_no_file(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, 0)
    assert (found.verdict, found.says.split(" texts")[0]) == ("warning", f"{len(STATICS)} of {len(STATICS)}")
    assert "ivr prompts render" in found.fix
    assert findings(tmp_path, 4)[0].says.startswith(f"{len(STATICS) - 4} of {len(STATICS)} texts")


def test_all_are_there_and_can_be_fetched(tmp_path: Path) -> None:
    assert [each.verdict for each in findings(tmp_path, len(STATICS))] == ["ok", "ok"]


def test_what_this_server_serves_is_not_fetched(tmp_path: Path) -> None:
    assert [each.what for each in findings(tmp_path, len(STATICS), 404, url=False)] == ["prompts"]


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [(404, b"", "answers 404"), (200, b"<html>", "is no prompt"), (200, wav(rate=8000), "8000 Hz")],
)
def test_files_that_are_not_where_the_site_says(tmp_path: Path, status: int, body: bytes, says: str) -> None:
    _, served = findings(tmp_path, len(STATICS), status, body)
    assert served.verdict == "wrong"
    assert says in served.says
    assert served.fix


def test_nobody_serves_them(tmp_path: Path) -> None:
    PromptFolder(tmp_path).keep(name_of_static(STATICS[0]), wav())

    async def run() -> list[Finding]:
        async with open_session(None, 5.0) as session:
            text = f'[prompts]\nfolder = "{tmp_path}"\nurl = "http://127.0.0.1:9/files"\n'
            return await check_files(Site.parse(text, tmp_path), session, [program()])

    assert asyncio.run(run())[1].says == "nobody listens at 127.0.0.1:9"
