"""Agents who sign in by a token of Entra."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from server_rig import FOREIGN, NOW, TENANT, Rig, make_token, on_server

from interpreter.site import Site, SiteError

AUDIENCE = "api://ivr-desktop"
USER = "9f6b1a40-0001-4222-8333-123456789abc"
SITE = f"""
[desktop]
entra_tenant = "{TENANT}"
audience = "{AUDIENCE}"
entra_authority = "KEYS"
[agents.maria]
teams_user = "{USER}"
[agents.tom]
number = "+14255550112"
token = "token-of-tom"
"""


async def asks(rig: Rig, token: str) -> tuple[int, Any]:
    return await rig.get("/agents/me", headers={"Authorization": f"Bearer {token}"})


def issuer(rig: Rig) -> str:
    """The site's own idea of the authority; v1 tokens have another issuer."""
    return f"{rig.desk.site.desktop.entra_authority}/{TENANT}/v2.0"


def test_the_user_of_a_genuine_token_is_the_agent(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for iss in (issuer(rig), f"https://sts.windows.net/{TENANT}/"):
            for user in (USER, USER.upper()):
                status, answer = await asks(rig, make_token(iss=iss, aud=AUDIENCE, oid=user))
                assert (status, answer["agent"]) == (200, "maria")
        assert (await asks(rig, "token-of-tom"))[1]["agent"] == "tom", "both ways are open"

    on_server(tmp_path, story, events=SITE)


def test_what_is_not_a_genuine_token_for_us_is_refused_and_counted(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        good: dict[str, Any] = {"iss": issuer(rig), "aud": AUDIENCE, "oid": USER}
        cases = [
            ("bad_signature", make_token(FOREIGN, **good)),
            ("foreign_issuer", make_token(**{**good, "iss": "https://sts.windows.net/another/"})),
            ("wrong_audience", make_token(**{**good, "aud": "api://another"})),
            ("expired", make_token(**{**good, "exp": NOW - 3600})),
            ("not_yet_valid", make_token(**{**good, "nbf": NOW + 3600})),
            ("unknown_key", make_token(kid="k9", **good)),
            ("malformed", "a.b.c"),
        ]
        for reason, token in cases:
            assert await asks(rig, token) == (401, {"error": "not authorised"}), reason
            line = f'ivr_tokens_refused_total{{endpoint="agents",reason="{reason}"}}'
            assert await rig.metric(line) == 1, reason

    on_server(tmp_path, story, events=SITE)


def test_a_genuine_token_of_nobody_among_the_agents_is_forbidden(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for claims in ({"oid": TENANT}, {}, {"oid": ""}):
            whole: dict[str, Any] = {"iss": issuer(rig), "aud": AUDIENCE, **claims}
            token = make_token(**whole)
            error = {"error": "no agent of the site file is the user of this token"}
            assert await asks(rig, token) == (403, error)
        assert await rig.metric('ivr_tokens_refused_total{endpoint="agents",reason="no_agent"}') == 3

    on_server(tmp_path, story, events=SITE)


def test_two_agents_with_one_token_are_a_mistake(tmp_path: Path) -> None:
    text = "".join(f'[agents.{name}]\nnumber = "+14255550112"\ntoken = "shared-secret"\n' for name in ("ann", "bob"))
    with pytest.raises(SiteError) as caught:
        Site.parse(text, tmp_path)
    [problem] = caught.value.problems
    assert (problem.key, problem.message) == ("agents", "`ann` and `bob` have the same token")
    missing = text.replace('"shared-secret"', '{ env = "IVR_NO_SUCH_TOKEN" }')
    assert Site.parse(missing, tmp_path, need_secrets=False).names("agent") == {"ann", "bob"}
