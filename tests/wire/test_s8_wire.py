"""Scenario S8 over the wire: the questions come after the agent has left, and belong to that agent's leg."""

from __future__ import annotations

import pytest
from wire_center import details, heard, let, nobody_is_left, phones, times
from wire_rig import SCRIPTS, Wire, play, wire

from interpreter.routing.protocol import AgentAsks, Person

S8 = SCRIPTS / "s8_survey.ivr"
EXPERT = Person("4:+14255550177", "number")
RATING = "On a scale from 1 to 5, how satisfied are you with the call?"
SOLVED = "Was your question solved? Press 1 for yes, 2 for no."


async def talked(rig: Wire, plan: str, agent: str = "accept after 3 s, hang up after 40 s") -> str:
    """A caller who talks to an agent; the phone's id, once the agent has left."""
    let(rig, "maria", agent)
    let(rig, "tom", "ignore")
    phone = rig.people.dial(rig.lines[0], plan)
    await rig.run_until(lambda: any(times(rig, each.id, "ended") for each in phones(rig, "maria")))
    return phone


def test_what_is_answered_belongs_to_the_leg_of_the_agent() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talked(rig, 'press 1; press 4; press 1; say "fine"; wait 60s')
            await rig.finish(phone)
            assert RATING in heard(rig, phone)
            assert rig.state(phone).result == "surveyed"
            [leg] = [each for each in await details(rig) if each.get("agent") == "maria"]
            assert leg["survey"]["rating"] == 4
            assert leg["survey"]["solved"] == 1
            assert leg["survey"]["words"] == "fine"
            nobody_is_left(rig)

    play(run)


@pytest.mark.parametrize("key", ["0", "6", "9"])
def test_a_key_off_the_scale_is_no_answer(key: str) -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talked(rig, f"press 1; press {key}; press {key}; press 2; hang up")
            await rig.finish(phone)
            assert heard(rig, phone).count(RATING) == 2
            assert SOLVED in heard(rig, phone), "after two tries the question is skipped"
            nobody_is_left(rig)

    play(run)


@pytest.mark.parametrize("plan", ["press 2; wait 600s", "silent; wait 600s"])
def test_whoever_did_not_agree_before_is_not_asked(plan: str) -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talked(rig, plan)
            await rig.finish(phone)
            assert RATING not in heard(rig, phone)
            assert rig.state(phone).result == "handled"
            nobody_is_left(rig)

    play(run)


def test_a_caller_who_hangs_up_first_is_asked_nothing() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            let(rig, "maria", "accept after 3 s")
            phone = rig.people.dial(rig.lines[0], "press 1; wait 600s")
            await rig.run_until(lambda: any(times(rig, each.id, "connected") for each in phones(rig, "maria")))
            await rig.advance(20.0)
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            assert RATING not in heard(rig, phone)
            [leg] = [each for each in await details(rig) if each.get("agent") == "maria"]
            assert "survey" not in leg
            nobody_is_left(rig)

    play(run)


@pytest.mark.parametrize("how", ["leave", "transfer"])
def test_an_agent_who_leaves_by_the_desktop_or_hands_over_cannot_skip_it(how: str) -> None:
    """One survey, when the last one has left; the answers belong to the agent's leg."""

    async def run() -> None:
        async with wire(S8) as rig:
            let(rig, "maria", "accept after 3 s")
            let(rig, "tom", "ignore")
            rig.emulator.behave(EXPERT.address, "accept after 2 s, hang up after 30 s")
            phone = rig.people.dial(rig.lines[0], "press 1; press 4; press 1; silent; wait 60s")
            await rig.run_until(lambda: any(times(rig, each.id, "connected") for each in phones(rig, "maria")))
            await rig.advance(20.0)
            whom = EXPERT if how == "transfer" else None
            await rig.runtime.floors.post(AgentAsks(rig.clock.now(), "maria", how, whom))  # type: ignore[arg-type]
            if how == "transfer":
                await rig.advance(20.0)
                assert RATING not in heard(rig, phone), "the caller talks to the other one"
            await rig.finish(phone)
            assert heard(rig, phone).count(RATING) == 1
            assert rig.state(phone).result == "surveyed"
            [leg] = [each for each in await details(rig) if each.get("agent") == "maria"]
            assert leg["survey"]["rating"] == 4
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_each_question_waits_five_seconds_and_is_asked_twice() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talked(rig, "press 1; silent; silent; silent; silent; hang up")
            await rig.run_until(lambda: heard(rig, phone).count(SOLVED) == 2)
            asked = [e for e in rig.emulator.transcript(phone) if e.text == RATING]
            assert len(asked) == 2
            assert asked[0].end is not None
            assert asked[1].t - asked[0].end == pytest.approx(5.0, abs=1.5)
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            nobody_is_left(rig)

    play(run)
