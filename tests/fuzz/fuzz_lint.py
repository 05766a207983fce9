"""The coverage-guided fuzzer for reading, linting, fixing and formatting. Needs the extra `fuzz`.

    python tests/fuzz/fuzz_lint.py --minutes 10            look for texts that break a property
    python tests/fuzz/fuzz_lint.py --repeat FILE…          try a text that was found; needs no extra

What is found lies in `build/fuzz`: the text, and beside it what broke and how to repeat it. Each kind is kept once,
as the shortest text. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import traceback
from pathlib import Path

from fuzz_mutate import ROOT, seeds
from fuzz_properties import Broken, examine

FOLDER = ROOT / "build" / "fuzz"
TARGET = Path(__file__).with_name("fuzz_target.py")
LONGEST = 4000
"""Bytes of a text. Longer ones cost more than they find."""
PATIENCE = 25
"""Seconds for one text, under instrumentation, before it counts as one that never ends."""


def decode(data: bytes) -> str:
    """The text of a file, as the fuzzer and `--repeat` read it."""
    return data.decode("utf-8", "replace")


def kind_of(error: BaseException) -> str:
    """What broke, so that two texts that break the same are one finding: the property, or the line that raised."""
    if isinstance(error, Broken):
        return error.what
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"


def keep(data: bytes, error: BaseException) -> Path | None:
    """Write a finding; ``None`` when a text that is as short has been kept for the same kind."""
    kind = kind_of(error)
    words = re.sub(r"[^A-Za-z0-9]+", "-", kind).strip("-")[:60]
    file = FOLDER / f"{words}-{hashlib.sha256(kind.encode()).hexdigest()[:6]}.ivr"
    if file.exists() and file.stat().st_size <= len(data):
        return None
    file.write_bytes(data)
    how = f"repeat with: {Path(sys.executable)} tests/fuzz/fuzz_lint.py --repeat {file.relative_to(ROOT)}"
    report = "".join(traceback.format_exception(error))
    file.with_suffix(".txt").write_text(f"{kind}\n{how}\n\n{report}", encoding="utf-8", errors="backslashreplace")
    return file


def forget_repaired() -> None:
    """Remove what an earlier run found and what holds by now; a shorter text is looked for again for the rest."""
    for file in FOLDER.glob("*.ivr"):
        try:
            examine(decode(file.read_bytes()))
        except Exception:  # noqa: BLE001 - whatever is raised is still to be repaired
            continue
        file.unlink()
        file.with_suffix(".txt").unlink(missing_ok=True)


def supervise(minutes: float) -> int:
    """Run the fuzzer in a process of its own and count what it leaves; the exit code."""
    forget_repaired()
    corpus, given = FOLDER / "corpus", FOLDER / "seeds"
    for folder in (corpus, given):
        folder.mkdir(parents=True, exist_ok=True)
    for text in seeds():
        data = text.encode()
        (given / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    command = [sys.executable, str(TARGET), str(corpus), str(given), f"-max_total_time={round(minutes * 60)}"]
    command += [f"-max_len={LONGEST}", f"-timeout={PATIENCE}", f"-artifact_prefix={FOLDER}/libfuzzer-"]
    command += ["-verbosity=0", "-print_final_stats=1", "-rss_limit_mb=3000"]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    found = sorted([*FOLDER.glob("*.ivr"), *FOLDER.glob("libfuzzer-*")])
    for file in found:
        print(f"{file.relative_to(ROOT)}: python tests/fuzz/fuzz_lint.py --repeat {file.relative_to(ROOT)}")
    print(f"{len(found)} kinds of trouble in {FOLDER.relative_to(ROOT)}")
    return 1 if found or code else 0


def repeat(files: list[Path]) -> int:
    """Try texts once more and say what each breaks; the exit code."""
    failed = False
    for file in files:
        try:
            examine(decode(file.read_bytes()))
            print(f"{file}: nothing breaks")
        except Exception:  # noqa: BLE001 - whatever is raised is what was to be repeated
            failed = True
            print(f"{file}:\n{traceback.format_exc()}")
    return 1 if failed else 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--repeat", type=Path, nargs="+", metavar="FILE")
    given = options.parse_args()
    return repeat(given.repeat) if given.repeat else supervise(given.minutes)


if __name__ == "__main__":
    sys.exit(main())
