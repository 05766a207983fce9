"""Media operations of a call: what may run beside what, in which queue, and how each ends.

The main leg (play to all, recognise in a call of two) is a queue. The sub leg (play to some, recognise in a group,
sending tones) holds one operation and refuses a second. Continuous DTMF runs beside both. [contract 6.3]
"""

from __future__ import annotations

from typing import Literal, assert_never

from emulator import feeds, playback, recognise
from emulator.fields import KEY_OF
from emulator.model import Call, Echo, Operation, Participant, Play, Recognise, Segment, SendTones, Sound
from emulator.results import (
    CANCELLED,
    CONVERSATION_ENDED,
    MEDIA_OK,
    OK,
    RestError,
    Result,
    of_failure,
)
from emulator.world import World


def submit(world: World, call: Call, operation: Operation, *, main: bool, interrupt: bool) -> None:
    """Queue an operation, after cancelling what it interrupts. Raises 412/8583 when the sub leg is taken."""
    if main:
        if interrupt:
            _cancel(world, call, list(call.main))
        call.main.append(operation)
        if call.main[0] is operation:
            _start(world, call, operation)
        return
    if call.sub:
        raise incompatible()
    call.sub.append(operation)
    _start(world, call, operation)


def incompatible() -> RestError:
    return RestError(412, 8583, "Precondition failed: another media operation that excludes this one is in progress.")


def running(call: Call, operation: Operation) -> bool:
    """Whether an operation is still under way: its fetch or timer may come back too late."""
    return operation in call.sub or (bool(call.main) and call.main[0] is operation)


def _start(world: World, call: Call, operation: Operation) -> None:
    match operation:
        case Play():
            playback.prepare(world, operation.segments, lambda ready: _play(world, call, operation, ready))
        case Recognise():
            playback.prepare(world, operation.segments, lambda ready: _recognise(world, call, operation, ready))
        case SendTones():
            _send(world, call, operation)
        case _:
            assert_never(operation)


def _play(world: World, call: Call, operation: Play, ready: tuple[Segment, ...]) -> None:
    if not running(call, operation):
        return

    def done() -> None:
        world.emit(call, "PlayCompleted", MEDIA_OK, operation.echo)
        _finish(world, call, operation)

    def fault(index: int, result: Result) -> None:
        world.emit(call, "PlayFailed", result, operation.echo, {"failedPlaySourceIndex": index})
        _finish(world, call, operation)

    if (failure := world.mischief.failure("play")) is not None:
        fault(0, of_failure(failure))
        return
    for one in _held(call, operation):
        if one.hold is not None:
            playback.stop(world, one.hold)
            world.emit(call, "HoldAudioPaused", OK, one.hold_echo)
    if ready[0].fault is None:
        world.emit(call, "PlayStarted", OK, operation.echo)
    for phone in call.listeners(operation.targets):
        world.on_moment(phone, "play")
    operation.playback = playback.start(
        world, ready, lambda: call.listeners(operation.targets), call.sounds, done, fault, operation.loop
    )


def _held(call: Call, operation: Play) -> list[Participant]:
    """Who is on hold and is spoken to all the same: what is played to somebody by name is heard in the place of the
    hold audio. Its events were captured, and say no more than that."""
    return [one for one in call.participants if one.on_hold and one.who.key in operation.targets]


def _resume(world: World, call: Call, operation: Operation) -> None:
    """Hold audio goes on behind what was played in its place."""
    for one in _held(call, operation) if isinstance(operation, Play) else ():
        if one.hold is not None and one.hold.stopped:
            paused = one.hold
            one.hold = playback.start(
                world, paused.segments, paused.phones, None, paused.on_done, paused.on_fault, loop=True
            )
            world.emit(call, "HoldAudioResumed", OK, one.hold_echo)


def _recognise(world: World, call: Call, operation: Recognise, ready: tuple[Segment, ...]) -> None:
    if running(call, operation):
        recognise.start(world, call, operation, ready, lambda: _finish(world, call, operation))


def _send(world: World, call: Call, operation: SendTones) -> None:
    participant = call.by_key(operation.target)
    if participant is not None and participant.phone is not None:
        world.note(participant.phone, "tones", " ".join(operation.tones))

    def done() -> None:
        world.emit(call, "SendDtmfTonesCompleted", OK, operation.echo)
        _finish(world, call, operation)

    operation.timer = world.clock.call_later(world.config.tone_gap_seconds * len(operation.tones), done)


def _finish(world: World, call: Call, operation: Operation) -> None:
    _resume(world, call, operation)
    if operation in call.sub:
        call.sub.remove(operation)
    elif operation in call.main:
        call.main.remove(operation)
        if call.main and call.state == "connected":
            _start(world, call, call.main[0])


def cancel_all(world: World, call: Call) -> None:
    """End everything pending, main and sub, with its Canceled event (400/8508)."""
    _cancel(world, call, [*call.main, *call.sub])


def _cancel(world: World, call: Call, operations: list[Operation]) -> None:
    # Taken out first: the end of one must not start the next, which is being cancelled too.
    for operation in operations:
        if operation in call.main:
            call.main.remove(operation)
        else:
            call.sub.remove(operation)
    for operation in operations:
        _silence(world, operation)
        match operation:
            case Play():
                world.emit(call, "PlayCanceled", CANCELLED, operation.echo)
                _resume(world, call, operation)
            case Recognise():
                world.emit(call, "RecognizeCanceled", CANCELLED, operation.echo)
            case SendTones():
                world.emit(call, "SendDtmfTonesFailed", CANCELLED, operation.echo)
            case _:
                assert_never(operation)


def _silence(world: World, operation: Operation) -> None:
    if (heard := playback.playback_of(operation)) is not None:
        playback.stop(world, heard)
    timer = None if isinstance(operation, Play) else operation.timer
    if timer is not None:
        timer.cancel()


def deafen(world: World, call: Call, participant: Participant) -> None:
    """What is being played goes on without this participant, who leaves or is put on hold."""
    for operation in [*call.main, *call.sub]:
        heard = playback.playback_of(operation)
        if heard is not None and participant.phone is not None:
            playback.drop(world, heard, participant.phone)


def leave(world: World, call: Call, participant: Participant) -> None:
    """End the media that a departing participant is the only reason for."""
    key = participant.who.key
    deafen(world, call, participant)
    doomed: list[Operation] = []
    for operation in [*call.main, *call.sub]:
        match operation:
            case Play():
                alone = bool(operation.targets) and set(operation.targets) <= {key}
            case Recognise() | SendTones():
                alone = operation.target == key
            case _:
                assert_never(operation)
        if alone:
            doomed.append(operation)
    head = call.main[0] if call.main else None
    _cancel(world, call, doomed)
    stop_continuous(world, call, key, Echo())
    if call.main and call.main[0] is not head and call.state == "connected":
        _start(world, call, call.main[0])


def start_continuous(call: Call, key: str, echo: Echo) -> None:
    """Report every tone of a participant from now on. Raises 412/8583 while the sub leg is taken."""
    if call.sub:
        raise incompatible()
    call.continuous[key] = echo


def stop_continuous(world: World, call: Call, key: str, echo: Echo) -> bool:
    """End the reports; `echo` is of the request that asks. Returns whether there were any."""
    if (begun := call.continuous.pop(key, None)) is None:
        return False
    asked = echo.operation_context is not None or echo.callback_uri is not None
    world.emit(call, "ContinuousDtmfRecognitionStopped", OK, echo if asked else begun)
    return True


def end(world: World, call: Call) -> None:
    """The call is over: cancel what is pending; continuous DTMF says that the conversation has ended."""
    cancel_all(world, call)
    for echo in call.continuous.values():
        world.emit(call, "ContinuousDtmfRecognitionStopped", CONVERSATION_ENDED, echo)
    call.continuous.clear()
    for participant in call.participants:
        if participant.hold is not None:
            playback.stop(world, participant.hold)
            participant.hold = None


def tone(world: World, call: Call, participant: Participant, name: str) -> None:
    """A participant pressed a key."""
    _sound(world, call, participant, "keys", KEY_OF[name], world.config.tone_gap_seconds)
    feeds.key(world, call, KEY_OF[name])
    if (echo := call.continuous.get(participant.who.key)) is not None:
        call.continuous_count += 1
        extra = {"sequenceId": call.continuous_count, "tone": name}
        world.emit(call, "ContinuousDtmfRecognitionToneReceived", OK, Echo(echo.operation_context), extra)
    for operation in _listening(call, participant):
        recognise.tone(world, call, operation, name)


def speech(world: World, call: Call, participant: Participant, words: str) -> None:
    """A participant spoke; no words means a sound that no recogniser understands."""
    if participant.muted or participant.on_hold:
        return
    _sound(world, call, participant, "speech", words, world.config.seconds_per_word * len(words.split()))
    for operation in _listening(call, participant):
        recognise.speech(world, call, operation, words)


def _sound(
    world: World, call: Call, participant: Participant, kind: Literal["speech", "keys"], text: str, seconds: float
) -> None:
    """Others hear it, and so does a recording: nobody does who is muted or on hold."""
    if not participant.muted and not participant.on_hold:
        now = world.clock.now()
        end = now + max(seconds, playback.SHORTEST)
        call.sounds.append(Sound(now, kind, participant.who.label, text, end))
        feeds.sound(world, call, participant, kind, text, end - now)


def fail_speech(world: World, call: Call, participant: Participant) -> None:
    """The speech service refuses to go on listening to a participant."""
    for operation in _listening(call, participant):
        recognise.fail_speech(world, call, operation)


def _listening(call: Call, participant: Participant) -> list[Recognise]:
    active = [*([call.main[0]] if call.main else []), *call.sub]
    return [
        operation
        for operation in active
        if isinstance(operation, Recognise) and operation.started and operation.target == participant.who.key
    ]
