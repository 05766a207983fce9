"""The process that libFuzzer drives; `fuzz_lint` starts it. The language is imported under instrumentation, and so
before everything else that uses it."""

from __future__ import annotations

import random
import sys

import atheris

with atheris.instrument_imports(include=["dsl"]):
    import dsl.fix
    import dsl.format
    import dsl.report

    # The rules are imported when they are first asked for.
    dsl.pages()

from fuzz_lint import decode, keep
from fuzz_mutate import ROOT, Mutator, seeds
from fuzz_properties import examine


def main() -> None:
    """Fuzz until libFuzzer says that the time is over; it ends the process itself."""
    mutator = Mutator(random.Random(), seeds())

    def one(data: bytes) -> None:
        try:
            examine(decode(data))
        except Exception as error:  # noqa: BLE001 - whatever is raised is a finding
            file = keep(data, error)
            if file is not None:
                print(f"found: {file.relative_to(ROOT)}", flush=True)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        mutator.chance.seed(seed)
        if mutator.chance.random() < 0.1:
            return bytes(atheris.Mutate(data, most))
        return mutator.change(decode(data)).encode()[:most]

    def cross(head: bytes, tail: bytes, most: int, seed: int) -> bytes:
        mutator.chance.seed(seed)
        return mutator.cross(decode(head), decode(tail)).encode()[:most]

    atheris.Setup(sys.argv, one, custom_mutator=mutate, custom_crossover=cross)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
