"""Mood and topic by Azure AI Language: sentiment analysis, and key phrases.

``POST {endpoint}/language/:analyze-text?api-version=2023-04-01`` with a resource's key; a document has at most 5,120
characters (https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits). What was said leaves
this machine for it; the service is asked not to keep it (``loggingOptOut``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

import aiohttp
from pydantic import SecretStr

from interpreter.assessing import Assessment, AssessmentFailed, Sentiment, Spoken, words

VERSION = "2023-04-01"
LONGEST = 5_120
"""Characters of a document: of a longer talk the end counts."""
MOST_ANSWER = 262_144
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class AzureLanguage:
    """``topics`` of the site file go before what the service makes of it."""

    session: Callable[[], aiohttp.ClientSession]
    endpoint: str
    key: SecretStr
    topics: Mapping[str, Sequence[str]]
    within: float = 5.0
    at_once: bool = False

    async def assess(self, said: Sequence[Spoken], language: str) -> Assessment:
        caller = " ".join(each.text for each in said if each.by_caller)[-LONGEST:]
        whole = " ".join(each.text for each in said)[-LONGEST:]
        code = language.partition("-")[0].lower()
        topic = words.assess(said, "", self.topics).topic
        mood, phrases = await asyncio.gather(
            self._ask("SentimentAnalysis", caller, code),
            self._ask("KeyPhraseExtraction", whole, code) if not topic else _nothing(),
        )
        sentiment = mood.get("sentiment", "")
        if sentiment not in get_args(Sentiment):
            raise AssessmentFailed("the answer names a mood that is none")
        found = phrases.get("keyPhrases", [])
        if not topic and isinstance(found, list) and found and isinstance(found[0], str):
            topic = found[0]
        return Assessment(cast(Sentiment, sentiment), topic[: words.LONGEST_TOPIC])

    async def _ask(self, kind: str, text: str, language: str) -> Mapping[str, Any]:
        """The result of one document; empty for no text. Raises `AssessmentFailed`."""
        if not text.strip():
            return {}
        body = {
            "kind": kind,
            "parameters": {"modelVersion": "latest", "loggingOptOut": True},
            "analysisInput": {"documents": [{"id": "1", "language": language, "text": text}]},
        }
        headers = {"Ocp-Apim-Subscription-Key": self.key.get_secret_value()}
        url = f"{self.endpoint}/language/:analyze-text?api-version={VERSION}"
        try:
            async with (
                asyncio.timeout(self.within),
                self.session().post(url, json=body, headers=headers, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise AssessmentFailed(f"the service answers {answer.status}")
                content = await answer.content.read(MOST_ANSWER)
        except TimeoutError:
            raise AssessmentFailed(f"no answer within {self.within:g} s") from None
        except aiohttp.ClientError as error:
            raise AssessmentFailed(f"the service cannot be reached: {type(error).__name__}") from None
        return _document(content)


async def _nothing() -> Mapping[str, Any]:
    return {}


def _document(content: bytes) -> Mapping[str, Any]:
    """The one document of an answer. Raises `AssessmentFailed`."""
    try:
        results = json.loads(content)["results"]
        documents = results["documents"]
        if documents:
            found = documents[0]
            if isinstance(found, dict):
                return found
    except (ValueError, KeyError, TypeError, IndexError):
        raise AssessmentFailed("the answer is not of the documented shape") from None
    raise AssessmentFailed("the service could not judge the text")
