"""Teams presence of our agents: their calls here are shown there, and what they do there keeps calls from them.

Theory of operation
-------------------

*Reading* is polling. Change notifications of presence are for signed-in users only and lapse within the hour, while
``getPresencesByUserId`` takes 650 users a request and 1,500 requests in 30 s, from an application, too.

*Presence is a hint.* It comes late, it can be missing, and anybody may have set it. What was read is believed for a
minute; without it everybody may be offered. The lock is the floor's own row of the agent, never presence.

*Our own echo.* An agent in a call of ours is shown as ``Busy/InACall``, and that comes back as presence. So nothing is
made of it while the agent is held, nor for a while after, since Teams needs minutes to show a change.

*Marks lapse.* What we show is a presence session that Teams ends by itself after five minutes. It is renewed every
four; a server that dies leaves nothing behind, and one that starts again need not know what it had shown.
"""

from interpreter.presence.credentials import ClientCredentials
from interpreter.presence.errors import (
    DeniedError,
    GraphError,
    MalformedError,
    RefusedError,
    ThrottledError,
    UnavailableError,
)
from interpreter.presence.graph import Graph, Presence, Presences, TokenProvider
from interpreter.presence.keeper import Keeper, OnPresence
from interpreter.presence.policy import RULES, Rule, Verdict, decide

__all__ = [
    "RULES",
    "ClientCredentials",
    "DeniedError",
    "Graph",
    "GraphError",
    "Keeper",
    "MalformedError",
    "OnPresence",
    "Presence",
    "Presences",
    "RefusedError",
    "Rule",
    "ThrottledError",
    "TokenProvider",
    "UnavailableError",
    "Verdict",
    "decide",
]
