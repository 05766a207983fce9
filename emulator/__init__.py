"""A local Call Automation service: the real REST and callback protocol, phones to call it with, and a phone page.

    clock = VirtualClock()
    emulator = Emulator(Config(lines=(Line("+18005550100"),)), clock)
    await emulator.start()                                     # emulator.url, emulator.connection_string
    await emulator.subscribe("http://127.0.0.1:8080/events")   # the Event Grid handshake, then IncomingCall events
    call = emulator.dial("+14255550123", "+18005550100", plan=[{"press": "1"}, {"hang_up": True}])
    await emulator.idle()                                      # nothing in flight: let time pass
    clock.advance_to(clock.next_due())
    emulator.transcript(call)                                  # what the caller heard and did

Written from the wire contract alone: it shares no code with the host it tests.
"""

from emulator.clock import Clock, Handle, SystemClock, VirtualClock
from emulator.config import DEFAULT_ACCESS_KEY, DEFAULT_NUMBER, DEFAULT_RESOURCE_ID, Config, Line
from emulator.eventgrid import SubscriptionError
from emulator.misbehave import Failure, Fault, Misbehaviour
from emulator.model import Action, Entry, Phone
from emulator.phones import NoSuchPhoneError, WrongStateError
from emulator.plans import PlanError
from emulator.queries import Leg
from emulator.service import Emulator
from emulator.tape import Piece, Recording
from emulator.world import Knock

__all__ = [
    "DEFAULT_ACCESS_KEY",
    "DEFAULT_NUMBER",
    "DEFAULT_RESOURCE_ID",
    "Action",
    "Clock",
    "Config",
    "Emulator",
    "Entry",
    "Failure",
    "Fault",
    "Handle",
    "Knock",
    "Leg",
    "Line",
    "Misbehaviour",
    "NoSuchPhoneError",
    "Phone",
    "Piece",
    "PlanError",
    "Recording",
    "SubscriptionError",
    "SystemClock",
    "VirtualClock",
    "WrongStateError",
]
