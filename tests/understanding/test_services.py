"""Services that understand, against a web server of the test's own that answers by their contracts, and beside them."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import aiohttp
import pytest
from data_rig import Answer, OtherSystem, other_system
from pydantic import ValidationError

from interpreter.protocol import Items, Request
from interpreter.site_speech import Understanding
from interpreter.understanding.asking import open_meanings

SAID = "I do not understand what you want for the last month"
KEY, TOKEN = "key-of-a-test", "Bearer token-of-a-test"


def request(said: str = SAID) -> Request:
    return Request(
        "1.topic",
        "understanding",
        "topic",
        (
            ("said", said),
            ("language", "en-US"),
            ("0", Items(("billing question", "a wrong bill"))),
            ("2", Items(("technical problem", "support"))),
        ),
        (),
        3.0,
    )


def service(kind: str, url: str, **settings: Any) -> Understanding:
    if kind == "language_service":
        bound: dict[str, Any] = {"endpoint": url, "key": KEY, "project": "calls", "deployment": "production"}
        bound |= {"intents": {"Broken": "technical problem"}}
    else:
        bound = {"url": f"{url}/v1", "model": "small", "headers": {"Authorization": TOKEN}}
    return Understanding.model_validate({kind: bound, **settings})


def ask(kind: str, answer: Answer, said: str = SAID, **settings: Any) -> tuple[str, dict[str, Any], OtherSystem]:
    """One request for understanding, answered so by the service."""

    async def run() -> tuple[str, dict[str, Any], OtherSystem]:
        async with other_system() as system, aiohttp.ClientSession() as session:
            system.answers = [answer]
            meanings = open_meanings(service(kind, system.url, **settings), session)
            outcome, values = await meanings.answer(request(said))
            return outcome, dict(values), system

    return asyncio.run(run())


def intents(top: str, *scores: tuple[str, float]) -> Answer:
    """As the language service answers (REST API 2023-04-01)."""
    found = [{"category": name, "confidenceScore": score} for name, score in scores]
    prediction = {"topIntent": top, "projectKind": "Conversation", "intents": found, "entities": []}
    return Answer(body=json.dumps({"kind": "ConversationResult", "result": {"query": "…", "prediction": prediction}}))


def completion(content: Any) -> Answer:
    """As a model answers."""
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return Answer(body=json.dumps({"id": "c-1", "object": "chat.completion", "choices": [choice], "usage": {}}))


# --------------------------------------------------------------------------------------------------------------------
# The language service


@pytest.mark.parametrize(
    ("intent", "meaning"),
    [
        ("BillingQuestion", "billing question"),
        ("billing_question", "billing question"),
        ("a wrong bill", "billing question"),
        ("Broken", "technical problem"),
    ],
)
def test_an_intent_is_a_meaning(intent: str, meaning: str) -> None:
    outcome, values, _ = ask("language_service", intents(intent, (intent, 0.91), ("None", 0.02)))
    assert (outcome, values) == ("understood", {"meaning": meaning, "confidence": pytest.approx(0.91)})


def test_what_the_language_service_gets() -> None:
    _, _, system = ask("language_service", intents("None", ("None", 1.0)))
    (seen,) = system.seen
    assert (seen.method, seen.path) == ("POST", "/language/:analyze-conversations?api-version=2023-04-01")
    assert seen.headers["Ocp-Apim-Subscription-Key"] == KEY
    assert seen.body == {
        "kind": "Conversation",
        "analysisInput": {"conversationItem": {"id": "1", "participantId": "caller", "text": SAID, "language": "en"}},
        "parameters": {
            "projectName": "calls",
            "deploymentName": "production",
            "stringIndexType": "TextElement_V8",
        },
    }


@pytest.mark.parametrize("intent", ["None", "OrderPizza"])
def test_an_intent_of_another_menu_is_none_of_the_options(intent: str) -> None:
    assert ask("language_service", intents(intent, (intent, 0.99)))[:2] == ("nothing", {})


# --------------------------------------------------------------------------------------------------------------------
# A model


def test_a_model_names_an_option_by_its_number() -> None:
    outcome, values, system = ask("chat", completion({"option": 2, "confidence": 0.9}))
    assert (outcome, values["meaning"]) == ("understood", "technical problem")
    (seen,) = system.seen
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert seen.headers["Authorization"] == TOKEN
    body = seen.body
    assert (body["model"], body["temperature"]) == ("small", 0)
    task, said = (message["content"] for message in body["messages"])
    assert task.endswith("1. billing question; a wrong bill\n2. technical problem; support")
    assert json.loads(said) == {"language": "en-US", "said": SAID}
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["option"]["enum"] == [0, 1, 2]
    assert schema["additionalProperties"] is False


def test_a_model_may_say_that_nothing_is_meant() -> None:
    assert ask("chat", completion({"option": 0, "confidence": 0.9}))[:2] == ("nothing", {})


# --------------------------------------------------------------------------------------------------------------------
# What is not as it should be

BAD_COMPLETIONS = [
    {"option": 3, "confidence": 1.0},
    {"option": -1, "confidence": 1.0},
    {"option": "billing question", "confidence": 1.0},
    {"option": 1, "confidence": 1.5},
    {"option": 1, "confidence": "sure"},
    {"option": 1},
    {"option": 1, "confidence": 1.0, "transfer": "+14255550100"},
    {"option": True, "confidence": 1.0},
    [],
    "billing",
    "",
]
BAD = [
    *(("chat", completion(content)) for content in BAD_COMPLETIONS),
    ("chat", Answer(body='{"choices": []}')),
    ("chat", Answer(body='{"choices": [{"message": {"content": null}}]}')),
    ("language_service", intents("Broken", ("BillingQuestion", 0.9))),
    ("language_service", intents("Broken", ("Broken", 1.2))),
    ("language_service", Answer(body='{"result": {"prediction": {"topIntent": 7, "intents": []}}}')),
    *(
        (kind, Answer(status=status, body="{}"))
        for kind in ("chat", "language_service")
        for status in (302, 401, 429, 500)
    ),
    *((kind, Answer(body=body)) for kind in ("chat", "language_service") for body in ("{}", "[", "[" * 50_000, "null")),
    *((kind, Answer(body='"' + "x" * 70_000 + '"')) for kind in ("chat", "language_service")),
    *((kind, Answer(broken=True)) for kind in ("chat", "language_service")),
]


@pytest.mark.parametrize(("kind", "answer"), BAD, ids=lambda value: str(value)[:60])
def test_a_bad_answer_is_a_failure_unless_the_words_say_what_is_meant(
    kind: str, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert ask(kind, answer)[:2] == ("failed", {})
        outcome, values, system = ask(kind, answer, "it is about a wrong bill")
    assert (outcome, values) == ("understood", {"meaning": "billing question", "confidence": 1.0})
    assert len(system.seen) == 1, "never asked twice"
    assert "decided by words alone" in caplog.text
    assert SAID not in caplog.text
    assert "wrong bill" not in caplog.text
    assert KEY not in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize("kind", ["chat", "language_service"])
def test_a_service_that_takes_too_long(kind: str) -> None:
    assert ask(kind, Answer(silent=True), timeout_seconds=0.05)[:2] == ("failed", {})
    assert (
        ask(kind, Answer(silent=True), "technical problem", timeout_seconds=0.05)[1]["meaning"] == "technical problem"
    )


def test_a_service_that_is_not_there() -> None:
    async def run() -> str:
        async with other_system() as system:
            url = system.url
        async with aiohttp.ClientSession() as session:
            outcome, _ = await open_meanings(service("chat", url), session).answer(request())
            return outcome

    assert asyncio.run(run()) == "failed"


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("my PIN is 4 7 1 1", "my PIN is …"),
        ("card 4242-4242 4242.4242 please", "card … please"),
        ("I have 2 bills from 123 Main Street", "I have 2 bills from 123 Main Street"),
    ],
)
def test_numbers_that_could_be_a_secret_are_not_sent(said: str, sent: str) -> None:
    _, _, system = ask("language_service", intents("None", ("None", 1.0)), said)
    assert system.seen[0].body["analysisInput"]["conversationItem"]["text"] == sent


@pytest.mark.parametrize(
    ("theirs", "ours"), [(0.0, 0.0), (0.35, 0.25), (0.7, 0.5), (0.8, 0.65), (0.9, 0.8), (0.95, 0.9), (1.0, 1.0)]
)
def test_a_service_has_a_scale_of_its_own(theirs: float, ours: float) -> None:
    answer = completion({"option": 1, "confidence": theirs})
    _, values, _ = ask("chat", answer, sure_from=0.9, ask_from=0.7)
    assert values["confidence"] == pytest.approx(ours)


def test_a_confidence_just_below_is_not_rounded_up() -> None:
    answer = completion({"option": 1, "confidence": 0.7999999})
    assert ask("chat", answer)[1]["confidence"] < 0.8


def test_without_a_service_the_words_decide() -> None:
    async def both() -> list[tuple[str, Any]]:
        async with aiohttp.ClientSession() as session:
            meanings = open_meanings(Understanding(), session)
            return [await meanings.answer(request()), await meanings.answer(request("technical problem"))]

    assert asyncio.run(both()) == [
        ("nothing", ()),
        ("understood", (("meaning", "technical problem"), ("confidence", 1.0))),
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"chat": {"url": "http://models.contoso.com/v1", "model": "m"}},
        {"language_service": {"endpoint": "http://l.contoso.com", "key": "k", "project": "p", "deployment": "d"}},
        {"sure_from": 0.5, "ask_from": 0.5},
        {"timeout_seconds": 3.0},
        {
            "chat": {"url": "https://m.contoso.com/v1", "model": "m"},
            "language_service": {"endpoint": "https://l.contoso.com", "key": "k", "project": "p", "deployment": "d"},
        },
    ],
)
def test_sections_that_cannot_be_meant(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Understanding.model_validate(settings)
