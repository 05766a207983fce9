"""The floor's orders as requests to Call Automation: other people's legs, in the caller's call and on their own line.

A leg's name is the operation context of everything that is done for it, so each callback says whose it is. Where the
service says that a call or a person is not there any more, that is what the order wanted to know.
"""

from __future__ import annotations

import asyncio
import logging
import math
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, assert_never

from azure.communication.callautomation import (
    CommunicationIdentifier,
    FileSource,
    MicrosoftTeamsAppIdentifier,
    PhoneNumberIdentifier,
    RecognizeInputType,
    RecordingChannel,
    RecordingContent,
    RecordingFormat,
    TextSource,
)
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient
from azure.core.exceptions import AzureError, DeserializationError

from dsl.emergency import WHY, is_emergency
from interpreter.addresses import shard_of
from interpreter.azure import advice
from interpreter.azure.leg_callbacks import HELD, HELD_SILENT
from interpreter.azure.leg_callbacks import LEG as FLOOR
from interpreter.azure.outcome import of_error, repeatability
from interpreter.azure.people import along, identity, is_person, number_of, party, spoken
from interpreter.azure.recordings import MessageFiles
from interpreter.floor.hands import Outcome
from interpreter.ports import Line, Refused, Request, TryLater
from interpreter.routing.protocol import (
    Admit,
    Aside,
    Beep,
    Cancelled,
    Chime,
    EndAside,
    EndCall,
    Event,
    Fetch,
    Hold,
    HostOrder,
    Hush,
    Join,
    Keyed,
    Listen,
    Listened,
    Mute,
    NotAnswered,
    NotHeld,
    Person,
    Probe,
    Probed,
    Recording,
    Remove,
    Removed,
    Ring,
    Rung,
    Say,
    SideOver,
    StartRecording,
    StopRecording,
    StopRinging,
    There,
    Unhold,
    Unmuted,
    Whisper,
    Who,
    Why,
)
from interpreter.routing.state import Floor, Leg
from interpreter.site import Site

log = logging.getLogger(__name__)
T = TypeVar("T")

Lines = Callable[[str], Awaitable[Line | None]]
"""Finds a call of ours as the host knows it."""

NOW = 0.0
"""The time of what has happened: the floor puts its own in its place."""
KEY_WITHIN = 6
"""Seconds to the key after a whisper (scenario S11)."""

_WHY: dict[int, Why] = {403: "not allowed", 422: "not allowed", 404: "invalid", 400: "invalid"}
"""Why somebody could not be called, by the HTTP status of the refusal."""


class AzureHands:
    """Performs the floor's orders through the host's client."""

    def __init__(
        self,
        site: Site,
        client: CallAutomationClient,
        lines: Lines,
        floor: Callable[[], Floor],
        files: MessageFiles,
    ) -> None:
        self._site, self._client, self._lines, self._floor, self._files = site, client, lines, floor, files

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        """One request, or what is known without one."""
        if isinstance(order, Fetch):
            return Outcome((await self._files.fetch(order),))
        if isinstance(order, Ring | Aside) and is_emergency(number_of(order.person)):
            return Outcome((NotAnswered(NOW, order.leg, "not allowed"),), reason=WHY)
        try:
            line = await self._lines(order.call)
            async with asyncio.timeout(self._site.service.timeout_seconds):
                return Outcome(await self._send(order, leg, line, repeatability(request)))
        except TimeoutError:
            return self._failed(order, TryLater(0.0, f"no answer within {self._site.service.timeout_seconds:g} s"))
        except (DeserializationError, zlib.error) as error:
            return self._failed(order, TryLater(0.0, f"the answer could not be read: {error}"))
        except AzureError as error:
            return self._failed(order, of_error(error))

    def _failed(self, order: HostOrder, what: TryLater | Refused) -> Outcome:
        if isinstance(what, TryLater):
            if isinstance(order, Probe):
                return Outcome((Probed(NOW, order.leg, None),), reason=what.reason)
            if isinstance(order, Who):
                return Outcome(reason=what.reason)  # there is another look
            return Outcome(after=what.after, reason=what.reason)
        if isinstance(order, Ring | Aside):
            told = advice.of_refusal(what.status, what.code, what.reason, order.person.address)
            log.warning("call %s: somebody was not called: %s", order.call, told)
        return Outcome(_refused(order, what), reason=what.reason)

    async def _send(
        self, order: HostOrder, leg: Leg | None, line: Line | None, headers: dict[str, str]
    ) -> tuple[Event, ...]:
        match order:
            case Aside():
                return await self._call_aside(order, line, headers)
            case Whisper():
                return await self._whisper(order, leg)
            case EndAside():
                if leg is not None and leg.connection:
                    own = self._client.get_call_connection(leg.connection)
                    await own.hang_up(is_for_everyone=True, headers=headers)
                return ()
            case StopRecording():
                await self._client.stop_recording(order.recording)
                return ()
            case Fetch():
                raise AssertionError("fetched before")
            case _:
                return await self._in_call(order, leg, line, headers)

    async def _in_call(
        self,
        order: Ring
        | StopRinging
        | Probe
        | Who
        | Remove
        | Join
        | Admit
        | EndCall
        | StartRecording
        | Listen
        | Hush
        | Chime
        | Beep
        | Hold
        | Unhold
        | Say
        | Mute,
        leg: Leg | None,
        line: Line | None,
        headers: dict[str, str],
    ) -> tuple[Event, ...]:
        if line is None or not line.connection_id:
            # A call that the service has not named: nobody can be in it.
            return _refused(order, Refused(404, "8522", "the call is not known", gone=True))
        call = self._client.get_call_connection(line.connection_id)
        match order:
            case Ring():
                added = await _read(
                    call.add_participant(
                        identity(order.person),
                        invitation_timeout=min(round(order.within), 180),
                        operation_context=order.leg,
                        source_caller_id_number=self._shown(line, order.person),
                        **self._along(line, order.person),
                        headers=headers,
                    )
                )
                return (Rung(NOW, order.leg, added.invitation_id or ""),)
            case StopRinging():
                if leg is None or not leg.invitation:
                    return (Cancelled(NOW, order.leg, done=False),)
                await _read(
                    call.cancel_add_participant_operation(leg.invitation, operation_context=order.leg, headers=headers)
                )
            case Probe():
                present = any(is_person(each, order.person) for each in await _read(_people(call)))
                return (Probed(NOW, order.leg, present),)
            case Who():
                found = [each.raw_id for each in await _read(_people(call)) if each is not None]
                return (There(NOW, order.call, tuple(each for each in found if each), order.look),)
            case Remove():
                await _read(
                    call.remove_participant(identity(order.person), operation_context=order.leg, headers=headers)
                )
            case Join():
                if leg is None or not leg.connection:
                    return (NotAnswered(NOW, order.leg, "failed"),)
                await _read(
                    call.move_participants(
                        [identity(order.person)], leg.connection, operation_context=order.leg, headers=headers
                    )
                )
            case Admit():
                origin = await self._lines(order.origin)
                if origin is None or not origin.connection_id:
                    return (NotAnswered(NOW, order.leg, "failed"),)
                await _read(
                    call.move_participants(
                        [party(origin.caller)], origin.connection_id, operation_context=order.leg, headers=headers
                    )
                )
            case EndCall():
                await call.hang_up(is_for_everyone=True, headers=headers)
            case StartRecording():
                return await self._record(order, line, headers)
            case Listen():
                await self._listen(call, order, line)
            case Hold():
                await self._hold(call, order, line)
            case Unhold():
                await call.unhold(party(line.caller), operation_context=f"{FLOOR}unhold")
            case Say():
                await call.play_media(
                    [spoken(order.text, order.language, "")],
                    play_to=[party(line.caller)],
                    operation_context=f"{FLOOR}say",
                )
            case Mute():
                await _read(call.mute_participant(identity(order.person), operation_context=order.leg, headers=headers))
            case Hush():
                await call.cancel_all_media_operations()
            case Beep():
                await call.play_media(
                    [FileSource(f"{self._site.server.callback_base}/tones/soon.wav")],
                    play_to=[party(line.caller)],
                    operation_context=f"{FLOOR}beep",
                )
            case Chime():
                await call.play_media(
                    FileSource(f"{self._site.server.callback_base}/tones/join.wav"), operation_context=f"{FLOOR}chime"
                )
            case _:
                assert_never(order)
        return ()

    async def _hold(self, call: CallConnectionClient, order: Hold, line: Line) -> None:
        music = self._site.audio(order.music) if order.music else None
        await call.hold(
            party(line.caller),
            play_source=FileSource(music) if music else None,
            operation_context=HELD if music else HELD_SILENT,
        )

    def _along(self, line: Line, person: Person) -> dict[str, Any]:
        brief = self._floor().briefs.get(line.call_id, ())
        return along(self._site.settings.attached, line, identity(person), brief)

    async def _record(self, order: StartRecording, line: Line, headers: dict[str, str]) -> tuple[Event, ...]:
        base = self._site.server.callback_base
        made = await _read(
            self._client.start_recording(
                call_connection_id=line.connection_id,
                recording_content_type=RecordingContent.AUDIO,
                recording_channel_type=RecordingChannel.MIXED,
                recording_format_type=RecordingFormat.WAV,
                recording_state_callback_url=f"{base}/callbacks/{shard_of(order.message)}/{order.message}",
                headers=headers,
            )
        )
        return (Recording(NOW, order.message, "accepted", made.recording_id or ""),)

    async def _listen(self, call: CallConnectionClient, order: Listen, line: Line) -> None:
        prompt: FileSource | TextSource | None = None
        if not order.text:
            prompt = FileSource(f"{self._site.server.callback_base}/tones/record.wav")
        elif order.text != ".":
            prompt = spoken(order.text, order.language, "")
        await call.start_recognizing_media(
            RecognizeInputType.SPEECH_OR_DTMF if order.speech else RecognizeInputType.DTMF,
            party(line.caller),
            play_prompt=prompt,
            interrupt_call_media_operation=False,
            interrupt_prompt=not order.speech,
            initial_silence_timeout=min(math.ceil(order.first), 20 if order.speech else 300),
            dtmf_inter_tone_timeout=1,
            dtmf_max_tones_to_collect=1,
            speech_language=order.language if order.speech else None,
            end_silence_timeout=math.ceil(order.quiet) if order.speech else None,
            operation_context=order.step,
        )

    async def _call_aside(self, order: Aside, line: Line | None, headers: dict[str, str]) -> tuple[Event, ...]:
        if line is None:
            return (NotAnswered(NOW, order.leg, "failed"),)
        resource_account = line.called.startswith("28:orgid:")
        # Of a resource account the service takes no number to show, and no name (wire contract, section 7.2).
        app = MicrosoftTeamsAppIdentifier(line.called.removeprefix("28:orgid:")) if resource_account else None
        made = await _read(
            self._client.create_call(
                identity(order.person),
                f"{self._site.server.callback_base}/callbacks/{shard_of(order.leg)}/{order.leg}",
                cognitive_services_endpoint=self._site.service.cognitive_services_endpoint,
                source_caller_id_number=self._shown(line, order.person, order.shown),
                operation_context=order.leg,
                teams_app_source=app,
                headers=headers,
            )
        )
        return (Rung(NOW, order.leg, connection=made.call_connection_id or ""),)

    async def _whisper(self, order: Whisper, leg: Leg | None) -> tuple[Event, ...]:
        if leg is None or not leg.connection:
            return ()
        own = self._client.get_call_connection(leg.connection)
        source = spoken(order.text, order.language, "")
        if not order.asks:
            await own.cancel_all_media_operations()
            await own.play_media([source], operation_context=order.leg, interrupt_call_media_operation=False)
            return ()
        await own.start_recognizing_media(
            RecognizeInputType.DTMF,
            identity(order.person),
            play_prompt=source,
            interrupt_call_media_operation=False,
            interrupt_prompt=True,
            initial_silence_timeout=KEY_WITHIN,
            dtmf_inter_tone_timeout=1,
            dtmf_max_tones_to_collect=1,
            operation_context=order.leg if order.attempt == 1 else f"{order.leg}/{order.attempt}",
        )
        return ()

    def _shown(self, line: Line, person: Person, wanted: str = "") -> PhoneNumberIdentifier | None:
        """The number that somebody at a telephone sees: the script's, else the site's, else that of the line."""
        if person.kind != "number" or line.called.startswith("28:"):
            return None
        own = wanted or self._site.number(self._site.service.caller_id or "") or line.called
        return PhoneNumberIdentifier(own) if own.startswith("+") else None


async def _read(asked: Awaitable[T]) -> T:
    """What is answered. The SDK reads an answer without a body as if it had one; raises `DeserializationError`."""
    try:
        return await asked
    except AttributeError as error:
        raise DeserializationError("it is empty") from error


async def _people(call: CallConnectionClient) -> list[CommunicationIdentifier | None]:
    """Who is in the call."""
    return [each.identifier async for each in call.list_participants()]


def _refused(order: HostOrder, refused: Refused) -> tuple[Event, ...]:
    """What a refusal means for the leg."""
    match order:
        case Ring() | Aside():
            return (NotAnswered(NOW, order.leg, "failed" if refused.gone else _WHY.get(refused.status, "failed")),)
        case Join() | Admit():
            return (NotAnswered(NOW, order.leg, "failed"),)
        case StopRinging():
            # Where the call is gone nobody is rung into it; elsewhere the invitation is over, one way or the other.
            return (Cancelled(NOW, order.leg, done=refused.gone),)
        case Probe():
            return (Probed(NOW, order.leg, False if refused.gone else None),)
        case Who():
            return (There(NOW, order.call, (), order.look),) if refused.gone else ()
        case Remove():
            not_there = refused.gone or refused.code == "8558"
            return (Removed(NOW, order.leg),) if not_there else ()
        case Whisper():
            if refused.gone:
                return (SideOver(NOW, order.leg),)
            return (Keyed(NOW, order.leg, attempt=order.attempt),) if order.asks else ()
        case EndAside():
            return (SideOver(NOW, order.leg),) if refused.gone else ()
        case StartRecording():
            return (Recording(NOW, order.message, "failed"),)
        case Listen():
            # Where the call is gone its end is on the way; else something is wrong with listening.
            return () if refused.gone else (Listened(NOW, order.step, "failed" if order.speech else "silence"),)
        case Mute():
            # Who was to listen only must not be heard.
            return () if refused.gone else (Unmuted(NOW, order.leg),)
        case EndCall() | StopRecording() | Hush() | Chime() | Beep() | Fetch() | Unhold() | Say():
            return ()
        case Hold():
            # 8585: the caller is on hold already, by the first of two executions of this request.
            held = refused.gone or refused.code == "8585"
            return () if held else (NotHeld(NOW, order.call, silent=not order.music),)
        case _:
            assert_never(order)
