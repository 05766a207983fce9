"""Queues: music, announcements, offers, keys, hanging up, and a house that does not work."""

from __future__ import annotations

import pytest
from center_scripts import QUEUE, due, fed, fire, simulated, spoken
from machine_rig import MONDAY, of

from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    CancelMedia,
    Play,
    PlayAudio,
    PlayEnded,
    Reported,
    Request,
    SayText,
    StartTones,
    StopTones,
    ToneHeard,
    Withdraw,
)

# --------------------------------------------------------------------------------------------------------------------
# Queues


def test_a_queue_is_asked_for_in_the_words_of_the_script() -> None:
    request = of(fed(QUEUE).effects, Request)[0]
    assert (request.verb, request.name, request.within) == ("queue", "line", 0.0)
    told = {name: getattr(value, "values", value) for name, value in request.arguments}
    assert told == {
        "priority": 8.0,
        "needs": ("billing >= 3",),
        "relaxes": ("60 billing >= 1", "120 billing >= 0"),
        "grows": (1.0, 120.0, 10.0),
        "limit": 40.0,
        "longest_estimate": 1200.0,
        "ring": 20.0,
        "music": "hold",
        "language": "en-US",
    }


def test_music_plays_from_the_beginning_and_between_sentences() -> None:
    live = fed(QUEUE)
    (music,) = of(live.effects, Play)
    assert (music.prompts, music.loop) == ((PlayAudio("hold"),), True)
    live.give(Reported(live.now, live.op, "position", (("position", 4.0),)))
    fire(live, "announce.0")
    said = of(live.effects, Play)[-1]
    assert said.prompts == (SayText("You are number 4 in line."),)
    live.give(PlayEnded(live.now, said.op))
    assert of(live.effects, Play)[-1].loop


def test_places_are_said_only_when_they_are_better_than_the_last_that_was_said() -> None:
    plan = (
        "queue position 4; wait 61s; queue position 5; wait 60s; queue position 3; wait 60s; queue connected; hang up"
    )
    assert spoken(simulated(QUEUE, plan)) == [
        (30.0, "You are number 4 in line."),
        (150.0, "You are number 3 in line."),
    ]


def test_an_unknown_place_is_not_said() -> None:
    assert spoken(simulated(QUEUE, "wait 200s; queue connected; hang up")) == []


def test_a_sentence_waits_until_the_other_one_is_said() -> None:
    """The offer is due at 120 s, and so is a sentence: one voice at a time."""
    blocks = QUEUE.replace("from 30s every 60s when improved", "every 120s").replace(
        "You are number {queue.position} in line.", "Thank you for your patience."
    )
    told = spoken(simulated(blocks, "queue position 9 { estimate 6m }; wait 124s; queue connected; hang up"))
    assert [text for _, text in told] == ["Thank you for your patience.", "To be called back, press 1."]
    assert told[0][0] == 120.0
    assert told[1][0] == pytest.approx(120.0 + 5 * 0.35 + 1.0)


@pytest.mark.parametrize(
    ("plan", "result"),
    [
        ("queue position 9 { estimate 6m }; wait 121s; press 1", "callback_wanted"),
        ("queue position 9 { estimate 6m }; wait 119s; press 1; wait 1s; hang up", "abandoned"),
        ("queue position 9 { estimate 4m }; wait 130s; press 1; wait 1s; hang up", "abandoned"),
        # It was offered: a wait that has become shorter since takes nothing away.
        ("queue position 9 { estimate 6m }; wait 122s; queue position 3 { estimate 4m }; press 1", "callback_wanted"),
        ("press 2", "gave_up"),
        ("press 7; wait 1s; hang up", "abandoned"),
    ],
)
def test_keys_count_from_their_time_on_while_they_mean_something(plan: str, result: str) -> None:
    done = simulated(QUEUE, plan)
    assert done.end is not None
    assert done.end.result == result


def test_a_key_takes_the_request_back_once() -> None:
    live = fed(QUEUE)
    request, key = live.op, ToneHeard(live.now, 1, "2")
    live.give(key)
    live.give(key)
    assert [each.request for each in of(live.effects, Withdraw)] == [request]
    assert live.end is not None
    assert live.end.result == "gave_up"


def test_keys_are_listened_for_only_while_they_count() -> None:
    live = fed(QUEUE)
    assert len(of(live.effects, StartTones)) == 1
    assert not of(live.effects, StopTones)
    live.give(Reported(live.now, live.op, "connected"))
    assert len(of(live.effects, StopTones)) == 1
    live.give(ToneHeard(live.now, 1, "2"))
    assert live.end is None, "what is pressed while talking to an agent is nobody's business"
    live.give(Reported(live.now, live.op, "answered"))
    assert len(of(live.effects, StopTones)) == 1


def test_without_options_no_keys_are_listened_for() -> None:
    bare = "queue line\n    answered -> broken\n    waited 1m or no agents or full or failed -> broken\n"
    live = fed(bare)
    live.give(Reported(live.now, live.op, "answered"))
    assert not of(live.effects, StartTones) + of(live.effects, StopTones)


def test_music_stops_when_an_agent_is_there() -> None:
    live = fed(QUEUE)
    live.give(Reported(live.now, live.op, "connected"))
    assert of(live.steps[-1].effects, CancelMedia)
    quiet = len(of(live.effects, Play))
    live.give(Reported(live.now, live.op, "position", (("position", 1.0),)))
    assert len(of(live.effects, Play)) == quiet


def test_waiting_too_long_takes_the_request_back_and_says_so() -> None:
    done = simulated(QUEUE, "wait 700s")
    assert (600.0, "We are sorry.") in spoken(done)
    assert any(line.text == "queue line: taken back" and line.t == 600.0 for line in done.lines)
    assert done.end is not None
    assert done.end.result == "gave_up"


def test_the_wait_is_over_when_an_agent_is_there() -> None:
    done = simulated(QUEUE, "queue connected after 599s; queue answered after 60s")
    assert done.end is not None
    assert (done.end.result, done.end.at - MONDAY) == ("handled", 659.0)


@pytest.mark.parametrize(
    ("plan", "ending", "result"),
    [
        ("wait 30s; hang up", "abandoned", "abandoned"),
        ("queue connected; wait 30s; hang up", "transferred", "handled"),
    ],
)
def test_hanging_up_is_a_loss_only_before_an_agent_was_there(plan: str, ending: str, result: str) -> None:
    done = simulated(QUEUE, plan)
    assert done.end is not None
    assert (done.end.ending, done.end.result) == (ending, result)
    withdrawn = any("taken back" in line.text for line in done.lines)
    assert withdrawn is (ending == "abandoned")


def test_what_a_queue_never_reports_is_a_failure() -> None:
    live = fed(QUEUE)
    live.give(Reported(live.now, live.op, "exploded"))
    assert live.end is not None
    assert live.end.result == "nobody"


def test_a_queue_that_is_refused_or_never_heard_of_again_has_failed() -> None:
    refused = fed(QUEUE)
    refused.give(ActionRefused(refused.now, refused.op, 501, "NotThere"))
    lost = fed(QUEUE.replace('    waited 10m "We are sorry."     -> gave_up\n', ""))
    fire(lost, "watch")
    for live in (refused, lost):
        assert live.end is not None
        assert live.end.result == "nobody"


def test_music_that_cannot_be_played_is_not_asked_for_without_end() -> None:
    live = fed(QUEUE)
    music = of(live.effects, Play)[-1]
    live.give(ActionFailed(live.now, music.op, 400, 8535, "no such file"))
    assert len(of(live.effects, Play)) == 1
    assert live.took()[-1] == "system error"
    assert live.end is None, "the caller waits on in silence"
    live.give(Reported(live.now, live.op, "position", (("position", 2.0),)))
    fire(live, "announce.0")
    assert of(live.effects, Play)[-1].prompts == (SayText("You are number 2 in line."),)


def test_a_sentence_that_is_refused_keeps_no_other_one_waiting() -> None:
    live = fed(QUEUE)
    live.give(Reported(live.now, live.op, "position", (("position", 4.0),)))
    fire(live, "announce.0")
    live.give(ActionRefused(live.now, of(live.effects, Play)[-1].op, 500))
    assert of(live.effects, Play)[-1].loop, "the music goes on"


def test_a_recording_is_heard_to_its_end_however_long_it_is() -> None:
    """Only the news of its end says how long it is: what is due meanwhile comes a moment after that."""
    sentence = 'say "You are number {queue.position} in line." from 30s every 60s when improved'
    blocks = QUEUE.replace(sentence, f'play "news" from 30s\n    {sentence}')
    live = fed(blocks)
    live.give(Reported(live.now, live.op, "position", (("position", 4.0),)))
    fire(live, "announce.0")
    news = of(live.effects, Play)[-1]
    assert news.prompts == (PlayAudio("news"),)
    live.now += 120.0
    fire(live, "announce.1")
    assert of(live.effects, Play)[-1] is news, "it is two minutes long, and still plays"
    live.give(PlayEnded(live.now, news.op))
    assert due(live, "announce.1") == live.now + 1.0
    live.now += 1.0
    fire(live, "announce.1")
    assert of(live.effects, Play)[-1].prompts == (SayText("You are number 4 in line."),)


def test_a_recording_of_whose_end_nothing_is_heard_keeps_nobody_silent_for_ever() -> None:
    blocks = QUEUE.replace(
        'say "You are number {queue.position} in line." from 30s every 60s when improved', 'play "news" every 60s'
    )
    live = fed(blocks)
    fire(live, "announce.0")
    begun = live.now
    live.now += 60.0
    fire(live, "announce.0")
    live.now = due(live, "announce.0")
    assert live.now == pytest.approx(begun + 601.0)
    live.now += 10.0
    fire(live, "announce.0")
    assert len([each for each in of(live.effects, Play) if not each.loop]) == 2
