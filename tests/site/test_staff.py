"""The people of a site file as the floor knows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from interpreter import staff
from interpreter.routing.protocol import Person, Serves, SignedIn
from interpreter.site import Site

GUID, USER, TENANT = (f"{n}1111111-1111-4111-8111-111111111111" for n in "123")
SITE = f"""
[service]
resource_id = "{GUID}"
[numbers]
desk = "+14255550111"
[teams_users]
ana = "{USER}"
[agents.maria]
user = "{USER}"
tenant = "{TENANT}"
skills = {{ billing = 3, german = 10 }}
queues = ["sales", {{ queue = "billing", priority = 2, delay_seconds = 30 }}]
order = 4
capacity = 2
[agents.ben]
teams_user = "{USER}"
signed_in = "always"
[agents.cleo]
number = "+14255550112"
[agents.dora]
acs_user = "8:acs:x_y"
[experts.tax]
agent = "maria"
[experts.law]
teams_user = "{USER}"
[experts.duty]
number = "+14255550113"
[queues.sales]
strategy = "ring all"
ring_seconds = 12
wrap_up_seconds = 5
service_seconds = 30
whisper = "Sales."
language = "de-DE"
"""
MARIA = Person(f"8:acs:{GUID}_{TENANT}_{USER}", "agent")


@pytest.fixture
def site() -> Site:
    return Site.parse(SITE, Path.cwd())


def test_an_agent_of_every_kind(site: Site) -> None:
    people = {name: staff.person_of(site.agent(name)) for name in site.settings.agents}  # type: ignore[arg-type]
    assert people == {
        "maria": MARIA,
        "ben": Person(f"8:orgid:{USER}", "teams_user"),
        "cleo": Person("4:+14255550112", "number"),
        "dora": Person("8:acs:x_y", "acs_user"),
    }


def test_signing_in_says_what_the_site_says(site: Site) -> None:
    assert staff.sign_in(site, "maria", 7.0) == SignedIn(
        7.0, "maria", MARIA, (("billing", 3), ("german", 10)), (Serves("sales"), Serves("billing", 2, 30.0)), 4, 2
    )
    assert staff.sign_in(site, "nobody", 7.0) is None


def test_how_a_queue_works_here(site: Site) -> None:
    [rules] = staff.queue_rules(site).values()
    assert (rules.name, rules.strategy, rules.ring, rules.wrap_up) == ("sales", "ring all", 12.0, 5.0)
    assert (rules.whisper, rules.language) == ("Sales.", "de-DE")


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("tax", MARIA), ("law", Person(f"8:orgid:{USER}", "teams_user")), ("duty", Person("4:+14255550113", "number")),
        ("nobody", None),
    ],
)  # fmt: skip
def test_who_is_asked_for_advice(site: Site, name: str, person: Person | None) -> None:
    assert staff.expert(site, name) == person


@pytest.mark.parametrize(
    ("kind", "name", "person"),
    [
        ("number", "desk", Person("4:+14255550111", "number")),
        ("number", "ana", None),
        ("teams_user", "ana", Person(f"8:orgid:{USER}", "teams_user")),
        ("teams user", "ana", Person(f"8:orgid:{USER}", "teams_user")),
        ("agent", "maria", MARIA),
        ("agent", "desk", None),
        ("teams_app", "ana", None),
        ("", "desk", None),
    ],
)
def test_whom_a_script_means(site: Site, kind: str, name: str, person: Person | None) -> None:
    assert staff.target(site, kind, name) == person
