"""The rules of menus, collects, transfers and watchdogs, one by one: what the scenarios and decisions promise."""

from __future__ import annotations

from itertools import permutations

import pytest
from machine_rig import MONDAY, Fed, call, moment, of, program, sample, seconds, unchecked

from dsl.analysis.outcomes import hours_outcomes
from interpreter.machine.answer import CANCELLED_GRACE
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    CancelMedia,
    Connected,
    Disconnected,
    Event,
    Play,
    PlayEnded,
    Recognize,
    Recognized,
    SetTimer,
    TimerFired,
    ToneHeard,
    TransferAccepted,
)
from interpreter.simulate import Simulation

FLOW = """
ivr 1
flow f
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> rescue
{blocks}
transfer rescue
    to number rescue
    answered -> finish rescued
    no answer or busy or declined or failed -> sorry

step sorry
    say "Sorry."
    finish told
"""


FIXED = " cannot be interrupted"


def flow(blocks: str) -> str:
    return FLOW.replace("{blocks}", blocks)


def result(simulation: Simulation) -> str:
    assert simulation.end is not None
    return simulation.end.result


def ivr(simulation: Simulation) -> list[str]:
    return [line.text for line in simulation.lines if line.who == "ivr"]


# --------------------------------------------------------------------------------------------------------------------
# Outcomes


def test_every_outcome_of_hours_is_reached() -> None:
    s4 = program(sample("s4_hours"))
    outcomes = {o.name for o in hours_outcomes(s4.hours["support"])}
    moments = ("2026-03-02 10:00", "2026-03-02 12:30", "2026-03-01 10:00", "2026-12-25 10:00", "2026-03-02 11:11")
    calls = [call(s4, "", moment(at), (("emergency_closure", at.endswith("11:11")),)) for at in moments]
    took = {trace.detail for simulation in calls for trace in simulation.trace if trace.kind == "took"}
    assert outcomes <= took


# --------------------------------------------------------------------------------------------------------------------
# Attempts

LIMITS = """
menu first
    prompt "Press 1, or 2 to come back."
    reprompt "Again."
    press 1 -> rescue
    press 2 -> round
    press * -> repeat
    no input "Nothing."
    no match "Wrong."
    {afters}

step round
    say "Back."
    go to first

step silences
    say "S."
    go to rescue

step wrong
    say "W."
    go to rescue

step tries
    say "T."
    go to rescue
"""
EACH = 'after 2 silences "Out." -> silences\n    after 2 wrong "Out." -> wrong\n    after 3 tries "Out." -> tries'
LATE = 'after 3 silences "Out." -> silences\n    after 3 wrong "Out." -> wrong\n    after 4 tries "Out." -> tries'


@pytest.mark.parametrize(
    ("afters", "plan", "where"),
    [
        (EACH, "silent; silent", "S."),
        (EACH, "press 9; press 9", "W."),
        (EACH, "silent; press 9; silent", "S."),  # the first limit that holds, in the order of the script
        (EACH, "press 9; silent; press 9", "W."),
        (EACH, "silent; press 2; silent; press 2; silent", None),  # leaving and coming back starts anew
        (EACH, "silent; press *; press *; silent", "S."),  # repeating does not
        (EACH, "press *; press *; press *; press 9", "W."),  # the third repetition is a wrong answer
        (LATE, "silent; press 9; silent; press 9", "T."),
        (LATE, "silent; silent; press 9; silent", "S."),
        (LATE, "press 9; press 9; silent; press *; press 9", "W."),
    ],
)
def test_attempts_are_counted_by_visit_and_by_cause(afters: str, plan: str, where: str | None) -> None:
    simulation = call(program(flow(LIMITS.replace("{afters}", afters))), f"{plan}; press 1")
    said = ivr(simulation)
    assert [text for text in said if text in ("S.", "W.", "T.")] == ([where] if where else [])
    assert ("Out." in said) is (where is not None)
    if where is None:
        assert said.count("Nothing. Again.") == plan.count("silent")


# --------------------------------------------------------------------------------------------------------------------
# Sentences


@pytest.mark.parametrize(
    ("marks", "prompts"),
    [
        ((FIXED,), ["A."]),
        (("", "", ""), ["A.|B.|C."]),
        ((FIXED, FIXED, FIXED), ["A.|B.|C."]),
        ((FIXED, "", ""), ["A.", "B.|C."]),
        (("", FIXED, ""), ["A.", "B.", "C."]),
    ],
)
def test_sentences_that_may_be_interrupted_alike_are_one_prompt(marks: tuple[str, ...], prompts: list[str]) -> None:
    said = "".join(f'    say "{name}."{mark}\n' for name, mark in zip("ABC", marks, strict=False))
    fed = Fed(program(flow(f"\nstep first\n{said}    go to rescue\n"))).connect()
    for expected in prompts:
        (play,) = of(fed.steps[-1].effects, Play)
        assert "|".join(getattr(prompt, "text", "") for prompt in play.prompts) == expected
        fed.give(PlayEnded(fed.now, fed.op))
    assert fed.state.block == "rescue"


# --------------------------------------------------------------------------------------------------------------------
# Collecting digits

ACCOUNT = """
step welcome
    say "Welcome to the bank of us all." cannot be interrupted
    go to account

collect account
    into number
    prompt "Enter your number."{fixed}
    digits 2 to 4, first within 8s, between 3s, ends with #
    no input "Nothing."
    no match "Wrong."
    {type_ahead}
    accepted -> thanks
    after 3 tries -> rescue

step thanks
    say "You said {number}."
    finish done
"""


def account(fixed: str = "", type_ahead: str = "type ahead drop") -> str:
    return flow(ACCOUNT.replace("{fixed}", fixed).replace("{type_ahead}", type_ahead))


WELCOME, ENTER, NOTHING, WRONG = (
    "Welcome to the bank of us all.", "Enter your number.", "Nothing. Enter your number.", "Wrong. Enter your number."
)  # fmt: skip
KEEP = "type ahead keep"


@pytest.mark.parametrize(
    ("fixed", "type_ahead", "plan", "heard"),
    [
        # Prompts with the silence before each; keys of one action are 0.2 s apart.
        ("", "", "wait 2.45s; press 12#", [(0, WELCOME), (0, ENTER), (0.4, "You said 12.")]),
        ("", "", "wait 2.45s; press 1234", [(0, WELCOME), (0, ENTER), (0.6, "You said 1234.")]),
        ("", "", "wait 2.45s; press 12", [(0, WELCOME), (0, ENTER), (3.2, "You said 12.")]),
        ("", "", "wait 2.45s; press 1; wait 2s; press 2; wait 2s; press 3", [(0, WELCOME), (0, ENTER),
         (7, "You said 123.")]),
        ("", "", "wait 2.45s; press 1; silent; press 12#", [(0, WELCOME), (0, ENTER), (3, WRONG),
         (0.4, "You said 12.")]),
        ("", "", "wait 2.45s; press #; press 12#", [(0, WELCOME), (0, ENTER), (0, WRONG), (0.4, "You said 12.")]),
        ("", "", "wait 2.45s; press 1*#; press 12#", [(0, WELCOME), (0, ENTER), (0.4, WRONG), (0.4, "You said 12.")]),
        ("", "", "silent; press 12#", [(0, WELCOME), (0, ENTER), (8, NOTHING), (0.4, "You said 12.")]),
        # A digit stops a prompt that may be interrupted, and is otherwise not heard at all.
        ("", "", "wait 2.45s; press 12# at 1s", [(0, WELCOME), (0, ENTER), (0.4, "You said 12.")]),
        (FIXED, "", "wait 2.45s; press 99 at 0.2s; press 12#", [(0, WELCOME), (0, ENTER), (0.4, "You said 12.")]),
        # Typed ahead: dropped, or kept with or without its end.
        ("", "", "press 12# at 1s; press 34#", [(0, WELCOME), (0, ENTER), (0.4, "You said 34.")]),
        ("", KEEP, "press 12# at 1s", [(0, WELCOME), (0, "You said 12.")]),
        ("", KEEP, "press 1234 at 1s", [(0, WELCOME), (0, "You said 1234.")]),
        ("", KEEP, "press 12 at 1s; wait 1.25s; press 3#", [(0, WELCOME), (0.2, "You said 123.")]),
        ("", KEEP, "press 12 at 1s; silent", [(0, WELCOME), (3, "You said 12.")]),
        ("", KEEP, "press 1 at 1s; silent; press 12#", [(0, WELCOME), (3, WRONG), (0.4, "You said 12.")]),
    ],
)  # fmt: skip
def test_digits_are_collected(fixed: str, type_ahead: str, plan: str, heard: list[tuple[float, str]]) -> None:
    simulation = call(program(account(fixed, type_ahead or "type ahead drop")), plan)
    lines = [line for line in simulation.lines if line.who == "ivr"]
    assert [line.text for line in lines] == [text for _, text in heard]
    before = 0.0
    for line, (gap, _) in zip(lines, heard, strict=True):
        assert line.t == pytest.approx(before + gap), line
        before = line.end
    assert result(simulation) == "done"


# --------------------------------------------------------------------------------------------------------------------
# Keys that are reported twice

TWICE = """
step welcome
    say "Welcome."
    go to account

collect account
    into number
    prompt "Enter three digits."{fixed}
    digits 3
    no match "Wrong."
    no input "Nothing."
    type ahead keep
    accepted -> between
    after 3 tries -> rescue

step between
    say "Wait."
    go to next

menu next
    prompt "Press 1, 2 or 3."
    press 1 -> one
    press 2 -> two
    press 3 -> three
    type ahead keep
    no match "Wrong."
    no input "Nothing."
    after 3 tries -> rescue

step one
    say "One."
    finish one

step two
    say "Two."
    finish two

step three
    say "Three."
    finish three
"""


def at_account(fixed: str = "") -> Fed:
    fed = Fed(program(flow(TWICE.replace("{fixed}", fixed)))).connect()
    fed.give(PlayEnded(fed.now, fed.op))
    assert fed.state.block == "account"
    return fed


def test_a_key_of_a_recognition_is_never_taken_again_however_its_reports_arrive() -> None:
    reports = [ToneHeard(MONDAY, number, tone) for number, tone in enumerate("123", 1)]
    orders = list(permutations([*reports, None, reports[1]]))  # None: the recognition itself; one report twice
    for order in orders:
        fed = at_account()
        for event in order:
            asked = fed.op
            fed.give(event or Recognized(MONDAY, asked, 200, 8531, tones="123"))
            if fed.state.block == "between":
                fed.give(PlayEnded(MONDAY, fed.op))
        assert fed.state.block == "next", order
        assert fed.state.heard == (), order
        assert fed.state.visit is not None
        assert fed.state.visit.tries == 0


def test_reports_in_order_leave_nothing_owed_and_the_next_key_counts() -> None:
    for before in range(4):
        fed = at_account()
        reports = [ToneHeard(MONDAY, number, tone) for number, tone in enumerate("123", 1)]
        for event in reports[:before]:
            fed.give(event)
        fed.give(Recognized(MONDAY, fed.op, 200, 8531, tones="123"))
        for event in reports[before:]:
            fed.give(event)
        assert (fed.state.heard, fed.state.owed, fed.state.block) == ((), "", "between")
        moved = fed.give(ToneHeard(MONDAY, 4, "2"))  # typed ahead during "Wait.", which it stops
        assert [type(effect) for effect in moved.effects if not isinstance(effect, SetTimer)][-2:] == [
            CancelMedia,
            Play,
        ]
        assert fed.state.block == "two"


@pytest.mark.parametrize("stale", ["7", "3"])
def test_a_key_that_the_host_ignored_is_not_kept_for_later(stale: str) -> None:
    """Pressed while a prompt played that nobody may interrupt."""
    for late in (0, 1, 2, 3):
        fed = at_account(" cannot be interrupted")
        assert of(fed.effects, Recognize)[-1].barge_in is False
        reports = [ToneHeard(MONDAY, number, tone) for number, tone in enumerate(f"{stale}123", 1)]
        for event in reports[: len(reports) - late]:
            fed.give(event)
        fed.give(Recognized(MONDAY, fed.op, 200, 8531, tones="123"))
        for event in reports[len(reports) - late :]:
            fed.give(event)
        assert (fed.state.heard, fed.state.owed, fed.state.block) == ((), "", "between"), late


def test_a_mistake_forgets_what_was_typed_ahead() -> None:
    fed = at_account()
    fed.give(Recognized(MONDAY, fed.op, 200, 8531, tones="123"))
    for number, tone in enumerate("12391", 1):  # 9 is none of the choices, 1 was typed for whatever comes after it
        fed.give(ToneHeard(MONDAY, number, tone))
    assert fed.state.block == "next"
    assert fed.took()[-1] == "no match"
    fed.give(Recognized(MONDAY, fed.op, 200, 8531, tones="2"))
    assert (fed.state.block, fed.state.heard) == ("two", ())


# --------------------------------------------------------------------------------------------------------------------
# Transfers

LINES = """
transfer first
    to number first
    ring 25s
    answered -> finish first
    no answer "Nobody." -> second
    busy or declined or failed -> second

transfer second
    to number second
    answered -> finish second
    no answer or busy or declined or failed -> sorry
"""


def ringing() -> Fed:
    return Fed(unchecked(flow(LINES))).connect()  # IVR545: the machine has to bear it all the same


def fire(fed: Fed, timer: str) -> None:
    due = [effect for effect in of(fed.effects, SetTimer) if effect.timer == timer][-1]
    fed.give(TimerFired(due.due, timer, due.generation))


def test_ring_and_watch_are_set_when_a_transfer_begins() -> None:
    fed = ringing()
    timers = {timer.timer: timer.due - fed.now for timer in of(fed.steps[-1].effects, SetTimer)}
    assert timers == {"watch": 90.0, "ring": 25.0}


def test_the_simulator_refuses_a_second_transfer_as_the_host_does() -> None:
    simulation = call(unchecked(flow(LINES)), "silent")
    told = [(round(line.t, 2), line.text) for line in simulation.lines if line.who == "call"]
    assert told[:2] == [(0.0, "rings number first"), (25.35, "cannot ring second while first still rings")]
    assert ivr(simulation) == ["Nobody.", "Sorry."]
    ended = call(unchecked(flow(LINES)), "transfer busy; transfer answered")  # the first one is over: the second rings
    assert result(ended) == "second"


@pytest.mark.parametrize("timer", ["ring", "watch"])
@pytest.mark.parametrize("how", ["accepted", "disconnected", "disconnected first", "accepted twice"])
@pytest.mark.parametrize("meanwhile", ["prompt", "second rings", "second refused"])
def test_a_transfer_that_we_gave_up_may_still_be_answered(timer: str, how: str, meanwhile: str) -> None:
    fed = ringing()
    op = fed.op
    fire(fed, timer)
    assert fed.took() == ["no answer" if timer == "ring" else "failed"]
    if timer == "ring" and meanwhile != "prompt":
        fed.give(PlayEnded(fed.now, fed.op))
    if meanwhile == "second refused":
        fed.give(ActionFailed(fed.now, fed.op, 409, 8607))
    accepted, over = TransferAccepted(fed.now, op), Disconnected(fed.now, 200, 7015)
    # Without the acceptance, a disconnect while the second one rings can only be put down to the second.
    second = how.startswith("disconnected") and fed.state.waiting is not None and fed.state.waiting.kind == "transfer"
    orders: dict[str, list[Event]] = {
        "accepted": [accepted],
        "disconnected": [over],
        "disconnected first": [over, accepted],
        "accepted twice": [accepted, over, accepted],
    }
    for event in orders[how]:
        fed.give(event)
    assert fed.end is not None
    won = "second" if second else "first"
    assert (fed.end.ending, fed.end.result, fed.end.block) == ("transferred", won, won)


def test_a_disconnect_may_come_before_the_acceptance_that_caused_it() -> None:
    fed = ringing()
    op = fed.op
    fed.give(Disconnected(fed.now, 200, 7015))
    assert fed.end is not None
    assert (fed.end.ending, fed.end.result, fed.end.block) == ("transferred", "first", "first")
    assert fed.give(TransferAccepted(fed.now, op)).effects == ()


def test_a_given_up_transfer_that_fails_is_over() -> None:
    fed = ringing()
    op = fed.op
    fire(fed, "ring")
    fed.give(ActionFailed(fed.now, op, 480, 560480))
    fed.give(TransferAccepted(fed.now, op))
    assert fed.end is None
    assert fed.state.ringing == ()


# --------------------------------------------------------------------------------------------------------------------
# When things break

EVERYTHING = """
step welcome
    say "One two three four."
    go to choose

menu choose
    prompt "Press 1 or say one."
    press 1 or say "one" -> rescue
    no input "Nothing."
    no match "Wrong."
    speech unavailable "Keys."
    after 3 tries -> rescue
"""


@pytest.mark.parametrize(
    "make",
    [
        lambda fed: ActionFailed(fed.now, fed.op, 500, 9999),
        lambda fed: ActionFailed(fed.now, fed.op, 400, 8565),
        lambda fed: ActionRefused(fed.now, fed.op, 500),
        lambda fed: ActionRefused(fed.now, fed.op, 404, "8522"),
        lambda fed: ActionFailed(fed.now, fed.op, 400, 424242),
    ],
)
def test_when_nothing_works_the_call_ends_and_soon(make: object) -> None:
    """The way out is broken, too: it is tried a few times and no more."""
    fed = Fed(program(flow(EVERYTHING))).connect()
    for _ in range(20):
        if fed.end:
            break
        fed.give(make(fed))  # type: ignore[operator]
    assert fed.end is not None
    assert fed.end.ending == "failed"
    assert fed.took().count("system error") == 4


@pytest.mark.parametrize(
    ("handler", "ending"),
    [("choose", "failed"), ("nowhere", "failed"), ("finish over", "hung_up"), ("hang up", "hung_up")],
)
def test_a_handler_that_leads_into_itself_is_bounded(handler: str, ending: str) -> None:
    script = unchecked(flow(EVERYTHING).replace("-> rescue\n\nstep welcome", f"-> {handler}\n\nstep welcome"))
    fed = Fed(script).connect()
    while fed.end is None:
        assert len(fed.events) < 10
        fed.give(ActionFailed(fed.now, fed.op, 500, 9999))
    assert fed.end.ending == ending


def test_a_loop_without_a_wait_goes_where_system_errors_go() -> None:
    spinning = "\nstep a\n    set x = 1\n    go to b\n\nstep b\n    go to a\n"
    fed = Fed(unchecked(flow(spinning))).connect()
    assert fed.state.block == "rescue"
    fed = Fed(unchecked(flow(spinning).replace("-> rescue", "-> a"))).connect()
    assert fed.end is not None
    assert fed.end.ending == "failed"


def test_no_lost_callback_strands_a_caller() -> None:
    """Each wait has a watchdog that is later than the host's own limit; it leads on, and to an end at last."""
    fed = Fed(program(flow(EVERYTHING))).offer()
    asked = "Press 1 or say one."
    expected = [
        ("answer", 15.0),
        ("prompt", 2 * seconds("One two three four.")),
        ("input", 2 * seconds(asked) + 5 + 3),
        ("transfer", 60.0),
        ("prompt", 2 * seconds("Sorry.")),
    ]
    for kind, longest in expected:
        assert fed.state.waiting is not None
        assert fed.state.waiting.kind == kind
        watch = of(fed.effects, SetTimer)[-1]
        assert watch.due - fed.now == pytest.approx(longest + 30)
        lost = Fed(fed.script, state=fed.state)
        lost.give(TimerFired(watch.due, "watch", watch.generation))
        assert lost.end is None
        assert lost.state.block == ("sorry" if kind == "transfer" else "rescue")
        late = TimerFired(watch.due, "watch", watch.generation)
        fed.give(_next(fed, kind))
        assert fed.give(late).effects == (), "its time is over"
    assert fed.end is not None
    assert fed.end.result == "told"


def _next(fed: Fed, kind: str) -> Event:
    match kind:
        case "answer":
            return Connected(fed.now, fed.op)
        case "prompt":
            return PlayEnded(fed.now, fed.op)
        case "input":
            return Recognized(fed.now, fed.op, 200, 8533, label="0")
        case _:
            return ActionFailed(fed.now, fed.op, 486, 560486)


def test_a_cancelled_operation_without_a_hang_up_goes_on_after_a_grace() -> None:
    fed = Fed(program(flow(EVERYTHING))).connect()
    fed.give(ActionFailed(fed.now, fed.op, 400, 8508))
    watch = of(fed.steps[-1].effects, SetTimer)
    assert [timer.due - fed.now for timer in watch] == [CANCELLED_GRACE]
    fire(fed, "watch")
    assert fed.state.block == "rescue"
