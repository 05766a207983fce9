"""The engine: load, step, commit, perform. The one place with concurrency.

Theory of operation
-------------------

*Turns.* Whatever comes in (an offer, callbacks, a timer, the host's answer to a request) is an item in the inbox. A
turn takes all of them, groups them by call, applies each call's items in order to a draft (`draft.py`, pure), commits
all drafts in one transaction, and only then answers, tells the observer and performs. The next turn gathers what came
in meanwhile, so the group grows with the load. There is one turn at a time; therefore events of one call are never
stepped side by side, and a call's next action is never decided on something that is not durable.

*What is kept together.* The event, the new state, the timers and the actions of one turn of one call are one compare-
and-set write. A write in conflict is discarded, the call loaded again and its items applied again.

*Actions.* An action is a row in the outbox before it is a request. In one call they are performed strictly in order,
one in flight; the next is sent when the answer to the one before is durable. Many calls are served side by side. A
request that did not get through waits and keeps its place; past its patience (`retry.py`) the script is told that it
failed. A hang-up is asked for again whatever the host says against it, and a connection that the host reports after we
gave its call up is ended: nobody is left on a line that no script serves.

*A crash* between sending a request and keeping its answer leaves a row that waits although the host may have
performed it. After a restart it is sent again with the same request id and first-sent time, both kept since the row
was written, so operations that the host can recognise (answer, transfer, terminate, reject) happen once. For those
that it cannot (play, recognise, cancel, continuous tones) the service's contract makes a repetition unavoidable in
principle; it is confined in two ways. An outcome event that carries the action's operation name, or that of a later
one, proves that the request was taken: the turn that keeps the event settles the row in the same transaction, so it
is never sent again, whether the answer was lost in a crash or on the way. And a repeated prompt carries the operation
name of the first: the machine awaits one outcome for it, takes the first that comes, and ignores the other.

*Timers* are rows; the agenda in memory only says when to look. Firing deletes the row and applies the effect in one
transaction; a timer that was cleared or set anew meanwhile has another generation and fires nothing.

*Time* is the clock's. `run` sleeps until something is due on the system's clock. Without `run` nothing waits: whoever
drives a virtual clock asks `next_due`, moves the clock and calls `fire_due`.

*Faults.* A step that raises and a script that no longer compiles end that one call with a hang-up (or a rejection
before it was answered), and are told to the observer. A state that no longer reads is replayed from the journal. When
the store does not answer, nothing is performed: `deliver` raises `StoreUnavailable`; what has no one to raise to (a
timer, the answer of the host) is applied again a second later. Whether such a turn was kept after all is then unknown,
so its calls are put away and loaded as they are: an event that was kept is recognised by its id, an action that was
kept is performed.
"""

from interpreter.engine.core import Engine
from interpreter.engine.live import Incoming
from interpreter.engine.ports import (
    ActionResult,
    DropReason,
    EngineStopped,
    Gauges,
    Limits,
    Machine,
    Observer,
    OfferResult,
    Programs,
    Script,
    ScriptUnusable,
    Step,
    UnknownSwitch,
    Unobserved,
    script_hash,
)

__all__ = [
    "ActionResult",
    "DropReason",
    "Engine",
    "EngineStopped",
    "Gauges",
    "Incoming",
    "Limits",
    "Machine",
    "Observer",
    "OfferResult",
    "Programs",
    "Script",
    "ScriptUnusable",
    "Step",
    "UnknownSwitch",
    "Unobserved",
    "script_hash",
]
