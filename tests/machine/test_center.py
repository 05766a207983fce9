"""Messages, other people, payments and surveys."""

from __future__ import annotations

import pytest
from center_scripts import ACCEPT, CONSULT, ENTERED, MAILBOX, PAY, SURVEY, fed, fire, script, simulated, spoken
from machine_rig import MONDAY, Fed, of, unchecked

from interpreter import phone
from interpreter.protocol import (
    ActionFailed,
    Connected,
    Disconnected,
    Play,
    PlayAudio,
    PlayEnded,
    Reported,
    Request,
    SayText,
    Withdraw,
)
from interpreter.simulate import Simulation

# --------------------------------------------------------------------------------------------------------------------
# Messages


def test_a_message_is_asked_for_after_the_greeting() -> None:
    live = fed(MAILBOX)
    greeting = of(live.effects, Play)[-1]
    assert greeting.prompts == (SayText("Please leave a message."),)
    assert not of(live.effects, Request)
    live.give(PlayEnded(live.now, greeting.op))
    (request,) = of(live.effects, Request)
    assert (request.verb, request.name) == ("voicemail", "mailbox")
    assert dict(request.arguments) == {
        "up_to": 180.0,
        "transcribe": True,
        "stop": "#",
        "silence": 4.0,
        "review": "Press 1 to send.",
        "language": "en-US",
    }


def test_a_greeting_that_cannot_be_said_is_a_system_error() -> None:
    live = fed(MAILBOX)
    live.give(ActionFailed(live.now, live.op, 500, 8535))
    assert live.end is not None
    assert live.end.result == "system_error"


@pytest.mark.parametrize(
    ("plan", "ending", "result", "at"),
    [
        ('say "This is Ana, please call me back today"; press #', "hung_up", "message_taken", 1.4 + 2.8),
        ('say "This is Ana, please call me back today"; silent', "hung_up", "message_taken", 1.4 + 2.8 + 4.0),
        ('say "Hello"; press #', "hung_up", "no_message", 1.4 + 0.35),
        ("silent", "hung_up", "no_message", 1.4 + 4.0),
        ("wait 200s", "hung_up", "message_taken", 1.4 + 180.0),
        ('say "This is Ana, please call me back"; hang up', "abandoned", "message_taken", 1.4 + 2.45),
        ('say "Oh no"; hang up', "abandoned", "no_message", 1.4 + 0.7),
        ("hang up at 1s", "abandoned", "abandoned", 1.0),
        ("voicemail failed after 5s", "hung_up", "not_kept", 1.4 + 5.0),
    ],
)
def test_how_a_message_ends(plan: str, ending: str, result: str, at: float) -> None:
    done = simulated(MAILBOX, plan)
    assert done.end is not None
    assert (done.end.ending, done.end.result) == (ending, result), phone.transcript(done)
    assert done.end.at - MONDAY == pytest.approx(at)


def test_a_recorder_that_says_nothing_after_the_caller_has_hung_up() -> None:
    live = fed(MAILBOX)
    live.give(PlayEnded(live.now, live.op))
    live.give(Disconnected(live.now, 200, 540000))
    assert live.end is None, "the message may still be kept"
    fire(live, "watch")
    assert live.end is not None
    assert (live.end.ending, live.end.result) == ("abandoned", "not_kept")


# --------------------------------------------------------------------------------------------------------------------
# Other people


def test_the_target_hears_who_calls_and_the_caller_hears_music() -> None:
    live = fed(ACCEPT)
    (request,) = of(live.effects, Request)
    assert (request.verb, request.name, request.within) == ("transfer", "anna", 45.0)
    assert dict(request.arguments) == {
        "kind": "agent",
        "accept": "Call from +14255550100. Press 1 to accept, 2 to decline.",
        "ring": 25.0,
        "caller_id": "",
        "language": "en-US",
    }
    assert [play.prompts for play in of(live.effects, Play)] == [(PlayAudio("hold"),)]


def test_whoever_hangs_up_while_somebody_is_asked_takes_it_back() -> None:
    live = fed(ACCEPT)
    request = live.op
    live.give(Disconnected(live.now, 200, 540000))
    assert [each.request for each in of(live.effects, Withdraw)] == [request]
    assert live.end is not None
    assert live.end.ending == "abandoned"


def test_a_target_of_which_nothing_is_heard_is_given_up() -> None:
    live = fed(ACCEPT)
    request = live.op
    fire(live, "watch")
    assert live.now - MONDAY == 45.0
    assert [each.request for each in of(live.effects, Withdraw)] == [request]
    live.give(Reported(live.now, request, "answered"))
    assert live.end is not None
    assert (live.end.ending, live.end.result) == ("hung_up", "nobody"), "what comes later changes nothing"


@pytest.mark.parametrize(
    ("plan", "heard", "ending"),
    [
        ("consult connected after 25s; wait 60s; consult joined", 2, "hung_up"),
        ("consult connected after 25s; wait 60s; hang up", 2, "transferred"),
        ("wait 25s; hang up", 2, "abandoned"),
    ],
)
def test_an_expert_is_there_for_as_long_as_both_want(plan: str, heard: int, ending: str) -> None:
    done = simulated(CONSULT, plan)
    assert len(spoken(done)) == heard, "nothing is said into the talk"
    assert done.end is not None
    assert (done.end.ending, done.end.result) == (ending, "abandoned" if ending == "abandoned" else "handled")


def test_a_number_that_is_not_there_is_not_called() -> None:
    callback = (
        "callback promise\n    number caller.number\n"
        "    scheduled -> finish yes\n    invalid number -> finish invalid\n"
        "    already scheduled or not available or failed -> finish no\n"
    )
    live = Fed(unchecked(script(callback)))
    live.offer()
    withheld = Simulation(unchecked(script(callback)), MONDAY, caller="")
    withheld.to_the_end()
    assert withheld.end is not None
    assert withheld.end.result == "invalid"
    live.give(Connected(live.now, live.op))
    assert dict(of(live.effects, Request)[0].arguments)["number"] == "+14255550100"


# --------------------------------------------------------------------------------------------------------------------
# Payments


@pytest.mark.parametrize(
    ("plan", "result"),
    [
        ("wait 30s", "unknown"),
        ('pay paid { reference "4711" }', "paid"),
        ("pay paid", "unknown"),  # it is not known what was paid
        ("pay unknown", "unknown"),
        ("pay cancelled", "not_paid"),
    ],
)
def test_a_payment_is_asked_for_once(plan: str, result: str) -> None:
    done = simulated(PAY, ENTERED + plan)
    assert done.end is not None
    assert done.end.result == result
    assert sum(line.text.startswith("pay cards (") for line in done.lines) == 1


def test_a_sentence_is_said_to_its_end_before_the_payment_is_told() -> None:
    done = simulated(PAY, ENTERED + 'pay paid { reference "4711" } after 3s')
    line = next(each for each in done.lines if each.text.startswith("Still"))
    assert not line.interrupted
    assert done.end is not None
    assert done.end.at - done.start == pytest.approx(line.end)
    assert done.end.result == "paid"


def test_the_card_is_in_nothing_that_a_simulated_call_leaves_behind() -> None:
    done = simulated(PAY, ENTERED + "pay declined")
    left = [phone.transcript(done), str(phone.as_json(done)), repr(done.events), repr(done.trace), repr(done.call)]
    assert all("4242424242424242" not in each for each in left)
    assert "presses ****************" in phone.transcript(done)


# --------------------------------------------------------------------------------------------------------------------
# Surveys


@pytest.mark.parametrize(
    ("plan", "result", "known"),
    [
        ("press 1; press 4; press 2; voicemail empty", "surveyed", {"rating": 4.0, "solved": 2.0}),
        ("press 1; press 9; press 0; press 1; voicemail empty", "surveyed", {"solved": 1.0}),
        ('press 1; silent; silent; silent; silent; voicemail saved { text "Fine" }', "surveyed", {"words": "Fine"}),
        ("press 1; silent; silent; silent; silent; voicemail empty", "skipped", {}),
        ("press 1; press 4; press 2; hang up", "abandoned", {"rating": 4.0, "solved": 2.0}),
        ("press 2", "skipped", {}),
        ("silent", "skipped", {}),
    ],
)
def test_a_survey(plan: str, result: str, known: dict[str, object]) -> None:
    done = simulated(SURVEY, plan)
    assert done.end is not None
    assert done.end.result == result, phone.transcript(done)
    assert done.lines[-1].text.startswith("ends: ")
    assert dict(done.call.variables) == known
