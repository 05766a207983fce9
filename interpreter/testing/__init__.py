"""Tests of a script: `reading` makes a call out of each, `running` makes the call and holds it against what the test
expects, `reporting` tells of it."""

from interpreter.testing.reading import BadTest, Opening, opening_of
from interpreter.testing.running import Failure, Result, run_test

__all__ = ["BadTest", "Failure", "Opening", "Result", "opening_of", "run_test"]
