"""Answers requests for understanding: by the site's service, and by words where there is none or where it fails."""

from __future__ import annotations

import dataclasses
import logging
import re
from itertools import pairwise

import aiohttp

from interpreter.protocol import Request, Value
from interpreter.site_speech import Understanding
from interpreter.understanding import NotUnderstood, Recogniser, Sentence, Understood, sentence_of, words
from interpreter.understanding.chat import ChatRecogniser
from interpreter.understanding.language_service import LanguageServiceRecogniser

log = logging.getLogger(__name__)

SURE, UNSURE = 0.8, 0.5
"""The language's scale, which the machine goes by: see `interpreter.machine.menus`; a test compares them."""
_DIGITS = re.compile(r"\d(?:[\s.-]?\d){3,}")
"""Four digits or more: a PIN, a card, an account, that somebody says unasked."""

Answer = tuple[str, tuple[tuple[str, Value], ...]]


class Meanings:
    """What the house asks. ``service`` is what the site binds, if anything."""

    def __init__(self, site: Understanding, service: Recogniser | None) -> None:
        self._site, self._service = site, service

    async def answer(self, request: Request) -> Answer:
        """The outcome of a request for understanding, with its values."""
        sentence = sentence_of(request)
        if self._service is None:
            return _said(words.understand(sentence))
        try:
            found = await self._service.understand(_without_digits(sentence), self._site.timeout_seconds)
        except NotUnderstood as error:
            log.warning("%s: what a caller means is decided by words alone: %s", request.name, error)
            by_words = words.understand(sentence)
            # Words that say nothing are no proof that nothing was meant: nobody has understood, and it is our fault.
            return _said(by_words) if by_words is not None else ("failed", ())
        if found is not None and found.meaning not in {texts[0] for texts in sentence.options.values()}:
            raise AssertionError(f"{type(self._service).__name__} named no option")
        return _said(found and dataclasses.replace(found, confidence=self._scaled(found.confidence)))

    def _scaled(self, confidence: float) -> float:
        """A service's confidence on the language's scale: its own bounds come to lie where the language has them."""
        points = ((0.0, 0.0), (self._site.ask_from, UNSURE), (self._site.sure_from, SURE), (1.0, 1.0))
        for (low, there), (high, here) in pairwise(points):
            if low <= confidence < high:
                return there + (confidence - low) / (high - low) * (here - there)
        return 1.0


def open_meanings(site: Understanding, session: aiohttp.ClientSession) -> Meanings:
    """What the site binds, over connections that stay the giver's."""
    service: Recogniser | None = None
    if site.language_service is not None:
        service = LanguageServiceRecogniser(site.language_service, session)
    elif site.chat is not None:
        service = ChatRecogniser(site.chat, session)
    return Meanings(site, service)


def _said(found: Understood | None) -> Answer:
    if found is None:
        return "nothing", ()
    return "understood", (("meaning", found.meaning), ("confidence", found.confidence))


def _without_digits(sentence: Sentence) -> Sentence:
    """Numbers that could be a secret do not leave the house; what a call is about does not hang on them."""
    return dataclasses.replace(sentence, said=_DIGITS.sub("…", sentence.said))
