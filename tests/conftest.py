"""What all tests share: how hard the random tests try, and where a browser is found."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, derandomize=True)
EXAMPLES = int(os.environ.get("IVR_FUZZ_EXAMPLES", "20000"))
settings.register_profile("fuzz", deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

_NO_BROWSER = "no Chromium was found, so the browser tests did not run (Debian: apt-get install chromium)"
_missing: list[str] = []


@pytest.fixture(autouse=True)
def logs_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give back what a command that ran in this process did to the logs: its handler writes to a stream that is
    closed with the test, and loggers that it bound for good are deaf to the next test's capture."""
    configure, root = structlog.configure, logging.getLogger()
    monkeypatch.setattr(
        structlog, "configure", lambda **given: configure(**{**given, "cache_logger_on_first_use": False})
    )
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. Skips the test where there is none, unless IVR_REQUIRE_BROWSER is set."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        path = shutil.which(name)
        if path:
            return path
    if os.environ.get("IVR_REQUIRE_BROWSER"):
        pytest.fail("IVR_REQUIRE_BROWSER is set, but there is no Chromium")
    _missing.append(_NO_BROWSER)
    pytest.skip(_NO_BROWSER)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in dict.fromkeys(_missing):
        terminalreporter.write_line(line, yellow=True)
