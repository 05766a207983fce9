"""Actions of the protocol as requests to Call Automation: the only place that imports its SDK.

What the SDK would do by itself and we do not let it:

- It repeats requests that failed. A prompt repeated is heard twice, and the engine's outbox repeats already, in order
  and under one name. So retries are off, for all requests alike.
- It invents a new ``Repeatability-Request-ID`` for each request. Ours outlives a restart. The service knows these
  headers for answer, reject, transfer and terminate; prompts and recognitions have only their operation context.
- It leaves out ``interruptPrompt`` and ``interruptCallMediaOperation`` or sends false, where the service's own
  default is true. Both are always said here.
- It drops the details for a Teams agent unless some header goes with them.
"""

from __future__ import annotations

import asyncio
import math
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from azure.communication.callautomation import (
    CommunicationIdentifier,
    FileSource,
    MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
    RecognitionChoice,
    RecognizeInputType,
    SsmlSource,
    TextSource,
)
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient
from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, DeserializationError
from azure.core.pipeline.policies import AsyncRedirectPolicy, AsyncRetryPolicy
from azure.core.pipeline.transport import AioHttpTransport

from dsl.emergency import WHY, is_emergency
from interpreter.azure import advice
from interpreter.azure.capture import Capture, Notes
from interpreter.azure.dialling import UnboundNameError, dial
from interpreter.azure.legs import AzureHands, Lines
from interpreter.azure.outcome import of_error, repeatability
from interpreter.azure.people import BriefLines, along, identity, party, spoken
from interpreter.azure.recordings import MessageFiles
from interpreter.azure.sockets import transports
from interpreter.azure.speech import NOTHING, pieces
from interpreter.azure.tones import TONES
from interpreter.azure.transport import open_session
from interpreter.ports import Line, Performance, Performed, Refused, Request, TryLater
from interpreter.prompts.files import SUFFIX, PromptFolder
from interpreter.protocol import (
    Answer,
    CancelMedia,
    Choice,
    HangUp,
    HostAction,
    Play,
    PlayAudio,
    Prompt,
    Recognize,
    Reject,
    SayText,
    StartTones,
    StopTones,
    Transfer,
    Withdraw,
)
from interpreter.protocol import Request as Asked
from interpreter.routing import Floor
from interpreter.site import Site
from interpreter.staff import person_of

_TONE_NAMES = {character: name for name, character in TONES.items()}

# What fits between the service's limits: initial silence 0 to 300 s, for speech 20 s; between digits 1 to 60 s. The
# linter reports what lies outside; a value that was computed cannot be refused in the middle of a call.
_MOST_SILENCE, _MOST_SPEECH_SILENCE = 300, 20
_LEAST_BETWEEN, _MOST_BETWEEN = 1, 60

_SCOPE = "https://communication.azure.com//.default"
"""With two slashes, as the SDK asks for it."""

_Source = FileSource | SsmlSource | TextSource


class UnreadableAnswerError(Exception):
    """The service answered with something that is not the documented shape."""


class AzureHost:
    """Performs actions through one client, one session and one set of credentials. Make it with `connect`."""

    def __init__(self, site: Site, client: CallAutomationClient, credential: AsyncTokenCredential | None) -> None:
        self._site, self._client, self._credential = site, client, credential
        folder = site.prompts_path()
        self._files = PromptFolder(folder) if folder is not None else None
        self._brief: Callable[[str], BriefLines] = lambda _: ()
        self._capture: Capture | None = None

    async def perform(self, line: Line, action: HostAction, request: Request) -> Performance:
        """Sends one request. What the service answers becomes a `Performance`; nothing is repeated here."""
        try:
            async with asyncio.timeout(self._site.service.timeout_seconds):
                return await self._send(line, action, request)
        except UnboundNameError as error:
            return Refused(0, "UnboundName", str(error))
        except TimeoutError:
            return TryLater(0.0, f"no answer within {self._site.service.timeout_seconds:g} s")
        except (DeserializationError, UnreadableAnswerError, zlib.error) as error:
            return TryLater(0.0, f"the answer could not be read: {error}")
        except AzureError as error:
            found = of_error(error)
            if isinstance(found, Refused) and isinstance(action, Transfer):
                return replace(found, reason=advice.of_refusal(found.status, found.code, found.reason))
            return found

    async def redirect(self, incoming_context: str, target: Transfer) -> Performance:
        """Passes a ringing call on to somebody else, who rings in our place. Nothing is heard of it afterwards."""
        try:
            async with asyncio.timeout(self._site.service.timeout_seconds):
                await self._client.redirect_call(incoming_context, self._target(target))
        except UnboundNameError as error:
            return Refused(0, "UnboundName", str(error))
        except TimeoutError:
            return TryLater(0.0, f"no answer within {self._site.service.timeout_seconds:g} s")
        except AzureError as error:
            return of_error(error)
        return Performed()

    def hands(self, lines: Lines, floor: Callable[[], Floor], files: MessageFiles) -> AzureHands:
        """What the floor's orders are performed with, over the same connections. Whoever takes a call by a transfer is
        shown what the floor knows of it, too."""
        self._brief = lambda call: floor().briefs.get(call, ())
        return AzureHands(self._site, self._client, lines, floor, files)

    def captures(self, notes: Notes) -> None:
        """From now on calls can be recorded: ``notes`` remembers the host's names for recordings."""
        self._capture = Capture(self._site, self._client, notes)

    async def token(self) -> str:
        """A bearer token for the service, where there is no key. Raises `ValueError` when there is none to be had."""
        if self._credential is None:
            raise ValueError("the service is reached with a key, which is no token")
        try:
            return (await self._credential.get_token(_SCOPE)).token
        except ClientAuthenticationError as error:
            raise ValueError("no token for the service: its identity is not accepted") from error

    async def close(self) -> None:
        """Closes the connections. Afterwards nothing can be performed."""
        await self._client.close()
        if self._credential is not None:
            await self._credential.close()

    async def _send(self, line: Line, action: HostAction, request: Request) -> Performance:
        headers = repeatability(request)
        if isinstance(action, Answer):
            return await self._answer(line, action, headers)
        if isinstance(action, Reject):
            await self._client.reject_call(line.incoming_context, call_reject_reason=action.reason, headers=headers)
            return Performed()
        if isinstance(action, Asked) and action.verb == "dial":
            return await dial(self._site, self._client, line, action, headers)
        if isinstance(action, Transfer) and is_emergency(self._site.number(action.name) or ""):
            return Refused(0, "Emergency", WHY)
        if isinstance(action, HangUp) and action.connection:
            await self._client.get_call_connection(action.connection).hang_up(is_for_everyone=True, headers=headers)
            return Performed()
        if not line.connection_id:
            # Its name comes with the answer's reply or with the first callback, whichever is first.
            return TryLater(0.0, "the service has not named the connection yet")
        call = self._client.get_call_connection(line.connection_id)
        match action:
            case Play():
                await self._play(call, action)
            case Recognize():
                await self._recognize(call, line, action)
            case StartTones():
                await call.start_continuous_dtmf_recognition(party(line.caller), operation_context=action.op)
            case StopTones():
                await call.stop_continuous_dtmf_recognition(party(line.caller), operation_context=action.op)
            case CancelMedia():
                await call.cancel_all_media_operations()
            case Asked() if self._capture is not None:
                return await self._capture.perform(call, line, action, request, headers)
            case Asked() | Withdraw():
                return Refused(501, "NotBuilt", "the telephone service is not asked for this")
            case Transfer():
                await self._transfer(call, line, action, headers)
            case HangUp():
                await call.hang_up(is_for_everyone=True, headers=headers)
            case _:
                assert_never(action)
        return Performed()

    async def _answer(self, line: Line, action: Answer, headers: dict[str, str]) -> Performed:
        try:
            answered = await self._client.answer_call(
                line.incoming_context,
                f"{self._site.server.callback_base}/callbacks/{line.shard}/{line.call_id}",
                cognitive_services_endpoint=self._site.service.cognitive_services_endpoint,
                operation_context=action.op,
                headers=headers,
                **transports(self._site.server.callback_base or "", line, action.transcribes, action.streams),
            )
        except AttributeError as error:
            # The SDK reads an answer without a body as if it had one. The call may well be answered.
            raise UnreadableAnswerError("it is empty") from error
        return Performed(answered.call_connection_id or "")

    async def _play(self, call: CallConnectionClient, action: Play) -> None:
        sources = self._sources(action.prompts, action.language, action.voice)
        await call.play_media(
            sources or [spoken(NOTHING, action.language, action.voice)],
            loop=action.loop,
            operation_context=action.op,
            interrupt_call_media_operation=action.interrupts,
        )

    async def _recognize(self, call: CallConnectionClient, line: Line, action: Recognize) -> None:
        sources = self._sources(action.prompts, action.language, action.voice)
        tones = action.kind != "choices"
        spoken = action.kind != "tones"
        most = _MOST_SPEECH_SILENCE if spoken else _MOST_SILENCE
        await call.start_recognizing_media(
            _INPUT[action.kind],
            party(line.caller),
            play_prompt=sources[0] if len(sources) == 1 else sources or None,
            interrupt_call_media_operation=False,
            interrupt_prompt=action.barge_in,
            initial_silence_timeout=_whole_seconds(action.first, 0, most),
            dtmf_inter_tone_timeout=_whole_seconds(action.between, _LEAST_BETWEEN, _MOST_BETWEEN) if tones else None,
            dtmf_max_tones_to_collect=max(action.max_tones, 1) if tones else None,
            dtmf_stop_tones=[_TONE_NAMES[tone] for tone in action.stop_tones] if tones else None,
            speech_language=action.language if spoken else None,
            choices=[_choice(choice) for choice in action.choices] if action.kind == "choices" else None,
            operation_context=action.op,
        )

    async def _transfer(
        self, call: CallConnectionClient, line: Line, action: Transfer, headers: dict[str, str]
    ) -> None:
        target = self._target(action)
        telephone = isinstance(target, PhoneNumberIdentifier)
        await call.transfer_call_to_participant(
            target,
            operation_context=action.op,
            source_caller_id_number=self._caller_id(line, action) if telephone else None,
            **along(self._site.settings.attached, line, target, self._brief(line.call_id)),
            headers=headers,
        )

    def _target(self, action: Transfer) -> CommunicationIdentifier:
        match action.kind:
            case "number":
                return PhoneNumberIdentifier(_bound("number", action.name, self._site.number(action.name)))
            case "teams_user":
                return MicrosoftTeamsUserIdentifier(
                    _bound("Teams user", action.name, self._site.teams_user(action.name))
                )
            case "teams_app":
                return MicrosoftTeamsAppIdentifier(_bound("Teams app", action.name, self._site.teams_app(action.name)))
            case "agent":
                agent = self._site.agent(action.name)
                if agent is None:
                    raise UnboundNameError(f"no agent is called `{action.name}` in the site file")
                return identity(person_of(agent))
            case _:
                assert_never(action.kind)

    def _caller_id(self, line: Line, action: Transfer) -> PhoneNumberIdentifier | None:
        """The number to show: only to telephones, and never for a call that came in on a Teams resource account.

        There the service answers 400/8523 "SourceCallerIdNumber … not supported"; elsewhere it insists on one.
        """
        if line.called.startswith("28:"):
            return None
        name = action.caller_id or self._site.service.caller_id
        if name:
            return PhoneNumberIdentifier(_bound("number", name, self._site.number(name)))
        return PhoneNumberIdentifier(line.called) if line.called.startswith("+") else None

    def _sources(self, prompts: tuple[Prompt, ...], language: str, voice: str) -> list[_Source]:
        sources: list[_Source] = []
        for prompt in prompts:
            match prompt:
                case SayText():
                    own = prompt.language or language, prompt.voice if prompt.language else voice
                    if files := self._in_files(prompt, *own):
                        sources.extend(files)
                    elif prompt.ssml:
                        sources.append(SsmlSource(ssml_text=prompt.text))
                    else:
                        sources.extend(spoken(piece, *own) for piece in pieces(prompt.text))
                case PlayAudio():
                    sources.append(FileSource(_bound("recording", prompt.name, self._site.audio(prompt.name))))
                case _:
                    assert_never(prompt)
        return sources

    def _in_files(self, prompt: SayText, language: str, voice: str) -> list[FileSource]:
        """The files in which exactly this is heard, if there are any. The service keeps what it has fetched by name."""
        if self._files is None:
            return []
        names = self._files.of_text(prompt.text, language, voice, prompt.ssml) or ()
        url = self._site.prompts_url()
        return [FileSource(f"{url}/{name}{SUFFIX}", play_source_cache_id=name) for name in names]


_INPUT = {
    "tones": RecognizeInputType.DTMF,
    "choices": RecognizeInputType.CHOICES,
    "speech_or_tones": RecognizeInputType.SPEECH_OR_DTMF,
}


async def connect(site: Site) -> AzureHost:
    """A host for the site's resource.

    Raises `ValueError` when the site names no resource, no callback address or no usable identity.
    """
    access = site.service.access()
    if access is None:
        raise ValueError("[service] names no resource: set connection_string, or endpoint with key or credential")
    if site.server.callback_base is None:
        raise ValueError("[server] callback_base is missing: the service would not know where to report to")
    endpoint, key = access
    entra = await _entra() if key is None else None
    client = CallAutomationClient(
        endpoint,
        entra or AzureKeyCredential(key.get_secret_value() if key is not None else ""),
        transport=AioHttpTransport(
            session=open_session(site.ca_path(), site.service.timeout_seconds), use_env_settings=False
        ),
        retry_policy=AsyncRetryPolicy.no_retries(),
        redirect_policy=AsyncRedirectPolicy.no_redirects(),
    )
    return AzureHost(site, client, entra)


async def _entra() -> AsyncTokenCredential:
    """The machine's own identity. Imported only here, since it takes longer to load than all the rest.

    The first token is fetched at once: finding out which identity there is may take longer than a request may.
    """
    from azure.identity.aio import DefaultAzureCredential

    credential = DefaultAzureCredential()
    try:
        await credential.get_token(_SCOPE)
    except ClientAuthenticationError as error:
        await credential.close()
        raise ValueError(f'[service] credential = "entra", but no identity was found: {error.message}') from error
    return credential


def _choice(choice: Choice) -> RecognitionChoice:
    tone = _TONE_NAMES[choice.tone] if choice.tone else None
    return RecognitionChoice(label=choice.label, phrases=list(choice.phrases), tone=tone)


def _whole_seconds(seconds: float, least: int, most: int) -> int:
    """The service counts whole seconds; a fraction is rounded in the caller's favour."""
    return min(max(math.ceil(seconds), least), most)


def _bound(what: str, name: str, value: str | None) -> str:
    if value is None:
        raise UnboundNameError(f"no {what} is called `{name}` in the site file")
    return value
