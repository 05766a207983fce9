"""The client against a tenant that is strict about paths, bodies and headers, and against one that is broken."""

from __future__ import annotations

from typing import Any

import pytest
from graph_stub import (
    ANA,
    APP,
    BEN,
    NOON,
    Decide,
    Fault,
    Rig,
    Seen,
    entries,
    first,
    user,
    with_graph,
)

from interpreter.presence import (
    Graph,
    GraphError,
    MalformedError,
    Presence,
    Presences,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from interpreter.presence.graph import BATCH
from interpreter.presence.wire import wish

READ, SET, CLEAR = "getPresencesByUserId", "setPresence", "clearPresence"


def read(fault: Decide, *ids: str) -> tuple[Presences, Rig]:
    """One reading, of Ana and Ben unless others are meant."""

    async def use(rig: Rig) -> tuple[Presences, Rig]:
        rig.stub.fault = fault
        return await rig.graph.presences(ids or (ANA, BEN)), rig

    return with_graph(use, seconds=0.2)


def failing(*faults: Fault, what: str = READ) -> GraphError:
    """What becomes of the requests of this kind."""

    async def use(rig: Rig) -> None:
        rig.stub.fault = first(*faults, what=what)
        await (rig.graph.presences((ANA, BEN)) if what == READ else rig.graph.set_in_call(ANA))

    with pytest.raises(GraphError) as caught:
        with_graph(use, seconds=0.2)
    return caught.value


# --------------------------------------------------------------------------------------------------------------------
# The contract


def test_presence_is_read() -> None:
    found, rig = read(first())
    assert found == {ANA: Presence("Busy", "InAMeeting"), BEN: Presence("Away", "Away")}
    assert (found.error, found.refused) == (None, set())
    (seen,) = rig.stub.asked(READ)
    assert (seen.path, seen.body) == ("/v1.0/communications/getPresencesByUserId", {"ids": [ANA, BEN]})
    assert seen.headers["Authorization"] == f"Bearer {rig.stub.tokens[0]}"
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.headers["Accept-Encoding"] == "identity"


def test_a_call_is_shown_and_taken_back() -> None:
    async def use(rig: Rig) -> None:
        await rig.graph.set_in_call(ANA)
        assert rig.stub.ours(ANA) == ("Busy", "InACall")
        assert (await rig.graph.presences([BEN, ANA]))[ANA].activity in ("InAMeeting", "InACall")
        await rig.graph.clear(ANA)
        assert rig.stub.ours(ANA) is None
        await rig.graph.clear(ANA)  # 404: there is no session, which is what was wanted
        (shown,), cleared = rig.stub.asked(SET), rig.stub.asked(CLEAR)
        assert shown.path == f"/v1.0/users/{ANA}/presence/setPresence"
        assert shown.body == {
            "sessionId": APP,
            "availability": "Busy",
            "activity": "InACall",
            "expirationDuration": "PT5M",
        }
        assert [each.path for each in cleared] == [f"/v1.0/users/{ANA}/presence/clearPresence"] * 2
        assert [each.body for each in cleared] == [{"sessionId": APP}] * 2

    with_graph(use)


def test_a_session_lasts_as_long_as_was_said() -> None:
    async def use(rig: Rig) -> None:
        assert rig.graph.lasts == 300.0
        graph = Graph(rig.session, rig.token, APP, base=f"{rig.stub.base}/v1.0/", minutes=240)
        await graph.set_in_call(ANA)
        assert rig.stub.sessions[ANA] == ("Busy", "InACall", NOON + graph.lasts)
        for minutes in (4, 241):
            with pytest.raises(ValueError, match="5 to 240 minutes"):
                Graph(rig.session, rig.token, APP, minutes=minutes)

    with_graph(use)


@pytest.mark.parametrize(("users", "sizes"), [(0, []), (1, [1]), (650, [650]), (651, [650, 1]), (1301, [650, 650, 1])])
def test_many_users_are_read_in_batches(users: int, sizes: list[int]) -> None:
    async def use(rig: Rig) -> None:
        rig.stub.teams = {user(n): ("Available", "Available") for n in range(users)}
        ids = [user(n) for n in range(users)]
        found = await rig.graph.presences(ids + ids)
        assert sorted(found) == ids
        assert sorted((len(each.body["ids"]) for each in rig.stub.asked(READ)), reverse=True) == sizes

    with_graph(use)


def test_a_user_id_stays_in_its_place() -> None:
    async def use(rig: Rig) -> None:
        with pytest.raises(RefusedError, match="HTTP 404 NotFound"):
            await rig.graph.set_in_call("ana@contoso.com/../x?y")
        assert [each.path for each in rig.stub.seen if each.what == SET] == [
            "/v1.0/users/ana%40contoso.com%2F..%2Fx%3Fy/presence/setPresence"
        ]
        for bad in ("", ".", ".."):
            with pytest.raises(RefusedError, match="no such user id"):
                await rig.graph.set_in_call(bad)

    with_graph(use)


# --------------------------------------------------------------------------------------------------------------------
# Answers that are not what is documented

ODD: list[tuple[str, list[Any], dict[str, tuple[str, str]]]] = [
    ("nobody", [], {}),
    ("new words", [{"id": ANA, "availability": "Odd", "activity": "Dreaming"}], {ANA: ("Odd", "Dreaming")}),
    ("other case", [{"id": ANA.upper(), "availability": "busy", "activity": "inACall"}], {ANA: ("busy", "inACall")}),
    ("no words", [{"id": ANA}], {ANA: ("PresenceUnknown", "PresenceUnknown")}),
    ("no texts", [{"id": ANA, "availability": None, "activity": ["Away"]}], {ANA: ("PresenceUnknown",) * 2}),
    ("not asked for", [{"id": user(7), "availability": "Busy", "activity": "Busy"}], {}),
    ("no id", [{"availability": "Busy"}, {"id": 7}, {"id": None}, None, [], "x"], {}),
    ("one is well", [None, {"id": BEN, "availability": "Away", "activity": "Away"}], {BEN: ("Away", "Away")}),
]


@pytest.mark.parametrize(("value", "expected"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_what_can_be_read_is_read(value: list[Any], expected: dict[str, tuple[str, str]]) -> None:
    found, _ = read(first(entries(*value), what=READ))
    assert found == {name: Presence(*words) for name, words in expected.items()}


@pytest.mark.parametrize(
    "body", ["", "<html>", "null", "[]", '{"value": null}', '{"value": {}}', "{}", "[" * 100_000, '{"value": [}']
)
def test_a_malformed_body(body: str) -> None:
    assert isinstance(failing(Fault(200, body=body)), MalformedError)


def test_an_answer_without_end() -> None:
    assert "more than" in str(failing(Fault(200, body=" " * 9_000_000)))


# --------------------------------------------------------------------------------------------------------------------
# Failures

FAULTS: list[tuple[str, Fault, type[GraphError], float, str]] = [
    ("429", Fault(429, {"Retry-After": "17"}), ThrottledError, 17.0, "HTTP 429 TooManyRequests"),
    ("429 without a wish", Fault(429), ThrottledError, 0.0, "HTTP 429"),
    ("500", Fault(500), UnavailableError, 0.0, "HTTP 500 InternalServerError"),
    ("503 with a wish", Fault(503, {"Retry-After": "5"}), UnavailableError, 5.0, "HTTP 503"),
    ("502 of a proxy", Fault(502, body="<html>Bad Gateway</html>"), UnavailableError, 0.0, "HTTP 502"),
    ("408", Fault(408), UnavailableError, 0.0, "HTTP 408"),
    ("403", Fault(403), RefusedError, 0.0, "HTTP 403 Forbidden"),
    ("302", Fault(302, {"Location": "/elsewhere"}), RefusedError, 0.0, "HTTP 302"),
    ("no answer", Fault(hang=True), UnavailableError, 0.0, "no answer within 0.2 s"),
    ("broken off", Fault(drop=True), UnavailableError, 0.0, "no connection"),
]


@pytest.mark.parametrize("what", [READ, SET])
@pytest.mark.parametrize(("fault", "kind", "after", "text"), [c[1:] for c in FAULTS], ids=[c[0] for c in FAULTS])
def test_a_failure(fault: Fault, kind: type[GraphError], after: float, text: str, what: str) -> None:
    error = failing(fault, what=what)
    assert type(error) is kind
    assert error.after == after
    assert text in str(error)
    assert ANA not in str(error), "messages of Graph may name users"


@pytest.mark.parametrize(
    ("header", "date", "seconds"),
    [
        (None, None, 0.0),
        ("0", None, 0.0),
        ("2.5", None, 2.5),
        ("-3", None, 0.0),
        ("nan", None, 0.0),
        ("inf", None, 900.0),
        ("86400", None, 900.0),
        ("soon", None, 0.0),
        ("Mon, 02 Mar 2026 17:00:30 GMT", "Mon, 02 Mar 2026 17:00:00 GMT", 30.0),
        ("Mon, 02 Mar 2026 17:00:30 GMT", None, 0.0),
        ("Mon, 02 Mar 2026 17:00:30", "Mon, 02 Mar 2026 17:00:00 GMT", 0.0),
    ],
)
def test_how_long_to_wait(header: str | None, date: str | None, seconds: float) -> None:
    assert wish(header, date) == seconds


def many(fault: Decide, users: int = 1950) -> tuple[Presences, Rig]:
    async def use(rig: Rig) -> tuple[Presences, Rig]:
        rig.stub.teams = {user(n): ("Available", "Available") for n in range(users)}
        rig.stub.fault = fault
        return await rig.graph.presences(rig.stub.teams), rig

    return with_graph(use)


def test_one_broken_batch_does_not_stop_the_others() -> None:
    found, _ = many(first(Fault(500), what=READ))
    assert len(found) == 1300
    assert isinstance(found.error, UnavailableError)


def test_a_reading_stops_when_graph_wants_a_rest() -> None:
    def fault(seen: Seen) -> Fault | None:
        return Fault(429, {"Retry-After": "9"}) if seen.what == READ and user(0) not in seen.body["ids"] else None

    found, rig = many(fault, users=BATCH * 30)
    assert len(found) == BATCH
    assert isinstance(found.error, ThrottledError)
    assert found.error.after == 9.0
    assert len(rig.stub.asked(READ)) < 8


def test_a_reading_stops_when_nothing_works() -> None:
    async def use(rig: Rig) -> int:
        rig.stub.fault = lambda seen: Fault(500) if seen.what == READ else None
        with pytest.raises(UnavailableError):
            await rig.graph.presences(user(n) for n in range(BATCH * 30))
        return len(rig.stub.asked(READ))

    assert with_graph(use) < 8


def test_wrong_ids_are_found_and_the_others_are_read() -> None:
    async def use(rig: Rig) -> None:
        ids = [user(n) for n in range(1300)]
        rig.stub.teams = dict.fromkeys(ids, ("Available", "Available"))
        ids[17], ids[900] = "not-an-id", "neither"
        found = await rig.graph.presences(ids)
        assert found.refused == {"not-an-id", "neither"}
        assert len(found) == 1298
        assert found.error is None

    with_graph(use)


def test_looking_for_wrong_ids_has_an_end() -> None:
    async def use(rig: Rig) -> None:
        found = await rig.graph.presences(f"wrong-{n}" for n in range(650))
        assert 0 < len(found.refused) < 41
        assert isinstance(found.error, RefusedError)
        assert len(rig.stub.asked(READ)) <= 41

    with_graph(use)


def test_a_missing_permission_is_nobodys_fault() -> None:
    error = failing(Fault(403))
    assert isinstance(error, RefusedError)
    assert error.status == 403
