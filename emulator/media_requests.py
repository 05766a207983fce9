"""Media requests, read and checked: play, recognise, tones, continuous DTMF, cancel. [contract 1.2, 6.3, 6.4]"""

from __future__ import annotations

from emulator import fields, media, playback
from emulator.identifiers import Json
from emulator.model import Call, Choice, Echo, Listening, Play, Recognise, SendTones
from emulator.participants import connected, context_of, present
from emulator.rest_types import Reply, Request
from emulator.results import invalid
from emulator.world import World

TONE_LIMIT = 18
SILENCE_LIMIT, SPEECH_SILENCE_LIMIT = 300, 20
MANY = 2**31 - 1


def play(world: World, request: Request) -> Reply:
    call = connected(request)
    sources = fields.objects(request.body, "playSources")
    if not sources:
        raise invalid("The field PlaySources is required.")
    segments = playback.read_sources(world.config, sources)
    targets = tuple(present(call, who).who.key for who in fields.identifiers(request.body, "playTo"))
    loop = fields.flag(fields.mapping(request.body, "playOptions"), "loop")
    interrupt = fields.flag(request.body, "interruptCallMediaOperation")
    operation = Play(fields.echo(world.config, request.body), segments, targets, loop)
    media.submit(world, call, operation, main=not targets, interrupt=interrupt)
    return Reply(202)


def recognise(world: World, request: Request) -> Reply:
    call = connected(request)
    body = request.body
    options = fields.mapping(body, "recognizeOptions")
    target = present(call, fields.identifier(options, "targetParticipant"))
    kind = fields.text(body, "recognizeInputType").lower()
    listening = _listening(world, kind, options)
    segments = playback.read_sources(world.config, _prompts(body))
    interrupt = fields.flag(body, "interruptCallMediaOperation")
    operation = Recognise(fields.echo(world.config, body), segments, target.who.key, listening)
    # One to one it belongs to the main leg, in a group to the sub leg.
    media.submit(world, call, operation, main=len(call.remotes()) == 1, interrupt=interrupt)
    return Reply(202)


def _prompts(body: Json) -> list[Json]:
    single = fields.mapping(body, "playPrompt")
    several = fields.objects(body, "playPrompts")
    if single and several:
        raise invalid("Only one of the fields PlayPrompt and PlayPrompts may be given.")
    return [single] if single else several


def _listening(world: World, kind: str, options: Json) -> Listening:
    if kind not in ("dtmf", "speech", "speechordtmf", "choices"):
        raise invalid("The field RecognizeInputType must be dtmf, speech, speechOrDtmf or choices.")
    config = world.config
    dtmf = fields.mapping(options, "dtmfOptions")
    speech = fields.mapping(options, "speechOptions")
    choices = _choices(options) if kind == "choices" else ()
    longest = SILENCE_LIMIT if kind == "dtmf" else SPEECH_SILENCE_LIMIT
    most = fields.number(dtmf, "maxTonesToCollect", MANY, 1, MANY)
    end_ms = fields.number(speech, "endSilenceTimeoutInMs", config.end_silence_seconds * 1000, 0, MANY)
    return Listening(
        keys=kind in ("dtmf", "speechordtmf") or any(choice.tone is not None for choice in choices),
        speech=kind != "dtmf",
        barge_in=fields.flag(options, "interruptPrompt"),
        initial_silence=fields.number(
            options, "initialSilenceTimeoutInSeconds", config.first_input_seconds, 0, longest
        ),
        between_tones=fields.number(dtmf, "interToneTimeoutInSeconds", config.between_tones_seconds, 1, 60),
        end_silence=end_ms / 1000,
        max_tones=None if most == MANY else int(most),
        stop_tones=fields.tones(dtmf, "stopTones"),
        choices=choices,
        by_choice=kind == "choices",
    )


def _choices(options: Json) -> tuple[Choice, ...]:
    choices = tuple(_choice(one) for one in fields.objects(options, "choices"))
    if not choices:
        raise invalid("The field Choices is required to recognize choices.")
    toned = [choice.tone for choice in choices if choice.tone is not None]
    if toned and len(toned) != len(choices):
        raise invalid("Either all choices have a tone or none has.")
    if len(set(toned)) != len(toned) or len({choice.label for choice in choices}) != len(choices):
        raise invalid("Two choices have the same tone or label.")
    return choices


def _choice(model: Json) -> Choice:
    phrases = fields.strings(model, "phrases")
    if not phrases:
        raise invalid("The field Phrases of a choice is required.")
    if model.get("tone") is None:
        return Choice(fields.text(model, "label"), phrases, None)
    tone = fields.tones({"tone": [model["tone"]]}, "tone")[0]
    return Choice(fields.text(model, "label"), phrases, tone)


def cancel_all(world: World, request: Request) -> Reply:
    media.cancel_all(world, connected(request))
    return Reply(202)


def send_tones(world: World, request: Request) -> Reply:
    call = connected(request)
    tones = fields.tones(request.body, "tones")
    if not 1 <= len(tones) <= TONE_LIMIT:
        raise invalid(f"The field Tones must have 1 to {TONE_LIMIT} tones.")
    target = present(call, fields.identifier(request.body, "targetParticipant"))
    if target.who.kind != "phoneNumber":
        raise invalid("Tones can be sent to a phone number participant only.")
    echo = fields.echo(world.config, request.body)
    media.submit(world, call, SendTones(echo, tones, target.who.key), main=False, interrupt=False)
    return Reply(202, dict(context_of(echo)))


def start_continuous(world: World, request: Request) -> Reply:
    call, key, echo = _continuous(world, request)
    media.start_continuous(call, key, echo)
    return Reply(200)


def stop_continuous(world: World, request: Request) -> Reply:
    call, key, echo = _continuous(world, request)
    if not media.stop_continuous(world, call, key, echo):
        raise invalid("Continuous DTMF recognition was not started for this participant.")
    return Reply(200)


def _continuous(world: World, request: Request) -> tuple[Call, str, Echo]:
    call = connected(request)
    target = present(call, fields.identifier(request.body, "targetParticipant"))
    return call, target.who.key, fields.echo(world.config, request.body)
