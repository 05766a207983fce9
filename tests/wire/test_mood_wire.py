"""Mood and topic over the wire: from what a caller says to the script's values and the details for an agent."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from wire_rig import Wire, play, wire

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    transcribe call start
    say "How can we help you?"
    wait 20s
    go to weigh

step weigh
    brief
        topic heard.topic
        sentiment heard.sentiment
    when heard.sentiment is "negative" -> care
    go to normal

step care
    say "I am sorry to hear that."
    go to desk

step normal
    say "Thank you."
    go to desk

transfer desk
    to agent maria
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Goodbye."
    finish done
"""
AGENTS: dict[str, object] = {
    "maria": {
        "user": "9f6b1a40-0001-4222-8333-123456789abc",
        "tenant": "1f6b1a40-2222-4222-8333-123456789abc",
        "resource": "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b",
    }
}
ANGRY = "My invoice is wrong again, and this is terrible. I am angry about that invoice."


async def told(rig: Wire, text: str) -> tuple[list[str], dict[str, Any]]:
    """What a caller who says this hears, and the details that the agent's phone is shown."""
    phone = rig.people.dial(rig.lines[0], "wait 300s")
    await rig.run_until(lambda: rig.state(phone).transcript.state == "on")
    await rig.advance(3.0)
    rig.emulator.speak(phone, text)
    await rig.advance(8.0)
    await rig.run_until(lambda: bool(rig.emulator.ringing()))
    [agent] = rig.emulator.ringing()
    heard = [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard"]
    return heard, agent.context["teamsPhoneCallDetails"]


@pytest.mark.parametrize(
    ("text", "sentence", "mood"),
    [
        (ANGRY, "I am sorry to hear that.", "negative"),
        ("I like it, thank you. Where is my invoice? The invoice of May.", "Thank you.", "positive"),
    ],
)
def test_what_a_caller_says_reaches_the_script_and_the_agent(text: str, sentence: str, mood: str) -> None:
    async def run() -> None:
        async with wire(SCRIPT, sections={"agents": AGENTS}) as rig:
            heard, details = await told(rig, text)
            assert heard[-1] == sentence
            assert (details["callSentiment"], details["callTopic"]) == (mood, "invoice")

    play(run)


def test_azure_ai_language_is_asked_where_the_site_file_says_so() -> None:
    asked: list[str] = []

    async def analyze(request: web.Request) -> web.Response:
        body = await request.json()
        asked.append(body["analysisInput"]["documents"][0]["text"])
        mine: dict[str, dict[str, object]] = {
            "SentimentAnalysis": {"sentiment": "negative"},
            "KeyPhraseExtraction": {"keyPhrases": ["broken router"]},
        }
        return web.json_response({"results": {"documents": [{"id": "1", **mine[body["kind"]]}], "errors": []}})

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/language/:analyze-text", analyze)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
        sections: dict[str, dict[str, object]] = {
            "agents": AGENTS, "assessment": {"endpoint": endpoint, "key": "language-key"},
        }  # fmt: skip
        async with wire(SCRIPT, sections=sections) as rig:
            phone = rig.people.dial(rig.lines[0], "wait 300s")
            await rig.run_until(lambda: rig.state(phone).transcript.state == "on")
            await rig.advance(3.0)
            rig.emulator.speak(phone, "It does whatever it likes.")
            await rig.advance(5.0)
            await rig.runtime.desk.sockets.hearing.idle()
            await rig.settle()
            assert (rig.state(phone).heard_sentiment, rig.state(phone).heard_topic) == ("negative", "broken router")
            assert asked == ["It does whatever it likes."] * 2
        await runner.cleanup()

    play(run)
