"""`[redirects]`, `[on_behalf_of]` and the clients of agents: what is wrong with them is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from interpreter.site import Site, SiteError
from interpreter.staff import person_of

ANNA = "0d7c9d3a-52b4-4c5e-8a57-8c7f9d0e1a2b"
PEOPLE = f'[teams_users]\nanna = "{ANNA}"\n[switches]\nmoved = "off"\n'
AGENT = f'[service]\nresource_id = "{ANNA}"\n[agents.anna]\n'


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('{ teams_user = "ana" }', "`ana` is not a name under [teams_users]; did you mean `anna`?"),
        ('{ teams_user = "anna", switch = "move" }', "`move` is not a name under [switches]; did you mean `moved`?"),
        ('{ teams_user = "anna", number = "desk" }', "exactly one of number, teams_user, teams_app and agent"),
        ('{ switch = "moved" }', "exactly one of number, teams_user, teams_app and agent"),
    ],
)
def test_a_line_that_is_passed_on_leads_somewhere(entry: str, why: str) -> None:
    with pytest.raises(SiteError) as refused:
        Site.parse(f'{PEOPLE}[redirects]\n"+18005550100" = {entry}\n', folder=Path())
    assert why in str(refused.value)


def test_every_other_line_cannot_be_passed_on() -> None:
    with pytest.raises(SiteError, match="a line that is passed on is named"):
        Site.parse(f'{PEOPLE}[redirects]\n"*" = {{ teams_user = "anna" }}\n', folder=Path())


def test_the_place_of_the_callee_is_one_of_three() -> None:
    site = Site.parse('[on_behalf_of]\ncallee_at = "voip headers"\n', folder=Path())
    assert site.settings.on_behalf_of is not None
    with pytest.raises(SiteError, match="callee_at"):
        Site.parse('[on_behalf_of]\ncallee_at = "header"\n', folder=Path())


@pytest.mark.parametrize(
    ("client", "address"),
    [('client = "teams"\n', f"8:orgid:{ANNA}"), ("", f"8:acs:{ANNA}_{ANNA}_{ANNA}")],
)
def test_the_client_of_an_agent_is_its_identity(client: str, address: str) -> None:
    site = Site.parse(f'{AGENT}user = "{ANNA}"\ntenant = "{ANNA}"\n{client}', folder=Path())
    agent = site.agent("anna")
    assert agent is not None
    assert person_of(agent).address == address


def test_only_an_agent_of_teams_phone_extensibility_has_two_clients() -> None:
    with pytest.raises(SiteError, match="client is for agents with user and tenant"):
        Site.parse(f'{AGENT}teams_user = "{ANNA}"\nclient = "teams"\n', folder=Path())
