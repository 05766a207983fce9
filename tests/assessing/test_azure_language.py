"""Azure AI Language against a local server that answers as the service's documentation shows it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from interpreter.assessing import Assessment, AssessmentFailed, Spoken
from interpreter.assessing.azure_language import LONGEST, AzureLanguage

SAID = [
    Spoken(True, "The food and service were unacceptable."),
    Spoken(False, "I am sorry."),
    Spoken(True, "But nice."),
]
KEY = "key-of-the-language-resource"


def sentiment(mood: str) -> dict[str, Any]:
    """As documented: the scores and the sentences are there, and nobody needs them here."""
    scores = {"positive": 0.47, "neutral": 0.0, "negative": 0.52}
    sentence = {"sentiment": "negative", "confidenceScores": scores, "offset": 0, "length": 39, "text": "The food"}
    document = {"id": "1", "sentiment": mood, "confidenceScores": scores, "sentences": [sentence], "warnings": []}
    return {
        "kind": "SentimentAnalysisResults",
        "results": {"documents": [document], "errors": [], "modelVersion": "2022-11-01"},
    }


def phrases(*found: str) -> dict[str, Any]:
    document = {"id": "1", "keyPhrases": list(found), "warnings": []}
    return {
        "kind": "KeyPhraseExtractionResults",
        "results": {"documents": [document], "errors": [], "modelVersion": "2022-10-01"},
    }


@dataclass
class Language:
    """The service. ``answers`` are by the kind of what is asked, a body or an HTTP status."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    silent: bool = False
    url: str = ""
    session: aiohttp.ClientSession | None = None

    def assessor(self, topics: dict[str, list[str]] | None = None, within: float = 5.0) -> AzureLanguage:
        def session() -> aiohttp.ClientSession:
            assert self.session is not None
            return self.session

        return AzureLanguage(session, self.url, SecretStr(KEY), topics or {}, within)

    async def analyze(self, request: web.Request) -> web.Response:
        assert request.path_qs == "/language/:analyze-text?api-version=2023-04-01"
        self.keys.append(request.headers["Ocp-Apim-Subscription-Key"])
        body = await request.json()
        self.asked.append(body)
        if self.silent:
            await asyncio.Event().wait()
        answer = self.answers[body["kind"]]
        if isinstance(answer, int):
            return web.json_response({"error": {"code": "Throttled", "message": "Quota"}}, status=answer)
        return web.Response(text=answer) if isinstance(answer, str) else web.json_response(answer)


@asynccontextmanager
async def language() -> AsyncIterator[Language]:
    service = Language()
    app = web.Application()
    app.router.add_post("/language/:analyze-text", service.analyze)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as service.session:
        yield service
    await runner.cleanup()


def run(story: Callable[[Language], Awaitable[None]]) -> None:
    async def go() -> None:
        async with asyncio.timeout(20), language() as service:
            service.answers = {
                "SentimentAnalysis": sentiment("mixed"),
                "KeyPhraseExtraction": phrases("food", "service"),
            }
            await story(service)

    asyncio.run(go())


def test_mood_and_topic_as_the_service_sees_them() -> None:
    async def story(service: Language) -> None:
        assert await service.assessor().assess(SAID, "en-US") == Assessment("mixed", "food")
        by_kind = {body["kind"]: body for body in service.asked}
        assert by_kind["SentimentAnalysis"] == {
            "kind": "SentimentAnalysis",
            "parameters": {"modelVersion": "latest", "loggingOptOut": True},
            "analysisInput": {
                "documents": [
                    {"id": "1", "language": "en", "text": "The food and service were unacceptable. But nice."}
                ]
            },
        }
        [document] = by_kind["KeyPhraseExtraction"]["analysisInput"]["documents"]
        assert document["text"] == "The food and service were unacceptable. I am sorry. But nice."
        assert service.keys == [KEY, KEY]

    run(story)


def test_a_topic_of_the_site_is_not_asked_for() -> None:
    async def story(service: Language) -> None:
        found = await service.assessor({"Kitchen": ["food"]}).assess(SAID, "en-US")
        assert found == Assessment("mixed", "Kitchen")
        assert [body["kind"] for body in service.asked] == ["SentimentAnalysis"]

    run(story)


def test_of_a_long_talk_the_end_counts_and_of_nothing_nothing() -> None:
    async def story(service: Language) -> None:
        await service.assessor().assess([Spoken(True, "a " * LONGEST + "end")], "en-US")
        texts = [body["analysisInput"]["documents"][0]["text"] for body in service.asked]
        assert {len(text) for text in texts} == {LONGEST}
        assert all(text.endswith("end") for text in texts)
        service.asked.clear()
        assert await service.assessor().assess([], "en-US") == Assessment()
        assert service.asked == []

    run(story)


WRONG: dict[str, Any] = {
    "throttled": 429,
    "another key": 401,
    "no JSON": "<html>",
    "another shape": {"results": []},
    "no document": {"kind": "SentimentAnalysisResults", "results": {"documents": [], "errors": [{"id": "1"}]}},
    "a document that is none": {"results": {"documents": ["?"]}},
    "a mood that is none": sentiment("furious"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_answer_is_told_without_what_was_said(name: str) -> None:
    async def story(service: Language) -> None:
        service.answers["SentimentAnalysis"] = WRONG[name]
        with pytest.raises(AssessmentFailed) as failed:
            await service.assessor().assess(SAID, "en-US")
        assert "food" not in str(failed.value)
        assert KEY not in str(failed.value)

    run(story)


def test_a_service_that_is_silent_or_away() -> None:
    async def story(service: Language) -> None:
        service.silent = True
        with pytest.raises(AssessmentFailed, match=r"no answer within 0\.05 s"):
            await service.assessor(within=0.05).assess(SAID, "en-US")
        service.url = "http://127.0.0.1:9"
        with pytest.raises(AssessmentFailed, match="cannot be reached"):
            await service.assessor().assess(SAID, "en-US")

    run(story)


def test_the_request_is_json_that_the_service_can_read() -> None:
    async def story(service: Language) -> None:
        await service.assessor().assess([Spoken(True, "¿Dónde está mi pedido? “Nada”")], "es-US")
        assert json.loads(json.dumps(service.asked[0]))["analysisInput"]["documents"][0]["language"] == "es"

    run(story)
