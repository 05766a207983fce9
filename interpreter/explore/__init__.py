"""Every state that a call of a script can be in: `explorer` finds them, `proof` holds promises against them,
`coverage` says what tests take of them, `telling` writes a way through them as a test.

`abstraction`, `entered` and `starts` choose which values, inputs and beginnings are tried, `states` says when two calls
are in the same state, `moves` what can happen next.
"""

from interpreter.explore.coverage import Coverage, Spot, coverage
from interpreter.explore.explorer import MOST_STATES, explore
from interpreter.explore.graph import Edge, Graph, Node, Way
from interpreter.explore.proof import Broken, Proof, Verdict, prove
from interpreter.explore.telling import as_test

__all__ = [
    "MOST_STATES",
    "Broken",
    "Coverage",
    "Edge",
    "Graph",
    "Node",
    "Proof",
    "Spot",
    "Verdict",
    "Way",
    "as_test",
    "coverage",
    "explore",
    "prove",
]
