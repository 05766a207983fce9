"""Pages of other origins in a browser: those of the site file may ask, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from server_rig import SECRET, Rig, on_server

from interpreter.site import Site, SiteError

DESK = "https://desk.contoso.com"
SITE = f"""
[desktop]
origins = ["{DESK}"]
[agents.tom]
number = "+14255550112"
token = "token-of-tom"
"""


async def headers(rig: Rig, method: str, path: str, **given: str) -> tuple[int, dict[str, str]]:
    """The status, and what is said to the browser."""
    named = {name.replace("_", "-"): value for name, value in given.items()}
    async with rig.session.request(method, rig.base + path, headers=named) as response:
        return response.status, {name.lower(): value for name, value in response.headers.items()}


def preflight(origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access_Control_Request_Method": "PUT",
        "Access_Control_Request_Headers": "authorization,content-type",
    }


def test_a_page_of_the_site_may_ask_and_read_the_answer(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        status, told = await headers(rig, "OPTIONS", "/agents/me/state", **preflight(DESK))
        assert (status, told["access-control-allow-origin"]) == (200, DESK)
        assert {"PUT", "DELETE"} <= set(told["access-control-allow-methods"].split(", "))
        assert "authorization" in told["access-control-allow-headers"].lower()
        status, told = await headers(rig, "GET", "/agents/me", Origin=DESK, Authorization="Bearer token-of-tom")
        assert (status, told["access-control-allow-origin"]) == (200, DESK)
        status, told = await headers(rig, "GET", "/agents/me", Origin=DESK)
        assert (status, told["access-control-allow-origin"]) == (401, DESK), "a page can read why"

    on_server(tmp_path, story, events=SITE)


@pytest.mark.parametrize("site", [SITE, ""], ids=["of another origin", "where none is allowed"])
def test_other_pages_are_told_nothing(tmp_path: Path, site: str) -> None:
    async def story(rig: Rig) -> None:
        foreign = "https://desk.contoso.com.example"
        status, told = await headers(rig, "OPTIONS", "/agents/me/state", **preflight(foreign))
        assert status in (400, 405)
        assert "access-control-allow-origin" not in told
        _, told = await headers(rig, "GET", "/healthz", Origin=foreign)
        assert "access-control-allow-origin" not in told

    on_server(tmp_path, story, events=site)


def test_the_handshake_of_event_grid_is_not_taken_for_a_page(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        path = f"/events?secret={SECRET}"
        status, told = await headers(rig, "OPTIONS", path, WebHook_Request_Origin="eventgrid.azure.net")
        assert (status, told["webhook-allowed-origin"]) == (200, "eventgrid.azure.net")

    on_server(tmp_path, story, events=SITE)


@pytest.mark.parametrize("origin", ["*", "desk.contoso.com", "https://desk.contoso.com/", "https://desk.contoso.com/a"])
def test_an_origin_is_scheme_name_and_port(origin: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"scheme, name and port only, such as https://desk\.contoso\.com"):
        Site.parse(f'[desktop]\norigins = ["{origin}"]', tmp_path)
