"""A newcomer's first call, in a real browser: `ivr dev`, the phone page, and a second tab that takes the call."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
# Without the networking flags Chromium looks for its maker's hosts at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = os.environ.get("IVR_SCREENSHOTS")

pytestmark = pytest.mark.browser


@contextmanager
def dev(store: Path) -> Iterator[str]:
    """`ivr dev` on a free port, on a Monday morning; the address of its phone page."""
    command = [sys.executable, "-m", "cli", "dev", "scripts/contoso.ivr", "--port", "0", "--at", "2026-03-02 15:00"]
    process = subprocess.Popen(
        [*command, "--store", str(store)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            found = re.search(r"Phone page\s+(http://\S+)", line)
            if found:
                yield found.group(1)
                break
            if "Ctrl-C ends it" in line:  # it serves, and has not said where
                raise AssertionError("ivr dev names no phone page:\n" + "".join(said))
        else:
            raise AssertionError("ivr dev ended:\n" + "".join(said))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


def shoot(page: Page, name: str) -> None:
    """A picture to look at, where IVR_SCREENSHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_a_call_reaches_the_person_in_the_second_tab(browser: Browser, tmp_path: Path) -> None:
    with dev(tmp_path / "dev.db") as address:
        caller, agent = browser.new_page(), browser.new_page()
        faults: list[str] = []
        for page in (caller, agent):
            page.on("pageerror", lambda error: faults.append(str(error)))
        agent.goto(f"{address}?as=%2B14255550199")
        caller.goto(address)
        shoot(caller, "1-ready")

        caller.get_by_test_id("dial").click()
        story = caller.get_by_test_id("transcript")
        expect(story).to_contain_text("Thank you for calling Contoso.", timeout=15_000)
        expect(story).to_contain_text("For billing, press 1.", timeout=15_000)
        shoot(caller, "2-menu")

        caller.get_by_role("button", name=re.compile("^0")).click()
        expect(agent.get_by_test_id("accept")).to_be_visible(timeout=15_000)
        shoot(agent, "3-ringing")
        agent.get_by_test_id("accept").click()

        expect(agent.get_by_test_id("call-state")).to_contain_text(re.compile("connected|in call|talking", re.I))
        expect(story).to_contain_text(re.compile("transferred", re.I), timeout=15_000)
        shoot(caller, "4-transferred")
        shoot(agent, "5-connected")
        agent.get_by_test_id("hang-up").click()
        expect(caller.get_by_test_id("call-state")).to_contain_text(re.compile("ended|over|ready", re.I))
        shoot(caller, "6-over")
        assert faults == []


def test_a_wrong_key_then_speech_then_a_decline_on_a_small_screen(browser: Browser, tmp_path: Path) -> None:
    with dev(tmp_path / "dev.db") as address:
        context = browser.new_context(viewport={"width": 375, "height": 700})
        caller, agent = context.new_page(), context.new_page()
        agent.goto(f"{address}?as=%2B14255550199")
        caller.goto(address)
        caller.get_by_test_id("dial").click()
        story = caller.get_by_test_id("transcript")
        expect(story).to_contain_text("For billing, press 1.", timeout=15_000)
        caller.keyboard.press("7")
        expect(story).to_contain_text("That is not one of the choices.", timeout=15_000)
        caller.get_by_test_id("speak-text").fill("operator")
        caller.get_by_test_id("speak-send").click()
        expect(agent.get_by_test_id("decline")).to_be_visible(timeout=15_000)
        agent.get_by_test_id("decline").click()
        expect(story).to_contain_text("Nobody can take your call right now.", timeout=15_000)
        shoot(caller, "7-small")
        context.close()
