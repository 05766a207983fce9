"""What a script asks for beside the telephone: data functions of the site, and what calls keep for each other.

Theory of operation: `House` stands before the telephone host. A request for data is taken at once, so that it never
holds up what is said meanwhile, and runs beside the call; its answer comes back through the engine as `Reported`, like
a callback. The machine waits with a timer of its own, so an answer that is lost costs the caller that time and no more.

Look-ups and checks are asked once more when the connection failed and time is left. An action is sent at the most once:
it is claimed in the store, durably, before it is sent, and a second start finds the claim and reports ``failed``.
"""

from interpreter.data.house import House

__all__ = ["House"]
