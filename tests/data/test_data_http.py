"""Data functions behind an HTTP address, against a web server of the test's own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from data_rig import LINE, Answer, OtherSystem, Rig, lookup, with_house
from pydantic import SecretStr

from interpreter.data.functions import FunctionFailed, address_of
from interpreter.ports import Request as Identity
from interpreter.protocol import Day, Money, Reported, Request, Secret, Value, Withdraw
from interpreter.site_model import DataFunction

ANA = '{"name": "Ana", "tier": "gold"}'


def at(**settings: Any) -> Callable[[str], Mapping[str, DataFunction]]:
    """The function `crm.by_phone`, at ``path`` of the other system."""
    path = settings.pop("path", "/customers?phone={number}")
    return lambda url: {"crm.by_phone": DataFunction(url=f"{url}{path}", **settings)}


def ask(*answers: Answer, within: float = 5.0, **settings: Any) -> tuple[Reported, OtherSystem]:
    """One look-up, answered so."""

    async def use(rig: Rig, system: OtherSystem) -> tuple[Reported, OtherSystem]:
        system.answers = list(answers)
        return await rig.ask(lookup(number="+14255550100", within=within)), system

    result: tuple[Reported, OtherSystem] = with_house(use, at(**settings))
    return result


def test_an_answer_has_the_values_that_the_script_expects() -> None:
    reported, system = ask(Answer(body=ANA))
    assert (reported.outcome, reported.values) == ("found", (("name", "Ana"), ("tier", "gold")))
    assert [(each.method, each.path) for each in system.seen] == [("GET", "/customers?phone=%2B14255550100")]


def test_what_the_script_does_not_ask_for_is_left_out() -> None:
    reported, _ = ask(Answer(body='{"name": "Ana", "tier": "gold", "card": "4242"}'))
    assert dict(reported.values) == {"name": "Ana", "tier": "gold"}


def test_values_elsewhere_in_the_answer_and_under_other_names() -> None:
    body = '{"data": {"items": [{"fullName": "Ana", "tier": "silver"}]}}'
    reported, _ = ask(Answer(body=body), result="data.items.0", fields={"name": "fullName"})
    assert dict(reported.values) == {"name": "Ana", "tier": "silver"}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(200, "null"),
        Answer(200, ""),
        Answer(204, ""),
    ],
    ids=["404", "null", "empty", "204"],
)
def test_there_is_no_such_entry(answer: Answer) -> None:
    reported, _ = ask(answer)
    assert (reported.outcome, reported.values) == ("not found", ())


def test_other_statuses_may_mean_that_there_is_none() -> None:
    assert ask(Answer(410), not_found=[404, 410])[0].outcome == "not found"
    assert ask(Answer(404), not_found=[410])[0].outcome == "failed"


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "Ana"}',
        '{"name": "Ana", "tier": "bronze"}',
        '{"name": 7, "tier": "gold"}',
        '{"name": null, "tier": "gold"}',
        '["Ana", "gold"]',
        '"Ana"',
        "true",
        "not json",
        "{",
        "[" * 100_000,
        '{"name": "' + "x" * 300_000 + '", "tier": "gold"}',
    ],
    ids=lambda body: body[:30],
)
def test_an_answer_of_another_shape_has_failed(body: str) -> None:
    reported, _ = ask(Answer(body=body))
    assert (reported.outcome, reported.values) == ("failed", ())


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 429])
def test_an_error_has_failed_and_is_not_asked_again(status: int) -> None:
    reported, system = ask(Answer(status, ANA, {"Location": "/elsewhere"}))
    assert (reported.outcome, len(system.seen)) == ("failed", 1)


def test_a_server_in_trouble_is_asked_once_more() -> None:
    reported, system = ask(Answer(503), Answer(body=ANA))
    assert (reported.outcome, len(system.seen)) == ("found", 2)
    reported, system = ask(Answer(500))
    assert (reported.outcome, len(system.seen)) == ("failed", 2)


def test_no_answer_in_time_has_failed() -> None:
    reported, system = ask(Answer(silent=True), within=0.05)
    assert (reported.outcome, len(system.seen)) == ("failed", 1)
    reported, _ = ask(Answer(silent=True), timeout_seconds=0.05)
    assert reported.outcome == "failed"


def test_nobody_there_has_failed(caplog: pytest.LogCaptureFixture) -> None:
    async def use(rig: Rig, _: OtherSystem) -> Reported:
        return await rig.ask(lookup(number="+14255550100"))

    reported = with_house(use, lambda _: {"crm.by_phone": DataFunction(url="http://127.0.0.1:9/{number}")})
    assert reported.outcome == "failed"
    assert "no connection" in caplog.text


def test_a_function_that_the_site_does_not_bind_has_failed(caplog: pytest.LogCaptureFixture) -> None:
    async def use(rig: Rig, _: OtherSystem) -> Reported:
        return await rig.ask(lookup(number="+14255550100"))

    assert with_house(use, lambda _: {}).outcome == "failed"
    assert "[data.crm.by_phone]" in caplog.text


# --------------------------------------------------------------------------------------------------------------------
# What is sent


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("plain", "/c/plain/x"),
        ("a/b", "/c/a%2Fb/x"),
        ("a?b=c&d#e", "/c/a%3Fb%3Dc%26d%23e/x"),
        ("../../admin", "/c/..%2F..%2Fadmin/x"),
        ("a b", "/c/a%20b/x"),
        ("%2e%2e", "/c/%252e%252e/x"),
        ("Zoë", "/c/Zo%C3%AB/x"),
        ("line\r\nHost: evil", "/c/line%0D%0AHost%3A%20evil/x"),
        (12.0, "/c/12/x"),
        (True, "/c/true/x"),
        (Day("2026-11-26"), "/c/2026-11-26/x"),
        (Money("35.00", "USD"), "/c/35.00%20USD/x"),
    ],
    ids=str,
)
def test_an_argument_stays_in_its_place(value: Value, address: str) -> None:
    async def use(rig: Rig, system: OtherSystem) -> str:
        system.answers = [Answer(body=ANA)]
        assert (await rig.ask(lookup(account=value))).outcome == "found"
        return system.seen[0].path

    assert with_house(use, at(path="/c/{account}/x")) == address


@pytest.mark.parametrize("value", [".", "..", "", None])
def test_an_argument_that_would_lead_elsewhere_is_not_sent(value: str | None) -> None:
    with pytest.raises(FunctionFailed, match=r"account.*would change the address"):
        address_of("https://crm.contoso.com/customers/{account}", {"account": value})


def test_two_arguments_that_would_lead_elsewhere_together_are_not_sent() -> None:
    with pytest.raises(FunctionFailed, match="would change the address"):
        address_of("https://crm.contoso.com/customers/{a}{b}", {"a": ".", "b": "."})


@pytest.mark.parametrize(("value", "sent"), [("", ""), (None, ""), ("..", ".."), ("a/b", "a%2Fb")])
def test_behind_the_question_mark_nothing_leads_elsewhere(value: str | None, sent: str) -> None:
    template = "https://crm.contoso.com/v1/../customers?account={account}"
    assert address_of(template, {"account": value}) == template.replace("{account}", sent)


def test_headers_are_sent_and_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _, system = ask(Answer(401), headers={"Authorization": SecretStr("Bearer hush")})
    assert system.seen[0].headers["Authorization"] == "Bearer hush"
    assert "hush" not in caplog.text


def test_a_cookie_of_one_call_is_not_sent_in_the_next() -> None:
    async def use(rig: Rig, system: OtherSystem) -> list[Mapping[str, str]]:
        system.answers = [Answer(body=ANA, headers={"Set-Cookie": "session=ana; Path=/"})]
        await rig.ask(lookup(number="+14255550100"), "rid-1")
        await rig.ask(lookup(number="+14255550101"), "rid-2")
        return [seen.headers for seen in system.seen]

    # By name: for a bare address cookies are never kept.
    sent = with_house(use, lambda url: at()(url.replace("127.0.0.1", "localhost")))
    assert len(sent) == 2
    assert all("Cookie" not in headers for headers in sent)


def _pin_check(url: str, path: str = "/pins", **settings: Any) -> Mapping[str, DataFunction]:
    return {"crm.pin_ok": DataFunction(url=f"{url}{path}", method="POST", **settings)}


def _check(rig: Rig, pin: Secret) -> Request:
    return Request("op2", "check", "crm.pin_ok", (("id", "c-1"), ("pin", pin)), (), 5.0)


@pytest.mark.parametrize(
    ("body", "outcome"), [("true", "yes"), ("false", "no"), ('"yes"', "failed"), ("1", "failed"), ("{}", "failed")]
)
def test_a_check_is_answered_true_or_false(body: str, outcome: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def use(rig: Rig, system: OtherSystem) -> tuple[str, Any]:
        system.answers = [Answer(body=body)]
        pin = rig.vault.seal("call-1", "1234", rig.clock.now())
        return (await rig.ask(_check(rig, pin))).outcome, system.seen[0].body

    assert with_house(use, lambda url: _pin_check(url, body="json")) == (outcome, {"id": "c-1", "pin": "1234"})
    assert "1234" not in caplog.text


def test_a_secret_never_stands_in_an_address(caplog: pytest.LogCaptureFixture) -> None:
    async def use(rig: Rig, system: OtherSystem) -> tuple[str, int]:
        pin = rig.vault.seal("call-1", "1234", rig.clock.now())
        return (await rig.ask(_check(rig, pin))).outcome, len(system.seen)

    assert with_house(use, lambda url: _pin_check(url, "/pins/{pin}")) == ("failed", 0)
    assert "must not stand in an address" in caplog.text
    assert "1234" not in caplog.text


def test_a_secret_that_is_not_known_any_more_has_failed() -> None:
    """After a restart in the middle of the call."""

    async def use(rig: Rig, system: OtherSystem) -> tuple[str, int]:
        pin = rig.vault.seal("call-1", "1234", rig.clock.now())
        rig.vault.forget("call-1")
        return (await rig.ask(_check(rig, pin))).outcome, len(system.seen)

    assert with_house(use, lambda url: _pin_check(url, body="json")) == ("failed", 0)


def test_a_secret_that_is_answered_is_locked_away() -> None:
    """It can be handed to another function, and stands in nothing that is kept."""
    ask_token = Request("op1", "lookup", "crm.token", (("id", "c-1"),), (("token", "secret"), ("name", "text")), 5.0)

    async def use(rig: Rig, system: OtherSystem) -> tuple[str, Any]:
        system.answers = [Answer(body='{"token": "hush", "name": "Ana"}'), Answer(body="true")]
        answered = await rig.ask(ask_token)
        token = dict(answered.values)["token"]
        assert isinstance(token, Secret)
        await rig.ask(Request("op2", "check", "crm.pin_ok", (("id", "c-1"), ("pin", token)), (), 5.0))
        return repr(answered), system.seen[1].body

    def functions(url: str) -> Mapping[str, DataFunction]:
        return {"crm.token": DataFunction(url=f"{url}/tokens/{{id}}"), **_pin_check(url, body="json")}

    told, sent = with_house(use, functions)
    assert "hush" not in told
    assert "Ana" in told
    assert sent == {"id": "c-1", "pin": "hush"}


# --------------------------------------------------------------------------------------------------------------------
# Actions: at most once


def _lock(url: str) -> Mapping[str, DataFunction]:
    return {"crm.lock": DataFunction(url=f"{url}/locks/{{id}}", method="PUT")}


LOCK = Request("op3", "action", "crm.lock", (("id", "c-1"),), (), 5.0)


@pytest.mark.parametrize(("status", "outcome"), [(200, "done"), (204, "done"), (404, "failed"), (500, "failed")])
def test_an_action_is_sent_once(status: int, outcome: str) -> None:
    async def use(rig: Rig, system: OtherSystem) -> tuple[str, list[str]]:
        system.answers = [Answer(status)]
        return (await rig.ask(LOCK)).outcome, [f"{each.method} {each.path}" for each in system.seen]

    assert with_house(use, _lock) == (outcome, ["PUT /locks/c-1"])


@pytest.mark.parametrize("body", ["", "OK", "{}", "x" * 300_000])
def test_whatever_is_said_to_an_action_it_is_done(body: str) -> None:
    async def use(rig: Rig, system: OtherSystem) -> list[str]:
        system.answers = [Answer(body=body)]
        return [(await rig.ask(LOCK, f"rid-{number}")).outcome for number in range(2)]

    assert with_house(use, _lock) == ["done", "done"]


@pytest.mark.parametrize("before", [0, 1])
def test_an_action_is_not_sent_again_when_its_connection_breaks(before: int) -> None:
    """Neither on a connection of its own nor on one that has served another request."""

    async def use(rig: Rig, system: OtherSystem) -> tuple[str, int]:
        system.answers = [*[Answer(200)] * before, Answer(broken=True)]
        for number in range(before):
            assert (await rig.ask(LOCK, f"rid-{number}")).outcome == "done"
        return (await rig.ask(LOCK, "rid-9")).outcome, len(system.seen) - before

    assert with_house(use, _lock) == ("failed", 1)


def test_a_look_up_is_asked_once_more_when_its_connection_breaks() -> None:
    reported, system = ask(Answer(broken=True), Answer(body=ANA))
    assert (reported.outcome, len(system.seen)) == ("found", 2)
    reported, system = ask(Answer(broken=True))
    assert (reported.outcome, len(system.seen)) == ("failed", 2)


def test_an_action_is_not_sent_again_after_a_restart() -> None:
    """The engine repeats a request whose answer it has not kept; the other system has had it all the same."""

    async def use(rig: Rig, system: OtherSystem) -> tuple[str, str, int]:
        first = await rig.ask(LOCK, "rid-7")
        again = Rig(_lock(system.url), rig.store)
        second = await again.ask(LOCK, "rid-7")
        third = await again.ask(LOCK, "rid-8")
        await again.house.close()
        assert third.outcome == "done"
        return first.outcome, second.outcome, len(system.seen)

    assert with_house(use, _lock) == ("done", "failed", 2)


def test_a_request_that_is_taken_back_reports_nothing() -> None:
    async def use(rig: Rig, system: OtherSystem) -> list[Reported]:
        system.answers = [Answer(silent=True)]
        await rig.house.perform(LINE, lookup(number="+1"), Identity("rid-1", rig.clock.now(), 1))
        await system.asked.wait()
        await rig.house.perform(LINE, Withdraw("op9", "op1"), Identity("rid-2", rig.clock.now(), 1))
        await rig.house.idle()
        return rig.told

    assert with_house(use, at()) == []
