"""The machine: `step` moves a call by one event. The only place with transitions.

Theory of operation
===================

A call waits for exactly one thing at a time (`state.Waiting`): the answer, the end of a prompt, an input, what another
part of the house reports, or the end of a transfer. An event that carries the awaited operation's name moves it on; the
machine then goes through blocks (`run.follow`) until the next thing to wait for. Everything else changes nothing: a
late, repeated or foreign event is traced as ignored. That one rule is why duplicated and reordered callbacks do no
harm.

Four events are exceptions, because they may come at any time:

- `Disconnected` ends the call, and so does `LineEnded` of the line that came of a call of our own. What the script
  says for hang-ups is run in silence. After it nothing changes any more.
- `TimerFired`: ``ring`` is the script's own limit for a transfer; ``watch`` says that a callback was lost, and the
  call goes where system errors go instead of standing still.
- `ToneHeard` is a key pressed while no block was listening; blocks with ``type ahead keep`` take it.
- `TransferAccepted` of a transfer that our own timer had given up: the caller is talking to somebody, so that wins.

`step` is pure and total: no clock but the event's, no input or output, and no exception for anything that a caller,
a script or the service can do. Two hang-ups, answers to questions never asked and codes never seen are all just events.
"""

from __future__ import annotations

import dataclasses
from typing import assert_never

from dsl import Program
from dsl.analysis.given import CALLEE
from dsl.analysis.kinds import declared
from dsl.ast import Collect, Transfer
from interpreter.machine import answer, center, ends, feeds, keys, recording, requests, run, secrecy
from interpreter.machine.results import CANCELLED, TRANSFERRED, transfer_outcome
from interpreter.machine.state import After, Call, Continue, Step, Trace, Visit, Waiting, Way, begin
from interpreter.machine.turn import Turn
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    Answer,
    Assessed,
    CallOffered,
    CallStarted,
    CancelMedia,
    Connected,
    Disconnected,
    Event,
    HangUp,
    LineEnded,
    PlayEnded,
    PlayStreams,
    Recognized,
    RecordingChanged,
    Reported,
    SocketBroke,
    StartTones,
    TimerFired,
    ToneHeard,
    TransferAccepted,
    Utterance,
    Value,
    VoiceHeard,
)
from interpreter.values.attached import of_text

__all__ = ["Call", "Continue", "Step", "Trace", "Visit", "Waiting", "Way", "begin", "step"]

HEARD = "heard:"
"""What the timers of prompts begin with that we stream ourselves; their operation follows."""
RING_LIMIT = 15.0
"""Seconds that answering should take. With the watch's slack this is longer than a call rings at all (30 s)."""


def step(program: Program, call: Call, event: Event) -> Step:
    """Move ``call`` by ``event``. Pure; see the module for what it promises."""
    turn = Turn(program, call, event.at)
    if call.finished:
        turn.note("ignored", type(event).__name__)
        return turn.step()
    if isinstance(event, RecordingChanged):
        told = recording.recording_changed(turn, event)
        if told is None:
            return turn.step()
        event = told
    if isinstance(event, Reported | ActionRefused):
        feeds.noted(turn, event)
    if isinstance(event, LineEnded) and event.op == turn.call.line:
        event = Disconnected(event.at, event.code, event.sub_code, event.reason)
    if isinstance(event, TimerFired) and event.timer.startswith(HEARD) and _is_armed(turn, event):
        # What we stream ourselves has been heard: nobody else says so.
        turn.update(armed=tuple(each for each in turn.call.armed if each[0] != event.timer))
        event = PlayEnded(event.at, event.timer.removeprefix(HEARD))
    if turn.call.phase == "live" and _of_center(turn, event):
        return turn.step()
    match event:
        case CallOffered():
            _offered(turn, event)
        case CallStarted():
            _started(turn, event)
        case Connected():
            _connected(turn, event)
        case LineEnded():
            turn.note("ignored", f"the end of {event.op}")
        case PlayEnded() | Recognized() | TransferAccepted() | ActionFailed() | ActionRefused() | Reported():
            _operation_ended(turn, event)
        case ToneHeard():
            _tone(turn, event)
        case Utterance():
            pass  # it stands in the journal, for whoever may read it there
        case VoiceHeard():
            _voice(turn)
        case PlayStreams():
            turn.timer(f"{HEARD}{event.op}", event.seconds)
        case Assessed():
            turn.update(heard_sentiment=event.sentiment, heard_topic=event.topic)
        case SocketBroke():
            turn.note("error", f"the web socket of the {event.feed} broke: {event.reason}")
        case Disconnected():
            _disconnected(turn, event)
        case TimerFired():
            _timer(turn, event)
        case _:
            assert_never(event)
    return turn.step()


def _of_center(turn: Turn, event: Event) -> bool:
    """Whether the block of a contact center that the call is in takes the event."""
    waiting = turn.call.waiting
    if waiting is None or waiting.kind != "center":
        return False
    block = turn.program.blocks.get(turn.call.block)
    return block is not None and center.event(turn, block, event)


def _offered(turn: Turn, event: CallOffered) -> None:
    if turn.call.phase != "new":
        turn.note("ignored", "offered again")
        return
    turn.update(
        phase="ringing",
        caller=event.caller,
        caller_name=event.caller_name,
        callee=event.callee,
        called=event.called,
        switches=event.switches,
        started=event.at,
        variables=_attached(turn, event.attached) + (((CALLEE, event.callee),) if event.callee else ()),
    )
    op = turn.op()
    turn.effects.append(Answer(op, *feeds.agreed(turn)))
    turn.wait("answer", op, RING_LIMIT)


def _attached(turn: Turn, given: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
    """What came with the call, as the types that the flow declares. What does not fit is missing, like what did not
    come: others write it, and no call may fail because of it."""
    came, found = dict(given), []
    for each in turn.program.flow.attached if turn.program.flow is not None else ():
        raw = came.get(each.name.text)
        value = of_text(raw, declared(each.type)) if isinstance(raw, str) else raw
        if value is not None:
            found.append((each.name.text, value))
        elif raw is not None:
            turn.note("ignored", f"attached {each.name.text}: it is no {declared(each.type).title}")
    return tuple(found)


def _started(turn: Turn, event: CallStarted) -> None:
    """A call of our own: its flow runs at once, and its first `dial` brings somebody on the line."""
    if turn.call.phase != "new":
        turn.note("ignored", "started again")
        return
    turn.update(phase="live", called=event.called, switches=event.switches, started=event.at, variables=event.arguments)
    if event.not_before > event.at:
        turn.update(waiting=Waiting("start", turn.op()))
        turn.timer("start", event.not_before - event.at)
        return
    run.follow(turn, Way("block", turn.program.entry))


def _connected(turn: Turn, event: Connected) -> None:
    if event.connection and event.op != turn.call.line:
        # Somebody whom nobody waits for any more has picked up, and must not be left listening to silence.
        turn.note("ignored", f"{event.op} is answered too late")
        turn.effects.append(HangUp(turn.op(), event.connection))
        return
    if turn.call.phase != "ringing":
        turn.note("ignored", "connected again")
        return
    turn.stop_waiting()
    turn.update(phase="live")
    if turn.program.keeps_type_ahead:
        turn.effects.append(StartTones(turn.op()))
    run.follow(turn, _opening(turn))


def _opening(turn: Turn) -> After | None:
    """The first block, behind the notice of a recording where there is one: it is said before anything else."""
    entry = Way("block", turn.program.entry)
    record = turn.program.flow.record if turn.program.flow else None
    if record is None:
        return entry
    recording.start(turn, record)
    prompts = turn.prompts((record.notice,)) if record.notice is not None else ()
    if prompts is None:
        return ends.system_error(turn, "a value of the notice is missing")
    if not prompts:
        return entry
    turn.play(prompts, entry)
    return None


def _operation_ended(
    turn: Turn, event: PlayEnded | Recognized | TransferAccepted | ActionFailed | ActionRefused | Reported
) -> None:
    waiting = turn.call.waiting
    if isinstance(event, TransferAccepted) and event.op in dict(turn.call.ringing):
        _handed_over(turn, dict(turn.call.ringing)[event.op])
        return
    if waiting is not None and waiting.filler == event.op:
        # What is said meanwhile has been said, or cannot be: nothing is left to wait for but the answer.
        turn.update(waiting=dataclasses.replace(waiting, filler="", filler_ends=0.0))
        return
    if waiting is None or waiting.op != event.op:
        turn.update(ringing=tuple(rung for rung in turn.call.ringing if rung[0] != event.op))
        _unawaited(turn, event)
        turn.note("ignored", f"{type(event).__name__} of {event.op}")
        return
    match waiting.kind, event:
        case "prompt", PlayEnded():
            run.resume(turn, waiting)
        case "request", Reported() | ActionRefused():
            run.follow(turn, _answered(turn, waiting, event))
        case "input", Recognized():
            run.follow(turn, answer.answered(turn, event))
        case "input", ActionFailed():
            run.follow(turn, answer.answered(turn, event))
        case (("prompt" | "transfer"), ActionFailed()) if event.sub_code in CANCELLED:
            turn.timer("watch", answer.CANCELLED_GRACE)
        case "transfer", TransferAccepted():
            _handed_over(turn, turn.call.block)
        case "transfer", ActionFailed():
            _transfer_ended(turn, transfer_outcome(event))
        case "transfer", ActionRefused():
            _transfer_ended(turn, "failed")
        case "answer", ActionFailed() | ActionRefused():
            turn.note("error", f"the call could not be answered: {event.reason}")
            turn.update(gone=True, ending="failed")
            ends.give_up(turn)
        case _, ActionFailed():
            run.follow(turn, ends.system_error(turn, f"{waiting.kind} ended with {event.code}/{event.sub_code}"))
        case _, ActionRefused():
            run.follow(turn, ends.system_error(turn, f"{waiting.kind} was refused: {event.status} {event.code}"))
        case _:
            turn.note("ignored", f"{type(event).__name__} while waiting for {waiting.kind}")


def _unawaited(turn: Turn, event: Event) -> None:
    """Nobody waits for it; but of a recording it is known now that it is not as it was wanted."""
    refused = isinstance(event, ActionRefused) or (isinstance(event, Reported) and event.outcome != "started")
    if refused and getattr(event, "op", "") == turn.call.recording_op:
        recording.not_changed(turn)


def _answered(turn: Turn, waiting: Waiting, event: Reported | ActionRefused) -> After | None:
    """The answer to a request that is waited for."""
    match waiting.purpose:
        case "check" | "count" | "understanding":
            return answer.told(turn, waiting, event)
        case "pause":
            block = turn.program.blocks.get(turn.call.block)
            if not isinstance(block, Collect) or not secrecy.paused(turn, waiting, event):
                return secrecy.not_paused(turn)
            turn.stop_waiting()
            return run.begin(turn, block)
        case "statement" | "":
            _unawaited(turn, event)
            return requests.reported(turn, waiting, event)
        case _:
            assert_never(waiting.purpose)


def _transfer_ended(turn: Turn, outcome: str) -> None:
    block = turn.program.blocks.get(turn.call.block)
    turn.stop_waiting()
    routes = block.routes if isinstance(block, Transfer) else ()
    run.follow(turn, ends.take_outcome(turn, routes, outcome))


def _handed_over(turn: Turn, name: str) -> None:
    """The target has the caller: run the rest of ``answered`` in silence."""
    block = turn.program.blocks.get(name)
    routes = block.routes if isinstance(block, Transfer) else ()
    route = next((r for r in routes if any(o.text == "answered" for o in r.outcomes)), None)
    turn.update(block=name)
    turn.note("took", "answered", route.span.start if route else -1)
    run.left(turn, "transferred", route.destination if route else None)


def _tone(turn: Turn, event: ToneHeard) -> None:
    if not turn.program.keeps_type_ahead:
        turn.note("ignored", "a key that no block takes")
        return
    waiting = turn.call.waiting
    heard = keys.report(turn, event) and waiting is not None and waiting.interruptible
    if heard and waiting is not None and waiting.kind in ("prompt", "silence"):
        if waiting.kind == "prompt":
            turn.effects.append(CancelMedia(turn.op()))
        run.resume(turn, waiting)


def _voice(turn: Turn) -> None:
    """The caller speaks while something is said that may be interrupted: it is, as by a key."""
    waiting = turn.call.waiting
    if waiting is None or waiting.kind != "prompt" or not waiting.interruptible or turn.call.audio.state != "on":
        turn.note("ignored", "a voice that interrupts nothing")
        return
    turn.note("edge", "caller speaks")
    turn.effects.append(CancelMedia(turn.op()))
    run.resume(turn, waiting)


def _disconnected(turn: Turn, event: Disconnected) -> None:
    waiting = turn.call.waiting
    if waiting is not None and waiting.kind == "transfer" and event.sub_code == TRANSFERRED:
        _handed_over(turn, turn.call.block)
        return
    late = [name for _, name in turn.call.ringing]
    if late and event.sub_code == TRANSFERRED:
        _handed_over(turn, late[-1])
        return
    block = turn.program.blocks.get(turn.call.block)
    if block is not None:
        turn.note("edge", "caller hangs up", block.span.start)
    handler = turn.program.flow.on_hangup if turn.program.flow and turn.call.phase == "live" else None
    run.left(turn, "abandoned", handler)


def _is_armed(turn: Turn, event: TimerFired) -> bool:
    return (event.timer, event.generation) in turn.call.armed


def _timer(turn: Turn, event: TimerFired) -> None:
    waiting = turn.call.waiting
    if waiting is None or not _is_armed(turn, event):
        turn.note("ignored", f"timer {event.timer}")
    elif waiting.kind == "transfer" and event.timer in ("ring", "watch"):
        turn.update(ringing=(*turn.call.ringing, (waiting.op, turn.call.block)))
        block = turn.program.blocks.get(turn.call.block)
        if event.timer == "ring" and isinstance(block, Transfer) and block.ring is not None:
            turn.note("edge", "rings too long", block.ring.span.start)
        _transfer_ended(turn, "no answer" if event.timer == "ring" else "failed")
    elif event.timer == "silence" and waiting.kind == "silence":
        run.resume(turn, waiting)
    elif waiting.kind == "start":
        turn.stop_waiting()
        run.follow(turn, Way("block", turn.program.entry))
    elif waiting.kind == "request":
        _request_timer(turn, waiting, event.timer)
    elif event.timer == "watch" and waiting.kind == "answer":
        # Perhaps only the news of it was lost. Whoever is there is helped; where nobody is, the host says so.
        turn.update(phase="live")
        run.follow(turn, ends.system_error(turn, "nothing came back for the answer"))
    elif event.timer == "watch":
        run.follow(turn, ends.system_error(turn, f"nothing came back for {waiting.op}"))
    else:
        turn.note("ignored", f"timer {event.timer}")


def _request_timer(turn: Turn, waiting: Waiting, timer: str) -> None:
    """A filler is due, or the time for an answer is over."""
    if timer.startswith("filler."):
        turn.update(armed=tuple(each for each in turn.call.armed if each[0] != timer))
        requests.fill(turn, waiting, int(timer.removeprefix("filler.")))
        return
    if waiting.purpose == "pause":
        recording.late(turn, waiting.op)
        run.follow(turn, secrecy.not_paused(turn))
    elif waiting.purpose in ("check", "count", "understanding"):
        run.follow(turn, answer.told(turn, waiting, ActionRefused(turn.at, waiting.op, 0, "late")))
    else:
        recording.late(turn, waiting.op)
        run.follow(turn, requests.late(turn, waiting))
