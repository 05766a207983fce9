"""The floor of the contact center: queues, agents, and other people's legs. Pure decisions, like the machine.

`floor.handle` moves it by one event and says what is to be done; `pools` finds pairs, `measures` counts what a manager
wants to know. The state is folded from a log of events, so that it can be restored, replayed and explored.
"""

from interpreter.routing.floor import handle
from interpreter.routing.protocol import QueueRules
from interpreter.routing.state import Floor

__all__ = ["Floor", "QueueRules", "handle"]
