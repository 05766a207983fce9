"""Which values a script reads at all."""

from __future__ import annotations

from dsl.analysis.once import once
from dsl.analysis.program import Program
from dsl.analysis.values import expressions, holes, variables, walk
from dsl.ast import IsKnown


@once
def read_names(program: Program) -> frozenset[str]:
    """The first parts of the paths of every value that is read somewhere."""
    found: set[str] = set()
    for declaration in program.declarations():
        found |= {hole.path[0] for hole in holes(declaration)}
        found |= {each.path[0] for each in variables(declaration)}
        for expression in expressions(declaration):
            found |= {each.operand.path[0] for each in walk(expression) if isinstance(each, IsKnown)}
    return frozenset(found)
