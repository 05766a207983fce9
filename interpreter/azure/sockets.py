"""Where the service sends the transcript and the audio of a call: web sockets of ours, to which it connects.

It has to be told when a call is answered or made, before anything is asked for; whether it ever connects is up to
`start_transcription` and `start_media_streaming` (wire contract, sections 1.2 and 8).
"""

from __future__ import annotations

from typing import Literal, TypedDict

from azure.communication.callautomation import (
    AudioFormat,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    StreamingTransportType,
    TranscriptionOptions,
)

from interpreter.ports import Line


class Transports(TypedDict, total=False):
    """The arguments of the SDK's ``answer_call`` and ``create_call``."""

    media_streaming: MediaStreamingOptions
    transcription: TranscriptionOptions


def transports(base: str, line: Line, transcribes: str, streams: bool) -> Transports:
    """What the service is told of the sockets of a call. ``base`` is the address of its callbacks, ``transcribes`` the
    language of a transcript that may be asked for, empty for none."""
    found: Transports = {}
    if streams:
        found["media_streaming"] = MediaStreamingOptions(
            transport_url=address(base, line, "audio"),
            transport_type=StreamingTransportType.WEBSOCKET,
            content_type=MediaStreamingContentType.AUDIO,
            # Who speaks is told by the frames of an unmixed stream alone, and only the caller may interrupt a prompt.
            audio_channel_type=MediaStreamingAudioChannelType.UNMIXED,
            start_media_streaming=False,
            enable_bidirectional=True,
            audio_format=AudioFormat.PCM16_K_MONO,
            # Keys come with callbacks, in an order that the service vouches for, and not while a secret is entered.
            enable_dtmf_tones=False,
        )
    if transcribes:
        found["transcription"] = TranscriptionOptions(
            transport_url=address(base, line, "transcription"),
            transport_type=StreamingTransportType.WEBSOCKET,
            locale=transcribes,
            start_transcription=False,
            # Half a sentence is of no use to whoever reads a journal.
            enable_intermediate_results=False,
        )
    return found


def address(base: str, line: Line, feed: Literal["transcription", "audio"]) -> str:
    """``wss://…``, at the server that takes the callbacks; ``ws://`` where that is plain http."""
    return f"ws{base.removeprefix('http')}/media/{line.shard}/{line.call_id}/{feed}"
