"""What an emulated resource is: its lines, its keys, and the habits of the service it stands in for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from emulator.misbehave import Misbehaviour

DEFAULT_NUMBER = "+18005550100"
DEFAULT_RESOURCE_ID = "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b"
DEFAULT_TENANT = "9f6b1a40-1111-4222-8333-123456789abc"
# Published with the source: it opens nothing but a local emulator.
DEFAULT_ACCESS_KEY = "ZW11bGF0b3ItYWNjZXNzLWtleS1vZi1uby12YWx1ZS0wMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
SERVICE_ISSUER = "https://acscallautomation.communication.azure.com"

Schema = Literal["eventgrid", "cloudevents"]
CalleeAt = Literal["data", "customContext", "voipHeaders"]


@dataclass(frozen=True, slots=True)
class Line:
    """A number that the resource owns. With `resource_account` (an object id) calls to it arrive in the form of
    Teams Phone extensibility, addressed to `28:orgid:<resource_account>`."""

    number: str = DEFAULT_NUMBER
    resource_account: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The emulated resource. All durations are in seconds of the emulator's clock."""

    lines: tuple[Line, ...] = (Line(),)
    access_key: str = DEFAULT_ACCESS_KEY
    resource_id: str = DEFAULT_RESOURCE_ID
    issuer: str = SERVICE_ISSUER
    targets: tuple[str, ...] = ()
    """Addresses that the phone page offers as ring targets; a target need not be listed to be called."""

    callee_at: CalleeAt = "data"
    """Where a call on behalf of a line names whom the agent calls: the documents do not say. [contract 7.3]"""

    seconds_per_word: float = 0.35
    audio_seconds: float = 2.0
    """Length of an audio file that names no `?seconds=` and was not fetched."""
    fetch_audio: bool = False
    """Download WAV files and play them as long as they are; a file that cannot be had ends in 8536, as live."""

    ring_seconds: float = 30.0
    transfer_ring_seconds: float = 60.0
    establish_seconds: float = 115.0
    first_input_seconds: float = 5.0
    between_tones_seconds: float = 2.0
    end_silence_seconds: float = 0.5

    reaction_seconds: float = 0.5
    """How long a planned caller waits before acting, from the moment that the plan names."""
    tone_gap_seconds: float = 0.3
    default_behaviour: str = "ask"
    """What a ringing target without a behaviour of its own does; `ask` leaves it to the phone page."""

    tenant: str = DEFAULT_TENANT
    """The Teams tenant of the resource accounts."""
    allowed: tuple[str, ...] | None = None
    """Object ids in that tenant that have been allowed to use the resource; without them, the resource accounts of the
    lines."""
    voices: tuple[str, ...] = ("en-US-AvaNeural", "en-US-NancyNeural", "es-ES-ElviraNeural", "de-DE-KatjaNeural")
    """The voices of the linked speech service's region."""

    recording_file_seconds: float = 10.0
    """How long after the end of a recording its file is announced."""

    audio_frames: Literal["speech", "always"] = "speech"
    """When a stream of audio has frames: while somebody is heard and shortly behind it, or 50 a second all the time, as
    the service sends them."""

    stop_tone_in_result: bool = True
    inter_digit_outcome: Literal["completed", "failed"] = "completed"
    """The documents list 400/8532 under both events."""
    participants_first: bool = False
    """Send ParticipantsUpdated before CallConnected: both orders were captured."""
    retry_callbacks: bool = False
    """Repeat a callback until it is answered 2xx. Off, because the contract publishes no retry."""
    allow_http_callbacks: bool = True
    """The live service refuses callback addresses that are not https."""
    misbehaviour: Misbehaviour = field(default_factory=Misbehaviour)
