"""Names inside a site file that lead nowhere in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dsl.spell import nearest
from interpreter.site_center import CALLER
from interpreter.site_model import Settings


def dangling(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Each with its section, its key, and what is wrong."""
    caller_id = settings.service.caller_id
    if caller_id and caller_id not in settings.numbers:
        message = f"`{caller_id}` is not a name under [numbers]{_meant(caller_id, settings.numbers)}"
        yield "service", "caller_id", message
    for name, agent in settings.agents.items():
        if agent.user and not (agent.resource or settings.service.resource_id):
            yield "agents", name, "an agent needs resource, or resource_id under [service]"
    for name, expert in settings.experts.items():
        if expert.agent and expert.agent not in settings.agents:
            yield "experts", name, f"no agent is called `{expert.agent}`{_meant(expert.agent, settings.agents)}"
    yield from _redirects(settings)
    reached = (CALLER, *settings.agents, *settings.experts, *settings.numbers, *settings.teams_users)
    for name in settings.recording.order:
        if name not in reached:
            yield "recording", "order", f"nobody is called `{name}` in this file{_meant(name, reached)}"
    yield from _of_calls(settings)


def _of_calls(settings: Settings) -> Iterator[tuple[str, str, str]]:
    if settings.outbound and not settings.calling.countries:
        yield "calling", "countries", "[outbound] makes calls: name the countries that may be called"
    known: dict[str, Mapping[str, object]] = {
        "number": settings.numbers,
        "teams user": settings.teams_users,
        "teams app": settings.teams_apps,
        "agent": settings.agents,
    }
    for desk in settings.emergency.desks.values():
        kind, name = desk.target
        if name not in known[kind]:
            yield "emergency", "desks", f"no {kind} is called `{name}`{_meant(name, known[kind])}"
    if settings.emergency.centers:
        for line in settings.lines:
            if settings.emergency.desk_of(line) is None:
                yield "emergency", "desks", f"nobody takes the calls of emergency centers on the line {line}"


def _redirects(settings: Settings) -> Iterator[tuple[str, str, str]]:
    known: dict[str, Iterable[str]] = {
        "number": settings.numbers, "teams_user": settings.teams_users, "teams_app": settings.teams_apps,
        "agent": settings.agents,
    }  # fmt: skip
    for line, redirect in settings.redirects.items():
        kind, name = redirect.target
        if line == "*":
            yield "redirects", line, "a line that is passed on is named: a number or a Teams resource account"
        if name not in known[kind]:
            yield "redirects", line, f"`{name}` is not a name under [{kind}s]{_meant(name, known[kind])}"
        if redirect.switch is not None and redirect.switch not in settings.switches:
            guess = _meant(redirect.switch, settings.switches)
            yield "redirects", line, f"`{redirect.switch}` is not a name under [switches]{guess}"


def _meant(name: str, known: Iterable[str]) -> str:
    guess = nearest(name, known)
    return f"; did you mean `{guess}`?" if guess else ""
