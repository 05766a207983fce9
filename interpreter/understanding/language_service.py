"""Conversational language understanding of Azure AI Language: a project that was trained on a site's own sentences.

The contract is that of the REST API, version 2023-04-01:
https://learn.microsoft.com/rest/api/language/conversation-analysis-runtime/analyze-conversation

Its intents are held against the meanings of the menu by their words (`BillingQuestion` is "billing question"), or as
the site file says. A project knows the intents of all menus: one that this menu does not have is none of its options.
"""

from __future__ import annotations

import re

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interpreter.site_speech import LanguageService
from interpreter.understanding import NotUnderstood, Sentence, Understood
from interpreter.understanding.calls import post

API_VERSION = "2023-04-01"
MOST_LETTERS = 500
"""Of a sentence, what is sent: the service takes a thousand, and the point of a call is made before."""
NONE = "None"
"""The intent that every project has for what is none of the others."""


class _Intent(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    category: str
    confidence: float = Field(alias="confidenceScore", ge=0, le=1)


class _Prediction(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    top: str = Field(alias="topIntent")
    intents: list[_Intent]


class _Result(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    prediction: _Prediction


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    result: _Result


class LanguageServiceRecogniser:
    """A `Recogniser` over a deployment."""

    def __init__(self, site: LanguageService, session: aiohttp.ClientSession) -> None:
        self._site, self._session = site, session
        self._url = f"{site.endpoint}/language/:analyze-conversations?api-version={API_VERSION}"

    async def understand(self, sentence: Sentence, seconds: float) -> Understood | None:
        item = {
            "id": "1",
            "participantId": "caller",
            "text": sentence.said[:MOST_LETTERS],
            "language": sentence.language.split("-")[0],
        }
        body = {
            "kind": "Conversation",
            "analysisInput": {"conversationItem": item},
            "parameters": {
                "projectName": self._site.project,
                "deploymentName": self._site.deployment,
                "stringIndexType": "TextElement_V8",
            },
        }
        headers = {"Ocp-Apim-Subscription-Key": self._site.key.get_secret_value()}
        return self._read(await post(self._session, self._url, body, headers, seconds), sentence)

    def _read(self, answer: object, sentence: Sentence) -> Understood | None:
        try:
            found = _Answer.model_validate(answer).result.prediction
        except ValidationError:
            raise NotUnderstood("the answer of the service is not what its contract says") from None
        if found.top == NONE:
            return None
        confidence = next((each.confidence for each in found.intents if each.category == found.top), None)
        if confidence is None:
            raise NotUnderstood("the service names an intent without its confidence")
        wanted = _words(self._site.intents.get(found.top, found.top))
        for texts in sentence.options.values():
            if any(_words(text) == wanted for text in texts):
                return Understood(texts[0], confidence)
        return None


def _words(text: str) -> list[str]:
    """`BillingQuestion`, `billing_question` and "billing question" are the same."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", text)
    return re.findall(r"\w+", apart.casefold())
