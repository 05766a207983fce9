"""People who are called on a line of their own first, and people whom a call asks for."""

from __future__ import annotations

from itertools import count

import pytest
from floor_rig import Rig, floor

from interpreter.routing import QueueRules
from interpreter.routing.protocol import (
    Briefed,
    EndAside,
    EndCall,
    Join,
    Keyed,
    Probed,
    Removed,
    Ring,
    Rung,
    SideUp,
    Whisper,
)
from interpreter.routing.state import state_of

TEXT = "A caller from sales. Press 1 to take it."


def rig(strategy: str = "longest idle", language: str = "en-US", wrap_up: float = 0.0) -> Rig:
    rules = QueueRules("sales", strategy, whisper=TEXT, language=language, wrap_up=wrap_up)  # type: ignore[arg-type]
    r = Rig(floor(rules))
    r.agent("ann")
    return r


def up(r: Rig, who: str) -> None:
    r.send(Rung(r.now, r.leg(who).name, connection=f"line of {who}"))
    r.send(SideUp(r.now, r.leg(who).name, f"line of {who}"))


def key(r: Rig, who: str, pressed: str, attempt: int = 0) -> None:
    leg = r.leg(who)
    r.send(Keyed(r.now, leg.name, pressed, attempt or leg.attempt))


def whispering(**more: str) -> Rig:
    r = rig(**more)  # type: ignore[arg-type]
    r.enter("a")
    assert r.orders == ["Aside ann"]
    up(r, "ann")
    return r


def whispers(r: Rig) -> list[str]:
    return [each.text for each in r.out if isinstance(each, Whisper)]


# --------------------------------------------------------------------------------------------------------------------
# Agents


def test_who_presses_1_is_joined() -> None:
    r = whispering()
    assert whispers(r) == [TEXT]
    key(r, "ann", "1")
    assert [type(each) for each in r.out] == [Join]
    assert r.told == []
    r.hang_up_aside("ann")
    r.answer("ann")
    assert (r.told, r.state("ann")) == ([("a", "connected")], "talking")
    r.wait(60)
    assert (r.orders, r.state("ann")) == ([], "talking")


@pytest.mark.parametrize("pressed", ["2", "", "7"])
def test_another_key_and_silence_are_a_refusal_and_the_agent_is_free_when_the_line_is_over(pressed: str) -> None:
    r = whispering()
    r.enter("b")
    if pressed != "2":
        key(r, "ann", pressed)
        assert whispers(r) == [TEXT], "it is said once more"
    key(r, "ann", pressed)
    assert [type(each) for each in r.out] == [EndAside]
    r.hang_up_aside("ann")
    assert r.served("ann") == "b"
    assert r.floor.callers["a/1"].declined == ("ann",)


def test_who_presses_1_when_it_is_said_again_is_joined() -> None:
    r = whispering()
    key(r, "ann", "")
    key(r, "ann", "1")
    assert [type(each) for each in r.out] == [Join]


def test_the_end_of_the_first_time_is_no_answer_to_the_second() -> None:
    r = whispering()
    key(r, "ann", "", 1)
    key(r, "ann", "", 1)
    assert r.out == [], "the host repeats itself"
    key(r, "ann", "", 2)
    assert [type(each) for each in r.out] == [EndAside]


def test_2_declines_at_once_also_after_silence() -> None:
    r = whispering()
    key(r, "ann", "")
    key(r, "ann", "2")
    assert [type(each) for each in r.out] == [EndAside]


def test_each_time_has_its_own_limit() -> None:
    r = whispering()
    r.wait(20)
    key(r, "ann", "")
    r.wait(20)
    assert r.orders == [], "nine words, twice as long as expected, and twenty seconds"
    r.wait(7)
    assert [type(each) for each in r.out] == [EndAside]


def test_hanging_up_during_the_whisper_is_a_refusal() -> None:
    r = whispering()
    r.hang_up_aside("ann")
    assert r.state("ann") == "available"
    assert r.floor.callers["a/1"].declined == ("ann",)


def test_who_does_not_answer_on_its_own_line_has_missed_it() -> None:
    r = rig()
    r.enter("a")
    r.send(Rung(r.now, r.leg("ann").name, connection="line of ann"))
    r.wait(20)
    assert [type(each) for each in r.out] == [EndAside]
    r.hang_up_aside("ann")
    assert (r.state("ann"), r.of("ann").reason) == ("not ready", "missed")


def test_a_voicemail_presses_nothing_and_does_not_get_the_caller() -> None:
    r = whispering()
    r.wait(30)
    assert [type(each) for each in r.out] == [EndAside], "the host has reported nothing: the floor's own limit"
    key(r, "ann", "1")
    assert r.out == []
    r.hang_up_aside("ann")
    assert r.told == []
    assert r.floor.callers["a/1"].declined == ("ann",)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en-US", "The caller has left."),
        ("de-DE", "Der Anrufer hat aufgelegt."),
        ("nl-NL", "The caller has left."),
    ],
)
@pytest.mark.parametrize("how", ["left", "over"])
def test_who_listens_hears_that_the_caller_has_left_and_is_let_go_within_two_seconds(
    language: str, said: str, how: str
) -> None:
    r = whispering(language=language)
    since = r.of("ann").since
    if how == "left":
        r.left("a")
    else:
        r.over("a")
    assert whispers(r) == [said]
    r.wait(2)
    assert [type(each) for each in r.out] == [EndAside]
    assert r.state("ann") == "ringing"
    r.hang_up_aside("ann")
    assert (r.state("ann"), r.of("ann").since) == ("available", since)


def test_who_has_pressed_1_hears_that_the_caller_has_left_meanwhile() -> None:
    r = whispering()
    key(r, "ann", "1")
    r.left("a")
    assert whispers(r) == ["The caller has left."]
    r.wait(2)
    assert [type(each) for each in r.out] == [EndAside]
    r.refuse("ann", "failed")
    r.hang_up_aside("ann")
    assert r.state("ann") == "available"


def test_a_caller_who_leaves_before_the_answer_lets_the_line_end() -> None:
    r = rig()
    r.enter("a")
    r.left("a")
    assert [type(each) for each in r.out] == [EndAside]
    up(r, "ann")
    assert [type(each) for each in r.out] == [EndAside], "it has answered meanwhile"
    r.hang_up_aside("ann")
    assert r.state("ann") == "available"


def test_who_is_joined_when_the_caller_has_left_is_taken_out() -> None:
    r = whispering()
    key(r, "ann", "1")
    r.left("a", hung_up=False)
    r.answer("ann")
    assert r.orders == ["Remove"]
    r.enter("b")
    assert r.rung == []
    r.send(Removed(r.now, r.leg("ann").name))
    assert r.rung == ["ann"]


def test_who_is_joined_when_the_caller_has_left_is_taken_out_though_its_line_ends_first() -> None:
    r = whispering()
    key(r, "ann", "1")
    name = r.leg("ann").name
    r.left("a", hung_up=False)
    r.enter("b")
    r.hang_up_aside("ann")
    assert r.rung == [], "its line may be over because it is in the call"
    r.wait(0)
    r.answer("ann")
    assert "Remove" in r.orders
    r.send(Removed(r.now, name))
    assert r.rung == ["ann"]


def test_a_line_that_is_over_after_the_caller_has_left_is_a_reason_to_ask() -> None:
    r = whispering()
    key(r, "ann", "1")
    r.left("a", hung_up=False)
    r.hang_up_aside("ann")
    assert r.orders == ["Probe"]
    r.send(Probed(r.now, r.leg("ann").name, False))
    assert r.state("ann") == "available"


def test_a_move_that_fails_ends_the_line_before_the_agent_is_free() -> None:
    r = whispering()
    key(r, "ann", "1")
    r.refuse("ann", "failed")
    assert [type(each) for each in r.out] == [EndAside]
    assert r.state("ann") == "ringing"
    r.hang_up_aside("ann")
    assert (r.state("ann"), r.of("ann").back) == ("available", "failed")


def test_a_move_that_fails_after_the_caller_has_left_does_not_free_who_is_on_the_line() -> None:
    r = whispering()
    key(r, "ann", "1")
    r.left("a", hung_up=False)
    r.refuse("ann", "failed")
    assert r.state("ann") == "ringing"
    r.hang_up_aside("ann")
    assert r.state("ann") == "available"


def test_a_move_of_which_nothing_is_heard_is_asked_about() -> None:
    r = whispering()
    key(r, "ann", "1")
    r.wait(10)
    assert r.orders == ["Probe"]
    r.send(Probed(r.now, r.leg("ann").name, True))
    assert r.told == [("a", "connected")]


def test_a_line_that_never_ends_makes_an_agent_unknown() -> None:
    r = whispering()
    key(r, "ann", "2")
    for pause in (10, 10, 20):
        assert r.state("ann") == "ringing"
        r.wait(pause)
        assert [type(each) for each in r.out] == [EndAside]
    assert r.state("ann") == "unknown"
    r.agent("bob")
    assert r.rung == ["bob"]
    r.hang_up_aside("ann")
    assert r.state("ann") == "available"


def test_all_are_called_and_the_first_to_press_1_has_the_caller() -> None:
    r = rig("ring all")
    r.agent("bob")
    r.enter("a")
    for who in ("ann", "bob"):
        up(r, who)
    key(r, "ann", "1")
    key(r, "bob", "1")
    r.answer("bob")
    assert r.told == [("a", "connected")]
    assert [type(each).__name__ for each in r.out] == ["Tell", "Whisper"], (
        "that the caller has left, and then the line ends"
    )
    r.answer("ann")
    assert r.orders == ["Remove"]


BRIEF = (("topic", "Invoice dispute"), ("summary", "The invoice of March is too high."), ("record_id", None))
TOLD = "A call from sales. {topic}. {summary}. Record {record_id}. Waited {waited}. Press 1 to take it."


@pytest.mark.parametrize(
    ("brief", "waited", "language", "said"),
    [
        (
            BRIEF, 200, "en-US",
            "A call from sales. Invoice dispute. The invoice of March is too high. Waited 3 minutes. "
            "Press 1 to take it.",
        ),
        ((), 40, "en-US", "A call from sales. Waited 40 seconds. Press 1 to take it."),
        (BRIEF[:1], 60, "de-DE", "A call from sales. Invoice dispute. Waited 1 Minute. Press 1 to take it."),
    ],
)  # fmt: skip
def test_who_is_asked_hears_what_the_script_says_of_the_call(
    brief: tuple[tuple[str, str | None], ...], waited: float, language: str, said: str
) -> None:
    r = Rig(floor(QueueRules("sales", whisper=TOLD, language=language)))
    r.agent("ann")
    r.wants("ann", "not ready")
    r.send(Briefed(r.now, "a", brief))
    r.enter("a")
    r.wait(waited)
    r.wants("ann", "available")
    up(r, "ann")
    assert whispers(r) == [said]


# --------------------------------------------------------------------------------------------------------------------
# Guests


def test_an_expert_comes_and_goes_and_the_script_goes_on() -> None:
    r = Rig()
    r.invite("a", "+1", stays=True)
    assert r.orders == ["Ring +1"]
    r.answer("+1")
    assert r.told == [("a", "connected")]
    r.hangs_up("+1")
    assert (r.told, r.orders) == ([("a", "joined")], [])
    assert not r.floor.legs
    assert not r.floor.guests


def test_the_target_of_a_transfer_leaves_and_nobody_is_left_alone() -> None:
    r = Rig()
    r.invite("a", "+1", stays=False)
    r.answer("+1")
    assert r.told == [("a", "answered")]
    r.hangs_up("+1")
    assert (r.told, r.orders) == ([], ["EndCall"])


def test_the_target_of_a_transfer_hears_who_calls() -> None:
    r = Rig()
    r.invite("a", "+1", stays=False, whisper="A caller.", language="es-MX")
    up(r, "+1")
    assert whispers(r) == ["A caller."]
    assert r.told == [("a", "picked up")]
    r.left("a")
    assert whispers(r) == ["La persona ha colgado."]


@pytest.mark.parametrize(
    ("why", "told"),
    [("no answer", "no answer"), ("declined", "declined"), ("busy", "busy"), ("failed", "failed")],
)
def test_a_guest_who_does_not_come_is_reported(why: str, told: str) -> None:
    r = Rig()
    r.invite("a", "+1", stays=False)
    r.refuse("+1", why)  # type: ignore[arg-type]
    assert r.told == [("a", told)]


def test_an_expert_in_another_call_has_declined() -> None:
    r = Rig()
    r.invite("a", "+1")
    r.refuse("+1", "busy")
    assert r.told == [("a", "declined")]


def test_a_caller_who_leaves_a_call_of_three_ends_it_for_all() -> None:
    r = Rig()
    r.agent("ada")
    r.enter("a", who="4:+1425")
    r.answer("ada")
    r.people("a", 1, "4:+1425", "ada")
    assert r.people("a", 2, "ada") == [EndCall("a")]
    assert r.people("a", 2, "ada") == []
    r.over("a")
    assert state_of(r.floor, r.floor.agents["ada"]) == "available"


def test_a_caller_whom_the_host_calls_by_another_name_is_not_missed() -> None:
    r = Rig()
    r.agent("ada")
    r.enter("a", who="4:+1425")
    r.answer("ada")
    assert r.people("a", 1, "8:teamsvisitor:x", "ada") == []
    assert r.people("a", 2, "ada") == []


def test_a_guest_who_lets_it_ring_is_reported_when_it_has_stopped() -> None:
    r = Rig()
    r.invite("a", "+1")
    r.wait(20)
    assert (r.orders, r.told) == (["StopRinging"], [])
    r.refuse("+1", "no answer")
    assert r.told == [("a", "no answer")]


def test_the_same_person_is_not_called_twice_into_a_call() -> None:
    r = Rig()
    r.invite("a/1", "+1")
    r.invite("a/2", "+1")
    assert (r.orders, r.told) == ([], [("a", "failed")])
    r.invite("b/1", "+1")
    assert r.orders == ["Ring +1"]


def test_a_guest_who_is_not_wanted_any_more_is_not_rung_any_more() -> None:
    r = Rig()
    r.invite("a", "+1")
    r.left("a", hung_up=False)
    assert r.orders == ["StopRinging"]
    r.answer("+1")
    assert r.orders == ["Remove"]


def test_an_expert_who_is_not_wanted_any_more_is_taken_out() -> None:
    r = Rig()
    r.invite("a", "+1")
    r.answer("+1")
    r.left("a", hung_up=False)
    assert r.orders == ["Remove"]


def test_a_caller_is_left_in_the_hands_of_the_target_of_a_transfer() -> None:
    r = Rig()
    r.invite("a", "+1", stays=False)
    r.answer("+1")
    r.left("a", hung_up=False)
    assert r.orders == []
    r.over("a")
    assert not r.floor.legs


def test_an_expert_is_called_while_the_agent_talks() -> None:
    r = Rig()
    r.agent("ann")
    r.enter("a/1")
    r.answer("ann")
    numbers = count(1)
    r.people("a", next(numbers), "the caller", "ann")
    r.invite("a/2", "+1")
    r.people("a", next(numbers), "the caller", "ann", "+1")
    assert r.told == [("a", "connected")]
    r.people("a", next(numbers), "the caller", "ann")
    assert r.told == [("a", "joined")]
    assert r.state("ann") == "talking"


@pytest.mark.parametrize("refused", [True, False])
def test_an_agent_who_is_asked_as_an_expert_is_offered_nobody_meanwhile(refused: bool) -> None:
    r = Rig()
    r.agent("ada")
    r.invite("a", "ada")
    assert r.enter("b") == []
    if refused:
        r.refuse("ada")
    else:
        r.answer("ada")
        assert [type(each).__name__ for each in r.out] == ["Tell"]
        r.hangs_up("ada")
    assert [each.call for each in r.out if isinstance(each, Ring)] == ["b"]
