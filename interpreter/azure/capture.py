"""What is done to a call's own line beside prompts and keys: recording it, having it transcribed or its audio streamed,
and sending tones to a machine at its end.

A recording is started by the connection (the only way that Teams Phone extensibility knows) and paused, resumed and
stopped by the host's own name for it. That name comes with the reply and again with every report of its state, so
whichever is lost, the other is there. Transcript and audio come over web sockets, whose addresses the service has known
since the call was answered (`interpreter.azure.sockets`).

The service refuses what is so already, and then reports no state. So what it refuses is looked up: where the recording
is as it was wanted, that is the report.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Protocol

from azure.communication.callautomation import (
    AzureBlobContainerRecordingStorage,
    CommunicationIdentifier,
    RecordingChannel,
    RecordingContent,
    RecordingFormat,
)
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient
from azure.core.exceptions import AzureError, HttpResponseError

from interpreter.azure.outcome import of_error
from interpreter.azure.people import identity, party
from interpreter.azure.tones import TONES
from interpreter.ports import Line, Performance, Performed, Refused, TryLater
from interpreter.ports import Request as Identity
from interpreter.protocol import RecordingChanged, Request
from interpreter.site import Site
from interpreter.site_center import CALLER
from interpreter.staff import somebody
from interpreter.store import StoreUnavailable

log = logging.getLogger(__name__)

_TONE_NAMES = {character: name for name, character in TONES.items()}
_ALREADY_RECORDED = frozenset({"8553", "8559"})
"""Another recording of the call runs (wire contract, section 3.4)."""
_IN_CHANGE, _SO_ALREADY = "8571", "8573"
"""Another change of the recording is under way; it cannot be paused, or resumed, in its present state."""
_OF_RECORDINGS = re.compile(r"\b(8553|8559|8571|8573|8589|7604|7605)\b")
AGAIN = 0.25
"""Seconds until a change is asked for again that met another one."""
UNKNOWN_YET = TryLater(0.25, "the service has not named the recording yet")


class Notes(Protocol):
    """Remembers the host's names for recordings. Both raise `StoreUnavailable`."""

    async def begun(self, call_id: str, recording: str) -> None:
        """A recording of this call was accepted under this name."""
        ...

    async def recording_of(self, call_id: str) -> str:
        """The name of the call's latest recording, empty where there is none."""
        ...


class Capture:
    """Performs the requests ``record``, ``transcribe``, ``stream`` and ``tones`` of calls."""

    def __init__(self, site: Site, client: CallAutomationClient, notes: Notes) -> None:
        self._site, self._client, self._notes = site, client, notes

    async def perform(
        self, call: CallConnectionClient, line: Line, action: Request, identity: Identity, headers: dict[str, str]
    ) -> Performance:
        """Send one request. Raises what the SDK raises."""
        match action.verb:
            case "tones":
                return await self._tones(call, line, action)
            case "transcribe":
                return await self._transcribe(call, action)
            case "stream":
                return await self._stream(call, action)
            case "record" if action.name == "start":
                return await self._start(line, identity, headers)
            case "record":
                return await self._change(line, action)
            case _:
                return Refused(501, "NotBuilt", f"the telephone service is not asked for {action.verb}")

    async def _transcribe(self, call: CallConnectionClient, action: Request) -> Performance:
        """The outcome is reported when the service has connected to us, or has not."""
        if self._site.service.cognitive_services_endpoint is None:
            return Refused(0, "NoSpeech", "a transcript needs [service] cognitive_services_endpoint in the site file")
        language = str(dict(action.arguments).get("language", ""))
        match action.name:
            case "start":
                await call.start_transcription(locale=language, operation_context=action.op)
            case "update":
                await call.update_transcription(locale=language, operation_context=action.op)
            case _:
                await call.stop_transcription(operation_context=action.op)
        return Performed()

    async def _stream(self, call: CallConnectionClient, action: Request) -> Performance:
        if action.name == "start":
            await call.start_media_streaming(operation_context=action.op)
        else:
            await call.stop_media_streaming(operation_context=action.op)
        return Performed()

    async def _tones(self, call: CallConnectionClient, line: Line, action: Request) -> Performance:
        """The outcome is reported when all of them were sent."""
        digits = str(dict(action.arguments).get("digits", ""))
        await call.send_dtmf_tones(
            [_TONE_NAMES[digit] for digit in digits], party(line.caller), operation_context=action.op
        )
        return Performed()

    async def _start(self, line: Line, identity: Identity, headers: dict[str, str]) -> Performance:
        wish = self._site.settings.recording
        unmixed = wish.channels == "unmixed"
        try:
            made = await self._client.start_recording(
                call_connection_id=line.connection_id,
                recording_content_type=RecordingContent.AUDIO,
                recording_channel_type=RecordingChannel.UNMIXED if unmixed else RecordingChannel.MIXED,
                recording_format_type=RecordingFormat.WAV,
                recording_state_callback_url=f"{self._site.server.callback_base}/callbacks/{line.shard}/{line.call_id}",
                audio_channel_participant_ordering=self._order(line) if unmixed else None,
                recording_storage=AzureBlobContainerRecordingStorage(wish.container) if wish.container else None,
                headers=headers,
            )
        except HttpResponseError as error:
            refused = _sorted(error)
            if identity.attempt > 1 and isinstance(refused, Refused) and refused.code in _ALREADY_RECORDED:
                return Performed()  # the answer to our first request was lost: its state is reported all the same
            return refused
        except AttributeError:
            # The SDK reads an answer without a body as if it had one. The request was accepted; the name comes with
            # the report of its state.
            log.warning("call %s: the service has not named the recording in its answer", line.call_id)
            return Performed()
        if made.recording_id:
            await self._note(line.call_id, made.recording_id)
        return Performed()

    def _order(self, line: Line) -> list[CommunicationIdentifier] | None:
        """Who is on which channel. Nobody knows who withholds the number: that one takes a channel that is left."""
        found: list[CommunicationIdentifier] = []
        for name in self._site.settings.recording.order:
            person = somebody(self._site, name)
            if name == CALLER and line.caller:
                found.append(party(line.caller))
            elif name != CALLER and person is not None:
                found.append(identity(person))
        return found or None

    async def _note(self, call_id: str, recording: str) -> None:
        try:
            await self._notes.begun(call_id, recording)
        except StoreUnavailable as error:
            log.error("call %s: the name of its recording is not kept, it comes again: %s", call_id, error)

    async def _change(self, line: Line, action: Request) -> Performance:
        recording = str(dict(action.arguments).get("recording", ""))
        if not recording:
            try:
                recording = await self._notes.recording_of(line.call_id)
            except StoreUnavailable as error:
                return TryLater(0.25, str(error))
        if not recording:
            return UNKNOWN_YET
        try:
            match action.name:
                case "pause":
                    await self._client.pause_recording(recording)
                case "resume":
                    await self._client.resume_recording(recording)
                case _:
                    await self._client.stop_recording(recording)
        except HttpResponseError as error:
            refused = _sorted(error)
            if isinstance(refused, Refused) and refused.code == _SO_ALREADY:
                return await self._as_it_is(recording, action.name, refused)
            if isinstance(refused, Refused) and action.name == "stop" and refused.status == 404:
                return Performed()  # it has ended already, as it was wanted
            return refused
        return Performed()

    async def _as_it_is(self, recording: str, wanted: str, refused: Refused) -> Performance:
        """What became of a change that was refused because of the recording's state: done, where the state is the one
        that was wanted."""
        try:
            found = await self._client.get_recording_properties(recording)
        except AzureError as error:
            log.warning("recording %s: its state is not known: %s", recording[:12], error.message)
            return refused
        # An enumeration in the SDK, and text where the service knows more states than it.
        state = str(getattr(found.recording_state, "value", found.recording_state)).lower()
        match wanted, state:
            case "pause", "inactive":
                return Performed(reports=RecordingChanged(0.0, recording, "inactive"))
            case "resume", "active":
                return Performed(reports=RecordingChanged(0.0, recording, "active"))
            case _:
                return refused


def _sorted(error: HttpResponseError) -> TryLater | Refused:
    """As `of_error`. What the service says of recordings becomes the refusal's code, and a recording that is not there
    any more is no call that is not there any more."""
    found = of_error(error)
    if isinstance(found, TryLater):
        return found
    code = _OF_RECORDINGS.search(f"{found.code} {found.reason}")
    if code is not None and code[0] == _IN_CHANGE:
        return TryLater(AGAIN, f"HTTP {found.status} {found.code} {found.reason}")
    return replace(found, code=code[0] if code is not None else found.code, gone=False)
