"""The floor at work: its log, its timers, and its orders to the host.

Theory of operation
-------------------

*The log is the truth.* Whatever happens to queues, agents and legs is appended to one log in the store, and `routing`
folds it into what is the case and what is to be done. Folding is deterministic: everybody who reads the log comes to
the same state. So an agent is never promised twice, whatever the number of processes: the order of the log decides,
and there is nothing to lock. What somebody posts is folded only when it stands in the log, behind what others have
posted meanwhile; nothing is ever decided on a state that is not durable.

*Orders* to the host and reports to calls are not rows: an order is whatever the log leads to and no `Done` entry has
settled. After a crash they are known again from the log. Orders of one call are performed strictly in order, one in
flight; that is a matter of correctness and not of tidiness, since the end of ringing must not overtake its beginning.
A request's id follows from the entry that led to it, so the host can recognise a repetition.

*Several processes.* An entry is the affair of the one who appended it: it fires the timers and performs the orders that
come of it. When nothing was heard of an order or a timer for `LEASE` seconds, anybody takes it over. Two who perform
the same order send the same request id; two who fire the same timer append one entry that means something and one that
does not.

*Images* of the whole state are kept from time to time, so that a start folds only what came behind the last one.
"""

from interpreter.floor.hands import Hands, NoHands, Outcome
from interpreter.floor.ledger import ENTRIES, Done, Ledger, Pending
from interpreter.floor.service import Floors

__all__ = ["ENTRIES", "Done", "Floors", "Hands", "Ledger", "NoHands", "Outcome", "Pending"]
