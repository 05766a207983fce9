"""What the tests of a contact center share: a script for each of its blocks, and calls of them."""

from __future__ import annotations

from machine_rig import Fed, call, of, unchecked

from interpreter.protocol import SetTimer, TimerFired
from interpreter.simulate import Simulation

HEAD = """\
ivr 1
flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> broken

"""
TAIL = """
step broken
    finish system_error
"""
QUEUE = """\
queue line
    needs skill billing >= 3
    after 60s needs skill billing >= 1
    after 120s ignores skill billing
    priority 8 if caller.number is "+14255550100" else 5
    priority grows 1 every 120s up to 10
    say "You are number {queue.position} in line." from 30s every 60s when improved
    music "hold"
    press 1 from 120s every 120s when queue.estimate > 5m "To be called back, press 1." -> callback_wanted
    press 2 -> gave_up
    limit 40
    longest estimate 20m
    ring 20s
    answered                       -> after_agent
    waited 10m "We are sorry."     -> gave_up
    no agents or full or failed    -> nobody

step after_agent
    finish handled

step callback_wanted
    finish callback_wanted

step gave_up
    finish gave_up

step nobody
    finish nobody
"""
MAILBOX = """\
voicemail mailbox
    greeting "Please leave a message."
    up to 3m, stop on # or 4s of silence, transcribe
    review "Press 1 to send."
    saved  -> finish message_taken
    empty  -> finish no_message
    failed -> finish not_kept
"""
ACCEPT = """\
transfer ask
    to agent anna
    accept "Call from {caller.number}. Press 1 to accept, 2 to decline."
    music "hold"
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> finish nobody
"""
CONSULT = """\
consult colleague
    with expert billing_sme
    ring 30s
    music "hold"
    unhold automatically
    say "One moment, I am checking with a colleague." every 10s
    joined                                                  -> finish handled
    declined or no answer or not allowed or failed -> finish nobody
"""
PAY = """\
collect card
    into secret number
    prompt "Card?"
    digits 16
    no input "Hello?"
    no match "Sorry?"
    accepted      -> amount
    after 3 tries -> broken

collect amount
    into amount
    prompt "How much?"
    money, ends with #
    no input "Hello?"
    no match "Sorry?"
    accepted      -> payment
    after 3 tries -> broken

pay payment
    into paid
    amount amount
    card number
    through cards
    within 15s
    after 2s say "Still processing, please stay on the line."
    paid                           -> finish paid
    unknown                        -> finish unknown
    declined or cancelled or failed -> finish not_paid
"""
ENTERED = "press 4242424242424242; press 35#; "
SURVEY = """\
survey questions
    offer "Would you answer two questions? 1 yes, 2 no."
    ask rating "From 1 to 5?" keys 1 to 5
    ask solved "Solved? 1 yes, 2 no." keys 1 to 2
    remark words "Anything else?" up to 30s
    done    -> finish surveyed
    skipped -> finish skipped
"""


def script(blocks: str) -> str:
    return HEAD + blocks + TAIL


def fed(blocks: str) -> Fed:
    return Fed(unchecked(script(blocks))).connect()


def simulated(blocks: str, plan: str) -> Simulation:
    return call(unchecked(script(blocks)), plan)


def spoken(simulation: Simulation) -> list[tuple[float, str]]:
    """What the caller has heard, without music, at its time."""
    return [(round(line.t, 2), line.text) for line in simulation.lines if line.who == "ivr" and line.text[0] != "["]


def fire(live: Fed, name: str) -> None:
    """Let the timer come due that was set last under this name."""
    timer = [each for each in of(live.effects, SetTimer) if each.timer == name][-1]
    live.now = max(live.now, timer.due)
    live.give(TimerFired(live.now, timer.timer, timer.generation))


def due(live: Fed, name: str) -> float:
    """When the timer comes due that was set last under this name."""
    return [each for each in of(live.effects, SetTimer) if each.timer == name][-1].due
